/* SPDX-License-Identifier: Apache-2.0
 *
 * Connected components of an undirected graph: who belongs together when links say who is who.
 *
 * Rem's union-find with splicing (Dijkstra 1976; Patwary, Blair and Manne, SEA 2010), the paths of several
 * links fetched ahead; on several threads each change is a compare-and-swap (Dhulipala, Hong and Shun, VLDB
 * 2020). Components are numbered by their lowest node, so the labels depend on neither the order of the links
 * nor the number of threads.
 *
 * Cost: O(n + m log n) at worst, in practice a few memory accesses a link. Memory: 4 n bytes, the labels. */
#ifndef GYEOL_COMPONENTS_H
#define GYEOL_COMPONENTS_H

#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GY_COMPONENT_NODES_MAX = INT32_MAX };

/* One link between two nodes, 0..n-1; a node may be linked with itself. */
typedef struct gy_link {
  uint32_t a, b;
} gy_link;

/* Begins with every node alone: `forest` (n, the caller's) is then handed to the other two. */
void gy_components_begin(uint32_t *forest, size_t n);

/* Joins what the m links connect. GY_EUSAGE for a link beyond n (nothing is joined then), GY_ECANCELLED (some
 * links are joined then). May be called again with further links. */
GY_MUST_USE gy_status gy_components_join(uint32_t *forest, size_t n, const gy_link *links, size_t m,
                                         const gy_task *task, gy_error *err);

/* Turns the forest into labels: forest[i] becomes the number of i's component, 0.. in the order of their
 * lowest nodes. Gives how many there are. The forest ends with this. */
size_t gy_components_number(uint32_t *forest, size_t n);

/* All three. */
GY_MUST_USE gy_status gy_components(size_t n, const gy_link *links, size_t m, const gy_task *task,
                                    uint32_t *labels, size_t *n_components, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
