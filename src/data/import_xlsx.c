/* SPDX-License-Identifier: Apache-2.0
 *
 * Sheets of workbooks -> the same batches that CSV and JSON give. The sheet is unpacked and parsed by one
 * thread at a time, under the job's lock; what it gave is converted and stored by all.
 *
 * A cell that is an error (#N/A, #DIV/0!, a formula without a stored result) is no value: its row is rejected
 * where the column needs one, and has none there where it does not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/import_work.h"

enum { NAMES_SHOWN = 30 };

static gy_status no_column(const import_job *job, const char *name, gy_error *err) {
  const gy_xlsx_header *header = &job->table->header;
  gy_buffer names;
  gy_buffer_init(&names, 512);
  for (size_t i = 0; i < header->n_columns && i < NAMES_SHOWN; i++)
    if (!gy_buffer_printf(&names, "%s%s", i > 0 ? ", " : "", header->columns[i].name)) break;
  gy_status status = gy_fail(err, GY_ECONFIG, "source %s: %s, sheet '%s', has no column '%s'; it has %s",
                             job->spec->source, gy_xlsx_book_path(job->book), gy_xlsx_table_sheet(job->table),
                             name, names.data != NULL ? names.data : "none");
  gy_buffer_clear(&names);
  return status;
}

/* A number in a merged cell stays in its first row, so that no sum counts it twice. */
static bool fills_merged(gy_import_kind kind) { return kind != GY_IMPORT_NUMBER && kind != GY_IMPORT_REAL; }

static gy_status map_columns(import_job *job, import_file *file, size_t *columns, bool *fills,
                             gy_error *err) {
  const gy_import_spec *spec = job->spec;
  const gy_xlsx_header *header = &job->table->header;
  for (size_t c = 0; c < spec->n_columns; c++) {
    size_t at = 0;
    while (at < header->n_columns && strcmp(header->columns[at].name, spec->columns[c].source) != 0) at++;
    if (at == header->n_columns) return no_column(job, spec->columns[c].source, err);
    columns[c] = at;
    fills[c] = fills_merged(spec->columns[c].kind);
    file->field_of_column[c] = (int)c;
    file->positions[c] = header->columns[at].position;
  }
  return GY_OK;
}

void import_close_book(import_job *job) {
  gy_xlsx_table_close(job->table);
  gy_xlsx_book_close(job->book);
  job->table = NULL;
  job->book = NULL;
}

static gy_status open_book(import_job *job, size_t index, gy_error *err) {
  if (job->table != NULL && job->book_file == index) return GY_OK;
  import_close_book(job);
  job->book_file = index;
  size_t memory = gy_task_memory(job->task);
  gy_status status =
      gy_xlsx_book_open(job->files[index].path, memory == SIZE_MAX ? 0 : memory / 4, &job->book, err);
  if (status == GY_OK) status = gy_xlsx_table_open(job->book, &job->spec->place, &job->table, err);
  return status;
}

static gy_status open_table(import_job *job, size_t index, gy_error *err) {
  import_file *file = &job->files[index];
  size_t n = job->spec->n_columns;
  gy_status status = open_book(job, index, err);
  if (status != GY_OK) return status;
  file->n_fields = n;
  file->encoding = GY_ENCODING_UTF8;
  file->n_hidden = file->n_uncomputed = 0;
  size_t *columns = calloc(n, sizeof *columns);
  bool *fills = calloc(n, sizeof *fills);
  if (file->positions == NULL) file->positions = calloc(n, sizeof *file->positions);
  if (file->names == NULL) file->names = calloc(n + 1, sizeof *file->names);
  bool have_names = file->names != NULL;
  for (size_t c = 0; c < n && have_names; c++) {
    if (file->names[c] == NULL) file->names[c] = strdup(job->spec->columns[c].source);
    have_names = file->names[c] != NULL;
  }
  bool named = file->label != NULL ||
               asprintf(&file->label, "%s [%s]", file->path, gy_xlsx_table_sheet(job->table)) >= 0;
  if (!named) file->label = NULL;
  if (columns == NULL || fills == NULL || file->positions == NULL || !named || !have_names)
    status = gy_fail(err, GY_ENOMEM, "no memory to read %s", file->path);
  if (status == GY_OK) status = map_columns(job, file, columns, fills, err);
  if (status == GY_OK) status = gy_xlsx_table_start(job->table, columns, fills, n, err);
  job->in_table = status == GY_OK;
  free(columns);
  free(fills);
  return status;
}

