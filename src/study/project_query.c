/* SPDX-License-Identifier: Apache-2.0
 *
 * What the last run left, for lists, single segments, exports, SQL and a fresh report. The
 * store is opened for reading, so these work beside each other. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "report/render.h"
#include "study/customer_scores.h"
#include "study/last_run.h"
#include "study/manifest.h"
#include "study/project_sql.h"
#include "study/report_model.h"
#include "study/result_text.h"
#include "study/run_context.h"
#include "study/run_folder.h"
#include "study/segment_members.h"
#include "study/segment_query.h"

enum { DEFAULT_DUPLICATES = 100, ATTRIBUTES_SHOWN = 10 };

gy_status gy_project_segment_list(const char *dir, const gy_task *task, char **result, gy_error *err) {
  gy_run_context run;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_SEGMENTS, task, &run, err);
  json_t *entries = status == GY_OK ? gy_manifest_segments(run.rfm, run.clusters) : NULL;
  if (status == GY_OK) status = gy_segment_members_list(&run, entries, err);
  if (status == GY_OK)
    status = gy_result_text(
        json_pack("{s:O, s:O}", "segments", entries, "as_of", json_object_get(run.totals, "as_of")), result,
        err);
  json_decref(entries);
  gy_run_context_clear(&run);
  return status;
}

/* ---- one segment ---- */

static double effect_of(const json_t *row) { return fabs(json_number_value(json_object_get(row, "effect"))); }

/* Rows of a profile that belong to a segment, strongest effects first where they have any; at most `most`. */
static json_t *rows_of(const json_t *profile, const char *part, int64_t segment, size_t most) {
  json_t *rows = json_array(), *row;
  size_t i;
  json_array_foreach(json_object_get(profile, part), i, row) {
    if (json_integer_value(json_object_get(row, "segment")) != segment) continue;
    size_t at = json_array_size(rows);
    while (at > 0 && effect_of(json_array_get(rows, at - 1)) < effect_of(row)) at--;
    json_array_insert(rows, at, row);
  }
  while (json_array_size(rows) > most) json_array_remove(rows, json_array_size(rows) - 1);
  return rows;
}

static void add_if_there(json_t *result, const json_t *object, const char *key) {
  json_t *value = json_object_get(object, key);
  if (value != NULL) json_object_set(result, key, value);
}

/* What tells a cluster's customers from others in words, how far it holds, and who is typical. */
static void add_meaning(json_t *result, const json_t *clusters, const json_t *cluster) {
  static const char *const KEYS[] = {"rule_precision", "rule_recall", "prototype", "outliers",
                                     "outlier_share"};
  json_t *rule = json_object_get(cluster, "rule");
  json_object_set_new(
      result, "rule",
      json_is_string(rule) ? json_incref(rule) : json_string("customers nearest to this cluster's centre"));
  for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) add_if_there(result, cluster, KEYS[i]);
  add_if_there(result, json_object_get(clusters, "surrogate"), "fidelity");
}

static json_t *segment_json(const gy_run_context *run, const gy_segment_ref *ref) {
  bool is_rfm = ref->kind == GY_SEGMENT_RFM;
  const json_t *profile = json_object_get(run->profiles, is_rfm ? "rfm" : "cluster");
  json_t *entries = gy_manifest_segments(is_rfm ? run->rfm : NULL, is_rfm ? NULL : run->clusters);
  json_t *result = json_copy(json_array_get(entries, (size_t)ref->number));
  json_decref(entries);
  if (is_rfm)
    json_object_set(result, "rule", json_object_get(json_object_get(ref->summary, "rule"), "en"));
  else
    add_meaning(result, run->clusters, ref->summary);
  json_object_set_new(result, "features", rows_of(profile, "features", ref->number, SIZE_MAX));
  json_object_set_new(result, "attributes", rows_of(profile, "attributes", ref->number, ATTRIBUTES_SHOWN));
  json_object_set_new(result, "top_products", rows_of(profile, "products", ref->number, SIZE_MAX));
  return result;
}

