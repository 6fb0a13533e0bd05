/* SPDX-License-Identifier: Apache-2.0
 *
 * Most rows stay with their centre from one iteration to the next, and the triangle inequality proves it
 * without looking at them. Each row keeps an upper bound u on the distance to its centre and, for each set of
 * centres, a lower bound l on the distance to the others in it. A centre that moves by s loosens them by s. A
 * row with u < l for every set is skipped unread; for another, u is first made exact, and then it is compared
 * with the sets that are still in doubt. One set is Hamerly's algorithm (2010), several are Yinyang k-means
 * (Ding et al. 2015).
 *
 * Rows in doubt are queued by set and compared a tile at a time, so that skipping costs no vector its lanes.
 *
 * The labels must be those of the plain pass, which compares scores in single precision. A score errs by at
 * most e (|x| + r) r, where r is the longest centre and e a few d times the rounding unit; a row is skipped
 * only if l^2 - u^2 exceeds what that can hide. */
#include "cluster/kmeans_bounds_kernel.h"

#include <float.h>
#include <math.h>

#include "cluster/kmeans_tile.h"

extern const gy_bounds_kernel GY_KERNEL;

enum { ROWS_AHEAD = 8 };

/* One pass over one block: the arguments of assign, and the chunk being looked at. */
typedef struct {
  const gy_packed_centers *packed;
  const float *centers;
  const gy_bounds_motion *motion;
  gy_matrix x;
  const gy_row_bounds *bounds;
  const gy_bounds_scratch *scratch;
  const int32_t *labels; /* of the chunk */
  size_t row;            /* the chunk's first row */
  size_t n;              /* and its rows */
  size_t at;             /* its first row within the block */
  float error;           /* relative error of a sum of d products, with room to spare */
  float underflow;       /* and the absolute one */
} pass;

static float *lower_of(const pass *p, size_t set) {
  return p->bounds->lower + set * p->bounds->stride + p->at;
}

static bool is_apart(const pass *p, float upper, float lower) {
  float hidden = 4 * p->error * p->motion->reach * (2 * p->motion->reach + upper) + p->underflow;
  return (lower - upper) * (lower + upper) > hidden;
}

/* Loosens the chunk's bounds by the motion of the centres; `closest` receives each row's lowest lower bound.
 */
static void loosen(const pass *p, float closest[GY_BOUNDS_CHUNK]) {
  float *upper = p->bounds->upper + p->at;
  size_t n_vectors = (p->n + GY_LANES - 1) / GY_LANES;
  for (size_t i = 0; i < p->n; i++)
    upper[i] = (upper[i] + p->motion->shifts[p->labels[i]]) * (1 + 2 * FLT_EPSILON);
  for (size_t i = 0; i < n_vectors * GY_LANES; i++) closest[i] = INFINITY;
  for (size_t set = 0; set < p->motion->n_sets; set++) {
    float *lower = lower_of(p, set);
    float shift = p->motion->set_shifts[set];
    for (size_t v = 0; v < n_vectors; v++) {
      gy_vf bound = gy_vf_load(lower + v * GY_LANES) * (1 - 2 * FLT_EPSILON) - shift;
      bound = gy_vf_max(bound, gy_vf_splat(0));
      gy_vf_store(lower + v * GY_LANES, bound);
      gy_vf_store(closest + v * GY_LANES, gy_vf_min(bound, gy_vf_load(closest + v * GY_LANES)));
    }
  }
}

static float squared_distance(const float *a, const float *b, size_t d) {
  gy_vf sum = gy_vf_splat(0);
  size_t j = 0;
  for (; j + GY_LANES <= d; j += GY_LANES) {
    gy_vf difference = gy_vf_load(a + j) - gy_vf_load(b + j);
    sum += difference * difference;
  }
  float total = gy_vf_sum(sum);
  for (; j < d; j++) total += (a[j] - b[j]) * (a[j] - b[j]);
  return total;
}

static void enqueue(const pass *p, size_t i, size_t set) {
  const gy_bounds_scratch *s = p->scratch;
  s->queue[set * GY_BOUNDS_CHUNK + s->n_queued[set]++] = (uint16_t)i;
}

/* Makes the upper bound of row i exact, and queues the row for its own set and for those that may still hold
 * a nearer centre. */
static void doubt(const pass *p, size_t i, float closest) {
  size_t d = p->x.n_columns, set_size = p->motion->set_groups * GY_CENTERS_A_GROUP;
  const float *row = gy_matrix_row(p->x, p->row + i), *center = p->centers + (size_t)p->labels[i] * d;
  float upper = sqrtf(squared_distance(row, center, d) * (1 + p->error) + p->underflow);
  size_t own = (size_t)p->labels[i] / set_size;
  p->bounds->upper[p->at + i] = upper;
  if (is_apart(p, upper, closest)) return;
  for (size_t set = 0; set < p->motion->n_sets; set++)
    if (set == own || !is_apart(p, upper, lower_of(p, set)[i])) enqueue(p, i, set);
}

