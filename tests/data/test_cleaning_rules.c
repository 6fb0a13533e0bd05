/* SPDX-License-Identifier: Apache-2.0
 *
 * The view on small tables where every flag can be told by eye, and on Online Retail against figures
 * computed independently. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/cleaning_rules.h"
#include "engine/engine.h"

#define ROLE(x) GY_ROLE_BIT(GY_ROLE_##x)
static const gy_role_set WHOLE =
    ROLE(CUSTOMER) | ROLE(ORDER) | ROLE(TIME) | ROLE(PRODUCT) | ROLE(QUANTITY) | ROLE(UNIT_PRICE);

static void run(gy_engine *engine, const char *sql) {
  gy_error err = {0};
  cr_assert_eq(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s\n%s", err.text,
               sql);
}

static gy_engine *open_store(const char *order_type) {
  gy_engine *engine = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_engine_open(&(gy_engine_options){0}, &engine, &err), GY_OK, "%s", err.text);
  const gy_sql_part types[] = {
      {"customer_id", "BIGINT"}, {"order_id", order_type}, {"product_id", "VARCHAR"}};
  char *schema = NULL;
  cr_assert_eq(gy_sql_expand(gy_sql("schema/0002_canonical"), types, 3, &schema, &err), GY_OK, "%s",
               err.text);
  run(engine, schema);
  free(schema);
  return engine;
}

static void assert_text(gy_engine *engine, const char *sql, const char *expected) {
  gy_error err = {0};
  char *text = NULL;
  cr_assert_eq(gy_engine_text(engine, sql, NULL, 0, &text, &err), GY_OK, "%s\n%s", err.text, sql);
  cr_assert_str_eq(text, expected, "%s\n  gives %s\n  not   %s", sql, text, expected);
  free(text);
}

static void make_view(gy_engine *engine, const gy_cleaning_config *config, const gy_cleaning_inputs *inputs,
                      gy_cleaning_rules *rules) {
  gy_error err = {0};
  cr_assert_eq(gy_cleaning_rules_build(config, inputs, rules, &err), GY_OK, "%s", err.text);
  run(engine, rules->view_sql);
}

static const char LINES[] =
    "INSERT INTO order_items (row_no, customer_id, order_id, ordered_at, product_id, status, quantity, "
    "unit_price, amount) VALUES "
    "(1, 7, '100', '2020-01-01 00:00:00', 'a', 'done', 2, 3.5, NULL),"
    "(2, NULL, '101', '2020-01-01 00:00:00', 'a', NULL, 1, 1, NULL),"
    "(3, 7, 'c102', '2020-01-02 00:00:00', 'a', NULL, -1, 3.5, NULL),"
    "(4, 7, '103', '2020-01-03 00:00:00', 'a', ' CanCelled ', 1, 3.5, NULL),"
    "(5, 7, '104', '2020-01-04 00:00:00', 'a', '', -2, 3.5, NULL),"
    "(6, 7, '105', '2020-01-05 00:00:00', 'a', '', 0, 3.5, NULL),"
    "(7, 7, '106', '2020-01-06 00:00:00', 'a', '', 1, 0, NULL),"
    "(8, 7, '107', '2020-01-07 00:00:00', 'a', '', 1, NULL, NULL),"
    "(9, 7, '108', '2020-01-08 00:00:00', 'a', '', 1, -4, NULL),"
    "(10, 7, '109', NULL, 'a', '', 1, 1, NULL),"
    "(11, 7, '110', '2020-02-01 00:00:00.000001', 'a', '', 1, 1, 0.3),"
    "(12, 7, '100', '2020-01-01 00:00:00', 'a', 'done', 2, 3.5, NULL),"
    "(13, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)";

#define FLAGS "SELECT string_agg(flags, ' ' ORDER BY row_no) FROM order_lines"

Test(cleaning_rules, every_line_gets_its_flags) {
  static const struct {
    const char *prefix;
    uint32_t n_status;
    gy_duplicate_rule duplicates;
    gy_role_set roles;
    bool has_as_of;
    const char *flags;
  } CASES[] = {
      {"", 0, 0, WHOLE, false, "0 1 4 0 4 4 8 8 16 32 0 0 45"},
      {"C", 0, 0, WHOLE, false, "0 1 2 0 4 4 8 8 16 32 0 0 45"},
      {"C", 1, 0, WHOLE, false, "0 1 2 0 4 4 8 8 16 32 0 0 45"}, /* the status is not mapped */
      {"C", 1, 0, WHOLE | ROLE(STATUS), false, "0 1 2 2 4 4 8 8 16 32 0 0 45"},
      {"C", 1, 0, WHOLE | ROLE(STATUS), true, "0 1 2 2 4 4 8 8 16 32 64 0 45"},
      {"C", 1, GY_DUPLICATES_DROP, WHOLE | ROLE(STATUS), true, "0 1 2 2 4 4 8 8 16 32 64 128 45"},
      {"10", 0, 0, WHOLE, false, "2 3 4 2 2 2 10 10 18 34 0 2 45"},
  };
  char *status[] = {"CANCELLED"};
  gy_engine *engine = open_store("VARCHAR");
  run(engine, LINES);
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    gy_cleaning_config config = {
        .cancelled = {.prefix = (char *)CASES[i].prefix, .status = status, .n_status = CASES[i].n_status},
        .duplicates = CASES[i].duplicates};
    gy_cleaning_inputs inputs = {
        .items = CASES[i].roles, .has_as_of = CASES[i].has_as_of, .as_of_us = 1580515200000000};
    gy_cleaning_rules rules = {0};
    make_view(engine, &config, &inputs, &rules);
    assert_text(engine, FLAGS, CASES[i].flags);
    gy_cleaning_rules_clear(&rules);
  }
  gy_engine_close(engine);
}

