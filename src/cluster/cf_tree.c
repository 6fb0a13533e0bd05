/* SPDX-License-Identifier: Apache-2.0
 *
 * A tree of clustering features (BIRCH: Zhang, Ramakrishnan and Livny 1996), in the numerically safe form of
 * BETULA (Lang and Schubert 2020): a feature is (weight, mean, sum of squared distances to the mean), never a
 * sum of squares.
 *
 *   inner node   [feature, child] ...      a feature sums up all below the child
 *   leaf         [feature, micro] ...      a micro-cluster
 *
 * A row goes down to the child with the nearest mean, and in the leaf joins the nearest micro-cluster if that
 * one's radius stays within the threshold; else it becomes one of its own. Full nodes are split in half along
 * the line between two far entries. When there are too many micro-clusters the threshold grows and they are
 * put into a new tree in place of rows. */
#include "cluster/cf_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"

enum { FANOUT = 32, DEEPEST = 16, ROWS_A_LOOK = 4096 };

typedef struct {
  int n; /* entries */
  bool leaf;
  double weights[FANOUT], spreads[FANOUT];
  int32_t children[FANOUT]; /* nodes; in a leaf: micro-clusters */
} node;

typedef struct {
  size_t d, most;
  size_t n_nodes, max_nodes;
  node *nodes;
  double *means; /* node x d x FANOUT: an entry's features lie FANOUT apart */
  int32_t root;
  size_t n_micro;
  double limit; /* of the squared radius */
} cf_tree;

/* One feature on its way into the tree. */
typedef struct {
  double weight, spread;
  const double *mean;
} feature;

typedef struct {
  int32_t node[DEEPEST];
  int entry[DEEPEST];
  int depth;
} path;

/* Nodes are at least half full but the root and its line to the left, so that few more than these are made.
 */
static size_t max_nodes_of(size_t most) {
  size_t total = 8, level = most;
  do {
    level = level / (FANOUT / 2) + 2;
    total += level;
  } while (level > 3);
  return total;
}

static double *mean_of(const cf_tree *t, int32_t n) { return t->means + (size_t)n * t->d * FANOUT; }

static int32_t add_node(cf_tree *t, bool leaf) {
  node *fresh = &t->nodes[t->n_nodes];
  fresh->n = 0;
  fresh->leaf = leaf;
  memset(mean_of(t, (int32_t)t->n_nodes), 0, t->d * FANOUT * sizeof(double));
  return (int32_t)t->n_nodes++;
}

static void plant(cf_tree *t) {
  t->n_nodes = t->n_micro = 0;
  t->root = add_node(t, true);
}

/* Squared distances of a point to every entry's mean. */
static void distances_to(const cf_tree *t, int32_t n, const double *point, double squared[FANOUT]) {
  const double *means = mean_of(t, n);
  memset(squared, 0, FANOUT * sizeof *squared);
  for (size_t j = 0; j < t->d; j++) {
    for (int e = 0; e < FANOUT; e++) {
      double difference = means[j * FANOUT + (size_t)e] - point[j];
      squared[e] += difference * difference;
    }
  }
}

static int nearest_entry(const cf_tree *t, int32_t n, const double *point, double *square) {
  double squared[FANOUT];
  int best = 0;
  distances_to(t, n, point, squared);
  for (int e = 1; e < t->nodes[n].n; e++)
    if (squared[e] < squared[best]) best = e;
  *square = squared[best];
  return best;
}

/* Adds a feature at squared distance `square` from the entry's mean (equations 9-11 of BETULA). */
static void absorb(cf_tree *t, int32_t n, int e, feature f, double square) {
  node *at = &t->nodes[n];
  double weight = at->weights[e] + f.weight, share = f.weight / weight;
  double *mean = mean_of(t, n) + e;
  at->spreads[e] += f.spread + at->weights[e] * share * square;
  at->weights[e] = weight;
  for (size_t j = 0; j < t->d; j++) mean[j * FANOUT] += share * (f.mean[j] - mean[j * FANOUT]);
}

static void put_entry(cf_tree *t, int32_t n, feature f, int32_t child) {
  node *at = &t->nodes[n];
  double *mean = mean_of(t, n) + at->n;
  at->weights[at->n] = f.weight;
  at->spreads[at->n] = f.spread;
  at->children[at->n] = child;
  for (size_t j = 0; j < t->d; j++) mean[j * FANOUT] = f.mean[j];
  at->n++;
}

