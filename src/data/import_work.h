/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of import share: the job with its files, and the batch of records that every file format
 * is turned into before its cells are converted. */
#ifndef GYEOL_DATA_IMPORT_WORK_H
#define GYEOL_DATA_IMPORT_WORK_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/buffer.h"
#include "data/csv_file.h"
#include "data/csv_tokenize.h"
#include "data/import.h"
#include "data/import_rejects.h"
#include "data/json_file.h"
#include "data/xlsx_table.h"

enum { IMPORT_NO_FIELD = -1 };

/* A file's part in the job. */
typedef struct import_file {
  const char *path;      /* lent by the result */
  uint64_t lines_before; /* of all files before this one */
  size_t n_fields;       /* of its records */
  int *field_of_column;  /* per spec column: which field */
  char **names;          /* of the fields */
  char newline;
  bool has_lines;      /* JSON: one record a line */
  uint64_t n_bytes;    /* on disk */
  char *label;         /* workbooks: the path with the sheet; owned */
  uint32_t *positions; /* workbooks: per spec column, where it is in the sheet; owned */
  uint64_t n_hidden, n_uncomputed;
  gy_encoding encoding;
  uint32_t number; /* of an input */
  gy_csv_end end;
  bool resumed;
  char content[GY_CONTENT_HASH_CHARS + 1];
  atomic_bool *text_seen; /* per spec column: an id that is no integer */
  atomic_uint_fast64_t n_read, n_rejected, n_open_read, n_open_rejected, n_forgotten, n_open_forgotten;
} import_file;

/* One import, shared by all threads. */
typedef struct import_job {
  const gy_import_spec *spec;
  const gy_task *task;
  gy_import_format format;
  import_file *files;
  size_t n_files;
  bool *is_text; /* per column: ids that are VARCHAR */
  atomic_bool must_widen;
  pthread_mutex_t lock; /* guards all below */
  size_t current;       /* the file being read */
  gy_csv_file *csv;     /* or */
  gy_json_file *json;   /* or */
  bool in_table;
  gy_xlsx_book *book; /* of file `book_file`; stays open so that it can be begun again */
  gy_xlsx_table *table;
  size_t book_file;
  uint64_t lines_before;
  uint64_t bytes_done, bytes_total;
  bool *widen; /* per column: an id that is no integer was met */
  uint64_t n_accepted;
  gy_import_column_result *columns;
  import_rejects rejects;
  bool rejects_lost;            /* memory was spent while they were merged */
  size_t n_open;                /* threads at work */
  gy_pseudonymiser *pseudonyms; /* NULL without spec->privacy */
} import_job;

/* One thread's place in it. */
typedef struct import_thread {
  import_job *job;
  size_t file; /* whose block this is */
  gy_csv_block block;
  gy_csv_tokenizer *tokenizer;
  size_t tokenizer_file;
  bool in_block;
  bool json_has_lines;
  size_t json_at; /* in the block */
  uint64_t json_line;
  gy_buffer json_text; /* the values of a batch */
  gy_csv_slice *json_fields;
  uint64_t *json_lines;
  gy_xlsx_records records; /* of a sheet */
  gy_time_reader *times;   /* per column */
  uint64_t n_accepted;
  gy_import_column_result *columns, *batch_columns; /* counts so far, of this batch */
  uint64_t *nulls;                                  /* per column GY_CHUNK_ROWS bits of this batch */
  bool bad[GY_CHUNK_ROWS];
  import_rejects rejects;
  gy_pseudonym_worker *pseudonyms; /* NULL without spec->privacy */
  gy_buffer masked;                /* a text whose identifiers are masked */
} import_thread;

/* The source that import publishes; `columns` has room for the spec's, row_no and gy_file. */
enum { IMPORT_FURTHER_COLUMNS = 2 };
gy_source import_source(import_job *job, gy_source_column *columns);

/* A thread's state and its next records, none at the end of all files. */
GY_MUST_USE gy_status import_thread_open(void *job, void **thread, gy_error *err);
void import_thread_close(void *job, void *thread);
GY_MUST_USE gy_status import_next_batch(import_thread *thread, gy_csv_batch *batch, gy_error *err);

