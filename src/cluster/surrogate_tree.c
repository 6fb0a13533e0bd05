/* SPDX-License-Identifier: Apache-2.0
 *
 * A surrogate decision tree grows a level at a time: all leaves so far are weighed, the best split of each
 * open one is searched over all columns (surrogate_split.c), and rows go left or right. Afterwards it is cut
 * back (surrogate_prune.c), and the rows are counted by what they are
 * and what their leaf says. Craven and Shavlik (1996) call the share of agreement fidelity. */
#include <gyeol/surrogate_tree.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/short_number.h"
#include "cluster/surrogate_prune.h"
#include "cluster/surrogate_split.h"
#include "num/moments.h"
#include "num/row_weights.h"

enum { PLACES = 2 * GY_SPLIT_SLOTS };
/* Floats that still have finite distances between them; beyond, nothing is measured. */
static const float VALUE_LIMIT = 1e30f;

/* The leaves so far, in the order of their places. */
typedef struct {
  int32_t nodes[PLACES];
  bool closed[PLACES];
  size_t n;
} frontier;

gy_surrogate_options gy_surrogate_defaults(void) {
  return (gy_surrogate_options){
      .max_depth = GY_SURROGATE_DEPTH_MAX, .min_leaf_share = 0.002, .min_leaf_gain = 0.005};
}

/* ---- what is refused ---- */

/* Precision and recall, and the three counts that they are made of. */
static size_t measure_bytes(int32_t n_clusters) { return 5 * ((size_t)n_clusters + 1) * sizeof(double); }

size_t gy_surrogate_tree_memory(size_t n, size_t d, int32_t n_clusters, const gy_task *task) {
  size_t search = gy_split_memory(n, d, (size_t)n_clusters + 1, gy_task_threads(task));
  size_t rest = measure_bytes(n_clusters);
  return search > SIZE_MAX - rest ? SIZE_MAX : search + rest;
}

static gy_status check_labels(const int32_t *labels, size_t n, int32_t n_clusters, gy_error *err) {
  for (size_t i = 0; i < n; i++)
    if (labels[i] < -1 || labels[i] >= n_clusters)
      return gy_fail(err, GY_EDATA, "surrogate tree: row %zu has label %d, outside -1..%d", i + 1, labels[i],
                     n_clusters - 1);
  return GY_OK;
}

static gy_status check_rows(gy_matrix x, const int32_t *labels, int32_t n_clusters, const float *weights,
                            double *total, const gy_task *task, gy_error *err) {
  if (x.n_rows < 1 || x.n_columns < 1)
    return gy_fail(err, GY_EDATA, "surrogate tree: %zu rows of %zu columns; at least one of each is needed",
                   x.n_rows, x.n_columns);
  if (x.n_rows > UINT32_MAX)
    return gy_fail(err, GY_ELIMIT, "surrogate tree: %zu rows are more than %u; take a sample", x.n_rows,
                   UINT32_MAX);
  gy_status status = check_labels(labels, x.n_rows, n_clusters, err);
  if (status == GY_OK) status = gy_matrix_check(x, VALUE_LIMIT, task, err);
  if (status == GY_OK) status = gy_row_weights_check(weights, x.n_rows, total, err);
  return status;
}

static gy_status check_options(gy_matrix x, int32_t n_clusters, const gy_surrogate_options *options,
                               const gy_task *task, gy_error *err) {
  if (n_clusters < 1 || n_clusters >= GY_SPLIT_CLASSES_MAX)
    return gy_fail(err, GY_EUSAGE, "surrogate tree: n_clusters (%d) must be 1..%d", n_clusters,
                   GY_SPLIT_CLASSES_MAX - 1);
  if (options->max_depth < 0 || options->max_depth > GY_SURROGATE_DEPTH_MAX)
    return gy_fail(err, GY_EUSAGE, "surrogate tree: max_depth (%d) must be 0..%d", options->max_depth,
                   GY_SURROGATE_DEPTH_MAX);
  if (!(options->min_leaf_share >= 0 && options->min_leaf_share <= 0.5))
    return gy_fail(err, GY_EUSAGE, "surrogate tree: min_leaf_share (%g) must be 0..0.5",
                   options->min_leaf_share);
  if (!(options->min_leaf_gain >= 0 && options->min_leaf_gain <= 1))
    return gy_fail(err, GY_EUSAGE, "surrogate tree: min_leaf_gain (%g) must be 0..1", options->min_leaf_gain);
  size_t need = gy_surrogate_tree_memory(x.n_rows, x.n_columns, n_clusters, task);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT,
                   "surrogate tree: %zu bytes are needed for %zu rows, and the budget is %zu; take a sample",
                   need, x.n_rows, gy_task_memory(task));
  return GY_OK;
}