gy_status gy_project_segment_show(const char *dir, const char *name, const gy_task *task, char **result,
                                  gy_error *err) {
  gy_run_context run;
  gy_segment_ref ref;
  json_t *entry = NULL;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_SEGMENTS, task, &run, err);
  if (status == GY_OK) status = gy_segment_members_find(&run, name, &entry, err);
  if (status == GY_OK && entry != NULL) {
    status = gy_segment_members_profile(&run, entry, err);
    if (status == GY_OK) status = gy_result_text(json_incref(entry), result, err);
  } else if (status == GY_OK) {
    status = gy_segment_find(run.rfm, run.clusters, name, &ref, err);
    if (status == GY_OK) status = gy_result_text(segment_json(&run, &ref), result, err);
  }
  json_decref(entry);
  gy_run_context_clear(&run);
  return status;
}

/* ---- the rest ---- */

gy_status gy_project_duplicates(const char *dir, size_t limit, const gy_task *task, char **result,
                                gy_error *err) {
  gy_run_context run;
  gy_value most = gy_bind_int64(limit > 0 ? (int64_t)limit : DEFAULT_DUPLICATES);
  json_t *rows = NULL;
  int64_t total = 0;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_A_RUN, task, &run, err);
  if (status == GY_OK)
    status = gy_engine_json(run.project.engine, gy_sql("study/duplicates_list"), &most, 1, task, &rows, err);
  if (status == GY_OK)
    status = gy_engine_int64(run.project.engine, "SELECT count(*) FROM duplicates", NULL, 0, &total, err);
  if (status == GY_OK)
    status =
        gy_result_text(json_pack("{s:I, s:o}", "total", (json_int_t)total, "duplicates", rows), result, err);
  else
    json_decref(rows);
  gy_run_context_clear(&run);
  return status;
}

gy_status gy_project_runs(const char *dir, const gy_task *task, char **result, gy_error *err) {
  gy_run_context run;
  json_t *rows = NULL, *list = json_array(), *row;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_A_RUN, task, &run, err);
  if (status == GY_OK)
    status =
        gy_engine_json(run.project.engine, "SELECT manifest FROM runs ORDER BY started_at DESC, run DESC",
                       NULL, 0, task, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) {
    json_t *manifest = json_loads(json_string_value(json_object_get(row, "manifest")), 0, NULL),
           *entry = json_object();
    static const char *const KEYS[] = {"run",    "started_at", "as_of", "customers",
                                       "orders", "revenue",    "report"};
    for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++)
      json_object_set(entry, KEYS[k], json_object_get(manifest, KEYS[k]));
    json_object_set(entry, "seconds", json_object_get(json_object_get(manifest, "seconds"), "total"));
    json_array_append_new(list, entry);
    json_decref(manifest);
  }
  json_decref(rows);
  if (status == GY_OK) status = gy_result_text(json_pack("{s:O}", "runs", list), result, err);
  json_decref(list);
  gy_run_context_clear(&run);
  return status;
}

static gy_status fail_of_names(const char *what, gy_error *err) {
  gy_buffer names;
  gy_buffer_init(&names, 1024);
  for (size_t i = 0; i < GY_PROJECT_SQL_COUNT; i++)
    gy_buffer_printf(&names, "%s%s", i == 0 ? "" : ", ", gy_project_sqls[i].name);
  gy_status status =
      names.failed ? gy_fail(err, GY_ENOMEM, "no memory for the names of the SQL")
                   : gy_fail(err, GY_EUSAGE, "there is no SQL named '%s'; there are: %s", what, names.data);
  gy_buffer_clear(&names);
  return status;
}

gy_status gy_project_sql(const char *dir, const char *what, const gy_task *task, char **sql, gy_error *err) {
  gy_run_context run;
  const gy_project_sql_entry *entry = gy_project_sql_find(what);
  if (entry == NULL) return fail_of_names(what, err);
  gy_status status = gy_last_run_open(dir, GY_NEEDS_FEATURES, task, &run, err);
  if (status == GY_OK) status = gy_project_sql_text(&run, entry, sql, err);
  gy_run_context_clear(&run);
  return status;
}

