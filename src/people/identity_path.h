/* SPDX-License-Identifier: Apache-2.0
 *
 * How two keys of one person hang together. */
#ifndef GYEOL_PEOPLE_IDENTITY_PATH_H
#define GYEOL_PEOPLE_IDENTITY_PATH_H

#include "people/identity_decisions.h"

/* The shortest way from `a` to `b` over links that are used and decisions that hold (as
 * people/person_evidence and people/person_decisions give them), as an array of these; empty where there is
 * none. A new reference. */
GY_MUST_USE gy_status gy_identity_path(const json_t *links, const json_t *decisions, const gy_person_key *a,
                                       const gy_person_key *b, json_t **path, gy_error *err);

#endif
