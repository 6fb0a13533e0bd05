/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds of consents, as JSON: of one person with the rows that decide it, or of everybody as counts. */
#ifndef GYEOL_STUDY_CONSENT_QUERY_H
#define GYEOL_STUDY_CONSENT_QUERY_H

#include <gyeol/consent.h>

#include "study/person_reference.h"

/* Opens a project's store for questions about its people; one that has no views of consents yet gets them.
 * Clear the project in either case. */
GY_MUST_USE gy_status gy_consent_ledger_open(const char *dir, const gy_task *task, gy_project *project,
                                             gy_consent_shape *shape, gy_error *err);

/* A written time in the project's zone; NULL is now. `end_of_day`: what a date alone means. */
GY_MUST_USE gy_status gy_consent_moment(const gy_project *project, const char *text, bool end_of_day,
                                        int64_t *us, gy_error *err);

/* What only some purpose or channel is asked for; -1: all. GY_EUSAGE says what was probably meant. */
typedef struct gy_consent_filter {
  int purpose, channel;
} gy_consent_filter;
GY_MUST_USE gy_status gy_consent_filter_read(const char *purpose, const char *channel,
                                             gy_consent_filter *filter, gy_error *err);

/* Of one person who was found, at a moment; a new reference. */
GY_MUST_USE gy_status gy_consent_of_person(const gy_project *project, const gy_consent_shape *shape,
                                           const gy_person_reference *who, int64_t at_us,
                                           const gy_consent_filter *filter, json_t **result, gy_error *err);

/* Of everybody; a new reference. */
GY_MUST_USE gy_status gy_consent_of_all(const gy_project *project, const gy_consent_shape *shape,
                                        int64_t at_us, const gy_consent_filter *filter, const gy_task *task,
                                        json_t **result, gy_error *err);

#endif
