/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON records -> the same batches that CSV gives: of each record the values of the mapped columns are
 * written out as text, one after the other, and converted like any other cell. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/import_work.h"

enum { BATCH_TEXT_MAX = 256 << 20 };

/* "a.b" is the key "a.b" or the key "b" of the object at "a"; keys may have dots in them. */
static const json_t *find_value(const json_t *object, const char *path) {
  const json_t *value = json_object_get(object, path);
  for (const char *dot = strchr(path, '.'); value == NULL && dot != NULL; dot = strchr(dot + 1, '.')) {
    const json_t *inner = json_object_getn(object, path, (size_t)(dot - path));
    if (json_is_object(inner)) value = find_value(inner, dot + 1);
  }
  return value;
}

/* The shortest digits that read back as the same double. */
static bool write_real(gy_buffer *text, double value) {
  char digits[40];
  snprintf(digits, sizeof digits, "%.15g", value);
  if (strtod(digits, NULL) != value) snprintf(digits, sizeof digits, "%.17g", value);
  return gy_buffer_text(text, digits);
}

static bool write_value(gy_buffer *text, const json_t *value) {
  switch (value == NULL ? JSON_NULL : json_typeof(value)) {
    case JSON_STRING:
      return gy_buffer_append(text, json_string_value(value), json_string_length(value));
    case JSON_INTEGER:
      return gy_buffer_printf(text, "%lld", (long long)json_integer_value(value));
    case JSON_REAL:
      return write_real(text, json_real_value(value));
    case JSON_TRUE:
      return gy_buffer_text(text, "true");
    case JSON_FALSE:
      return gy_buffer_text(text, "false");
    case JSON_NULL:
      return gy_buffer_reserve(text, 0);
    default:
      break;
  }
  char *dump = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII);
  bool good = dump != NULL && gy_buffer_text(text, dump);
  free(dump);
  return good;
}

static gy_status write_record(import_thread *t, const json_t *object, gy_csv_slice *fields, gy_error *err) {
  for (size_t c = 0; c < t->job->spec->n_columns; c++) {
    size_t begin = t->json_text.length;
    if (!write_value(&t->json_text, find_value(object, t->job->spec->columns[c].source))) {
      return gy_fail(err, GY_ENOMEM, "out of memory for the values of JSON records");
    }
    fields[c] = (gy_csv_slice){(uint32_t)begin, (uint32_t)(t->json_text.length - begin)};
  }
  return GY_OK;
}

static gy_status make_room(import_thread *t, gy_error *err) {
  if (t->json_fields != NULL) return GY_OK;
  gy_buffer_init(&t->json_text, BATCH_TEXT_MAX);
  t->json_fields = calloc(GY_CHUNK_ROWS * t->job->spec->n_columns, sizeof *t->json_fields);
  t->json_lines = calloc(GY_CHUNK_ROWS, sizeof *t->json_lines);
  if (t->json_fields != NULL && t->json_lines != NULL) return GY_OK;
  return gy_fail(err, GY_ENOMEM, "out of memory for a batch of JSON records");
}

static gy_status reject(import_thread *t, const gy_json_record *record, const json_t *value,
                        const json_error_t *why, gy_error *err) {
  char reason[JSON_ERROR_TEXT_LENGTH + 32];
  if (record->unclosed) {
    snprintf(reason, sizeof reason, "a bracket opens here and never closes");
  } else if (value != NULL) {
    snprintf(reason, sizeof reason, "not an object");
  } else {
    snprintf(reason, sizeof reason, "not JSON: %s", why->text);
  }
  return import_reject(t, record->line, NULL, record->text, record->length, reason, NULL, NULL, err);
}

gy_status import_json_batch(import_thread *t, gy_csv_batch *batch, gy_error *err) {
  *batch = (gy_csv_batch){0};
  gy_status status = make_room(t, err);
  if (status != GY_OK) return status;
  size_t n = 0;
  uint64_t n_read = 0;
  t->json_text.length = 0;
  gy_json_record record;
  while (n < GY_CHUNK_ROWS && status == GY_OK && t->json_text.length < GY_CSV_RECORD_MAX &&
         gy_json_record_next(t->block.text, t->block.length, t->json_has_lines, &t->json_at, &t->json_line,
                             &record)) {
    json_error_t why;
    json_t *value = json_loadb(record.text, record.length, JSON_ALLOW_NUL, &why);
    n_read++;
    if (!json_is_object(value)) {
      status = reject(t, &record, value, &why, err);
    } else {
      status = write_record(t, value, t->json_fields + n * t->job->spec->n_columns, err);
      t->json_lines[n++] = record.line;
    }
    json_decref(value);
  }
  import_count_read(t, n_read);
  if (n_read == 0) t->in_block = false;
  batch->text = t->json_text.data;
  batch->n_records = n;
  batch->fields = t->json_fields;
  batch->lines = t->json_lines;
  return status;
}
