/* SPDX-License-Identifier: Apache-2.0
 *
 * A look at the first records of each file, so that ids which are texts are known before the table is
 * begun. What it misses is found while reading, at the price of starting over. */
#include "data/import_work.h"

enum { FILES_LOOKED_AT = 32, RECORDS_LOOKED_AT = 2048 };

static void note_text_ids(import_job *job, size_t file, const gy_csv_batch *batch) {
  import_file *f = &job->files[file];
  for (size_t c = 0; c < job->spec->n_columns; c++) {
    if (job->spec->columns[c].kind != GY_IMPORT_ID) continue;
    bool seen = false;
    for (size_t row = 0; row < batch->n_records && !seen; row++) {
      const gy_csv_slice *cell = &batch->fields[row * f->n_fields + (size_t)f->field_of_column[c]];
      int64_t id;
      seen = gy_convert_integer_id(batch->text + cell->begin, cell->length, &id) == GY_FIELD_INVALID;
    }
    if (!seen) continue;
    atomic_store(&f->text_seen[c], true);
    job->is_text[c] = true;
  }
}

static gy_status look_at(import_job *job, size_t file, gy_csv_block *block, gy_error *err) {
  gy_csv_file *csv = NULL;
  gy_csv_tokenizer *tokenizer = NULL;
  gy_csv_batch batch = {0};
  gy_status status = import_open_csv(job, file, &csv, err);
  if (status == GY_OK) status = gy_csv_file_next(csv, block, err);
  if (status == GY_OK) {
    status = gy_csv_tokenizer_create(&job->spec->dialect, job->files[file].newline, job->files[file].n_fields,
                                     RECORDS_LOOKED_AT, &tokenizer, err);
  }
  if (status == GY_OK && block->fault == NULL) {
    status = gy_csv_tokenizer_start(tokenizer, block->text, block->length, block->first_line, err);
    if (status == GY_OK) status = gy_csv_tokenizer_next(tokenizer, &batch, err);
    if (status == GY_OK) note_text_ids(job, file, &batch);
  }
  gy_csv_tokenizer_destroy(tokenizer);
  gy_csv_file_close(csv);
  return status;
}

/* JSON and sheets: a column that no record of the first file's beginning has may be a mistake in its name. */
static gy_status look_at_json(import_job *job, gy_error *err) {
  void *thread = NULL;
  gy_csv_batch batch;
  gy_status status = import_thread_open(job, &thread, err);
  if (status != GY_OK) return status;
  status = import_next_batch(thread, &batch, err);
  if (status == GY_OK && batch.n_records > 0) note_text_ids(job, 0, &batch);
  for (size_t c = 0; c < job->spec->n_columns && status == GY_OK && batch.n_records > 0; c++) {
    bool seen = false;
    for (size_t row = 0; row < batch.n_records && !seen; row++) {
      seen = batch.fields[row * job->spec->n_columns + c].length > 0;
    }
    if (!seen) {
      gy_task_log(job->task, GY_LOG_WARN,
                  "source %s: none of the first %zu records of %s has a value for '%s'", job->spec->source,
                  batch.n_records, job->files[0].path, job->spec->columns[c].source);
    }
  }
  import_thread_close(job, thread);
  return status;
}

gy_status import_look_ahead(import_job *job, gy_error *err) {
  if (job->format == GY_IMPORT_JSON || job->format == GY_IMPORT_XLSX) return look_at_json(job, err);
  gy_csv_block block = {0};
  gy_status status = GY_OK;
  for (size_t i = 0; i < job->n_files && i < FILES_LOOKED_AT && status == GY_OK; i++) {
    status = look_at(job, i, &block, err);
  }
  gy_csv_block_clear(&block);
  return status;
}
