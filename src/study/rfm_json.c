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

static json_t *money(int64_t amount) {
  char text[32];
  return json_string(gy_money_text(amount, text));
}

static double share(double part, double whole) { return whole != 0 ? part / whole : 0; }

static json_t *cells_json(const gy_rfm_frame *frame) {
  tally cells[GY_RFM_CELLS] = {0};
  for (size_t i = 0; i < frame->n; i++) {
    tally *cell = &cells[gy_rfm_cell(frame->r[i], frame->f[i], frame->m[i])];
    cell->customers++;
    cell->revenue += frame->monetary[i];
  }
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
    while (r > 1 && box_of_row(map, segment, r - 1, &next) && memcmp(box.low + 1, next.low + 1, 2 * sizeof(int)) == 0 &&
           memcmp(box.high + 1, next.high + 1, 2 * sizeof(int)) == 0)
      box.low[0] = --r;
    if (text->length > 0) gy_buffer_text(text, " / ");
    for (int i = 0; i < 3; i++) put_range(text, NAMES[i], box.low[i], box.high[i]);
  }
}

static double median_where(const gy_rfm_frame *frame, size_t segment,
                           double (*value)(const gy_rfm_frame *, size_t), double *scratch) {
  size_t n = 0;
  for (size_t i = 0; i < frame->n; i++)
    if (frame->segment[i] == segment) scratch[n++] = value(frame, i);
  if (n == 0) return NAN;
  static const double HALF = 0.5;
  double median;
  gy_quantiles(scratch, n, &HALF, 1, &median);
  return median;
}

static double recency_value(const gy_rfm_frame *frame, size_t i) { return frame->recency_days[i]; }
static double orders_value(const gy_rfm_frame *frame, size_t i) { return frame->orders[i]; }
static double monetary_value(const gy_rfm_frame *frame, size_t i) { return (double)frame->monetary[i]; }

static json_t *segments_json(const gy_rfm_frame *frame, double *scratch) {
  tally tallies[GY_RFM_MAX_SEGMENTS] = {0};
  int64_t revenue = 0;
  for (size_t i = 0; i < frame->n; i++) {
    tallies[frame->segment[i]].customers++;
    tallies[frame->segment[i]].revenue += frame->monetary[i];
    revenue += frame->monetary[i];
  }
  json_t *rows = json_array();
  for (size_t s = 0; s < frame->map.n_segments; s++) {
    const gy_rfm_segment *segment = &frame->map.segments[s];
    gy_buffer rule;
    gy_buffer_init(&rule, RULE_MAX);
    describe_rule(&frame->map, s, &rule);
    const char *rule_text = rule.data != NULL ? rule.data : "";
    double recency = median_where(frame, s, recency_value, scratch),
           orders = median_where(frame, s, orders_value, scratch);
    double spend = median_where(frame, s, monetary_value, scratch);
    json_t *row =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:I, s:f, s:o, s:f}", "segment", segment->name, "name",
                  gy_text_pair_json((gy_text_pair){segment->name_ko, segment->name}), "meaning",
                  gy_text_pair_json((gy_text_pair){segment->meaning_ko, segment->meaning_en}), "rule",
                  gy_text_pair_json((gy_text_pair){rule_text, rule_text}), "suggestion",
                  gy_text_pair_json(gy_text_segment_advice(segment->name)), "customers",
                  (json_int_t)tallies[s].customers, "customer_share",
                  share((double)tallies[s].customers, (double)frame->n), "revenue", money(tallies[s].revenue),
                  "revenue_share", share((double)tallies[s].revenue, (double)revenue));
    gy_buffer_clear(&rule);
    json_object_set_new(row, "median_recency_days", isnan(recency) ? json_null() : json_real(recency));
    json_object_set_new(row, "median_orders", isnan(orders) ? json_null() : json_real(orders));
    json_object_set_new(row, "median_monetary", isnan(spend) ? json_null() : money((int64_t)llround(spend)));
    json_array_append_new(rows, row);
  }
  return rows;
}

/* Lowest and highest value behind each score of one measure. */
static void add_ranges(json_t *rows, const gy_rfm_frame *frame, const char *measure, const uint8_t *scores,
                       double (*value)(const gy_rfm_frame *, size_t), bool is_money) {
  double low[GY_RFM_SCORES + 1], high[GY_RFM_SCORES + 1];
  size_t customers[GY_RFM_SCORES + 1] = {0};
  for (size_t i = 0; i < frame->n; i++) {
    double x = value(frame, i);
    uint8_t score = scores[i];
    if (customers[score]++ == 0) low[score] = high[score] = x;
    low[score] = fmin(low[score], x);
    high[score] = fmax(high[score], x);
  }
  for (int score = 1; score <= GY_RFM_SCORES; score++) {
    json_t *row = json_pack("{s:s, s:i, s:I}", "measure", measure, "score", score, "customers",
                            (json_int_t)customers[score]);
    bool any = customers[score] > 0;
    json_object_set_new(row, "low",
                        !any       ? json_null()
                        : is_money ? money((int64_t)low[score])
                                   : json_real(low[score]));
    json_object_set_new(row, "high",
                        !any       ? json_null()
                        : is_money ? money((int64_t)high[score])
                                   : json_real(high[score]));
    json_array_append_new(rows, row);
  }
}

gy_status gy_rfm_frame_json(const gy_rfm_frame *frame, json_t **rfm, gy_error *err) {
  double *scratch = malloc((frame->n + 1) * sizeof *scratch);
  if (scratch == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the medians of the RFM segments");
  json_t *ranges = json_array();
  add_ranges(ranges, frame, "recency_days", frame->r, recency_value, false);
  add_ranges(ranges, frame, "orders", frame->f, orders_value, false);
  add_ranges(ranges, frame, "monetary", frame->m, monetary_value, true);
  *rfm = json_pack("{s:o, s:o, s:o}", "cells", cells_json(frame), "segments", segments_json(frame, scratch),
                   "score_ranges", ranges);
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
    json_array_append_new(points, json_pack("{s:f, s:f}", "customer_share", (double)(i + 1) / POINTS, "revenue_share",
                                            curve[i]));
  *concentration = json_pack("{s:f, s:o, s:o}", "gini", gini, "top", top_json(curve, best_fifth), "curve", points);
  return *concentration != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the concentration of revenue");
}
