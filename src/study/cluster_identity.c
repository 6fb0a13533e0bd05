/* SPDX-License-Identifier: Apache-2.0 */
#include "study/cluster_identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/feature_frame.h"
#include "study/step.h"

/* ---- the last version ---- */

static json_t *clusters_before(const gy_cluster_identity *identity) {
  return json_object_get(identity->before, "clusters");
}

/* The cluster of number `number` (from 1) in the last version's record. */
static const json_t *cluster_before(const gy_cluster_identity *identity, int32_t number) {
  size_t i;
  json_t *cluster;
  json_array_foreach(
      clusters_before(identity), i,
      cluster) if (json_integer_value(json_object_get(cluster, "cluster")) == number) return cluster;
  return NULL;
}

static gy_status load_before(gy_engine *engine, gy_cluster_identity *identity, int32_t *k_before,
                             gy_error *err) {
  gy_step_record record = {0};
  int64_t has_members = 0;
  gy_status status = gy_step_load(engine, "clusters", NULL, &record, err);
  if (status == GY_OK)
    status = gy_engine_int64(engine, gy_sql("study/has_cluster_members"), NULL, 0, &has_members, err);
  if (status != GY_OK) return status;
  identity->before = record.detail;
  snprintf(identity->before_run, sizeof identity->before_run, "%s", record.run);
  *k_before = (int32_t)json_integer_value(json_object_get(record.detail, "k"));
  identity->has_before =
      has_members > 0 && *k_before > 0 && json_array_size(clusters_before(identity)) == (size_t)*k_before;
  return GY_OK;
}

/* ---- matching ---- */

/* Clusters that go on keep their number where there still is one of that number; the others fill up. */
static void keep_numbers(const gy_cluster_identity *identity, int32_t *order) {
  bool placed[GY_CLUSTER_NAMES_MAX] = {0};
  for (int32_t i = 0; i < identity->k; i++) order[i] = -1;
  for (int32_t c = 0; c < identity->k; c++) {
    const gy_cluster_fate *fate = &identity->matching.after[c];
    if (fate->change != GY_CLUSTER_CONTINUES || fate->other >= identity->k) continue;
    order[fate->other] = c;
    placed[c] = true;
  }
  int32_t next = 0;
  for (int32_t i = 0; i < identity->k; i++) {
    if (order[i] >= 0) continue;
    while (placed[next]) next++;
    order[i] = next;
    placed[next] = true;
  }
}

