/* SPDX-License-Identifier: Apache-2.0
 *
 * Where each customer stands in its life (docs/methods/lifecycle.md), as of any moment. */
#ifndef GYEOL_STUDY_LIFECYCLE_VIEW_H
#define GYEOL_STUDY_LIFECYCLE_VIEW_H

#include "study/run_context.h"

enum { GY_LIFECYCLE_STAGES = 6 };
extern const char *const GY_LIFECYCLE_NAMES[GY_LIFECYCLE_STAGES],
    *const GY_LIFECYCLE_NAMES_KO[GY_LIFECYCLE_STAGES];

/* Makes the temporary view segment_lifecycle (customer_id, lifecycle, lifecycle_ko): what the orders until
 * `now_us` say by the project's thresholds. Who had none by then is not in it. */
GY_MUST_USE gy_status gy_lifecycle_show(const gy_run_context *run, int64_t now_us, gy_error *err);

#endif
