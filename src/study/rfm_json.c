/* SPDX-License-Identifier: Apache-2.0
 *
 * RFM as the report shows it: the 125 cells, the segments with medians, the range of values behind each
 * score. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "feature/concentration.h"
#include "num/quantile.h"
#include "report/texts.h"
#include "study/rfm_frame.h"
#include "study/run_context.h"

enum { RULE_MAX = 4096 };

typedef struct {
  size_t customers;
  int64_t revenue;
} tally;

enum { RECENCY, ORDERS, MONETARY, MEASURES };

/* What the record needs of the customers, found in one walk over them. */
typedef struct {
  tally cells[GY_RFM_CELLS];
  int64_t low[MEASURES][GY_RFM_SCORES + 1], high[MEASURES][GY_RFM_SCORES + 1]; /* behind each score */
} tallies;

static inline void widen(int64_t *low, int64_t *high, int64_t value) {
  *low = value < *low ? value : *low;
  *high = value > *high ? value : *high;
}

static void tally_customers(const gy_rfm_frame *frame, tallies *all) {
  *all = (tallies){0};
  for (int measure = 0; measure < MEASURES; measure++)
    for (int score = 0; score <= GY_RFM_SCORES; score++) {
      all->low[measure][score] = INT64_MAX;
      all->high[measure][score] = INT64_MIN;
    }
  for (size_t i = 0; i < frame->n; i++) {
    uint8_t r = frame->r[i], f = frame->f[i], m = frame->m[i];
    tally *cell = &all->cells[gy_rfm_cell(r, f, m)];
    cell->customers++;
    cell->revenue += frame->monetary[i];
    widen(&all->low[RECENCY][r], &all->high[RECENCY][r], frame->recency_days[i]);
    widen(&all->low[ORDERS][f], &all->high[ORDERS][f], frame->orders[i]);
    widen(&all->low[MONETARY][m], &all->high[MONETARY][m], frame->monetary[i]);
  }
}

static tally tally_segment(const gy_rfm_frame *frame, const tallies *all, size_t segment) {
  tally sum = {0};
  for (size_t cell = 0; cell < GY_RFM_CELLS; cell++) {
    if (frame->map.cell[cell] != segment) continue;
    sum.customers += all->cells[cell].customers;
    sum.revenue += all->cells[cell].revenue;
  }
  return sum;
}

static json_t *money(int64_t amount) {
  char text[32];
  return json_string(gy_money_text(amount, text));
}

static double share(double part, double whole) { return whole != 0 ? part / whole : 0; }

static json_t *cells_json(const gy_rfm_frame *frame, const tally *cells) {
  /* The report's map is R x F; a tile's segment is the one most of its customers are in. */
  json_t *rows = json_array();
  for (int r = 1; r <= GY_RFM_SCORES; r++) {
    for (int f = 1; f <= GY_RFM_SCORES; f++) {
      tally tile = {0};
      size_t members[GY_RFM_MAX_SEGMENTS] = {0}, most = frame->map.cell[gy_rfm_cell(r, f, 3)];
      int m_sum = 0;
      for (int m = 1; m <= GY_RFM_SCORES; m++) {
        const tally *cell = &cells[gy_rfm_cell(r, f, m)];
        tile.customers += cell->customers;
        tile.revenue += cell->revenue;
        members[frame->map.cell[gy_rfm_cell(r, f, m)]] += cell->customers;
        m_sum += m * (int)cell->customers;
      }
      for (size_t s = 0; s < frame->map.n_segments; s++)
        if (members[s] > members[most]) most = s;
      json_t *row =
          json_pack("{s:i, s:i, s:I, s:o, s:s}", "r", r, "f", f, "customers", (json_int_t)tile.customers,
                    "revenue", money(tile.revenue), "segment", frame->map.segments[most].name);
      json_object_set_new(row, "mean_monetary",
                          tile.customers > 0 ? money(tile.revenue / (int64_t)tile.customers) : json_null());
      json_object_set_new(
          row, "mean_m_score",
          tile.customers > 0 ? json_real((double)m_sum / (double)tile.customers) : json_null());
      json_array_append_new(rows, row);
    }
  }
  return rows;
}

typedef struct {
  int low[3], high[3]; /* of R, F, M */
} score_box;

