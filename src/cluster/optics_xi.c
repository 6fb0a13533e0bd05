/* SPDX-License-Identifier: Apache-2.0
 *
 * Clusters as valleys of the reachability plot (Ankerst et al. 1999, figure 19). A step of the plot is steep
 * where the reachability changes by the part xi of itself; a steep area is a slope with at most `min_samples`
 * less steep steps in a row. Every steep descent is remembered; at every steep ascent each remembered one is
 * tried as its other side:
 *
 *      \                 /      sides of unlike height: the higher one is followed
 *       \     /\        /       down to the height of the lower
 *        \___/  \______/        a hill between that is higher than both sides, but for xi,
 *      descent       ascent     drops the descent: "maximum in between"
 *
 * Two slips of the paper are mended, as in ELKI and scikit-learn: a descent is steep where r(p) (1 - xi) >=
 * r(p + 1), and the right side is followed while r(x) > r(start). The last row of a valley must be reached
 * from a row in it (Schubert and Gertz 2018, algorithm 2). */
#include <gyeol/optics.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

gy_optics_xi_options gy_optics_xi_defaults(int32_t min_samples) {
  return (gy_optics_xi_options){.xi = 0.05,
                                .min_samples = min_samples,
                                .min_cluster_size = min_samples < 2 ? 2 : min_samples,
                                .correct_predecessors = true};
}

/* A steep area that goes down. */
typedef struct {
  size_t first, last;
  double between; /* the greatest reachability from its end to where we are */
} descent;

typedef struct {
  const gy_optics *order;
  const gy_optics_xi_options *options;
  size_t n;
  double *plot;    /* n + 1: reachability in order, and an infinite end */
  int32_t *at;     /* row -> where it is in the order */
  descent *slopes; /* steep descents that may still begin a valley */
  size_t n_slopes, max_slopes;
  gy_optics_valley *valleys;
  size_t n_valleys, max_valleys;
} plot_reader;

/* Which way the step from place i goes: +1 up, -1 down, 0 level or unknown; times 2 where it is steep. */
static int step_at(const plot_reader *p, size_t i) {
  double ratio = p->plot[i] / p->plot[i + 1], keep = 1 - p->options->xi;
  if (ratio <= keep) return 2;
  if (ratio >= 1 / keep) return -2;
  return ratio < 1 ? 1 : ratio > 1 ? -1 : 0;
}

/* The end of the steep area that begins at `first` and goes `way` (1 up, -1 down). */
static size_t follow(const plot_reader *p, size_t first, int way) {
  size_t end = first;
  int32_t n_less_steep = 0;
  for (size_t i = first; i < p->n; i++) {
    int step = way * step_at(p, i);
    if (step == 2) {
      n_less_steep = 0;
      end = i;
    } else if (step < 0 || ++n_less_steep > p->options->min_samples) {
      break;
    }
  }
  return end;
}

/* Forgets descents that a hill of height `between` lies behind of. */
static void keep_open(plot_reader *p, double between) {
  size_t n_kept = 0;
  for (size_t s = 0; s < p->n_slopes; s++) {
    descent slope = p->slopes[s];
    if (isinf(between) || between > p->plot[slope.first] * (1 - p->options->xi)) continue;
    slope.between = fmax(slope.between, between);
    p->slopes[n_kept++] = slope;
  }
  p->n_slopes = n_kept;
}

static bool grow(void **items, size_t *room, size_t n, size_t size) {
  if (n < *room) return true;
  void *larger = realloc(*items, (2 * *room + 16) * size);
  if (larger == NULL) return false;
  *items = larger;
  *room = 2 * *room + 16;
  return true;
}

/* Cuts rows off the end that were not reached from within; false where nothing is left. */
static bool correct_end(const plot_reader *p, size_t first, size_t *last) {
  for (size_t end = *last; first < end; end--) {
    int32_t from = p->order->predecessor[p->order->ordering[end]];
    size_t place = from < 0 ? SIZE_MAX : (size_t)p->at[from];
    *last = end;
    if (p->plot[first] > p->plot[end] || (place >= first && place < end)) return true;
  }
  return false;
}

/* The valley between a descent and an ascent; false where they do not make one. */
static bool make_valley(const plot_reader *p, const descent *slope, size_t ascent, size_t last,
                        gy_optics_valley *valley) {
  const double *plot = p->plot, keep = 1 - p->options->xi;
  size_t first = slope->first;
  double left = plot[first], right = plot[last + 1];
  if (right * keep < slope->between) return false;
  if (left * keep >= right) {
    while (plot[first + 1] > right && first < slope->last) first++;
  } else if (right * keep >= left) {
    while (plot[last - 1] > left && last > ascent) last--;
  }
  if (p->options->correct_predecessors && !correct_end(p, first, &last)) return false;
  *valley = (gy_optics_valley){(int32_t)first, (int32_t)last};
  return last + 1 >= first + (size_t)p->options->min_cluster_size && first <= slope->last && last >= ascent;
}

