/* SPDX-License-Identifier: Apache-2.0
 *
 * A shop for rules: a catalogue, random data with NULLs both as columns in memory and as SQL that fills a
 * store, and the three ways of asking it the same question. */
#ifndef GYEOL_TESTS_RULE_FIXTURE_H
#define GYEOL_TESTS_RULE_FIXTURE_H

#include "base/buffer.h"
#include "base/rng.h"
#include "engine/engine.h"
#include "rule/rule.h"

enum { CUSTOMER_COLUMNS = 16, ORDER_COLUMNS = 7, EVENT_COLUMNS = 4 };

/* Customers, orders and events; macros `loyal` and `big_spender`. */
const gy_rule_catalogue *shop_catalogue(void);

/* 2026-11-22T03:04:05.000006 by the clock of the zone, which is loaded once. */
gy_rule_clock shop_clock(const char *zone);

typedef struct shop shop;

shop *shop_make(uint64_t seed, size_t n_customers);
void shop_free(shop *s);
/* Other values for a customer and its rows; which rows it has stays. */
void shop_change(shop *s, gy_rng *rng, size_t customer);
const gy_rule_data *shop_data(const shop *s);
size_t shop_size(const shop *s);
/* CREATE TABLE and INSERT statements that both engines read; free() it. */
char *shop_sql(const shop *s);

/* What rules say of each customer: 'T', 'F' or '?', [rule * n_customers + customer]; free() it. In an engine
 * customers are called 1, 8, 15, ... */
char *answers_about(const gy_rule_set *set, size_t n_rules, const gy_rule_data *data);
char *answers_in_memory(const gy_rule_set *set, size_t n_rules, const shop *s);
char *answers_of_engine(const gy_rule_set *set, size_t n_rules, size_t n_customers, gy_engine *engine);

/* Compile or fail the test with the sentence. */
gy_rule_set *must_compile_of(const gy_rule_catalogue *catalogue, const char *const *texts, size_t n,
                             gy_rule_clock clock);
gy_rule_set *must_compile_at(const char *const *texts, size_t n, gy_rule_clock clock);
gy_rule_set *must_compile(const char *const *texts, size_t n, const char *zone);

#endif
