/* SPDX-License-Identifier: Apache-2.0
 *
 * What the last run left, to be asked. The store is opened for reading, so that questions work beside each
 * other. */
#ifndef GYEOL_STUDY_LAST_RUN_H
#define GYEOL_STUDY_LAST_RUN_H

#include "study/run_context.h"

/* How far the last run must have come for a question to have an answer. */
typedef enum gy_run_needs { GY_NEEDS_A_RUN, GY_NEEDS_FEATURES, GY_NEEDS_SEGMENTS } gy_run_needs;

/* Opens the store for reading and loads what the steps of the last run left. gy_run_context_clear in either
 * case. GY_ENOTFOUND says which command makes what is missing. */
GY_MUST_USE gy_status gy_last_run_open(const char *dir, gy_run_needs needs, const gy_task *task,
                                       gy_run_context *run, gy_error *err);

/* The same for writing: what is done is logged as a part of the last run. */
GY_MUST_USE gy_status gy_last_run_continue(const char *dir, gy_run_needs needs, const gy_task *task,
                                           gy_run_context *run, gy_error *err);

#endif
