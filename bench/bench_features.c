/* SPDX-License-Identifier: Apache-2.0
 *
 * How fast order lines become customer features, fed from memory: bench_features [ROWS [CUSTOMERS [THREADS
 * [text]]]].
 *
 * Orders of one to seven lines by random customers, in order of time, as a shop's log has them. Prints
 * the phases, the memory-bandwidth bound of the kernel's own traffic (packed rows written once, read twice),
 * and the ratio. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/rng.h"
#include "feature/concentration.h"
#include "feature/customer_kernel.h"
#include <gyeol/rfm.h>

enum { COLUMNS = 7, RUNS = 3 };

typedef struct rows {
  size_t n;
  int64_t *values[COLUMNS - 1]; /* customer, order, time, product, quantity, amount */
  int32_t *flags;
  gy_text *texts;
  char *letters;
} rows;

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double cpu_seconds(void) { return (double)clock() / CLOCKS_PER_SEC; }

/* Zeroed memory in huge pages, kept until the process ends. */
static void *pages(size_t bytes) {
  void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) {
    perror("mmap");
    exit(1);
  }
  (void)madvise(at, bytes, MADV_HUGEPAGE);
  return at;
}

static void fill_chunk(rows *data, size_t first, size_t n, uint64_t n_customers) {
  gy_rng rng;
  gy_rng_init(&rng, 7, first);
  int64_t customer = 0, left = 0;
  double span = 730.0 * 86400e6;
  for (size_t i = first; i < first + n; i++) {
    if (left == 0) {
      customer = (int64_t)gy_rng_below(&rng, n_customers) + 10000;
      left = 1 + (int64_t)gy_rng_below(&rng, 7);
    }
    left--;
    data->values[0][i] = customer;
    data->values[1][i] = (int64_t)(i + (size_t)left);
    data->values[2][i] = 1600000000000000 + (int64_t)(span * (double)(i + (size_t)left) / (double)data->n);
    double u = gy_rng_uniform(&rng);
    data->values[3][i] = (int64_t)(5000 * u * u) + 1;
    int64_t quantity = 1 + (int64_t)gy_rng_below(&rng, 4);
    data->values[4][i] = quantity * GY_MONEY_SCALE;
    data->values[5][i] = quantity * (int64_t)(1 + gy_rng_below(&rng, 500)) * 1000;
    data->flags[i] = gy_rng_below(&rng, 50) == 0 ? GY_LINE_CANCELLED : 0;
    if (data->texts != NULL) {
      char *at = data->letters + i * 16;
      data->texts[i] = (gy_text){at, (size_t)snprintf(at, 16, "C%010lld", (long long)customer)};
    }
  }
}

static void make_rows(rows *data, size_t n, uint64_t n_customers, int text) {
  data->n = n;
  for (int c = 0; c < COLUMNS - 1; c++) data->values[c] = pages(n * 8);
  data->flags = pages(n * 4);
  data->texts = text ? pages(n * sizeof(gy_text)) : NULL;
  data->letters = text ? pages(n * 16) : NULL;
#pragma omp parallel for schedule(dynamic, 16)
  for (size_t first = 0; first < n; first += GY_CHUNK_ROWS) {
    fill_chunk(data, first, n - first < GY_CHUNK_ROWS ? n - first : GY_CHUNK_ROWS, n_customers);
  }
}

static gy_status feed(const rows *data, const gy_sink *sink, int n_threads) {
  gy_status status = GY_OK;
#pragma omp parallel num_threads(n_threads)
  {
    void *local = NULL;
    gy_status own = sink->open(sink->shared, &local, NULL);
#pragma omp for schedule(dynamic, 32)
    for (size_t first = 0; first < data->n; first += GY_CHUNK_ROWS) {
      gy_column columns[COLUMNS];
      for (int c = 0; c < COLUMNS - 1; c++) {
        columns[c] = (gy_column){GY_TYPE_INT64, data->values[c] + first, NULL};
      }
      columns[2].type = GY_TYPE_TIMESTAMP;
      columns[4].type = columns[5].type = GY_TYPE_MONEY;
      if (data->texts != NULL) columns[0] = (gy_column){GY_TYPE_TEXT, data->texts + first, NULL};
      columns[6] = (gy_column){GY_TYPE_INT32, data->flags + first, NULL};
      gy_chunk chunk = {data->n - first < GY_CHUNK_ROWS ? data->n - first : GY_CHUNK_ROWS, COLUMNS, columns};
      if (own == GY_OK) own = sink->consume(sink->shared, local, &chunk, NULL);
    }
    if (own != GY_OK) {
#pragma omp critical
      status = own;
    }
  }
  return status;
}

static double triad(int n_threads) {
  size_t n = (size_t)1 << 25;
  double *a = pages(n * 8), *b = pages(n * 8), *c = pages(n * 8);
  double best = 1e9;
  for (int run = 0; run < 4; run++) {
    double start = seconds();
#pragma omp parallel for num_threads(n_threads) schedule(static)
    for (size_t i = 0; i < n; i++) a[i] = b[i] + 3.0 * c[i];
    double took = seconds() - start;
    if (run > 0 && took < best) best = took;
  }
  return (double)n * 24 / best;
}

