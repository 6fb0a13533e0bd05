/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log: whatever is done to it is found, and a crash is not taken for it. */
#include "vault_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "privacy/audit_log.h"

TestSuite(audit, .fini = state_remove, .timeout = 60);

enum { LINES = 6, LINE_MAX_BYTES = 1024 };

static void append(gy_key_ring *ring, int i) {
  char reference[GY_AUDIT_REFERENCE_CHARS + 1], id[16];
  snprintf(id, sizeof id, "C%d", i);
  gy_audit_reference(ring, GY_IDENTIFIER_CUSTOMER_ID, id, strlen(id), reference);
  json_t *detail = json_pack("{s:i}", "i", i);
  const gy_audit_entry entry = {
      .actor = "kim", .action = "vault.open", .subject = reference, .detail = detail};
  gy_error err = {0};
  cr_assert_eq(gy_audit_append(ring, &entry, &err), GY_OK, "%s", err.text);
  json_decref(detail);
}

static gy_audit_verdict verdict_of(gy_key_ring *ring) {
  gy_audit_verdict verdict;
  gy_error err = {0};
  cr_assert_eq(gy_audit_read(ring, 0, &verdict, NULL, &err), GY_OK, "%s", err.text);
  return verdict;
}

/* Lines of a log, each with its newline. */
typedef struct {
  char line[LINES + 2][LINE_MAX_BYTES];
  int n;
} log_lines;

static log_lines read_lines(void) {
  log_lines lines = {0};
  FILE *file = fopen(in_state("audit.log"), "r");
  cr_assert_not_null(file);
  while (lines.n < LINES + 2 && fgets(lines.line[lines.n], LINE_MAX_BYTES, file) != NULL) lines.n++;
  fclose(file);
  return lines;
}

static void write_lines(const log_lines *lines, const int *order, int n) {
  FILE *file = fopen(in_state("audit.log"), "w");
  cr_assert_not_null(file);
  for (int i = 0; i < n; i++) fputs(lines->line[order[i]], file);
  fclose(file);
}

Test(audit, lines_come_back_and_name_nobody) {
  state_make();
  gy_key_ring *ring = ring_open(NULL);
  cr_expect_eq(verdict_of(ring).bad_line, 0, "a log that has not begun");
  for (int i = 0; i < LINES; i++) append(ring, i);
  gy_audit_verdict verdict;
  json_t *newest = NULL;
  cr_assert_eq(gy_audit_read(ring, 2, &verdict, &newest, NULL), GY_OK);
  cr_expect(verdict.n_lines == LINES && verdict.bad_line == 0 && !verdict.is_ahead && !verdict.is_torn);
  cr_assert_eq(json_array_size(newest), 2);
  cr_expect_eq(json_integer_value(json_object_get(json_array_get(newest, 1), "n")), LINES);
  cr_expect_str_eq(json_string_value(json_object_get(json_array_get(newest, 0), "action")), "vault.open");
  json_decref(newest);
  log_lines lines = read_lines();
  for (int i = 0; i < lines.n; i++)
    cr_expect_null(strstr(lines.line[i], "C4"), "a line names a customer: %s", lines.line[i]);
  gy_key_ring_close(ring);
}

Test(audit, removed_moved_added_lines_are_named) {
  static const struct {
    const char *what;
    int order[LINES + 1], n;
    uint64_t bad_line;
  } CASES[] = {{"as it was", {0, 1, 2, 3, 4, 5}, 6, 0},
               {"the first removed", {1, 2, 3, 4, 5}, 5, 1},
               {"one in the middle removed", {0, 1, 3, 4, 5}, 5, 3},
               {"the last removed", {0, 1, 2, 3, 4}, 5, 6},
               {"the last two removed", {0, 1, 2, 3}, 4, 5},
               {"all removed", {0}, 0, 1},
               {"two exchanged", {0, 2, 1, 3, 4, 5}, 6, 2},
               {"one twice", {0, 1, 1, 2, 3, 4, 5}, 7, 3},
               {"the last twice", {0, 1, 2, 3, 4, 5, 5}, 7, 7}};
  state_make();
  gy_key_ring *ring = ring_open(NULL);
  for (int i = 0; i < LINES; i++) append(ring, i);
  log_lines lines = read_lines();
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    write_lines(&lines, CASES[i].order, CASES[i].n);
    gy_audit_verdict verdict = verdict_of(ring);
    cr_expect_eq(verdict.bad_line, CASES[i].bad_line, "%s: line %llu: %s", CASES[i].what,
                 (unsigned long long)verdict.bad_line, verdict.reason);
    cr_expect_eq(verdict.reason[0] != '\0', CASES[i].bad_line != 0);
  }
  unlink(in_state("audit.log"));
  cr_expect_eq(verdict_of(ring).bad_line, 1, "the file deleted");
  append(ring, 99);
  cr_expect_eq(verdict_of(ring).bad_line, 1, "what follows does not hide it");
  gy_key_ring_close(ring);
}

