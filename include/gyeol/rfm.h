/* SPDX-License-Identifier: Apache-2.0
 *
 * Recency, frequency, monetary: scores 1 to 5 for each, and named segments over the 125 combinations.
 *
 * Quintile scores. The score of a value is 1 + floor(5 L / n), L being the number of customers with a
 * strictly worse value (more days since the last order; fewer orders; less spend) out of n. Equal values
 * therefore always get equal scores, whatever the order of the customers; where many share a value a score
 * may stay empty. The same in cut points: with the values sorted from worst to best, cut k = 1..4 is the one
 * at position ceil(k n / 5), counted from 1, and a value's score is one more than the number of cuts worse
 * than it.
 *
 * Threshold scores. Four ascending limits a measure. Recency: 5 up to the first limit (inclusive), 4 up to
 * the second, ... 1 beyond the last. Orders and spend: 1 below the first limit, 2 from it on, ... 5 from the
 * last on.
 *
 * The total is the weighted mean of the three scores. Segments are boxes of scores; together they cover each
 * of the 125 cells exactly once, which is checked when a map is made. */
#ifndef GYEOL_RFM_H
#define GYEOL_RFM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GY_RFM_SCORES = 5, GY_RFM_CELLS = 125, GY_RFM_MAX_SEGMENTS = 64, GY_RFM_MAX_RULES = 125 };

/* ---- segments ---- */

typedef struct gy_rfm_segment {
  const char *name;                    /* stable, also the English label: "Champions" */
  const char *name_ko;                 /* "최우수 고객" */
  const char *meaning_en, *meaning_ko; /* one plain sentence */
} gy_rfm_segment;

/* A box of scores, bounds inclusive. */
typedef struct gy_rfm_rule {
  const char *segment; /* a segment's name */
  uint8_t r_min, r_max, f_min, f_max, m_min, m_max;
} gy_rfm_rule;

/* The eleven usual segments, and the boxes that define them; static storage. */
const gy_rfm_segment *gy_rfm_default_segments(size_t *n_segments);
const gy_rfm_rule *gy_rfm_default_rules(size_t *n_rules);

typedef struct gy_rfm_map {
  size_t n_segments;
  const gy_rfm_segment *segments; /* lent */
  uint8_t cell[GY_RFM_CELLS];     /* segment index by gy_rfm_cell */
} gy_rfm_map;

static inline size_t gy_rfm_cell(int r, int f, int m) {
  return (size_t)((r - 1) * GY_RFM_SCORES + (f - 1)) * GY_RFM_SCORES + (size_t)(m - 1);
}

/* GY_ECONFIG, naming the cell or rule: a cell that no rule or more than one covers, a score outside 1..5, an
 * unknown segment, a segment without rules or given twice. */
GY_MUST_USE gy_status gy_rfm_map_init(gy_rfm_map *map, const gy_rfm_segment *segments, size_t n_segments,
                                      const gy_rfm_rule *rules, size_t n_rules, gy_error *err);

/* ---- scores ---- */

/* What is scored; n customers. Money in any integer unit. */
typedef struct gy_rfm_input {
  size_t n;
  const int32_t *recency_days;
  const int32_t *orders;
  const int64_t *monetary;
} gy_rfm_input;

/* Ascending limits of a measure, in its own unit. */
typedef struct gy_rfm_thresholds {
  bool given; /* false: quintiles */
  int64_t limit[GY_RFM_SCORES - 1];
} gy_rfm_thresholds;

typedef struct gy_rfm_options {
  gy_rfm_thresholds recency_days, orders, monetary;
  double weight_r, weight_f, weight_m; /* not negative, not all zero */
} gy_rfm_options;

/* Quintiles, equal weights. */
gy_rfm_options gy_rfm_defaults(void);

/* Between scores: recency scores one more for each `recency_below` it lies below, the others one more for
 * each limit they lie above. */
typedef struct gy_rfm_cuts {
  int64_t recency_below[GY_RFM_SCORES - 1];
  int64_t orders_above[GY_RFM_SCORES - 1];
  int64_t monetary_above[GY_RFM_SCORES - 1];
} gy_rfm_cuts;

/* The cuts that the options give on this input. GY_ECONFIG for limits that do not ascend or weights that do
 * not fit; GY_ENOMEM. Deterministic; O(n) with 8 n bytes of scratch. With n = 0 every cut is 0. */
GY_MUST_USE gy_status gy_rfm_cuts_find(const gy_rfm_input *input, const gy_rfm_options *options,
                                       gy_rfm_cuts *cuts, gy_error *err);

int gy_rfm_recency_score(const gy_rfm_cuts *cuts, int64_t recency_days);
int gy_rfm_frequency_score(const gy_rfm_cuts *cuts, int64_t orders);
int gy_rfm_monetary_score(const gy_rfm_cuts *cuts, int64_t monetary);
double gy_rfm_total(const gy_rfm_options *options, int r, int f, int m);

/* Caller-owned arrays of n; any may be NULL. */
typedef struct gy_rfm_output {
  uint8_t *recency_score, *frequency_score, *monetary_score;
  float *total;
  uint8_t *segment; /* index into the map's segments */
} gy_rfm_output;

/* Scores every customer. Deterministic; O(n), no scratch. */
void gy_rfm_score(const gy_rfm_input *input, const gy_rfm_cuts *cuts, const gy_rfm_options *options,
                  const gy_rfm_map *map, const gy_rfm_output *output);

#ifdef __cplusplus
}
#endif
#endif
