/* SPDX-License-Identifier: Apache-2.0
 *
 * RFM scoring as SQL: the same scores and segments that gy_rfm_score gives, for a warehouse and for reading.
 */
#ifndef GYEOL_FEATURE_RFM_SQL_H
#define GYEOL_FEATURE_RFM_SQL_H

#include <gyeol/rfm.h>

/* Gives the statement over `features` (a relation as SQL; NULL: customer_features). Money limits are in
 * 1/10000, as in gy_rfm_options. */
GY_MUST_USE gy_status gy_rfm_sql(const char *features, const gy_rfm_options *options, const gy_rfm_map *map,
                                 char **sql, gy_error *err);

#endif