Test(cleaning_rules, amounts_are_filled_and_netted) {
  static const struct {
    gy_net_rule cancelled, returns;
    const char *sum; /* of the lines that count */
    const char *orders;
  } CASES[] = {
      {GY_NET_EXCLUDE, GY_NET_EXCLUDE, "14.3000", "2"},
      {GY_NET_NET, GY_NET_EXCLUDE, "7.3000", "2"}, /* -3.5 by sign, -3.5 by status */
      {GY_NET_EXCLUDE, GY_NET_NET, "7.3000", "2"}, /* -7.0 and 0 */
      {GY_NET_NET, GY_NET_NET, "0.3000", "2"},
  };
  char *status[] = {"cancelled"};
  gy_engine *engine = open_store("VARCHAR");
  run(engine, LINES);
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    gy_cleaning_config config = {
        .cancelled = {.prefix = "c", .status = status, .n_status = 1, .action = CASES[i].cancelled},
        .returns = CASES[i].returns};
    gy_cleaning_inputs inputs = {.items = WHOLE | ROLE(STATUS) | ROLE(AMOUNT)};
    gy_cleaning_rules rules = {0};
    make_view(engine, &config, &inputs, &rules);
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT sum(amount) FROM order_lines WHERE %s", rules.counts_sql);
    assert_text(engine, sql, CASES[i].sum);
    snprintf(sql, sizeof sql, "SELECT count(DISTINCT order_id) FROM order_lines WHERE %s", rules.orders_sql);
    assert_text(engine, sql, CASES[i].orders);
    gy_cleaning_rules_clear(&rules);
  }
  gy_engine_close(engine);
}

