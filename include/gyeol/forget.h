/* SPDX-License-Identifier: Apache-2.0
 *
 * Forgetting people: every trace of them in a project, for good (docs/privacy.md). Figures of the past keep
 * what they were part of, as sums over all forgotten people. */
#ifndef GYEOL_FORGET_H
#define GYEOL_FORGET_H

#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gy_forget_options {
  const char *const *names; /* customer ids, e-mail addresses, phone numbers, cookies, ... */
  size_t n_names;
  const char *file;   /* further ones, a line each; NULL: none */
  const char *reason; /* for the receipt; NULL: none. What of the people is in it is left out */
  bool dry_run;       /* say what would be removed, and remove nothing */
} gy_forget_options;

/* Forgets people, and first finishes a forgetting that was interrupted; with no names, only that. `result`,
 * one JSON object without any identifier (docs/json.md): {"people", "already", "unknown", "shared",
 * "receipt", "removed", "sources", "dry_run", "seconds"}. GY_EUSAGE: a name leads to several people;
 * GY_ENOTFOUND: nothing is held on any of them; GY_EBUSY: a run goes on. Once it has begun to change
 * something it is finished, by the next command that writes if not by this one. */
GY_MUST_USE gy_status gy_project_forget(const char *dir, const gy_forget_options *options,
                                        const gy_task *task, char **result, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
