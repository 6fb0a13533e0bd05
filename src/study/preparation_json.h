/* SPDX-License-Identifier: Apache-2.0
 *
 * A preparation as JSON: once for people, each column's treatment with what it cost; and once as part of a
 * model that scores new rows, numbers only, with every digit:
 *
 *   {"columns": [{column, missing, outliers, at, low, high, fill, constant, intercept, least, most,
 * weights}], "terms": [{column, of: "value" | "missing", center, scale}], "indicators": [column, ...]} */
#ifndef GYEOL_STUDY_PREPARATION_JSON_H
#define GYEOL_STUDY_PREPARATION_JSON_H

#include <jansson.h>

#include <gyeol/preparation.h>

/* {rows, dropped, aside, columns: [{column, kind, missing, n_missing, fill, predicted, error, baseline,
 * outliers, low, high, n_low, n_high}]}; fills and bounds in the columns' own units, errors in units of what
 * was predicted (`error_of`: "value", "log" or "share wrong"). `levels` (of the categories) may be NULL where
 * there are none. */
json_t *gy_preparation_json(const gy_preparation *p, const char *const *names, char *const *const *levels);

/* `indicators`: columns whose indicators are features after the numbers. */
json_t *gy_preparation_model_json(const gy_preparation *p, const char *const *names, const size_t *indicators,
                                  size_t n_indicators);

/* The same out of its JSON: `names` (free() each and all) and `indicators` (free()) are given. GY_EPARSE:
 * another form. Clear the preparation in either case. */
GY_MUST_USE gy_status gy_preparation_read(const json_t *object, gy_preparation *p, char ***names,
                                          size_t **indicators, size_t *n_indicators, gy_error *err);

#endif
