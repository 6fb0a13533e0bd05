/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules of a preparation as people write them, on the command line and in gyeol.yaml:
 *
 *   missing   leave, drop, mean, median, mode, constant:VALUE, own, predict
 *   outliers  none, winsorise:0.01, log, robust-z:3.5, flag:3.5, isolate:0.001 */
#ifndef GYEOL_DATA_PREPARATION_RULE_H
#define GYEOL_DATA_PREPARATION_RULE_H

#include <gyeol/preparation.h>

typedef struct gy_missing_text {
  gy_missing_way way;
  const char *constant; /* in the text that was read; NULL but for GY_MISSING_CONSTANT */
} gy_missing_text;

/* GY_EUSAGE: what is wrong and which ways there are. */
GY_MUST_USE gy_status gy_missing_parse(const char *text, gy_missing_text *missing, gy_error *err);

/* Sets `outliers` and `at`; a number that is left out has the default above. */
GY_MUST_USE gy_status gy_outliers_parse(const char *text, gy_preparation_rule *rule, gy_error *err);

/* The word alone, without what follows the colon. */
const char *gy_missing_name(gy_missing_way way);
const char *gy_outliers_name(gy_outlier_way way);

#endif
