/* SPDX-License-Identifier: Apache-2.0
 *
 * What resemblance left for somebody to look at. Values stay in the vault: the list has customer ids and what
 * each field said. */
#include <gyeol/people.h>
#include <stdlib.h>

#include "study/last_run.h"

enum { LIST_DEFAULT = 20 };

static gy_status give(const gy_run_context *run, json_t *rows, char **result, gy_error *err) {
  size_t i;
  json_t *row;
  json_int_t n = json_integer_value(json_object_get(json_array_get(rows, 0), "n"));
  gy_step_record record = {0};
  gy_status status = gy_step_load(run->project.engine, "fuzzy", NULL, &record, err);
  json_array_foreach(rows, i, row) json_object_del(row, "n");
  json_t *counts = record.detail != NULL ? json_incref(record.detail) : json_null();
  json_t *object = json_pack("{s:I, s:o, s:O}", "waiting", n, "counts", counts, "pairs", rows);
  json_decref(record.detail);
  char *text = status == GY_OK ? json_dumps(object, JSON_COMPACT) : NULL;
  json_decref(object);
  if (status == GY_OK && text == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the result");
  if (status == GY_OK) *result = text;
  return status;
}

gy_status gy_project_identity_review(const char *dir, size_t limit, const gy_task *task, char **result,
                                     gy_error *err) {
  gy_run_context run;
  json_t *rows = NULL;
  gy_value most = gy_bind_int64(limit > 0 ? (int64_t)limit : LIST_DEFAULT);
  gy_status status = gy_last_run_open(dir, GY_NEEDS_A_RUN, task, &run, err);
  if (status == GY_OK && run.project.config.identity.fuzzy == GY_FUZZY_OFF)
    status = gy_fail(err, GY_ECONFIG,
                     "nobody is looked for by resemblance; set identity: {fuzzy: review} or merge in "
                     "gyeol.yaml, then gyeol run");
  if (status == GY_OK)
    status = gy_engine_json(run.project.engine, gy_sql("people/review_list"), &most, 1, task, &rows, err);
  if (status == GY_OK) status = give(&run, rows, result, err);
  json_decref(rows);
  gy_run_context_clear(&run);
  return status;
}
