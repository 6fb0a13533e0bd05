/* SPDX-License-Identifier: Apache-2.0 */
#include "study/retention.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "study/duplicate_rows.h"
#include "study/relations.h"

typedef struct period {
  gy_import_step *step;
  gy_engine *engine;
  uint32_t days;
  const char *time;                                    /* column of the relation */
  char *whole;                                         /* name of the view that is passed over */
  int64_t cutoff_us, before_us, effective_us, expired; /* cutoff_us of now and of the last run */
  gy_relation_kind kind;
} period;

static gy_status no_memory(const gy_import_step *step, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for the retention of source %s", step->source->name);
}

/* A statement about the relation; $1 and $2 are moments. */
static gy_status make_sql(const period *p, const char *query, const char *name, const char *other, char **sql,
                          gy_error *err) {
  char *quoted = gy_sql_identifier(name), *other_quoted = gy_sql_identifier(other),
       *time = gy_sql_identifier(p->time), *source = gy_sql_literal(p->step->source->name);
  gy_sql_part parts[] = {{"name", quoted}, {"other", other_quoted}, {"time", time}, {"source", source}};
  bool made = quoted != NULL && other_quoted != NULL && time != NULL && source != NULL;
  gy_status status = made ? gy_sql_expand(gy_sql(query), parts, 4, sql, err) : no_memory(p->step, err);
  free(quoted);
  free(other_quoted);
  free(time);
  free(source);
  return status;
}

static gy_status load(period *p, gy_error *err) {
  gy_value days[] = {gy_bind_int64(p->days), gy_bind_text(p->step->run->project.config.timezone)};
  gy_value source = gy_bind_text(p->step->source->name);
  json_t *rows = NULL;
  gy_status status =
      gy_engine_int64(p->engine, gy_sql("study/retention_cutoff"), days, 2, &p->cutoff_us, err);
  if (status == GY_OK)
    status = gy_engine_json(p->engine, gy_sql("study/retention_load"), &source, 1, NULL, &rows, err);
  const json_t *row = json_array_get(rows, 0);
  if (row != NULL && !p->step->must_run) { /* what was read anew knows of nothing before */
    p->before_us = json_integer_value(json_object_get(row, "cutoff_us"));
    p->effective_us = json_integer_value(json_object_get(row, "effective_us"));
    p->expired = json_integer_value(json_object_get(row, "expired"));
  } else if (row != NULL && p->step->is_partial) {
    p->expired = json_integer_value(json_object_get(row, "expired"));
  }
  json_decref(rows);
  if (status == GY_OK) status = gy_relation_find(p->engine, p->step->relation, &p->kind, err);
  return status;
}

static gy_status store(const period *p, gy_error *err) {
  gy_value values[] = {gy_bind_text(p->step->source->name), gy_bind_timestamp(p->cutoff_us),
                       p->effective_us != 0 ? gy_bind_timestamp(p->effective_us) : gy_bind_null(),
                       gy_bind_int64(p->expired)};
  gy_status status = gy_engine_execute(p->engine, "DELETE FROM retention_cutoffs WHERE source = $1", values,
                                       1, NULL, NULL, NULL, err);
  return status == GY_OK
             ? gy_engine_execute(p->engine, gy_sql("study/retention_store"), values, 4, NULL, NULL, NULL, err)
             : status;
}

/* ---- a source that was copied ---- */

static gy_status expire_table(period *p, uint64_t *expired, gy_error *err) {
  gy_value cutoff = gy_bind_timestamp(p->cutoff_us);
  const gy_source_config *source = p->step->source;
  char *sql = NULL;
  gy_status status = GY_OK;
  if (!p->step->must_run && gy_duplicates_any(&source->duplicates)) /* whom an old row stood for comes back */
    status = gy_duplicates_restore(p->engine, source->name, p->step->run->task, err);
  if (status == GY_OK)
    status = make_sql(p, "study/retention_expire", p->step->relation, p->step->relation, &sql, err);
  if (status == GY_OK)
    status = gy_engine_execute(p->engine, sql, &cutoff, 1, NULL, p->step->run->task, expired, err);
  free(sql);
  p->expired += (int64_t)*expired;
  return status;
}

