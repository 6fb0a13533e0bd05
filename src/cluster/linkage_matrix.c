/* SPDX-License-Identifier: Apache-2.0
 *
 * Linkages that need every distance between clusters (Lance and Williams 1967):
 *   average   mean over all pairs of points                 (UPGMA; Sokal and Michener 1958)
 *   complete  the largest of them
 *   weighted  mean of the distances of the two parts        (WPGMA)
 *
 * All three are reducible, so any two clusters that are each other's nearest may be merged at once
 * (Bruynooghe 1978). In rounds: all such pairs are merged in one pass that reads the old matrix from front to
 * back and writes a smaller one, noting every cluster's nearest neighbour on the way; the first round needs
 * no old matrix, since the nearest rows are known. A round costs two streams through memory, where merging
 * one pair after the other jumps down a column for each. When a round would merge too few (one large cluster
 * that swallows the others one at a time), the nearest-neighbour chain takes over for a while; the merges are
 * the same. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/distance_matrix.h"
#include "num/simd.h"
#include "num/threads.h"

/* A round is worth its pass when it merges at least one in so many clusters. */
enum { CLUSTERS_A_PAIR = 32, SMALLEST_ROUND = 64 };

static double *row_of(const gy_distance_matrix *m, size_t row) { return m->cells + gy_triangle_cells(row); }

/* Distance of two different slots. */
static double *cell_of(const gy_distance_matrix *m, size_t a, size_t b) {
  return a > b ? row_of(m, a) + b : row_of(m, b) + a;
}

static double share_of(const gy_distance_matrix *m, size_t gone, size_t grown) {
  if (m->linkage == GY_LINKAGE_WEIGHTED) return 0.5;
  return m->weights[gone] / (m->weights[gone] + m->weights[grown]);
}

/* The distance of a merged cluster from those of its parts. */
static inline double unite(gy_linkage linkage, double share, double gone, double grown) {
  if (linkage == GY_LINKAGE_COMPLETE) return gone > grown ? gone : grown;
  return grown + share * (gone - grown);
}

static gy_nearest nearest_in_matrix(void *store, int32_t slot, int32_t preferred) {
  gy_distance_matrix *m = store;
  size_t own = (size_t)slot;
  gy_nearest best = {-1, INFINITY};
  if (preferred >= 0) best = (gy_nearest){preferred, *cell_of(m, own, (size_t)preferred)};
  gy_nearest in_row = m->kernel->lowest(row_of(m, own), m->penalties, own);
  if (in_row.slot >= 0 && in_row.score < best.score) best = in_row;
  const double *at = row_of(m, own + 1) + own;
  for (size_t other = own + 1; other < m->n; at += other, other++) {
    double distance = *at + m->penalties[other];
    if (distance < best.score) best = (gy_nearest){(int32_t)other, distance};
  }
  return best;
}

/* Books the merge of `gone` into `grown`; not their distances. */
static gy_status book_merge(gy_distance_matrix *m, size_t gone, size_t grown, double height,
                            gy_merge_list *list, gy_error *err) {
  height = fmax(height, fmax(m->heights[gone], m->heights[grown]));
  m->heights[grown] = height;
  m->weights[grown] += m->weights[gone];
  return gy_merge_list_add(list, m->leaves[gone], m->leaves[grown], height, err);
}

static gy_status merge_in_matrix(void *store, int32_t gone, int32_t grown, double score, gy_merge_list *list,
                                 gy_error *err) {
  gy_distance_matrix *m = store;
  size_t a = (size_t)gone, b = (size_t)grown;
  double share = share_of(m, a, b);
  m->penalties[a] = INFINITY;
  m->n_live--;
  for (size_t k = 0; k < m->n; k++) {
    if (k == b || isinf(m->penalties[k])) continue;
    double *to = cell_of(m, b, k);
    *to = unite(m->linkage, share, *cell_of(m, a, k), *to);
  }
  return book_merge(m, a, b, score, list, err);
}

static bool is_live_in_matrix(const void *store, int32_t slot) {
  return !isinf(((const gy_distance_matrix *)store)->penalties[slot]);
}

