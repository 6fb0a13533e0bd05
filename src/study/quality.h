/* SPDX-License-Identifier: Apache-2.0
 *
 * How good the data of a run were: per source what was read, rejected and repaired, what each contract found,
 * and how much is missing. */
#ifndef GYEOL_STUDY_QUALITY_H
#define GYEOL_STUDY_QUALITY_H

#include "engine/engine.h"

/* {"verdict", "sources": {NAME: {"target", "read", "accepted", "rejected", "repaired", "contracts",
 * "missing"}}} from what the imports left. Gives it; NULL when memory is spent. */
json_t *gy_quality_json(const json_t *imports);

/* The same in numbers, a row a run, oldest first, of the last `most` runs before run `run`, and of `quality`,
 * which is its own: [{"run", "started_at", "read", "rejected", "repaired", "rules", "failing"}]. */
GY_MUST_USE gy_status gy_quality_history(gy_engine *engine, const json_t *quality, const char *run,
                                         size_t most, json_t **rows, gy_error *err);

/* The same as tables: {"by_source": [...], "contracts": [...], "missing": [...]}, each row with its "source".
 * Gives it; NULL when memory is spent. */
json_t *gy_quality_tables(const json_t *quality);

#endif
