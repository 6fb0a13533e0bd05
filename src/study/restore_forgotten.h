/* SPDX-License-Identifier: Apache-2.0
 *
 * A backup is older than what was forgotten since. Whoever has a tombstone in the project that is replaced
 * must not come back with it. */
#ifndef GYEOL_STUDY_RESTORE_FORGOTTEN_H
#define GYEOL_STUDY_RESTORE_FORGOTTEN_H

#include <jansson.h>

#include "study/project_store.h"

/* Joins the tombstones of `before` with those of the project in the folder `beside`, and forgets there whom
 * it has of them; gives how many people. Receipts that only `before` has are copied. GY_EUSAGE: the two are
 * different projects and `before` has tombstones. */
GY_MUST_USE gy_status gy_restore_forgotten(gy_project *before, const char *beside, const gy_task *task,
                                           json_int_t *forgotten, gy_error *err);

#endif
