/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a value keeps those rules of its column that look at it as a text: sets, patterns, types, and
 * ranges and windows of columns that are texts. What was found is kept for values that come again. One
 * thread's. */
#ifndef GYEOL_DATA_CONTRACT_JUDGE_H
#define GYEOL_DATA_CONTRACT_JUDGE_H

#include "data/contract_scan.h"

enum { CONTRACT_JUDGED_MAX = 64 };

typedef struct contract_judge contract_judge;

/* Takes no more than CONTRACT_JUDGED_MAX rules of a column; `rules` number them within scan->rules and are
 * lent. */
GY_MUST_USE gy_status contract_judge_create(const contract_scan *scan, gy_type type, const uint32_t *rules,
                                            size_t n_rules, contract_scan_count *counts,
                                            contract_judge **judge, gy_error *err);
void contract_judge_destroy(contract_judge *judge); /* NULL-safe */

/* A bit for each rule that the value fails. */
uint64_t contract_judge_text(contract_judge *judge, const char *text, size_t length);
uint64_t contract_judge_number(contract_judge *judge, int64_t number);
/* Whether any of `n` numbers from `least` to `most` fails any rule. */
bool contract_judge_any(contract_judge *judge, const int64_t *numbers, size_t n, int64_t least, int64_t most);

/* "-12.5" of an integer or an amount in 1/10000. `text` holds 32 bytes. */
size_t contract_number_text(gy_type type, int64_t number, char *text);

#endif
