/* SPDX-License-Identifier: Apache-2.0 */
#include "study/reject_open.h"

#include "base/buffer.h"
#include "privacy/audit_log.h"
#include "privacy/box.h"
#include "privacy/seal.h"
#include "study/project_privacy.h"

enum { OPENED_MAX = 1 << 20 };

static bool is_sealed(const json_t *row, const char *key) {
  const json_t *text = json_object_get(row, key);
  return json_is_string(text) && gy_text_is_sealed(json_string_value(text), json_string_length(text));
}

static gy_status open_text(gy_project *project, json_t *row, const char *key, gy_error *err) {
  const json_t *text = json_object_get(row, key);
  gy_key_ring *ring = NULL;
  gy_buffer opened;
  gy_buffer_init(&opened, OPENED_MAX);
  gy_status status = gy_project_ring(project, false, &ring, err);
  if (status == GY_OK)
    status = gy_unseal_text(ring, json_string_value(text), json_string_length(text), &opened, err);
  if (status == GY_OK && json_object_set_new(row, key, json_stringn(opened.data, opened.length)) != 0)
    status = gy_fail(err, GY_ENOMEM, "no memory to open a rejected row");
  gy_buffer_wipe(&opened);
  return status;
}

static gy_status log_opening(gy_project *project, const char *action, size_t n, gy_error *err) {
  gy_key_ring *ring = NULL;
  gy_status status = gy_project_ring(project, false, &ring, err);
  json_t *detail = json_pack("{s:I}", "rows", (json_int_t)n);
  if (status == GY_OK)
    status = gy_audit_append(ring, &(gy_audit_entry){.action = action, .detail = detail}, err);
  json_decref(detail);
  return status;
}

gy_status gy_rejects_open(gy_project *project, json_t *rows, const char *action, gy_error *err) {
  static const char *const KEYS[] = {"record", "value"};
  size_t i, n = 0;
  json_t *row;
  gy_status status = GY_OK;
  json_array_foreach(rows, i, row) { n += is_sealed(row, KEYS[0]) || is_sealed(row, KEYS[1]); }
  if (n > 0 && action != NULL) status = log_opening(project, action, n, err);
  json_array_foreach(rows, i, row) {
    for (size_t k = 0; k < 2 && status == GY_OK; k++)
      if (is_sealed(row, KEYS[k])) status = open_text(project, row, KEYS[k], err);
  }
  return status;
}

void gy_rejects_hide(json_t *rows) {
  size_t i;
  json_t *row;
  json_array_foreach(rows, i, row) {
    if (is_sealed(row, "value")) json_object_set_new(row, "value", json_string("sealed"));
  }
}
