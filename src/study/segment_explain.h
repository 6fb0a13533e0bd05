/* SPDX-License-Identifier: Apache-2.0
 *
 * Why a customer is or is not in a segment: every predicate of its rule with the values that it saw. */
#ifndef GYEOL_STUDY_SEGMENT_EXPLAIN_H
#define GYEOL_STUDY_SEGMENT_EXPLAIN_H

#include "study/segment_judge.h"

/* The explanation as JSON: {"answer": "yes" | "no" | "unknown", "predicates": [...]}. Segments that are lists
 * or have an error count with the members of the store. GY_ENOTFOUND: no such customer. */
GY_MUST_USE gy_status gy_segment_explain(const gy_run_context *run, const gy_segment_judgement *judgement,
                                         size_t segment, const char *customer, json_t **explanation,
                                         gy_error *err);

#endif
