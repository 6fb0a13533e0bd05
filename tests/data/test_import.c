/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buffer.h"
#include "base/rng.h"
#include "data/csv_file.h"
#include "import_fixture.h"

enum { TEXT_MAX = 8 << 20 };

#define COUNT(array) (sizeof array / sizeof array[0])

static const gy_import_column COLUMNS[] = {
    {.source = "order", .target = "order_id", .kind = GY_IMPORT_ID},
    {.source = "customer", .target = "customer_id", .kind = GY_IMPORT_ID},
    {.source = "time", .target = "ordered_at", .kind = GY_IMPORT_TIME, .required = true},
    {.source = "product", .target = "description", .kind = GY_IMPORT_TEXT},
    {.source = "quantity", .target = "quantity", .kind = GY_IMPORT_NUMBER},
    {.source = "price", .target = "unit_price", .kind = GY_IMPORT_NUMBER},
};
static const gy_import_spec SPEC = {.columns = COLUMNS, .n_columns = COUNT(COLUMNS)};
static const char HEADER[] = "order,customer,time,product,quantity,price\n";

/* Everything that is in order_items, whatever order it is stored in. */
static const char DIGEST[] =
    "SELECT concat_ws(' ', count(*), sum(hash(row_no, order_id, customer_id, ordered_at, description, "
    "quantity, "
    "unit_price) % 1000000007), min(row_no), max(row_no)) FROM order_items";
static const char REJECTS_DIGEST[] =
    "SELECT concat_ws(' ', count(*), sum(hash(line, column_name, value, reason) % 1000000007)) FROM rejects";

static gy_status import_text(import_fixture *f, const char *text) {
  gy_import_spec spec = SPEC;
  spec.encoding = GY_ENCODING_UTF8;
  return import_fixture_import(f, &spec, import_fixture_write(f, "orders.csv", text, strlen(text)));
}

static void expect_counts(const import_fixture *f, uint64_t n_read, uint64_t n_rejected) {
  cr_assert_eq(f->result.n_read, n_read, "%llu read", (unsigned long long)f->result.n_read);
  cr_assert_eq(f->result.n_rejected, n_rejected, "%llu rejected", (unsigned long long)f->result.n_rejected);
  cr_assert_eq(f->result.n_accepted, n_read - n_rejected);
}

Test(import, cells_become_typed_columns) {
  import_fixture f;
  import_fixture_open(&f, 2);
  cr_assert_eq(import_text(&f,
                           "order,customer,time,product,quantity,price\r\n"
                           "1,17850.0,2011-12-09 12:50:00,\"Cup, \"\"red\"\"\",6,\"1,234.50\"\r\n"
                           "\r\n"
                           "2,,20111209,NULL,-1,₩12000\r\n"),
               GY_OK, "%s", f.err.text);
  expect_counts(&f, 2, 0);
  import_fixture_expect(
      &f,
      "SELECT concat_ws('|', row_no, order_id, customer_id, ordered_at, description, quantity, "
      "unit_price) FROM order_items WHERE order_id = 1",
      "2|1|17850|2011-12-09 03:50:00|Cup, \"red\"|6.0000|1234.5000");
  import_fixture_expect(&f,
                        "SELECT concat_ws('|', row_no, customer_id IS NULL, ordered_at, description IS NULL, "
                        "quantity, unit_price) FROM order_items WHERE order_id = 2",
                        "4|true|2011-12-08 15:00:00|true|-1.0000|12000.0000");
  import_fixture_expect(
      &f,
      "SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY column_index) FROM "
      "duckdb_columns() WHERE table_name = 'order_items'",
      "order_id BIGINT, customer_id BIGINT, ordered_at TIMESTAMP, description VARCHAR, quantity "
      "DECIMAL(18,4), unit_price DECIMAL(18,4), row_no BIGINT, product_id BIGINT, category VARCHAR, "
      "status VARCHAR, amount DECIMAL(18,4), discount DECIMAL(18,4)");
  import_fixture_expect(&f, "SELECT count(*) FROM order_items WHERE amount IS NULL AND category IS NULL",
                        "2");
  import_fixture_close(&f);
}

