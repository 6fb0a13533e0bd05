/* SPDX-License-Identifier: Apache-2.0 */
#include "study/import_state.h"

#include <string.h>

static const char *const FORMATS[] = {[GY_IMPORT_AUTO] = "auto",
                                      [GY_IMPORT_CSV] = "csv",
                                      [GY_IMPORT_JSON] = "json",
                                      [GY_IMPORT_XLSX] = "xlsx",
                                      [GY_IMPORT_PARQUET] = "parquet"};
enum { N_FORMATS = sizeof FORMATS / sizeof *FORMATS };

const char *gy_import_format_name(gy_import_format format) {
  return (size_t)format < N_FORMATS && FORMATS[format] != NULL ? FORMATS[format] : "auto";
}

static gy_status no_memory(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for what is known of the imported files");
}

gy_status gy_import_state_init(gy_import_state *state, size_t n, gy_error *err) {
  *state = (gy_import_state){0};
  gy_arena_init(&state->arena, 0, 0);
  state->files = gy_arena_calloc(&state->arena, n + 1, sizeof *state->files);
  return state->files != NULL ? GY_OK : no_memory(err);
}

void gy_import_state_clear(gy_import_state *state) {
  gy_arena_clear(&state->arena);
  *state = (gy_import_state){0};
}

/* ---- out of the store ---- */

static uint64_t number_in(const json_t *row, const char *key) {
  return (uint64_t)json_integer_value(json_object_get(row, key));
}

static const char *text_in(const json_t *row, const char *key) {
  const char *text = json_string_value(json_object_get(row, key));
  return text != NULL ? text : "";
}

static void copy_hex(char *hex, const char *text) {
  size_t length = strnlen(text, GY_CONTENT_HASH_CHARS);
  memcpy(hex, text, length);
  hex[length] = '\0';
}

static gy_status take_row(gy_import_state *state, const json_t *row, gy_error *err) {
  gy_import_record *file = &state->files[state->n_files++];
  const char *path = text_in(row, "path"), *text_ids = text_in(row, "text_ids");
  *file = (gy_import_record){.path = gy_arena_strndup(&state->arena, path, strlen(path)),
                             .number = (uint32_t)number_in(row, "file_no"),
                             .state = {.n_bytes = number_in(row, "n_bytes"),
                                       .inode = number_in(row, "inode"),
                                       .modified_ns = (int64_t)number_in(row, "modified_ns"),
                                       .changed_ns = (int64_t)number_in(row, "changed_ns")},
                             .end = {.offset = number_in(row, "end_offset"),
                                     .line = number_in(row, "end_line"),
                                     .newline = text_in(row, "newline")[0]},
                             .text_ids = gy_arena_strndup(&state->arena, text_ids, strlen(text_ids)),
                             .n_read = number_in(row, "rows_read"),
                             .n_rejected = number_in(row, "rows_rejected"),
                             .n_open_read = number_in(row, "open_read"),
                             .n_open_rejected = number_in(row, "open_rejected"),
                             .n_forgotten = number_in(row, "rows_forgotten"),
                             .n_open_forgotten = number_in(row, "open_forgotten")};
  copy_hex(file->content, text_in(row, "content"));
  for (size_t f = 0; f < N_FORMATS; f++)
    if (strcmp(gy_import_format_name((gy_import_format)f), text_in(row, "format")) == 0)
      file->format = (gy_import_format)f;
  (void)gy_encoding_parse(text_in(row, "encoding"), &file->encoding);
  copy_hex(state->reading, text_in(row, "reading"));
  return file->path != NULL && file->text_ids != NULL ? GY_OK : no_memory(err);
}

gy_status gy_import_state_load(gy_engine *engine, const char *source, gy_import_state *state, gy_error *err) {
  gy_value name = gy_bind_text(source);
  json_t *rows = NULL, *row;
  *state = (gy_import_state){0};
  gy_status status = gy_engine_json(engine, gy_sql("study/import_files_load"), &name, 1, NULL, &rows, err);
  if (status == GY_OK) status = gy_import_state_init(state, json_array_size(rows), err);
  size_t i;
  json_array_foreach(rows, i, row) {
    if (status == GY_OK) status = take_row(state, row, err);
  }
  json_decref(rows);
  return status;
}

/* ---- into it ---- */

typedef struct state_reader {
  const char *source;
  const gy_import_state *state;
  size_t next;
} state_reader;

