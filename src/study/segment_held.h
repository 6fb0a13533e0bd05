/* SPDX-License-Identifier: Apache-2.0
 *
 * Which segments each customer is in, as bits: one row a customer, a word each 60 segments by their numbers.
 * The last refresh leaves them in segment_held, so that what rules say now is compared with what holds a
 * customer at a time instead of a stay at a time, and only differences become stays. The stays
 * (segment_members) are what counts: bits that are not as many as they are made of them again. */
#ifndef GYEOL_STUDY_SEGMENT_HELD_H
#define GYEOL_STUDY_SEGMENT_HELD_H

#include "study/segment_judge.h"

/* Segment 60 w + b is bit b of word w. */
enum { GY_HELD_BITS = 60 };

typedef struct gy_segment_held {
  size_t n_words;
  bool is_kept; /* the store's own bits are right; else they were made of the stays */
} gy_segment_held;

/* Finds what holds, into segment_was; segments have numbers up to `last_no`. */
GY_MUST_USE gy_status gy_segment_held_begin(const gy_run_context *run, int64_t last_no, gy_segment_held *held,
                                            gy_error *err);

/* Where answers stand that are compared. */
typedef enum gy_held_source {
  GY_HELD_LISTS,     /* rows of segment_next */
  GY_HELD_EVERYBODY, /* r0, r1, ... of segment_answers: everybody was asked */
  GY_HELD_SOME,      /* the same: the customers of segment_scope were */
} gy_held_source;

/* Adds to segment_compared who would enter and leave the segments of these numbers; the i-th is that of r_i.
 */
GY_MUST_USE gy_status gy_segment_held_compare(const gy_run_context *run, const gy_segment_held *held,
                                              gy_held_source source, const int64_t *numbers, size_t n,
                                              gy_error *err);

/* Keeps the bits as they are after all that was compared. */
GY_MUST_USE gy_status gy_segment_held_store(const gy_run_context *run, const gy_segment_held *held,
                                            gy_error *err);

#endif