static void say_at_end(const import_job *job, const import_file *file) {
  if (file->n_uncomputed > 0)
    gy_task_log(
        job->task, GY_LOG_WARN,
        "%s: %llu formulas have no stored result and count as errors; open the workbook in Excel and save it",
        file->label, (unsigned long long)file->n_uncomputed);
  if (file->n_hidden > 0)
    gy_task_log(job->task, GY_LOG_INFO, "%s: %llu hidden rows are read like the others", file->label,
                (unsigned long long)file->n_hidden);
}

gy_status import_read_xlsx(import_job *job, import_thread *t, gy_error *err) {
  import_file *file = &job->files[job->current];
  gy_status status = GY_OK;
  if (!job->in_table) status = open_table(job, job->current, err);
  if (status == GY_OK) status = gy_xlsx_table_next(job->table, GY_CHUNK_ROWS, &t->records, err);
  if (status != GY_OK) return status;
  struct gy_csv_block *block = &t->block;
  block->length = t->records.n;
  block->first_line = 1;
  block->n_lines = t->records.last_line;
  file->n_hidden += t->records.n_hidden;
  file->n_uncomputed += t->records.n_uncomputed;
  uint64_t done = (uint64_t)(gy_xlsx_table_progress(job->table) * (double)file->n_bytes);
  gy_task_progress(job->task, "import", job->bytes_done + done, job->bytes_total, "bytes");
  if (t->records.n > 0) return GY_OK;
  job->bytes_done += file->n_bytes;
  say_at_end(job, file);
  return GY_OK;
}

static gy_status reject_fault(import_thread *t, const gy_xlsx_fault *fault, gy_error *err) {
  const gy_xlsx_records *r = &t->records;
  char letters[GY_XLSX_LETTERS], value[64];
  gy_xlsx_letters(t->job->files[t->file].positions[fault->field], letters);
  snprintf(value, sizeof value, "%.*s (cell %s%llu)",
           (int)(fault->text.length < 24 ? fault->text.length : 24), r->text.data + fault->text.begin,
           letters, (unsigned long long)r->lines[fault->record]);
  return import_reject(t, r->lines[fault->record], t->job->spec->columns[fault->field].source, value,
                       strlen(value), "an error in the sheet where a value is needed",
                       r->fields + fault->record * t->job->spec->n_columns, r->text.data, err);
}

/* Takes the records out whose error stands where a value must. */
static gy_status reject_faults(import_thread *t, gy_error *err) {
  gy_xlsx_records *r = &t->records;
  const size_t width = t->job->spec->n_columns;
  size_t fault = 0, kept = 0;
  for (size_t record = 0; record < r->n; record++) {
    bool is_bad = false;
    for (; fault < r->n_faults && r->faults[fault].record == record; fault++) {
      if (is_bad || !t->job->spec->columns[r->faults[fault].field].required) continue;
      gy_status status = reject_fault(t, &r->faults[fault], err);
      if (status != GY_OK) return status;
      is_bad = true;
    }
    if (is_bad) continue;
    if (kept != record) {
      memcpy(r->fields + kept * width, r->fields + record * width, width * sizeof *r->fields);
      r->lines[kept] = r->lines[record];
    }
    kept++;
  }
  r->n = kept;
  return GY_OK;
}

gy_status import_xlsx_batch(import_thread *t, gy_csv_batch *batch, gy_error *err) {
  gy_xlsx_records *r = &t->records;
  *batch = (gy_csv_batch){0};
  import_count_read(t, r->n);
  if (r->n == 0) t->in_block = false;
  gy_status status = r->n_faults > 0 ? reject_faults(t, err) : GY_OK;
  batch->text = r->text.data;
  batch->n_records = r->n;
  batch->fields = r->fields;
  batch->lines = r->lines;
  r->n = r->n_faults = 0;
  return status;
}
