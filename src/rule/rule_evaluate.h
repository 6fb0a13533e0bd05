/* SPDX-License-Identifier: Apache-2.0
 *
 * The evaluation of a set over columns in memory. Customers are taken in blocks, each with its rows, so that
 * a block's figures stay in the cache and blocks need nothing of each other:
 *
 *   block of customers ──▶ its rows in blocks ──▶ aggregates ──▶ terms of customers ──▶ answers
 *
 * Functions over all customers need two rounds: the first takes their values, which are then ranked, the
 * second goes on with the ranks. What a round computes is worked out once, as a program; a worker is the
 * scratch of one thread. */
#ifndef GYEOL_RULE_RULE_EVALUATE_H
#define GYEOL_RULE_RULE_EVALUATE_H

#include "rule/rule_apply.h"

/* Sums of many 64-bit numbers. */
__extension__ typedef __int128 rule_wide;

/* Terms to compute of the rows of one table, in order, and the aggregates that take them. */
typedef struct rule_row_steps {
  const rule_term **terms;
  size_t n_terms;
  const rule_aggregate **alone, **sequences; /* a sequence stands with each of its tables */
  size_t n_alone, n_sequences;
  const rule_term *time; /* NULL: rows have none */
} rule_row_steps;

/* One round; terms without constants. */
typedef struct rule_round {
  rule_row_steps *tables; /* as the catalogue's */
  const rule_term **terms;
  size_t n_terms;
} rule_round;

typedef struct rule_program {
  const gy_rule_set *set;
  rule_round values, answers; /* `values` is empty where nothing is ranked */
  bool *wanted;               /* by term: what has a lane */
} rule_program;

/* Of the rules, or of `roots` where there are any; in the arena. */
GY_MUST_USE gy_status rule_program_init(const gy_rule_set *set, rule_term *const *roots, size_t n_roots,
                                        gy_arena *arena, rule_program *program, gy_error *err);

typedef struct rule_collected {
  uint32_t customer; /* within the block */
  union {
    double number;
    int64_t integer;
    gy_rule_text text;
  } value;
} rule_collected;

/* Values in the order of customers; grows, and is kept from block to block. */
typedef struct rule_collection {
  rule_collected *items;
  size_t n, room;
} rule_collection;

/* What an aggregate needs beside its lane. */
typedef struct rule_gathering {
  rule_wide *sums;      /* of RULE_SUM */
  int64_t *times;       /* of RULE_FIRST and RULE_LATEST */
  rule_collection a, b; /* of RULE_DISTINCT and sequences */
} rule_gathering;

/* One value a customer; as lanes, but of their number. */
typedef struct rule_figures {
  void *data;
  uint8_t *valid;
} rule_figures;

typedef struct rule_worker {
  const rule_program *program;
  const gy_rule_data *data;
  const rule_figures *ranks; /* by population, of all customers; NULL: the data bring them */
  gy_arena arena;
  rule_lane *lanes;           /* by term */
  rule_gathering *gatherings; /* by aggregate */
} rule_worker;

GY_MUST_USE gy_status rule_worker_init(rule_worker *worker, const rule_program *program, gy_error *err);
void rule_worker_clear(rule_worker *worker); /* safe on zeroes */

/* Computes a round for customers from .. from + n - 1, at most RULE_LANE_ROWS. */
GY_MUST_USE gy_status rule_worker_run(rule_worker *worker, const rule_round *round, size_t from, size_t n,
                                      gy_error *err);
/* Its part: the aggregates. */
GY_MUST_USE gy_status rule_worker_rows(rule_worker *worker, const rule_round *round, size_t from, size_t n,
                                       gy_error *err);
/* Computes terms for values from .. from + n - 1 of their scope. */
void rule_worker_fill(rule_worker *worker, const rule_term *const *terms, size_t n_terms, size_t from,
                      size_t n);

/* The first value of a lane of truths. */
static inline gy_rule_answer rule_answer_of(const rule_lane *lane) {
  return !lane->valid[0] ? GY_RULE_UNKNOWN : *(const uint8_t *)lane->data != 0 ? GY_RULE_YES : GY_RULE_NO;
}

/* Refuses one customer of a set that compares all, where the data do not bring the values among all. */
GY_MUST_USE gy_status rule_needs_ranks(const gy_rule_set *set, const gy_rule_data *data, gy_error *err);

gy_status rule_no_memory(const gy_rule_set *set, gy_error *err);

/* Ranks values of all customers; `groups` may be empty lanes. */
GY_MUST_USE gy_status rule_rank(const gy_rule_set *set, const rule_population *population, size_t n_customers,
                                const rule_figures *values, const rule_figures *groups, rule_figures *ranks,
                                gy_error *err);

#endif
