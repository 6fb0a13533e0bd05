/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of what is held on a person that are not simply rows of tables. */
#ifndef GYEOL_STUDY_SUBJECT_FILE_H
#define GYEOL_STUDY_SUBJECT_FILE_H

#include <jansson.h>

#include "study/project_privacy.h"

/* Originals of all pseudonyms in `tables` ({"table": [rows]}): [{"kind", "pseudonym", "text"}]; a new
 * reference. */
GY_MUST_USE gy_status gy_subject_originals(gy_project *project, const json_t *tables, json_t **originals,
                                           gy_error *err);

/* Rejected rows of theirs, opened; a new reference. A column whose role names people has one of `keys`
 * ([{"kind", "key"}]), however it is written, and none names another customer. Of a record that could not be
 * taken apart the addresses and numbers in its text are all theirs. */
GY_MUST_USE gy_status gy_subject_rejects(gy_project *project, const json_t *keys, json_t **rows,
                                         gy_error *err);

/* Lines of the audit log about the person's customer ids; a new reference. */
GY_MUST_USE gy_status gy_subject_audit(gy_project *project, const json_t *keys, json_t **lines,
                                       gy_error *err);

#endif
