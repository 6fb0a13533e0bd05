/* SPDX-License-Identifier: Apache-2.0
 *
 * Nearest neighbours, quickly and exactly. All points are looked through in single precision, a vector of
 * points at a time, against a threshold that is raised by all that rounding may have done; the few that pass
 * are measured in double precision, and the best of them lowers the threshold. So the answer is the one that
 * double precision throughout would give, at half its memory traffic and twice its width.
 *
 * With Ward's weights u, v the score is 2 u v / (u + v) d^2. To divide only where it matters, the test
 * score <= s is written v d^2 <= s / 2 + s / (2 u) v.
 *
 * This file is compiled once an instruction set, with GY_KERNEL naming the result. */
#include "cluster/centroids_kernel.h"

#include <math.h>

#include "num/simd.h"

extern const gy_centroids_kernel GY_KERNEL;

enum { VECTORS_AT_ONCE = 4 };

static double score_of(const gy_centroids *c, int32_t a, int32_t b) {
  size_t d = c->d;
  const double *from = c->rows + (size_t)a * d, *to = c->rows + (size_t)b * d;
  double sum = 0;
  for (size_t j = 0; j < d; j++) {
    double difference = from[j] - to[j];
    sum += difference * difference;
  }
  if (!c->weighted) return sum;
  double u = c->weights[a], v = c->weights[b];
  return sum * (2 * u * v / (u + v));
}

/* What passes: v d^2 <= constant + slope v. */
typedef struct {
  float constant, slope;
} threshold;

static threshold threshold_of(const gy_centroids *c, double weight, double score) {
  double most = c->weighted ? 2 * weight : 1; /* the factor that the squared distance has is at most this */
  double root = sqrt(score) * c->scale + sqrt(most) * c->absolute_error;
  double raised = root * root * (1 + c->relative_error);
  if (!c->weighted) return (threshold){(float)raised, 0};
  return (threshold){(float)(raised / 2), (float)(raised / (2 * weight))};
}

/* Whether any of the 64 slots passes; passed[i] says which. */
static bool screen_stretch(const float *stretch, size_t d, const float *query, const float *weights,
                           threshold limit, int32_t passed[GY_STRETCH]) {
  gy_vi any = {0};
  for (size_t s = 0; s < GY_STRETCH; s += VECTORS_AT_ONCE * GY_LANES) {
    gy_vf squared[VECTORS_AT_ONCE] = {{0}};
    for (size_t j = 0; j < d; j++) {
      for (size_t v = 0; v < VECTORS_AT_ONCE; v++) {
        gy_vf difference = gy_vf_load(stretch + j * GY_STRETCH + s + v * GY_LANES) - query[j];
        squared[v] += difference * difference;
      }
    }
    for (size_t v = 0; v < VECTORS_AT_ONCE; v++) {
      gy_vf weight = gy_vf_load(weights + s + v * GY_LANES);
      gy_vi passes = squared[v] * weight <= limit.constant + limit.slope * weight;
      memcpy(passed + s + v * GY_LANES, &passes, sizeof passes);
      any |= passes;
    }
  }
  int64_t words[sizeof any / sizeof(int64_t)], found = 0;
  memcpy(words, &any, sizeof any);
  for (size_t w = 0; w < sizeof words / sizeof *words; w++) found |= words[w];
  return found != 0;
}

/* Which of the group's 16 stretches may hold a slot that passes: the nearest point of its box, with the
 * lowest weight there, would. */