Test(import, rejects_tell_file_line_column_value_and_reason) {
  import_fixture f;
  import_fixture_open(&f, 2);
  cr_assert_eq(import_text(&f,
                           "order,customer,time,product,quantity,price\n"
                           "1,1,2011-12-09,\"two\nlines\",1,1\n"
                           "2,1,2011-02-30,x,1,1\n"
                           "3,1,,x,1,1\n"
                           "4,1,2011-12-09,x,many,1\n"
                           "5,1,2011-12-09,x,1\n"
                           "6,1,2011-12-09,x,1,1,1\n"
                           "7,1,yesterday,x,many,1\n"
                           "8,1,2011-12-09,\xFF\xFE,1,1\n"
                           "9,1,2011-12-09,x,1,1\n"),
               GY_OK, "%s", f.err.text);
  expect_counts(&f, 9, 7);
  import_fixture_expect(&f,
                        "SELECT string_agg(concat_ws(':', line, column_name, value, reason), chr(10) ORDER "
                        "BY line) FROM rejects",
                        "4:time:2011-02-30:not a time in the stated form\n"
                        "5:time::empty\n"
                        "6:quantity:many:not a number\n"
                        "7:5,1,2011-12-09,x,1:5 fields where the header has 6\n"
                        "8:6,1,2011-12-09,x,1,1,1:7 fields where the header has 6\n"
                        "9:time:yesterday:not a time in the stated form\n"
                        "10:8,1,2011-12-09,??,1,1:bytes that are no utf-8 text");
  import_fixture_expect(&f, "SELECT string_agg(row_no, ',' ORDER BY row_no) FROM order_items", "2,11");
  import_fixture_expect(
      &f, "SELECT count(DISTINCT file) || min(source) FROM rejects WHERE file LIKE '%/orders.csv'",
      "1orders");
  import_fixture_close(&f);
}

/* The same record in the same place has the same id; another record there, another one. */
Test(import, rejected_records_are_kept_whole_under_an_id) {
  static const char *const RECORDS = "SELECT string_agg(record, chr(10) ORDER BY line) FROM rejects";
  static const char *const IDS = "SELECT string_agg(id, ',' ORDER BY line) FROM rejects";
  import_fixture f;
  import_fixture_open(&f, 2);
  static const char *const TEXTS[] = {
      "1,1,soon,\"a \"\"b\"\"\nc\",1,1\n2,1,2011-12-09,x,1\n3,1,2011-12-09,x,1,1\n",
      "1,1,later,\"a \"\"b\"\"\nc\",1,1\n2,1,2011-12-09,x,1\n3,1,2011-12-09,x,1,1\n"};
  char *ids[3];
  for (int i = 0; i < 3; i++) {
    char text[512];
    snprintf(text, sizeof text, "%s%s", HEADER, TEXTS[i / 2]);
    cr_assert_eq(import_text(&f, text), GY_OK, "%s", f.err.text);
    if (i == 0)
      import_fixture_expect(
          &f, RECORDS,
          "{\"order\":\"1\",\"customer\":\"1\",\"time\":\"soon\",\"product\":\"a \\\"b\\\"\\nc\","
          "\"quantity\":\"1\",\"price\":\"1\"}\n\"2,1,2011-12-09,x,1\"");
    ids[i] = import_fixture_value(&f, IDS);
  }
  cr_assert_eq(strlen(ids[0]), 33);
  cr_assert_str_eq(ids[0], ids[1]);
  cr_assert_neq(strncmp(ids[0], ids[2], 16), 0, "%s", ids[2]);
  cr_assert_str_eq(ids[0] + 17, ids[2] + 17);
  for (int i = 0; i < 3; i++) free(ids[i]);
  import_fixture_close(&f);
}