static gy_status match(gy_engine *engine, const int32_t *labels, int32_t k_before, size_t n,
                       const gy_task *task, gy_cluster_identity *identity, gy_error *err) {
  gy_matching_options options = gy_matching_defaults();
  int32_t *before = malloc((n + 1) * sizeof *before);
  if (before == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the clusters of %zu customers", n);
  for (size_t i = 0; i < n; i++) before[i] = -1;
  gy_status status =
      gy_feature_labels_load(engine, gy_sql("study/cluster_members_now"), n, task, before, err);
  if (status == GY_OK)
    status = gy_matching_find(before, k_before, labels, identity->k, n, &options, &identity->matching, err);
  free(before);
  return status;
}

static void hand_on_ids(gy_cluster_identity *identity, int32_t k_before, const int32_t *order) {
  int64_t before[GY_CLUSTER_NAMES_MAX], after[GY_CLUSTER_NAMES_MAX];
  for (int32_t c = 0; c < k_before; c++) {
    const json_t *id = json_object_get(cluster_before(identity, c + 1), "id");
    before[c] = id != NULL ? json_integer_value(id) : c + 1;
    if (before[c] >= identity->next_id) identity->next_id = before[c] + 1;
  }
  const json_t *next = json_object_get(identity->before, "next_id");
  if (json_integer_value(next) > identity->next_id) identity->next_id = json_integer_value(next);
  gy_matching_hand_on_ids(&identity->matching, before, &identity->next_id, after);
  for (int32_t i = 0; i < identity->k; i++) identity->ids[i] = after[order[i]];
}

/* Brings the matching itself, made with the old numbers, into the new order. */
static gy_status reorder(gy_matching *matching, const int32_t *order, gy_error *err) {
  int32_t k = matching->k_after, place[GY_CLUSTER_NAMES_MAX];
  size_t width = (size_t)k + 1;
  gy_cluster_fate after[GY_CLUSTER_NAMES_MAX];
  int64_t *counts = malloc(width * sizeof *counts);
  double *shares = malloc(width * sizeof *shares);
  gy_status status =
      counts != NULL && shares != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for %d clusters", k);
  for (int32_t i = 0; i < k; i++) {
    after[i] = matching->after[order[i]];
    place[order[i]] = i;
  }
  memcpy(matching->after, after, (size_t)k * sizeof *after);
  for (int32_t c = 0; c < matching->k_before; c++)
    if (matching->before[c].other >= 0) matching->before[c].other = place[matching->before[c].other];
  for (int32_t row = 0; row <= matching->k_before && status == GY_OK; row++) {
    int64_t *to_counts = matching->counts + (size_t)row * width;
    double *to_shares = matching->shares + (size_t)row * width;
    memcpy(counts, to_counts, width * sizeof *counts);
    memcpy(shares, to_shares, width * sizeof *shares);
    for (int32_t i = 0; i < k; i++) {
      to_counts[i] = counts[order[i]];
      to_shares[i] = shares[order[i]];
    }
  }
  free(counts);
  free(shares);
  return status;
}

gy_status gy_cluster_identity_find(gy_engine *engine, const int32_t *labels, int32_t k, size_t n,
                                   const gy_task *task, gy_cluster_identity *identity, int32_t *order,
                                   gy_error *err) {
  *identity = (gy_cluster_identity){.k = k, .next_id = k + 1};
  for (int32_t i = 0; i < k; i++) {
    order[i] = i;
    identity->ids[i] = i + 1;
  }
  int32_t k_before = 0;
  gy_status status = load_before(engine, identity, &k_before, err);
  if (status != GY_OK || !identity->has_before) return status;
  identity->next_id = 1;
  status = match(engine, labels, k_before, n, task, identity, err);
  if (status != GY_OK) return status;
  keep_numbers(identity, order);
  hand_on_ids(identity, k_before, order);
  return reorder(&identity->matching, order, err);
}

void gy_cluster_identity_clear(gy_cluster_identity *identity) {
  json_decref(identity->before);
  gy_matching_clear(&identity->matching);
  *identity = (gy_cluster_identity){0};
}

/* ---- what follows ---- */

static const char *name_before(const gy_cluster_identity *identity, int32_t cluster, const char *language) {
  return json_string_value(
      json_object_get(json_object_get(cluster_before(identity, cluster + 1), "name"), language));
}

/* A name that another cluster has by now is not taken over: no two may be equal. */
static bool is_free(const gy_cluster_name *names, int32_t k, int32_t except, const char *ko, const char *en) {
  for (int32_t c = 0; c < k; c++)
    if (c != except && (strcmp(names[c].ko, ko) == 0 || strcmp(names[c].en, en) == 0)) return false;
  return true;
}

void gy_cluster_identity_names(const gy_cluster_identity *identity, gy_cluster_name *names) {
  for (int32_t c = 0; identity->has_before && c < identity->k; c++) {
    const gy_cluster_fate *fate = &identity->matching.after[c];
    if (fate->change != GY_CLUSTER_CONTINUES) continue;
    const char *ko = name_before(identity, fate->other, "ko"), *en = name_before(identity, fate->other, "en");
    if (ko == NULL || en == NULL || !is_free(names, identity->k, c, ko, en)) continue;
    snprintf(names[c].ko, sizeof names[c].ko, "%s", ko);
    snprintf(names[c].en, sizeof names[c].en, "%s", en);
  }
}

static json_t *fate_json(const gy_cluster_fate *fate, int32_t cluster) {
  json_t *row = json_pack("{s:i, s:s, s:f}", "cluster", cluster + 1, "change",
                          gy_cluster_change_name(fate->change), "share", fate->share);
  if (fate->other >= 0) json_object_set_new(row, "other", json_integer(fate->other + 1));
  return row;
}

json_t *gy_cluster_identity_json(const gy_cluster_identity *identity) {
  if (!identity->has_before) return json_null();
  const gy_matching *m = &identity->matching;
  json_t *before = json_array(), *after = json_array(), *counts = json_array();
  for (int32_t c = 0; c < m->k_before; c++) {
    json_t *row = fate_json(&m->before[c], c);
    json_object_set(row, "name", json_object_get(cluster_before(identity, c + 1), "name"));
    json_array_append_new(before, row);
  }
  for (int32_t c = 0; c < m->k_after; c++) json_array_append_new(after, fate_json(&m->after[c], c));
  for (int32_t row = 0; row <= m->k_before; row++) {
    json_t *cells = json_array();
    for (int32_t c = 0; c <= m->k_after; c++)
      json_array_append_new(cells,
                            json_integer(m->counts[(size_t)row * ((size_t)m->k_after + 1) + (size_t)c]));
    json_array_append_new(counts, cells);
  }
  return json_pack("{s:s, s:I, s:I, s:o, s:o, s:o}", "run", identity->before_run, "both",
                   (json_int_t)m->n_both, "kept", (json_int_t)m->n_kept, "before", before, "after", after,
                   "counts", counts);
}

gy_status gy_cluster_identity_store(gy_engine *engine, const gy_task *task, gy_error *err) {
  return gy_engine_execute(engine, gy_sql("study/cluster_members_store"), NULL, 0, NULL, task, NULL, err);
}