/* Rows in doubt lie scattered, and would each be waited for. */
static void prefetch_row(const pass *p, size_t i) {
  const float *row = gy_matrix_row(p->x, p->row + i);
  for (size_t j = 0; j < p->x.n_columns; j += 16) __builtin_prefetch(row + j);
}

/* Fills the queues. */
static void find_doubtful(const pass *p) {
  float closest[GY_BOUNDS_CHUNK];
  memset(p->scratch->n_queued, 0, p->motion->n_sets * sizeof *p->scratch->n_queued);
  for (size_t i = 0; i < p->n; i++)
    p->scratch->winners[i] = (gy_bounds_winner){.score = -INFINITY, .label = -1};
  if (!p->motion->known) {
    for (size_t i = 0; i < p->n; i++)
      for (size_t set = 0; set < p->motion->n_sets; set++) enqueue(p, i, set);
    return;
  }
  loosen(p, closest);
  size_t n_doubtful = 0;
  uint16_t doubtful[GY_BOUNDS_CHUNK];
  for (size_t i = 0; i < p->n; i++) {
    doubtful[n_doubtful] = (uint16_t)i;
    n_doubtful += !is_apart(p, p->bounds->upper[p->at + i], closest[i]);
  }
  for (size_t q = 0; q < n_doubtful; q++) {
    if (q + ROWS_AHEAD < n_doubtful) prefetch_row(p, doubtful[q + ROWS_AHEAD]);
    doubt(p, doubtful[q], closest[doubtful[q]]);
  }
}

/* Gathers the n rows listed, and repeats of the first, into the tile. The last rows of the matrix are copied
 * first, since a tile reads a little past a row. */
static void gather(const pass *p, const uint16_t *listed, size_t n) {
  size_t d = p->x.n_columns, over = gy_round_up(d, GY_HALF_LANES) - d;
  const float *rows[GY_TILE];
  float *copy = p->scratch->tile + gy_round_up(d, GY_LANES) * GY_TILE;
  for (size_t i = 0; i < GY_TILE; i++) {
    size_t row = p->row + listed[i < n ? i : 0];
    rows[i] = gy_matrix_row(p->x, row);
    if ((p->x.n_rows - 1 - row) * d < over) rows[i] = memcpy(copy + i * d, rows[i], d * sizeof *copy);
  }
  gy_tile_gather(rows, d, p->packed->offset, p->scratch->tile);
}

typedef struct {
  gy_vf best[GY_VECTORS], second[GY_VECTORS];
  gy_vi which[GY_VECTORS];
} two_best;

/* The two best scores of each point of the tile among the centres of a set. */
static inline two_best search_set(const pass *p, size_t set) {
  two_best found;
  size_t d = p->x.n_columns, first = set * p->motion->set_groups, end = first + p->motion->set_groups;
  gy_vi index = gy_vi_splat((int32_t)(first * GY_CENTERS_A_GROUP));
  if (end > p->packed->n_groups) end = p->packed->n_groups;
  for (int v = 0; v < GY_VECTORS; v++) {
    found.best[v] = found.second[v] = gy_vf_splat(-INFINITY);
    found.which[v] = index;
  }
  for (size_t g = first; g < end; g++) {
    gy_group_scores s = gy_score_group(p->scratch->tile, d, p->packed->values + g * d * GY_CENTERS_A_GROUP,
                                       p->packed->bias + g * GY_CENTERS_A_GROUP, GY_CENTERS_A_GROUP);
    for (int c = 0; c < GY_CENTERS_A_GROUP; c++) {
      for (int v = 0; v < GY_VECTORS; v++) {
        gy_vf score = s.score[c][v];
        found.which[v] = gy_vi_pick(gy_vf_greater(score, found.best[v]), index, found.which[v]);
        found.second[v] = gy_vf_max(gy_vf_min(score, found.best[v]), found.second[v]);
        found.best[v] = gy_vf_max(score, found.best[v]);
      }
      index += 1;
    }
  }
  return found;
}

/* What is known of the points of a tile after a set was searched. */
typedef struct {
  float best[GY_TILE];            /* the best score */
  float upper[GY_TILE];           /* its centre is at most this far */
  float lower[GY_TILE];           /* every centre of the set is at least this far */
  float lower_of_others[GY_TILE]; /* and every one but the best */
  int32_t which[GY_TILE];
} verdict;