/* The books of the clusters in m->joined move to their new slots. */
static void move_books(gy_distance_matrix *m, size_t n) {
  for (size_t r = 0; r < n; r++) {
    size_t from = (size_t)m->joined[r].grown;
    m->weights[r] = m->weights[from];
    m->heights[r] = m->heights[from];
    m->leaves[r] = m->leaves[from];
    m->penalties[r] = 0;
  }
  m->n = m->n_live = n;
}

/* After the chain: drops dead rows and columns in place and finds every nearest neighbour anew. */
static void close_ranks(gy_distance_matrix *m) {
  size_t n = 0;
  gy_nearest_reset(m);
  for (size_t from = 0; from < m->n; from++) {
    if (isinf(m->penalties[from])) continue;
    const double *old = row_of(m, from);
    double *fresh = row_of(m, n);
    for (size_t c = 0; c < n; c++) fresh[c] = old[m->joined[c].grown];
    gy_nearest_note(m, 0, n, fresh);
    m->joined[n++] = (gy_joined){.gone = (int32_t)from, .grown = (int32_t)from};
  }
  gy_nearest_collect(m, n);
  move_books(m, n);
}

static gy_status chain_for_a_while(gy_distance_matrix *m, gy_merge_list *list, gy_error *err) {
  size_t stop_at = m->n <= SMALLEST_ROUND ? 1 : m->n - m->n / 4;
  gy_chain_store store = {m, nearest_in_matrix, merge_in_matrix, is_live_in_matrix, m->n};
  gy_status status = gy_chain_run(&store, m->n, stop_at, m->chain, m->on_chain, list, err);
  if (status == GY_OK) close_ranks(m);
  return status;
}

/* The clusters of the next round, in order of their later slot, into m->joined; returns how many. */
static size_t join_mutual(gy_distance_matrix *m) {
  size_t n_joined = 0;
  for (size_t i = 0; i < m->n; i++) {
    size_t j = (size_t)m->nearest[i].slot;
    bool mutual = (size_t)m->nearest[j].slot == i;
    if (mutual && j > i) continue;
    gy_joined *joined = &m->joined[n_joined++];
    *joined = (gy_joined){.gone = mutual ? (int32_t)j : (int32_t)i, .grown = (int32_t)i};
    if (mutual) joined->share = share_of(m, j, i);
  }
  return n_joined;
}

/* Row `r` of the next matrix from the `n` distances of its later part and those of the other part, which lie
 * in `from` and `other` (the same for a cluster that stays as it is): columns that have become one are
 * united. */
static void write_joined_row(const gy_distance_matrix *m, size_t r, const double *from, double *to) {
  const gy_joined *joined = m->joined;
  if (m->linkage == GY_LINKAGE_COMPLETE) {
    for (size_t c = 0; c < r; c++) {
      double gone = from[joined[c].gone], grown = from[joined[c].grown];
      to[c] = gone > grown ? gone : grown;
    }
    return;
  }
  for (size_t c = 0; c < r; c++) {
    double gone = from[joined[c].gone], grown = from[joined[c].grown];
    to[c] = grown + joined[c].share * (gone - grown);
  }
}

/* Distances of the union of a < b to 0..b-1 from the old matrix. */
static void unite_rows(const gy_distance_matrix *m, gy_joined own, double *to) {
  size_t a = (size_t)own.gone, b = (size_t)own.grown;
  const double *from = row_of(m, b), *other = row_of(m, a);
  for (size_t k = 0; k < a; k++) to[k] = unite(m->linkage, own.share, other[k], from[k]);
  to[a] = 0;
  other = row_of(m, a + 1) + a;
  for (size_t k = a + 1; k < b; other += k, k++) to[k] = unite(m->linkage, own.share, *other, from[k]);
}

