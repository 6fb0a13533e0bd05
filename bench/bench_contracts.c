/* SPDX-License-Identifier: Apache-2.0
 *
 * Twenty contracts over an order file of the form
 *   order_id,customer_id,ordered_at,product_id,quantity,unit_price,discount
 * beside one full scan of the columns they read: the same columns streamed to a sink that adds them up. In
 * turn, in one process, from a store that lies in the file system's cache. The
 * rows keep the contracts; where they do not, the rules that fail are asked once more, which rows it were.
 * Then the same with a key of text that every row has another of, in the place of one rule. bench_contracts
 * FILE.csv STORE [ROUNDS] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "data/contract_check.h"
#include "data/import.h"

/* %s: a column, a rule. */
static const char PROJECT[] =
    "sources:\n"
    "  - name: orders\n    target: order_items\n    files: [orders.csv]\n"
    "    columns: {order_id: order, customer_id: customer, ordered_at: time, product_id: product, quantity: "
    "quantity, "
    "unit_price: unit_price, discount: discount%s}\n"
    "    contracts:\n"
    "      - {rule: required, column: order_id}\n"
    "      - {rule: required, column: customer_id}\n"
    "      - {rule: required, column: ordered_at}\n"
    "      - {rule: required, column: product_id}\n"
    "      - {rule: required, column: quantity}\n"
    "      - {rule: required, column: unit_price}\n"
    "      - {rule: %s}\n"
    "      - {rule: range, column: order_id, min: 1}\n"
    "      - {rule: range, column: customer_id, min: 1, max: 100000000}\n"
    "      - {rule: range, column: quantity, min: -1000, max: 1000}\n"
    "      - {rule: range, column: unit_price, min: 0, max: 100000000}\n"
    "      - {rule: range, column: discount, min: -100000000, max: 100000000}\n"
    "      - {rule: type, column: quantity, type: integer}\n"
    "      - {rule: type, column: unit_price, type: integer}\n"
    "      - {rule: pattern, column: product_id, pattern: \"\\\\d{1,6}\"}\n"
    "      - {rule: set, column: quantity, values: [\"-20\", \"-19\", \"-18\", \"-17\", \"-16\", \"-15\", "
    "\"-14\", \"-13\", \"-12\", \"-11\", \"-10\", \"-9\", \"-8\", \"-7\", \"-6\", \"-5\", \"-4\", \"-3\", "
    "\"-2\", \"-1\", \"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\", \"10\", \"11\", \"12\", "
    "\"13\", \"14\", \"15\", \"16\", \"17\", \"18\", \"19\", \"20\", \"21\", \"22\", \"23\", \"24\", \"25\", "
    "\"26\", \"27\", \"28\", \"29\", \"30\", \"31\", \"32\", \"33\", \"34\", \"35\", \"36\", \"37\", \"38\", "
    "\"39\", \"40\"]}\n"
    "      - {rule: window, column: ordered_at, from: 2000-01-01, to: 2100-01-01}\n"
    "      - {rule: fresh, column: ordered_at, days: 36500}\n"
    "      - {rule: foreign_key, column: product_id, references: products.product_id}\n"
    "      - {rule: row_change, percent: 20%%}\n"
    "  - {name: products, target: products, files: [p.csv], columns: {product_id: product}}\n";

static const char *const COLUMNS[] = {"order_id", "customer_id", "ordered_at", "product_id",
                                      "quantity", "unit_price",  "discount"};
enum { N_COLUMNS = sizeof COLUMNS / sizeof *COLUMNS };

static gy_status import(gy_engine *engine, const char *path, const gy_zone *zone, gy_error *err) {
  gy_import_column columns[N_COLUMNS];
  for (size_t i = 0; i < N_COLUMNS; i++)
    columns[i] = (gy_import_column){.source = COLUMNS[i],
                                    .target = COLUMNS[i],
                                    .kind = i == 2  ? GY_IMPORT_TIME
                                            : i > 3 ? GY_IMPORT_NUMBER
                                                    : GY_IMPORT_ID};
  gy_import_spec spec = {.source = "orders",
                         .table = "source_orders",
                         .paths = &path,
                         .n_paths = 1,
                         .dialect = gy_csv_dialect_default(),
                         .columns = columns,
                         .n_columns = N_COLUMNS,
                         .numbered = true,
                         .zone = zone};
  gy_import_result result = {0};
  gy_status status = gy_engine_execute(engine, gy_sql("schema/0001_store"), NULL, 0, NULL, NULL, NULL, err);
  if (status == GY_OK) status = gy_engine_begin(engine, err);
  if (status == GY_OK) status = gy_import_run(engine, &spec, NULL, &result, err);
  if (status == GY_OK)
    status = gy_engine_execute(
        engine, "CREATE TABLE source_products AS SELECT DISTINCT product_id FROM source_orders", NULL, 0,
        NULL, NULL, NULL, err);
  if (status == GY_OK) status = gy_engine_commit(engine, err);
  gy_import_result_clear(&result);
  return status;
}