Test(import, a_nul_byte_rejects_its_row_only) {
  import_fixture f;
  import_fixture_open(&f, 1);
  const char text[] =
      "order,customer,time,product,quantity,price\n1,1,2011-12-09,a\0b,1,1\n2,1,2011-12-09,c,1,1\n";
  cr_assert_eq(import_fixture_import(&f, &SPEC, import_fixture_write(&f, "nul.csv", text, sizeof text - 1)),
               GY_OK);
  expect_counts(&f, 2, 1);
  import_fixture_expect(&f, "SELECT line || value || reason FROM rejects",
                        "21,1,2011-12-09,a?b,1,1holds a NUL byte");
  import_fixture_close(&f);
}

Test(import, bad_files_end_in_one_clear_sentence) {
  const struct {
    const char *text;
    gy_status status;
    const char *says;
  } CASES[] = {
      {"", GY_EDATA, "empty"},
      {"\n\n\n", GY_EDATA, "blank lines only"},
      {"order,customer,time,product,quantity,price\n", GY_EDATA, "a header and no rows"},
      {"order,customer,time,product,price\n1,1,2011-12-09,a,1\n", GY_ECONFIG, "no column 'quantity'"},
      {"a,b\xFF,c\n1,2,3\n", GY_EPARSE, "header is not valid"},
      {"\x89PNG\r\n\x1a\n0000000000", GY_EPARSE, "not text"},
      {"\"order,customer\n1,1\n", GY_EPARSE, "never closes"},
  };
  import_fixture f;
  import_fixture_open(&f, 2);
  cr_assert_eq(import_text(&f, "order,customer,time,product,quantity,price\n1,1,2011-12-09,a,1,1\n"), GY_OK);
  for (size_t i = 0; i < COUNT(CASES); i++) {
    const char *path = import_fixture_write(&f, "bad.csv", CASES[i].text, strlen(CASES[i].text));
    gy_import_spec spec = SPEC;
    spec.encoding = GY_ENCODING_UTF8;
    gy_status status = import_fixture_import(&f, &spec, path);
    cr_assert_eq(status, CASES[i].status, "case %zu: %d %s", i, (int)status, f.err.text);
    cr_assert_not_null(strstr(f.err.text, CASES[i].says), "case %zu: %s", i, f.err.text);
    cr_assert_not_null(strstr(f.err.text, "bad.csv"), "case %zu: %s", i, f.err.text);
  }
  cr_assert_eq(import_fixture_import(&f, &SPEC, "/nowhere/orders.csv"), GY_ENOTFOUND, "%s", f.err.text);
  cr_assert_eq(import_fixture_import(&f, &SPEC, "/nowhere/*.csv"), GY_ENOTFOUND, "%s", f.err.text);
  cr_assert_eq(import_fixture_import(&f, &SPEC, f.folder), GY_EPARSE, "%s",
               f.err.text); /* the bad file in it */
  import_fixture_expect(&f, "SELECT count(*) FROM order_items", "1");
  import_fixture_close(&f);
}

Test(import, a_column_named_twice_is_renamed_and_said) {
  import_fixture f;
  import_fixture_open(&f, 1);
  cr_assert_eq(import_text(&f, "order,customer,time,product,quantity,price,price\n1,1,2011-12-09,a,1,1,2\n"),
               GY_OK);
  import_fixture_expect(&f, "SELECT unit_price FROM order_items", "1.0000");
  cr_assert_not_null(strstr(f.log, "had before"), "%s", f.log);
  import_fixture_close(&f);
}