Test(audit, every_changed_byte_is_found_in_its_line) {
  state_make();
  gy_key_ring *ring = ring_open(NULL);
  for (int i = 0; i < 3; i++) append(ring, i);
  size_t length;
  char *bytes = file_bytes(in_state("audit.log"), &length);
  uint64_t line = 1;
  for (size_t i = 0; i < length; i++) {
    char kept = bytes[i];
    bytes[i] ^= 1 << i % 8;
    put_file(in_state("audit.log"), bytes, length);
    gy_audit_verdict verdict = verdict_of(ring);
    cr_expect_eq(verdict.bad_line, line, "byte %zu changed: line %llu instead of %llu", i,
                 (unsigned long long)verdict.bad_line, (unsigned long long)line);
    bytes[i] = kept;
    line += kept == '\n';
  }
  for (size_t cut = 0; cut < length; cut++) {
    put_file(in_state("audit.log"), bytes, cut);
    cr_expect_neq(verdict_of(ring).bad_line, 0, "cut after %zu bytes", cut);
  }
  free(bytes);
  gy_key_ring_close(ring);
}

/* The ring's anchor as it was before the last line: a crash between line and anchor. */
Test(audit, a_crash_is_no_tampering) {
  state_make();
  gy_key_ring *ring = ring_open(NULL);
  for (int i = 0; i < 3; i++) append(ring, i);
  size_t ring_length, log_length, long_length;
  char *old_ring = file_bytes(in_state("vault/ring"), &ring_length),
       *log = file_bytes(in_state("audit.log"), &log_length);
  append(ring, 3);
  char *longer = file_bytes(in_state("audit.log"), &long_length);
  put_file(in_state("vault/ring"), old_ring, ring_length);
  gy_audit_verdict verdict = verdict_of(ring);
  cr_expect(verdict.bad_line == 0 && verdict.is_ahead && verdict.n_lines == 4, "a line ahead: %s",
            verdict.reason);
  append(ring, 4);
  verdict = verdict_of(ring);
  cr_expect(verdict.bad_line == 0 && !verdict.is_ahead && verdict.n_lines == 5, "after it: %s",
            verdict.reason);
  for (size_t cut = log_length + 1; cut < long_length; cut += 7) {
    put_file(in_state("vault/ring"), old_ring, ring_length);
    put_file(in_state("audit.log"), longer, cut);
    verdict = verdict_of(ring);
    cr_expect(verdict.bad_line == 0 && verdict.is_torn && verdict.n_lines == 3, "torn at %zu: %s", cut,
              verdict.reason);
    append(ring, 5);
    verdict = verdict_of(ring);
    cr_expect(verdict.bad_line == 0 && !verdict.is_torn && verdict.n_lines == 4, "mended at %zu: %s", cut,
              verdict.reason);
  }
  free(old_ring);
  free(log);
  free(longer);
  gy_key_ring_close(ring);
}

Test(audit, a_line_may_not_be_endless) {
  state_make();
  gy_key_ring *ring = ring_open(NULL);
  char *text = calloc(1, GY_AUDIT_LINE_MOST + 1);
  memset(text, 'x', GY_AUDIT_LINE_MOST);
  json_t *detail = json_pack("{s:s}", "text", text);
  const gy_audit_entry entry = {.action = "test", .detail = detail};
  gy_error err = {0};
  cr_expect_eq(gy_audit_append(ring, &entry, &err), GY_ELIMIT, "%s", err.text);
  cr_expect_eq(verdict_of(ring).bad_line, 0);
  append(ring, 1);
  cr_expect_eq(verdict_of(ring).n_lines, 1);
  json_decref(detail);
  free(text);
  gy_key_ring_close(ring);
}
