/* SPDX-License-Identifier: Apache-2.0
 *
 * Files -> one table of the store: CSV in any dialect and encoding, JSON arrays and NDJSON, packed or not,
 * on all threads; a sheet of a workbook; Parquet is not copied but becomes a view.
 *
 * Every row read is either in the table or rejected, with its file, line, column, value and the reason:
 * n_read = n_accepted + n_rejected, always; but rows of people who were forgotten are passed over and counted
 * as that. */
#ifndef GYEOL_DATA_IMPORT_H
#define GYEOL_DATA_IMPORT_H

#include "base/time_zone.h"
#include "data/byte_stream.h"
#include "data/content_hash.h"
#include "data/convert_time.h"
#include "data/csv_dialect.h"
#include "data/csv_file.h"
#include "data/import_privacy.h"
#include "data/xlsx_place.h"
#include "engine/engine.h"

typedef enum gy_import_kind {
  GY_IMPORT_TEXT,   /* VARCHAR */
  GY_IMPORT_ID,     /* BIGINT when all of the column are integers, VARCHAR otherwise */
  GY_IMPORT_TIME,   /* TIMESTAMP in UTC */
  GY_IMPORT_NUMBER, /* DECIMAL(18, 4): money and quantities; BIGINT where a Parquet file has integers */
  GY_IMPORT_REAL,   /* DOUBLE: measurements */
  GY_IMPORT_BOOL,
  GY_IMPORT_PURPOSE,   /* VARCHAR: the name of a gy_purpose, whatever word the file has for it */
  GY_IMPORT_CHANNEL,   /* VARCHAR: the same of a gy_channel */
  GY_IMPORT_PSEUDONYM, /* UUID: of a direct identifier, whose original goes to the vault */
} gy_import_kind;

/* What is done about identifiers in a column that is none by its kind. */
typedef enum gy_import_guard {
  GY_IMPORT_UNGUARDED,
  GY_IMPORT_LABEL, /* TEXT: as free text, but not where the file stays in place: Parquet without identifiers
                    */
  GY_IMPORT_FREE_TEXT, /* TEXT: identifiers in it are masked, "[email]" */
  GY_IMPORT_KEY,       /* ID: one that is an e-mail address or a phone becomes its pseudonym, as text */
} gy_import_guard;

typedef enum gy_import_format {
  GY_IMPORT_AUTO, /* told by the first bytes of the first file */
  GY_IMPORT_CSV,
  GY_IMPORT_JSON, /* an array of objects, or one object a line; nested ones are reached as "a.b" */
  GY_IMPORT_PARQUET,
  GY_IMPORT_XLSX, /* a sheet of a workbook */
} gy_import_format;

typedef struct gy_import_column {
  const char *source; /* its name in the files */
  const char *target; /* its name in the table */
  gy_import_kind kind;
  bool required; /* a row without it is rejected */
  bool text_id;  /* ID: VARCHAR in any case, as when another source's ids of the kind are text */
  gy_time_form time_form;
  gy_number_form number_form;
  bool is_of_person;        /* a key or a direct identifier: */
  gy_identifier identifier; /* of this kind */
  bool stands_for_person;   /* an order's id in a source without keys of people: rows of forgotten ones are
                               known by it alone */
  gy_import_guard guard;
} gy_import_column;

/* One file of a source that is read file by file. Its rows carry 2 x number in the column gy_file; those of a
 * last record without a newline, which may go on when the file grows, 2 x number + 1. */
typedef struct gy_import_input {
  const char *path;
  uint32_t number;      /* below 2^30 */
  gy_csv_end resume;    /* where to go on; offset 0: from the beginning */
  gy_encoding encoding; /* that it was read in before; only where it goes on */
} gy_import_input;