static void move_entry(cf_tree *t, int32_t from, int e, int32_t to) {
  const node *source = &t->nodes[from];
  node *target = &t->nodes[to];
  const double *mean = mean_of(t, from) + e;
  double *place = mean_of(t, to) + target->n;
  target->weights[target->n] = source->weights[e];
  target->spreads[target->n] = source->spreads[e];
  target->children[target->n] = source->children[e];
  for (size_t j = 0; j < t->d; j++) place[j * FANOUT] = mean[j * FANOUT];
  target->n++;
}

static void read_mean(const cf_tree *t, int32_t n, int e, double *point) {
  for (size_t j = 0; j < t->d; j++) point[j] = mean_of(t, n)[j * FANOUT + (size_t)e];
}

static int farthest(const double squared[FANOUT]) {
  int best = 0;
  for (int e = 1; e < FANOUT; e++)
    if (squared[e] > squared[best]) best = e;
  return best;
}

/* Which half of a full node to move out: those nearer to one far entry than to another, by rank. */
static void choose_half(const cf_tree *t, int32_t n, double *point, bool moves[FANOUT]) {
  double to_first[FANOUT], to_second[FANOUT];
  read_mean(t, n, 0, point);
  distances_to(t, n, point, to_first);
  read_mean(t, n, farthest(to_first), point);
  distances_to(t, n, point, to_first);
  read_mean(t, n, farthest(to_first), point);
  distances_to(t, n, point, to_second);
  for (int e = 0; e < FANOUT; e++) {
    int rank = 0;
    double own = to_first[e] - to_second[e];
    for (int other = 0; other < FANOUT; other++) {
      double theirs = to_first[other] - to_second[other];
      rank += theirs < own || (theirs == own && other < e);
    }
    moves[e] = rank >= FANOUT / 2;
  }
}

/* Splits a full node; returns the new one. */
static int32_t split(cf_tree *t, int32_t n, double *point) {
  bool moves[FANOUT];
  int32_t fresh = add_node(t, t->nodes[n].leaf);
  int32_t spare = add_node(t, t->nodes[n].leaf);
  choose_half(t, n, point, moves);
  for (int e = 0; e < FANOUT; e++) move_entry(t, n, e, moves[e] ? fresh : spare);
  t->nodes[n].n = 0;
  for (int e = 0; e < t->nodes[spare].n; e++) move_entry(t, spare, e, n);
  t->n_nodes--; /* the spare one is the last */
  return fresh;
}

/* The feature of all entries of a node; its mean goes to `mean`. */
static feature sum_up(const cf_tree *t, int32_t n, double *mean, double *point) {
  const node *at = &t->nodes[n];
  feature total = {at->weights[0], at->spreads[0], mean};
  read_mean(t, n, 0, mean);
  for (int e = 1; e < at->n; e++) {
    double weight = total.weight + at->weights[e], share = at->weights[e] / weight, square = 0;
    read_mean(t, n, e, point);
    for (size_t j = 0; j < t->d; j++) {
      double difference = point[j] - mean[j];
      square += difference * difference;
      mean[j] += share * difference;
    }
    total.spread += at->spreads[e] + total.weight * share * square;
    total.weight = weight;
  }
  return total;
}

/* Writes the feature of a child anew into its parent's entry. */
static void refresh(cf_tree *t, int32_t n, int e, double *scratch) {
  feature f = sum_up(t, t->nodes[n].children[e], scratch, scratch + t->d);
  t->nodes[n].weights[e] = f.weight;
  t->nodes[n].spreads[e] = f.spread;
  for (size_t j = 0; j < t->d; j++) mean_of(t, n)[j * FANOUT + (size_t)e] = f.mean[j];
}

static void raise_root(cf_tree *t, double *scratch) {
  int32_t old = t->root;
  t->root = add_node(t, false);
  put_entry(t, t->root, sum_up(t, old, scratch, scratch + t->d), old);
}