static bool screen_boxes(const float *boxes, size_t d, const float *query, const float *lightest,
                         threshold limit, int32_t passed[GY_BOX_GROUP]) {
  int32_t any = 0;
  for (size_t s = 0; s < GY_BOX_GROUP; s += GY_LANES) {
    gy_vf squared = {0};
    for (size_t j = 0; j < d; j++) {
      gy_vf below = gy_vf_load(boxes + 2 * j * GY_BOX_GROUP + s) - query[j];
      gy_vf above = query[j] - gy_vf_load(boxes + (2 * j + 1) * GY_BOX_GROUP + s);
      gy_vf gap = gy_vf_select(below > above, below, above);
      gap = gy_vf_select(gap > 0, gap, (gy_vf){0});
      squared += gap * gap;
    }
    gy_vf weight = gy_vf_load(lightest + s);
    gy_vi passes = squared * weight <= limit.constant + limit.slope * weight;
    memcpy(passed + s, &passes, sizeof passes);
  }
  for (size_t s = 0; s < GY_BOX_GROUP; s++) any |= passed[s];
  return any != 0;
}

static void load_query(const gy_centroids *c, int32_t slot, float *query) {
  const float *own = c->screen + ((size_t)slot / GY_STRETCH * c->d) * GY_STRETCH + (size_t)slot % GY_STRETCH;
  for (size_t j = 0; j < c->d; j++) query[j] = own[j * GY_STRETCH];
}

static gy_nearest look_through(const gy_centroids *c, int32_t slot, size_t stretch, gy_nearest best,
                               const float *query, threshold *limit) {
  int32_t passed[GY_STRETCH];
  if (!screen_stretch(c->screen + stretch * c->d * GY_STRETCH, c->d, query,
                      c->screen_weights + stretch * GY_STRETCH, *limit, passed))
    return best;
  for (size_t i = 0; i < GY_STRETCH; i++) {
    int32_t other = (int32_t)(stretch * GY_STRETCH + i);
    if (!passed[i] || other == slot || !(c->weights[other] > 0)) continue;
    double score = score_of(c, slot, other);
    if (best.slot >= 0 && score >= best.score) continue;
    best = (gy_nearest){other, score};
    *limit = threshold_of(c, c->weights[slot], score);
  }
  return best;
}

static gy_nearest search_stretch(const gy_centroids *c, int32_t slot, size_t stretch, gy_nearest best,
                                 float *query) {
  threshold limit = threshold_of(c, c->weights[slot], best.score);
  load_query(c, slot, query);
  return look_through(c, slot, stretch, best, query, &limit);
}

static gy_nearest search(const gy_centroids *c, int32_t slot, size_t first, size_t end, gy_nearest best,
                         float *query) {
  threshold limit = threshold_of(c, c->weights[slot], best.score);
  size_t n_stretches = (c->n_slots + GY_STRETCH - 1) / GY_STRETCH;
  load_query(c, slot, query);
  for (size_t group = first; group < end; group++) {
    int32_t passed[GY_BOX_GROUP];
    size_t stretch = group * GY_BOX_GROUP;
    if (best.slot >= 0 && !(best.score > 0)) break;
    if (!screen_boxes(c->boxes + stretch * 2 * c->d, c->d, query, c->lightest + stretch, limit, passed))
      continue;
    for (size_t s = 0; s < GY_BOX_GROUP && stretch + s < n_stretches; s++)
      if (passed[s]) best = look_through(c, slot, stretch + s, best, query, &limit);
  }
  return best;
}

static void squares_to(const gy_centroids *c, int32_t slot, float *to, float *query) {
  load_query(c, slot, query);
  for (size_t s = 0; s < c->n_slots; s += GY_STRETCH) {
    const float *stretch = c->screen + s * c->d;
    for (size_t i = 0; i < GY_STRETCH; i += VECTORS_AT_ONCE * GY_LANES) {
      gy_vf squared[VECTORS_AT_ONCE] = {{0}};
      for (size_t j = 0; j < c->d; j++) {
        for (size_t v = 0; v < VECTORS_AT_ONCE; v++) {
          gy_vf difference = gy_vf_load(stretch + j * GY_STRETCH + i + v * GY_LANES) - query[j];
          squared[v] += difference * difference;
        }
      }
      memcpy(to + s + i, squared, sizeof squared);
    }
  }
}