Test(cleaning_rules, what_a_source_lacks_is_derived) {
  gy_engine *engine = open_store("BIGINT");
  run(engine,
      "INSERT INTO order_items (row_no, customer_id, ordered_at, amount) VALUES "
      "(1, 1, '2020-01-01', 5), (2, 1, '2020-01-01', -5), (3, 1, '2020-01-01', 0), (4, 1, '2020-01-01', "
      "NULL)");
  gy_cleaning_config config = {.cancelled = {.prefix = "C"}};
  gy_cleaning_inputs inputs = {.items = ROLE(CUSTOMER) | ROLE(TIME) | ROLE(AMOUNT),
                               .order_id_is_integer = true};
  gy_cleaning_rules rules = {0};
  make_view(engine, &config, &inputs, &rules);
  assert_text(engine, FLAGS, "0 4 8 8");
  assert_text(engine, "SELECT string_agg(order_id, ' ' ORDER BY row_no) FROM order_lines", "1 2 3 4");
  gy_cleaning_rules_clear(&rules);

  run(engine,
      "DELETE FROM order_items; CREATE TABLE orders (order_id BIGINT, customer_id BIGINT, ordered_at "
      "TIMESTAMP, status VARCHAR);"
      "INSERT INTO orders VALUES (5, 9, '2020-01-01', '취소'), (6, 8, '2020-01-01', NULL);"
      "INSERT INTO order_items (row_no, order_id, quantity, unit_price) VALUES (1, 5, 1, 2), (2, 6, 1, 2), "
      "(3, 7, 1, 2)");
  char *status[] = {"취소"};
  config = (gy_cleaning_config){.cancelled = {.prefix = "", .status = status, .n_status = 1}};
  inputs = (gy_cleaning_inputs){.items = ROLE(ORDER) | ROLE(QUANTITY) | ROLE(UNIT_PRICE),
                                .orders = ROLE(ORDER) | ROLE(CUSTOMER) | ROLE(TIME) | ROLE(STATUS)};
  make_view(engine, &config, &inputs, &rules);
  assert_text(engine, FLAGS, "2 0 33");
  assert_text(engine, "SELECT string_agg(customer_id, ' ' ORDER BY row_no) FROM order_lines", "9 8");
  gy_cleaning_rules_clear(&rules);
  gy_engine_close(engine);
}

Test(cleaning_rules, a_derived_amount_is_less_the_discount) {
  static const struct {
    gy_role_set roles;
    const char *amounts;
  } CASES[] = {
      {ROLE(QUANTITY) | ROLE(UNIT_PRICE), "7.0000 7.0000"},
      {ROLE(QUANTITY) | ROLE(UNIT_PRICE) | ROLE(DISCOUNT), "6.0000 7.0000"},
      {ROLE(QUANTITY) | ROLE(UNIT_PRICE) | ROLE(DISCOUNT) | ROLE(AMOUNT), "5.0000 7.0000"},
      {ROLE(QUANTITY) | ROLE(DISCOUNT) | ROLE(AMOUNT), "5.0000"},
  };
  gy_engine *engine = open_store("VARCHAR");
  run(engine,
      "INSERT INTO order_items (row_no, customer_id, order_id, ordered_at, quantity, unit_price, discount, "
      "amount) VALUES "
      "(1, 1, 'a', '2020-01-01', 2, 3.5, 1, 5), (2, 1, 'a', '2020-01-01', 2, 3.5, NULL, NULL)");
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    gy_cleaning_config config = {.cancelled = {.prefix = ""}};
    gy_cleaning_inputs inputs = {.items = ROLE(CUSTOMER) | ROLE(ORDER) | ROLE(TIME) | CASES[i].roles};
    gy_cleaning_rules rules = {0};
    make_view(engine, &config, &inputs, &rules);
    assert_text(engine, "SELECT string_agg(amount, ' ' ORDER BY row_no) FROM order_lines", CASES[i].amounts);
    gy_cleaning_rules_clear(&rules);
  }
  gy_engine_close(engine);
}

