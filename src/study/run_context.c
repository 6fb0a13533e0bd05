/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "study/run_context.h"

void gy_run_context_clear(gy_run_context *run) {
  json_decref(run->imports);
  json_decref(run->people);
  json_decref(run->totals);
  json_decref(run->consent);
  json_decref(run->rfm);
  json_decref(run->clusters);
  json_decref(run->segments);
  json_decref(run->profiles);
  json_decref(run->trends);
  json_decref(run->log.steps);
  gy_run_privacy_clear(&run->privacy);
  gy_project_clear(&run->project);
}

gy_status gy_project_features(const gy_project *project, gy_feature_set *features, gy_error *err) {
  int days[GY_WINDOWS_MAX];
  size_t n = project->config.features.n_windows;
  for (size_t i = 0; i < n; i++) days[i] = (int)project->config.features.windows_days[i];
  return gy_feature_set_init(features, days, n, err);
}

const char *gy_money_text(int64_t amount, char *text) {
  uint64_t size = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
  snprintf(text, 32, "%s%" PRIu64 ".%04u", amount < 0 ? "-" : "", size / GY_MONEY_SCALE,
           (unsigned)(size % GY_MONEY_SCALE));
  char *end = text + strlen(text);
  while (end[-1] == '0') *--end = '\0';
  if (end[-1] == '.') end[-1] = '\0';
  return text;
}
