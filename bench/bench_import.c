/* SPDX-License-Identifier: Apache-2.0
 *
 * Import of an order file of the form
 *   order_id,customer_id,ordered_at,product_id,quantity,unit_price,discount
 * into a store, with the commit and the checkpoint.
 *   bench_import FILE.csv STORE [THREADS] ["SQL to run first"] */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "data/import.h"

static void print_log(void *user, gy_log_level level, const char *line) {
  (void)user;
  (void)level;
  fprintf(stderr, "%s\n", line);
}

static double cpu_seconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

static gy_status import(gy_engine *engine, const char *path, const gy_zone *zone, const gy_task *task,
                        gy_import_result *result, gy_error *err) {
  static const gy_import_column COLUMNS[] = {
      {.source = "customer_id", .target = "customer_id", .kind = GY_IMPORT_ID},
      {.source = "order_id", .target = "order_id", .kind = GY_IMPORT_ID},
      {.source = "ordered_at", .target = "ordered_at", .kind = GY_IMPORT_TIME, .required = true},
      {.source = "product_id", .target = "product_id", .kind = GY_IMPORT_ID},
      {.source = "quantity", .target = "quantity", .kind = GY_IMPORT_NUMBER},
      {.source = "unit_price", .target = "unit_price", .kind = GY_IMPORT_NUMBER},
      {.source = "discount", .target = "discount", .kind = GY_IMPORT_NUMBER}};
  gy_import_spec spec = {.source = "orders",
                         .table = "order_items",
                         .paths = &path,
                         .n_paths = 1,
                         .dialect = gy_csv_dialect_default(),
                         .columns = COLUMNS,
                         .n_columns = sizeof COLUMNS / sizeof COLUMNS[0],
                         .zone = zone};
  gy_status status = gy_engine_begin(engine, err);
  if (status == GY_OK) status = gy_import_run(engine, &spec, task, result, err);
  return status;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: bench_import FILE.csv STORE [THREADS] [SQL]\n");
    return 2;
  }
  unlink(argv[2]);
  gy_task task = {.n_threads = argc > 3 ? atoi(argv[3]) : 0, .log = print_log};
  gy_engine_options options = {.path = argv[2][0] == '-' ? NULL : argv[2],
                               .n_threads = gy_task_threads(&task)};
  gy_error err = {0};
  gy_engine *engine = NULL;
  gy_zone *zone = NULL;
  gy_import_result result = {0};
  gy_status status = gy_engine_open(&options, &engine, &err);
  if (status == GY_OK) status = gy_zone_load("Asia/Seoul", &zone, &err);
  if (status == GY_OK) {
    status = gy_engine_execute(
        engine,
        "CREATE TABLE rejects (source VARCHAR, file VARCHAR, line BIGINT, column_name VARCHAR, "
        "value VARCHAR, reason VARCHAR, id VARCHAR, record VARCHAR, rule VARCHAR)",
        NULL, 0, NULL, NULL, NULL, &err);
  }
  if (status == GY_OK && argc > 4)
    status = gy_engine_execute(engine, argv[4], NULL, 0, NULL, NULL, NULL, &err);
  double start = gy_clock_seconds();
  if (status == GY_OK) status = import(engine, argv[1], zone, &task, &result, &err);
  double imported = gy_clock_seconds();
  if (status == GY_OK) status = gy_engine_commit(engine, &err);
  double committed = gy_clock_seconds();
  gy_engine_close(engine);
  double closed = gy_clock_seconds();
  if (status == GY_OK) {
    printf("%llu rows: import %.2f s, commit %.2f s, close %.2f s, processor %.2f s; %.1f M rows/s\n",
           (unsigned long long)result.n_accepted, imported - start, committed - imported, closed - committed,
           cpu_seconds(), (double)result.n_accepted / (closed - start) / 1e6);
  } else {
    fprintf(stderr, "%s\n", err.text);
  }
  gy_import_result_clear(&result);
  gy_zone_destroy(zone);
  return gy_status_exit_code(status);
}
