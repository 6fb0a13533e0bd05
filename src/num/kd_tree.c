/* SPDX-License-Identifier: Apache-2.0
 *
 * Building the kd-tree. A node's rows are items of 64 bits: the value of its column, made an integer of the
 * same order, above the row number. Items are therefore all different, however many values are equal, and
 * "the first half" is one set, whoever computes it: parts are built as tasks in any order with one result.
 * The column is that of the widest spread in a sample of the node's rows; exact boxes are made afterwards,
 * from the leaves up.
 *
 * Splitting by rank rather than by value fills every leaf but the last, so the number of nodes, their places
 * and their order are known before the first row is read. */
#include "num/kd_tree.h"

#include <float.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "num/threads.h"

enum { SAMPLE_ROWS = 128, MIN_TASK_LEAVES = 64 };

typedef struct {
  gy_matrix x;
  const gy_task *task;
  gy_kd_node *nodes;
  float *boxes;
  uint32_t *rows;
  uint32_t *least_rows;
  uint32_t *leaf_nodes;
  float *blocks;
  uint64_t *items;
  float *ranges; /* 2 d a thread */
  atomic_bool stop;
} builder;

static size_t lay_out(builder *b, void *base) {
  gy_layout at = {.base = base};
  size_t n = b->x.n_rows, d = b->x.n_columns, n_leaves = (n + GY_KD_LEAF - 1) / GY_KD_LEAF;
  b->blocks = gy_layout_take(&at, n_leaves * GY_KD_LEAF, d * sizeof *b->blocks);
  b->nodes = gy_layout_take(&at, 2 * n_leaves - 1, sizeof *b->nodes);
  b->boxes = gy_layout_take(&at, 2 * n_leaves - 1, 2 * d * sizeof *b->boxes);
  b->rows = gy_layout_take(&at, n, sizeof *b->rows);
  b->least_rows = gy_layout_take(&at, 2 * n_leaves - 1, sizeof *b->least_rows);
  b->leaf_nodes = gy_layout_take(&at, n_leaves, sizeof *b->leaf_nodes);
  return gy_layout_bytes(&at);
}

size_t gy_kd_tree_memory(size_t n, size_t d) {
  builder b = {.x = {.n_rows = n, .n_columns = d}};
  if (n == 0 || n > SIZE_MAX / 64 || d > SIZE_MAX / 64) return n == 0 ? 0 : SIZE_MAX;
  size_t bytes = lay_out(&b, NULL), scratch = n * sizeof *b.items + 64 * d;
  return bytes > SIZE_MAX - scratch ? SIZE_MAX : bytes + scratch;
}

