/* SPDX-License-Identifier: Apache-2.0 */
#include "data/import_functions.h"

#include <string.h>

#include "privacy/identifier_mask.h"

enum { KIND_MAX = 32, MASKED_MAX = 1 << 30 };

static bool is_null(const gy_chunk *arguments, size_t row, gy_chunk_writer *writer) {
  for (size_t c = 0; c < arguments->n_columns; c++) {
    if (!gy_column_is_null(&arguments->columns[c], row)) continue;
    gy_writer_null(writer, 0, row);
    return true;
  }
  return false;
}

static gy_text text_at(const gy_chunk *arguments, size_t column, size_t row) {
  return ((const gy_text *)arguments->columns[column].data)[row];
}

static gy_status kind_at(const gy_chunk *arguments, size_t row, gy_identifier *kind, gy_error *err) {
  char name[KIND_MAX] = "";
  gy_text text = text_at(arguments, 0, row);
  if (text.length < sizeof name) memcpy(name, text.data, text.length);
  return gy_identifier_from_name(name, kind)
             ? GY_OK
             : gy_fail(err, GY_EINTERNAL, "'%s' is no kind of identifier", name);
}

/* White space around values says nothing in any format. */
static gy_text trimmed(gy_text text) {
  while (text.length > 0 && (unsigned char)text.data[0] <= ' ') text.data++, text.length--;
  while (text.length > 0 && (unsigned char)text.data[text.length - 1] <= ' ') text.length--;
  return text;
}

/* ---- with keys ---- */

typedef gy_status row_function(gy_pseudonym_worker *worker, const gy_chunk *arguments, size_t row,
                               gy_chunk_writer *writer, gy_error *err);

static gy_status each_row(gy_pseudonymiser *pseudonyms, row_function *function, const gy_chunk *arguments,
                          gy_chunk_writer *writer, gy_error *err) {
  gy_pseudonym_worker *worker = NULL;
  gy_status status = gy_pseudonymiser_take(pseudonyms, &worker, err);
  for (size_t row = 0; row < arguments->n_rows && status == GY_OK; row++)
    if (!is_null(arguments, row, writer)) status = function(worker, arguments, row, writer, err);
  gy_pseudonymiser_give_back(pseudonyms, worker);
  return status;
}

static gy_status pseudonym_of_row(gy_pseudonym_worker *worker, const gy_chunk *arguments, size_t row,
                                  gy_chunk_writer *writer, gy_error *err) {
  gy_identifier kind;
  gy_normal normal = GY_NORMAL_EMPTY;
  gy_pseudonym pseudonym;
  gy_text text = trimmed(text_at(arguments, 1, row));
  gy_status status = kind_at(arguments, row, &kind, err);
  if (status == GY_OK && text.length > 0)
    status = gy_pseudonym_worker_value(worker, kind, text.data, text.length, &normal, &pseudonym, err);
  if (status != GY_OK) return status;
  if (normal == GY_NORMAL_VALUE)
    gy_writer_uuid(writer, 0, row, pseudonym.bytes);
  else
    gy_writer_null(writer, 0, row);
  return GY_OK;
}

static gy_status id_of_row(gy_pseudonym_worker *worker, const gy_chunk *arguments, size_t row,
                           gy_chunk_writer *writer, gy_error *err) {
  bool is_direct;
  gy_normal normal = GY_NORMAL_VALUE;
  gy_pseudonym pseudonym;
  gy_text text = text_at(arguments, 0, row);
  gy_status status =
      gy_pseudonym_worker_id(worker, text.data, text.length, &is_direct, &normal, &pseudonym, err);
  if (status != GY_OK) return status;
  char uuid[GY_PSEUDONYM_CHARS + 1];
  if (is_direct && normal == GY_NORMAL_VALUE) gy_pseudonym_text(&pseudonym, uuid);
  if (!is_direct)
    gy_writer_text(writer, 0, row, text.data, text.length);
  else if (normal == GY_NORMAL_VALUE)
    gy_writer_text(writer, 0, row, uuid, GY_PSEUDONYM_CHARS);
  else
    gy_writer_null(writer, 0, row);
  return GY_OK;
}

