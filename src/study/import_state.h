/* SPDX-License-Identifier: Apache-2.0
 *
 * What the store knows of the files of a source: the table import_files (sql/schema/0003_imports.sql),
 * written in the transaction that changes the source's rows. */
#ifndef GYEOL_STUDY_IMPORT_STATE_H
#define GYEOL_STUDY_IMPORT_STATE_H

#include "base/arena.h"
#include "data/fingerprint.h"
#include "data/import.h"
#include "study/step.h"

typedef struct gy_import_record {
  const char *path;
  uint32_t number;
  gy_file_state state; /* when it was read; its device is not kept */
  char content[GY_CONTENT_HASH_CHARS + 1];
  gy_import_format format;
  gy_encoding encoding;
  gy_csv_end end;
  const char *text_ids;
  uint64_t n_read, n_rejected, n_open_read, n_open_rejected, n_forgotten, n_open_forgotten;
} gy_import_record;

typedef struct gy_import_state {
  char reading[GY_FINGERPRINT_CHARS + 1]; /* how the files were read; "" where the source has none */
  gy_import_record *files;
  size_t n_files;
  gy_arena arena; /* owns the above */
} gy_import_state;

/* "csv" and the like; never NULL. */
const char *gy_import_format_name(gy_import_format format);

/* Clear the state in either case. */
GY_MUST_USE gy_status gy_import_state_load(gy_engine *engine, const char *source, gy_import_state *state,
                                           gy_error *err);
void gy_import_state_clear(gy_import_state *state);

/* An empty state with room for `n` files; clear it in either case. */
GY_MUST_USE gy_status gy_import_state_init(gy_import_state *state, size_t n, gy_error *err);

/* Replaces what the store knows of the source's files. */
GY_MUST_USE gy_status gy_import_state_store(gy_engine *engine, const char *source,
                                            const gy_import_state *state, gy_error *err);

/* One text standing for the files' names, order and content. */
void gy_import_state_digest(const gy_import_state *state, char hex[GY_FINGERPRINT_CHARS + 1]);

#endif
