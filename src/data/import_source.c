/* SPDX-License-Identifier: Apache-2.0
 *
 * Import as a source of the store: each thread takes a block of whole records from the file being read,
 * tokenizes it and fills chunks from it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/import_work.h"

#include "data/import_record.h"

enum { NULL_WORDS = GY_CHUNK_ROWS / 64, NAMES_SHOWN = 30, MASKED_MAX = 1 << 30 };

static gy_status no_column(const import_job *job, const gy_csv_file *csv, const char *path, const char *name,
                           gy_error *err) {
  gy_buffer names;
  gy_buffer_init(&names, 512);
  size_t n = gy_csv_file_column_count(csv);
  for (size_t i = 0; i < n && i < NAMES_SHOWN; i++) {
    if (!gy_buffer_printf(&names, "%s%s", i > 0 ? ", " : "", gy_csv_file_column_name(csv, i))) break;
  }
  gy_status status = gy_fail(err, GY_ECONFIG, "source %s: %s has no column '%s'; it has %s",
                             job->spec->source, path, name, names.data != NULL ? names.data : "none");
  gy_buffer_clear(&names);
  return status;
}

static gy_status map_columns(import_job *job, import_file *file, const gy_csv_file *csv, gy_error *err) {
  const gy_import_spec *spec = job->spec;
  for (size_t c = 0; c < spec->n_columns; c++) {
    size_t field = 0;
    while (field < file->n_fields &&
           strcmp(gy_csv_file_column_name(csv, field), spec->columns[c].source) != 0) {
      field++;
    }
    if (field == file->n_fields) return no_column(job, csv, file->path, spec->columns[c].source, err);
    file->field_of_column[c] = (int)field;
  }
  return GY_OK;
}

static gy_status keep_names(import_file *file, const gy_csv_file *csv, gy_error *err) {
  file->names = calloc(file->n_fields + 1, sizeof *file->names);
  bool good = file->names != NULL;
  for (size_t i = 0; i < file->n_fields && good; i++) {
    file->names[i] = strdup(gy_csv_file_column_name(csv, i));
    good = file->names[i] != NULL;
  }
  return good ? GY_OK : gy_fail(err, GY_ENOMEM, "out of memory for the columns of %s", file->path);
}

void import_file_forget_names(import_file *file) {
  for (size_t i = 0; file->names != NULL && file->names[i] != NULL; i++) free(file->names[i]);
  free(file->names);
  file->names = NULL;
}

/* Goes on where the last reading of a file ended, if its beginning still means the same. */
static bool resume(const import_job *job, size_t index, gy_csv_file *csv) {
  const gy_import_input *input = job->spec->n_inputs > 0 ? &job->spec->inputs[index] : NULL;
  return input != NULL && input->resume.offset > 0 && input->encoding == job->files[index].encoding &&
         gy_csv_file_resume(csv, &input->resume);
}

gy_status import_open_csv(import_job *job, size_t index, gy_csv_file **csv, gy_error *err) {
  import_file *file = &job->files[index];
  gy_csv_file *opened = NULL;
  gy_status status = gy_csv_file_open(file->path, job->spec->encoding, &job->spec->dialect, &opened, err);
  if (status != GY_OK) return status;
  file->n_fields = gy_csv_file_column_count(opened);
  file->newline = gy_csv_file_newline(opened);
  file->encoding = gy_byte_stream_encoding(gy_csv_file_stream(opened));
  if (gy_csv_file_renamed(opened) > 0) {
    gy_task_log(job->task, GY_LOG_WARN,
                "%s: %zu columns have a name that another had before; they got _2, _3, ...", file->path,
                gy_csv_file_renamed(opened));
  }
  if (file->names == NULL) status = keep_names(file, opened, err);
  if (status == GY_OK) status = map_columns(job, file, opened, err);
  file->resumed = status == GY_OK && resume(job, index, opened);
  if (status == GY_OK) {
    *csv = opened;
  } else {
    gy_csv_file_close(opened);
  }
  return status;
}

/* Objects have no common columns: every mapped column is a field, empty where a record lacks it. */
static gy_status open_json(import_job *job, size_t index, gy_json_file **json, gy_error *err) {
  import_file *file = &job->files[index];
  gy_status status = gy_json_file_open(file->path, job->spec->encoding, json, err);
  if (status != GY_OK) return status;
  file->n_fields = job->spec->n_columns;
  file->has_lines = gy_json_file_has_lines(*json);
  file->encoding = gy_byte_stream_encoding(gy_json_file_stream(*json));
  bool good = file->names != NULL || (file->names = calloc(file->n_fields + 1, sizeof *file->names)) != NULL;
  for (size_t c = 0; c < job->spec->n_columns && good; c++) {
    file->field_of_column[c] = (int)c;
    if (file->names[c] == NULL) file->names[c] = strdup(job->spec->columns[c].source);
    good = file->names[c] != NULL;
  }
  return good ? GY_OK : gy_fail(err, GY_ENOMEM, "out of memory for the columns of %s", file->path);
}

