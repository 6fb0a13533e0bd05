/* SPDX-License-Identifier: Apache-2.0 */
#include "people/identity_graph.h"

#include <stdlib.h>
#include <string.h>

#include "people/identity_apart.h"

/* Joins what links that are still used connect. */
static gy_status join_used(const gy_identity_graph *graph, const uint8_t *states, const gy_task *task,
                           uint32_t *forest, gy_error *err) {
  enum { BLOCK = 4096 };
  gy_link block[BLOCK];
  size_t used = 0;
  gy_status status = GY_OK;
  gy_components_begin(forest, graph->n_nodes);
  for (size_t i = 0; i < graph->n_links && status == GY_OK; i++) {
    if (states[i] == GY_LINK_USED) block[used++] = graph->links[i];
    if (used < BLOCK && i + 1 < graph->n_links) continue;
    status = gy_components_join(forest, graph->n_nodes, block, used, task, err);
    used = 0;
  }
  return status;
}

static int by_value(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return a < b ? -1 : a > b;
}

/* Where a component has more customers than `most`, counts what is said instead. */
static gy_status count_voices(const gy_identity_graph *graph, const uint32_t *labels, uint32_t most,
                              uint32_t *counts, gy_error *err) {
  size_t n_customers = graph->begin[GY_KEY_CUSTOMER + 1], n = 0;
  if (graph->voices == NULL) return GY_OK;
  for (size_t i = 0; i < n_customers; i++) n += counts[labels[i]] > most;
  uint64_t *said = malloc((n + 1) * sizeof *said);
  if (said == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu customers", n);
  n = 0;
  for (size_t i = 0; i < n_customers; i++)
    if (counts[labels[i]] > most) said[n++] = (uint64_t)labels[i] << 32 | graph->voices[i];
  for (size_t i = 0; i < n; i++) counts[said[i] >> 32] = 0;
  qsort(said, n, sizeof *said, by_value);
  for (size_t i = 0; i < n; i++) counts[said[i] >> 32] += i == 0 || said[i] != said[i - 1];
  free(said);
  return GY_OK;
}

/* Adds the keys of a kind to the counts, and marks components that have too many of it. */
static gy_status count_kind(const gy_identity_graph *graph, const uint32_t *labels, int kind,
                            uint32_t *of_kind, uint32_t *counts, uint8_t *too_large, gy_error *err) {
  uint32_t most = graph->config->limits[kind].values;
  for (uint32_t i = graph->begin[kind]; i < graph->begin[kind + 1]; i++) {
    counts[labels[i]]++;
    of_kind[labels[i]]++;
  }
  gy_status status = GY_OK;
  if (kind == GY_KEY_CUSTOMER && most > 0) status = count_voices(graph, labels, most, of_kind, err);
  if (most == 0 || status != GY_OK) return status;
  for (uint32_t i = graph->begin[kind]; i < graph->begin[kind + 1]; i++)
    if (of_kind[labels[i]] > most) too_large[labels[i]] = 1;
  return GY_OK;
}

/* Marks components that have too many keys, in all or of a kind; gives how many. */
static gy_status find_too_large(const gy_identity_graph *graph, const uint32_t *labels, size_t n,
                                uint8_t *too_large, size_t *found, gy_error *err) {
  uint32_t *counts = calloc(n + 1, sizeof *counts), *of_kind = calloc(n + 1, sizeof *of_kind);
  gy_status status =
      counts != NULL && of_kind != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for %zu people", n);
  if (status == GY_OK) memset(too_large, 0, n);
  for (int k = 0; k < GY_KEY_COUNT && status == GY_OK; k++) {
    if (graph->begin[k] == graph->begin[k + 1]) continue;
    memset(of_kind, 0, n * sizeof *of_kind);
    status = count_kind(graph, labels, k, of_kind, counts, too_large, err);
  }
  size_t n_found = 0;
  for (size_t c = 0; c < n && status == GY_OK; c++) {
    if (counts[c] > graph->config->largest_person) too_large[c] = 1;
    n_found += too_large[c];
  }
  free(counts);
  free(of_kind);
  if (status == GY_OK) *found = n_found;
  return status;
}

static gy_status label_automatic(const gy_identity_graph *graph, const gy_task *task,
                                 gy_identity_labels *labels, gy_error *err) {
  uint8_t *too_large = malloc(graph->n_nodes + 1);
  size_t found = 0, n = 0;
  gy_status status =
      too_large != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for %zu keys", graph->n_nodes);
  memset(labels->states, GY_LINK_USED, graph->n_links);
  gy_components_begin(labels->automatic, graph->n_nodes);
  if (status == GY_OK)
    status = gy_components_join(labels->automatic, graph->n_nodes, graph->links, graph->n_links, task, err);
  if (status == GY_OK) n = gy_components_number(labels->automatic, graph->n_nodes);
  if (status == GY_OK) status = find_too_large(graph, labels->automatic, n, too_large, &found, err);
  labels->n_too_large = found;
  for (uint32_t rank = graph->n_ranks; status == GY_OK && found > 0 && rank-- > 0;) {
    for (size_t i = 0; i < graph->n_links; i++)
      if (graph->weights[i].rank == rank && too_large[labels->automatic[graph->links[i].a]])
        labels->states[i] = GY_LINK_TOO_LARGE;
    status = join_used(graph, labels->states, task, labels->automatic, err);
    if (status == GY_OK) n = gy_components_number(labels->automatic, graph->n_nodes);
    if (status == GY_OK) status = find_too_large(graph, labels->automatic, n, too_large, &found, err);
  }
  free(too_large);
  if (status == GY_OK) labels->n_automatic = n;
  return status;
}

gy_status gy_identity_label(const gy_identity_graph *graph, const gy_task *task, gy_identity_labels *labels,
                            gy_error *err) {
  gy_status status = label_automatic(graph, task, labels, err);
  if (status != GY_OK) return status;
  if (graph->n_parts > 0 || graph->n_pins > 0) return gy_identity_keep_apart(graph, labels, err);
  if (graph->n_joins == 0) {
    memcpy(labels->together, labels->automatic, graph->n_nodes * sizeof *labels->together);
    labels->n_together = labels->n_automatic;
    return GY_OK;
  }
  status = join_used(graph, labels->states, task, labels->together, err);
  if (status == GY_OK)
    status = gy_components_join(labels->together, graph->n_nodes, graph->joins, graph->n_joins, task, err);
  if (status == GY_OK) labels->n_together = gy_components_number(labels->together, graph->n_nodes);
  return status;
}
