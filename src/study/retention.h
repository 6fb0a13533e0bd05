/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows that grew too old. `privacy.retention` of gyeol.yaml says for how many days rows of a table are kept;
 * older ones leave the source's relation in the run that finds them, before duplicates are looked for and
 * before anything is computed. A file that is copied loses the rows; one that stays in place (Parquet, a
 * server) is seen through a view that passes them over. The user's own files are left alone. Days begin in
 * the project's zone. */
#ifndef GYEOL_STUDY_RETENTION_H
#define GYEOL_STUDY_RETENTION_H

#include "study/import_step.h"

/* Applies the source's period once its rows are in place; `expired` receives how many left now. Tells of it
 * in the step's detail (`retention`), and in `step->retention`, a text that changes when rows of a source
 * that was not read left. */
GY_MUST_USE gy_status gy_retention_apply(gy_import_step *step, uint64_t *expired, gy_error *err);

#endif
