/* SPDX-License-Identifier: Apache-2.0 */
#include "study/project_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/dialect.h"
#include "feature/rfm_sql.h"
#include "feature/sql_parts.h"
#include "study/cluster_model.h"
#include "study/rfm_frame.h"

enum { CATEGORIES_SHOWN = 20 };

const gy_project_sql_entry gy_project_sqls[GY_PROJECT_SQL_COUNT] = {
    {"key_figures", "key_figures", {"핵심 지표", "Key figures"}},
    {"cleaning", "data_quality", {"정제 규칙", "Cleaning rules"}},
    {"features", "features", {"고객 특성", "Customer features"}},
    {"rfm", "rfm", {"RFM 점수와 세그먼트", "RFM scores and segments"}},
    {"clusters", "clusters", {"군집 배정", "Clusters of customers"}},
    {"cohort", "cohorts", {"월별 코호트", "Monthly cohorts"}},
    {"months", "monthly", {"월별 매출", "Months"}},
    {"products", "products", {"상위 상품", "Best products"}},
    {"categories", "categories", {"상위 카테고리", "Best categories"}},
};

const gy_project_sql_entry *gy_project_sql_find(const char *name) {
  for (size_t i = 0; i < GY_PROJECT_SQL_COUNT; i++)
    if (strcmp(gy_project_sqls[i].name, name) == 0) return &gy_project_sqls[i];
  return NULL;
}

static gy_status key_figures_sql(gy_run_context *run, char **sql, gy_error *err) {
  gy_sql_parts parts = {0};
  gy_sql_parts_printf(&parts, "active_days", "%d", GY_ACTIVE_DAYS);
  gy_sql_parts_printf(&parts, "as_of_us", "%lld",
                      (long long)json_integer_value(json_object_get(run->totals, "as_of_us")));
  return gy_sql_parts_expand(&parts, "report/key_figures", sql, err);
}

/* Whether figures of the past hold sums of people who were forgotten. */
static gy_status has_forgotten(gy_run_context *run, bool *has, gy_error *err) {
  int64_t n = 0;
  gy_status status =
      gy_engine_int64(run->project.engine, "SELECT count(*) FROM forgotten_totals", NULL, 0, &n, err);
  *has = n > 0;
  return status;
}

static gy_status cleaning_sql(gy_run_context *run, char **sql, gy_error *err) {
  static const char COMMENT[] =
      "-- Counts of the rules hold what forgotten people added, too: forgotten_totals, scope 'rule'.\n";
  const char *text = json_string_value(json_object_get(run->totals, "cleaning_sql"));
  bool has = false;
  if (text == NULL) return gy_fail(err, GY_ENOTFOUND, "the last run left no cleaning SQL; run with --force");
  gy_status status = has_forgotten(run, &has, err);
  if (status != GY_OK) return status;
  if (asprintf(sql, "%s%s", has ? COMMENT : "", text) < 0) {
    *sql = NULL;
    return gy_fail(err, GY_ENOMEM, "no memory for the cleaning SQL");
  }
  return GY_OK;
}

/* Of what follows those who remain the SQL says so, where somebody was forgotten. */
static gy_status say_who(gy_run_context *run, char **sql, gy_error *err) {
  bool has = false;
  char *said = NULL;
  gy_status status = has_forgotten(run, &has, err);
  if (status == GY_OK && has) {
    if (asprintf(&said, "-- Of the people who remain; forgotten ones count in totals alone.\n%s", *sql) < 0)
      return gy_fail(err, GY_ENOMEM, "no memory for the SQL");
    free(*sql);
    *sql = said;
  }
  return status;
}

static gy_status features_sql(gy_run_context *run, char **sql, gy_error *err) {
  gy_feature_query query = gy_run_stored_query(run);
  if (gy_run_left_out(run) > 0) query.exclude_mask |= GY_LINE_NO_ANALYTICS;
  return gy_feature_sql(&query, sql, err);
}

static gy_status rfm_sql(gy_run_context *run, char **sql, gy_error *err) {
  gy_rfm_frame frame;
  gy_status status = gy_rfm_frame_plan(&run->project.config.rfm, &frame, err);
  if (status == GY_OK) status = gy_rfm_sql(NULL, &frame.options, &frame.map, sql, err);
  gy_rfm_frame_clear(&frame);
  return status;
}

static gy_status clusters_sql(gy_run_context *run, char **sql, gy_error *err) {
  gy_cluster_model model = {0};
  if (run->clusters == NULL)
    return gy_fail(err, GY_ENOTFOUND, "the last run ended before its clusters (--until); complete it");
  gy_status status = gy_cluster_model_read(run->clusters, &model, err);
  if (status == GY_OK) status = gy_cluster_model_sql(&model, "customer_features", "customer_id", sql, err);
  gy_cluster_model_clear(&model);
  return status;
}