enum { N_TEXTS = 8, N_NUMBERS = 14 };

/* In the order of the table's columns: texts first, then numbers; the INSERT puts them in their places. */
static const gy_source_column COLUMNS[N_TEXTS + N_NUMBERS] = {
    {"source", GY_TYPE_TEXT},          {"path", GY_TYPE_TEXT},           {"reading", GY_TYPE_TEXT},
    {"content", GY_TYPE_TEXT},         {"format", GY_TYPE_TEXT},         {"encoding", GY_TYPE_TEXT},
    {"newline", GY_TYPE_TEXT},         {"text_ids", GY_TYPE_TEXT},       {"place", GY_TYPE_INT64},
    {"file_no", GY_TYPE_INT64},        {"n_bytes", GY_TYPE_INT64},       {"inode", GY_TYPE_INT64},
    {"modified_ns", GY_TYPE_INT64},    {"changed_ns", GY_TYPE_INT64},    {"end_offset", GY_TYPE_INT64},
    {"end_line", GY_TYPE_INT64},       {"rows_read", GY_TYPE_INT64},     {"rows_rejected", GY_TYPE_INT64},
    {"open_read", GY_TYPE_INT64},      {"open_rejected", GY_TYPE_INT64}, {"rows_forgotten", GY_TYPE_INT64},
    {"open_forgotten", GY_TYPE_INT64},
};

static void write_record(const state_reader *reader, gy_chunk_writer *writer, size_t row) {
  const gy_import_record *file = &reader->state->files[reader->next];
  char newline[2] = {file->end.newline, '\0'};
  const char *const texts[N_TEXTS] = {reader->source,
                                      file->path,
                                      reader->state->reading,
                                      file->content,
                                      gy_import_format_name(file->format),
                                      gy_encoding_name(file->encoding),
                                      newline,
                                      file->text_ids};
  const int64_t numbers[N_NUMBERS] = {
      (int64_t)reader->next,      (int64_t)file->number,          (int64_t)file->state.n_bytes,
      (int64_t)file->state.inode, file->state.modified_ns,        file->state.changed_ns,
      (int64_t)file->end.offset,  (int64_t)file->end.line,        (int64_t)file->n_read,
      (int64_t)file->n_rejected,  (int64_t)file->n_open_read,     (int64_t)file->n_open_rejected,
      (int64_t)file->n_forgotten, (int64_t)file->n_open_forgotten};
  for (size_t c = 0; c < N_TEXTS; c++) gy_writer_text(writer, c, row, texts[c], strlen(texts[c]));
  for (size_t c = 0; c < N_NUMBERS; c++) ((int64_t *)writer->data[N_TEXTS + c])[row] = numbers[c];
}

static gy_status fill(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows, gy_error *err) {
  (void)local;
  (void)err;
  state_reader *reader = shared;
  size_t row = 0;
  for (; row < GY_CHUNK_ROWS && reader->next < reader->state->n_files; row++, reader->next++)
    write_record(reader, writer, row);
  *n_rows = row;
  return GY_OK;
}

gy_status gy_import_state_store(gy_engine *engine, const char *source, const gy_import_state *state,
                                gy_error *err) {
  gy_value name = gy_bind_text(source);
  gy_status status = gy_engine_execute(engine, "DELETE FROM import_files WHERE source = $1", &name, 1, NULL,
                                       NULL, NULL, err);
  if (status != GY_OK || state->n_files == 0) return status;
  state_reader reader = {source, state, 0};
  gy_source published = {.shared = &reader,
                         .columns = COLUMNS,
                         .n_columns = N_TEXTS + N_NUMBERS,
                         .expected_rows = state->n_files,
                         .max_threads = 1,
                         .fill = fill};
  status = gy_engine_publish(engine, "gyeol_import_files", &published, err);
  if (status != GY_OK) return status;
  return gy_engine_execute(engine, "INSERT INTO import_files BY NAME SELECT * FROM gyeol_import_files()",
                           NULL, 0, NULL, NULL, NULL, err);
}

void gy_import_state_digest(const gy_import_state *state, char hex[GY_FINGERPRINT_CHARS + 1]) {
  gy_digest *digest = gy_digest_create();
  for (size_t i = 0; i < state->n_files; i++) {
    gy_digest_text(digest, state->files[i].path);
    gy_digest_text(digest, state->files[i].content);
  }
  gy_digest_finish(digest, hex);
}
