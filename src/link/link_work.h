/* SPDX-License-Identifier: Apache-2.0
 *
 * What the stages of linking two lists hand on: values, blocks, counted patterns, weights. */
#ifndef GYEOL_LINK_LINK_WORK_H
#define GYEOL_LINK_LINK_WORK_H

#include "link/link_blocks.h"
#include "link/link_compare.h"
#include "link/link_patterns.h"

/* Some rows of a block, all of them by its right side. */
typedef struct link_unit {
  uint32_t rule, block, from, end;
} link_unit;

typedef struct link_work {
  const gy_link_options *options;
  const gy_task *task;
  int n_threads;
  size_t n_fields, n_rules;
  link_lists lists;
  link_values fields[GY_LINK_FIELDS_MAX];
  link_rule_blocks rules[GY_LINK_RULES_MAX];
  gy_link_rule_report reports[GY_LINK_RULES_MAX];
  link_unit *units;
  size_t n_units;
  link_patterns seen[GY_LINK_RULES_MAX]; /* of each rule's pairs, or of a sample of them */
  double scale[GY_LINK_RULES_MAX];       /* pairs of the rule for each one counted */
  gy_linkage model;
  bool m_assumed[GY_LINKAGE_FIELDS_MAX];
  float weights[GY_LINK_FIELDS_MAX][GY_LINKAGE_LEVELS_MAX]; /* bits by level, a higher one never less */
  float *frequency[GY_LINK_FIELDS_MAX]; /* bits that exact agreement on each value adds; NULL: none do */
  double prior;                         /* bits */
} link_work;

/* Called for each pair; false stops the unit (memory is spent). */
typedef bool (*link_visit)(void *context, uint32_t left, uint32_t right);

/* Pairs of all units, or of each stride-th one, on all threads. `contexts` has one a thread, of `size` bytes;
 * `rules_apart`: a pair is visited in every rule that finds it, with the contexts of thread t and rule r at
 * t * n_rules + r; otherwise once. */
GY_MUST_USE gy_status link_each_pair(link_work *w, const char *phase, size_t stride, bool rules_apart,
                                     link_visit visit, void *contexts, size_t size, gy_error *err);

uint64_t link_pattern(const link_work *w, uint32_t left, uint32_t right, link_places *places);

/* All pairs that there could be. */
double link_all_pairs(const link_work *w);

/* Sets model, weights, frequency and prior (link_model.c). */
GY_MUST_USE gy_status link_model_fit(link_work *w, gy_error *err);

#endif