/* The same from the points; `other` is scratch. */
static void unite_points(const gy_distance_matrix *m, gy_joined own, double *to, double *other) {
  size_t a = (size_t)own.gone, b = (size_t)own.grown, d = m->d;
  m->kernel->distances(m->points, m->rows + b * d, d, b, to);
  if (a == b) return;
  m->kernel->distances(m->points, m->rows + a * d, d, b, other);
  for (size_t k = 0; k < b; k++) to[k] = unite(m->linkage, own.share, other[k], to[k]);
}

/* The next matrix into `cells`: from the old one or, in the first round, from the points. */
static void write_joined(gy_distance_matrix *m, size_t n_joined, double *cells) {
  size_t padded = gy_round_up(m->n_start, GY_STRETCH);
  gy_nearest_reset(m);
#pragma omp parallel for schedule(dynamic, 16) num_threads(m->n_threads) if (n_joined > 256)
  for (size_t r = 0; r < n_joined; r++) {
    if (gy_task_cancelled(m->task)) continue;
    gy_joined own = m->joined[r];
    size_t thread = gy_thread_number();
    double *scratch = m->scratch + thread * 2 * padded, *to = cells + gy_triangle_cells(r);
    const double *from = scratch;
    if (m->cells == NULL)
      unite_points(m, own, scratch, scratch + padded);
    else if (own.gone != own.grown)
      unite_rows(m, own, scratch);
    else
      from = row_of(m, (size_t)own.grown);
    write_joined_row(m, r, from, to);
    gy_nearest_note(m, thread, r, to);
  }
  gy_nearest_collect(m, n_joined);
}

/* Merges all joined clusters into a smaller matrix, which replaces the old one. */
static gy_status merge_round(gy_distance_matrix *m, size_t n_joined, gy_merge_list *list, gy_error *err) {
  gy_status status = GY_OK;
  double *cells = gy_triangle_alloc(n_joined);
  if (cells == NULL)
    return gy_fail(err, GY_ENOMEM, "hierarchical clustering: out of memory; %zu bytes are needed",
                   gy_triangle_bytes(n_joined));
  for (size_t r = 0; status == GY_OK && r < n_joined; r++) {
    size_t gone = (size_t)m->joined[r].gone, grown = (size_t)m->joined[r].grown;
    if (gone != grown) status = book_merge(m, gone, grown, m->nearest[grown].score, list, err);
  }
  write_joined(m, n_joined, cells);
  move_books(m, n_joined);
  free(m->cells);
  m->cells = cells;
  return status == GY_OK ? gy_task_check(m->task, err) : status;
}

/* Whether the budget allows two matrices at a time, as rounds need. */
static bool rounds_fit(const gy_linkage_input *input) {
  size_t one = gy_triangle_bytes(input->n), rest = gy_distance_matrix_memory(input);
  return one < SIZE_MAX / 4 && rest < SIZE_MAX / 4 && 2 * one + rest <= input->budget;
}

size_t gy_linkage_matrix_memory(const gy_linkage_input *input) {
  size_t one = gy_triangle_bytes(input->n), rest = gy_distance_matrix_memory(input);
  if (one >= SIZE_MAX / 4 || rest >= SIZE_MAX / 4) return SIZE_MAX;
  return (rounds_fit(input) ? 2 : 1) * one + rest;
}

static gy_status merge_all(gy_distance_matrix *m, bool in_rounds, gy_merge_list *list, gy_error *err) {
  gy_status status = merge_round(m, join_mutual(m), list, err);
  while (status == GY_OK && m->n > 1) {
    size_t n_joined = in_rounds && m->n > SMALLEST_ROUND ? join_mutual(m) : m->n;
    if (m->n - n_joined < m->n / CLUSTERS_A_PAIR + 1)
      status = chain_for_a_while(m, list, err);
    else
      status = merge_round(m, n_joined, list, err);
  }
  return status;
}

gy_status gy_linkage_matrix(const gy_linkage_input *input, gy_merge_list *list, gy_error *err) {
  gy_distance_matrix m = {0};
  if (input->n < 2) return GY_OK;
  gy_status status = gy_distance_matrix_init(&m, input, err);
  if (status != GY_OK) return status;
  status = merge_all(&m, rounds_fit(input), list, err);
  gy_distance_matrix_clear(&m);
  return status;
}