Test(import, a_field_of_ten_megabytes_is_read_and_one_over_the_limit_rejected) {
  import_fixture f;
  import_fixture_open(&f, 2);
  gy_buffer text;
  gy_buffer_init(&text, 64 << 20);
  gy_buffer_text(&text, HEADER);
  for (int huge = 0; huge < 2; huge++) {
    size_t bytes = huge ? (size_t)GY_CSV_RECORD_MAX + (1 << 20) : (size_t)10 << 20;
    gy_buffer_printf(&text, "%d,1,2011-12-09,\"", huge + 1);
    cr_assert(gy_buffer_reserve(&text, bytes));
    memset(text.data + text.length, 'x', bytes);
    text.length += bytes;
    gy_buffer_text(&text, "\",1,1\n");
    gy_buffer_text(&text, "3,1,2011-12-09,small,1,1\n");
  }
  cr_assert_eq(import_fixture_import(&f, &SPEC, import_fixture_write(&f, "big.csv", text.data, text.length)),
               GY_OK, "%s", f.err.text);
  expect_counts(&f, 4, 1);
  import_fixture_expect(&f, "SELECT max(length(description)) FROM order_items", "10485760");
  import_fixture_expect(&f, "SELECT line || ' ' || reason || ' ' || length(value) FROM rejects",
                        "4 record longer than 16 MB 200");
  gy_buffer_clear(&text);
  import_fixture_close(&f);
}

Test(import, quotes_that_never_close_cost_their_line_only) {
  import_fixture f;
  import_fixture_open(&f, 2);
  cr_assert_eq(import_text(&f,
                           "order,customer,time,product,quantity,price\n"
                           "1,1,2011-12-09,a,1,1\n"
                           "2,1,2011-12-09,\"b,1,1\n"
                           "3,1,2011-12-09,c,1,1\n"),
               GY_OK, "%s", f.err.text);
  expect_counts(&f, 3, 1);
  import_fixture_expect(&f, "SELECT line || reason FROM rejects", "3a quote opens here and never closes");
  import_fixture_expect(&f, "SELECT string_agg(row_no, ',' ORDER BY row_no) FROM order_items", "2,4");
  import_fixture_close(&f);
}

/* A file with quoted newlines, 3 % nonsense dates and odd rows, larger than several blocks. */
static size_t write_mixed(char *text, uint64_t *n_rows, uint64_t *n_bad, size_t bytes) {
  gy_rng rng;
  gy_rng_init(&rng, 21, 0);
  size_t at = (size_t)sprintf(text, "%s", HEADER);
  *n_rows = *n_bad = 0;
  while (at < bytes) {
    uint64_t i = ++*n_rows, kind = gy_rng_below(&rng, 100);
    *n_bad += kind < 4;
    int day = 1 + (int)gy_rng_below(&rng, 28);
    const char *product = kind % 10 == 5 ? "\"a\n\"\"b\"\", c\"" : kind % 10 == 6 ? "김치" : "plain";
    if (kind == 3) {
      at += (size_t)sprintf(text + at, "%llu,1,short\n", (unsigned long long)i);
    } else {
      at += (size_t)sprintf(text + at, "%llu,%d,2011-%s-%02d 1%d:00:00,%s,%d,%d.%02d\n",
                            (unsigned long long)i, (int)gy_rng_below(&rng, 5000), kind < 3 ? "13" : "12", day,
                            (int)(kind % 10), product, (int)(kind % 7) - 1, (int)gy_rng_below(&rng, 100),
                            (int)gy_rng_below(&rng, 100));
    }
  }
  return at;
}

