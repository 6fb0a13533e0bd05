/* SPDX-License-Identifier: Apache-2.0 */
#include "people/identity_apart.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  const gy_identity_graph *graph;
  gy_identity_labels *labels;
  uint32_t *forest;    /* the lowest node of a tree is its root */
  uint8_t *is_touched; /* a root of what is linked at all: a part or pin is in it */
  uint8_t *is_pinned;  /* a node */
  uint32_t *touched;   /* a node: what it is linked with at all */
  gy_link *parts;      /* in the order of what they are in */
  uint32_t *order;     /* links of touched components */
  size_t n_order;
} apart;

static uint32_t find(uint32_t *forest, uint32_t node) {
  while (forest[node] != node) node = forest[node] = forest[forest[node]];
  return node;
}

static void hang(uint32_t *forest, uint32_t a, uint32_t b) {
  a = find(forest, a);
  b = find(forest, b);
  forest[a > b ? a : b] = a < b ? a : b;
}

/* The first part that is within `touched` or behind it. */
static size_t first_part(const apart *work, uint32_t touched) {
  size_t low = 0, high = work->graph->n_parts;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (work->touched[work->parts[middle].a] < touched)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static bool may_join(const apart *work, uint32_t a, uint32_t b) {
  uint32_t within = work->touched[a];
  for (size_t i = first_part(work, within); i < work->graph->n_parts; i++) {
    if (work->touched[work->parts[i].a] != within) break;
    uint32_t x = find(work->forest, work->parts[i].a), y = find(work->forest, work->parts[i].b);
    if ((x == a && y == b) || (x == b && y == a)) return false;
  }
  return true;
}

/* Joins unless it brings parted keys together. */
static bool join(apart *work, gy_link link) {
  uint32_t a = find(work->forest, link.a), b = find(work->forest, link.b);
  if (a == b) return true;
  if (!may_join(work, a, b)) return false;
  hang(work->forest, a, b);
  return true;
}

static void touch(apart *work, const gy_link *links, size_t n) {
  for (size_t i = 0; i < n; i++) {
    work->is_touched[find(work->forest, links[i].a)] = 1;
    work->is_touched[find(work->forest, links[i].b)] = 1;
  }
}

static int by_touched(const void *left, const void *right, void *context) {
  const uint32_t *touched = context;
  uint32_t x = touched[((const gy_link *)left)->a], y = touched[((const gy_link *)right)->a];
  return x < y ? -1 : x > y;
}

/* Everything that is linked in any way, and which of that a decision touches. */
static void find_touched(apart *work) {
  const gy_identity_graph *graph = work->graph;
  gy_components_begin(work->forest, graph->n_nodes);
  for (size_t i = 0; i < graph->n_links; i++)
    if (work->labels->states[i] == GY_LINK_USED) hang(work->forest, graph->links[i].a, graph->links[i].b);
  for (size_t i = 0; i < graph->n_joins; i++) hang(work->forest, graph->joins[i].a, graph->joins[i].b);
  for (size_t i = 0; i < graph->n_pins; i++) {
    hang(work->forest, graph->pins[i].a, graph->pins[i].b);
    work->is_pinned[graph->pins[i].b] = 1;
  }
  touch(work, graph->parts, graph->n_parts);
  touch(work, graph->pins, graph->n_pins);
  for (uint32_t i = 0; i < graph->n_nodes; i++) work->touched[i] = find(work->forest, i);
  if (graph->n_parts > 0) memcpy(work->parts, graph->parts, graph->n_parts * sizeof *work->parts);
  qsort_r(work->parts, graph->n_parts, sizeof *work->parts, by_touched, work->touched);
}

static int by_trust(const void *left, const void *right, void *context) {
  const gy_identity_graph *graph = context;
  uint32_t i = *(const uint32_t *)left, j = *(const uint32_t *)right;
  const gy_link_weight *a = &graph->weights[i], *b = &graph->weights[j];
  const gy_link *x = &graph->links[i], *y = &graph->links[j];
  if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
  if (a->rows != b->rows) return a->rows > b->rows ? -1 : 1;
  if (x->a != y->a) return x->a < y->a ? -1 : 1;
  return x->b < y->b ? -1 : x->b > y->b;
}

/* Links of touched components, ordered; the others are joined at once. */
static void begin_again(apart *work, uint8_t *is_waiting) {
  const gy_identity_graph *graph = work->graph;
  for (size_t i = 0; i < graph->n_links; i++)
    is_waiting[i] = work->labels->states[i] == GY_LINK_USED &&
                    work->is_touched[find(work->forest, graph->links[i].a)] != 0;
  gy_components_begin(work->forest, graph->n_nodes);
  for (size_t i = 0; i < graph->n_links; i++) {
    if (is_waiting[i])
      work->order[work->n_order++] = (uint32_t)i;
    else if (work->labels->states[i] == GY_LINK_USED)
      hang(work->forest, graph->links[i].a, graph->links[i].b);
  }
  qsort_r(work->order, work->n_order, sizeof *work->order, by_trust, (void *)(uintptr_t)graph);
}

static void join_in_order(apart *work) {
  const gy_identity_graph *graph = work->graph;
  for (size_t i = 0; i < graph->n_pins; i++) (void)join(work, graph->pins[i]);
  for (size_t i = 0; i < graph->n_joins; i++) (void)join(work, graph->joins[i]);
  for (size_t i = 0; i < work->n_order; i++) {
    gy_link link = graph->links[work->order[i]];
    uint8_t *state = &work->labels->states[work->order[i]];
    bool pinned = work->is_pinned[link.a] || work->is_pinned[link.b];
    if (pinned && find(work->forest, link.a) != find(work->forest, link.b))
      *state = GY_LINK_PINNED;
    else if (!join(work, link))
      *state = GY_LINK_APART;
  }
}

gy_status gy_identity_keep_apart(const gy_identity_graph *graph, gy_identity_labels *labels, gy_error *err) {
  apart work = {.graph = graph, .labels = labels, .forest = labels->together};
  uint8_t *is_waiting = calloc(graph->n_links + 1, 1);
  work.is_touched = calloc(graph->n_nodes + 1, 1);
  work.is_pinned = calloc(graph->n_nodes + 1, 1);
  work.touched = malloc((graph->n_nodes + 1) * sizeof *work.touched);
  work.parts = malloc((graph->n_parts + 1) * sizeof *work.parts);
  work.order = malloc((graph->n_links + 1) * sizeof *work.order);
  gy_status status = GY_OK;
  if (is_waiting == NULL || work.is_touched == NULL || work.is_pinned == NULL || work.touched == NULL ||
      work.parts == NULL || work.order == NULL) {
    status = gy_fail(err, GY_ENOMEM, "no memory for the links of %zu keys", graph->n_nodes);
  } else {
    find_touched(&work);
    begin_again(&work, is_waiting);
    join_in_order(&work);
    labels->n_together = gy_components_number(labels->together, graph->n_nodes);
  }
  free(is_waiting);
  free(work.is_touched);
  free(work.is_pinned);
  free(work.touched);
  free(work.parts);
  free(work.order);
  return status;
}
