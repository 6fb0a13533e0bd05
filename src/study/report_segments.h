/* SPDX-License-Identifier: Apache-2.0
 *
 * The report's section of the segments that a project defines (docs/internals/report-model.md). */
#ifndef GYEOL_STUDY_REPORT_SEGMENTS_H
#define GYEOL_STUDY_REPORT_SEGMENTS_H

#include "study/run_context.h"

/* Gives a new reference; NULL where no segment is defined. */
GY_MUST_USE gy_status gy_report_segments(const gy_run_context *run, json_t **section, gy_error *err);

#endif
