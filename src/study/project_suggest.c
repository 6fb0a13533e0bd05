/* SPDX-License-Identifier: Apache-2.0
 *
 * Which clusters for the customers of a project? Their features are taken as of some time ago, so that what
 * they did since can say whether the clusters tell customers apart that matter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gyeol/cluster.h>

#include "base/buffer.h"
#include "base/file.h"
#include "study/last_run.h"
#include "study/table_export.h"

enum { DEFAULT_HORIZON_DAYS = 90, SQL_MAX = 1 << 20 };
static const int64_t DAY_US = INT64_C(86400000000);

typedef struct {
  gy_run_context run;
  const gy_project_suggest_options *options;
  int outcome_days; /* 0: the orders do not reach back far enough */
  char *file;       /* the customers, while suggestions are made */
} project_suggestion;

static char *column_list(const gy_cluster_config *config) {
  gy_buffer text;
  gy_buffer_init(&text, SQL_MAX);
  for (uint32_t i = 0; i < config->n_features; i++) {
    char *name = gy_sql_identifier(config->features[i]);
    gy_buffer_printf(&text, "%sCAST(%s AS DOUBLE) AS %s", i > 0 ? ", " : "", name != NULL ? name : "",
                     name != NULL ? name : "");
    text.failed = text.failed || name == NULL;
    free(name);
  }
  char *list = gy_buffer_take(&text);
  gy_buffer_clear(&text);
  return list;
}

/* The features at `as_of_us` beside what followed. */
static gy_status customers_sql(project_suggestion *s, int64_t as_of_us, int64_t until_us, char **sql,
                               gy_error *err) {
  gy_feature_query query = gy_run_stored_query(&s->run);
  query.as_of_us = as_of_us;
  if (gy_run_left_out(&s->run) > 0) query.exclude_mask |= GY_LINE_NO_ANALYTICS;
  char since[32], until[32], *features = NULL, *columns = column_list(&s->run.project.config.clusters);
  snprintf(since, sizeof since, "%lld", (long long)as_of_us);
  snprintf(until, sizeof until, "%lld", (long long)until_us);
  gy_status status = columns != NULL ? gy_feature_sql(&query, &features, err)
                                     : gy_fail(err, GY_ENOMEM, "no memory for the columns to cluster by");
  const gy_sql_part parts[] = {{"features", features},
                               {"columns", columns},
                               {"kept", s->run.counts_sql},
                               {"since_us", since},
                               {"until_us", until}};
  if (status == GY_OK)
    status =
        gy_sql_expand(gy_sql("study/features_with_outcome"), parts, sizeof parts / sizeof *parts, sql, err);
  free(columns);
  free(features);
  return status;
}

static gy_status write_customers(project_suggestion *s, gy_error *err) {
  int64_t as_of_us = json_integer_value(json_object_get(s->run.totals, "as_of_us")), first_us = 0;
  int64_t horizon_us =
      (s->options->horizon_days > 0 ? s->options->horizon_days : DEFAULT_HORIZON_DAYS) * DAY_US;
  char *sql = NULL, name[64];
  gy_status status =
      gy_engine_int64(s->run.project.engine, gy_sql("study/first_order_us"), NULL, 0, &first_us, err);
  if (status != GY_OK) return status;
  bool reaches_back = first_us <= as_of_us - 2 * horizon_us;
  s->outcome_days = reaches_back ? (int)(horizon_us / DAY_US) : 0;
  status = customers_sql(s, reaches_back ? as_of_us - horizon_us : as_of_us, as_of_us, &sql, err);
  snprintf(name, sizeof name, "suggest-%ld.parquet", (long)getpid());
  if (status == GY_OK) {
    s->file = gy_path_join(s->run.project.state_dir, name);
    if (s->file == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for a file's name");
  }
  if (status == GY_OK) status = gy_table_export(s->run.project.engine, sql, s->file, s->run.task, NULL, err);
  free(sql);
  return status;
}

/* The features' usual scaling is by logarithm: spend and counts have long tails. */
static gy_status suggest(const project_suggestion *s, char **result, gy_error *err) {
  const gy_cluster_config *config = &s->run.project.config.clusters;
  gy_cluster_suggest_options options = {.input = s->file,
                                        .columns = (const char *const *)config->features,
                                        .n_columns = config->n_features,
                                        .outcome = s->outcome_days > 0 ? "later_spend" : NULL,
                                        .scale = "log",
                                        .time_seconds = s->options->time_seconds,
                                        .seed = s->options->seed};
  char *text = NULL;
  gy_status status = gy_cluster_suggest(&options, s->run.task, &text, err);
  if (status != GY_OK) return status;
  json_t *found = json_loads(text, 0, NULL), *columns = json_array();
  free(text);
  for (uint32_t i = 0; i < config->n_features; i++)
    json_array_append_new(columns, json_string(config->features[i]));
  json_object_set_new(found, "columns", columns);
  json_object_set_new(found, "outcome_days", json_integer(s->outcome_days));
  *result = found != NULL ? json_dumps(found, JSON_COMPACT) : NULL;
  json_decref(found);
  return *result != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the result");
}

gy_status gy_project_suggest(const char *dir, const gy_project_suggest_options *options, const gy_task *task,
                             char **result, gy_error *err) {
  project_suggestion s = {.options = options};
  gy_status status = gy_last_run_open(dir, GY_NEEDS_FEATURES, task, &s.run, err);
  if (status == GY_OK) status = write_customers(&s, err);
  if (status == GY_OK) status = suggest(&s, result, err);
  if (s.file != NULL) unlink(s.file);
  free(s.file);
  gy_run_context_clear(&s.run);
  return status;
}