static gy_status judge_row(gy_pseudonym_worker *worker, const gy_chunk *arguments, size_t row,
                           gy_chunk_writer *writer, gy_error *err) {
  gy_identifier kind;
  bool forgotten = false;
  gy_text of = text_at(arguments, 0, row), text = trimmed(text_at(arguments, 1, row));
  bool is_order = of.length == strlen("order_id") && memcmp(of.data, "order_id", of.length) == 0;
  gy_status status = is_order ? GY_OK : kind_at(arguments, row, &kind, err);
  if (status == GY_OK && text.length > 0)
    status = gy_pseudonym_worker_forgotten(worker, is_order ? (int)GY_OF_ORDER : (int)kind, text.data,
                                           text.length, &forgotten, err);
  ((uint8_t *)writer->data[0])[row] = forgotten;
  return status;
}

static gy_status pseudonym(void *shared, const gy_chunk *arguments, gy_chunk_writer *writer, gy_error *err) {
  return each_row(shared, pseudonym_of_row, arguments, writer, err);
}

static gy_status person_id(void *shared, const gy_chunk *arguments, gy_chunk_writer *writer, gy_error *err) {
  return each_row(shared, id_of_row, arguments, writer, err);
}

static gy_status forgotten(void *shared, const gy_chunk *arguments, gy_chunk_writer *writer, gy_error *err) {
  return each_row(shared, judge_row, arguments, writer, err);
}

gy_status gy_import_functions_open(gy_engine *engine, gy_pseudonymiser *pseudonyms, gy_error *err) {
  const gy_function of_value = {pseudonyms, 2, GY_TYPE_UUID, pseudonym},
                    of_id = {pseudonyms, 1, GY_TYPE_TEXT, person_id},
                    judging = {pseudonyms, 2, GY_TYPE_BOOL, forgotten};
  gy_status status = gy_engine_define(engine, "gyeol_pseudonym", &of_value, err);
  if (status == GY_OK) status = gy_engine_define(engine, "gyeol_person_id", &of_id, err);
  return status == GY_OK ? gy_engine_define(engine, "gyeol_forgotten", &judging, err) : status;
}

/* ---- without ---- */

static gy_status masked(void *shared, const gy_chunk *arguments, gy_chunk_writer *writer, gy_error *err) {
  (void)shared;
  gy_identifier_span span;
  gy_buffer text;
  gy_buffer_init(&text, MASKED_MAX);
  for (size_t row = 0; row < arguments->n_rows; row++) {
    if (is_null(arguments, row, writer)) continue;
    gy_text from = text_at(arguments, 0, row);
    size_t found[GY_IDENTIFIER_COUNT] = {0}, room = GY_MASKED_MAX(from.length);
    if (!gy_identifier_find(from.data, from.length, 0, &span)) {
      gy_writer_text(writer, 0, row, from.data, from.length);
      continue;
    }
    text.length = 0;
    if (!gy_buffer_reserve(&text, room)) {
      gy_buffer_clear(&text);
      return gy_fail(err, GY_ENOMEM, "no memory to mask a text of %zu bytes", from.length);
    }
    gy_writer_text(writer, 0, row, text.data,
                   gy_identifier_mask_text(from.data, from.length, text.data, room, found));
  }
  gy_buffer_clear(&text);
  return GY_OK;
}

static gy_status is_direct(void *shared, const gy_chunk *arguments, gy_chunk_writer *writer, gy_error *err) {
  (void)shared;
  (void)err;
  for (size_t row = 0; row < arguments->n_rows; row++) {
    if (is_null(arguments, row, writer)) continue;
    gy_text text = text_at(arguments, 0, row);
    ((uint8_t *)writer->data[0])[row] = gy_id_is_direct(text.data, text.length);
  }
  return GY_OK;
}

gy_status gy_import_functions_define(gy_engine *engine, gy_error *err) {
  const gy_function masking = {NULL, 1, GY_TYPE_TEXT, masked}, looking = {NULL, 1, GY_TYPE_BOOL, is_direct};
  gy_status status = gy_engine_define(engine, "gyeol_masked", &masking, err);
  return status == GY_OK ? gy_engine_define(engine, "gyeol_is_direct", &looking, err) : status;
}
