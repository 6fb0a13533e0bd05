/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests of the people whom the data are about. */
#ifndef GYEOL_SUBJECT_H
#define GYEOL_SUBJECT_H

#include <gyeol/project.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Everything that the project holds on a person, named by a customer id, an e-mail address or a phone number,
 * as one JSON object: originals from the vault, rows of every source and table, features, segments, consents,
 * identity, rejected rows, and what the audit log says was done. Logged before anything is opened. `path`
 * NULL: `result` is that object; else it is written there, for its owner's eyes alone, and `result` counts
 * what it holds. GY_ENOTFOUND for somebody of whom nothing is held. */
GY_MUST_USE gy_status gy_project_subject_export(const char *dir, const char *person, const char *path,
                                                const gy_task *task, char **result, gy_error *err);

#ifdef __cplusplus
}
#endif

#endif
