/* SPDX-License-Identifier: Apache-2.0
 *
 * RFM scores and named segments of every customer. */
#include <string.h>

#include "base/clock.h"
#include "study/rfm_frame.h"
#include "study/run_context.h"

enum { RFM_VERSION = 1 };

gy_status gy_run_rfm(gy_run_context *run, gy_error *err) {
  double start = gy_clock_seconds();
  static const gy_config_section SECTIONS[] = {GY_SECTION_RFM};
  gy_fingerprint fingerprint = {.version = RFM_VERSION};
  memcpy(fingerprint.inputs, run->features_text, sizeof fingerprint.inputs);
  gy_status status = gy_run_settings(run, SECTIONS, 1, NULL, fingerprint.settings, err);
  bool must_run = false;
  if (status == GY_OK) status = gy_step_start(&run->log, "rfm", &fingerprint, &must_run, &run->rfm, err);
  gy_fingerprint_text(&fingerprint, run->rfm_text);
  if (status != GY_OK || !must_run) return status;
  gy_rfm_frame frame;
  status = gy_rfm_frame_make(run->project.engine, &run->project.config.rfm, run->task, &frame, err);
  if (status == GY_OK) status = gy_rfm_frame_store(&frame, run->project.engine, run->task, err);
  if (status == GY_OK) status = gy_rfm_frame_json(&frame, run->task, &run->rfm, err);
  json_t *concentration = NULL;
  if (status == GY_OK) status = gy_rfm_frame_concentration(&frame, &concentration, err);
  if (concentration != NULL) json_object_set_new(run->rfm, "concentration", concentration);
  if (status == GY_OK) {
    gy_step_report report = {.rows = frame.n, .detail = json_incref(run->rfm)};
    status = gy_step_finish(&run->log, "rfm", &fingerprint, gy_clock_seconds() - start, &report, err);
  } else {
    gy_error_prefix(err, "rfm");
  }
  gy_rfm_frame_clear(&frame);
  return status;
}