/* Models known by the scores that they gave. */
static gy_status add_scores(const gy_run_context *run, json_t *models, gy_error *err) {
  json_t *rows = NULL, *row;
  gy_status status = gy_scores_list(run->project.engine, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) {
    json_t *model = json_pack("{s:O, s:s, s:[], s:O, s:O}", "name", json_object_get(row, "model"), "method",
                              "scores", "columns", "customers", json_object_get(row, "customers"),
                              "computed_at", json_object_get(row, "computed_at"));
    if (status == GY_OK && json_array_append_new(models, model) != 0)
      status = gy_fail(err, GY_ENOMEM, "no memory for the list of models");
  }
  json_decref(rows);
  return status;
}

/* What each model is, in a line of the list, and the whole of it behind "model". */
static json_t *models_json(const gy_run_context *run) {
  json_t *models = json_array();
  json_t *clusters = json_object_get(run->clusters, "model");
  if (clusters != NULL)
    json_array_append_new(models, json_pack("{s:s, s:s, s:O, s:O, s:O, s:O, s:O}", "name", "clusters",
                                            "method", "kmeans", "k", json_object_get(run->clusters, "k"),
                                            "columns", json_object_get(run->clusters, "used"), "silhouette",
                                            json_object_get(run->clusters, "silhouette"), "stability",
                                            json_object_get(run->clusters, "stability"), "model", clusters));
  if (run->rfm != NULL) {
    json_t *columns = json_pack("[s, s, s]", "recency_days", "orders", "monetary");
    json_array_append_new(models, json_pack("{s:s, s:s, s:o, s:O}", "name", "rfm", "method", "rfm", "columns",
                                            columns, "model", json_object_get(run->rfm, "score_ranges")));
  }
  return models;
}

gy_status gy_project_models(const char *dir, const char *name, const gy_task *task, char **result,
                            gy_error *err) {
  gy_run_context run;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_SEGMENTS, task, &run, err);
  if (status == GY_OK) {
    json_t *models = models_json(&run), *model, *found = NULL;
    size_t i;
    status = add_scores(&run, models, err);
    json_array_foreach(models, i, model) {
      if (name == NULL)
        json_object_del(model, "model");
      else if (strcmp(json_string_value(json_object_get(model, "name")), name) == 0)
        found = json_incref(model);
    }
    if (status != GY_OK) {
      json_decref(found);
    } else if (name == NULL) {
      status = gy_result_text(json_pack("{s:O}", "models", models), result, err);
    } else if (found != NULL) {
      status = gy_result_text(found, result, err);
    } else {
      status = gy_fail(err, GY_ENOTFOUND, "there is no model '%s'; see gyeol model list", name);
    }
    json_decref(models);
  }
  gy_run_context_clear(&run);
  return status;
}

static gy_status apply_language(gy_run_context *run, const char *language, gy_error *err) {
  if (language == NULL) return GY_OK;
  bool korean = strcmp(language, "ko") == 0;
  if (!korean && strcmp(language, "en") != 0)
    return gy_fail(err, GY_EUSAGE, "--lang %s is not known; use ko or en", language);
  run->project.config.language = korean ? GY_LANGUAGE_KO : GY_LANGUAGE_EN;
  return GY_OK;
}

gy_status gy_project_report(const char *dir, const char *path, const char *language, const gy_task *task,
                            char **result, gy_error *err) {
  gy_run_context run;
  json_t *model = NULL, *manifest = NULL;
  char *own = NULL;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_SEGMENTS, task, &run, err);
  if (status == GY_OK) status = apply_language(&run, language, err);
  if (status == GY_OK) status = gy_manifest_load(run.log.engine, NULL, &manifest, err);
  if (status == GY_OK) {
    run.log.run = json_string_value(json_object_get(manifest, "run"));
    if (path == NULL) path = own = gy_run_report(&run.project, run.log.run);
    status = path != NULL ? gy_report_model_create(&run, &model, err)
                          : gy_fail(err, GY_ENOMEM, "no memory to write the report");
  }
  if (status == GY_OK) status = gy_report_render(model, path, err);
  if (status == GY_OK) status = gy_result_text(json_pack("{s:s}", "report", path), result, err);
  json_decref(model);
  json_decref(manifest);
  free(own);
  gy_run_context_clear(&run);
  return status;
}
