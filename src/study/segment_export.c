/* SPDX-License-Identifier: Apache-2.0
 *
 * The customers of a segment into a file: those who have agreed, at the moment of writing, to what the
 * segment is for. What is not known of somebody is consent.defaults of gyeol.yaml. Leaving nobody out of what
 * wants a consent needs a reason, which stands in the audit log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "people/consent_views.h"
#include "privacy/audit_log.h"
#include "study/consent_query.h"
#include "study/last_run.h"
#include "study/project_privacy.h"
#include "study/result_text.h"
#include "study/segment_members.h"
#include "study/segment_query.h"
#include "study/table_export.h"

typedef struct export_work {
  gy_run_context run;
  const gy_segment_export_options *options;
  gy_purpose purpose;
  gy_channel channel;
  char *members, *agreed; /* SELECTs: all of them, those who have agreed */
} export_work;

/* COPY takes no parameters, so the number stands in the text. */
static gy_status select_ready_made(const gy_run_context *run, const char *name, char **sql, gy_error *err) {
  gy_segment_ref ref;
  gy_status status = gy_segment_find(run->rfm, run->clusters, name, &ref, err);
  if (status != GY_OK) return status;
  char number[32];
  bool is_rfm = ref.kind == GY_SEGMENT_RFM;
  snprintf(number, sizeof number, "%lld", (long long)ref.number + (is_rfm ? 0 : 1));
  gy_sql_part parts[] = {{"segment", is_rfm ? "customer_rfm.segment" : "customer_clusters.cluster"},
                         {"number", number}};
  return gy_sql_expand(gy_sql("study/segment_customers"), parts, 2, sql, err);
}

/* The segment's customers, and the purpose that its definition names; ready-made ones are for analytics. */
static gy_status find_members(export_work *work, const char *name, gy_error *err) {
  json_t *entry = NULL;
  gy_status status = gy_segment_members_find(&work->run, name, &entry, err);
  if (status == GY_OK && entry == NULL) status = select_ready_made(&work->run, name, &work->members, err);
  if (status == GY_OK && entry != NULL) {
    const char *purpose = json_string_value(json_object_get(entry, "purpose"));
    if (purpose != NULL && !gy_purpose_read(purpose, strlen(purpose), &work->purpose))
      status = gy_fail(err, GY_ECORRUPT, "segment %s has the unknown purpose '%s'", name, purpose);
    if (status == GY_OK) status = gy_segment_members_select(entry, &work->members, err);
  }
  json_decref(entry);
  return status;
}

static gy_status read_options(export_work *work, gy_error *err) {
  const gy_segment_export_options *o = work->options;
  gy_consent_filter filter;
  gy_status status = gy_consent_filter_read(o->purpose, o->channel, &filter, err);
  if (status != GY_OK) return status;
  if (filter.purpose >= 0 && work->purpose != GY_PURPOSE_ANALYTICS && (int)work->purpose != filter.purpose)
    return gy_fail(err, GY_EUSAGE, "the segment is for %s by its definition; --purpose %s cannot change that",
                   gy_purpose_name(work->purpose), o->purpose);
  if (filter.purpose >= 0) work->purpose = (gy_purpose)filter.purpose;
  if (filter.channel >= 0) work->channel = (gy_channel)filter.channel;
  if (work->purpose == GY_PURPOSE_ANALYTICS) work->channel = GY_CHANNEL_ANY; /* it knows none */
  bool wants_reason = work->purpose == GY_PURPOSE_MARKETING || work->purpose == GY_PURPOSE_THIRD_PARTY;
  bool has_reason = o->reason != NULL && o->reason[strspn(o->reason, " ")] != '\0';
  if (o->everybody && wants_reason && !has_reason)
    return gy_fail(
        err, GY_EUSAGE,
        "--all would export people without consent for %s; it needs --reason TEXT, which the audit log "
        "keeps",
        gy_purpose_name(work->purpose));
  return GY_OK;
}

/* ---- consent ---- */

