/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel refuses, and that it says why. */
#include <stdlib.h>
#include <string.h>

#include "feature_fixture.h"

enum { CUSTOMER, TIME, AMOUNT, COLUMNS };

static gy_customer_kernel_options narrow_options(uint64_t expected_rows) {
  gy_customer_kernel_options options = gy_customer_kernel_defaults();
  options.column[GY_ROW_CUSTOMER] = CUSTOMER;
  options.column[GY_ROW_TIME] = TIME;
  options.column[GY_ROW_AMOUNT] = AMOUNT;
  options.expected_rows = expected_rows;
  return options;
}

static gy_customer_kernel *make_kernel(const gy_customer_kernel_options *options, const gy_task *task) {
  gy_customer_kernel *kernel = NULL;
  MUST(gy_customer_kernel_create(options, task, &kernel, err));
  return kernel;
}

/* Feeds n_chunks full chunks. */
static gy_status feed(gy_customer_kernel *kernel, gy_type customer_type, const void *customers,
                      size_t n_chunks, int64_t amount, gy_error *err) {
  int64_t *times = malloc(GY_CHUNK_ROWS * sizeof *times), *amounts = malloc(GY_CHUNK_ROWS * sizeof *amounts);
  for (size_t i = 0; i < GY_CHUNK_ROWS; i++) {
    times[i] = 1600000000000000 + (int64_t)i;
    amounts[i] = amount - (int64_t)i;
  }
  gy_column columns[COLUMNS] = {
      {customer_type, customers, NULL}, {GY_TYPE_TIMESTAMP, times, NULL}, {GY_TYPE_MONEY, amounts, NULL}};
  gy_chunk chunk = {GY_CHUNK_ROWS, COLUMNS, columns};
  gy_sink sink = gy_customer_kernel_sink(kernel);
  void *local = NULL;
  gy_status status = sink.open(sink.shared, &local, err);
  for (size_t i = 0; i < n_chunks && status == GY_OK; i++)
    status = sink.consume(sink.shared, local, &chunk, err);
  free(times);
  free(amounts);
  return status;
}

/* Computes what was fed into the table actual. */
static gy_status store(gy_customer_kernel *kernel, gy_engine *engine, const gy_task *task, gy_error *err) {
  gy_status status = gy_customer_kernel_end_rows(kernel, err);
  if (status != GY_OK) return status;
  gy_source source = gy_customer_kernel_source(kernel, task);
  status = gy_engine_store(engine, "actual", "gy_features", &source, NULL, NULL, err);
  return status == GY_OK ? gy_customer_kernel_end_pass(kernel, err) : status;
}

#define REFUSES(call, code, words)                                                          \
  do {                                                                                      \
    gy_error refused = {0};                                                                 \
    gy_error *err = &refused;                                                               \
    gy_status status = (call);                                                              \
    cr_assert_eq(status, code, "%s: %s", gy_status_name(status), refused.text);             \
    cr_assert(strstr(refused.text, words) != NULL, "'%s' lacks '%s'", refused.text, words); \
  } while (0)

Test(kernel_limits, options_that_do_not_fit) {
  gy_customer_kernel *kernel = NULL;
  gy_customer_kernel_options options = gy_customer_kernel_defaults();
  REFUSES(gy_customer_kernel_create(&options, NULL, &kernel, err), GY_ECONFIG, "map all three");
  options = narrow_options(10);
  options.trend_days = 0;
  REFUSES(gy_customer_kernel_create(&options, NULL, &kernel, err), GY_ECONFIG, "trend window of 0 days");
  options = narrow_options(10);
  options.window_days[1] = 30;
  REFUSES(gy_customer_kernel_create(&options, NULL, &kernel, err), GY_ECONFIG, "30 days is given twice");
  options = narrow_options(2000000000);
  gy_task small = {.n_threads = 2, .memory_bytes = (size_t)64 << 20};
  REFUSES(gy_customer_kernel_create(&options, &small, &kernel, err), GY_ELIMIT, "the budget is 67 MB");
  cr_assert_null(kernel);
}

