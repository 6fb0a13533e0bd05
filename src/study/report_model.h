/* SPDX-License-Identifier: Apache-2.0
 *
 * The report model of a run (docs/internals/report-model.md), put together from what its steps left. */
#ifndef GYEOL_STUDY_REPORT_MODEL_H
#define GYEOL_STUDY_REPORT_MODEL_H

#include "study/run_context.h"

/* Gives a new reference. Needs the details of all steps in `run`, and the open store for rejected rows. */
GY_MUST_USE gy_status gy_report_model_create(gy_run_context *run, json_t **model, gy_error *err);

#endif
