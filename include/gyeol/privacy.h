/* SPDX-License-Identifier: Apache-2.0
 *
 * What protects people in a project: the vault with the originals of direct identifiers, and the log of who
 * did what to personal data. Results are JSON texts (UTF-8, one object) that the caller frees with
 * gy_text_free; docs/json.md describes each. */
#ifndef GYEOL_PRIVACY_H
#define GYEOL_PRIVACY_H

#include <stdbool.h>

#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the vault holds, by kind, and where its key comes from; no original. `check` reads and authenticates
 * every page of it. A project without personal data has none: {"vault": false}. */
GY_MUST_USE gy_status gy_project_vault_status(const char *dir, bool check, const gy_task *task, char **result,
                                              gy_error *err);

/* Seals everything under a fresh key, all or nothing; pseudonyms stay what they are. Logged. */
GY_MUST_USE gy_status gy_project_vault_rotate(const char *dir, const gy_task *task, char **result,
                                              gy_error *err);

/* The originals behind `id`: the pseudonym of an identifier, or a customer id whose rows in the store have
 * such. `reason` goes into the log, before anything is opened. GY_EUSAGE without a reason; GY_ENOTFOUND. */
GY_MUST_USE gy_status gy_project_vault_open(const char *dir, const char *id, const char *reason,
                                            const gy_task *task, char **result, gy_error *err);

/* The newest `limit` lines of the log (0: 100), oldest first, and whether the whole log holds. */
GY_MUST_USE gy_status gy_project_audit(const char *dir, size_t limit, const gy_task *task, char **result,
                                       gy_error *err);

/* GY_ECORRUPT, naming the line, when a line of the log was changed, removed, put in or moved. */
GY_MUST_USE gy_status gy_project_audit_verify(const char *dir, const gy_task *task, char **result,
                                              gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