Test(kernel_limits, more_rows_than_announced) {
  gy_customer_kernel_options options = narrow_options(1000);
  gy_task task = {.n_threads = 1, .memory_bytes = (size_t)12 << 20};
  gy_customer_kernel *kernel = make_kernel(&options, &task);
  int64_t *customers = malloc(GY_CHUNK_ROWS * sizeof *customers);
  for (size_t i = 0; i < GY_CHUNK_ROWS; i++) customers[i] = (int64_t)i * 1234567890123;
  REFUSES(feed(kernel, GY_TYPE_INT64, customers, 4000, 12345678, err), GY_ELIMIT,
          "outgrew the memory budget");
  gy_customer_kernel_destroy(kernel);
  free(customers);
}

Test(kernel_limits, sums_that_do_not_fit) {
  gy_customer_kernel_options options = narrow_options(4 * GY_CHUNK_ROWS);
  gy_customer_kernel *kernel = make_kernel(&options, NULL);
  int64_t customers[GY_CHUNK_ROWS] = {0};
  MUST(feed(kernel, GY_TYPE_INT64, customers, 1, INT64_MAX / GY_CHUNK_ROWS, err));
  REFUSES(feed(kernel, GY_TYPE_INT64, customers, 2, INT64_MAX / GY_CHUNK_ROWS, err), GY_EDATA,
          "the amounts of");
  REFUSES(gy_customer_kernel_end_rows(kernel, err), GY_EDATA, "more than 900 trillion");
  gy_customer_kernel_destroy(kernel);
}

Test(kernel_limits, ids_of_the_wrong_kind) {
  gy_customer_kernel_options options = narrow_options(GY_CHUNK_ROWS);
  gy_customer_kernel *kernel = make_kernel(&options, NULL);
  gy_text *texts = malloc(GY_CHUNK_ROWS * sizeof *texts);
  char *novel = malloc(GY_CUSTOMER_TEXT_MAX + 1);
  memset(novel, 'x', GY_CUSTOMER_TEXT_MAX + 1);
  for (size_t i = 0; i < GY_CHUNK_ROWS; i++) texts[i] = (gy_text){novel, GY_CUSTOMER_TEXT_MAX + 1};
  REFUSES(feed(kernel, GY_TYPE_TEXT, texts, 1, 12345678, err), GY_EINTERNAL, "cannot pack");
  gy_customer_kernel_destroy(kernel);
  options.customer_is_text = true;
  kernel = make_kernel(&options, NULL);
  REFUSES(feed(kernel, GY_TYPE_TEXT, texts, 1, 12345678, err), GY_ELIMIT, "is this the id column?");
  gy_customer_kernel_destroy(kernel);
  kernel = make_kernel(&options, NULL);
  for (size_t i = 0; i < GY_CHUNK_ROWS; i++) texts[i].length = GY_CUSTOMER_TEXT_MAX;
  MUST(feed(kernel, GY_TYPE_TEXT, texts, 2, 12345678, err));
  gy_engine *engine = open_memory(1);
  MUST(store(kernel, engine, NULL, err));
  gy_customer_totals totals;
  MUST(gy_customer_kernel_finish(kernel, &totals, err));
  cr_assert_eq(totals.n_customers, 1);
  cr_assert_eq(total_of(engine, "length(customer_id)"), GY_CUSTOMER_TEXT_MAX);
  cr_assert_eq(totals.duplicate_lines, GY_CHUNK_ROWS);
  gy_customer_totals_clear(&totals);
  gy_engine_close(engine);
  gy_customer_kernel_destroy(kernel);
  free(texts);
  free(novel);
}

Test(kernel_limits, cancelled_and_out_of_turn) {
  gy_customer_kernel_options options = narrow_options(GY_CHUNK_ROWS);
  atomic_bool cancel = true;
  gy_task task = {.n_threads = 2, .cancel = &cancel};
  gy_customer_kernel *kernel = make_kernel(&options, &task);
  gy_customer_totals totals;
  REFUSES(gy_customer_kernel_finish(kernel, &totals, err), GY_EINTERNAL, "before pass 1 of 1");
  int64_t customers[GY_CHUNK_ROWS] = {0};
  MUST(feed(kernel, GY_TYPE_INT64, customers, 1, 12345678, err));
  REFUSES(gy_customer_kernel_end_pass(kernel, err), GY_EINTERNAL, "parts of the customers were not read");
  gy_engine *engine = open_memory(2);
  gy_error err = {0};
  cr_assert_eq(store(kernel, engine, &task, &err), GY_ECANCELLED);
  gy_engine_close(engine);
  gy_customer_kernel_destroy(kernel);
}
