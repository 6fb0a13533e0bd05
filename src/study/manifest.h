/* SPDX-License-Identifier: Apache-2.0
 *
 * The manifest of a run: what it read, what it found, how long it took. It is what `gyeol run --json`
 * prints and what the store keeps of the run. */
#ifndef GYEOL_STUDY_MANIFEST_H
#define GYEOL_STUDY_MANIFEST_H

#include "study/run_context.h"

/* Gives the manifest of a run whose steps are done; `report_path` NULL: it has no report. NULL when memory is
 * spent. */
json_t *gy_manifest_create(const gy_run_context *run, int64_t started_us, const char *report_path,
                           double seconds);

/* Segments and clusters as lists show them: [{name, name_ko, kind, customers, share, revenue,
 * revenue_share}...]. */
json_t *gy_manifest_segments(const json_t *rfm, const json_t *clusters);

/* Rows that each canonical table was given, {table: {"rows", "sources"}...}; tables that are none of those
 * stand there under the names of their sources. */
json_t *gy_manifest_tables(const gy_run_context *run);

/* {"import": seconds, ..., "total": seconds} of a run's log of steps. */
json_t *gy_manifest_seconds(const json_t *steps, double total);

/* Gives the manifest of a committed run, of the last one for NULL; GY_ENOTFOUND when there is none. */
GY_MUST_USE gy_status gy_manifest_load(gy_engine *engine, const char *run, json_t **manifest, gy_error *err);

#endif