Test(import, thread_counts_change_nothing) {
  char *text = malloc(TEXT_MAX + 1024);
  uint64_t n_rows, n_bad;
  size_t length = write_mixed(text, &n_rows, &n_bad, 3 << 20);
  char *first[2] = {NULL, NULL};
  for (int n_threads = 1; n_threads <= 4; n_threads *= 2) {
    import_fixture f;
    import_fixture_open(&f, n_threads);
    gy_import_spec spec = SPEC;
    spec.rejects_stored = 500;
    cr_assert_eq(import_fixture_import(&f, &spec, import_fixture_write(&f, "mixed.csv", text, length)), GY_OK,
                 "%s", f.err.text);
    expect_counts(&f, n_rows, n_bad);
    cr_assert_eq(f.result.n_rejects_stored, 500);
    char *digest[2] = {import_fixture_value(&f, DIGEST), import_fixture_value(&f, REJECTS_DIGEST)};
    for (int i = 0; i < 2; i++) {
      if (first[i] == NULL) {
        first[i] = digest[i];
      } else {
        cr_assert_str_eq(digest[i], first[i], "%d threads", n_threads);
        free(digest[i]);
      }
    }
    cr_assert_not_null(strstr(f.log, "the first 500 of them are kept"), "%s", f.log);
    import_fixture_expect(&f, "SELECT count(*) = count(DISTINCT row_no) FROM order_items", "true");
    import_fixture_expect(
        &f,
        "SELECT count(*) FROM (SELECT order_id < lag(order_id) OVER (ORDER BY row_no) AS back "
        "FROM order_items) WHERE back",
        "0");
    import_fixture_close(&f);
  }
  free(first[0]);
  free(first[1]);
  free(text);
}

static size_t recode(const char *to, const char *text, size_t length, char *out) {
  iconv_t cd = iconv_open(to, "UTF-8");
  char *in = (char *)text, *at = out;
  size_t left = length, room = 2 * TEXT_MAX;
  cr_assert_neq(iconv(cd, &in, &left, &at, &room), (size_t)-1);
  iconv_close(cd);
  return (size_t)(at - out);
}