/* After the leaf at the end of the path has become full: splits upwards as far as needed. */
static void split_upwards(cf_tree *t, const path *p, double *scratch) {
  int32_t full = p->node[p->depth];
  for (int level = p->depth; t->nodes[full].n == FANOUT; level--) {
    int32_t parent = level > 0 ? p->node[level - 1] : -1;
    int entry = level > 0 ? p->entry[level - 1] : 0;
    if (parent < 0) {
      raise_root(t, scratch);
      parent = t->root;
    }
    int32_t fresh = split(t, full, scratch);
    refresh(t, parent, entry, scratch);
    put_entry(t, parent, sum_up(t, fresh, scratch, scratch + t->d), fresh);
    full = parent;
    if (level == 0) break;
  }
}

/* Puts a feature in; returns its micro-cluster. `scratch`: 2 d doubles. */
static int32_t insert(cf_tree *t, feature f, double *scratch) {
  path p = {.depth = 0};
  double square = 0;
  int32_t at = t->root;
  for (; !t->nodes[at].leaf; p.depth++) {
    int e = nearest_entry(t, at, f.mean, &square);
    absorb(t, at, e, f, square);
    p.node[p.depth] = at;
    p.entry[p.depth] = e;
    at = t->nodes[at].children[e];
  }
  p.node[p.depth] = at;
  const node *leaf = &t->nodes[at];
  if (leaf->n > 0) {
    int e = nearest_entry(t, at, f.mean, &square);
    double weight = leaf->weights[e] + f.weight;
    double spread = leaf->spreads[e] + f.spread + leaf->weights[e] * f.weight / weight * square;
    if (spread <= t->limit * weight) {
      absorb(t, at, e, f, square);
      return leaf->children[e];
    }
  }
  int32_t micro = (int32_t)t->n_micro++;
  put_entry(t, at, f, micro);
  if (leaf->n == FANOUT) split_upwards(t, &p, scratch);
  return micro;
}

/* The trees before and after a rebuild, and what they need. */
typedef struct {
  cf_tree trees[2];
  int which;
  int32_t *moved; /* micro-cluster before -> after */
  double *candidates;
  double *scratch; /* 4 d */
  void *storage;
} builder;

static size_t lay_out(builder *b, size_t d, size_t most, void *base) {
  gy_layout at = {.base = base};
  for (int w = 0; w < 2; w++) {
    cf_tree *t = &b->trees[w];
    *t = (cf_tree){.d = d, .most = most, .max_nodes = max_nodes_of(most + 1)};
    t->nodes = gy_layout_take(&at, t->max_nodes, sizeof *t->nodes);
    t->means = gy_layout_take(&at, t->max_nodes * FANOUT, d * sizeof *t->means);
  }
  b->moved = gy_layout_take(&at, most + 1, sizeof *b->moved);
  b->candidates = gy_layout_take(&at, b->trees[0].max_nodes, sizeof *b->candidates);
  b->scratch = gy_layout_take(&at, 4 * d, sizeof *b->scratch);
  return gy_layout_bytes(&at);
}

size_t gy_micro_clusters_memory(size_t d, size_t most) {
  builder b;
  size_t bytes = lay_out(&b, d, most, NULL), a_cluster = (d + 2) * sizeof(double);
  if (bytes > SIZE_MAX / 2 || most > SIZE_MAX / 4 / a_cluster) return SIZE_MAX;
  return bytes + (most + 1) * a_cluster;
}

