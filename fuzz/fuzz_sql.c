/* SPDX-License-Identifier: Apache-2.0
 *
 * SQL as text: a quoted name or text holds what went in and ends where it should, tokens and bodies never
 * pass the end, and templates expand or fail. */
#include <string.h>

#include "engine/engine.h"
#include "fuzz_file.h"

/* Undoes the quoting; the whole of `quoted` must be one token. */
static void check_quoted(char *quoted, char mark, const char *text) {
  must(quoted != NULL && quoted[0] == mark);
  const char *at = quoted + 1;
  for (; *text != '\0'; text++, at++) {
    must(*at == *text);
    if (*at == mark) must(*++at == mark);
  }
  must(at[0] == mark && at[1] == '\0');
  free(quoted);
}

static void check_template(const char *text) {
  const gy_sql_part parts[] = {{"a", "x"}, {"bb", "{{a}}"}, {"", ""}};
  char *sql = NULL;
  gy_error err = {0};
  gy_status status = gy_sql_expand(text, parts, sizeof parts / sizeof *parts, &sql, &err);
  must((status == GY_OK) == (sql != NULL));
  must((status == GY_OK) == (err.text[0] == '\0'));
  free(sql);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = strndup((const char *)data, size);
  must(text != NULL);
  size_t length = strlen(text);
  check_quoted(gy_sql_identifier(text), '"', text);
  check_quoted(gy_sql_literal(text), '\'', text);
  must(gy_sql_body_length(text) <= length);
  for (size_t at = 0; at < length;) {
    size_t token = gy_sql_token_length(text + at);
    must(token > 0 && at + token <= length);
    at += token;
  }
  check_template(text);
  free(text);
  return 0;
}
