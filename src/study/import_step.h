/* SPDX-License-Identifier: Apache-2.0
 *
 * One source on its way into the store, as the parts of the import step share it:
 *
 *   step_imports.c   finds out whether it must be read, and keeps the order of the whole
 *   import_read.c    reads what must be read, into a staged table
 *   import_adopt.c   puts it into the source's table and remembers the files
 *   import_notes.c   notes whose rows came or went
 *   import_duplicates.c  puts rows aside that stand for the same thing as others
 *   import_detail.c  tells what there was */
#ifndef GYEOL_STUDY_IMPORT_STEP_H
#define GYEOL_STUDY_IMPORT_STEP_H

#include "study/import_changes.h"
#include "study/import_plan.h"
#include "study/run_context.h"
#include "study/source_checks.h"

#define GY_STAGED_REJECTS "staging_rejected_rows"
enum { GY_IMPORT_VERSION = 5, GY_IMPORT_SMALL_BYTES = 64 << 20 };

typedef struct gy_import_step {
  gy_run_context *run;
  const gy_source_config *source;
  char *name;     /* of the step */
  char *relation; /* where the source is found */
  char *staging;  /* where it is read into */
  gy_fingerprint fingerprint;
  bool must_run;
  double seconds;
  json_t *detail;
  gy_import_plan plan;
  gy_import_state before;
  gy_import_changes changes;
  bool has_address;     /* of a server: files are not told apart, all is read when anything changed */
  int64_t looked_at_us; /* when the changes were found */
  /* What reading found: */
  bool is_disproved;       /* what was presumed of a file is not so */
  bool is_partial;         /* only what changed was read */
  gy_import_input *inputs; /* what was read, with the change that each came from */
  size_t *change_of_input;
  size_t n_inputs;
  gy_import_result result;
  gy_import_state after;    /* no files where they stay in place (Parquet) */
  gy_staged_source checked; /* what contracts and repairs found */
  bool has_expired;         /* rows that are too old left (retention.h) */
  char retention[24];       /* changes when rows of a source that was not read left; "" where none did */
} gy_import_step;

/* Reads into the staged table and fills in what reading found. */
GY_MUST_USE gy_status gy_import_step_read(gy_import_step *step, gy_error *err);

/* Bytes that are read of a source of which only a part is. */
uint64_t gy_import_step_part_bytes(const gy_import_step *step);

/* Makes the staged rows the source's, within the run's transaction. */
GY_MUST_USE gy_status gy_import_step_adopt(gy_import_step *step, gy_error *err);

/* Notes the customers of rows of `relation` that fulfil `condition` (SQL), or anybody (import_notes.c). */
GY_MUST_USE gy_status gy_import_step_note(const gy_import_step *step, const char *relation,
                                          const char *condition, gy_error *err);
GY_MUST_USE gy_status gy_import_step_note_all(const gy_import_step *step, gy_error *err);

/* Proves what was presumed of the files, and completes what is known of them. Where it is not so, nothing of
 * the run's transaction may stay. */
GY_MUST_USE gy_status gy_import_step_prove(gy_import_step *step, bool *proved, gy_error *err);

/* Whether the duplicates of a source must be found anew. */
bool gy_import_step_is_stale(const gy_import_step *steps, size_t n, size_t index);

/* Finds the duplicates of sources that changed, once the rows of all are in place, and counts them in the
 * details (`duplicates`). */
GY_MUST_USE gy_status gy_import_steps_find_duplicates(gy_import_step *steps, size_t n, gy_error *err);

/* The step's detail: `target`, `read`, `accepted`, `rejected`, `repaired`, `contracts`,
 * `missing`, `files`; a new reference. */
json_t *gy_import_step_detail(const gy_import_step *step);

/* A file's record when nothing but its state may have changed. */
gy_import_record gy_import_step_kept(const gy_import_step *step, const gy_file_change *file);

#endif
