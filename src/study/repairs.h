/* SPDX-License-Identifier: Apache-2.0
 *
 * Repaired records: DIR/repairs/SOURCE.csv, data of the project that a rebuild never touches. A line is a
 * record as it should have been: the id of the rejected one in gyeol_id, then the source's columns.
 *
 * An import applies a repair where it rejects the record of that id, which is the same record in the same
 * line of the same file. Where the file changed so that it is gone, the repair waits. Since a record has one
 * id and an id one repair, a row comes back once, however often it is replayed. */
#ifndef GYEOL_STUDY_REPAIRS_H
#define GYEOL_STUDY_REPAIRS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buffer.h"

#define GY_REPAIR_ID     "gyeol_id"
#define GY_REPAIR_REASON "gyeol_reason"
#define GY_REPAIR_RECORD "gyeol_record"

/* Gives ROOT/repairs/SOURCE.csv; NULL when memory is spent. */
char *gy_repairs_path(const char *root, const char *source);

/* Reads repaired records as {id: {column: cell}}, without the columns whose names begin with gyeol_; no file,
 * no records. GY_EPARSE names the line of a record that cannot be read; GY_EDATA for a file without gyeol_id.
 */
GY_MUST_USE gy_status gy_repairs_read(const char *path, bool is_edited, json_t **repairs, gy_error *err);

/* Replaces the file by these records. */
GY_MUST_USE gy_status gy_repairs_write(const char *path, const json_t *repairs, gy_error *err);

/* One record as a line of CSV: `columns` of `record`, in order, quoted where they must be. */
bool gy_csv_put_record(gy_buffer *out, const json_t *columns, const json_t *record);

#endif
