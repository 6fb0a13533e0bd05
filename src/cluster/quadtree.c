/* SPDX-License-Identifier: Apache-2.0
 *
 * Building the tree and walking it. Sums over pairs are taken a group of points at a time (Barnes 1990): the
 * walk is shared by up to 64 points, and what it finds is evaluated for all of them at once. A node is judged
 * by its distance from the box around the group, which is stricter than judging by each point. */
#include "cluster/quadtree.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { LEVELS = 16, LEAF = 8, DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* Every inner node has two or more children. */
static size_t nodes_max(size_t n) { return 2 * n + 1; }

void gy_quadtree_layout(gy_quadtree *tree, size_t n, gy_layout *at) {
  *tree = (gy_quadtree){.n = n};
  tree->rows = gy_layout_take(at, n, sizeof *tree->rows);
  tree->keys = gy_layout_take(at, n, sizeof *tree->keys);
  tree->other_rows = gy_layout_take(at, n, sizeof *tree->rows);
  tree->other_keys = gy_layout_take(at, n, sizeof *tree->keys);
  tree->places = gy_layout_take(at, n, 2 * sizeof *tree->places);
  tree->nodes = gy_layout_take(at, nodes_max(n), sizeof *tree->nodes);
  tree->groups = gy_layout_take(at, n, sizeof *tree->groups);
}

/* Puts a zero between the bits of a 16-bit number. */
static inline uint32_t spread_bits(uint32_t v) {
  v = (v | v << 8) & 0x00ff00ffu;
  v = (v | v << 4) & 0x0f0f0f0fu;
  v = (v | v << 2) & 0x33333333u;
  return (v | v << 1) & 0x55555555u;
}

static void find_keys(gy_quadtree *tree, const float *positions) {
  float low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
  for (size_t i = 0; i < tree->n; i++) {
    for (size_t c = 0; c < 2; c++) {
      float v = positions[2 * i + c];
      low[c] = v < low[c] ? v : low[c];
      high[c] = v > high[c] ? v : high[c];
    }
  }
  float span = fmaxf(high[0] - low[0], high[1] - low[1]);
  float scale = span > 0 ? 65535.0f / span : 0;
  if (!(scale < INFINITY)) scale = 0; /* the span is denormal: all in one cell */
  for (size_t i = 0; i < tree->n; i++) {
    uint32_t x = (uint32_t)((positions[2 * i] - low[0]) * scale);
    uint32_t y = (uint32_t)((positions[2 * i + 1] - low[1]) * scale);
    tree->keys[i] = spread_bits(x & 65535u) | spread_bits(y & 65535u) << 1;
    tree->rows[i] = (uint32_t)i;
  }
}

/* Radix sort by the digit at `shift`, into the other arrays, which become the first. */
static void sort_by_digit(gy_quadtree *tree, unsigned shift) {
  uint32_t starts[DIGITS] = {0}, sum = 0;
  for (size_t i = 0; i < tree->n; i++) starts[tree->keys[i] >> shift & (DIGITS - 1)]++;
  for (size_t digit = 0; digit < DIGITS; digit++) {
    uint32_t count = starts[digit];
    starts[digit] = sum;
    sum += count;
  }
  for (size_t i = 0; i < tree->n; i++) {
    uint32_t to = starts[tree->keys[i] >> shift & (DIGITS - 1)]++;
    tree->other_keys[to] = tree->keys[i];
    tree->other_rows[to] = tree->rows[i];
  }
  uint32_t *keys = tree->keys, *rows = tree->rows;
  tree->keys = tree->other_keys;
  tree->rows = tree->other_rows;
  tree->other_keys = keys;
  tree->other_rows = rows;
}

static void start_summary(gy_quad_node *node) {
  node->x = node->y = node->weight = 0;
  for (size_t c = 0; c < 2; c++) {
    node->low[c] = INFINITY;
    node->high[c] = -INFINITY;
  }
}

static void add_to_summary(gy_quad_node *node, float x, float y, float weight, const float low[2],
                           const float high[2]) {
  node->x += x * weight;
  node->y += y * weight;
  node->weight += weight;
  for (size_t c = 0; c < 2; c++) {
    if (low[c] < node->low[c]) node->low[c] = low[c];
    if (high[c] > node->high[c]) node->high[c] = high[c];
  }
}

static void end_summary(gy_quad_node *node) {
  node->x /= node->weight;
  node->y /= node->weight;
  node->size = fmaxf(node->high[0] - node->low[0], node->high[1] - node->low[1]);
}

static void add_groups(gy_quadtree *tree, uint32_t first, uint32_t end) {
  for (; first < end; first += GY_TSNE_GROUP) {
    uint32_t most = first + GY_TSNE_GROUP;
    tree->groups[tree->n_groups++] = (gy_quad_group){first, end < most ? end : most};
  }
}

