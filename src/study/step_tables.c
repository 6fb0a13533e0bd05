/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables beyond orders, customers and products, as views over their sources. A project that never had
 * such a source has no such step. */
#include <stdio.h>

#include "base/clock.h"
#include "study/run_context.h"

enum { TABLES_VERSION = 1 };

static size_t count_further(const gy_project_config *config) {
  size_t n = 0;
  for (uint32_t i = 0; i < config->n_sources; i++) n += !gy_target_is_shop(config->sources[i].target);
  return n;
}

gy_status gy_run_tables(gy_run_context *run, gy_error *err) {
  double start = gy_clock_seconds();
  const gy_project_config *config = &run->project.config;
  size_t n_further = count_further(config);
  gy_step_record last = {0};
  gy_status status = gy_step_load(run->log.engine, "tables", NULL, &last, err);
  json_decref(last.detail);
  if (status != GY_OK || (n_further == 0 && last.run[0] == '\0')) return status;
  gy_fingerprint fingerprint = {.version = TABLES_VERSION};
  snprintf(fingerprint.inputs, sizeof fingerprint.inputs, "%s", run->further_imports_text);
  bool must_run = false;
  static const gy_config_section SECTIONS[] = {GY_SECTION_TIMEZONE};
  status = gy_run_settings(run, SECTIONS, 1, NULL, fingerprint.settings, err);
  if (status == GY_OK) status = gy_step_start(&run->log, "tables", &fingerprint, &must_run, NULL, err);
  if (status != GY_OK || !must_run) return status;
  status = gy_canonical_create_further(run->project.engine, config, &run->people_tables, run->task, err);
  if (status != GY_OK) {
    gy_error_prefix(err, "tables");
    return status;
  }
  gy_step_report report = {.rows = n_further};
  return gy_step_finish(&run->log, "tables", &fingerprint, gy_clock_seconds() - start, &report, err);
}