void import_close_file(import_job *job) {
  gy_csv_file_close(job->csv);
  gy_json_file_close(job->json);
  job->csv = NULL;
  job->json = NULL;
  job->in_table = false;
}

/* What the file's lines are counted on from: all lines before it, or a range of its own. */
static uint64_t lines_before(const import_job *job) {
  enum { LINE_BITS = 36 };
  return job->spec->inputs != NULL ? (uint64_t)job->files[job->current].number << LINE_BITS
                                   : job->lines_before;
}

/* The current file's next block. */
static gy_status read_block(import_job *job, import_thread *t, gy_error *err) {
  gy_status status = GY_OK;
  gy_csv_block *block = &t->block;
  bool is_json = job->format == GY_IMPORT_JSON;
  if (job->format == GY_IMPORT_XLSX) {
    if (!job->in_table) job->files[job->current].lines_before = lines_before(job);
    return import_read_xlsx(job, t, err);
  }
  if (job->csv == NULL && job->json == NULL) {
    job->files[job->current].lines_before = lines_before(job);
    status = is_json ? open_json(job, job->current, &job->json, err)
                     : import_open_csv(job, job->current, &job->csv, err);
    if (status != GY_OK) return status;
  }
  status = is_json ? gy_json_file_next(job->json, block, err) : gy_csv_file_next(job->csv, block, err);
  const gy_byte_stream *stream = is_json ? gy_json_file_stream(job->json) : gy_csv_file_stream(job->csv);
  gy_task_progress(job->task, "import", job->bytes_done + gy_byte_stream_position(stream), job->bytes_total,
                   "bytes");
  if (status == GY_OK && block->length == 0 && block->fault == NULL) {
    import_file *file = &job->files[job->current];
    job->bytes_done += gy_byte_stream_size(stream);
    if (job->csv != NULL) file->end = gy_csv_file_end(job->csv);
    if (!gy_byte_stream_content(stream, file->content)) file->content[0] = '\0';
  }
  return status;
}

/* The next block of the current file, or of the ones after it; length 0 at the end of all. */
static gy_status next_block_locked(import_job *job, import_thread *t, gy_error *err) {
  for (;;) {
    gy_status status = gy_task_check(job->task, err);
    t->block.length = 0;
    t->block.fault = NULL;
    if (status != GY_OK || job->current == job->n_files) return status;
    status = read_block(job, t, err);
    if (status != GY_OK) return status;
    if (t->block.length > 0 || t->block.fault != NULL) {
      t->file = job->current;
      job->lines_before = job->files[t->file].lines_before + t->block.first_line + t->block.n_lines - 1;
      return GY_OK;
    }
    import_close_file(job);
    job->current++;
  }
}

static gy_status start_block(import_thread *t, gy_error *err) {
  const import_file *file = &t->job->files[t->file];
  gy_status status = GY_OK;
  t->in_block = true;
  if (t->job->format == GY_IMPORT_XLSX) return GY_OK;
  if (t->job->format == GY_IMPORT_JSON) {
    t->json_has_lines = file->has_lines;
    t->json_at = 0;
    t->json_line = t->block.first_line;
    return GY_OK;
  }
  if (t->tokenizer == NULL || t->tokenizer_file != t->file) {
    gy_csv_tokenizer_destroy(t->tokenizer);
    t->tokenizer = NULL;
    t->tokenizer_file = t->file;
    status = gy_csv_tokenizer_create(&t->job->spec->dialect, file->newline, file->n_fields, GY_CHUNK_ROWS,
                                     &t->tokenizer, err);
  }
  if (status != GY_OK) return status;
  return gy_csv_tokenizer_start(t->tokenizer, t->block.text, t->block.length, t->block.first_line, err);
}

char *import_record_json(const import_thread *t, const gy_csv_slice *cells, const char *text) {
  const import_file *file = &t->job->files[t->file];
  const char **starts = calloc(file->n_fields + 1, sizeof *starts);
  size_t *lengths = calloc(file->n_fields + 1, sizeof *lengths);
  char *record = NULL;
  for (size_t i = 0; starts != NULL && lengths != NULL && i < file->n_fields; i++) {
    starts[i] = text + cells[i].begin;
    lengths[i] = cells[i].length;
  }
  if (starts != NULL && lengths != NULL)
    record = gy_record_of_cells(file->names, starts, lengths, file->n_fields);
  free(starts);
  free(lengths);
  return record;
}