/* The three measures as they lie in the table. */
static gy_status read_measures(gy_engine *engine, int32_t *recency_days, int32_t *orders, int64_t *monetary) {
  gy_result *result = NULL;
  gy_chunk chunk = {0};
  gy_status status = gy_engine_query(
      engine, "SELECT recency_days, orders, monetary FROM customer_features ORDER BY customer_no", NULL, 0,
      NULL, &result, NULL);
  size_t at = 0;
  while (status == GY_OK && (status = gy_result_next(result, &chunk, NULL)) == GY_OK && chunk.n_rows > 0) {
    memcpy(recency_days + at, chunk.columns[0].data, chunk.n_rows * sizeof *recency_days);
    memcpy(orders + at, chunk.columns[1].data, chunk.n_rows * sizeof *orders);
    memcpy(monetary + at, chunk.columns[2].data, chunk.n_rows * sizeof *monetary);
    at += chunk.n_rows;
  }
  gy_result_destroy(result);
  return status;
}

static void time_scores(gy_engine *engine, size_t n) {
  gy_rfm_options options = gy_rfm_defaults();
  gy_rfm_map map;
  gy_rfm_cuts cuts;
  size_t n_segments, n_rules;
  const gy_rfm_segment *segments = gy_rfm_default_segments(&n_segments);
  const gy_rfm_rule *rules = gy_rfm_default_rules(&n_rules);
  uint8_t *scores = malloc(4 * n + 4);
  int32_t *days = malloc(2 * n * sizeof *days);
  int64_t *monetary = malloc(n * sizeof *monetary);
  gy_rfm_input input = {n, days, days + n, monetary};
  gy_rfm_output output = {scores, scores + n, scores + 2 * n, NULL, scores + 3 * n};
  gy_status status = read_measures(engine, days, days + n, monetary);
  double gini, top, curve[100], t0 = seconds();
  if (status == GY_OK) status = gy_rfm_map_init(&map, segments, n_segments, rules, n_rules, NULL);
  if (status == GY_OK) status = gy_rfm_cuts_find(&input, &options, &cuts, NULL);
  if (status == GY_OK) gy_rfm_score(&input, &cuts, &options, &map, &output);
  double t1 = seconds();
  if (status == GY_OK) status = gy_concentration(input.monetary, n, 0.2, &gini, &top, curve, 100, NULL);
  if (status == GY_OK) printf("rfm %.4f  concentration %.4f s\n", t1 - t0, seconds() - t1);
  free(scores);
  free(days);
  free(monetary);
}

int main(int argc, char **argv) {
  size_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000000;
  uint64_t n_customers = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
  int n_threads = argc > 3 ? atoi(argv[3]) : omp_get_num_procs();
  rows data;
  make_rows(&data, n, n_customers, argc > 4 && strcmp(argv[4], "text") == 0);
  gy_task task = {.n_threads = n_threads};
  gy_customer_kernel_options options = gy_customer_kernel_defaults();
  options.customer_is_text = data.texts != NULL;
  options.expected_rows = n;
  static const gy_row_role ROLES[COLUMNS] = {GY_ROW_CUSTOMER, GY_ROW_ORDER,  GY_ROW_TIME, GY_ROW_PRODUCT,
                                             GY_ROW_QUANTITY, GY_ROW_AMOUNT, GY_ROW_FLAGS};
  for (int c = 0; c < COLUMNS; c++) options.column[ROLES[c]] = c;
  double best = 1e9, row_bytes = 0;
  for (int run = 0; run < RUNS; run++) {
    gy_customer_kernel *kernel = NULL;
    gy_customer_totals totals;
    gy_engine *engine = NULL;
    gy_error err = {0};
    gy_status status = gy_engine_open(&(gy_engine_options){.n_threads = n_threads}, &engine, &err);
    double t0 = seconds(), cpu = cpu_seconds();
    if (status == GY_OK) status = gy_customer_kernel_create(&options, &task, &kernel, &err);
    gy_sink sink = gy_customer_kernel_sink(kernel);
    if (status == GY_OK) status = feed(&data, &sink, n_threads);
    double t1 = seconds();
    gy_source source = {0};
    if (status == GY_OK) source = gy_customer_kernel_source(kernel, &task);
    if (status == GY_OK) status = gy_customer_kernel_end_rows(kernel, &err);
    if (status == GY_OK)
      status = gy_engine_store(engine, "customer_features", "gy_features", &source, NULL, &task, &err);
    if (status == GY_OK) status = gy_customer_kernel_end_pass(kernel, &err);
    double t2 = seconds();
    if (status == GY_OK) status = gy_customer_kernel_finish(kernel, &totals, &err);
    double t3 = seconds();
    if (status != GY_OK) {
      fprintf(stderr, "%s\n", err.text);
      return 1;
    }
    printf(
        "partition %.3f  compute and store %.3f  distinct orders %.3f  sum %.3f s (cpu %.3f)   %zu "
        "customers, %llu "
        "orders, %.0f "
        "MB\n",
        t1 - t0, t2 - t1, t3 - t2, t3 - t0, cpu_seconds() - cpu, totals.n_customers,
        (unsigned long long)totals.kept_orders, (double)totals.peak_bytes / 1e6);
    if (t3 - t0 < best) best = t3 - t0;
    row_bytes = (double)totals.row_bytes / (double)n;
    if (run == RUNS - 1) time_scores(engine, totals.n_customers);
    gy_customer_totals_clear(&totals);
    gy_customer_kernel_destroy(kernel);
    gy_engine_close(engine);
  }
  double bandwidth = triad(n_threads), traffic = (double)n * (52 + 3 * row_bytes);
  printf("best %.3f s = %.1f M lines/s; triad %.1f GB/s, traffic %.2f GB, bound %.3f s, ratio %.1f\n", best,
         (double)n / best / 1e6, bandwidth / 1e9, traffic / 1e9, traffic / bandwidth,
         best * bandwidth / traffic);
  return 0;
}