/* First place at or after `first` whose key has a digit above `digit` at `shift`. */
static uint32_t end_of_digit(const gy_quadtree *tree, uint32_t first, uint32_t end, unsigned shift,
                             uint32_t digit) {
  while (first < end) {
    uint32_t middle = first + (end - first) / 2;
    if ((tree->keys[middle] >> shift & 3) <= digit)
      first = middle + 1;
    else
      end = middle;
  }
  return first;
}

/* The level at which the stretch falls apart; those above it, at which all of it is in one part, make no
 * nodes. LEVELS when all keys are equal. */
static unsigned level_of_split(const gy_quadtree *tree, uint32_t first, uint32_t end) {
  uint32_t differ = tree->keys[first] ^ tree->keys[end - 1];
  return differ == 0 ? LEVELS : (unsigned)__builtin_clz(differ) / 2;
}

static void build_node(gy_quadtree *tree, uint32_t first, uint32_t end, bool grouped) {
  gy_quad_node *node = &tree->nodes[tree->n_nodes++];
  node->first = first;
  node->end = end;
  start_summary(node);
  unsigned level = level_of_split(tree, first, end);
  if (!grouped && (end - first <= GY_TSNE_GROUP || level == LEVELS)) {
    add_groups(tree, first, end);
    grouped = true;
  }
  if (end - first <= LEAF || level == LEVELS) {
    for (uint32_t p = first; p < end; p++) {
      const float *at = tree->places + 2 * (size_t)p;
      add_to_summary(node, at[0], at[1], 1, at, at);
    }
  } else {
    unsigned shift = 2 * (LEVELS - 1 - level);
    for (uint32_t digit = 0, begin = first; digit < 4 && begin < end; digit++) {
      uint32_t stop = end_of_digit(tree, begin, end, shift, digit);
      if (stop == begin) continue;
      const gy_quad_node *child = &tree->nodes[tree->n_nodes];
      build_node(tree, begin, stop, grouped);
      add_to_summary(node, child->x, child->y, child->weight, child->low, child->high);
      begin = stop;
    }
  }
  end_summary(node);
  node->next = (uint32_t)tree->n_nodes;
}

void gy_quadtree_build(gy_quadtree *tree, const float *positions) {
  find_keys(tree, positions);
  for (unsigned shift = 0; shift < 2 * LEVELS; shift += DIGIT_BITS) sort_by_digit(tree, shift);
  for (size_t p = 0; p < tree->n; p++)
    memcpy(tree->places + 2 * p, positions + 2 * (size_t)tree->rows[p], 2 * sizeof *positions);
  tree->n_nodes = tree->n_groups = 0;
  if (tree->n > 0) build_node(tree, 0, (uint32_t)tree->n, false);
}

static void add_source(gy_tsne_sources *sources, float x, float y, float weight, const gy_tsne_kernel *kernel,
                       gy_tsne_group *group) {
  if (sources->n == GY_TSNE_SOURCES) {
    kernel->push(sources, group);
    sources->n = 0;
  }
  sources->x[sources->n] = x;
  sources->y[sources->n] = y;
  sources->weight[sources->n++] = weight;
}

static inline float gap(float low, float high, float v) {
  float below = low - v, above = v - high, most = below > above ? below : above;
  return most > 0 ? most : 0;
}

static void fill_group(const gy_quadtree *tree, const gy_quad_group *of, gy_tsne_group *group, float low[2],
                       float high[2]) {
  *group = (gy_tsne_group){.n = of->end - of->first};
  for (size_t c = 0; c < 2; c++) {
    low[c] = INFINITY;
    high[c] = -INFINITY;
  }
  for (size_t i = 0; i < group->n; i++) {
    const float *at = tree->places + 2 * (of->first + i);
    group->x[i] = at[0];
    group->y[i] = at[1];
    for (size_t c = 0; c < 2; c++) {
      low[c] = at[c] < low[c] ? at[c] : low[c];
      high[c] = at[c] > high[c] ? at[c] : high[c];
    }
  }
}

void gy_quadtree_push(const gy_quadtree *tree, size_t which, double angle, const gy_tsne_kernel *kernel,
                      gy_tsne_sources *sources, gy_tsne_group *group) {
  float low[2], high[2], square_angle = (float)(angle * angle);
  fill_group(tree, &tree->groups[which], group, low, high);
  sources->n = 0;
  for (size_t i = 0; i < tree->n_nodes;) {
    const gy_quad_node *node = &tree->nodes[i];
    float right = gap(low[0], high[0], node->x), up = gap(low[1], high[1], node->y);
    bool leaf = node->next == i + 1, crowded = leaf && node->end - node->first > LEAF;
    if (node->size * node->size < square_angle * (right * right + up * up) || node->size <= 0 || crowded) {
      add_source(sources, node->x, node->y, node->weight, kernel, group);
      i = node->next;
    } else if (leaf) {
      for (uint32_t p = node->first; p < node->end; p++)
        add_source(sources, tree->places[2 * (size_t)p], tree->places[2 * (size_t)p + 1], 1, kernel, group);
      i = node->next;
    } else {
      i++;
    }
  }
  kernel->push(sources, group);
}
