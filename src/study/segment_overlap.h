/* SPDX-License-Identifier: Apache-2.0
 *
 * The members of a project's segments as bitmaps over customer_no. */
#ifndef GYEOL_STUDY_SEGMENT_OVERLAP_H
#define GYEOL_STUDY_SEGMENT_OVERLAP_H

#include "segment/overlap.h"
#include "study/run_context.h"

/* Gives the sets of the segments with the numbers `numbers`, which rise. */
GY_MUST_USE gy_status gy_segment_sets_load(const gy_run_context *run, const int64_t *numbers, size_t n,
                                           gy_member_sets **sets, gy_error *err);

#endif