/* ---- one that stays in place ---- */

static gy_status cover_view(const period *p, gy_error *err) {
  char *sql = NULL;
  gy_status status = gy_relation_replace(p->engine, p->step->relation, p->whole, err);
  if (status == GY_OK) status = make_sql(p, "study/retention_view", p->step->relation, p->whole, &sql, err);
  if (status == GY_OK) status = gy_engine_execute(p->engine, sql, NULL, 0, NULL, NULL, NULL, err);
  free(sql);
  return status;
}

static gy_status expire_view(period *p, uint64_t *expired, gy_error *err) {
  gy_value cutoffs[] = {gy_bind_timestamp(p->cutoff_us), gy_bind_timestamp(p->before_us)};
  char *sql = NULL;
  json_t *rows = NULL;
  if (!p->step->must_run && p->before_us == p->cutoff_us) return GY_OK; /* counted today */
  gy_status status = p->step->must_run ? cover_view(p, err) : GY_OK;
  if (status == GY_OK) status = make_sql(p, "study/retention_count", p->whole, p->whole, &sql, err);
  if (status == GY_OK) status = gy_engine_json(p->engine, sql, cutoffs, 2, p->step->run->task, &rows, err);
  if (status == GY_OK) {
    const json_t *row = json_array_get(rows, 0);
    p->expired = json_integer_value(json_object_get(row, "expired"));
    *expired = (uint64_t)json_integer_value(json_object_get(row, "newly"));
  }
  json_decref(rows);
  free(sql);
  return status;
}

/* ---- both ---- */

static gy_status tell(const period *p, gy_error *err) {
  char since[32];
  gy_clock_rfc3339(p->cutoff_us, since);
  json_object_set_new(p->step->detail, "retention",
                      json_pack("{s:i, s:s, s:I}", "keep_days", (int)p->days, "since", since, "expired",
                                (json_int_t)p->expired));
  if (p->step->must_run) return GY_OK;
  char *text = json_dumps(p->step->detail, JSON_COMPACT);
  gy_value values[] = {gy_bind_text(p->step->name), gy_bind_text(text)};
  gy_status status = text != NULL
                         ? gy_engine_execute(p->engine, "UPDATE steps SET detail = $2 WHERE step = $1",
                                             values, 2, NULL, NULL, NULL, err)
                         : no_memory(p->step, err);
  free(text);
  return status;
}

static const char *time_column(const gy_source_config *source) {
  for (uint32_t c = 0; c < source->n_columns; c++)
    if (source->columns[c].role == GY_ROLE_TIME) return gy_column_role_target(source, &source->columns[c]);
  return NULL;
}

gy_status gy_retention_apply(gy_import_step *step, uint64_t *expired, gy_error *err) {
  period p = {.step = step,
              .engine = step->run->project.engine,
              .days = gy_retention_days(&step->run->project.config, step->source->target),
              .time = time_column(step->source)};
  *expired = 0;
  if (p.days == 0 || p.time == NULL || step->run->only_checks) return GY_OK;
  if (asprintf(&p.whole, "whole_%s", step->source->name) < 0) return no_memory(step, err);
  gy_status status = load(&p, err);
  bool is_view = p.kind == GY_RELATION_VIEW;
  bool was_today = !step->must_run && p.before_us == p.cutoff_us;
  if (status == GY_OK && !was_today && p.kind != GY_RELATION_NONE)
    status = (is_view ? expire_view : expire_table)(&p, expired, err);
  if (status == GY_OK && *expired > 0 && !step->must_run) p.effective_us = p.cutoff_us;
  if (status == GY_OK && !was_today) status = store(&p, err);
  if (status == GY_OK && !was_today) status = tell(&p, err);
  if (status == GY_OK && p.effective_us != 0)
    snprintf(step->retention, sizeof step->retention, "%lld", (long long)p.effective_us);
  free(p.whole);
  return status;
}
