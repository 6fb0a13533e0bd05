/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of runs: what makes a step run again, and what a kept one gives back. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "study/step.h"

static gy_engine *open_store(void) {
  gy_engine *engine = NULL;
  gy_error err = {0};
  gy_engine_options options = {.n_threads = 1};
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_execute(engine, gy_sql("schema/0001_store"), NULL, 0, NULL, NULL, NULL, &err), GY_OK,
               "%s", err.text);
  return engine;
}

static void digest_two(const char *a, const char *b, char hex[GY_FINGERPRINT_CHARS + 1]) {
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, a);
  gy_digest_text(digest, b);
  gy_digest_finish(digest, hex);
}

Test(step, digest_knows_where_texts_end) {
  static const char *const PAIRS[][2] = {{"ab", "c"}, {"a", "bc"},   {"", "abc"},
                                         {"abc", ""}, {"abc", NULL}, {NULL, "abc"}};
  enum { N = sizeof PAIRS / sizeof *PAIRS };
  char hex[N][GY_FINGERPRINT_CHARS + 1], again[GY_FINGERPRINT_CHARS + 1];
  for (size_t i = 0; i < N; i++) {
    digest_two(PAIRS[i][0], PAIRS[i][1], hex[i]);
    cr_assert_eq(strlen(hex[i]), (size_t)GY_FINGERPRINT_CHARS);
    for (size_t j = 0; j < i; j++) cr_assert_str_neq(hex[i], hex[j], "pairs %zu and %zu", i, j);
  }
  digest_two("ab", "c", again);
  cr_assert_str_eq(hex[0], again);
}

/* Runs the step if it must; returns the reason it gave. */
static const char *visit(gy_engine *engine, const gy_fingerprint *fingerprint, bool force, bool *ran,
                         json_t **detail) {
  static char reason[128];
  gy_error err = {0};
  gy_run_log log = {.engine = engine, .run = "r1", .force = force, .steps = json_array()};
  *detail = NULL;
  cr_assert_eq(gy_step_start(&log, "features", fingerprint, ran, detail, &err), GY_OK, "%s", err.text);
  cr_assert_eq(log.changed, *ran);
  if (*ran) {
    gy_step_report report = {.rows = 7, .detail = json_pack("{s:s}", "word", "kept")};
    cr_assert_eq(gy_step_finish(&log, "features", fingerprint, 0.5, &report, &err), GY_OK, "%s", err.text);
  }
  const json_t *entry = json_array_get(log.steps, 0);
  snprintf(reason, sizeof reason, "%s", json_string_value(json_object_get(entry, "reason")));
  cr_assert_str_eq(json_string_value(json_object_get(entry, "state")), *ran ? "ran" : "kept");
  cr_assert_eq(json_integer_value(json_object_get(entry, "rows")), 7);
  json_decref(log.steps);
  return reason;
}

Test(step, runs_when_a_part_of_its_fingerprint_changes) {
  gy_engine *engine = open_store();
  gy_fingerprint fingerprint = {.inputs = "00112233445566778899aabbccddeeff",
                                .settings = "ffeeddccbbaa99887766554433221100",
                                .version = 1};
  bool ran;
  json_t *detail;
  cr_expect_str_eq(visit(engine, &fingerprint, false, &ran, &detail), "first run");
  cr_expect_str_eq(visit(engine, &fingerprint, false, &ran, &detail), "nothing changed since run r1");
  cr_expect_not(ran);
  cr_expect_str_eq(json_string_value(json_object_get(detail, "word")), "kept");
  json_decref(detail);
  cr_expect_str_eq(visit(engine, &fingerprint, true, &ran, &detail), "asked for");
  fingerprint.inputs[0] = 'a';
  cr_expect_str_eq(visit(engine, &fingerprint, false, &ran, &detail), "its inputs changed");
  fingerprint.settings[0] = 'a';
  cr_expect_str_eq(visit(engine, &fingerprint, false, &ran, &detail), "its settings changed");
  fingerprint.version++;
  cr_expect_str_eq(visit(engine, &fingerprint, false, &ran, &detail), "gyeol computes it differently now");
  cr_expect_str_eq(visit(engine, &fingerprint, false, &ran, &detail), "nothing changed since run r1");
  json_decref(detail);
  gy_engine_close(engine);
}

Test(step, entries_are_found_by_name_when_steps_overlap) {
  gy_engine *engine = open_store();
  gy_error err = {0};
  gy_fingerprint fingerprint = {.inputs = "a", .settings = "b", .version = 1};
  gy_run_log log = {.engine = engine, .run = "r1", .steps = json_array()};
  bool ran;
  cr_assert_eq(gy_step_start(&log, "import:a", &fingerprint, &ran, NULL, &err), GY_OK);
  cr_assert_eq(gy_step_start(&log, "import:b", &fingerprint, &ran, NULL, &err), GY_OK);
  gy_step_report a = {.rows = 1}, b = {.rows = 2};
  cr_assert_eq(gy_step_finish(&log, "import:a", &fingerprint, 0, &a, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_step_finish(&log, "import:b", &fingerprint, 0, &b, &err), GY_OK, "%s", err.text);
  for (size_t i = 0; i < 2; i++)
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(log.steps, i), "rows")),
                 (json_int_t)i + 1);
  json_decref(log.steps);
  gy_engine_close(engine);
}
