/* SPDX-License-Identifier: Apache-2.0
 *
 * The quarantine: rows that could not be read, where they are and why. Each thread keeps its own list and
 * walks the files forward, so its first N rejects hold every one of its that is among the first N of all. */
#ifndef GYEOL_DATA_IMPORT_REJECTS_H
#define GYEOL_DATA_IMPORT_REJECTS_H

#include "base/arena.h"
#include "data/import.h"
#include "engine/engine.h"

enum { IMPORT_REJECT_VALUE_MAX = 200 };

typedef struct import_rejected {
  size_t file;
  uint64_t line;
  const char *column; /* NULL: the whole row; lent */
  const char *value;
  const char *reason;
  const char *record; /* JSON, see import_record.h; NULL: too large */
} import_rejected;

typedef struct import_rejects {
  gy_arena arena;
  import_rejected *list;
  size_t n, capacity, most;
  uint64_t n_all; /* also those not kept */
} import_rejects;

void import_rejects_init(import_rejects *rejects, size_t most);
void import_rejects_clear(import_rejects *rejects);

/* Counts a reject and keeps it while there is room; value (cut), reason and record are copied. */
GY_MUST_USE gy_status import_rejects_add(import_rejects *rejects, size_t file, uint64_t line,
                                         const char *column, const char *value, size_t value_length,
                                         const char *reason, const char *record, gy_error *err);

/* Whether one more is kept: its record need not be made up otherwise. */
static inline bool import_rejects_keeps(const import_rejects *rejects) { return rejects->n < rejects->most; }

/* Adds all of `from`, which keeps its own. */
GY_MUST_USE gy_status import_rejects_merge(import_rejects *rejects, const import_rejects *from,
                                           gy_error *err);

/* Removes what `table` (NULL: rejects) holds of a source. */
GY_MUST_USE gy_status import_rejects_forget(gy_engine *engine, const char *table, const char *source,
                                            const gy_task *task, gy_error *err);

/* Replaces what `table` holds of the spec's source by the first ones in file order. Ids are told from its
 * root; what says who somebody is, is sealed. */
GY_MUST_USE gy_status import_rejects_store(import_rejects *rejects, gy_engine *engine,
                                           const gy_import_spec *spec,
                                           const char *(*path_of)(const void *files, size_t file),
                                           const void *files, const gy_task *task, uint64_t *n_stored,
                                           gy_error *err);

#endif
