/* SPDX-License-Identifier: Apache-2.0
 *
 * A plain file as a list of records to link: the texts of the columns that are compared, in file order, and
 * what the rows are called by. */
#ifndef GYEOL_STUDY_LINK_TABLE_H
#define GYEOL_STUDY_LINK_TABLE_H

#include <gyeol/linkage.h>

#include "base/buffer.h"
#include "engine/engine.h"

typedef struct gy_link_table {
  gy_engine *engine;
  size_t n, n_fields;
  gy_link_list list;
  gy_link_column columns[GY_LINK_FIELDS_MAX];
  gy_buffer bytes[GY_LINK_FIELDS_MAX + 1]; /* of the fields, then of the ids */
  uint64_t *offsets[GY_LINK_FIELDS_MAX + 1];
  int64_t *row_no; /* of each record: its place in the file, from 1 */
  char *id;        /* the column that names rows; NULL: none */
  uint64_t n_rejected;
} gy_link_table;

/* `columns`: n_fields names; `id` may be NULL. Clear in either case. */
GY_MUST_USE gy_status gy_link_table_load(const char *path, const char *const *columns, size_t n_fields,
                                         const char *id, const gy_task *task, gy_link_table *table,
                                         gy_error *err);
void gy_link_table_clear(gy_link_table *table);

/* A field's text of a record, n_fields for its id; "" where it is missing. */
gy_text gy_link_table_text(const gy_link_table *table, size_t field, size_t record);

#endif
