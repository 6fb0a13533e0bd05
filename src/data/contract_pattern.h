/* SPDX-License-Identifier: Apache-2.0
 *
 * A pattern of a contract: a Perl-compatible regular expression (PCRE2, in UTF mode) that a value must match
 * from its first to its last character. A pattern that begins with ^ or ends with $ says itself where it
 * holds. Matching gives up after a bounded number of steps, so that a pattern like (a+)+b cannot hang. */
#ifndef GYEOL_DATA_CONTRACT_PATTERN_H
#define GYEOL_DATA_CONTRACT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include <gyeol/status.h>

typedef struct gy_pattern gy_pattern;

/* GY_ECONFIG says what is wrong with the pattern and at which character. */
GY_MUST_USE gy_status gy_pattern_create(const char *text, gy_pattern **pattern, gy_error *err);
void gy_pattern_destroy(gy_pattern *pattern); /* NULL-safe */

/* What one thread matches with. */
typedef struct gy_pattern_matcher gy_pattern_matcher;
gy_pattern_matcher *gy_pattern_matcher_create(const gy_pattern *pattern); /* NULL when memory is spent */
void gy_pattern_matcher_destroy(gy_pattern_matcher *matcher);             /* NULL-safe */

typedef enum gy_pattern_answer { GY_PATTERN_NO, GY_PATTERN_YES, GY_PATTERN_GAVE_UP } gy_pattern_answer;

/* `text` is valid UTF-8 and need not be terminated. */
gy_pattern_answer gy_pattern_match(gy_pattern_matcher *matcher, const char *text, size_t length);

#endif