static size_t pack(const char *how, const char *text, size_t length, char *out) {
  if (strcmp(how, "zstd") == 0) return ZSTD_compress(out, 2 * TEXT_MAX, text, length, 1);
  z_stream z = {0};
  cr_assert_eq(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  z.next_in = (Bytef *)text;
  z.avail_in = (uInt)length;
  z.next_out = (Bytef *)out;
  z.avail_out = 2 * TEXT_MAX;
  cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
  size_t bytes = z.total_out;
  deflateEnd(&z);
  return bytes;
}

Test(import, encodings_and_packing_give_the_same_table) {
  char *text = malloc(TEXT_MAX + 1024), *other = malloc(2 * TEXT_MAX);
  uint64_t n_rows, n_bad;
  size_t length = write_mixed(text, &n_rows, &n_bad, 1 << 20);
  const char *const FORMS[] = {"UTF-8", "CP949", "UTF-16LE", "UTF-16BE", "gzip", "zstd"};
  char *first[2] = {NULL, NULL};
  import_fixture f;
  import_fixture_open(&f, 2);
  for (size_t i = 0; i < COUNT(FORMS); i++) {
    bool packed = FORMS[i][0] >= 'a';
    size_t bytes = packed ? pack(FORMS[i], text, length, other) : recode(FORMS[i], text, length, other);
    cr_assert_eq(import_fixture_import(&f, &SPEC, import_fixture_write(&f, "any.csv", other, bytes)), GY_OK,
                 "%s: %s", FORMS[i], f.err.text);
    char *digest[2] = {import_fixture_value(&f, DIGEST), import_fixture_value(&f, REJECTS_DIGEST)};
    for (int d = 0; d < 2; d++) {
      if (first[d] == NULL) first[d] = strdup(digest[d]);
      cr_assert_str_eq(digest[d], first[d], "%s", FORMS[i]);
      free(digest[d]);
    }
  }
  free(first[0]);
  free(first[1]);
  import_fixture_close(&f);
  free(text);
  free(other);
}

Test(import, an_id_that_turns_out_to_be_text_widens_its_column) {
  import_fixture f;
  import_fixture_open(&f, 2);
  gy_buffer text;
  gy_buffer_init(&text, TEXT_MAX);
  gy_buffer_text(&text, HEADER);
  for (int i = 0; i < 30000; i++) gy_buffer_printf(&text, "%d,%d.0,2011-12-09,a,1,1\n", i, i % 100);
  gy_buffer_text(&text, "x,guest,2011-12-09,a,1,1\ny,7.0,bad,a,1,1\n");
  cr_assert_eq(import_fixture_import(&f, &SPEC, import_fixture_write(&f, "late.csv", text.data, text.length)),
               GY_OK, "%s", f.err.text);
  expect_counts(&f, 30002, 1);
  cr_assert(f.result.columns[0].is_text && f.result.columns[1].is_text);
  cr_assert_not_null(strstr(f.log, "reading again"), "%s", f.log);
  import_fixture_expect(&f,
                        "SELECT concat_ws(' ', count(*), count(DISTINCT customer_id), min(customer_id), "
                        "max(customer_id), typeof(min(order_id))) FROM order_items",
                        "30001 101 0 guest VARCHAR");
  import_fixture_expect(&f, "SELECT count(*) FROM rejects", "1");
  gy_buffer_clear(&text);
  import_fixture_close(&f);
}

Test(import, several_files_are_read_in_order_and_numbered_through) {
  import_fixture f;
  import_fixture_open(&f, 2);
  const char *b = "customer,order,time,product,quantity,price\n11,2,2011-12-09,b,1,1\n";
  const char *a = "order,customer,time,product,quantity,price\n1,10,2011-12-09,a,1,1\nbroken\n";
  import_fixture_write(&f, "part2.csv", b, strlen(b));
  import_fixture_write(&f, "part1.csv", a, strlen(a));
  char pattern[128];
  snprintf(pattern, sizeof pattern, "%s/part*.csv", f.folder);
  cr_assert_eq(import_fixture_import(&f, &SPEC, pattern), GY_OK, "%s", f.err.text);
  expect_counts(&f, 3, 1);
  cr_assert_eq(f.result.n_files, 2);
  cr_assert(f.result.files[0].n_rejected == 1 && f.result.files[1].n_accepted == 1);
  import_fixture_expect(
      &f,
      "SELECT string_agg(concat_ws(' ', row_no, order_id, customer_id), ',' ORDER BY row_no) "
      "FROM order_items",
      "2 1 10,5 2 11");
  import_fixture_close(&f);
}

Test(import, json_gives_the_table_that_csv_gives) {
  static const gy_import_column JSON_COLUMNS[] = {
      {.source = "id", .target = "order_id", .kind = GY_IMPORT_ID},
      {.source = "buyer.id", .target = "customer_id", .kind = GY_IMPORT_ID},
      {.source = "time", .target = "ordered_at", .kind = GY_IMPORT_TIME, .required = true},
      {.source = "my.own.name", .target = "description", .kind = GY_IMPORT_TEXT},
      {.source = "quantity", .target = "quantity", .kind = GY_IMPORT_NUMBER},
      {.source = "price", .target = "unit_price", .kind = GY_IMPORT_NUMBER}};
  gy_import_spec spec = {.columns = JSON_COLUMNS, .n_columns = COUNT(JSON_COLUMNS)};
  const char *lines =
      "{\"id\":1,\"buyer\":{\"id\":17850},\"time\":\"2011-12-09 12:50:00\",\"my.own\":{\"name\":\"a "
      "\\\"b\\\"\"},"
      "\"quantity\":2,\"price\":10.1}\n"
      "{broken\n"
      "\n"
      "{\"id\":2,\"time\":\"2011-12-09T00:00:00Z\",\"quantity\":null,\"price\":\"1,000\"}\n"
      "{\"id\":3,\"time\":\"never\"}\n"
      "[1]\n";
  const char *array =
      "[\n  {\"id\": 1, \"buyer\": {\"id\": 17850}, \"time\": \"2011-12-09 12:50:00\",\n"
      "   \"my\": {\"own.name\": \"a \\\"b\\\"\"}, \"quantity\": 2, \"price\": 10.1},\n"
      "  {\"id\": 2, \"time\": \"2011-12-09T00:00:00Z\", \"quantity\": null, \"price\": \"1,000\"}\n]\n";
  const char *expected = "1|17850|2011-12-09 03:50:00|a \"b\"|2.0000|10.1000,2|2011-12-09 00:00:00|1000.0000";
  const char *query =
      "SELECT string_agg(concat_ws('|', order_id, customer_id, ordered_at, description, quantity, "
      "unit_price), ',' ORDER BY order_id) FROM order_items";
  import_fixture f;
  import_fixture_open(&f, 2);
  cr_assert_eq(import_fixture_import(&f, &spec, import_fixture_write(&f, "a.ndjson", lines, strlen(lines))),
               GY_OK, "%s", f.err.text);
  expect_counts(&f, 5, 3);
  import_fixture_expect(&f, query, expected);
  import_fixture_expect(&f, "SELECT string_agg(line || left(reason, 9), ',' ORDER BY line) FROM rejects",
                        "2not JSON:,5not a tim,6not an ob");
  cr_assert_eq(import_fixture_import(&f, &spec, import_fixture_write(&f, "a.json", array, strlen(array))),
               GY_OK, "%s", f.err.text);
  expect_counts(&f, 2, 0);
  import_fixture_expect(&f, query, expected);
  import_fixture_close(&f);
}

Test(import, parquet_is_a_view_with_the_same_rows) {
  import_fixture f;
  import_fixture_open(&f, 2);
  cr_assert_eq(import_text(&f,
                           "order,customer,time,product,quantity,price\n"
                           "1,17850.0,1988-07-01 12:00:00,a,1,2.5\n2,,2011-12-09 12:50:00,b,-1,0.3333\n"),
               GY_OK, "%s", f.err.text);
  char *expected = import_fixture_value(&f, DIGEST);
  char sql[1024], path[128];
  snprintf(path, sizeof path, "%s/orders.parquet", f.folder);
  snprintf(sql, sizeof sql,
           "COPY (SELECT 1 AS \"order\", CAST(17850.0 AS DOUBLE) AS customer, TIMESTAMP '1988-07-01 "
           "12:00:00' AS time, "
           "'a' AS product, 1 AS quantity, CAST(2.5 AS DOUBLE) AS price UNION ALL SELECT 2, NULL, TIMESTAMP "
           "'2011-12-09 "
           "12:50:00', 'b', -1, 0.3333 ORDER BY 1) TO '%s' (FORMAT parquet)",
           path);
  cr_assert_eq(gy_engine_execute(f.engine, sql, NULL, 0, NULL, NULL, NULL, &f.err), GY_OK, "%s", f.err.text);
  for (int again = 0; again < 2; again++) {
    cr_assert_eq(import_fixture_import(&f, &SPEC, path), GY_OK, "%s", f.err.text);
    expect_counts(&f, 2, 0);
    cr_assert_not(f.result.columns[1].is_text);
    import_fixture_expect(
        &f, "SELECT table_type FROM information_schema.tables WHERE table_name = 'order_items'", "VIEW");
    /* CSV rows are numbered by their lines, from 2 on */
    import_fixture_expect(&f, "SELECT string_agg(row_no, ',' ORDER BY row_no) FROM order_items", "1,2");
    import_fixture_expect(&f,
                          "SELECT DISTINCT typeof(quantity) || ' ' || typeof(unit_price) FROM order_items",
                          "BIGINT DECIMAL(18,4)");
    cr_assert_eq(gy_engine_execute(f.engine,
                                   "CREATE OR REPLACE TABLE kept AS SELECT * REPLACE (row_no + 1 AS row_no, "
                                   "CAST(quantity AS DECIMAL(18, 4)) AS quantity) FROM order_items; DROP "
                                   "VIEW order_items; ALTER TABLE kept RENAME TO order_items",
                                   NULL, 0, NULL, NULL, NULL, &f.err),
                 GY_OK, "%s", f.err.text);
    import_fixture_expect(&f, DIGEST, expected);
  }
  cr_assert_eq(import_text(&f, "order,customer,time,product,quantity,price\n1,1,2011-12-09,a,1,1\n"), GY_OK,
               "%s", f.err.text);
  free(expected);
  import_fixture_close(&f);
}