static gy_status cohort_sql(gy_run_context *run, char **sql, gy_error *err) {
  gy_feature_query query = gy_run_stored_query(run);
  char *remaining = NULL, *zone = gy_sql_literal(run->project.config.timezone), as_of[64];
  bool has = false;
  gy_status status = has_forgotten(run, &has, err);
  if (status == GY_OK) status = gy_cohort_sql(&query, &remaining, err);
  if (status == GY_OK && zone == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the cohorts' SQL");
  if (status == GY_OK && has) {
    gy_sql_parts parts = {0};
    snprintf(as_of, sizeof as_of, "make_timestamp(%lld)",
             (long long)json_integer_value(json_object_get(run->totals, "as_of_us")));
    gy_sql_parts_printf(&parts, "remaining", "%s", remaining);
    gy_sql_parts_form(&parts, "local_as_of", GY_DIALECT_DUCKDB, GY_SQL_LOCAL_TIME, as_of, zone);
    status = gy_sql_parts_expand(&parts, "study/cohorts_with_forgotten", sql, err);
  } else if (status == GY_OK) {
    *sql = remaining;
    remaining = NULL;
  }
  free(remaining);
  free(zone);
  return status;
}

static gy_status months_sql(gy_run_context *run, char **sql, gy_error *err) {
  char *zone = gy_sql_literal(run->project.config.timezone);
  if (zone == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the monthly series");
  char as_of[64];
  snprintf(as_of, sizeof as_of, "make_timestamp(%lld)",
           (long long)json_integer_value(json_object_get(run->totals, "as_of_us")));
  gy_sql_parts parts = {0};
  gy_sql_parts_printf(&parts, "counts", "%s", run->counts_sql);
  gy_sql_parts_printf(&parts, "makes_order", "%s", run->orders_sql);
  gy_sql_parts_form(&parts, "local_time", GY_DIALECT_DUCKDB, GY_SQL_LOCAL_TIME, "ordered_at", zone);
  gy_sql_parts_form(&parts, "local_first", GY_DIALECT_DUCKDB, GY_SQL_LOCAL_TIME, "first_order_at", zone);
  gy_sql_parts_form(&parts, "local_as_of", GY_DIALECT_DUCKDB, GY_SQL_LOCAL_TIME, as_of, zone);
  free(zone);
  if (gy_run_left_out(run) == 0)
    gy_sql_parts_printf(&parts, "first_orders", "customer_features");
  else /* whoever is in no feature is still a new customer of the month */
    gy_sql_parts_printf(
        &parts, "first_orders",
        "(SELECT customer_id, min(ordered_at) AS first_order_at FROM order_lines WHERE %s GROUP BY "
        "customer_id) AS first_orders",
        run->orders_sql);
  return gy_sql_parts_expand(&parts, "study/monthly", sql, err);
}

static gy_status best_sql(const gy_run_context *run, const char *name, unsigned most, char **sql,
                          gy_error *err) {
  gy_sql_parts parts = {0};
  gy_sql_parts_printf(&parts, "kept", "%s", run->orders_sql);
  gy_sql_parts_printf(&parts, "most", "%u", most);
  return gy_sql_parts_expand(&parts, name, sql, err);
}

static gy_status products_sql(gy_run_context *run, char **sql, gy_error *err) {
  return best_sql(run, "report/top_products", run->project.config.report.top_products, sql, err);
}

static gy_status categories_sql(gy_run_context *run, char **sql, gy_error *err) {
  return best_sql(run, "report/categories", CATEGORIES_SHOWN, sql, err);
}

gy_status gy_project_sql_text(gy_run_context *run, const gy_project_sql_entry *entry, char **sql,
                              gy_error *err) {
  static gy_status (*const MAKERS[GY_PROJECT_SQL_COUNT])(gy_run_context *, char **, gy_error *) = {
      key_figures_sql, cleaning_sql, features_sql, rfm_sql,       clusters_sql,
      cohort_sql,      months_sql,   products_sql, categories_sql};
  static const char *const OF_THE_REMAINING[] = {"features", "rfm", "clusters"};
  char *made = NULL;
  gy_status status = MAKERS[entry - gy_project_sqls](run, &made, err);
  for (size_t i = 0; i < sizeof OF_THE_REMAINING / sizeof *OF_THE_REMAINING && status == GY_OK; i++)
    if (strcmp(entry->name, OF_THE_REMAINING[i]) == 0) status = say_who(run, &made, err);
  if (status == GY_OK)
    *sql = made;
  else
    free(made);
  return status;
}