void import_count_read(import_thread *t, uint64_t n) {
  import_file *file = &t->job->files[t->file];
  atomic_fetch_add(&file->n_read, n);
  if (t->block.open) atomic_fetch_add(&file->n_open_read, n);
}

gy_status import_reject(import_thread *t, uint64_t line, const char *column, const char *value, size_t length,
                        const char *reason, const gy_csv_slice *cells, const char *text, gy_error *err) {
  char *record = NULL;
  bool forgotten = false;
  if (cells == NULL) {
    gy_status known = import_text_is_forgotten(t, value, length, &forgotten, err);
    if (known != GY_OK || forgotten) return known;
  }
  if (import_rejects_keeps(&t->rejects))
    record = cells != NULL ? import_record_json(t, cells, text) : gy_record_of_text(value, length);
  atomic_fetch_add(&t->job->files[t->file].n_rejected, 1);
  if (t->block.open) atomic_fetch_add(&t->job->files[t->file].n_open_rejected, 1);
  gy_status status =
      import_rejects_add(&t->rejects, t->file, line, column, value, length, reason, record, err);
  free(record);
  return status;
}

static gy_status reject_fault(import_thread *t, const gy_csv_batch *batch, const gy_csv_fault *fault,
                              gy_error *err) {
  const import_file *file = &t->job->files[t->file];
  char reason[128];
  switch (fault->kind) {
    case GY_CSV_NUL:
      snprintf(reason, sizeof reason, "holds a NUL byte");
      break;
    case GY_CSV_UNCLOSED:
      snprintf(reason, sizeof reason, "a quote opens here and never closes");
      break;
    case GY_CSV_NOT_UTF8:
      snprintf(reason, sizeof reason, "bytes that are no %s text", gy_encoding_name(file->encoding));
      break;
    default:
      snprintf(reason, sizeof reason, "%zu fields where the header has %zu", fault->n_fields, file->n_fields);
  }
  return import_reject(t, fault->line, NULL, batch->text + fault->record.begin, fault->record.length, reason,
                       NULL, NULL, err);
}

static gy_status csv_batch(import_thread *t, gy_csv_batch *batch, gy_error *err) {
  gy_status status = gy_csv_tokenizer_next(t->tokenizer, batch, err);
  if (status != GY_OK) return status;
  import_count_read(t, batch->n_records + batch->n_faults);
  for (size_t i = 0; i < batch->n_faults && status == GY_OK; i++) {
    status = reject_fault(t, batch, &batch->faults[i], err);
  }
  if (batch->n_records + batch->n_faults == 0) t->in_block = false;
  return status;
}

/* Takes the next block; false in `*any` at the end of all files. */
static gy_status take_block(import_thread *t, bool *any, gy_error *err) {
  import_job *job = t->job;
  pthread_mutex_lock(&job->lock);
  gy_status status = next_block_locked(job, t, err);
  pthread_mutex_unlock(&job->lock);
  *any = t->block.length > 0 || t->block.fault != NULL;
  if (status != GY_OK || !*any) return status;
  if (t->block.fault == NULL) return start_block(t, err);
  import_count_read(t, 1);
  return import_reject(t, t->block.first_line, NULL, t->block.text, t->block.length, t->block.fault, NULL,
                       NULL, err);
}

gy_status import_next_batch(import_thread *t, gy_csv_batch *batch, gy_error *err) {
  *batch = (gy_csv_batch){0};
  for (;;) {
    gy_status status;
    if (t->in_block) {
      status = t->job->format == GY_IMPORT_JSON   ? import_json_batch(t, batch, err)
               : t->job->format == GY_IMPORT_XLSX ? import_xlsx_batch(t, batch, err)
                                                  : csv_batch(t, batch, err);
      if (status != GY_OK || batch->n_records > 0) return status;
    } else {
      bool any = false;
      status = take_block(t, &any, err);
      if (status != GY_OK || !any) return status;
    }
  }
}

static gy_status fill(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows, gy_error *err) {
  (void)shared;
  import_thread *t = local;
  *n_rows = 0;
  for (;;) {
    gy_csv_batch batch;
    if (atomic_load_explicit(&t->job->must_widen, memory_order_relaxed)) return GY_OK;
    gy_status status = import_next_batch(t, &batch, err);
    if (status != GY_OK || batch.n_records == 0) return status;
    status = import_convert(t, &batch, writer, n_rows, err);
    if (status != GY_OK || *n_rows > 0) return status;
  }
}

