/* SPDX-License-Identifier: Apache-2.0
 *
 * Import of the workbook that bench_xlsx_write makes into a store, with the commit and the checkpoint.
 *   bench_xlsx FILE.xlsx STORE [MEMORY_MB] */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "data/import.h"

static gy_status import(gy_engine *engine, const char *path, const gy_zone *zone, const gy_task *task,
                        gy_import_result *result, gy_error *err) {
  static const gy_import_column COLUMNS[] = {
      {.source = "order_id", .target = "order_id", .kind = GY_IMPORT_ID},
      {.source = "customer_id", .target = "customer_id", .kind = GY_IMPORT_ID},
      {.source = "ordered_at", .target = "ordered_at", .kind = GY_IMPORT_TIME, .required = true},
      {.source = "product", .target = "description", .kind = GY_IMPORT_TEXT},
      {.source = "category", .target = "category", .kind = GY_IMPORT_TEXT},
      {.source = "quantity", .target = "quantity", .kind = GY_IMPORT_NUMBER},
      {.source = "unit_price", .target = "unit_price", .kind = GY_IMPORT_NUMBER},
      {.source = "amount", .target = "amount", .kind = GY_IMPORT_NUMBER}};
  gy_import_spec spec = {.source = "orders",
                         .table = "order_items",
                         .paths = &path,
                         .n_paths = 1,
                         .columns = COLUMNS,
                         .n_columns = sizeof COLUMNS / sizeof COLUMNS[0],
                         .numbered = true,
                         .zone = zone};
  gy_status status = gy_engine_begin(engine, err);
  if (status == GY_OK) status = gy_import_run(engine, &spec, task, result, err);
  return status == GY_OK ? gy_engine_commit(engine, err) : status;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: bench_xlsx FILE.xlsx STORE [MEMORY_MB]\n");
    return 2;
  }
  unlink(argv[2]);
  gy_task task = {.memory_bytes = (argc > 3 ? strtoull(argv[3], NULL, 10) : 256) << 20};
  gy_engine_options options = {
      .path = argv[2], .n_threads = gy_task_threads(&task), .memory_bytes = task.memory_bytes / 2};
  gy_error err = {0};
  gy_engine *engine = NULL;
  gy_zone *zone = NULL;
  gy_import_result result = {0};
  double start = gy_clock_seconds();
  gy_status status = gy_engine_open(&options, &engine, &err);
  if (status == GY_OK) status = gy_zone_load("Asia/Seoul", &zone, &err);
  if (status == GY_OK)
    status = gy_engine_execute(engine, gy_sql("schema/0001_store"), NULL, 0, NULL, NULL, NULL, &err);
  if (status == GY_OK) status = import(engine, argv[1], zone, &task, &result, &err);
  gy_engine_close(engine);
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  if (status == GY_OK) {
    printf("%llu rows, %llu rejected: %.2f s, peak %.0f MB\n", (unsigned long long)result.n_accepted,
           (unsigned long long)result.n_rejected, gy_clock_seconds() - start,
           (double)used.ru_maxrss * 1024 / 1e6);
  } else {
    fprintf(stderr, "%s\n", err.text);
  }
  gy_import_result_clear(&result);
  gy_zone_destroy(zone);
  return gy_status_exit_code(status);
}