Test(cleaning_rules, a_quote_in_a_rule_stays_a_quote) {
  gy_engine *engine = open_store("VARCHAR");
  run(engine,
      "INSERT INTO order_items (row_no, customer_id, order_id, ordered_at, status, quantity, unit_price) "
      "VALUES "
      "(1, 1, '''x', '2020-01-01', 'it''s off', 1, 1), (2, 1, 'x', '2020-01-01', 'on', 1, 1)");
  char *status[] = {"IT'S OFF", "'); DROP TABLE order_items; --"};
  gy_cleaning_config config = {.cancelled = {.prefix = "'", .status = status, .n_status = 2}};
  gy_cleaning_inputs inputs = {.items = WHOLE | ROLE(STATUS)};
  gy_cleaning_rules rules = {0};
  make_view(engine, &config, &inputs, &rules);
  assert_text(engine, FLAGS, "2 0");
  gy_cleaning_rules_clear(&rules);
  gy_engine_close(engine);
}

Test(cleaning_rules, missing_roles_are_named) {
  static const struct {
    gy_role_set items, orders;
    const char *word;
  } CASES[] = {
      {ROLE(TIME) | ROLE(AMOUNT), 0, "role customer"},
      {ROLE(CUSTOMER) | ROLE(AMOUNT), 0, "role time"},
      {ROLE(CUSTOMER) | ROLE(TIME) | ROLE(QUANTITY), 0, "amount or unit_price"},
      {ROLE(UNIT_PRICE), ROLE(CUSTOMER) | ROLE(TIME) | ROLE(ORDER), "role order"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    gy_cleaning_config config = {.cancelled = {.prefix = ""}};
    gy_cleaning_inputs inputs = {.items = CASES[i].items, .orders = CASES[i].orders};
    gy_cleaning_rules rules = {0};
    gy_error err = {0};
    cr_assert_eq(gy_cleaning_rules_build(&config, &inputs, &rules, &err), GY_ECONFIG);
    cr_assert_not_null(strstr(err.text, CASES[i].word), "case %zu: %s", i, err.text);
    cr_assert_null(rules.view_sql);
  }
}

static void load_online_retail(gy_engine *engine, const char *data) {
  char csv[] = "/tmp/gyeol-retail-XXXXXX", command[1024], sql[2048];
  close(mkstemp(csv));
  snprintf(command, sizeof command, "xz -dc '%s/online_retail/online_retail.csv.xz' > %s", data, csv);
  cr_assert_eq(system(command), 0);
  snprintf(sql, sizeof sql,
           "INSERT INTO order_items (row_no, customer_id, order_id, ordered_at, product_id, description, "
           "quantity, unit_price) "
           "SELECT row_number() OVER (), CAST(CAST(CustomerID AS DOUBLE) AS BIGINT), InvoiceNo, "
           "CAST(InvoiceDate AS TIMESTAMP), "
           "StockCode, Description, CAST(Quantity AS DECIMAL(18,4)), CAST(UnitPrice AS DECIMAL(18,4)) "
           "FROM read_csv('%s', all_varchar = true, header = true)",
           csv);
  run(engine, sql);
  run(engine, "ALTER TABLE order_items ADD COLUMN \"Country\" VARCHAR");
  unlink(csv);
}

Test(cleaning_rules, online_retail_has_the_known_figures) {
  const char *data = getenv("GYEOL_DATA");
  char path[1024];
  snprintf(path, sizeof path, "%s/online_retail/online_retail.csv.xz", data != NULL ? data : "");
  if (access(path, R_OK) != 0) cr_skip_test("no %s", path);
  gy_engine *engine = open_store("VARCHAR");
  load_online_retail(engine, data);
  gy_cleaning_config config = {.cancelled = {.prefix = "C"}};
  gy_cleaning_inputs inputs = {.items = WHOLE | ROLE(DESCRIPTION)};
  gy_cleaning_rules rules = {0};
  make_view(engine, &config, &inputs, &rules);
  char sql[512];
  snprintf(
      sql, sizeof sql,
      "SELECT concat_ws(' ', count(*), count(DISTINCT customer_id), count(DISTINCT order_id), sum(amount)) "
      "FROM order_lines WHERE %s",
      rules.counts_sql);
  assert_text(engine, sql, "397884 4338 18532 8911407.9040");
  assert_text(engine,
              "SELECT concat_ws(' ', count(*), sum(amount), count(*) FILTER (flags & 2 <> 0), count(*) "
              "FILTER (flags & 1 <> 0)) "
              "FROM order_lines",
              "541909 9747747.9340 9288 135080");
  gy_cleaning_rules_clear(&rules);

  config.duplicates = GY_DUPLICATES_DROP;
  const char *country[] = {"Country"};
  inputs.attributes = country;
  inputs.n_attributes = 1;
  make_view(engine, &config, &inputs, &rules);
  assert_text(engine, "SELECT count(*) FILTER (flags & 128 <> 0) FROM order_lines", "5268");
  gy_cleaning_rules_clear(&rules);
  gy_engine_close(engine);
}

/* ---- the C twin of the view ---- */

static const char RANDOM_LINES[] =
    "INSERT INTO order_items (row_no, customer_id, order_id, ordered_at, status, quantity, unit_price, "
    "amount, "
    "discount) SELECT i, 1, i::VARCHAR, TIMESTAMP '2020-01-01', "
    "CASE WHEN hash(i, 1) % 9 = 0 THEN ' Cancelled' END, "
    "CASE hash(i, 2) % 6 WHEN 0 THEN NULL WHEN 1 THEN 0 WHEN 2 THEN -1.5 WHEN 3 THEN 0.0001 * (hash(i, 3) % "
    "9) "
    "ELSE hash(i, 4) % 5 END, "
    "CASE hash(i, 5) % 7 WHEN 0 THEN NULL WHEN 1 THEN 0 WHEN 2 THEN -2.5 WHEN 3 THEN 0.5 "
    "WHEN 4 THEN 1234567890.1234 ELSE (hash(i, 6) % 1000000) / 10000 END, "
    "CASE hash(i, 7) % 5 WHEN 0 THEN NULL WHEN 1 THEN 0 WHEN 2 THEN -7.25 ELSE hash(i, 8) % 900 END, "
    "CASE hash(i, 9) % 3 WHEN 0 THEN NULL ELSE (hash(i, 10) % 30000) / 10000 END "
    "FROM range(20000) t(i)";

/* The numbers of a MONEY column, NULL as GY_LINE_NULL. */
static void load_column(const gy_column *column, size_t n, int64_t *out) {
  for (size_t i = 0; i < n; i++)
    out[i] = gy_column_is_null(column, i) ? GY_LINE_NULL : ((const int64_t *)column->data)[i];
}

static void compare_chunk(const gy_line_rules *rules, const gy_chunk *chunk, const char *label) {
  enum { QUANTITY, PRICE, AMOUNT, DISCOUNT, WANTED, N };
  static int64_t values[N][GY_CHUNK_ROWS], amount[GY_CHUNK_ROWS];
  static int32_t flags[GY_CHUNK_ROWS];
  for (int c = 0; c < N; c++) load_column(&chunk->columns[c], chunk->n_rows, values[c]);
  gy_line_columns columns = {values[QUANTITY], values[PRICE], values[AMOUNT], values[DISCOUNT],
                             chunk->columns[N + 1].data};
  gy_error err = {0};
  cr_assert_eq(gy_line_rules_apply(rules, &columns, chunk->n_rows, amount, flags, &err), GY_OK, "%s",
               err.text);
  const int32_t *wanted = chunk->columns[N].data;
  for (size_t i = 0; i < chunk->n_rows; i++) {
    cr_assert_eq(amount[i], values[WANTED][i], "%s, row %zu: amount %ld, the view has %ld", label, i,
                 (long)amount[i], (long)values[WANTED][i]);
    cr_assert_eq(flags[i], wanted[i], "%s, row %zu: flags %d, the view has %d", label, i, flags[i],
                 wanted[i]);
  }
}

/* order_items with values in the columns that have a role. */
static void keep_columns(gy_engine *engine, gy_role_set items) {
  static const gy_role NUMBERS[] = {GY_ROLE_QUANTITY, GY_ROLE_UNIT_PRICE, GY_ROLE_AMOUNT, GY_ROLE_DISCOUNT};
  char sql[1024] = "CREATE OR REPLACE TABLE order_items AS SELECT * REPLACE (";
  for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
    const char *name = gy_role_column(NUMBERS[i], GY_TARGET_ORDER_ITEMS), *comma = i > 0 ? ", " : "";
    bool kept = (items & GY_ROLE_BIT(NUMBERS[i])) != 0;
    snprintf(sql + strlen(sql), sizeof sql - strlen(sql), "%sCASE WHEN %s THEN %s END AS %s", comma,
             kept ? "true" : "false", name, name);
  }
  snprintf(sql + strlen(sql), sizeof sql - strlen(sql), ") FROM every_column");
  run(engine, sql);
}

