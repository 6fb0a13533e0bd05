/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "feature/order_statistics.h"
#include "feature/rfm_sql.h"
#include "feature_fixture.h"

static gy_rfm_map default_map(void) {
  gy_rfm_map map;
  size_t n_segments, n_rules;
  const gy_rfm_segment *segments = gy_rfm_default_segments(&n_segments);
  const gy_rfm_rule *rules = gy_rfm_default_rules(&n_rules);
  MUST(gy_rfm_map_init(&map, segments, n_segments, rules, n_rules, err));
  return map;
}

Test(rfm, eleven_segments_tile_the_125_cells) {
  gy_rfm_map map = default_map();
  cr_assert_eq(map.n_segments, 11);
  int cells[11] = {0};
  size_t n_rules;
  const gy_rfm_rule *rules = gy_rfm_default_rules(&n_rules);
  for (int r = 1; r <= 5; r++) {
    for (int f = 1; f <= 5; f++) {
      for (int m = 1; m <= 5; m++) {
        int covering = 0;
        const char *name = NULL;
        for (size_t i = 0; i < n_rules; i++) {
          if (r < rules[i].r_min || r > rules[i].r_max || f < rules[i].f_min || f > rules[i].f_max ||
              m < rules[i].m_min || m > rules[i].m_max)
            continue;
          covering++;
          name = rules[i].segment;
        }
        cr_assert_eq(covering, 1, "r=%d f=%d m=%d is covered %d times", r, f, m, covering);
        uint8_t segment = map.cell[gy_rfm_cell(r, f, m)];
        cr_assert_str_eq(map.segments[segment].name, name);
        cells[segment]++;
      }
    }
  }
  for (int s = 0; s < 11; s++) cr_assert_gt(cells[s], 0, "%s", map.segments[s].name);
  cr_assert_str_eq(map.segments[map.cell[gy_rfm_cell(5, 5, 5)]].name, "Champions");
  cr_assert_str_eq(map.segments[map.cell[gy_rfm_cell(1, 1, 1)]].name, "Lost");
  cr_assert_str_eq(map.segments[map.cell[gy_rfm_cell(1, 5, 5)]].name, "Can't Lose Them");
}

typedef struct broken_rules {
  const char *label;
  gy_rfm_rule rules[3];
  size_t n_rules;
  const char *words;
} broken_rules;

