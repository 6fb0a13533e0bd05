/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of one resolution share (identity.h). */
#ifndef GYEOL_PEOPLE_IDENTITY_WORK_H
#define GYEOL_PEOPLE_IDENTITY_WORK_H

#include "base/buffer.h"
#include "people/identity.h"
#include "people/identity_graph.h"

enum {
  GY_IDENTITY_SQL_MAX = 4 << 20,
  GY_IDENTITY_COMPARED_MOST = 64 /* customers of one person that are compared with each other */
};

typedef struct gy_identity_work {
  const gy_identity_plan *plan;
  const gy_task *task;
  const char *types[GY_KEY_COUNT]; /* over all sources; NULL: no source has the key or it is not used */
  gy_key_kind order[GY_KEY_COUNT]; /* of those that join and are there */
  size_t n_order;
  int64_t n_fuzzy, n_decided; /* links of resemblance; decisions, and resemblance that keeps apart */
  gy_identity_graph graph;
  gy_link *links, *joins, *parts, *pins;
  gy_link_weight *weights;
  uint32_t *voices;
  gy_identity_labels labels;
  int32_t *before, *first, *held; /* of nodes, as person_keys knew them */
  uint8_t *usable, *is_guest;     /* of ids from the number of customers on */
  size_t n_others, n_new;
  int32_t *persons, *automatic; /* of nodes */
} gy_identity_work;

/* Statements with parts put in by printf, which must succeed. */
GY_MUST_USE gy_status gy_identity_execute(const gy_identity_work *work, gy_error *err, const char *format,
                                          ...) GY_PRINTF(3, 4);
/* Executes and clears the buffer. */
GY_MUST_USE gy_status gy_identity_execute_buffer(const gy_identity_work *work, gy_buffer *sql, gy_error *err);

/* identity_rows, identity_nodes_KIND, identity_numbered, identity_pairs: keys of all sources, numbered, and
 * which of them rows show together. Keys that too many customers have are left out of pairs. */
GY_MUST_USE gy_status gy_identity_number_keys(gy_identity_work *work, gy_error *err);

/* Adds pairs of addresses and their hashes to identity_pairs, as a source of its own, the last. */
GY_MUST_USE gy_status gy_identity_pair_hashes(gy_identity_work *work, bool *found, gy_error *err);

/* Fills the graph, and the ids that keys had. */
GY_MUST_USE gy_status gy_identity_load(gy_identity_work *work, gy_error *err);

/* Customers of one person that contradict each other are parted, the labels made anew, and both listed in
 * identity_fuzzy_links with decision 'contradiction'. */
GY_MUST_USE gy_status gy_identity_part_contradictions(gy_identity_work *work, int64_t *n, gy_error *err);

/* person_keys, identity_links, identity_blocked, person_aliases and person_by_KIND. */
GY_MUST_USE gy_status gy_identity_store(gy_identity_work *work, gy_identity_result *result, gy_error *err);

/* person_by_KIND and person_times_KIND of cookies and devices. */
GY_MUST_USE gy_status gy_identity_attach(gy_identity_work *work, gy_identity_result *result, gy_error *err);

#endif
