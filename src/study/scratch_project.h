/* SPDX-License-Identifier: Apache-2.0
 *
 * A project whose sources are read into a store of their own, which is thrown away: for questions that must
 * change nothing. It knows what the project's own store knows of the last import, so that sources which did
 * not change since need not be read. */
#ifndef GYEOL_STUDY_SCRATCH_PROJECT_H
#define GYEOL_STUDY_SCRATCH_PROJECT_H

#include "study/run_context.h"

typedef struct gy_scratch {
  gy_run_context run; /* only_checks */
  gy_run_options options;
  char *folder;
  char *state_dir; /* the project's own, where it was made for the folder */
} gy_scratch;

/* Loads the project and opens the store, within a transaction. `knows_last`: with what the last run left.
 * Close in either case. */
GY_MUST_USE gy_status gy_scratch_open(const char *dir, const char *as_of, bool knows_last,
                                      const gy_task *task, gy_scratch *scratch, gy_error *err);
void gy_scratch_close(gy_scratch *scratch);

/* Removes what checks that were killed left below a project's state folder. */
void gy_scratch_sweep(const char *state_dir);

#endif
