/* SPDX-License-Identifier: Apache-2.0
 *
 * "WAY" for every column it means something for, "COLUMN=WAY" for one, turned into a rule a column. */
#ifndef GYEOL_STUDY_POINT_RULES_H
#define GYEOL_STUDY_POINT_RULES_H

#include <gyeol/cluster.h>
#include <gyeol/preparation.h>

#include "study/point_table.h"

/* `rules`: n_columns + n_categories; `new_levels`: n_categories, lent: what a category that takes missing
 * values is called where the file has no such level, NULL elsewhere. Errors: GY_EUSAGE. */
GY_MUST_USE gy_status gy_point_rules(const gy_point_table *table, const gy_cluster_options *options,
                                     gy_preparation_rule *rules, const char **new_levels, gy_error *err);

#endif
