/* SPDX-License-Identifier: Apache-2.0
 *
 * Consents from a file into the ledger. The file is looked at as `gyeol init` looks at files and read as a
 * source is; its rows join those that are there, each once, and stay when the file is gone. */
#include <stdlib.h>
#include <string.h>

#include <gyeol/consent.h>

#include "base/clock.h"
#include "base/file.h"
#include "data/role_guess.h"
#include "study/reject_open.h"
#include "study/import_plan.h"
#include "study/project_store.h"
#include "study/relations.h"
#include "study/run_privacy.h"

#define STAGING "staging_consents"
#define REJECTS "staging_consent_rejects"
enum { REJECTS_SHOWN = 100 };

typedef struct intake {
  gy_project project;
  gy_project_config found;
  gy_guess_report guess;
  bool is_guessed;
  gy_import_privacy privacy;
  gy_import_plan plan;
  gy_import_result result;
} intake;

static bool has_role(const gy_source_config *source, gy_role role) {
  for (uint32_t i = 0; i < source->n_columns; i++)
    if (source->columns[i].role == role) return true;
  return false;
}

/* The one table of consents in the file. */
static gy_status find_source(intake *in, const char *path, const gy_source_config **source, gy_error *err) {
  gy_status status = gy_guess_sources(&path, 1, in->project.dir, &in->found, &in->guess, err);
  in->is_guessed = status == GY_OK;
  for (uint32_t i = 0; status == GY_OK && i < in->found.n_sources; i++)
    if (in->found.sources[i].target == GY_TARGET_CONSENTS) *source = &in->found.sources[i];
  if (status == GY_OK && *source == NULL)
    status = gy_fail(
        err, GY_EDATA,
        "%s is no table of consents: it needs a column that says yes or no (granted, 동의여부), one that "
        "names the person (customer_id, email, phone), and one of purpose, channel or time",
        path);
  return status;
}

static gy_status read_file(intake *in, const gy_source_config *source, const gy_task *task, gy_error *err) {
  gy_engine *engine = in->project.engine;
  gy_status status = gy_relation_drop(engine, REJECTS, err);
  if (status == GY_OK)
    status = gy_engine_execute(engine, "CREATE TABLE " REJECTS " AS SELECT * FROM rejects LIMIT 0", NULL, 0,
                               NULL, NULL, NULL, err);
  if (status == GY_OK) status = gy_run_privacy_init(&in->privacy, &in->project, err);
  if (status == GY_OK) status = gy_import_plan_paths(source, in->project.root, &in->plan, err);
  if (status == GY_OK)
    status = gy_import_plan_complete(source, in->project.config.timezone, &in->privacy, &in->plan, err);
  if (status != GY_OK) return status;
  for (size_t c = 0; c < in->plan.n_columns; c++)
    in->plan.columns[c].text_id = in->plan.columns[c].kind == GY_IMPORT_ID;
  in->plan.spec.table = STAGING;
  in->plan.spec.rejects = REJECTS;
  return gy_import_run(engine, &in->plan.spec, task, &in->result, err);
}

static const char *column_or(const gy_source_config *source, gy_role role, const char *fallback) {
  return has_role(source, role) ? gy_role_column(role, GY_TARGET_CONSENTS) : fallback;
}

