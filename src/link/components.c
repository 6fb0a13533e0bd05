/* SPDX-License-Identifier: Apache-2.0
 *
 * A forest in an array: forest[i] is i's parent and never above i, so a root is the lowest node of its tree.
 * To join u and v, both climb at once, the one with the higher parent first. On the way it is spliced: it
 * takes the other's lower parent, so that paths get shorter while they are walked. When the higher one is a
 * root, it is hung below the other and the two trees are one.
 *
 *      u                 v            parent of u > parent of v: u takes v's parent,
 *      |                 |            and climbs on from the parent it had
 *     p(u)      >       p(v)
 *
 * Several threads do the same on one forest: a parent is replaced only if it is still the one that was seen,
 * and only by a lower one, so trees stay trees. */
#include <gyeol/components.h>

#include <stdatomic.h>
#include <stdbool.h>

enum { LINKS_AHEAD = 32, PARENTS_AHEAD = 16, LINKS_A_BLOCK = 1 << 16, ALONE_BELOW = 1 << 18 };

void gy_components_begin(uint32_t *forest, size_t n) {
  for (size_t i = 0; i < n; i++) forest[i] = (uint32_t)i;
}

static void join_alone(uint32_t *forest, uint32_t u, uint32_t v) {
  while (forest[u] != forest[v]) {
    if (forest[u] < forest[v]) {
      uint32_t other = u;
      u = v;
      v = other;
    }
    uint32_t parent = forest[u];
    forest[u] = forest[v];
    if (parent == u) return;
    u = parent;
  }
}

static uint32_t parent_of(const uint32_t *forest, uint32_t node) {
  return __atomic_load_n(&forest[node], __ATOMIC_RELAXED);
}

static void join_among_others(uint32_t *forest, uint32_t u, uint32_t v) {
  uint32_t above_u = parent_of(forest, u), above_v = parent_of(forest, v);
  while (above_u != above_v) {
    if (above_u < above_v) {
      uint32_t other = u, above = above_u;
      u = v;
      above_u = above_v;
      v = other;
      above_v = above;
    }
    bool changed =
        __atomic_compare_exchange_n(&forest[u], &above_u, above_v, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    if (changed && above_u == u) return;
    if (changed) u = above_u;
    above_u = parent_of(forest, u);
    above_v = parent_of(forest, v);
  }
}

static bool within(const gy_link *links, size_t m, size_t n) {
  uint32_t highest = 0;
  for (size_t i = 0; i < m; i++) {
    uint32_t higher = links[i].a > links[i].b ? links[i].a : links[i].b;
    highest = higher > highest ? higher : highest;
  }
  return m == 0 || highest < n;
}

static gy_status fail_beyond(const gy_link *links, size_t n, gy_error *err) {
  size_t i = 0;
  while (links[i].a < n && links[i].b < n) i++;
  return gy_fail(err, GY_EUSAGE, "components: link %zu joins nodes %u and %u, and there are %zu nodes", i,
                 links[i].a, links[i].b, n);
}

/* Links that are far ahead have their nodes fetched, nearer ones the parents of these. */
static void fetch_ahead(const uint32_t *forest, const gy_link *links, size_t i, size_t end) {
  if (i + LINKS_AHEAD < end) {
    __builtin_prefetch(&forest[links[i + LINKS_AHEAD].a]);
    __builtin_prefetch(&forest[links[i + LINKS_AHEAD].b]);
  }
  if (i + PARENTS_AHEAD < end) {
    __builtin_prefetch(&forest[parent_of(forest, links[i + PARENTS_AHEAD].a)]);
    __builtin_prefetch(&forest[parent_of(forest, links[i + PARENTS_AHEAD].b)]);
  }
}

static void join_block(uint32_t *forest, const gy_link *links, size_t first, size_t end, bool alone) {
  for (size_t i = first; i < end; i++) {
    fetch_ahead(forest, links, i, end);
    if (alone)
      join_alone(forest, links[i].a, links[i].b);
    else
      join_among_others(forest, links[i].a, links[i].b);
  }
}

gy_status gy_components_join(uint32_t *forest, size_t n, const gy_link *links, size_t m, const gy_task *task,
                             gy_error *err) {
  int n_threads = m < ALONE_BELOW ? 1 : gy_task_threads(task);
  size_t n_blocks = (m + LINKS_A_BLOCK - 1) / LINKS_A_BLOCK;
  atomic_bool beyond = false;
#pragma omp parallel for schedule(static) num_threads(n_threads) if (n_threads > 1)
  for (size_t b = 0; b < n_blocks; b++) {
    size_t first = b * LINKS_A_BLOCK, left = m - first;
    if (!within(links + first, left < LINKS_A_BLOCK ? left : LINKS_A_BLOCK, n)) beyond = true;
  }
  if (beyond) return fail_beyond(links, n, err);
#pragma omp parallel for schedule(dynamic) num_threads(n_threads) if (n_threads > 1)
  for (size_t b = 0; b < n_blocks; b++) {
    size_t first = b * LINKS_A_BLOCK, end = first + LINKS_A_BLOCK < m ? first + LINKS_A_BLOCK : m;
    if (!gy_task_cancelled(task)) join_block(forest, links, first, end, n_threads == 1);
  }
  return gy_task_check(task, err);
}

/* Parents are never above their children, so one pass upwards meets every parent numbered already. */
size_t gy_components_number(uint32_t *forest, size_t n) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) forest[i] = forest[i] == i ? (uint32_t)count++ : forest[forest[i]];
  return count;
}

gy_status gy_components(size_t n, const gy_link *links, size_t m, const gy_task *task, uint32_t *labels,
                        size_t *n_components, gy_error *err) {
  if (n > GY_COMPONENT_NODES_MAX)
    return gy_fail(err, GY_ELIMIT, "components: %zu nodes; there may be %d", n, GY_COMPONENT_NODES_MAX);
  gy_components_begin(labels, n);
  gy_status status = gy_components_join(labels, n, links, m, task, err);
  if (status == GY_OK) *n_components = gy_components_number(labels, n);
  return status;
}