static gy_status select_agreed(export_work *work, gy_error *err) {
  gy_engine *engine = work->run.project.engine;
  char moment[GY_CONSENT_MOMENT_MAX];
  int64_t can_say = 0;
  bool otherwise = gy_consent_default(&work->run.project.config, work->purpose);
  gy_status status = gy_engine_int64(engine, gy_sql("people/consent_is_known"), NULL, 0, &can_say, err);
  if (status != GY_OK) return status;
  const gy_sql_part parts[] = {{"members", work->members},
                               {"moment", gy_consent_moment_sql(gy_clock_utc_us(), moment)},
                               {"purpose", gy_purpose_name(work->purpose)},
                               {"channel", gy_channel_name(work->channel)},
                               {"otherwise", otherwise ? "TRUE" : "FALSE"}};
  const char *file = can_say > 0 ? "segment/agreed" : "segment/agreed_by_default";
  return gy_sql_expand(gy_sql(file), parts, 5, &work->agreed, err);
}

static gy_status count_members(const export_work *work, int64_t *n, gy_error *err) {
  char *sql = NULL;
  if (asprintf(&sql, "SELECT count(*) FROM (%s) AS x", work->members) < 0)
    return gy_fail(err, GY_ENOMEM, "no memory to count a segment");
  gy_status status = gy_engine_int64(work->run.project.engine, sql, NULL, 0, n, err);
  free(sql);
  return status;
}

static gy_status note_reason(export_work *work, const char *name, int64_t n, gy_error *err) {
  gy_key_ring *ring = NULL;
  json_t *detail = json_pack("{s:s, s:s, s:s, s:s, s:I}", "segment", name, "purpose",
                             gy_purpose_name(work->purpose), "channel", gy_channel_name(work->channel),
                             "reason", work->options->reason, "customers", (json_int_t)n);
  gy_audit_entry entry = {.action = "segment.export_all", .detail = detail};
  gy_status status =
      detail != NULL ? GY_OK : gy_fail(err, GY_EUSAGE, "--reason is not UTF-8, or there is no memory for it");
  if (status == GY_OK) status = gy_project_ring(&work->run.project, true, &ring, err);
  if (status == GY_OK) status = gy_audit_append(ring, &entry, err);
  json_decref(detail);
  return status;
}

static gy_status export_rows(export_work *work, const char *name, const char *path, const gy_task *task,
                             char **result, gy_error *err) {
  bool everybody = work->options->everybody;
  int64_t members = 0;
  uint64_t n_rows = 0;
  gy_status status = count_members(work, &members, err);
  if (status == GY_OK && everybody && work->options->reason != NULL)
    status = note_reason(work, name, members, err);
  if (status == GY_OK && !everybody) status = select_agreed(work, err);
  if (status == GY_OK)
    status = gy_table_export(work->run.project.engine, everybody ? work->members : work->agreed, path, task,
                             &n_rows, err);
  if (status != GY_OK) return status;
  return gy_result_text(
      json_pack("{s:s, s:s, s:I, s:I, s:s, s:s, s:b}", "segment", name, "file", path, "customers",
                (json_int_t)n_rows, "left_out", (json_int_t)members - (json_int_t)n_rows, "purpose",
                gy_purpose_name(work->purpose), "channel", gy_channel_name(work->channel), "everybody",
                everybody),
      result, err);
}

gy_status gy_project_segment_export(const char *dir, const char *name, const char *path,
                                    const gy_segment_export_options *options, const gy_task *task,
                                    char **result, gy_error *err) {
  static const gy_segment_export_options NONE;
  export_work work = {.options = options != NULL ? options : &NONE};
  gy_status status = gy_last_run_open(dir, GY_NEEDS_SEGMENTS, task, &work.run, err);
  if (status == GY_OK) status = find_members(&work, name, err);
  if (status == GY_OK) status = read_options(&work, err);
  if (status == GY_OK) status = export_rows(&work, name, path, task, result, err);
  free(work.members);
  free(work.agreed);
  gy_run_context_clear(&work.run);
  return status;
}