static gy_status add_rows(intake *in, const gy_source_config *source, const char *path, uint64_t *added,
                          gy_error *err) {
  const char *slash = strrchr(path, '/');
  char channel[160];
  bool has_purpose = has_role(source, GY_ROLE_PURPOSE), has_channel = has_role(source, GY_ROLE_CHANNEL);
  snprintf(channel, sizeof channel, "%s%s%s",
           has_purpose ? "CASE WHEN purpose = 'analytics' THEN '*' ELSE " : "",
           has_channel ? "channel" : "'*'", has_purpose ? " END" : "");
  const gy_sql_part parts[] = {{"customer_id", column_or(source, GY_ROLE_CUSTOMER, "NULL")},
                               {"email", column_or(source, GY_ROLE_EMAIL, "NULL")},
                               {"phone", column_or(source, GY_ROLE_PHONE, "NULL")},
                               {"purpose", column_or(source, GY_ROLE_PURPOSE, "'marketing'")},
                               {"channel", channel},
                               {"decided_at", column_or(source, GY_ROLE_TIME, "NULL")},
                               {"source", column_or(source, GY_ROLE_TRAFFIC_SOURCE, "NULL")},
                               {"text_version", column_or(source, GY_ROLE_TEXT_VERSION, "NULL")},
                               {"staging", STAGING}};
  gy_value values[] = {gy_bind_text(slash != NULL ? slash + 1 : path), gy_bind_timestamp(gy_clock_utc_us())};
  char *sql = NULL;
  gy_status status =
      gy_sql_expand(gy_sql("people/consent_take_in"), parts, sizeof parts / sizeof *parts, &sql, err);
  if (status == GY_OK) status = gy_engine_execute(in->project.engine, sql, values, 2, NULL, NULL, added, err);
  free(sql);
  return status;
}

static gy_status tell(intake *in, const char *path, uint64_t added, json_t **made, gy_error *err) {
  char sql[160];
  json_t *rejects = NULL;
  snprintf(sql, sizeof sql,
           "SELECT line, column_name AS \"column\", value, reason FROM " REJECTS
           " ORDER BY file, line LIMIT %d",
           REJECTS_SHOWN);
  gy_status status = gy_engine_json(in->project.engine, sql, NULL, 0, NULL, &rejects, err);
  gy_rejects_hide(rejects);
  if (status == GY_OK)
    *made = json_pack("{s:s, s:I, s:I, s:I, s:I, s:o}", "file", path, "read", (json_int_t)in->result.n_read,
                      "added", (json_int_t)added, "known", (json_int_t)(in->result.n_accepted - added),
                      "rejected", (json_int_t)in->result.n_rejected, "rejects", rejects);
  return status;
}

static gy_status take_in(intake *in, const char *path, const gy_task *task, json_t **made, gy_error *err) {
  const gy_source_config *source = NULL;
  uint64_t added = 0;
  gy_status status = find_source(in, path, &source, err);
  if (status == GY_OK) status = gy_engine_begin(in->project.engine, err);
  if (status == GY_OK) status = read_file(in, source, task, err);
  if (status == GY_OK) status = add_rows(in, source, path, &added, err);
  if (status == GY_OK) status = tell(in, path, added, made, err);
  if (status == GY_OK) status = gy_relation_drop(in->project.engine, STAGING, err);
  if (status == GY_OK) status = gy_relation_drop(in->project.engine, REJECTS, err);
  return status == GY_OK ? gy_engine_commit(in->project.engine, err) : status;
}

gy_status gy_project_consent_import(const char *dir, const char *path, const gy_task *task, char **result,
                                    gy_error *err) {
  intake in = {0};
  json_t *made = NULL;
  gy_status status = gy_project_load(dir, &in.project, err);
  if (status == GY_OK && !gy_path_exists(path))
    status = gy_fail(err, GY_ENOTFOUND, "there is no file %s", path);
  if (status == GY_OK) status = gy_project_open_store(&in.project, GY_STORE_WRITE, task, err);
  if (status == GY_OK) status = take_in(&in, path, task, &made, err);
  if (status == GY_OK) {
    *result = json_dumps(made, JSON_COMPACT);
    if (*result == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the result");
  }
  json_decref(made);
  gy_import_result_clear(&in.result);
  gy_import_plan_clear(&in.plan);
  if (in.is_guessed) gy_guess_report_clear(&in.guess);
  gy_project_config_clear(&in.found);
  gy_run_privacy_clear(&in.privacy);
  gy_project_clear(&in.project);
  return status;
}
