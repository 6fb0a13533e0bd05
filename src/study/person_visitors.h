/* SPDX-License-Identifier: Apache-2.0
 *
 * The cookies and devices whose anonymous rows a person is given. */
#ifndef GYEOL_STUDY_PERSON_VISITORS_H
#define GYEOL_STUDY_PERSON_VISITORS_H

#include <jansson.h>

#include "engine/engine.h"

enum { GY_VISITORS_SHOWN_MOST = 200 };

/* Rows of kind, key, is_shared, since, until: of a cookie that several people were known on one row a time
 * that was this person's, since null from the beginning on, until null to the end. `identity` is the detail
 * of the step, NULL where there is none. The first GY_VISITORS_SHOWN_MOST by kind and key. The caller's. */
GY_MUST_USE gy_status gy_person_visitors(gy_engine *engine, const json_t *identity, const char *person,
                                         json_t **rows, gy_error *err);

#endif
