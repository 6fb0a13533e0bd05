/* SPDX-License-Identifier: Apache-2.0
 *
 * Forgetting from decision to receipt. Whatever is killed, either nothing has happened or the next command
 * that writes finishes it:
 *
 *   1 STATE/forget.pending   sealed: who, by everything that the store knows them by; from here on it will
 * happen 2 tombstones             a later import of the same sources leaves them out 3 store written anew
 * without them, one rename; it says itself that it is done 4 vault                  originals removed 5 files
 * reports, manifests, models, repairs 6 audit log, receipt     once, whatever was repeated 7
 * STATE/forget.pending   removed
 *
 * The process that works holds a lock on the pending file; who finds it unlocked finishes what another one
 * left. */
#ifndef GYEOL_STUDY_FORGETTING_H
#define GYEOL_STUDY_FORGETTING_H

#include <jansson.h>

#include "study/project_store.h"

/* A plan is what the pending file holds:
 *   receipt, requested_at, requested_us, reason, project, language, people, already, unknown
 *   traces {kind: [value...]}, texts [original...], references [hex...]
 *   figures {counts, orders, zone, as_of_us, active_days}, customer_columns {source: column}
 *   sources [{source, file, rows, changed}...], vault {kind: n} */

/* Writes the pending file and goes through all steps. The store is closed. Gives the receipt. */
GY_MUST_USE gy_status gy_forgetting_start(gy_project *project, const json_t *plan, const gy_task *task,
                                          json_t **receipt, gy_error *err);

/* Finishes what was interrupted, where there is such; GY_EBUSY while another process is at it. */
GY_MUST_USE gy_status gy_forgetting_resume(gy_project *project, const gy_task *task, gy_error *err);

/* GY_EBUSY with what to do when somebody is being forgotten, or was to be. For readers. */
GY_MUST_USE gy_status gy_forgetting_check(const gy_project *project, gy_error *err);

bool gy_forgetting_is_pending(const gy_project *project);

/* Forgets whom `given` ([{"n", "kind", "value"}...], people/forget_resolve.h) finds in the project's open
 * store, which is closed then. Gives how many people. */
GY_MUST_USE gy_status gy_forget_given(gy_project *project, json_t *given, const gy_task *task,
                                      int64_t *people, gy_error *err);

/* ---- files: forgetting_files.c ---- */

/* Takes the people out of reports, manifests, models, logs and repairs. Gives how many files of each kind
 * changed. */
GY_MUST_USE gy_status gy_forgetting_files(const gy_project *project, const json_t *plan, json_t **changed,
                                          gy_error *err);

/* ---- receipts: forgetting_receipt.c ---- */

/* "20261121T203015Z-1", one that is not there yet. */
GY_MUST_USE gy_status gy_receipt_name(const gy_project *project, int64_t now_us, char name[40],
                                      gy_error *err);
/* STATE/receipts/NAME.json; NULL when memory is spent. */
char *gy_receipt_path(const gy_project *project, const char *name);
/* The newest receipt that has one of these references; "" where there is none. */
GY_MUST_USE gy_status gy_receipt_find(const gy_project *project, const json_t *references, char name[40],
                                      gy_error *err);

#endif
