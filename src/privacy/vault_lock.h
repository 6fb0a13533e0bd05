/* SPDX-License-Identifier: Apache-2.0
 *
 * One writer of a vault at a time, and no reader that opens it between two of a writer's steps. The system
 * gives the lock back when its process ends, however it ends. */
#ifndef GYEOL_PRIVACY_VAULT_LOCK_H
#define GYEOL_PRIVACY_VAULT_LOCK_H

#include <gyeol/status.h>

typedef enum gy_vault_access { GY_VAULT_READS, GY_VAULT_WRITES } gy_vault_access;

/* Waits for it. `folder` is the vault's, which is there. */
GY_MUST_USE gy_status gy_vault_lock_take(const char *folder, gy_vault_access access, int *lock,
                                         gy_error *err);
void gy_vault_lock_release(int lock); /* -1 is fine */

#endif
