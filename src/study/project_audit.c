/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log as users see it. */
#include <gyeol/privacy.h>
#include <jansson.h>
#include <stdlib.h>

#include "privacy/audit_log.h"
#include "study/project_privacy.h"
#include "study/result_text.h"

enum { DEFAULT_LINES = 100 };

/* Where there is no ring there was never anything to log. */
static gy_status read_log(const char *dir, size_t limit, gy_audit_verdict *verdict, json_t **lines,
                          gy_error *err) {
  gy_project project;
  gy_key_ring *ring = NULL;
  gy_error why = {0};
  gy_status status = gy_project_load(dir, &project, err);
  if (status == GY_OK) {
    status = gy_project_ring(&project, false, &ring, &why);
    if (status == GY_OK)
      status = gy_audit_read(ring, limit, verdict, lines, err);
    else if (status == GY_ENOTFOUND && !gy_project_has_vault(&project))
      status = GY_OK;
    else
      gy_fail(err, status, "%s", why.text);
  }
  gy_project_clear(&project);
  return status;
}

static json_t *verdict_json(const gy_audit_verdict *verdict) {
  json_t *made =
      json_pack("{s:b, s:I}", "holds", verdict->bad_line == 0, "lines", (json_int_t)verdict->n_lines);
  if (verdict->bad_line > 0) {
    json_object_set_new(made, "bad_line", json_integer((json_int_t)verdict->bad_line));
    json_object_set_new(made, "reason", json_string(verdict->reason));
  }
  if (verdict->is_ahead || verdict->is_torn)
    json_object_set_new(made, "crash", json_string(verdict->is_torn ? "torn" : "ahead"));
  return made;
}

gy_status gy_project_audit(const char *dir, size_t limit, const gy_task *task, char **result, gy_error *err) {
  (void)task;
  gy_audit_verdict verdict = {0};
  json_t *lines = NULL;
  gy_status status = read_log(dir, limit > 0 ? limit : DEFAULT_LINES, &verdict, &lines, err);
  if (status != GY_OK) return status;
  json_t *made = verdict_json(&verdict);
  json_object_set_new(made, "entries", lines != NULL ? lines : json_array());
  return gy_result_text(made, result, err);
}

gy_status gy_project_audit_verify(const char *dir, const gy_task *task, char **result, gy_error *err) {
  (void)task;
  gy_audit_verdict verdict = {0};
  gy_status status = read_log(dir, 0, &verdict, NULL, err);
  if (status != GY_OK) return status;
  if (verdict.bad_line > 0)
    return gy_fail(err, GY_ECORRUPT, "the audit log %s/.gyeol/audit.log was tampered with at line %llu: %s",
                   dir, (unsigned long long)verdict.bad_line, verdict.reason);
  return gy_result_text(verdict_json(&verdict), result, err);
}
