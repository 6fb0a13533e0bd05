/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers that models give customers (table customer_scores), by the model's name: score('churn') in rules.
 * Models write there; gyeol model import takes them from a file. */
#ifndef GYEOL_STUDY_CUSTOMER_SCORES_H
#define GYEOL_STUDY_CUSTOMER_SCORES_H

#include "engine/engine.h"

/* [{"model", "customers", "computed_at"}], by name; a new reference. A store of before has none. */
GY_MUST_USE gy_status gy_scores_list(gy_engine *engine, json_t **models, gy_error *err);

/* Makes the temporary view `relation` (customer_id, score) of a model's scores. */
GY_MUST_USE gy_status gy_scores_show(gy_engine *engine, const char *model, const char *relation,
                                     gy_error *err);

#endif
