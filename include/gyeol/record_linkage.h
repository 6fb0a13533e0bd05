/* SPDX-License-Identifier: Apache-2.0
 *
 * Probabilistic record linkage: which pairs of records are one person, by the model of Fellegi and Sunter
 * (JASA 64, 1969), fitted by expectation-maximisation without labelled pairs (Winkler 1988).
 *
 * A pair is seen as a pattern: for each of the f fields the level of agreement that was found, 0 (least) to
 * levels - 1 (most), or GY_LEVEL_UNKNOWN where a value is missing. Among pairs that match, field j is at
 * level l with probability m[j][l]; among the others with u[j][l]; given that, fields are independent. A
 * field's weight is log2(m / u), a pair's the sum over its fields, unknown ones giving nothing.
 *
 * Patterns, not pairs, are counted: 100 million pairs of six fields of three levels are at most 4,096 rows
 * here. Cost: O(patterns * fields) an iteration. Deterministic. */
#ifndef GYEOL_RECORD_LINKAGE_H
#define GYEOL_RECORD_LINKAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GY_LINKAGE_FIELDS_MAX = 32, GY_LINKAGE_LEVELS_MAX = 8, GY_LEVEL_UNKNOWN = -1 };

typedef struct gy_linkage_options {
  size_t n_fields;
  int levels[GY_LINKAGE_FIELDS_MAX]; /* of each field, 2..GY_LINKAGE_LEVELS_MAX */
  double match_share;                /* where to begin: share of pairs that match, 0..1 exclusive */
  /* u known from random pairs, which hardly ever match: [field][level]; NULL: estimated as well */
  const double (*u)[GY_LINKAGE_LEVELS_MAX];
  int max_iterations;
  double tolerance; /* stop when no probability moves by more */
} gy_linkage_options;

gy_linkage_options gy_linkage_defaults(size_t n_fields, int levels);

typedef struct gy_linkage {
  size_t n_fields;
  int levels[GY_LINKAGE_FIELDS_MAX];
  double m[GY_LINKAGE_FIELDS_MAX][GY_LINKAGE_LEVELS_MAX];
  double u[GY_LINKAGE_FIELDS_MAX][GY_LINKAGE_LEVELS_MAX];
  double match_share;
  double log_likelihood; /* of the patterns, up to the constant of their counts */
  int iterations;
  bool converged;
} gy_linkage;

/* Fits to n_patterns rows of n_fields levels, row-major, each seen counts[i] times (>= 0, not all 0).
 *
 * Of the two classes the one that agrees more is the match. GY_EUSAGE for options or levels out of range,
 * GY_EDATA where no pair has a known field, GY_ENOMEM, GY_ECANCELLED; `model` is set on success. */
GY_MUST_USE gy_status gy_linkage_fit(const int8_t *patterns, const double *counts, size_t n_patterns,
                                     const gy_linkage_options *options, const gy_task *task,
                                     gy_linkage *model, gy_error *err);

/* The weight of a pattern in bits, and the probability that such a pair matches. */
double gy_linkage_weight(const gy_linkage *model, const int8_t *pattern);
double gy_linkage_probability(const gy_linkage *model, const int8_t *pattern);

/* The weight at which a pair matches with this probability (0..1 exclusive): where to draw the lines between
 * match, review and no match. */
double gy_linkage_threshold(const gy_linkage *model, double probability);

#ifdef __cplusplus
}
#endif
#endif
