/* SPDX-License-Identifier: Apache-2.0
 *
 * The three measures of RFM for every customer, exact, and what follows from them: scores, segments, and the
 * JSON that lists and report show. */
#ifndef GYEOL_STUDY_RFM_FRAME_H
#define GYEOL_STUDY_RFM_FRAME_H

#include <gyeol/rfm.h>

#include "data/project_file.h"
#include "engine/engine.h"

typedef struct gy_rfm_frame {
  size_t n;
  int32_t *recency_days, *orders;
  int64_t *monetary; /* in 1/10000 */
  uint8_t *r, *f, *m, *segment;
  gy_rfm_options options;
  gy_rfm_cuts cuts;
  gy_rfm_map map;
  gy_rfm_segment *segments; /* of a project with its own; NULL: the built-in ones */
} gy_rfm_frame;

/* Options and segments of the configuration, no customers. Clear the frame in either case. */
GY_MUST_USE gy_status gy_rfm_frame_plan(const gy_rfm_config *config, gy_rfm_frame *frame, gy_error *err);

/* Reads customer_features and scores everybody by the configuration. Clear the frame in either case. */
GY_MUST_USE gy_status gy_rfm_frame_make(gy_engine *engine, const gy_rfm_config *config, const gy_task *task,
                                        gy_rfm_frame *frame, gy_error *err);
void gy_rfm_frame_clear(gy_rfm_frame *frame);

/* Writes the table customer_rfm. */
GY_MUST_USE gy_status gy_rfm_frame_store(const gy_rfm_frame *frame, gy_engine *engine, const gy_task *task,
                                         gy_error *err);

/* Gives the report model's section on how revenue is concentrated. */
GY_MUST_USE gy_status gy_rfm_frame_concentration(const gy_rfm_frame *frame, json_t **concentration,
                                                 gy_error *err);

/* Gives {"cells": [...], "segments": [...], "score_ranges": [...]} of the report model. */
GY_MUST_USE gy_status gy_rfm_frame_json(const gy_rfm_frame *frame, const gy_task *task, json_t **rfm,
                                        gy_error *err);

#endif
