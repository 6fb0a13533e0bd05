/* SPDX-License-Identifier: Apache-2.0 */
#include "study/quality.h"

#include <string.h>

#include "base/clock.h"

static const char *const VERDICTS[] = {"pass", "warn", "quarantine", "stop"};

static int gravity_of(const char *verdict) {
  for (int i = 3; i > 0; i--)
    if (verdict != NULL && strcmp(VERDICTS[i], verdict) == 0) return i;
  return 0;
}

static json_t *source_json(const json_t *detail, int *gravest) {
  static const char *const KEYS[] = {"target",      "read",      "accepted", "rejected",
                                     "repaired",    "contracts", "missing",  "forgotten",
                                     "identifiers", "free_text", "retention"};
  json_t *entry = json_object();
  for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
    json_t *value = json_object_get(detail, KEYS[i]);
    if (value != NULL) json_object_set(entry, KEYS[i], value);
  }
  size_t i;
  json_t *contract;
  json_array_foreach(json_object_get(detail, "contracts"), i, contract) {
    int gravity = gravity_of(json_string_value(json_object_get(contract, "verdict")));
    if (gravity > *gravest) *gravest = gravity;
  }
  return entry;
}

json_t *gy_quality_json(const json_t *imports) {
  json_t *sources = json_object(), *detail;
  const char *name;
  int gravest = 0;
  json_object_foreach((json_t *)imports, name, detail) {
    json_object_set_new(sources, name, source_json(detail, &gravest));
  }
  return json_pack("{s:s, s:o}", "verdict", VERDICTS[gravest], "sources", sources);
}

static json_t *history_row(const char *run, const char *started_at, const json_t *sources) {
  json_int_t read = 0, rejected = 0, repaired = 0, rules = 0, failing = 0;
  const char *name;
  json_t *source, *contract;
  json_object_foreach((json_t *)sources, name, source) {
    size_t i;
    read += json_integer_value(json_object_get(source, "read"));
    rejected += json_integer_value(json_object_get(source, "rejected"));
    repaired += json_integer_value(json_object_get(source, "repaired"));
    json_array_foreach(json_object_get(source, "contracts"), i, contract) {
      rules++;
      failing += gravity_of(json_string_value(json_object_get(contract, "verdict"))) > 0;
    }
  }
  return json_pack("{s:s, s:s?, s:I, s:I, s:I, s:I, s:I}", "run", run, "started_at", started_at, "read", read,
                   "rejected", rejected, "repaired", repaired, "rules", rules, "failing", failing);
}

/* Runs before contracts left their counts under "sources" alone. */
static json_t *row_of_manifest(const json_t *manifest) {
  const json_t *sources = json_object_get(json_object_get(manifest, "quality"), "sources");
  if (sources == NULL) sources = json_object_get(manifest, "sources");
  return history_row(json_string_value(json_object_get(manifest, "run")),
                     json_string_value(json_object_get(manifest, "started_at")), sources);
}

/* "2026-01-31T09:05:00Z" of a run's id, which begins with its time: "20260131T090500Z-3fa9". */
static void time_of_run(const char *run, char text[32]) {
  text[0] = '\0';
  if (strlen(run) < 16) return;
  memcpy(text, "0000-00-00T00:00:00Z", 21);
  static const int FROM[] = {0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14},
                   TO[] = {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18};
  for (size_t i = 0; i < sizeof FROM / sizeof *FROM; i++) text[TO[i]] = run[FROM[i]];
}

gy_status gy_quality_history(gy_engine *engine, const json_t *quality, const char *run, size_t most,
                             json_t **rows, gy_error *err) {
  gy_value values[] = {gy_bind_text(run), gy_bind_int64((int64_t)most)};
  json_t *found = NULL, *row, *made = json_array();
  char started_at[32];
  gy_status status = gy_engine_json(engine, gy_sql("study/run_manifests"), values, 2, NULL, &found, err);
  size_t i;
  json_array_foreach(found, i, row) {
    json_t *manifest = json_loads(json_string_value(json_object_get(row, "manifest")), 0, NULL);
    if (manifest != NULL && strcmp(json_string_value(json_object_get(row, "run")), run) < 0)
      json_array_insert_new(made, 0, row_of_manifest(manifest));
    json_decref(manifest);
  }
  json_decref(found);
  time_of_run(run, started_at);
  json_array_append_new(made, history_row(run, started_at, json_object_get(quality, "sources")));
  if (status == GY_OK)
    *rows = made;
  else
    json_decref(made);
  return status;
}

/* Copies of the rows of a list, each with the name of its source. */
static void add_rows(json_t *rows, const char *source, const json_t *list) {
  size_t i;
  json_t *row;
  json_array_foreach(list, i, row) {
    json_t *own = json_copy(row);
    json_object_set_new(own, "source", json_string(source));
    json_array_append_new(rows, own);
  }
}

json_t *gy_quality_tables(const json_t *quality) {
  static const char *const COUNTS[] = {"target", "read", "accepted", "rejected", "repaired", "forgotten"};
  json_t *by_source = json_array(), *contracts = json_array(), *missing = json_array(),
         *identifiers = json_array(), *free_text = json_array(), *entry;
  const char *name;
  json_object_foreach(json_object_get(quality, "sources"), name, entry) {
    json_t *row = json_pack("{s:s}", "source", name);
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
      json_t *value = json_object_get(entry, COUNTS[i]);
      json_object_set_new(row, COUNTS[i], value != NULL ? json_incref(value) : json_integer(0));
    }
    json_array_append_new(by_source, row);
    add_rows(contracts, name, json_object_get(entry, "contracts"));
    add_rows(missing, name, json_object_get(entry, "missing"));
    add_rows(identifiers, name, json_object_get(entry, "identifiers"));
    add_rows(free_text, name, json_object_get(entry, "free_text"));
  }
  return json_pack("{s:o, s:o, s:o, s:o, s:o}", "by_source", by_source, "contracts", contracts, "missing",
                   missing, "identifiers", identifiers, "free_text", free_text);
}