/* ---- growing ---- */

static int32_t add_node(gy_surrogate_tree *tree) {
  tree->nodes[tree->n_nodes] = (gy_surrogate_node){.column = -1, .left = -1, .right = -1};
  return tree->n_nodes++;
}

/* Weights, labels and numbers of rows of the leaves that are new. */
static void describe(gy_split_work *work, const frontier *leaves, gy_surrogate_tree *tree) {
  size_t k = work->n_classes;
  int64_t rows[PLACES] = {0};
  gy_split_weigh(work, leaves->n);
  for (size_t i = 0; i < work->x.n_rows; i++) rows[work->place[i] % PLACES]++;
  for (size_t place = 0; place < leaves->n; place++) {
    gy_surrogate_node *node = &tree->nodes[leaves->nodes[place]];
    const double *weights = work->class_weights + place * k;
    size_t most = 0;
    for (size_t c = 1; c < k; c++)
      if (weights[c] > weights[most]) most = c;
    node->label = most + 1 < k ? (int32_t)most : -1;
    node->n_rows = rows[place];
    node->agreeing = weights[most];
    node->weight = work->slots[place].weight;
    work->slots[place].open = !leaves->closed[place];
  }
}

/* Gives the leaves that have a split their children; returns how many. */
static size_t split_leaves(const gy_split_work *work, const gy_split *best, const int32_t *columns,
                           double total, frontier *leaves, gy_surrogate_tree *tree) {
  frontier next = {.n = 0};
  size_t n_split = 0;
  for (size_t place = 0; place < leaves->n; place++) {
    gy_surrogate_node *node = &tree->nodes[leaves->nodes[place]];
    if (leaves->closed[place] || columns[place] < 0) {
      next.closed[next.n] = true;
      next.nodes[next.n++] = leaves->nodes[place];
      continue;
    }
    node->column = columns[place];
    node->whole = work->whole[node->column];
    node->threshold = gy_short_between((double)best[place].below, (double)best[place].above, node->whole);
    node->gain = best[place].gain / total;
    next.nodes[next.n++] = node->left = add_node(tree);
    next.nodes[next.n++] = node->right = add_node(tree);
    n_split++;
  }
  *leaves = next;
  return n_split;
}

/* Every row to its leaf's new place. `before` are the leaves that rows are in. */
static void send_rows(gy_split_work *work, const frontier *before, const frontier *after,
                      const gy_surrogate_tree *tree) {
  uint32_t place_of[GY_SURROGATE_NODES_MAX];
  for (size_t place = 0; place < after->n; place++) place_of[after->nodes[place]] = (uint32_t)place;
  for (size_t i = 0; i < work->x.n_rows; i++) {
    int32_t at = before->nodes[work->place[i] % PLACES];
    const gy_surrogate_node *node = &tree->nodes[at];
    if (node->column >= 0)
      at = (double)gy_matrix_row(work->x, i)[node->column] <= node->threshold ? node->left : node->right;
    work->place[i] = work->place[i] / PLACES * PLACES + place_of[at];
  }
}

static gy_status grow(gy_split_work *work, int32_t max_depth, double total, gy_surrogate_tree *tree,
                      gy_error *err) {
  frontier leaves = {.n = 1};
  leaves.nodes[0] = add_node(tree);
  describe(work, &leaves, tree);
  for (int32_t depth = 0; depth < max_depth; depth++) {
    gy_split best[GY_SPLIT_SLOTS];
    int32_t columns[GY_SPLIT_SLOTS];
    gy_status status = gy_split_search(work, best, columns, err);
    if (status != GY_OK) return status;
    frontier before = leaves;
    if (split_leaves(work, best, columns, total, &leaves, tree) == 0) break;
    send_rows(work, &before, &leaves, tree);
    describe(work, &leaves, tree);
    gy_task_progress(work->task, "surrogate tree", (uint64_t)depth + 1, (uint64_t)max_depth, "levels");
  }
  return GY_OK;
}

/* ---- measuring ---- */

int32_t gy_surrogate_tree_leaf(const gy_surrogate_tree *tree, const float *row) {
  int32_t at = 0;
  while (tree->nodes[at].column >= 0)
    at = (double)row[tree->nodes[at].column] <= tree->nodes[at].threshold ? tree->nodes[at].left
                                                                          : tree->nodes[at].right;
  return at;
}

