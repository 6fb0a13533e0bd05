/* SPDX-License-Identifier: Apache-2.0 */
#include "study/step.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gy_digest {
  crypto_generichash_state state;
};

gy_digest *gy_digest_create(void) {
  /* The state must be 64-byte aligned. */
  gy_digest *digest = aligned_alloc(64, (sizeof *digest + 63) / 64 * 64);
  if (digest != NULL) crypto_generichash_init(&digest->state, NULL, 0, GY_FINGERPRINT_CHARS / 2);
  return digest;
}

void gy_digest_text(gy_digest *digest, const char *text) {
  if (digest == NULL) return;
  uint64_t length = text != NULL ? strlen(text) : UINT64_MAX;
  crypto_generichash_update(&digest->state, (const unsigned char *)&length, sizeof length);
  if (text != NULL) crypto_generichash_update(&digest->state, (const unsigned char *)text, length);
}

void gy_digest_finish(gy_digest *digest, char hex[GY_FINGERPRINT_CHARS + 1]) {
  unsigned char bytes[GY_FINGERPRINT_CHARS / 2] = {0};
  if (digest != NULL) crypto_generichash_final(&digest->state, bytes, sizeof bytes);
  sodium_bin2hex(hex, GY_FINGERPRINT_CHARS + 1, bytes, sizeof bytes);
  free(digest);
}

/* The form in the store: "INPUTS SETTINGS VERSION". */
static void render(const gy_fingerprint *fingerprint, char *text, size_t size) {
  snprintf(text, size, "%s %s %d", fingerprint->inputs, fingerprint->settings, fingerprint->version);
}

static void digest_rendered(const char *rendered, char hex[GY_FINGERPRINT_CHARS + 1]) {
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, rendered);
  gy_digest_finish(digest, hex);
}

void gy_fingerprint_text(const gy_fingerprint *fingerprint, char hex[GY_FINGERPRINT_CHARS + 1]) {
  char text[128];
  render(fingerprint, text, sizeof text);
  digest_rendered(text, hex);
}

static const char *difference(const gy_fingerprint *now, const char *stored) {
  gy_fingerprint then = {0};
  if (sscanf(stored, "%32s %32s %d", then.inputs, then.settings, &then.version) != 3)
    return "its record is unreadable";
  if (now->reason != NULL) return now->reason;
  if (strcmp(now->inputs, then.inputs) != 0) return "its inputs changed";
  if (strcmp(now->settings, then.settings) != 0) return "its settings changed";
  if (now->version != then.version) return "gyeol computes it differently now";
  return NULL;
}

typedef struct {
  char *fingerprint;
  char *run;
  char *detail;
} stored_step;

static void stored_step_clear(stored_step *stored) {
  free(stored->fingerprint);
  free(stored->run);
  free(stored->detail);
}

/* Leaves `stored` empty when the step has never run. */
static gy_status load_stored(gy_engine *engine, const char *step, stored_step *stored, gy_error *err) {
  gy_value name = gy_bind_text(step);
  json_t *rows = NULL;
  gy_status status = gy_engine_json(engine, gy_sql("study/step_load"), &name, 1, NULL, &rows, err);
  if (status != GY_OK) return status;
  const json_t *row = json_array_get(rows, 0);
  if (row != NULL) {
    stored->fingerprint = strdup(json_string_value(json_object_get(row, "fingerprint")));
    stored->run = strdup(json_string_value(json_object_get(row, "run")));
    stored->detail = strdup(json_string_value(json_object_get(row, "detail")));
  }
  bool whole = row == NULL || (stored->fingerprint && stored->run && stored->detail);
  json_decref(rows);
  return whole ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the record of step %s", step);
}

gy_status gy_step_load(gy_engine *engine, const char *step, const char *inputs, gy_step_record *record,
                       gy_error *err) {
  stored_step stored = {0};
  gy_step_record made = {0};
  gy_status status = load_stored(engine, step, &stored, err);
  bool is_current = stored.fingerprint != NULL &&
                    (inputs == NULL || strncmp(stored.fingerprint, inputs, GY_FINGERPRINT_CHARS) == 0);
  if (status == GY_OK && is_current) {
    made.detail = json_loads(stored.detail, 0, NULL);
    snprintf(made.run, sizeof made.run, "%s", stored.run);
    digest_rendered(stored.fingerprint, made.text);
    if (made.detail == NULL)
      status = gy_fail(err, GY_ECORRUPT, "the record of step %s is damaged; run with --force", step);
  }
  if (status == GY_OK) *record = made;
  stored_step_clear(&stored);
  return status;
}

static gy_status log_step(gy_run_log *log, const char *step, const char *state, double seconds,
                          json_t *detail, const char *reason, gy_error *err) {
  json_t *entry = json_pack("{s:s, s:s, s:f, s:I, s:s}", "step", step, "state", state, "seconds", seconds,
                            "rows", json_integer_value(json_object_get(detail, "rows")), "reason", reason);
  if (entry == NULL || json_array_append_new(log->steps, entry) != 0)
    return gy_fail(err, GY_ENOMEM, "no memory for the run's log");
  return GY_OK;
}

gy_status gy_step_start(gy_run_log *log, const char *step, const gy_fingerprint *fingerprint, bool *must_run,
                        json_t **detail, gy_error *err) {
  stored_step stored = {0};
  gy_status status = load_stored(log->engine, step, &stored, err);
  if (status != GY_OK) goto done;
  const char *reason = stored.fingerprint == NULL ? "first run"
                       : log->force               ? "asked for"
                                                  : difference(fingerprint, stored.fingerprint);
  *must_run = reason != NULL;
  if (*must_run) {
    log->changed = true;
    status = log_step(log, step, "ran", 0, NULL, reason, err);
    goto done;
  }
  char since[128];
  snprintf(since, sizeof since, "nothing changed since run %s", stored.run);
  json_t *loaded = json_loads(stored.detail, 0, NULL);
  status = log_step(log, step, "kept", 0, loaded, since, err);
  if (status == GY_OK && detail != NULL)
    *detail = loaded;
  else
    json_decref(loaded);
done:
  stored_step_clear(&stored);
  return status;
}

/* The entry that gy_step_start made for the step. */
static json_t *find_entry(const gy_run_log *log, const char *step) {
  size_t i;
  json_t *entry;
  json_array_foreach(log->steps, i, entry) {
    if (strcmp(json_string_value(json_object_get(entry, "step")), step) == 0) return entry;
  }
  return NULL;
}

gy_status gy_step_finish(gy_run_log *log, const char *step, const gy_fingerprint *fingerprint, double seconds,
                         const gy_step_report *report, gy_error *err) {
  json_t *detail = report->detail != NULL ? report->detail : json_object();
  json_object_set_new(detail, "rows", json_integer((json_int_t)report->rows));
  json_t *entry = find_entry(log, step);
  json_object_set_new(entry, "seconds", json_real(seconds));
  json_object_set_new(entry, "rows", json_integer((json_int_t)report->rows));
  char rendered[128];
  render(fingerprint, rendered, sizeof rendered);
  char *text = json_dumps(detail, JSON_COMPACT | JSON_ENCODE_ANY);
  json_decref(detail);
  if (text == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the record of step %s", step);
  gy_value values[] = {gy_bind_text(step), gy_bind_text(rendered), gy_bind_text(log->run),
                       gy_bind_double(seconds), gy_bind_text(text)};
  gy_status status =
      gy_engine_execute(log->engine, gy_sql("study/step_store"), values, 5, NULL, NULL, NULL, err);
  free(text);
  return status;
}
