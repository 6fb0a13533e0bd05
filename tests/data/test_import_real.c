/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "import_fixture.h"

#define COUNT(array) (sizeof array / sizeof array[0])

/* The path of a real data file; skips the test where it is not there. */
static const char *data_path(const char *name, char *path, size_t room) {
  const char *folder = getenv("GYEOL_DATA");
  snprintf(path, room, "%s/%s", folder != NULL ? folder : "../shared/data", name);
  if (!gy_path_exists(path)) cr_skip_test("%s is not there", path);
  return path;
}

Test(import_real, online_retail) {
  static const gy_import_column COLUMNS[] = {
      {.source = "InvoiceNo", .target = "order_id", .kind = GY_IMPORT_ID},
      {.source = "StockCode", .target = "product_id", .kind = GY_IMPORT_ID},
      {.source = "Description", .target = "description", .kind = GY_IMPORT_TEXT},
      {.source = "Quantity", .target = "quantity", .kind = GY_IMPORT_NUMBER},
      {.source = "InvoiceDate", .target = "ordered_at", .kind = GY_IMPORT_TIME, .required = true},
      {.source = "UnitPrice", .target = "unit_price", .kind = GY_IMPORT_NUMBER},
      {.source = "CustomerID", .target = "customer_id", .kind = GY_IMPORT_ID},
      {.source = "Country", .target = "country", .kind = GY_IMPORT_TEXT}};
  char packed[256], command[512];
  data_path("online_retail/online_retail.csv.xz", packed, sizeof packed);
  snprintf(command, sizeof command, "xz -dc %s", packed);
  import_fixture f;
  import_fixture_open(&f, 2);
  const char *path = import_fixture_command(&f, "online_retail.csv", command);
  if (path == NULL) cr_skip_test("xz is not there");
  gy_zone *utc = NULL;
  cr_assert_eq(gy_zone_load("UTC", &utc, &f.err), GY_OK);
  gy_import_spec spec = {.columns = COLUMNS, .n_columns = COUNT(COLUMNS), .zone = utc};
  cr_assert_eq(import_fixture_import(&f, &spec, path), GY_OK, "%s", f.err.text);
  cr_assert_eq(f.result.n_read, 541909);
  cr_assert_eq(f.result.n_accepted, 541909);
  cr_assert_eq(f.result.columns[6].n_empty, 135080);
  import_fixture_expect(&f, "SELECT round(sum(quantity * unit_price), 3) FROM order_items", "9747747.934");
  import_fixture_expect(&f,
                        "SELECT concat_ws(' ', count(DISTINCT order_id), count(DISTINCT customer_id), "
                        "count(DISTINCT product_id), count(DISTINCT country), typeof(min(customer_id)), "
                        "max(ordered_at), max(row_no)) FROM order_items",
                        "25900 4372 4070 38 BIGINT 2011-12-09 12:50:00 541910");
  gy_zone_destroy(utc);
  import_fixture_close(&f);
}

Test(import_real, cdnow_columns_aligned_by_spaces) {
  static const gy_import_column COLUMNS[] = {
      {.source = "column1", .target = "customer_id", .kind = GY_IMPORT_ID},
      {.source = "column3", .target = "ordered_at", .kind = GY_IMPORT_TIME, .required = true},
      {.source = "column4", .target = "quantity", .kind = GY_IMPORT_NUMBER},
      {.source = "column5", .target = "amount", .kind = GY_IMPORT_NUMBER}};
  char path[256];
  data_path("cdnow/CDNOW_sample.txt", path, sizeof path);
  import_fixture f;
  import_fixture_open(&f, 2);
  gy_import_spec spec = {
      .columns = COLUMNS, .n_columns = COUNT(COLUMNS), .dialect = {.delimiter = ' ', .merged = true}};
  cr_assert_eq(import_fixture_import(&f, &spec, path), GY_OK, "%s", f.err.text);
  cr_assert_eq(f.result.n_read, 6919);
  cr_assert_eq(f.result.n_accepted, 6919);
  import_fixture_expect(
      &f,
      "SELECT concat_ws(' ', count(DISTINCT customer_id), min(customer_id), sum(quantity)) FROM "
      "order_items",
      "2357 00004 16479.0000");
  import_fixture_close(&f);
}

Test(import_real, google_merch) {
  static const gy_import_column COLUMNS[] = {
      {.source = "CustomerID", .target = "customer_id", .kind = GY_IMPORT_ID},
      {.source = "Transaction_ID", .target = "order_id", .kind = GY_IMPORT_ID},
      {.source = "Transaction_Date", .target = "ordered_at", .kind = GY_IMPORT_TIME, .required = true},
      {.source = "Product_SKU", .target = "product_id", .kind = GY_IMPORT_ID},
      {.source = "Quantity", .target = "quantity", .kind = GY_IMPORT_NUMBER},
      {.source = "Avg_Price", .target = "unit_price", .kind = GY_IMPORT_NUMBER}};
  char path[256];
  data_path("google_merch/Online_Sales.csv.gz", path, sizeof path);
  import_fixture f;
  import_fixture_open(&f, 2);
  gy_import_spec spec = {.columns = COLUMNS, .n_columns = COUNT(COLUMNS)};
  cr_assert_eq(import_fixture_import(&f, &spec, path), GY_OK, "%s", f.err.text);
  cr_assert_eq(f.result.n_accepted, 52924);
  import_fixture_expect(
      &f,
      "SELECT concat_ws(' ', count(DISTINCT customer_id), count(DISTINCT order_id), "
      "round(sum(quantity * unit_price), 2), min(ordered_at), max(ordered_at)) FROM order_items",
      "1468 25061 4670794.62 2018-12-31 15:00:00 2019-12-30 15:00:00");
  import_fixture_close(&f);
}
