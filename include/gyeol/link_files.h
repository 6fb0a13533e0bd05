/* SPDX-License-Identifier: Apache-2.0
 *
 * Linking plain files: which rows of two files, or of one, are the same person (linkage.h). */
#ifndef GYEOL_LINK_FILES_H
#define GYEOL_LINK_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gy_link_files_options {
  const char *input, *with; /* files as of gyeol cluster; with NULL: rows of `input` with each other */
  const char
      *compare; /* "name:name, birth:date, A=B:phone" (A in input, B in with); NULL: by the columns' roles */
  const char *const
      *blocks; /* each "birth", "name:1 + phone:-4" or "email:stem"; none: by what is compared */
  size_t n_blocks;
  const char *id, *with_id; /* columns carried along; NULL: found, or none */
  const char *output;       /* the pairs: .csv, .tsv, .xlsx, .parquet, .json, .ndjson; NULL: none */
  double match_prob, review_prob;
  bool one_to_one;
} gy_link_files_options;

/* Match from 0.99, review from 0.7. */
gy_link_files_options gy_link_files_defaults(const char *input, const char *with);

/* `result` is a JSON text (docs/json.md) to be freed with gy_text_free. GY_EUSAGE for a specification that
 * does not read or names no column, GY_EDATA where nothing can be compared. */
GY_MUST_USE gy_status gy_link_files(const gy_link_files_options *options, const gy_task *task, char **result,
                                    gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