/* |x - c|^2 = |x|^2 - 2 score, give or take the rounding. */
static void judge_set(const pass *p, size_t set, verdict *v) {
  gy_vf squared[GY_VECTORS] = {{0}};
  two_best found = search_set(p, set);
  for (size_t j = 0; j < p->x.n_columns; j++) {
    for (int i = 0; i < GY_VECTORS; i++) {
      gy_vf x = gy_vf_load(p->scratch->tile + j * GY_TILE + i * GY_LANES);
      squared[i] += x * x;
    }
  }
  for (int i = 0; i < GY_VECTORS; i++) {
    gy_vf zero = gy_vf_splat(0), length = gy_vf_sqrt(squared[i]) + p->motion->reach;
    gy_vf slack = length * length * p->error + p->underflow;
    gy_vf nearest = squared[i] - 2 * found.best[i], next = squared[i] - 2 * found.second[i];
    gy_vf_store(v->best + i * GY_LANES, found.best[i]);
    gy_vf_store(v->upper + i * GY_LANES, gy_vf_sqrt(gy_vf_max(nearest, zero) + slack) * (1 + FLT_EPSILON));
    gy_vf_store(v->lower + i * GY_LANES, gy_vf_sqrt(gy_vf_max(nearest - slack, zero)) * (1 - FLT_EPSILON));
    gy_vf_store(v->lower_of_others + i * GY_LANES,
                gy_vf_sqrt(gy_vf_max(next - slack, zero)) * (1 - FLT_EPSILON));
  }
  memcpy(v->which, found.which, sizeof v->which);
}

/* Compares the queued rows with the set. Sets come in order and a later one must score higher to win: ties go
 * to the lowest centre, as in the plain pass. The winner's set is bounded by its other centres. */
static void empty_queue(const pass *p, size_t set) {
  const gy_bounds_scratch *s = p->scratch;
  float *lower = lower_of(p, set);
  for (size_t q = 0; q < s->n_queued[set]; q += GY_TILE) {
    const uint16_t *listed = s->queue + set * GY_BOUNDS_CHUNK + q;
    size_t n = s->n_queued[set] - q < GY_TILE ? s->n_queued[set] - q : GY_TILE;
    verdict found;
    gather(p, listed, n);
    judge_set(p, set, &found);
    for (size_t t = 0; t < n; t++) {
      gy_bounds_winner *winner = &s->winners[listed[t]];
      lower[listed[t]] = found.lower[t];
      if (!(found.best[t] > winner->score)) continue;
      *winner = (gy_bounds_winner){.score = found.best[t],
                                   .upper = found.upper[t],
                                   .lower_of_others = found.lower_of_others[t],
                                   .label = found.which[t]};
    }
  }
}

static int32_t settle(const pass *p, size_t i) {
  const gy_bounds_winner *winner = &p->scratch->winners[i];
  size_t set_size = p->motion->set_groups * GY_CENTERS_A_GROUP;
  lower_of(p, (size_t)winner->label / set_size)[i] = winner->lower_of_others;
  if (winner->label != p->labels[i] || !p->motion->known) p->bounds->upper[p->at + i] = winner->upper;
  return winner->label;
}

/* Labels the rows of the chunk and moves them between the totals; returns how many labels changed. */
static size_t settle_chunk(const pass *p, const float *weights, int32_t *labels, gy_cluster_sums *totals,
                           bool fresh) {
  size_t n_changed = 0, d = p->x.n_columns;
  for (size_t i = 0; i < p->n; i++) {
    int32_t before = labels[i];
    if (p->scratch->winners[i].label >= 0) labels[i] = settle(p, i);
    if (labels[i] == before && !fresh) continue;
    double weight = weights == NULL ? 1.0 : (double)weights[p->row + i];
    const float *row = gy_matrix_row(p->x, p->row + i);
    n_changed += labels[i] != before;
    if (totals == NULL) continue;
    gy_totals_add(totals, labels[i], row, d, weight);
    if (!fresh) gy_totals_add(totals, before, row, d, -weight);
  }
  return n_changed;
}

static size_t assign(const gy_packed_centers *packed, const float *centers, const gy_bounds_motion *motion,
                     gy_matrix x, const float *weights, size_t first, size_t end, int32_t *labels,
                     const gy_row_bounds *bounds, gy_cluster_sums *totals, bool fresh,
                     const gy_bounds_scratch *scratch) {
  size_t n_changed = 0, d = x.n_columns;
  pass p = {
      .packed = packed, .centers = centers, .motion = motion, .x = x, .bounds = bounds, .scratch = scratch};
  p.error = 2 * (float)(d + 8) * FLT_EPSILON;
  p.underflow = (float)(d + 8) * 4 * FLT_MIN;
  if (totals != NULL && fresh) gy_totals_clear(totals, packed->k, d);
  for (size_t row = first; row < end; row += GY_BOUNDS_CHUNK) {
    p.row = row;
    p.n = end - row < GY_BOUNDS_CHUNK ? end - row : GY_BOUNDS_CHUNK;
    p.at = row - first;
    p.labels = labels + row;
    find_doubtful(&p);
    for (size_t set = 0; set < motion->n_sets; set++) empty_queue(&p, set);
    n_changed += settle_chunk(&p, weights, labels + row, totals, fresh);
  }
  return n_changed;
}

#define GY_TEXT(x)    #x
#define GY_NAME_OF(x) GY_TEXT(x)
const gy_bounds_kernel GY_KERNEL = {.name = GY_NAME_OF(GY_KERNEL), .assign = assign};