/* The next records of the thread's block of JSON; `in_block` is false at its end. */
GY_MUST_USE gy_status import_json_batch(import_thread *thread, gy_csv_batch *batch, gy_error *err);

/* Workbooks: the next records under the job's lock, then those of them that have a value in every column that
 * needs one. */
GY_MUST_USE gy_status import_read_xlsx(import_job *job, import_thread *thread, gy_error *err);
GY_MUST_USE gy_status import_xlsx_batch(import_thread *thread, gy_csv_batch *batch, gy_error *err);
void import_close_book(import_job *job);

/* Converts the batch's records into the writer's columns; rejects what cannot be. */
GY_MUST_USE gy_status import_convert(import_thread *thread, gy_csv_batch *batch, gy_chunk_writer *writer,
                                     size_t *n_rows, gy_error *err);

/* Takes the records of people who were forgotten out of the batch. */
GY_MUST_USE gy_status import_pass_over(import_thread *thread, gy_csv_batch *batch, gy_error *err);

/* Whether a record's text that could not be told apart holds an identifier of one. */
GY_MUST_USE gy_status import_text_is_forgotten(import_thread *thread, const char *text, size_t length,
                                               bool *forgotten, gy_error *err);

/* A column of a settled batch whose cells may be identifiers: import_identify.c. */
GY_MUST_USE gy_status import_write_pseudonyms(import_thread *thread, const gy_csv_batch *batch, size_t column,
                                              gy_chunk_writer *writer, gy_error *err);
GY_MUST_USE gy_status import_write_guarded_id(import_thread *thread, size_t column, size_t row,
                                              const char *text, size_t length, gy_chunk_writer *writer,
                                              gy_error *err);
GY_MUST_USE gy_status import_write_free_text(import_thread *thread, size_t column, size_t row,
                                             const char *text, size_t length, gy_chunk_writer *writer,
                                             gy_error *err);

/* Counts `n` records of the thread's block as read. */
void import_count_read(import_thread *thread, uint64_t n);

/* Counts and keeps a rejected row; `column` is NULL for a whole record, whose text is `value`; otherwise
 * `cells` are its fields in `text`. */
GY_MUST_USE gy_status import_reject(import_thread *thread, uint64_t line, const char *column,
                                    const char *value, size_t length, const char *reason,
                                    const gy_csv_slice *cells, const char *text, gy_error *err);

/* Finds ids that are not integers at the beginning of the files. */
GY_MUST_USE gy_status import_look_ahead(import_job *job, gy_error *err);

/* Expands patterns and settles the format; gives the files to the result. */
GY_MUST_USE gy_status import_find_files(const gy_import_spec *spec, gy_import_result *result,
                                        gy_import_format *format, gy_error *err);

/* The Parquet way: a view. */
GY_MUST_USE gy_status import_parquet(gy_engine *engine, const gy_import_spec *spec, const gy_task *task,
                                     gy_import_result *result, gy_error *err);

/* Drops a table or view of this name unless it is of the `kind` to come ("TABLE", "VIEW"). */
GY_MUST_USE gy_status import_drop_other(gy_engine *engine, const char *table, const char *kind,
                                        gy_error *err);

/* Writes what the table has but the source has not, each as `format` of its name and SQL type. */
GY_MUST_USE gy_status import_absent_columns(const gy_import_spec *spec, const char *format, gy_buffer *sql,
                                            gy_error *err);

/* Closes the file being read, if any. */
void import_close_file(import_job *job);

/* A job on the files of `result`; clear it in either case. */
GY_MUST_USE gy_status import_job_init(import_job *job, const gy_import_spec *spec, const gy_task *task,
                                      const gy_import_result *result, gy_error *err);
void import_job_clear(import_job *job);

/* The record's cells as JSON; NULL where it is too large or memory is spent. */
char *import_record_json(const import_thread *thread, const gy_csv_slice *cells, const char *text);

/* Frees the names of a file's fields. */
void import_file_forget_names(import_file *file);

/* Opens a file and finds the spec's columns in it. */
GY_MUST_USE gy_status import_open_csv(import_job *job, size_t file, gy_csv_file **csv, gy_error *err);

#endif