Test(rfm, broken_rules_are_named) {
  static const gy_rfm_segment SEGMENTS[] = {{"A", "가", "", ""}, {"B", "나", "", ""}};
  static const broken_rules CASES[] = {
      {"gap",
       {{"A", 1, 5, 1, 5, 1, 4}, {"B", 1, 4, 1, 5, 5, 5}},
       2,
       "no rule covers the RFM cell r=5 f=1 m=5"},
      {"overlap",
       {{"A", 1, 5, 1, 5, 1, 3}, {"B", 1, 5, 1, 5, 3, 5}},
       2,
       "r=1 f=1 m=3 is covered twice: by rule 1 ('A')"},
      {"range", {{"A", 0, 5, 1, 5, 1, 5}}, 1, "rule 1 ('A'): a range"},
      {"reversed", {{"A", 5, 1, 1, 5, 1, 5}}, 1, "rule 1 ('A'): a range"},
      {"six", {{"A", 1, 6, 1, 5, 1, 5}}, 1, "rule 1 ('A'): a range"},
      {"unknown", {{"C", 1, 5, 1, 5, 1, 5}}, 1, "'C', which is no segment"},
      {"unused", {{"A", 1, 5, 1, 5, 1, 5}}, 1, "'B' has no rule"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    gy_rfm_map map;
    gy_error err = {0};
    cr_assert_eq(gy_rfm_map_init(&map, SEGMENTS, 2, CASES[i].rules, CASES[i].n_rules, &err), GY_ECONFIG, "%s",
                 CASES[i].label);
    cr_assert(strstr(err.text, CASES[i].words) != NULL, "%s: %s", CASES[i].label, err.text);
  }
  static const gy_rfm_segment TWICE[] = {{"A", "가", "", ""}, {"A", "나", "", ""}};
  gy_rfm_map map;
  gy_error err = {0};
  cr_assert_eq(gy_rfm_map_init(&map, TWICE, 2, CASES[0].rules, 2, &err), GY_ECONFIG);
  cr_assert(strstr(err.text, "'A' is given twice") != NULL, "%s", err.text);
}

typedef struct sample {
  gy_rfm_input input;
  int32_t *recency, *orders;
  int64_t *monetary;
} sample;

static sample make_sample(size_t n, uint64_t seed, int spread) {
  sample s = {.recency = malloc((n + 1) * 4), .orders = malloc((n + 1) * 4), .monetary = malloc((n + 1) * 8)};
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  for (size_t i = 0; i < n; i++) {
    s.recency[i] = (int32_t)gy_rng_below(&rng, (uint64_t)spread);
    s.orders[i] = 1 + (int32_t)gy_rng_geometric(&rng, 0.5);
    s.monetary[i] = (int64_t)(exp(3 + 2 * gy_rng_normal(&rng)) * (spread < 10 ? 1 : 10000)) - 5;
  }
  s.input = (gy_rfm_input){n, s.recency, s.orders, s.monetary};
  return s;
}

static void free_sample(sample *s) {
  free(s->recency);
  free(s->orders);
  free(s->monetary);
}

/* The definition itself: 1 + floor(5 L / n), L the customers that are strictly worse. */
static int score_by_counting(const gy_rfm_input *in, size_t i, int measure) {
  size_t worse = 0;
  for (size_t j = 0; j < in->n; j++) {
    if (measure == 0) worse += in->recency_days[j] > in->recency_days[i];
    if (measure == 1) worse += in->orders[j] < in->orders[i];
    if (measure == 2) worse += in->monetary[j] < in->monetary[i];
  }
  return 1 + (int)(5 * worse / in->n);
}

Test(rfm, quintile_scores_are_the_definition) {
  static const size_t SIZES[] = {0, 1, 2, 4, 5, 6, 11, 100, 997};
  gy_rfm_options options = gy_rfm_defaults();
  gy_rfm_map map = default_map();
  for (size_t k = 0; k < sizeof SIZES / sizeof *SIZES; k++) {
    for (int spread = 1; spread <= 1000; spread *= 10) {
      size_t n = SIZES[k];
      sample s = make_sample(n, 5 + k, spread);
      gy_rfm_cuts cuts;
      MUST(gy_rfm_cuts_find(&s.input, &options, &cuts, err));
      uint8_t *r = malloc(n + 1), *f = malloc(n + 1), *m = malloc(n + 1), *segment = malloc(n + 1);
      float *total = malloc((n + 1) * sizeof *total);
      gy_rfm_output output = {r, f, m, total, segment};
      gy_rfm_score(&s.input, &cuts, &options, &map, &output);
      for (size_t i = 0; i < n; i++) {
        cr_assert_eq(r[i], score_by_counting(&s.input, i, 0), "n=%zu spread=%d: recency of %zu", n, spread,
                     i);
        cr_assert_eq(f[i], score_by_counting(&s.input, i, 1), "n=%zu spread=%d: frequency of %zu", n, spread,
                     i);
        cr_assert_eq(m[i], score_by_counting(&s.input, i, 2), "n=%zu spread=%d: monetary of %zu", n, spread,
                     i);
        cr_assert_eq(segment[i], map.cell[gy_rfm_cell(r[i], f[i], m[i])]);
        cr_assert_float_eq(total[i], (r[i] + f[i] + m[i]) / 3.0, 1e-6);
      }
      free(r), free(f), free(m), free(segment), free(total);
      free_sample(&s);
    }
  }
}

Test(rfm, thresholds_and_weights) {
  gy_rfm_options options = {.recency_days = {true, {30, 90, 180, 365}},
                            .orders = {true, {2, 3, 5, 10}},
                            .monetary = {true, {100, 200, 300, 400}},
                            .weight_r = 2,
                            .weight_f = 1,
                            .weight_m = 1};
  gy_rfm_cuts cuts;
  gy_rfm_input none = {0};
  MUST(gy_rfm_cuts_find(&none, &options, &cuts, err));
  static const int RECENCY[][2] = {{0, 5},   {30, 5},  {31, 4},  {90, 4}, {91, 3},
                                   {180, 3}, {181, 2}, {365, 2}, {366, 1}};
  for (size_t i = 0; i < sizeof RECENCY / sizeof *RECENCY; i++) {
    cr_assert_eq(gy_rfm_recency_score(&cuts, RECENCY[i][0]), RECENCY[i][1], "%d days", RECENCY[i][0]);
  }
  static const int ORDERS[][2] = {{1, 1}, {2, 2}, {3, 3}, {4, 3}, {5, 4}, {9, 4}, {10, 5}, {99, 5}};
  for (size_t i = 0; i < sizeof ORDERS / sizeof *ORDERS; i++) {
    cr_assert_eq(gy_rfm_frequency_score(&cuts, ORDERS[i][0]), ORDERS[i][1], "%d orders", ORDERS[i][0]);
  }
  cr_assert_eq(gy_rfm_monetary_score(&cuts, 99), 1);
  cr_assert_eq(gy_rfm_monetary_score(&cuts, 400), 5);
  cr_assert_float_eq(gy_rfm_total(&options, 5, 1, 3), 3.5, 1e-12);
  gy_error err = {0};
  options.orders.limit[2] = 3;
  cr_assert_eq(gy_rfm_cuts_find(&none, &options, &cuts, &err), GY_ECONFIG);
  cr_assert(strstr(err.text, "frequency do not ascend: 3") != NULL, "%s", err.text);
  options = gy_rfm_defaults();
  options.weight_r = options.weight_f = options.weight_m = 0;
  cr_assert_eq(gy_rfm_cuts_find(&none, &options, &cuts, &err), GY_ECONFIG);
}

static void publish_sample(gy_engine *engine, const sample *s) {
  run_sql(engine,
          "CREATE OR REPLACE TABLE customer_features (customer_id BIGINT, recency_days INTEGER, "
          "orders INTEGER, monetary DECIMAL(18, 4))");
  char *sql = malloc(s->input.n * 96 + 64);
  char *at = sql + sprintf(sql, "INSERT INTO customer_features VALUES ");
  for (size_t i = 0; i < s->input.n; i++) {
    at += sprintf(at, "%s(%zu, %d, %d, %lld * 0.0001)", i > 0 ? ", " : "", i, s->recency[i], s->orders[i],
                  (long long)s->monetary[i]);
  }
  run_sql(engine, sql);
  free(sql);
}

Test(rfm, sql_gives_the_same_scores) {
  gy_engine *engine = open_memory(2);
  gy_rfm_map map = default_map();
  gy_rfm_options by_limits = {.recency_days = {true, {30, 90, 180, 365}},
                              .orders = {true, {2, 3, 5, 10}},
                              .monetary = {true, {-2, 100000, 300000, 4000000}},
                              .weight_r = 3,
                              .weight_f = 1,
                              .weight_m = 2};
  for (int run = 0; run < 4; run++) {
    gy_rfm_options options = run < 3 ? gy_rfm_defaults() : by_limits;
    static const int SPREADS[] = {1000, 7, 1, 700};
    sample s = make_sample(1231, (uint64_t)run, SPREADS[run]);
    publish_sample(engine, &s);
    gy_rfm_cuts cuts;
    MUST(gy_rfm_cuts_find(&s.input, &options, &cuts, err));
    char *sql = NULL, ordered[16384];
    MUST(gy_rfm_sql(NULL, &options, &map, &sql, err));
    snprintf(ordered, sizeof ordered,
             "SELECT customer_id::INTEGER, recency_score::INTEGER, frequency_score::INTEGER, "
             "monetary_score::INTEGER, "
             "segment::INTEGER, total_score::DOUBLE, segment_name FROM (%s) ORDER BY customer_id",
             sql);
    free(sql);
    gy_result *result = NULL;
    MUST(gy_engine_query(engine, ordered, NULL, 0, NULL, &result, err));
    gy_chunk chunk;
    size_t seen = 0;
    do {
      MUST(gy_result_next(result, &chunk, err));
      for (size_t row = 0; row < chunk.n_rows; row++) {
        size_t i = (size_t)((const int32_t *)chunk.columns[0].data)[row];
        int r = gy_rfm_recency_score(&cuts, s.recency[i]), f = gy_rfm_frequency_score(&cuts, s.orders[i]);
        int m = gy_rfm_monetary_score(&cuts, s.monetary[i]);
        int segment = map.cell[gy_rfm_cell(r, f, m)];
        cr_assert_eq(((const int32_t *)chunk.columns[1].data)[row], r, "run %d, customer %zu: r", run, i);
        cr_assert_eq(((const int32_t *)chunk.columns[2].data)[row], f, "run %d, customer %zu: f", run, i);
        cr_assert_eq(((const int32_t *)chunk.columns[3].data)[row], m, "run %d, customer %zu: m", run, i);
        cr_assert_eq(((const int32_t *)chunk.columns[4].data)[row], segment, "run %d, customer %zu", run, i);
        cr_assert_float_eq(((const double *)chunk.columns[5].data)[row], gy_rfm_total(&options, r, f, m),
                           1e-12);
        gy_text name = ((const gy_text *)chunk.columns[6].data)[row];
        cr_assert(name.length == strlen(map.segments[segment].name) &&
                  memcmp(name.data, map.segments[segment].name, name.length) == 0);
      }
      seen += chunk.n_rows;
    } while (chunk.n_rows > 0);
    cr_assert_eq(seen, s.input.n);
    gy_result_destroy(result);
    free_sample(&s);
  }
  gy_engine_close(engine);
}

static int ascending(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

Test(rfm, selection_and_sorting_agree_with_qsort) {
  gy_rng rng;
  gy_rng_init(&rng, 11, 0);
  for (int shape = 0; shape < 6; shape++) {
    size_t n = shape == 0 ? 1 : 50000;
    int64_t *values = malloc(n * 8), *sorted = malloc(n * 8), *radix = malloc(n * 8),
            *scratch = malloc(n * 8);
    for (size_t i = 0; i < n; i++) {
      uint64_t u = gy_rng_next(&rng);
      int64_t shapes[] = {5,
                          (int64_t)u,
                          (int64_t)(u % 3),
                          (int64_t)(exp(gy_rng_normal(&rng) * 5) * 1e4),
                          INT64_MAX - (int64_t)(u % 100000),
                          (int64_t)(u % 2000001) - 1000000};
      values[i] = shapes[shape];
    }
    memcpy(sorted, values, n * 8);
    memcpy(radix, values, n * 8);
    qsort(sorted, n, 8, ascending);
    gy_sort_int64(radix, scratch, n);
    cr_assert_eq(memcmp(sorted, radix, n * 8), 0, "shape %d: sort", shape);
    size_t ranks[] = {0, n / 5, n / 2, n - 1};
    int64_t found[4];
    MUST(gy_select_ranks(values, n, ranks, 4, found, err));
    for (int k = 0; k < 4; k++)
      cr_assert_eq(found[k], sorted[ranks[k]], "shape %d: rank %zu", shape, ranks[k]);
    double median;
    MUST(gy_quantile(values, n, 0.5, &median, err));
    double expected = n == 1 ? 5 : ((double)sorted[n / 2 - 1] + (double)sorted[n / 2]) / 2;
    cr_assert_float_eq(median, expected, fabs(expected) * 1e-15 + 1e-9, "shape %d: median", shape);
    free(values), free(sorted), free(radix), free(scratch);
  }
}