Test(cleaning_rules, the_c_twin_agrees_with_the_view) {
  static const gy_role_set ROLES[] = {
      ROLE(QUANTITY) | ROLE(UNIT_PRICE),
      ROLE(QUANTITY) | ROLE(UNIT_PRICE) | ROLE(DISCOUNT),
      ROLE(UNIT_PRICE),
      ROLE(UNIT_PRICE) | ROLE(DISCOUNT),
      ROLE(AMOUNT),
      ROLE(AMOUNT) | ROLE(QUANTITY),
      ROLE(AMOUNT) | ROLE(UNIT_PRICE),
      ROLE(AMOUNT) | ROLE(QUANTITY) | ROLE(UNIT_PRICE),
      ROLE(AMOUNT) | ROLE(QUANTITY) | ROLE(UNIT_PRICE) | ROLE(DISCOUNT) | ROLE(STATUS)};
  static char *STATUS[] = {"cancelled"};
  gy_engine *engine = open_store("VARCHAR");
  run(engine, RANDOM_LINES);
  run(engine, "ALTER TABLE order_items RENAME TO every_column");
  for (size_t k = 0; k < 3 * sizeof ROLES / sizeof *ROLES; k++) {
    gy_role_set items = ROLES[k / 3] | ROLE(CUSTOMER) | ROLE(TIME) | ROLE(ORDER);
    keep_columns(engine, items);
    gy_cleaning_config config = {.cancelled = {.prefix = "", .status = STATUS, .n_status = 1}};
    if (k % 3 == 1) config.cancelled.action = GY_NET_NET;
    if (k % 3 == 2) config.returns = GY_NET_NET;
    gy_cleaning_rules rules = {0};
    make_view(engine, &config, &(gy_cleaning_inputs){.items = items}, &rules);
    char sql[1024], label[64];
    snprintf(label, sizeof label, "roles %zu, net %zu", k / 3, k % 3);
    snprintf(sql, sizeof sql,
             "SELECT u.quantity, u.unit_price, u.amount, u.discount, l.amount, l.flags, u.gy_cancelled "
             "FROM (SELECT * FROM %s) u JOIN order_lines l USING (row_no)",
             rules.uncleaned_sql);
    gy_error err = {0};
    gy_result *result = NULL;
    gy_chunk chunk = {0};
    size_t n = 0;
    cr_assert_eq(gy_engine_query(engine, sql, NULL, 0, NULL, &result, &err), GY_OK, "%s\n%s", err.text, sql);
    while (gy_result_next(result, &chunk, &err) == GY_OK && chunk.n_rows > 0) {
      compare_chunk(&rules.line, &chunk, label);
      n += chunk.n_rows;
    }
    cr_assert_eq(n, 20000, "%s: %zu rows", label, n);
    gy_result_destroy(result);
    gy_cleaning_rules_clear(&rules);
  }
  gy_engine_close(engine);
}
