/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of customers as compressed bitmaps (Lemire et al. 2018, "Roaring bitmaps", Software: Practice and
 * Experience 48:867), and how many customers each two of them share. */
#ifndef GYEOL_SEGMENT_OVERLAP_H
#define GYEOL_SEGMENT_OVERLAP_H

#include <stddef.h>
#include <stdint.h>

#include <gyeol/task.h>

typedef struct gy_member_sets gy_member_sets;

/* `n` empty sets. */
GY_MUST_USE gy_status gy_member_sets_create(size_t n, gy_member_sets **sets, gy_error *err);
void gy_member_sets_destroy(gy_member_sets *sets); /* NULL-safe */

/* Adds members, in any order, each as often as one likes. One thread a set at a time. */
void gy_member_sets_add(gy_member_sets *sets, size_t set, const uint32_t *members, size_t n);

/* Adds all members of `more`, which has as many sets. */
void gy_member_sets_join(gy_member_sets *sets, const gy_member_sets *more);

/* Stretches of neighbours take less memory from now on; nobody comes or goes. */
void gy_member_sets_compress(gy_member_sets *sets);

uint64_t gy_member_sets_size(const gy_member_sets *sets, size_t set);

/* shared[a * n + b]: members that a and b have in common; the diagonal holds the sizes. On the task's
 * threads, with equal results on any number. Each block of 65,536 numbers takes at most n * n / 2 times 1,024
 * words; scratch is a copy of the sets, and 8 KB a set and 8 n * n bytes a thread. GY_ECANCELLED, GY_ENOMEM.
 */
GY_MUST_USE gy_status gy_member_sets_overlap(const gy_member_sets *sets, const gy_task *task,
                                             uint64_t *shared, gy_error *err);

#endif