/* Tries every open descent with an ascent, the latest first: smaller valleys come before larger. */
static gy_status match(plot_reader *p, size_t ascent, size_t last, gy_error *err) {
  for (size_t s = p->n_slopes; s-- > 0;) {
    gy_optics_valley valley;
    if (!make_valley(p, &p->slopes[s], ascent, last, &valley)) continue;
    if (!grow((void **)&p->valleys, &p->max_valleys, p->n_valleys, sizeof valley))
      return gy_fail(err, GY_ENOMEM, "OPTICS: out of memory for %zu valleys", p->n_valleys);
    p->valleys[p->n_valleys++] = valley;
  }
  return GY_OK;
}

static gy_status read_plot(plot_reader *p, gy_error *err) {
  double between = 0;
  for (size_t next = 0, i = 0; i < p->n; i = next) {
    int step = step_at(p, i);
    between = fmax(between, p->plot[i]);
    next = i + 1;
    if (step != 2 && step != -2) continue;
    keep_open(p, between);
    size_t last = follow(p, i, step / 2);
    if (step < 0) {
      if (!grow((void **)&p->slopes, &p->max_slopes, p->n_slopes, sizeof *p->slopes))
        return gy_fail(err, GY_ENOMEM, "OPTICS: out of memory for %zu slopes", p->n_slopes);
      p->slopes[p->n_slopes++] = (descent){i, last, 0};
    } else {
      gy_status status = match(p, i, last, err);
      if (status != GY_OK) return status;
    }
    next = last + 1;
    between = p->plot[next];
  }
  return GY_OK;
}

/* Numbers the valleys that hold no smaller one. */
static int32_t label_valleys(const plot_reader *p, int32_t *at) {
  int32_t n_clusters = 0;
  for (size_t i = 0; i < p->n; i++) at[i] = -1;
  for (size_t v = 0; v < p->n_valleys; v++) {
    size_t first = (size_t)p->valleys[v].first, last = (size_t)p->valleys[v].last, i = first;
    while (i <= last && at[i] < 0) i++;
    if (i <= last) continue;
    for (i = first; i <= last; i++) at[i] = n_clusters;
    n_clusters++;
  }
  return n_clusters;
}

static gy_status check(const gy_optics_xi_options *options, gy_error *err) {
  if (!(options->xi > 0 && options->xi < 1))
    return gy_fail(err, GY_EUSAGE, "OPTICS: xi is %g; it must lie between 0 and 1", options->xi);
  if (options->min_samples < 1 || options->min_cluster_size < 2)
    return gy_fail(err, GY_EUSAGE,
                   "OPTICS: min_samples (%d) must be 1 or more, min_cluster_size (%d) 2 or more",
                   options->min_samples, options->min_cluster_size);
  return GY_OK;
}

gy_status gy_optics_xi(const gy_optics *order, const gy_optics_xi_options *options, gy_optics_valleys *found,
                       int32_t *labels, gy_error *err) {
  plot_reader p = {.order = order, .options = options, .n = order->n};
  gy_status status = check(options, err);
  if (status != GY_OK) return status;
  p.plot = malloc((p.n + 1) * sizeof *p.plot);
  p.at = malloc((p.n + 1) * sizeof *p.at);
  if (p.plot == NULL || p.at == NULL) {
    status = gy_fail(err, GY_ENOMEM, "OPTICS: out of memory for the plot of %zu rows", p.n);
    goto done;
  }
  for (size_t i = 0; i < p.n; i++) {
    p.plot[i] = order->reachability[order->ordering[i]];
    p.at[order->ordering[i]] = (int32_t)i;
  }
  p.plot[p.n] = INFINITY;
  status = read_plot(&p, err);
  if (status != GY_OK) goto done;
  int32_t n_clusters = label_valleys(&p, p.at);
  *found = (gy_optics_valleys){.n_valleys = p.n_valleys, .valleys = p.valleys, .n_clusters = n_clusters};
  p.valleys = NULL;
  for (size_t i = 0; labels != NULL && i < p.n; i++) labels[order->ordering[i]] = p.at[i];
done:
  free(p.slopes);
  free(p.valleys);
  free(p.at);
  free(p.plot);
  return status;
}

void gy_optics_valleys_clear(gy_optics_valleys *found) {
  if (found == NULL) return;
  free(found->valleys);
  *found = (gy_optics_valleys){0};
}
