/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole way of a CSV or JSON file into a table, under a spec with a column of every kind, with any bytes
 * as the file. What must hold: a failure has a sentence; every row read is accepted or rejected; the store
 * sees as many rows as were accepted, and only UTF-8. The first byte settles format, dialect and encoding. */
#include "data/import.h"

#include <string.h>

#include "fuzz_engine.h"
#include "fuzz_file.h"

static const gy_import_column COLUMNS[] = {
    {.source = "o", .target = "order_id", .kind = GY_IMPORT_ID},
    {.source = "c", .target = "customer_id", .kind = GY_IMPORT_ID, .text_id = true},
    {.source = "t", .target = "ordered_at", .kind = GY_IMPORT_TIME, .required = true},
    {.source = "d", .target = "description", .kind = GY_IMPORT_TEXT},
    {.source = "q", .target = "quantity", .kind = GY_IMPORT_NUMBER},
    {.source = "p.p", .target = "paid", .kind = GY_IMPORT_BOOL},
};

static const gy_csv_dialect DIALECTS[] = {
    {.delimiter = ',', .quote = '"', .has_header = true},
    {.delimiter = '\t', .has_header = true, .skip_lines = 1},
    {.delimiter = ';', .quote = '\'', .escape = '\\', .has_header = true},
    {.delimiter = ' ', .quote = '"', .merged = true, .has_header = true},
};

static void check(const gy_import_result *result, const gy_engine *engine) {
  must(result->n_read == result->n_accepted + result->n_rejected);
  must(result->n_rejects_stored <= result->n_rejected);
  uint64_t n_read_last = result->n_rejected > 0 ? result->n_rejects_stored : result->n_accepted;
  must(fuzz_engine_rows(engine) == n_read_last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static gy_zone *zone;
  if (size < 1) return 0;
  if (zone == NULL) must(gy_zone_load("UTC", &zone, NULL) == GY_OK);
  const char *path = fuzz_file(data + 1, size - 1);
  gy_import_column columns[sizeof COLUMNS / sizeof *COLUMNS];
  memcpy(columns, COLUMNS, sizeof columns);
  columns[2].time_form = (gy_time_form)(data[0] / 4 % 3);
  columns[4].number_form = (gy_number_form)(data[0] / 128);
  gy_import_spec spec = {.source = "orders", .table = "order_items", .paths = &path, .n_paths = 1};
  spec.columns = columns;
  spec.n_columns = sizeof columns / sizeof *columns;
  spec.zone = zone;
  spec.rejects_stored = 3;
  spec.format = data[0] / 16 % 2 == 0 ? GY_IMPORT_CSV : GY_IMPORT_JSON;
  spec.encoding = (gy_encoding)(data[0] / 32 % GY_ENCODING_COUNT);
  spec.dialect = DIALECTS[data[0] % 4];
  gy_engine *engine = NULL;
  gy_import_result result = {0};
  gy_error err = {0};
  must(gy_engine_open(NULL, &engine, NULL) == GY_OK);
  gy_status status = gy_import_run(engine, &spec, NULL, &result, &err);
  if (status == GY_OK) check(&result, engine);
  must(status == GY_OK || (err.text[0] != '\0' && status != GY_EINTERNAL));
  gy_import_result_clear(&result);
  gy_engine_close(engine);
  return 0;
}
