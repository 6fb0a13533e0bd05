/* SPDX-License-Identifier: Apache-2.0
 *
 * People of a project: who is one person, and why. Keys may be named as they are ("1001", "guest-3", "L-77"),
 * with their kind ("loyalty_card:L-77"), or in the clear ("kim@example.com", "010-1234-5678"): addresses and
 * numbers are looked for by their pseudonyms. Results are JSON texts that the caller frees with gy_text_free;
 * docs/json.md describes each. */
#ifndef GYEOL_PEOPLE_H
#define GYEOL_PEOPLE_H

#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One person with keys, customers, links and decisions. GY_ENOTFOUND: nobody is known by that key. */
GY_MUST_USE gy_status gy_project_identity_show(const char *dir, const char *who, const gy_task *task,
                                               char **result, gy_error *err);

/* Numbers, the people with most customers and keys, what was blocked, and decisions by hand; at most `limit`
 * of each (0: 20). */
GY_MUST_USE gy_status gy_project_identity_list(const char *dir, size_t limit, const gy_task *task,
                                               char **result, gy_error *err);

/* Evidence of every link of a person; with `other` the path of links that joins the two keys, or why there is
 * none. */
GY_MUST_USE gy_status gy_project_identity_explain(const char *dir, const char *who, const char *other,
                                                  const gy_task *task, char **result, gy_error *err);

/* What the settings of gyeol.yaml as they are now would merge and split, with examples. Writes nothing. */
GY_MUST_USE gy_status gy_project_identity_preview(const char *dir, size_t limit, const gy_task *task,
                                                  char **result, gy_error *err);

/* Customers that resemble each other and wait for a decision (identity.fuzzy of gyeol.yaml), the surest
 * first, at most `limit` (0: 20). `result`: {"waiting", "counts", "pairs": [{"left", "right", "left_person",
 * "right_person", "probability", "bits", "evidence"}]}. GY_ECONFIG where nobody is looked for. */
GY_MUST_USE gy_status gy_project_identity_review(const char *dir, size_t limit, const gy_task *task,
                                                 char **result, gy_error *err);

/* Decisions by hand: each is stored at once and applied by the run that follows. A decision that contradicts
 * an earlier one is GY_EUSAGE, one that says nothing new GY_EEXISTS. `reason` may be NULL. `result`:
 * {"decision", "action", "person", "undone", "run"}. */
GY_MUST_USE gy_status gy_project_identity_merge(const char *dir, const char *who, const char *other,
                                                const char *reason, const gy_task *task, char **result,
                                                gy_error *err);
/* No keys: takes back what was merged by hand, else parts all customers of the person. */
GY_MUST_USE gy_status gy_project_identity_unmerge(const char *dir, const char *who, const char *const *keys,
                                                  size_t n_keys, const char *reason, const gy_task *task,
                                                  char **result, gy_error *err);
GY_MUST_USE gy_status gy_project_identity_pin(const char *dir, const char *who, const char *key,
                                              const char *reason, const gy_task *task, char **result,
                                              gy_error *err);
/* `decision` 0: the last one that holds. */
GY_MUST_USE gy_status gy_project_identity_undo(const char *dir, long long decision, const gy_task *task,
                                               char **result, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
