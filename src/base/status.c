/* SPDX-License-Identifier: Apache-2.0
 *
 * The status table and the caller-owned error sentence. */
#include <gyeol/status.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  const char *name;
  int exit_code;
  int http;
  const char *meaning;
} status_row;

static const status_row TABLE[GY_STATUS_COUNT] = {
#define GY_STATUS_ROW(code, name, exit_code, http, meaning) {name, exit_code, http, meaning},
    GY_STATUS_TABLE(GY_STATUS_ROW)
#undef GY_STATUS_ROW
};

static const status_row *row_of(gy_status status) {
  return status < GY_STATUS_COUNT ? &TABLE[status] : &TABLE[GY_EINTERNAL];
}

const char *gy_status_name(gy_status status) { return row_of(status)->name; }
const char *gy_status_meaning(gy_status status) { return row_of(status)->meaning; }
int gy_status_exit_code(gy_status status) { return row_of(status)->exit_code; }
int gy_status_http(gy_status status) { return row_of(status)->http; }

/* Drops the bytes of a UTF-8 character that the end of the buffer cut in two. */
static void trim_partial_character(char *text, size_t written) {
  if (written < GY_ERROR_TEXT_MAX) return;
  size_t end = strlen(text);
  size_t start = end;
  while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) start--;
  if (start == 0) return;
  unsigned char lead = (unsigned char)text[start - 1];
  size_t need = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  if (end - start < need) text[start - 1] = '\0';
}

gy_status gy_fail(gy_error *err, gy_status code, const char *format, ...) {
  if (err == NULL) return code;
  /* The arguments may point into err->text itself, so the sentence is built beside it. */
  char text[GY_ERROR_TEXT_MAX];
  va_list args;
  va_start(args, format);
  int written = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  trim_partial_character(text, written < 0 ? 0 : (size_t)written);
  err->code = code;
  memcpy(err->text, text, sizeof text);
  return code;
}

void gy_error_prefix(gy_error *err, const char *format, ...) {
  if (err == NULL) return;
  char prefix[GY_ERROR_TEXT_MAX / 2];
  va_list args;
  va_start(args, format);
  int written = vsnprintf(prefix, sizeof prefix, format, args);
  va_end(args);
  if (written < 0) return;
  gy_fail(err, err->code, "%s: %s", prefix, err->text);
}