/* Weights of rows by cluster: that are in it, whose leaf says it, and both; the last stands for none. */
typedef struct {
  double in, said, both;
} agreement;

static void read_agreement(gy_surrogate_tree *tree, const agreement *counts) {
  double all = 0, right = 0;
  for (int32_t c = 0; c <= tree->n_clusters; c++) {
    all += counts[c].in;
    right += counts[c].both;
    if (c == tree->n_clusters) break;
    tree->precision[c] = counts[c].said > 0 ? counts[c].both / counts[c].said : NAN;
    tree->recall[c] = counts[c].in > 0 ? counts[c].both / counts[c].in : NAN;
  }
  tree->fidelity = right / all;
}

static gy_status measure(gy_surrogate_tree *tree, gy_matrix x, const int32_t *labels, const float *weights,
                         const gy_task *task, gy_error *err) {
  int32_t none = tree->n_clusters;
  agreement *counts = calloc((size_t)none + 1, sizeof *counts);
  if (counts == NULL) return gy_fail(err, GY_ENOMEM, "surrogate tree: out of memory for %d clusters", none);
  for (size_t i = 0; i < x.n_rows; i++) {
    if (i % 65536 == 0 && gy_task_cancelled(task)) break;
    int32_t says = tree->nodes[gy_surrogate_tree_leaf(tree, gy_matrix_row(x, i))].label;
    double weight = weights != NULL ? (double)weights[i] : 1;
    counts[labels[i] < 0 ? none : labels[i]].in += weight;
    counts[says < 0 ? none : says].said += weight;
    if (says == labels[i]) counts[says < 0 ? none : says].both += weight;
  }
  gy_status status = gy_task_check(task, err);
  if (status == GY_OK) read_agreement(tree, counts);
  free(counts);
  return status;
}

gy_status gy_surrogate_tree_measure(gy_surrogate_tree *tree, gy_matrix x, const int32_t *labels,
                                    const float *weights, const gy_task *task, gy_error *err) {
  double total = 0;
  if (x.n_columns != tree->n_columns)
    return gy_fail(err, GY_EDATA, "surrogate tree: %zu columns, but the tree was grown on %zu", x.n_columns,
                   tree->n_columns);
  gy_status status = check_rows(x, labels, tree->n_clusters, weights, &total, task, err);
  return status == GY_OK ? measure(tree, x, labels, weights, task, err) : status;
}

gy_status gy_surrogate_tree_fit(gy_matrix x, const int32_t *labels, int32_t n_clusters,
                                const gy_surrogate_options *options, const gy_task *task,
                                gy_surrogate_tree *tree, gy_error *err) {
  double total = 0;
  gy_surrogate_tree grown = {.n_clusters = n_clusters, .n_columns = x.n_columns}, made = grown;
  gy_split_work work = {.x = x,
                        .weights = options->weights,
                        .task = task,
                        .n_classes = (size_t)n_clusters + 1,
                        .n_threads = gy_task_threads(task)};
  gy_status status = check_options(x, n_clusters, options, task, err);
  if (status == GY_OK) status = check_rows(x, labels, n_clusters, options->weights, &total, task, err);
  if (status != GY_OK) return status;
  work.min_leaf = options->min_leaf_share * total;
  made.precision = calloc((size_t)n_clusters, sizeof *made.precision);
  made.recall = calloc((size_t)n_clusters, sizeof *made.recall);
  if (made.precision == NULL || made.recall == NULL)
    status = gy_fail(err, GY_ENOMEM, "surrogate tree: out of memory for %d clusters", n_clusters);
  if (status == GY_OK) status = gy_split_init(&work, labels, err);
  if (status == GY_OK) status = grow(&work, options->max_depth, total, &grown, err);
  gy_split_clear(&work);
  if (status == GY_OK) {
    gy_surrogate_prune(&grown, options->min_leaf_gain, total);
    made.n_nodes = grown.n_nodes;
    memcpy(made.nodes, grown.nodes, sizeof made.nodes);
    status = measure(&made, x, labels, options->weights, task, err);
  }
  if (status == GY_OK)
    *tree = made;
  else
    gy_surrogate_tree_clear(&made);
  return status;
}

void gy_surrogate_tree_clear(gy_surrogate_tree *tree) {
  if (tree == NULL) return;
  free(tree->precision);
  free(tree->recall);
  *tree = (gy_surrogate_tree){0};
}
