/* SPDX-License-Identifier: Apache-2.0 */
#include "study/feature_prepare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/preparation_rule.h"

enum { PREPARATION_SEED = 1 };

static gy_status read_rule(const gy_preparation_config *config, const char *name, gy_preparation_rule *rule,
                           gy_error *err) {
  const char *missing_text = config->missing, *outliers_text = config->outliers;
  for (uint32_t i = 0; i < config->n_features; i++) {
    const gy_feature_preparation *f = &config->features[i];
    if (strcmp(f->feature, name) != 0) continue;
    if (f->missing != NULL) missing_text = f->missing;
    if (f->outliers != NULL) outliers_text = f->outliers;
  }
  gy_missing_text missing;
  gy_status status = gy_missing_parse(missing_text, &missing, err);
  if (status == GY_OK) status = gy_outliers_parse(outliers_text, rule, err);
  if (status != GY_OK) return status;
  rule->missing = missing.way;
  rule->constant = missing.constant != NULL ? strtod(missing.constant, NULL) : 0;
  return GY_OK;
}

/* Scales come from the values that were there; then the prepared ones take their places. */
static gy_status fit_and_scale(const gy_preparation_rule *rules, size_t d, float *x, size_t n,
                               const gy_task *task, gy_column_scaling *scaling, gy_preparation *preparation,
                               gy_error *err) {
  float *present = malloc((n * d + 1) * sizeof *present);
  if (present == NULL) return gy_fail(err, GY_ENOMEM, "no memory to prepare %zu customers", n);
  gy_attributes given = {.n_rows = n, .numbers = x, .n_numbers = d};
  gy_preparation fitted = {0};
  gy_status status = gy_preparation_fit(&given, rules, PREPARATION_SEED, task, &fitted, err);
  for (size_t i = 0; i < n * d; i++) present[i] = isnan(x[i]) ? NAN : 0;
  if (status == GY_OK) status = gy_preparation_apply(&fitted, &given, task, x, NULL, NULL, err);
  for (size_t i = 0; i < n * d && status == GY_OK; i++)
    if (!isnan(present[i])) present[i] = x[i];
  if (status == GY_OK) status = gy_scaling_fit((gy_matrix){present, n, d}, task, scaling, err);
  if (status == GY_OK) status = gy_scaling_apply(scaling, (gy_matrix){x, n, d}, task, x, NULL, err);
  free(present);
  if (status == GY_OK)
    *preparation = fitted;
  else
    gy_preparation_clear(&fitted);
  return status;
}

gy_status gy_features_prepare(const gy_preparation_config *config, const char *const *names, size_t d,
                              float *x, size_t n, const gy_task *task, gy_column_scaling *scaling,
                              gy_preparation *preparation, gy_error *err) {
  gy_preparation_rule rules[GY_CLUSTER_FEATURES_MAX];
  bool is_wanted = false;
  gy_status status = GY_OK;
  for (size_t j = 0; j < d && status == GY_OK; j++) {
    status = read_rule(config, names[j], &rules[j], err);
    if (status != GY_OK) return status;
    is_wanted = is_wanted || rules[j].missing != GY_MISSING_MEDIAN || rules[j].outliers != GY_OUTLIERS_NONE;
    if (rules[j].outliers == GY_OUTLIERS_LOG) scaling[j].log = false;
  }
  if (is_wanted) return fit_and_scale(rules, d, x, n, task, scaling, preparation, err);
  status = gy_scaling_fit((gy_matrix){x, n, d}, task, scaling, err);
  return status == GY_OK ? gy_scaling_apply(scaling, (gy_matrix){x, n, d}, task, x, NULL, err) : status;
}