/* Floats in ascending order become integers in ascending order. */
static inline uint32_t ordered(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static void sort_few(uint64_t *items, size_t n) {
  for (size_t i = 1; i < n; i++) {
    uint64_t item = items[i];
    size_t place = i;
    for (; place > 0 && items[place - 1] > item; place--) items[place] = items[place - 1];
    items[place] = item;
  }
}

/* An item about as far from the least as `rank` of `n` is: one of a sample, never the least of all. */
static uint64_t choose_pivot(const uint64_t *items, size_t n, size_t rank) {
  enum { SAMPLE = 31 };
  uint64_t sample[SAMPLE], draw = n;
  size_t n_sample = n > 1000 ? SAMPLE : 5;
  for (size_t i = 0; i < n_sample; i++) {
    draw = draw * 6364136223846793005u + 1442695040888963407u;
    sample[i] = items[i * (n / n_sample) + (size_t)(draw >> 33) % (n / n_sample)];
  }
  sort_few(sample, n_sample);
  size_t at = (size_t)((double)rank / (double)n * (double)n_sample);
  return sample[at < 1 ? 1 : at > n_sample - 2 ? n_sample - 2 : at];
}

/* Puts the `rank` least items first (Hoare's selection, 1961). Items are all different. */
static void select_least(uint64_t *items, size_t n, size_t rank) {
  size_t first = 0, end = n;
  while (end - first > 16) {
    uint64_t pivot = choose_pivot(items + first, end - first, rank - first);
    size_t middle = first;
    for (size_t i = first; i < end; i++) { /* without a branch: which way an item goes is unpredictable */
      uint64_t item = items[i];
      items[i] = items[middle];
      items[middle] = item;
      middle += item < pivot;
    }
    if (middle == rank) return;
    if (middle > rank)
      end = middle;
    else
      first = middle;
  }
  sort_few(items + first, end - first);
}

/* The column of the widest range in a sample of the rows. */
static size_t widest_column(const builder *b, const uint64_t *items, size_t n) {
  size_t d = b->x.n_columns, step = n > SAMPLE_ROWS ? n / SAMPLE_ROWS : 1, widest = 0;
  if (d == 1) return 0;
  float *least = b->ranges + gy_thread_number() * 2 * d, *greatest = least + d;
  for (size_t i = 0; i < n; i += step) {
    const float *row = gy_matrix_row(b->x, (uint32_t)items[i]);
    if (i == 0) {
      memcpy(least, row, d * sizeof *least);
      memcpy(greatest, row, d * sizeof *greatest);
    }
    for (size_t j = 0; j < d; j++) {
      least[j] = row[j] < least[j] ? row[j] : least[j];
      greatest[j] = row[j] > greatest[j] ? row[j] : greatest[j];
    }
  }
  for (size_t j = 1; j < d; j++)
    if (greatest[j] - least[j] > greatest[widest] - least[widest]) widest = j;
  return widest;
}

static int by_row(const void *a, const void *b) {
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
  return (left > right) - (left < right);
}

static void fill_leaf(builder *b, uint32_t node) {
  size_t d = b->x.n_columns;
  gy_kd_node *leaf = &b->nodes[node];
  size_t n = leaf->end - leaf->first;
  float *block = b->blocks + (size_t)(leaf->first / GY_KD_LEAF) * d * GY_KD_LEAF;
  float *lower = b->boxes + (size_t)node * 2 * d, *upper = lower + d;
  b->leaf_nodes[leaf->first / GY_KD_LEAF] = node;
  for (size_t i = 0; i < n; i++) b->rows[leaf->first + i] = (uint32_t)b->items[leaf->first + i];
  qsort(b->rows + leaf->first, n, sizeof *b->rows, by_row);
  b->least_rows[node] = b->rows[leaf->first];
  for (size_t i = 0; i < GY_KD_LEAF; i++) {
    const float *row = i < n ? gy_matrix_row(b->x, b->rows[leaf->first + i]) : NULL;
    for (size_t j = 0; j < d; j++) block[j * GY_KD_LEAF + i] = row == NULL ? INFINITY : row[j];
  }
  for (size_t j = 0; j < d; j++) {
    const float *values = block + j * GY_KD_LEAF;
    lower[j] = upper[j] = values[0];
    for (size_t i = 1; i < n; i++) {
      lower[j] = values[i] < lower[j] ? values[i] : lower[j];
      upper[j] = values[i] > upper[j] ? values[i] : upper[j];
    }
  }
}

static void make_node(builder *b, uint32_t node, uint32_t parent, size_t first, size_t end) {
  size_t n = end - first, n_leaves = (n + GY_KD_LEAF - 1) / GY_KD_LEAF, n_left = (n_leaves + 1) / 2;
  uint32_t right = n_leaves == 1 ? 0 : node + (uint32_t)(2 * n_left);
  b->nodes[node] = (gy_kd_node){(uint32_t)first, (uint32_t)end, right, parent};
  if (n_leaves == 1) {
    fill_leaf(b, node);
    return;
  }
  if (atomic_load_explicit(&b->stop, memory_order_relaxed)) return;
  if (n_leaves > MIN_TASK_LEAVES && gy_task_cancelled(b->task)) atomic_store(&b->stop, true);
  uint64_t *items = b->items + first;
  size_t column = widest_column(b, items, n), middle = first + n_left * GY_KD_LEAF;
  for (size_t i = 0; i < n; i++) {
    uint32_t row = (uint32_t)items[i];
    items[i] = (uint64_t)ordered(gy_matrix_row(b->x, row)[column]) << 32 | row;
  }
  select_least(items, n, middle - first);
#pragma omp task if (n_leaves > MIN_TASK_LEAVES)
  make_node(b, node + 1, node, first, middle);
  make_node(b, right, node, middle, end);
}

/* What nodes know of their children, which come after their parents. */
static void join_children(builder *b, size_t n_nodes) {
  size_t d = b->x.n_columns;
  for (size_t node = n_nodes; node-- > 0;) {
    uint32_t right_node = b->nodes[node].right;
    if (right_node == 0) continue;
    uint32_t least_left = b->least_rows[node + 1], least_right = b->least_rows[right_node];
    b->least_rows[node] = least_left < least_right ? least_left : least_right;
    float *lower = b->boxes + node * 2 * d;
    const float *left = lower + 2 * d, *right = b->boxes + (size_t)right_node * 2 * d;
    for (size_t j = 0; j < d; j++) {
      lower[j] = left[j] < right[j] ? left[j] : right[j];
      lower[d + j] = left[d + j] > right[d + j] ? left[d + j] : right[d + j];
    }
  }
}

gy_status gy_kd_tree_build_with(const gy_kd_kernel *kernel, gy_matrix x, const gy_task *task,
                                gy_kd_tree *tree, gy_error *err) {
  size_t n = x.n_rows, d = x.n_columns, n_leaves = (n + GY_KD_LEAF - 1) / GY_KD_LEAF;
  size_t n_threads = (size_t)gy_task_threads(task);
  builder b = {.x = x, .task = task};
  if (n >= GY_KD_NONE)
    return gy_fail(err, GY_ELIMIT, "search tree: %zu rows are more than the %u it can hold; take a sample", n,
                   GY_KD_NONE - 1);
  size_t bytes = gy_kd_tree_memory(n, d) == SIZE_MAX ? SIZE_MAX : lay_out(&b, NULL);
  void *storage = bytes == SIZE_MAX ? NULL : aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  b.items = malloc(n * sizeof *b.items);
  b.ranges = malloc(n_threads * 2 * d * sizeof *b.ranges);
  gy_status status = GY_OK;
  if (storage == NULL || b.items == NULL || b.ranges == NULL) {
    status = gy_fail(err, GY_ENOMEM, "search tree: out of memory; %zu bytes are needed for %zu rows",
                     gy_kd_tree_memory(n, d), n);
    goto done;
  }
  lay_out(&b, storage);
  for (size_t i = 0; i < n; i++) b.items[i] = i;
#pragma omp parallel num_threads(n_threads) if (n_leaves > MIN_TASK_LEAVES)
#pragma omp single
  make_node(&b, 0, GY_KD_NONE, 0, n);
  status = gy_task_check(task, err);
  if (status != GY_OK) goto done;
  join_children(&b, 2 * n_leaves - 1);
  *tree = (gy_kd_tree){.n = n,
                       .d = d,
                       .n_leaves = n_leaves,
                       .n_nodes = 2 * n_leaves - 1,
                       .nodes = b.nodes,
                       .boxes = b.boxes,
                       .rows = b.rows,
                       .least_rows = b.least_rows,
                       .leaf_nodes = b.leaf_nodes,
                       .blocks = b.blocks,
                       .kernel = kernel,
                       .storage = storage};
  storage = NULL;
done:
  free(b.ranges);
  free(b.items);
  free(storage);
  return status;
}

gy_status gy_kd_tree_build(gy_matrix x, const gy_task *task, gy_kd_tree *tree, gy_error *err) {
  size_t count;
  return gy_kd_tree_build_with(gy_kd_kernels(&count)[0], x, task, tree, err);
}

void gy_kd_tree_clear(gy_kd_tree *tree) {
  if (tree == NULL) return;
  free(tree->storage);
  *tree = (gy_kd_tree){0};
}

void gy_kd_tree_places(const gy_kd_tree *tree, uint32_t *places) {
  for (size_t place = 0; place < tree->n; place++) places[tree->rows[place]] = (uint32_t)place;
}
