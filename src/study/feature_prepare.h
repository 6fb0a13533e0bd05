/* SPDX-License-Identifier: Apache-2.0
 *
 * The features that clusters use, prepared as gyeol.yaml says under `preparation`. */
#ifndef GYEOL_STUDY_FEATURE_PREPARE_H
#define GYEOL_STUDY_FEATURE_PREPARE_H

#include <gyeol/preparation.h>
#include <gyeol/scaling.h>
#include <gyeol/task.h>

#include "data/project_file.h"

/* Fits on `x` (n x d, in the features' own units) and leaves it prepared and scaled. On entry `scaling` says
 * what is wanted of each feature; a feature whose outliers are treated by logarithm is not logged again.
 * Where nothing but the default is asked for, missing values take the median as they are scaled, and
 * *preparation is left zeroed; else it gives one for gy_preparation_clear. */
GY_MUST_USE gy_status gy_features_prepare(const gy_preparation_config *config, const char *const *names,
                                          size_t d, float *x, size_t n, const gy_task *task,
                                          gy_column_scaling *scaling, gy_preparation *preparation,
                                          gy_error *err);

#endif