static int by_value(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/* The squared radius that the two nearest entries of a leaf would have as one; infinity where there is only
 * one. */
static double closest_pair(const cf_tree *t, int32_t n, double *point) {
  const node *at = &t->nodes[n];
  double best = INFINITY, squared[FANOUT];
  for (int a = 0; a < at->n; a++) {
    read_mean(t, n, a, point);
    distances_to(t, n, point, squared);
    for (int b = a + 1; b < at->n; b++) {
      double weight = at->weights[a] + at->weights[b];
      double spread = at->spreads[a] + at->spreads[b] + at->weights[a] * at->weights[b] / weight * squared[b];
      best = fmin(best, spread / weight);
    }
  }
  return best;
}

/* A limit at which half of the leaves find a pair to merge. */
static double next_limit(builder *b) {
  const cf_tree *t = &b->trees[b->which];
  size_t n = 0;
  for (size_t i = 0; i < t->n_nodes; i++) {
    if (!t->nodes[i].leaf) continue;
    double radius = closest_pair(t, (int32_t)i, b->scratch);
    if (!isinf(radius)) b->candidates[n++] = radius;
  }
  qsort(b->candidates, n, sizeof *b->candidates, by_value);
  double median = n == 0 ? 0 : b->candidates[n / 2], least = 1.5 * t->limit;
  double smallest_useful = 0x1p-1000;
  for (size_t i = n / 2; i < n && median <= 0; i++) median = b->candidates[i];
  return fmax(fmax(median, least), smallest_useful);
}

/* Grows the limit and puts the micro-clusters into the other tree. */
static void rebuild(builder *b) {
  cf_tree *old = &b->trees[b->which], *fresh = &b->trees[1 - b->which];
  fresh->limit = next_limit(b);
  plant(fresh);
  for (size_t i = 0; i < old->n_nodes; i++) {
    const node *leaf = &old->nodes[i];
    for (int e = 0; leaf->leaf && e < leaf->n; e++) {
      read_mean(old, (int32_t)i, e, b->scratch + 2 * old->d);
      feature f = {leaf->weights[e], leaf->spreads[e], b->scratch + 2 * old->d};
      b->moved[leaf->children[e]] = insert(fresh, f, b->scratch);
    }
  }
  b->which = 1 - b->which;
}

static gy_status insert_rows(builder *b, gy_matrix x, const float *weights, const gy_task *task,
                             int32_t *cluster_of_row, int *rebuilds, gy_error *err) {
  size_t n = x.n_rows, d = x.n_columns;
  double *row = b->scratch + 3 * d;
  plant(&b->trees[0]);
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < d; j++) row[j] = (double)gy_matrix_row(x, i)[j];
    feature f = {weights == NULL ? 1 : (double)weights[i], 0, row};
    cluster_of_row[i] = insert(&b->trees[b->which], f, b->scratch);
    while (b->trees[b->which].n_micro > b->trees[b->which].most) {
      rebuild(b);
      ++*rebuilds;
      for (size_t r = 0; r <= i; r++) cluster_of_row[r] = b->moved[cluster_of_row[r]];
    }
    if (i % ROWS_A_LOOK != 0) continue;
    gy_task_progress(task, "micro-clusters", i, n, "rows");
    if (gy_task_cancelled(task)) return gy_task_check(task, err);
  }
  return GY_OK;
}

static gy_status hand_over(const cf_tree *t, int rebuilds, gy_micro_clusters *micro, gy_error *err) {
  gy_micro_clusters made = {.n = t->n_micro, .d = t->d, .radius = sqrt(t->limit), .rebuilds = rebuilds};
  made.weights = malloc(made.n * sizeof *made.weights);
  made.spreads = malloc(made.n * sizeof *made.spreads);
  made.means = malloc(made.n * t->d * sizeof *made.means);
  if (made.weights == NULL || made.spreads == NULL || made.means == NULL) {
    gy_micro_clusters_clear(&made);
    return gy_fail(err, GY_ENOMEM, "micro-clusters: out of memory for %zu of them", t->n_micro);
  }
  for (size_t i = 0; i < t->n_nodes; i++) {
    const node *leaf = &t->nodes[i];
    for (int e = 0; leaf->leaf && e < leaf->n; e++) {
      size_t c = (size_t)leaf->children[e];
      made.weights[c] = leaf->weights[e];
      made.spreads[c] = leaf->spreads[e];
      read_mean(t, (int32_t)i, e, made.means + c * t->d);
    }
  }
  *micro = made;
  return GY_OK;
}

gy_status gy_micro_clusters_fit(gy_matrix x, const float *weights, size_t most, const gy_task *task,
                                gy_micro_clusters *micro, int32_t *cluster_of_row, gy_error *err) {
  builder b = {0};
  int rebuilds = 0;
  size_t bytes = lay_out(&b, x.n_columns, most, NULL);
  b.storage = bytes == SIZE_MAX ? NULL : aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  if (b.storage == NULL)
    return gy_fail(err, GY_ENOMEM, "micro-clusters: out of memory; %zu bytes are needed", bytes);
  lay_out(&b, x.n_columns, most, b.storage);
  gy_status status = insert_rows(&b, x, weights, task, cluster_of_row, &rebuilds, err);
  if (status == GY_OK) status = hand_over(&b.trees[b.which], rebuilds, micro, err);
  free(b.storage);
  return status;
}

void gy_micro_clusters_clear(gy_micro_clusters *micro) {
  if (micro == NULL) return;
  free(micro->weights);
  free(micro->means);
  free(micro->spreads);
  *micro = (gy_micro_clusters){0};
}
