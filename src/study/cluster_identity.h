/* SPDX-License-Identifier: Apache-2.0
 *
 * Clusters keep who they are over refits: matched to the last version by their customers, a cluster that goes
 * on keeps its id, its name and, where it can, its number; the rest are named as split, merged, born or died,
 * and the migration between both versions is a table (gyeol/matching.h).
 *
 * What is remembered: the clusters step's record (ids, names), and the table cluster_members (customer_id,
 * cluster), because customers are numbered anew in each run. */
#ifndef GYEOL_STUDY_CLUSTER_IDENTITY_H
#define GYEOL_STUDY_CLUSTER_IDENTITY_H

#include <jansson.h>

#include <gyeol/matching.h>

#include "engine/engine.h"
#include "report/cluster_names.h"

typedef struct gy_cluster_identity {
  int32_t k;
  int64_t ids[GY_CLUSTER_NAMES_MAX]; /* of cluster 0..k-1 */
  int64_t next_id;
  bool has_before;
  char before_run[32];
  json_t *before; /* the last version's record */
  gy_matching matching;
} gy_cluster_identity;

/* Matches `labels` (n, by customer_no, 0..k-1) with the last version, if there is one: `order` (k, the
 * caller's) receives the numbers in which clusters that go on keep theirs (order[i]: the present number of
 * the cluster that shall be i). The identity is of clusters in that new order. Clear in either case. */
GY_MUST_USE gy_status gy_cluster_identity_find(gy_engine *engine, const int32_t *labels, int32_t k, size_t n,
                                               const gy_task *task, gy_cluster_identity *identity,
                                               int32_t *order, gy_error *err);
void gy_cluster_identity_clear(gy_cluster_identity *identity);

/* Clusters that go on take the names they had. */
void gy_cluster_identity_names(const gy_cluster_identity *identity, gy_cluster_name *names);

/* What became of the last version: {run, kept, both, before[], after[], counts}; null where there is none. */
json_t *gy_cluster_identity_json(const gy_cluster_identity *identity);

/* Remembers who is where, for the next version; customer_clusters must hold the present one. */
GY_MUST_USE gy_status gy_cluster_identity_store(gy_engine *engine, const gy_task *task, gy_error *err);

#endif