static gy_status add_up(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)local;
  (void)err;
  int64_t sum = 0;
  for (size_t c = 0; c < chunk->n_columns; c++) {
    const int64_t *values = chunk->columns[c].data;
    const gy_text *texts = chunk->columns[c].data;
    bool is_text = chunk->columns[c].type == GY_TYPE_TEXT;
    for (size_t row = 0; row < chunk->n_rows; row++)
      sum += is_text ? (int64_t)texts[row].length : values[row];
  }
  __atomic_fetch_add((int64_t *)shared, sum, __ATOMIC_RELAXED);
  return GY_OK;
}

static gy_status scan(gy_engine *engine, bool keyed, double *seconds, gy_error *err) {
  int64_t sum = 0;
  gy_sink sink = {.shared = &sum, .consume = add_up};
  double start = gy_clock_seconds();
  gy_status status = gy_engine_scan(
      engine,
      keyed ? "SELECT order_id, customer_id, ordered_at, product_id, quantity, unit_price, discount, "
              "line_key FROM source_keyed"
            : "SELECT order_id, customer_id, ordered_at, product_id, quantity, unit_price, discount "
              "FROM source_orders",
      NULL, 0, &sink, NULL, NULL, err);
  *seconds = gy_clock_seconds() - start;
  return status;
}

static gy_status check(gy_engine *engine, const gy_project_config *config, bool keyed, const gy_zone *zone,
                       double *seconds, gy_error *err) {
  const char *const RELATIONS[] = {keyed ? "source_keyed" : "source_orders", "source_products"};
  gy_contract_source source = {.project = config,
                               .source = &config->sources[0],
                               .relation = RELATIONS[0],
                               .relations = RELATIONS,
                               .zone = zone,
                               .now_us = gy_clock_utc_us(),
                               .last_read = -1};
  gy_contract_result result = {0};
  double start = gy_clock_seconds();
  gy_status status = gy_contracts_check(engine, &source, NULL, &result, err);
  *seconds = gy_clock_seconds() - start;
  for (size_t i = 0; i < result.n_outcomes && status == GY_OK; i++)
    if (result.outcomes[i].verdict > GY_VERDICT_WARN) status = gy_fail(err, GY_EDATA, "a contract stops");
  gy_contract_result_clear(&result);
  return status;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

enum { ROUNDS_MAX = 99 };

static gy_status compare(gy_engine *engine, const gy_zone *zone, bool keyed, int rounds, gy_error *err) {
  double scans[ROUNDS_MAX], checks[ROUNDS_MAX];
  char project[8192];
  gy_project_config config = {0};
  snprintf(project, sizeof project, PROJECT, keyed ? ", line_key: attribute" : "",
           keyed ? "unique, column: line_key" : "required, column: discount");
  gy_status status = gy_project_config_parse(project, strlen(project), "bench", &config, err);
  if (status == GY_OK && keyed)
    status = gy_engine_execute(
        engine,
        "CREATE TABLE source_keyed AS SELECT *, order_id || '-' || product_id || '-' || row_no AS "
        "line_key FROM source_orders; CHECKPOINT",
        NULL, 0, NULL, NULL, NULL, err);
  for (int round = 0; round < rounds && status == GY_OK; round++) {
    status = scan(engine, keyed, &scans[round], err);
    if (status == GY_OK) status = check(engine, &config, keyed, zone, &checks[round], err);
  }
  gy_project_config_clear(&config);
  if (status != GY_OK) return status;
  qsort(scans, (size_t)rounds, sizeof *scans, by_size);
  qsort(checks, (size_t)rounds, sizeof *checks, by_size);
  double a = checks[rounds / 2], b = scans[rounds / 2];
  printf("%-44s %8.3f s %8.3f s  ratio %.2f (target 1.5)  spread %.0f%% / %.0f%%\n",
         keyed ? "20 contracts, a key of text / a scan" : "20 contracts / a scan of their columns", a, b,
         a / b, 100 * (checks[rounds - 1] - checks[0]) / a, 100 * (scans[rounds - 1] - scans[0]) / b);
  return GY_OK;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: bench_contracts FILE.csv STORE [ROUNDS]\n");
    return 2;
  }
  int rounds = argc > 3 ? atoi(argv[3]) : 5;
  if (rounds < 1 || rounds > ROUNDS_MAX) rounds = 5;
  unlink(argv[2]);
  gy_error err = {0};
  gy_engine_options options = {.path = argv[2]};
  gy_engine *engine = NULL;
  gy_zone *zone = NULL;
  gy_status status = gy_engine_open(&options, &engine, &err);
  if (status == GY_OK) status = gy_zone_load("Asia/Seoul", &zone, &err);
  if (status == GY_OK) status = import(engine, argv[1], zone, &err);
  if (status == GY_OK) status = compare(engine, zone, false, rounds, &err);
  if (status == GY_OK) status = compare(engine, zone, true, rounds, &err);
  if (status != GY_OK) fprintf(stderr, "%s\n", err.text);
  gy_engine_close(engine);
  gy_zone_destroy(zone);
  unlink(argv[2]);
  return gy_status_exit_code(status);
}
