/* SPDX-License-Identifier: Apache-2.0
 *
 * Consents of a project's people: who agreed to what, through which channel, since when, and by which words.
 * Results are JSON texts (UTF-8, one object) that the caller frees with gy_text_free; docs/json.md describes
 * each.
 *
 * A person is named by a customer id, an e-mail address or a phone number, in any form that people write. */
#ifndef GYEOL_CONSENT_H
#define GYEOL_CONSENT_H

#include <gyeol/project.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gy_consent_question {
  const char *person;  /* NULL: everybody, as counts */
  const char *at;      /* a time, or a date for the end of that day, in the project's zone; NULL: now */
  const char *purpose; /* only this one; NULL: all */
  const char *channel; /* only this one; NULL: all */
} gy_consent_question;

/* What holds, and the row that decides it; without a person how many people hold what, what is not in force,
 * and what was said last. GY_ENOTFOUND for a person that neither the data nor the consents know. */
GY_MUST_USE gy_status gy_project_consent_show(const char *dir, const gy_consent_question *question,
                                              const gy_task *task, char **result, gy_error *err);

typedef struct gy_consent_entry {
  const char *person;
  const char *purpose, *channel; /* channel NULL: all of them */
  bool granted;
  const char *at;           /* as above, a date for its beginning; NULL: now */
  const char *source;       /* where it was said; NULL: not known */
  const char *text_version; /* which words were agreed to; NULL: not known */
} gy_consent_entry;

/* Adds one row to the ledger; a row that is there already is added no second time. `result` says what holds
 * of the person now. Segments follow at the next run. */
GY_MUST_USE gy_status gy_project_consent_set(const char *dir, const gy_consent_entry *entry,
                                             const gy_task *task, char **result, gy_error *err);

/* Adds the rows of a file (csv, tsv, xlsx, json, parquet) that are not there yet. Columns are found as by
 * `gyeol init`. `result`: {"file", "read", "added", "known", "rejected", "rejects": [...]}. */
GY_MUST_USE gy_status gy_project_consent_import(const char *dir, const char *path, const gy_task *task,
                                                char **result, gy_error *err);

#ifdef __cplusplus
}
#endif

#endif
