/* SPDX-License-Identifier: Apache-2.0
 *
 * What forgotten people add to the figures of the past (table forgotten_totals): sums by month, product,
 * category and cleaning rule over all of them. Reports add these to what the remaining rows say, so that a
 * figure once published stays the same. */
#ifndef GYEOL_PEOPLE_FORGOTTEN_TOTALS_H
#define GYEOL_PEOPLE_FORGOTTEN_TOTALS_H

#include <jansson.h>

#include "engine/engine.h"

/* Gives all sums, [{"scope", "item", "lines", "lines_kept", "amount", "orders", "customer_orders",
 * "customers", "new_customers", "at_us"}...] with amounts in 1/10000; empty where nobody was forgotten. */
GY_MUST_USE gy_status gy_forgotten_totals_load(gy_engine *engine, json_t **sums, gy_error *err);

/* The sums of one item of a scope; lends; NULL where there are none. Item "" is that of scopes without items.
 */
const json_t *gy_forgotten_totals_find(const json_t *sums, const char *scope, const char *item);

/* A sum of such a row; 0 for NULL. */
int64_t gy_forgotten_totals_sum(const json_t *row, const char *member);

#endif
