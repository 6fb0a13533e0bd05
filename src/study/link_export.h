/* SPDX-License-Identifier: Apache-2.0
 *
 * What linking two files found, as rows of a file and as JSON. */
#ifndef GYEOL_STUDY_LINK_EXPORT_H
#define GYEOL_STUDY_LINK_EXPORT_H

#include <jansson.h>

#include "study/link_spec.h"
#include "study/link_table.h"

typedef struct gy_link_found {
  const gy_link_files_options *options;
  const gy_link_spec *spec;
  gy_link_table *left;
  const gy_link_table *right; /* `left` itself where there is one file */
  const gy_link_result *result;
} gy_link_found;

/* A row a pair: rows and ids of both, decision, probability, bits; for each field both values and its bits.
 * The surest first. */
GY_MUST_USE gy_status gy_link_export(const gy_link_found *found, const char *path, const gy_task *task,
                                     gy_error *err);

/* Everything but seconds; a new reference, NULL when memory is spent. */
json_t *gy_link_json(const gy_link_found *found);

#endif
