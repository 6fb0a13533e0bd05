/* SPDX-License-Identifier: Apache-2.0
 *
 * Random rules that the shop's catalogue accepts. */
#ifndef GYEOL_TESTS_RANDOM_RULE_H
#define GYEOL_TESTS_RANDOM_RULE_H

#include "base/buffer.h"
#include "base/rng.h"

/* Appends a condition on customers. */
void random_rule(gy_rng *rng, gy_buffer *out);

#endif
