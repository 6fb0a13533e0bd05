/* SPDX-License-Identifier: Apache-2.0
 *
 * What a change of segments does to the campaigns that go to them. */
#ifndef GYEOL_STUDY_SEGMENT_CAMPAIGNS_H
#define GYEOL_STUDY_SEGMENT_CAMPAIGNS_H

#include "study/segment_judge.h"

/* Of campaigns that run or are planned as of the data, once gy_segment_refresh_find has found the changes:
 * [{"campaign", "state", "from", "until", "segments", "before", "customers", "entered", "left",
 * "left_reached"}], or "error" in place of the counts. A new reference. */
GY_MUST_USE gy_status gy_segment_campaigns(const gy_run_context *run, const gy_segment_judgement *judgement,
                                           json_t **campaigns, gy_error *err);

/* Adds {"campaign", "error"} for each campaign that goes to a segment that is not defined. */
GY_MUST_USE gy_status gy_segment_campaigns_check(const gy_run_context *run,
                                                 const gy_segment_judgement *judgement, json_t *errors,
                                                 gy_error *err);

#endif
