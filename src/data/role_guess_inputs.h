/* SPDX-License-Identifier: Apache-2.0
 *
 * From files to the tables in them: one a file, but one a sheet of a workbook, or the one that
 * "book.xlsx#Orders" names. Inside the data room only. */
#ifndef GYEOL_DATA_ROLE_GUESS_INPUTS_H
#define GYEOL_DATA_ROLE_GUESS_INPUTS_H

#include "data/role_guess.h"

typedef struct gy_guess_input {
  const char *path;  /* lent, or in the arena */
  const char *sheet; /* NULL: the file is no workbook; in the arena */
} gy_guess_input;

/* GY_ELIMIT for more than GY_GUESS_FILES_MAX tables; what opening a workbook says. */
GY_MUST_USE gy_status gy_guess_inputs(const char *const *files, size_t n_files, gy_arena *arena,
                                      gy_guess_input inputs[GY_GUESS_FILES_MAX], size_t *n, gy_error *err);

#endif
