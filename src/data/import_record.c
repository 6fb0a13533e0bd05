/* SPDX-License-Identifier: Apache-2.0 */
#include "data/import_record.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/utf8.h"

enum { TEXT_SHOWN = 4096 };

static char *dump_bounded(json_t *json) {
  char *text = json != NULL ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
  json_decref(json);
  if (text == NULL || strlen(text) <= GY_RECORD_MAX) return text;
  free(text);
  return NULL;
}

char *gy_record_of_cells(char *const *names, const char *const *cells, const size_t *lengths, size_t n) {
  json_t *record = json_object();
  size_t room = GY_RECORD_MAX;
  for (size_t i = 0; i < n && record != NULL; i++) {
    bool fits = lengths[i] <= room;
    if (fits) room -= lengths[i];
    json_t *cell = fits ? json_stringn(cells[i], lengths[i]) : NULL;
    if (cell != NULL && json_object_set_new(record, names[i], cell) == 0) continue;
    json_decref(record);
    record = NULL;
  }
  return dump_bounded(record);
}

char *gy_record_of_text(const char *text, size_t length) {
  if (length > TEXT_SHOWN) length = gy_utf8_cut(text, TEXT_SHOWN);
  char *copy = malloc(length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, text, length);
  for (size_t at = 0; at < length; at++) {
    at += gy_utf8_valid_prefix(copy + at, length - at);
    if (at < length) copy[at] = '?';
  }
  for (size_t at = 0; at < length; at++)
    if (copy[at] == '\0') copy[at] = '?';
  json_t *json = json_stringn(copy, length);
  free(copy);
  return dump_bounded(json);
}

uint64_t gy_record_place(json_t *seen, const char *file, uint64_t line, const char *record) {
  if (record == NULL || !gy_path_is_address(file)) return line;
  json_int_t n = json_integer_value(json_object_get(seen, record)) + 1;
  json_object_set_new(seen, record, json_integer(n));
  return (uint64_t)n;
}

void gy_reject_id(const char *source, const char *file, uint64_t place, const char *record, char *id) {
  unsigned char digest[GY_REJECT_ID_CHARS / 2 + 8];
  char text[24];
  int n = snprintf(text, sizeof text, "%llu", (unsigned long long)place);
  crypto_generichash_state state;
  crypto_generichash_init(&state, NULL, 0, sizeof digest);
  crypto_generichash_update(&state, (const unsigned char *)source, strlen(source) + 1);
  crypto_generichash_update(&state, (const unsigned char *)file, strlen(file) + 1);
  crypto_generichash_update(&state, (const unsigned char *)text, (unsigned)n + 1);
  if (record != NULL) crypto_generichash_update(&state, (const unsigned char *)record, strlen(record));
  crypto_generichash_final(&state, digest, sizeof digest);
  sodium_bin2hex(id, GY_REJECT_ID_CHARS + 1, digest, GY_REJECT_ID_CHARS / 2);
}

const char *gy_path_from(const char *root, const char *path) {
  size_t length = root != NULL ? strlen(root) : 0;
  bool below = length > 0 && strncmp(path, root, length) == 0 && path[length] == '/';
  return below ? path + length + 1 : path;
}