/* The smallest box that holds the segment's cells of one R; false when it has none. */
static bool box_of_row(const gy_rfm_map *map, size_t segment, int r, score_box *box) {
  *box = (score_box){{r, 9, 9}, {r, 0, 0}};
  for (int f = 1; f <= GY_RFM_SCORES; f++)
    for (int m = 1; m <= GY_RFM_SCORES; m++) {
      if (map->cell[gy_rfm_cell(r, f, m)] != segment) continue;
      box->low[1] = f < box->low[1] ? f : box->low[1];
      box->high[1] = f > box->high[1] ? f : box->high[1];
      box->low[2] = m < box->low[2] ? m : box->low[2];
      box->high[2] = m > box->high[2] ? m : box->high[2];
    }
  return box->high[1] > 0;
}

static void put_range(gy_buffer *text, const char *score, int low, int high) {
  const char *before = text->length > 0 && text->data[text->length - 1] != ' ' ? " · " : "";
  if (low == 1 && high == GY_RFM_SCORES) return; /* any score: nothing to say */
  if (low == high)
    gy_buffer_printf(text, "%s%s %d", before, score, low);
  else
    gy_buffer_printf(text, "%s%s %d–%d", before, score, low, high);
}

/* "R 4–5 · F 4–5 · M 4–5 / R 3 · F 5": boxes that differ in R only are one. */
static void describe_rule(const gy_rfm_map *map, size_t segment, gy_buffer *text) {
  static const char *const NAMES[] = {"R", "F", "M"};
  for (int r = GY_RFM_SCORES; r >= 1; r--) {
    score_box box, next;
    if (!box_of_row(map, segment, r, &box)) continue;
    while (r > 1 && box_of_row(map, segment, r - 1, &next) &&
           memcmp(box.low + 1, next.low + 1, 2 * sizeof(int)) == 0 &&
           memcmp(box.high + 1, next.high + 1, 2 * sizeof(int)) == 0)
      box.low[0] = --r;
    if (text->length > 0) gy_buffer_text(text, " / ");
    for (int i = 0; i < 3; i++) put_range(text, NAMES[i], box.low[i], box.high[i]);
  }
}

static int64_t value_of(const gy_rfm_frame *frame, int measure, size_t i) {
  return measure == RECENCY  ? frame->recency_days[i]
         : measure == ORDERS ? frame->orders[i]
                             : frame->monetary[i];
}

/* Medians of one measure for every segment, NaN for an empty one: the values are brought together by segment.
 * `scratch` has room for one a customer. */
static void find_medians(const gy_rfm_frame *frame, const tally *segments, int measure, double *scratch,
                         double *medians) {
  static const double HALF = 0.5;
  size_t next[GY_RFM_MAX_SEGMENTS], first = 0;
  for (size_t s = 0; s < frame->map.n_segments; s++) {
    next[s] = first;
    first += segments[s].customers;
  }
  for (size_t i = 0; i < frame->n; i++)
    scratch[next[frame->segment[i]]++] = (double)value_of(frame, measure, i);
  for (size_t s = 0; s < frame->map.n_segments; s++) {
    size_t n = segments[s].customers;
    medians[s] = NAN;
    if (n > 0) gy_quantiles(scratch + next[s] - n, n, &HALF, 1, &medians[s]);
  }
}

static json_t *segments_json(const gy_rfm_frame *frame, const tallies *all,
                             double medians[MEASURES][GY_RFM_MAX_SEGMENTS]) {
  int64_t revenue = 0;
  for (size_t cell = 0; cell < GY_RFM_CELLS; cell++) revenue += all->cells[cell].revenue;
  json_t *rows = json_array();
  for (size_t s = 0; s < frame->map.n_segments; s++) {
    const gy_rfm_segment *segment = &frame->map.segments[s];
    gy_buffer rule;
    gy_buffer_init(&rule, RULE_MAX);
    describe_rule(&frame->map, s, &rule);
    const char *rule_text = rule.data != NULL ? rule.data : "";
    tally sum = tally_segment(frame, all, s);
    double recency = medians[RECENCY][s], orders = medians[ORDERS][s], spend = medians[MONETARY][s];
    json_t *row = json_pack("{s:s, s:o, s:o, s:o, s:o, s:I, s:f, s:o, s:f}", "segment", segment->name, "name",
                            gy_text_pair_json((gy_text_pair){segment->name_ko, segment->name}), "meaning",
                            gy_text_pair_json((gy_text_pair){segment->meaning_ko, segment->meaning_en}),
                            "rule", gy_text_pair_json((gy_text_pair){rule_text, rule_text}), "suggestion",
                            gy_text_pair_json(gy_text_segment_advice(segment->name)), "customers",
                            (json_int_t)sum.customers, "customer_share",
                            share((double)sum.customers, (double)frame->n), "revenue", money(sum.revenue),
                            "revenue_share", share((double)sum.revenue, (double)revenue));
    gy_buffer_clear(&rule);
    json_object_set_new(row, "median_recency_days", isnan(recency) ? json_null() : json_real(recency));
    json_object_set_new(row, "median_orders", isnan(orders) ? json_null() : json_real(orders));
    json_object_set_new(row, "median_monetary", isnan(spend) ? json_null() : money((int64_t)llround(spend)));
    json_array_append_new(rows, row);
  }
  return rows;
}

