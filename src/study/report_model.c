/* SPDX-License-Identifier: Apache-2.0
 *
 * Most sections are fragments that a step left whole; the rest is gathered here. A section that has nothing
 * to show is left out. */
#include "study/report_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "report/texts.h"
#include "study/project_sql.h"
#include "study/quality.h"
#include "study/report_segments.h"

enum { HISTORY_RUNS = 29 };
static const double EFFECT_SHOWN = 0.2; /* Cohen's "small" */

static json_t *shared(const json_t *object, const char *key) {
  json_t *value = json_object_get(object, key);
  return value != NULL ? json_incref(value) : json_null();
}

static const char *text_at(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static json_int_t integer_at(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

static double number_at(const json_t *object, const char *key) {
  return json_number_value(json_object_get(object, key));
}

static json_t *meta_json(const gy_run_context *run) {
  const gy_project_config *config = &run->project.config;
  char now[32];
  gy_clock_rfc3339(gy_clock_utc_us(), now);
  json_t *meta =
      json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "project", config->name, "run", run->log.run,
                "timezone", config->timezone, "currency", config->currency, "generated_at", now, "language",
                config->language == GY_LANGUAGE_KO ? "ko" : "en", "version", GYEOL_VERSION);
  json_object_set_new(meta, "as_of", shared(run->totals, "as_of"));
  json_object_set_new(meta, "period_start", shared(run->totals, "first_order"));
  json_object_set_new(meta, "period_end", shared(run->totals, "last_order"));
  return meta;
}

/* revenue / count as a decimal text, rounded to 1/10000. */
static json_t *revenue_per(const gy_run_context *run, json_int_t count) {
  if (count <= 0) return json_null();
  int64_t revenue = (int64_t)llround(strtod(text_at(run->totals, "revenue"), NULL) * GY_MONEY_SCALE);
  char text[32];
  return json_string(gy_money_text((revenue + count / 2) / count, text));
}

static gy_status add_key_figures(gy_run_context *run, json_t *model, gy_error *err) {
  char *sql = NULL;
  json_t *rows = NULL;
  gy_status status = gy_project_sql_text(run, gy_project_sql_find("key_figures"), &sql, err);
  if (status == GY_OK) status = gy_engine_json(run->project.engine, sql, NULL, 0, run->task, &rows, err);
  free(sql);
  if (status != GY_OK) return status;
  json_t *figures = json_copy(json_array_get(rows, 0));
  json_decref(rows);
  static const char *const KEYS[] = {"customers", "orders", "revenue"};
  for (size_t i = 0; i < 3; i++) json_object_set_new(figures, KEYS[i], shared(run->totals, KEYS[i]));
  json_object_set_new(figures, "lines", shared(run->totals, "lines_kept"));
  json_object_set_new(figures, "average_order_value", revenue_per(run, integer_at(run->totals, "orders")));
  json_object_set_new(figures, "revenue_per_customer",
                      revenue_per(run, integer_at(run->totals, "customers")));
  json_object_set_new(figures, "active_days", json_integer(GY_ACTIVE_DAYS));
  json_object_set_new(model, "key_figures", figures);
  return GY_OK;
}

/* ---- data quality ---- */

static json_t *source_rows(const gy_run_context *run) {
  json_t *rows = json_array();
  const char *name;
  json_t *source;
  json_object_foreach(run->imports, name, source) {
    size_t i;
    json_t *file;
    json_array_foreach(json_object_get(source, "files"), i, file) {
      json_t *row = json_copy(file);
      json_object_set_new(row, "source", json_string(name));
      json_object_set_new(row, "target", shared(source, "target"));
      json_array_append_new(rows, row);
    }
  }
  return rows;
}

/* One row a reason, from one row an example. */
static json_t *reject_rows(const json_t *examples) {
  json_t *rows = json_array(), *last = NULL;
  size_t i;
  json_t *example;
  json_array_foreach(examples, i, example) {
    bool same = last != NULL && strcmp(text_at(last, "source"), text_at(example, "source")) == 0 &&
                strcmp(text_at(last, "reason"), text_at(example, "reason")) == 0;
    if (!same) {
      last = json_object();
      static const char *const KEYS[] = {"source", "reason", "rows"};
      for (size_t k = 0; k < 3; k++) json_object_set_new(last, KEYS[k], shared(example, KEYS[k]));
      json_object_set_new(last, "examples", json_array());
      json_array_append_new(rows, last);
    }
    json_t *shown = json_object();
    static const char *const KEYS[] = {"file", "line", "column", "value"};
    for (size_t k = 0; k < 4; k++) json_object_set_new(shown, KEYS[k], shared(example, KEYS[k]));
    json_array_append_new(json_object_get(last, "examples"), shown);
  }
  return rows;
}

static json_t *rule_rows(const gy_run_context *run) {
  json_t *rows = json_array();
  size_t i;
  json_t *rule;
  json_array_foreach(json_object_get(run->totals, "rules"), i, rule) {
    json_t *row = json_copy(rule);
    json_object_set_new(row, "name", gy_text_pair_json(gy_text_cleaning_rule(text_at(rule, "rule"))));
    json_array_append_new(rows, row);
  }
  const json_t *left_out = json_object_get(run->totals, "left_out");
  if (left_out != NULL)
    json_array_append_new(rows, json_pack("{s:s, s:o, s:O, s:O, s:s}", "rule", "no_analytics", "name",
                                          gy_text_pair_json(gy_text_cleaning_rule("no_analytics")), "rows",
                                          json_object_get(left_out, "lines"), "amount",
                                          json_object_get(left_out, "amount"), "action", "keep"));
  return rows;
}

static json_int_t sum_over_sources(const gy_run_context *run, const char *key) {
  json_int_t sum = 0;
  const char *name;
  json_t *source;
  json_object_foreach(run->imports, name, source) { sum += integer_at(source, key); }
  return sum;
}

/* Rows put aside, of sources that look for duplicates. */
static json_t *duplicate_rows(const gy_run_context *run) {
  json_t *rows = json_array();
  const char *name;
  json_t *source;
  json_object_foreach(run->imports, name, source) {
    const json_t *counts = json_object_get(source, "duplicates");
    if (!json_is_object(counts)) continue;
    json_array_append_new(
        rows, json_pack("{s:s, s:I, s:I, s:I}", "source", name, "exact", integer_at(counts, "exact"), "key",
                        integer_at(counts, "key"), "other_source", integer_at(counts, "source")));
  }
  return rows;
}

static gy_status add_data_quality(gy_run_context *run, json_t *model, gy_error *err) {
  json_t *examples = NULL;
  gy_status status =
      gy_engine_json(run->project.engine, gy_sql("report/rejects"), NULL, 0, run->task, &examples, err);
  if (status != GY_OK) return status;
  json_t *quality =
      json_pack("{s:I, s:I, s:I, s:o, s:o, s:o}", "rows_read", sum_over_sources(run, "read"), "rows_accepted",
                sum_over_sources(run, "accepted"), "rows_rejected", sum_over_sources(run, "rejected"),
                "sources", source_rows(run), "rejects", reject_rows(examples), "rules", rule_rows(run));
  json_object_set_new(quality, "duplicates", duplicate_rows(run));
  json_object_set_new(quality, "lines_kept", shared(run->totals, "lines_kept"));
  json_object_set_new(quality, "revenue_kept", shared(run->totals, "revenue"));
  json_t *found = gy_quality_json(run->imports), *tables = gy_quality_tables(found), *history = NULL;
  json_object_update(quality, tables);
  status = gy_quality_history(run->project.engine, found, run->log.run, HISTORY_RUNS, &history, err);
  if (status == GY_OK) json_object_set_new(quality, "history", history);
  json_decref(tables);
  json_decref(found);
  json_object_set_new(model, "data_quality", quality);
  json_decref(examples);
  return status;
}

/* ---- clusters ---- */

static json_t *feature_name(const gy_feature *feature) {
  return gy_text_pair_json((gy_text_pair){feature->label_ko, feature->label_en});
}

static bool is_used(const json_t *clusters, const char *feature) {
  size_t i;
  json_t *name;
  json_array_foreach(json_object_get(clusters, "used"), i, name) {
    if (strcmp(json_string_value(name), feature) == 0) return true;
  }
  return false;
}

static json_t *cluster_features(const gy_run_context *run) {
  json_t *rows = json_array();
  for (size_t i = 0; i < run->features.n; i++) {
    const gy_feature *feature = &run->features.items[i];
    if (feature->type == GY_TYPE_TIMESTAMP) continue;
    json_array_append_new(
        rows, json_pack("{s:s, s:o, s:s, s:b}", "feature", feature->name, "name", feature_name(feature),
                        "unit", feature->unit, "used", is_used(run->clusters, feature->name)));
  }
  return rows;
}

/* The standardised centre of a cluster along a feature; null where the feature took no part. */
static json_t *centre_of(const json_t *clusters, json_int_t cluster, const char *feature) {
  json_t *centre = json_array_get(json_object_get(clusters, "centers_scaled"), (size_t)cluster);
  size_t i;
  json_t *name;
  json_array_foreach(json_object_get(clusters, "used"), i, name) {
    if (strcmp(json_string_value(name), feature) == 0) return json_incref(json_array_get(centre, i));
  }
  return json_null();
}

static json_t *cluster_values(const gy_run_context *run) {
  json_t *rows = json_array();
  size_t i;
  json_t *row;
  json_array_foreach(json_object_get(json_object_get(run->profiles, "cluster"), "features"), i, row) {
    json_int_t cluster = integer_at(row, "segment");
    if (cluster < 0) continue;
    json_t *value = json_pack("{s:I, s:s}", "cluster", cluster + 1, "feature", text_at(row, "feature"));
    json_object_set_new(value, "mean", shared(row, "mean"));
    json_object_set_new(value, "median", shared(row, "median"));
    json_object_set_new(value, "z", centre_of(run->clusters, cluster, text_at(row, "feature")));
    json_array_append_new(rows, value);
  }
  return rows;
}

/* Features and attributes that are clearly over- or under-represented in a cluster. */
static json_t *cluster_attributes(const gy_run_context *run) {
  json_t *rows = json_array(), *row;
  const json_t *profile = json_object_get(run->profiles, "cluster");
  size_t i;
  json_array_foreach(json_object_get(profile, "features"), i, row) {
    const gy_feature *feature = gy_feature_find(&run->features, text_at(row, "feature"));
    /* Look-back windows say much the same as the features they window. */
    bool shown = feature != NULL && feature->window_days == 0 && integer_at(row, "segment") >= 0 &&
                 fabs(number_at(row, "effect")) >= EFFECT_SHOWN &&
                 json_is_number(json_object_get(row, "median"));
    if (!shown) continue;
    json_array_append_new(
        rows, json_pack("{s:I, s:o, s:s, s:O, s:O, s:O, s:s}", "cluster", integer_at(row, "segment") + 1,
                        "attribute", feature_name(feature), "unit", feature->unit, "inside",
                        json_object_get(row, "median"), "overall", json_object_get(row, "overall_median"),
                        "effect", json_object_get(row, "effect"), "measure", "cohen_d"));
  }
  json_array_foreach(json_object_get(profile, "attributes"), i, row) {
    if (fabs(number_at(row, "effect")) < EFFECT_SHOWN) continue;
    json_t *name = json_sprintf("%s: %s", text_at(row, "attribute"), text_at(row, "value"));
    json_array_append_new(
        rows, json_pack("{s:I, s:o, s:s, s:O, s:O, s:O, s:s}", "cluster", integer_at(row, "segment") + 1,
                        "attribute", name, "unit", "share", "inside", json_object_get(row, "share"),
                        "overall", json_object_get(row, "overall_share"), "effect",
                        json_object_get(row, "effect"), "measure", "cohen_h"));
  }
  return rows;
}

static json_t *cluster_products(const gy_run_context *run) {
  json_t *rows = json_array(), *row;
  size_t i;
  json_array_foreach(json_object_get(json_object_get(run->profiles, "cluster"), "products"), i, row) {
    json_t *product = json_copy(row);
    json_object_set_new(product, "cluster", json_integer(integer_at(row, "segment") + 1));
    json_object_del(product, "segment");
    json_array_append_new(rows, product);
  }
  return rows;
}

static void add_clusters(const gy_run_context *run, json_t *model) {
  if (json_array_size(json_object_get(run->clusters, "clusters")) == 0) return;
  if (json_is_object(json_object_get(run->clusters, "cluster_choice")))
    json_object_set(model, "cluster_choice", json_object_get(run->clusters, "cluster_choice"));
  json_t *section = json_object();
  static const char *const KEYS[] = {"k",        "method",    "silhouette", "stability",
                                     "clusters", "surrogate", "since_last", "preparation"};
  for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
    json_object_set_new(section, KEYS[i], shared(run->clusters, KEYS[i]));
  json_object_set_new(section, "features", cluster_features(run));
  json_object_set_new(section, "values", cluster_values(run));
  json_object_set_new(section, "attributes", cluster_attributes(run));
  json_object_set_new(section, "products", cluster_products(run));
  json_object_set_new(model, "clusters", section);
}

/* ---- catalogue, methods, SQL ---- */

static void add_features(const gy_run_context *run, json_t *model) {
  json_t *rows = json_array();
  for (size_t i = 0; i < run->features.n; i++) {
    const gy_feature *feature = &run->features.items[i];
    json_array_append_new(
        rows,
        json_pack("{s:s, s:o, s:o, s:s, s:s, s:s}", "feature", feature->name, "name", feature_name(feature),
                  "meaning", gy_text_pair_json((gy_text_pair){feature->meaning_ko, feature->meaning_en}),
                  "unit", feature->unit, "formula", feature->formula, "null_when", feature->null_when));
  }
  json_object_set_new(model, "features", json_pack("{s:o}", "rows", rows));
}

static void add_methods(json_t *model) {
  json_t *rows = json_array();
  size_t n;
  const gy_text_method *methods = gy_text_methods(&n);
  for (size_t i = 0; i < n; i++)
    json_array_append_new(
        rows, json_pack("{s:s?, s:o, s:o}", "section", methods[i].section, "title",
                        gy_text_pair_json(methods[i].title), "text", gy_text_pair_json(methods[i].text)));
  json_object_set_new(model, "methods", json_pack("{s:o}", "rows", rows));
}

static gy_status add_queries(gy_run_context *run, json_t *model, gy_error *err) {
  json_t *rows = json_array();
  gy_status status = GY_OK;
  for (size_t i = 0; i < GY_PROJECT_SQL_COUNT && status == GY_OK; i++) {
    char *sql = NULL;
    status = gy_project_sql_text(run, &gy_project_sqls[i], &sql, err);
    if (status != GY_OK) break;
    json_array_append_new(rows, json_pack("{s:s, s:o, s:s}", "section", gy_project_sqls[i].section, "title",
                                          gy_text_pair_json(gy_project_sqls[i].title), "sql", sql));
    free(sql);
  }
  json_object_set_new(model, "queries", json_pack("{s:o}", "rows", rows));
  return status;
}

static void add_fragments(json_t *model, const json_t *detail, const char *const *keys, size_t n) {
  for (size_t i = 0; i < n; i++) {
    json_t *fragment = json_object_get(detail, keys[i]);
    if (json_is_object(fragment)) json_object_set(model, keys[i], fragment);
  }
}

gy_status gy_report_model_create(gy_run_context *run, json_t **model, gy_error *err) {
  static const char *const TREND_SECTIONS[] = {"monthly", "cohorts", "products", "categories"};
  static const char *const RFM_SECTIONS[] = {"concentration"};
  json_t *made = json_pack("{s:s, s:o}", "format", "gyeol-report/1", "meta", meta_json(run));
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the report");
  gy_status status = add_key_figures(run, made, err);
  if (status == GY_OK) status = add_data_quality(run, made, err);
  if (status == GY_OK) {
    json_object_set(made, "rfm", run->rfm);
    add_clusters(run, made);
    add_fragments(made, run->rfm, RFM_SECTIONS, 1);
    add_fragments(made, run->trends, TREND_SECTIONS, 4);
    if (run->people != NULL) json_object_set_new(made, "identity", gy_identity_figures(run));
    add_features(run, made);
    add_methods(made);
    status = add_queries(run, made, err);
  }
  json_t *segments = NULL;
  if (status == GY_OK) status = gy_report_segments(run, &segments, err);
  if (segments != NULL) json_object_set_new(made, "own_segments", segments);
  if (status == GY_OK)
    *model = made;
  else
    json_decref(made);
  return status;
}
