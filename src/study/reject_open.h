/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealed rejected rows are opened for who repairs them, which the audit log tells. */
#ifndef GYEOL_STUDY_REJECT_OPEN_H
#define GYEOL_STUDY_REJECT_OPEN_H

#include <jansson.h>

#include "study/project_store.h"

/* Opens `record` and `value` of rows in place, where they are sealed; `action` ("rejects.export") is logged
 * once if any was, NULL: it is not. */
GY_MUST_USE gy_status gy_rejects_open(gy_project *project, json_t *rows, const char *action, gy_error *err);

/* Says "sealed" in place of values that are: for lists. */
void gy_rejects_hide(json_t *rows);

#endif
