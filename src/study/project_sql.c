/* SPDX-License-Identifier: Apache-2.0 */
#include "study/project_sql.h"

#include <stdlib.h>
#include <string.h>

#include "feature/rfm_sql.h"
#include "study/cluster_model.h"
#include "study/rfm_frame.h"

const gy_project_sql_entry gy_project_sqls[GY_PROJECT_SQL_COUNT] = {
    {"cleaning", "data_quality", {"정제 규칙", "Cleaning rules"}},
    {"features", "features", {"고객 특성", "Customer features"}},
    {"rfm", "rfm", {"RFM 점수와 세그먼트", "RFM scores and segments"}},
    {"clusters", "clusters", {"군집 배정", "Clusters of customers"}},
    {"cohort", "cohorts", {"월별 코호트", "Monthly cohorts"}},
};

static gy_status cleaning_sql(gy_run_context *run, char **sql, gy_error *err) {
  const char *text = json_string_value(json_object_get(run->totals, "cleaning_sql"));
  *sql = text != NULL ? strdup(text) : NULL;
  return *sql != NULL ? GY_OK
                      : gy_fail(err, GY_ENOTFOUND, "the last run left no cleaning SQL; run with --force");
}

static gy_status features_sql(gy_run_context *run, char **sql, gy_error *err) {
  gy_feature_query query = gy_run_stored_query(run);
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
  return gy_cohort_sql(&query, sql, err);
}

gy_status gy_project_sql_text(gy_run_context *run, const gy_project_sql_entry *entry, char **sql,
                              gy_error *err) {
  static gy_status (*const MAKERS[GY_PROJECT_SQL_COUNT])(gy_run_context *, char **, gy_error *) = {
      cleaning_sql, features_sql, rfm_sql, clusters_sql, cohort_sql};
  return MAKERS[entry - gy_project_sqls](run, sql, err);
}