static void destroy_thread(import_thread *t) {
  if (t == NULL) return;
  gy_csv_block_clear(&t->block);
  gy_csv_tokenizer_destroy(t->tokenizer);
  import_rejects_clear(&t->rejects);
  free(t->times);
  free(t->columns);
  free(t->batch_columns);
  free(t->nulls);
  gy_buffer_clear(&t->json_text);
  free(t->json_fields);
  free(t->json_lines);
  gy_xlsx_records_clear(&t->records);
  gy_buffer_clear(&t->masked);
  free(t);
}

gy_status import_thread_open(void *shared, void **local, gy_error *err) {
  import_job *job = shared;
  size_t n = job->spec->n_columns;
  import_thread *t = calloc(1, sizeof *t);
  if (t == NULL) return gy_fail(err, GY_ENOMEM, "out of memory for a thread of import");
  t->job = job;
  gy_buffer_init(&t->masked, MASKED_MAX);
  import_rejects_init(&t->rejects, job->rejects.most);
  t->times = calloc(n, sizeof *t->times);
  t->columns = calloc(n, sizeof *t->columns);
  t->batch_columns = calloc(n, sizeof *t->batch_columns);
  t->nulls = calloc(n * NULL_WORDS, sizeof *t->nulls);
  if (t->times == NULL || t->columns == NULL || t->batch_columns == NULL || t->nulls == NULL) {
    destroy_thread(t);
    return gy_fail(err, GY_ENOMEM, "out of memory for a thread of import");
  }
  gy_status status =
      job->pseudonyms != NULL ? gy_pseudonymiser_take(job->pseudonyms, &t->pseudonyms, err) : GY_OK;
  if (status != GY_OK) {
    destroy_thread(t);
    return status;
  }
  for (size_t c = 0; c < n; c++)
    if (job->spec->columns[c].kind == GY_IMPORT_TIME)
      gy_time_reader_init(&t->times[c], job->spec->columns[c].time_form, job->spec->zone);
  pthread_mutex_lock(&job->lock);
  job->n_open++;
  pthread_mutex_unlock(&job->lock);
  *local = t;
  return GY_OK;
}

static void add_counts(gy_import_column_result *to, const gy_import_column_result *from) {
  to->n_empty += from->n_empty;
  to->n_rounded += from->n_rounded;
  to->n_pseudonyms += from->n_pseudonyms;
  to->n_junk += from->n_junk;
  to->n_invalid += from->n_invalid;
  for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++) to->n_found[kind] += from->n_found[kind];
}

/* Hands in what the thread counted and rejected. */
void import_thread_close(void *shared, void *local) {
  import_job *job = shared;
  import_thread *t = local;
  if (job->pseudonyms != NULL) gy_pseudonymiser_give_back(job->pseudonyms, t->pseudonyms);
  pthread_mutex_lock(&job->lock);
  job->n_accepted += t->n_accepted;
  for (size_t c = 0; c < job->spec->n_columns; c++) {
    add_counts(&job->columns[c], &t->columns[c]);
  }
  job->n_open--;
  if (import_rejects_merge(&job->rejects, &t->rejects, NULL) != GY_OK) job->rejects_lost = true;
  pthread_mutex_unlock(&job->lock);
  destroy_thread(t);
}

static gy_type type_of(const import_job *job, size_t column) {
  switch (job->spec->columns[column].kind) {
    case GY_IMPORT_ID:
      return job->is_text[column] ? GY_TYPE_TEXT : GY_TYPE_INT64;
    case GY_IMPORT_TIME:
      return GY_TYPE_TIMESTAMP;
    case GY_IMPORT_NUMBER:
      return GY_TYPE_MONEY;
    case GY_IMPORT_REAL:
      return GY_TYPE_DOUBLE;
    case GY_IMPORT_BOOL:
      return GY_TYPE_BOOL;
    case GY_IMPORT_PSEUDONYM:
      return GY_TYPE_UUID;
    default:
      return GY_TYPE_TEXT;
  }
}

gy_source import_source(import_job *job, gy_source_column *columns) {
  size_t n = job->spec->n_columns;
  for (size_t c = 0; c < n; c++) {
    columns[c] = (gy_source_column){job->spec->columns[c].target, type_of(job, c)};
  }
  if (job->spec->numbered) columns[n++] = (gy_source_column){"row_no", GY_TYPE_INT64};
  if (job->spec->inputs != NULL) columns[n++] = (gy_source_column){"gy_file", GY_TYPE_INT32};
  return (gy_source){.shared = job,
                     .columns = columns,
                     .n_columns = n,
                     .open = import_thread_open,
                     .fill = fill,
                     .close = import_thread_close};
}
