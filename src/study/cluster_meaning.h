/* SPDX-License-Identifier: Apache-2.0
 *
 * What clusters mean to people: a rule for each, from a surrogate tree on features in their own units; the
 * customer nearest to each centre; and how many customers lie far out. */
#ifndef GYEOL_STUDY_CLUSTER_MEANING_H
#define GYEOL_STUDY_CLUSTER_MEANING_H

#include <jansson.h>

#include <gyeol/kmeans.h>
#include <gyeol/preparation.h>
#include <gyeol/scaling.h>
#include <gyeol/surrogate_tree.h>

#include "engine/engine.h"

/* A clustering of all customers, by customer_no: views only. */
typedef struct gy_meaning_source {
  gy_engine *engine;
  const gy_task *task;
  const char *const *features; /* d names in customer_features */
  const gy_column_scaling *scaling;
  const gy_preparation *preparation; /* what fills instead of the scaling, where it has columns */
  gy_matrix x;                       /* n x d, scaled */
  const gy_kmeans *model;
  const int32_t *labels; /* n, from 0 */
  uint64_t seed;
} gy_meaning_source;

typedef struct gy_cluster_meaning {
  int32_t k;
  gy_surrogate_tree tree; /* its figures are of all customers */
  size_t n_grown;         /* customers it was grown on */
  int64_t n_filled;       /* values that were missing, and took what they took in the clustering */
  char **rules;           /* k texts; "" where no leaf says the cluster */
  json_t *prototypes;     /* k: {customer_id, values {feature: value}}, null for an empty cluster */
  int64_t *sizes;         /* k */
  int64_t *outliers;      /* k */
} gy_cluster_meaning;

/* Clear the meaning in either case. */
GY_MUST_USE gy_status gy_cluster_meaning_find(const gy_meaning_source *source, gy_cluster_meaning *meaning,
                                              gy_error *err);
void gy_cluster_meaning_clear(gy_cluster_meaning *meaning);

/* {fidelity, customers, grown_on, filled, outlier_rule}. */
json_t *gy_cluster_meaning_json(const gy_cluster_meaning *meaning);

/* Adds rule, rule_precision, rule_recall, prototype, outliers, outlier_share of cluster `cluster` (from 0).
 */
void gy_cluster_meaning_add(const gy_cluster_meaning *meaning, int32_t cluster, json_t *row);

#endif
