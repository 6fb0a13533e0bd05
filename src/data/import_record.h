/* SPDX-License-Identifier: Apache-2.0
 *
 * A rejected record as a whole, so that it can be shown, repaired and recognised when its file is read again:
 * one JSON text, {"column": "cell"...} for a record whose cells could be told apart, "its text" for one whose
 * could not. */
#ifndef GYEOL_DATA_IMPORT_RECORD_H
#define GYEOL_DATA_IMPORT_RECORD_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { GY_RECORD_MAX = 64 << 10, GY_REJECT_ID_CHARS = 16 };

/* Gives the JSON of `n` cells; NULL when memory is spent or it would be larger than GY_RECORD_MAX. Cells are
 * valid UTF-8. */
char *gy_record_of_cells(char *const *names, const char *const *cells, const size_t *lengths, size_t n);

/* Gives the JSON of a record's text, cut where it is long; what is no text in it becomes '?'. */
char *gy_record_of_text(const char *text, size_t length);

/* What a rejected record is called: the same source, file (as told from the project's folder), place and
 * record always have the same id. `id` holds GY_REJECT_ID_CHARS + 1 bytes. */
void gy_reject_id(const char *source, const char *file, uint64_t place, const char *record, char *id);

/* The place of a record: its line in a file. A table on a server has no lines, its rows come in whatever
 * order the server has them in; there it is the number of the record among those that are the same, from 1.
 * `seen` counts them, an object that is empty before the first. */
uint64_t gy_record_place(json_t *seen, const char *file, uint64_t line, const char *record);

/* The part of an absolute path behind `root` and a slash; the path itself where it is elsewhere. Lends. */
const char *gy_path_from(const char *root, const char *path);

#endif