typedef double eight_doubles __attribute__((vector_size(64)));
typedef int64_t eight_longs __attribute__((vector_size(64)));

static inline eight_doubles load_eight(const double *from) {
  eight_doubles v;
  memcpy(&v, from, sizeof v);
  return v;
}

static inline void keep_lower(eight_doubles value, eight_longs place, eight_doubles *lowest,
                              eight_longs *where) {
  eight_longs lower = value < *lowest;
  *lowest = (eight_doubles)((lower & (eight_longs)value) | (~lower & (eight_longs)*lowest));
  *where = (lower & place) | (~lower & *where);
}

static const eight_longs LANES = {0, 1, 2, 3, 4, 5, 6, 7};

static gy_nearest lowest_of_lanes(eight_doubles lowest, eight_longs where) {
  gy_nearest best = {-1, INFINITY};
  for (int i = 0; i < 8; i++)
    if (lowest[i] < best.score || (lowest[i] == best.score && where[i] < best.slot))
      best = (gy_nearest){(int32_t)where[i], lowest[i]};
  return best;
}

static gy_nearest lowest_of(const double *values, const double *penalties, size_t n) {
  eight_doubles lowest = INFINITY - (eight_doubles){0};
  eight_longs where = {0};
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    eight_doubles value = load_eight(values + i);
    if (penalties != NULL) value += load_eight(penalties + i);
    keep_lower(value, LANES + (int64_t)i, &lowest, &where);
  }
  gy_nearest best = lowest_of_lanes(lowest, where);
  for (; i < n; i++) {
    double value = penalties == NULL ? values[i] : values[i] + penalties[i];
    if (value < best.score) best = (gy_nearest){(int32_t)i, value};
  }
  return best;
}

static gy_nearest note(const double *values, size_t n, int64_t number, double *column_lowest,
                       int64_t *column_row) {
  eight_doubles lowest = INFINITY - (eight_doubles){0};
  eight_longs where = {0};
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    eight_doubles value = load_eight(values + i), of_column = load_eight(column_lowest + i);
    eight_longs row;
    memcpy(&row, column_row + i, sizeof row);
    keep_lower(value, LANES + (int64_t)i, &lowest, &where);
    keep_lower(value, number - (eight_longs){0}, &of_column, &row);
    memcpy(column_lowest + i, &of_column, sizeof of_column);
    memcpy(column_row + i, &row, sizeof row);
  }
  gy_nearest best = lowest_of_lanes(lowest, where);
  for (; i < n; i++) {
    if (values[i] < best.score) best = (gy_nearest){(int32_t)i, values[i]};
    if (values[i] >= column_lowest[i]) continue;
    column_lowest[i] = values[i];
    column_row[i] = number;
  }
  return best;
}

static void distances(const double *points, const double *row, size_t d, size_t n, double *to) {
  for (size_t first = 0; first < n; first += GY_STRETCH) {
    const double *stretch = points + first * d;
    for (size_t i = 0; i < GY_STRETCH; i += 32) {
      eight_doubles sum[4] = {{0}};
      for (size_t j = 0; j < d; j++) {
        for (size_t v = 0; v < 4; v++) {
          eight_doubles difference = load_eight(stretch + j * GY_STRETCH + i + 8 * v) - row[j];
          sum[v] += difference * difference;
        }
      }
      memcpy(to + first + i, sum, sizeof sum);
    }
    for (size_t i = 0; i < GY_STRETCH; i++) to[first + i] = sqrt(to[first + i]);
  }
}

#define GY_TEXT(x)    #x
#define GY_NAME_OF(x) GY_TEXT(x)
const gy_centroids_kernel GY_KERNEL = {.name = GY_NAME_OF(GY_KERNEL),
                                       .search = search,
                                       .search_stretch = search_stretch,
                                       .squares = squares_to,
                                       .score = score_of,
                                       .lowest = lowest_of,
                                       .note = note,
                                       .distances = distances};
