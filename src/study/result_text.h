/* SPDX-License-Identifier: Apache-2.0
 *
 * The answer of a question as the text that include/gyeol/ gives: compact JSON. */
#ifndef GYEOL_STUDY_RESULT_TEXT_H
#define GYEOL_STUDY_RESULT_TEXT_H

#include <jansson.h>

#include "gyeol/status.h"

/* Takes the reference to `object`, which is NULL where memory for it was missing. *result is the caller's to
 * free, set on success only. */
GY_MUST_USE gy_status gy_result_text(json_t *object, char **result, gy_error *err);

#endif