typedef struct gy_import_spec {
  const char *source;       /* name of the source, for rejects and sentences */
  const char *table;        /* order_items, customers and products get all their canonical columns */
  const char *const *paths; /* files or patterns; what a pattern finds is sorted */
  size_t n_paths;
  const gy_import_input *inputs; /* the files instead of paths; may have no row */
  size_t n_inputs;
  bool temporary;   /* into a table that is never written to the store's file */
  bool keeps_types; /* an id that is no integer, in a column not said to be text, ends the import (widened) */
  gy_import_format format;
  gy_encoding encoding;
  gy_csv_dialect dialect;
  gy_xlsx_place place; /* of workbooks */
  const gy_import_column *columns;
  size_t n_columns;
  bool numbered;           /* the table gets row_no; of inputs, number x 2^36 + line */
  const gy_zone *zone;     /* of times without an offset; NULL where no column is a time */
  const char *rejects;     /* the table that takes rejected rows; NULL: rejects */
  const char *root;        /* folder that files are told from in the ids of rejected rows; NULL: none */
  uint64_t rejects_stored; /* at most so many rows in `rejects`; 0: 100,000. All are counted. */
  const gy_import_privacy *privacy; /* NULL: no column is a PSEUDONYM or guarded */
} gy_import_spec;

typedef struct gy_import_file {
  char *path;
  gy_import_format format;
  gy_encoding encoding;
  uint64_t n_bytes, n_read, n_accepted, n_rejected;
  uint64_t lines_before; /* row_no of a row is this and its line */
  /* Of inputs: */
  bool resumed;         /* read on from input.resume */
  gy_csv_end end;       /* where it can be read on; offset 0: nowhere */
  uint64_t n_forgotten; /* rows of people who were forgotten: neither of the two */
  uint64_t n_open_read, n_open_rejected, n_open_forgotten; /* of the counts above: behind `end` */
  char content[GY_CONTENT_HASH_CHARS + 1];                 /* "" where not all of it was read */
  char *text_ids; /* a letter a column: t where ids are no integers, else - */
} gy_import_file;

typedef struct gy_import_column_result {
  uint64_t n_empty, n_rounded; /* of the accepted rows; 0 for Parquet, whose values are not looked at */
  uint64_t n_pseudonyms;       /* cells that became one */
  uint64_t n_junk, n_invalid;  /* cells of identifiers that stand for nobody, or are none: NULL */
  uint64_t n_found[GY_IDENTIFIER_COUNT]; /* cells of free text, by what they hold */
  bool is_text;                          /* ID: became VARCHAR */
} gy_import_column_result;

typedef struct gy_import_result {
  uint64_t n_read, n_accepted, n_rejected, n_forgotten;
  uint64_t n_rejects_stored;
  bool widened; /* keeps_types: ended early, nothing above is of use */
  size_t n_files;
  gy_import_file *files;
  size_t n_columns;
  gy_import_column_result *columns; /* as in the spec */
} gy_import_result;

/* Replaces spec->table, and what `rejects` (which exists) holds of spec->source, within the transaction of
 * the caller. row_no, where wanted, is the record's physical line counted through all files, which is unique
 * and ascends in file order whatever the number of threads.
 *
 * GY_ENOTFOUND for a pattern without a file, GY_ECONFIG for a column that a file does not have, GY_EDATA for
 * files without a row; whatever opening a file may say. */
GY_MUST_USE gy_status gy_import_run(gy_engine *engine, const gy_import_spec *spec, const gy_task *task,
                                    gy_import_result *result, gy_error *err);

/* Reads the files of an import again for the records of `n` rows, given by rising row_no: `records` receives
 * the JSON (import_record.h) of each, NULL for one that is not there any more or too large; free each. Reads
 * all of the files on one thread. */
GY_MUST_USE gy_status gy_import_records(gy_engine *engine, const gy_import_spec *spec,
                                        const gy_import_result *result, const int64_t *row_nos, size_t n,
                                        const gy_task *task, char **records, gy_error *err);

/* Gives the path of the first file that the patterns find; GY_ENOTFOUND names the pattern that finds none. */
GY_MUST_USE gy_status gy_import_first_file(const char *source, const char *const *patterns, size_t n_patterns,
                                           char **path, gy_error *err);
void gy_import_result_clear(gy_import_result *result);

/* The files that patterns find now, in the order in which they are read, once each. GY_ENOTFOUND as above; a
 * name without a pattern is given whether there is such a file or not. Free each, and the list. */
GY_MUST_USE gy_status gy_import_list_files(const char *source, const char *const *patterns, size_t n_patterns,
                                           char ***paths, size_t *n_paths, gy_error *err);

#endif
