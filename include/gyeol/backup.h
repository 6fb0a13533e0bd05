/* SPDX-License-Identifier: Apache-2.0
 *
 * One encrypted file of a project: settings, definitions, repairs, the store, the vault, tombstones, the
 * audit log and receipts; not the sources (docs/privacy.md). */
#ifndef GYEOL_BACKUP_H
#define GYEOL_BACKUP_H

#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gy_backup_options {
  bool passphrase; /* the key is made of words: asked for, or GYEOL_PASSPHRASE */
  const char *key; /* where the key comes from, as privacy.key says it ("file:PATH", "env:NAME"); NULL: the
                      project's */
  bool force;      /* restore: replace what is there, and keep it as DIR.before-restore */
} gy_backup_options;

/* Writes DIR into a new file beside `path`, reads it back whole, and gives it its name. No run goes on
 * meanwhile. `result`: {"file", "files", "bytes", "size", "seconds"}. */
GY_MUST_USE gy_status gy_project_backup(const char *dir, const char *path, const gy_backup_options *options,
                                        const gy_task *task, char **result, gy_error *err);

/* Reads every byte of a backup. GY_ECORRUPT: truncated or changed; GY_ECONFIG: another key. */
GY_MUST_USE gy_status gy_backup_verify(const char *dir, const char *path, const gy_backup_options *options,
                                       const gy_task *task, char **result, gy_error *err);

/* Makes DIR (NULL: called like the project) of a backup, all or nothing: it is written beside, whoever was
 * forgotten in the DIR that is there is forgotten in it too, and then takes its name. GY_EEXISTS without
 * `force`. `result`:
 * {"project", "files", "bytes", "kept", "forgotten", "seconds"}. */
GY_MUST_USE gy_status gy_project_restore(const char *path, const char *dir, const gy_backup_options *options,
                                         const gy_task *task, char **result, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