/* Customers with a score in the measure. */
static size_t count_score(const tally *cells, int measure, int score) {
  size_t n = 0;
  for (int r = 1; r <= GY_RFM_SCORES; r++)
    for (int f = 1; f <= GY_RFM_SCORES; f++)
      for (int m = 1; m <= GY_RFM_SCORES; m++) {
        int scores[MEASURES] = {r, f, m};
        if (scores[measure] == score) n += cells[gy_rfm_cell(r, f, m)].customers;
      }
  return n;
}

/* Lowest and highest value behind each score of each measure. */
static json_t *ranges_json(const tallies *all) {
  static const char *const NAMES[MEASURES] = {"recency_days", "orders", "monetary"};
  json_t *rows = json_array();
  for (int measure = 0; measure < MEASURES; measure++) {
    for (int score = 1; score <= GY_RFM_SCORES; score++) {
      size_t n = count_score(all->cells, measure, score);
      int64_t ends[] = {all->low[measure][score], all->high[measure][score]};
      json_t *row =
          json_pack("{s:s, s:i, s:I}", "measure", NAMES[measure], "score", score, "customers", (json_int_t)n);
      for (int end = 0; end < 2; end++)
        json_object_set_new(row, end == 0 ? "low" : "high",
                            n == 0                ? json_null()
                            : measure == MONETARY ? money(ends[end])
                                                  : json_real((double)ends[end]));
      json_array_append_new(rows, row);
    }
  }
  return rows;
}

gy_status gy_rfm_frame_json(const gy_rfm_frame *frame, const gy_task *task, json_t **rfm, gy_error *err) {
  tallies all;
  tally segments[GY_RFM_MAX_SEGMENTS];
  double medians[MEASURES][GY_RFM_MAX_SEGMENTS];
  double *scratch = malloc((MEASURES * frame->n + 1) * sizeof *scratch);
  if (scratch == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the medians of the RFM segments");
  tally_customers(frame, &all);
  for (size_t s = 0; s < frame->map.n_segments; s++) segments[s] = tally_segment(frame, &all, s);
#pragma omp parallel for num_threads(gy_task_threads(task)) schedule(dynamic, 1)
  for (int measure = 0; measure < MEASURES; measure++)
    find_medians(frame, segments, measure, scratch + (size_t)measure * frame->n, medians[measure]);
  *rfm = json_pack("{s:o, s:o, s:o}", "cells", cells_json(frame, all.cells), "segments",
                   segments_json(frame, &all, medians), "score_ranges", ranges_json(&all));
  free(scratch);
  return *rfm != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the RFM record");
}

/* Shares held by the best percents, off the curve of a hundred points; the best fifth is exact. */
static json_t *top_json(const double *curve, double best_fifth) {
  static const int PERCENTS[] = {1, 5, 10, 20, 50};
  json_t *top = json_array();
  for (size_t i = 0; i < sizeof PERCENTS / sizeof *PERCENTS; i++) {
    double held = PERCENTS[i] == 20 ? best_fifth : curve[PERCENTS[i] - 1];
    json_array_append_new(
        top, json_pack("{s:f, s:f}", "customer_share", PERCENTS[i] / 100.0, "revenue_share", held));
  }
  return top;
}

gy_status gy_rfm_frame_concentration(const gy_rfm_frame *frame, json_t **concentration, gy_error *err) {
  enum { POINTS = 100 };
  double gini, best_fifth, curve[POINTS];
  gy_status status = gy_concentration(frame->monetary, frame->n, 0.2, &gini, &best_fifth, curve, POINTS, err);
  if (status != GY_OK) return status;
  json_t *points = json_array();
  for (size_t i = 0; i < POINTS; i++)
    json_array_append_new(points, json_pack("{s:f, s:f}", "customer_share", (double)(i + 1) / POINTS,
                                            "revenue_share", curve[i]));
  *concentration =
      json_pack("{s:f, s:o, s:o}", "gini", gini, "top", top_json(curve, best_fifth), "curve", points);
  return *concentration != NULL ? GY_OK
                                : gy_fail(err, GY_ENOMEM, "no memory for the concentration of revenue");
}
