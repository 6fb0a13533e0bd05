/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of a real PostgreSQL server as sources. What gyeol makes of them is compared with what it makes of
 * the same rows in CSV files. */
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/postgres_stream.h"
#include "postgres_server.h"
#include "project_fixture.h"

static void start_server(void) {
  if (!postgres_start()) cr_skip_test("PostgreSQL is not installed");
}

static void stop_server(void) {
  postgres_stop();
  workspace_remove();
}

TestSuite(postgres, .init = start_server, .fini = stop_server, .timeout = 300);

/* 3,000 lines of 120 customers, with what CSV makes hard: commas, quotes, lines, Hangul, NULL and "". */
#define MAKE_ORDERS                                                                                          \
  "CREATE TABLE orders AS SELECT i / 3 AS order_id, 1000 + i % 120 AS customer_id, "                         \
  "timestamptz '2025-01-01 00:30:00+09' + i * interval '3 hours' AS ordered_at, 'P' || i % 17 AS "           \
  "product_id, "                                                                                             \
  "CASE i % 5 WHEN 0 THEN 'a, \"quoted\" name' WHEN 1 THEN '김치' WHEN 2 THEN E'two\\nlines' WHEN 3 THEN " \
  "'' END "                                                                                                  \
  "AS description, 1 + i % 4 AS quantity, (i % 50) * 12.5 + 0.01 AS unit_price "                             \
  "FROM generate_series(0, 2999) i"

static json_t *run_of(const char *name, const char *files) {
  project_make(name, files);
  return project_run(name, "");
}

static void expect_same_figures(const json_t *a, const json_t *b) {
  static const char *const KEYS[] = {"customers", "orders",      "revenue",    "lines",   "lines_kept",
                                     "as_of",     "first_order", "last_order", "segments"};
  for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
    char *left = json_dumps(json_object_get(a, KEYS[i]), JSON_ENCODE_ANY),
         *right = json_dumps(json_object_get(b, KEYS[i]), JSON_ENCODE_ANY);
    cr_expect_str_eq(left, right, "%s", KEYS[i]);
    free(left);
    free(right);
  }
}

Test(postgres, a_table_gives_what_its_csv_gives) {
  char sql[512], quoted[1100];
  postgres_sql(MAKE_ORDERS);
  snprintf(sql, sizeof sql, "COPY orders TO '/tmp/gyeol_%d.csv' (FORMAT csv, HEADER)", (int)getpid());
  postgres_sql(sql);
  snprintf(quoted, sizeof quoted, "'%s'", postgres_address("#orders"));
  json_t *from_server = run_of("server", quoted);
  snprintf(sql, sizeof sql, "/tmp/gyeol_%d.csv", (int)getpid());
  json_t *from_file = run_of("file", sql);
  unlink(sql);
  cr_expect_eq(int_of(from_server, "sources.order_items.read"), 3000);
  cr_expect_eq(int_of(from_server, "sources.order_items.rejected"), 0);
  expect_same_figures(from_server, from_file);
  json_decref(from_server);
  json_decref(from_file);
}

Test(postgres, only_a_change_of_rows_is_read_again) {
  char quoted[1100];
  postgres_sql(MAKE_ORDERS);
  snprintf(quoted, sizeof quoted, "'%s'", postgres_address("#orders"));
  json_t *first = run_of("shop", quoted), *second = project_run("shop", "");
  cr_expect(json_is_true(json_object_get(first, "changed")));
  cr_expect(json_is_false(json_object_get(second, "changed")), "nothing changed, and the run did");
  postgres_sql("UPDATE orders SET quantity = quantity + 1 WHERE order_id = 7");
  json_t *third = project_run("shop", "");
  cr_expect(json_is_true(json_object_get(third, "changed")));
  cr_expect_str_neq(text_of(third, "revenue"), text_of(first, "revenue"));
  postgres_sql("INSERT INTO orders SELECT * FROM orders WHERE order_id = 8");
  json_t *fourth = project_run("shop", "");
  cr_expect_eq(int_of(fourth, "sources.order_items.read"), 3003);
  json_decref(first);
  json_decref(second);
  json_decref(third);
  json_decref(fourth);
}

Test(postgres, a_whole_database_is_recognised) {
  char quoted[1100];
  postgres_sql(MAKE_ORDERS);
  postgres_sql(
      "CREATE SCHEMA crm; CREATE TABLE crm.customers AS SELECT 1000 + i AS customer_id, "
      "CASE i % 2 WHEN 0 THEN 'F' ELSE 'M' END AS gender, 'KR' AS country FROM generate_series(0, 119) i");
  postgres_sql(
      "CREATE TABLE \"Log Lines\" AS SELECT i AS n, md5(i::text) AS what FROM generate_series(1, 99) i");
  snprintf(quoted, sizeof quoted, "'%s'", postgres_address(""));
  json_t *manifest = run_of("shop", quoted);
  cr_expect_eq(int_of(manifest, "sources.order_items.accepted"), 3000);
  cr_expect_eq(int_of(manifest, "sources.customers.accepted"), 120);
  json_decref(manifest);
}

Test(postgres, a_query_is_a_source) {
  char quoted[1100];
  postgres_sql(MAKE_ORDERS);
  snprintf(quoted, sizeof quoted, "\"%s\"",
           postgres_address(
               "#SELECT * FROM orders WHERE ordered_at >= '2025-06-01' AND description LIKE '%25, %25'"));
  json_t *manifest = run_of("shop", quoted);
  cr_expect_gt(int_of(manifest, "lines"), 0);
  cr_expect_lt(int_of(manifest, "lines"), 600);
  json_decref(manifest);
  process_result fit = gyeol_ok("cluster kmeans -k 3 --input \"%s\" --columns quantity,unit_price --json",
                                postgres_address("#SELECT quantity, unit_price FROM orders"));
  cr_expect_eq(int_of(fit.json, "n"), 3000);
  process_clear(&fit);
}

/* Contracts over a table: rows that break one, and a time that is none, move, are repaired in a file and come
 * back once, and again at every later import, whatever order the server has them in by then. */
Test(postgres, rows_that_break_contracts_move_and_come_back_once) {
  char yaml[2048], command[512];
  postgres_sql(
      "CREATE TABLE lines AS SELECT 1000 + i AS order_no, 1 + i % 37 AS customer_no, CASE i WHEN 3 THEN "
      "'soon' ELSE '2024-01-' || lpad((1 + i % 28)::text, 2, '0') END AS ordered_at, 1 + i % 5 AS qty, "
      "100 * (1 + i % 9) AS price, CASE WHEN i % 40 = 7 THEN 'Seoul' ELSE '서울, \"특별\"시' END AS region "
      "FROM generate_series(0, 399) i; INSERT INTO lines SELECT * FROM lines WHERE order_no IN (1007, 1010)");
  cr_assert_eq(mkdir(in_workspace("shop"), 0777), 0);
  snprintf(
      yaml, sizeof yaml,
      "name: shop\nsources:\n  - name: lines\n    target: order_items\n    files: ['%s']\n"
      "    columns: {order_no: order, customer_no: customer, ordered_at: time, qty: quantity, price: "
      "unit_price, region: attribute}\n"
      "    duplicates: {exact: drop}\n"
      "    contracts:\n      - {rule: pattern, column: region, pattern: '서울.*', severity: quarantine}\n"
      "      - {rule: unique, column: order, severity: quarantine}\n",
      postgres_address("#lines"));
  write_text(in_workspace("shop/gyeol.yaml"), yaml);
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "sources.lines.read"), 402);
  cr_expect_eq(int_of(manifest, "sources.lines.rejected"), 12, "%d",
               (int)int_of(manifest, "sources.lines.rejected"));
  json_decref(manifest);
  process_result exported = gyeol_ok("rejects export shop --out back.csv --json");
  cr_expect_eq(int_of(exported.json, "rows"), 12);
  process_clear(&exported);
  snprintf(command, sizeof command, "sed -i 's/,Seoul/,서울/; s/,soon,/,2024-01-04,/' %s",
           in_workspace("back.csv"));
  cr_assert_eq(system(command), 0);
  for (int again = 0; again < 2; again++) {
    process_result back = gyeol_ok("rejects replay back.csv shop --json");
    cr_expect_eq(int_of(back.json, "repaired"), 12, "%s", back.out);
    process_clear(&back);
    char *rows = project_rows("shop", "SELECT count(*), count(DISTINCT order_id) FROM order_items");
    cr_expect_str_eq(rows, "400,400");
    free(rows);
  }
  postgres_sql("UPDATE lines SET region = 'Busan' WHERE order_no = 1020");
  manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "sources.lines.rejected"), 1, "%d",
               (int)int_of(manifest, "sources.lines.rejected"));
  cr_expect_eq(int_of(manifest, "sources.lines.repaired"), 12);
  json_decref(manifest);
  /* a relation that never gives the same rows twice: records cannot be told for sure */
  postgres_sql("CREATE VIEW moving AS SELECT *, clock_timestamp()::text AS looked_at FROM lines");
  project_set("shop", "#lines", "#moving");
  process_result told = run_gyeol("run shop");
  cr_expect_eq(told.exit_code, 1, "%d", told.exit_code);
  cr_expect_not_null(strstr(told.err, "rows on the server changed while they were read"), "%s", told.err);
  process_clear(&told);
  char *rows = project_rows("shop", "SELECT count(*), count(DISTINCT order_id) FROM order_items");
  cr_expect_str_eq(rows, "399,399");
  free(rows);
}

typedef struct {
  const char *address; /* NULL: of the server, with the fragment */
  const char *fragment;
  int exit_code;
  const char *said;
} refusal;

Test(postgres, refusals_are_one_sentence) {
  static const refusal REFUSALS[] = {
      {NULL, "#nothing", 1, "relation \"nothing\" does not exist"},
      {NULL, "#SELECT 1) TO PROGRAM 'touch /tmp/gyeol_was_here' --", 1, "syntax error"},
      {NULL, "#SELECT 1; DROP TABLE orders", 1, "cannot insert multiple commands"},
      {NULL, "#WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d", 1, "must be at the top level"},
      {"postgresql://postgres:secret@127.0.0.1/shop#orders", NULL, 2, "holds a password"},
      {"postgresql://127.0.0.1:1/shop#orders", NULL, 1, "cannot connect"},
      {"postgresql://127.0.0.1/shop?nonsense=1#orders", NULL, 2, "cannot be read"},
  };
  postgres_sql(MAKE_ORDERS);
  for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++) {
    const refusal *r = &REFUSALS[i];
    process_result result = run_gyeol("init shop%zu \"%s\" --yes", i,
                                      r->address != NULL ? r->address : postgres_address(r->fragment));
    cr_expect_eq(result.exit_code, r->exit_code, "%zu: %d %s", i, result.exit_code, result.err);
    cr_expect(strstr(result.err, r->said) != NULL, "%zu: %s", i, result.err);
    cr_expect(strstr(result.err, "secret") == NULL, "%zu: the password is shown", i);
    cr_expect(strchr(result.err, '\n') == strrchr(result.err, '\n'), "%zu: %s", i, result.err);
    process_clear(&result);
  }
  cr_expect_neq(access("/tmp/gyeol_was_here", F_OK), 0);
}

/* The server dies in the middle of a COPY: the run fails in a sentence and the store keeps its last run. */
Test(postgres, a_server_that_goes_away_loses_nothing) {
  char quoted[1100];
  postgres_sql(MAKE_ORDERS);
  snprintf(quoted, sizeof quoted, "'%s'", postgres_address("#orders"));
  json_decref(run_of("shop", quoted));
  json_t *before = project_customers("shop", "rfm");
  postgres_sql(
      "CREATE TABLE more AS SELECT o.* FROM orders o, generate_series(1, 300); "
      "DROP TABLE orders; ALTER TABLE more RENAME TO orders");
  pid_t process = start_gyeol("run shop");
  usleep(1500000);
  postgres_stop();
  process_result result = finish_gyeol(process);
  if (result.exit_code != 0) {
    cr_expect_eq(result.exit_code, 1, "%d", result.exit_code);
    cr_expect(strchr(result.err, '\n') == strrchr(result.err, '\n'), "%s", result.err);
    json_t *after = project_customers("shop", "rfm");
    cr_expect(json_equal(before, after));
    json_decref(after);
  }
  process_clear(&result);
  json_decref(before);
}

Test(addresses, are_told_from_paths) {
  cr_expect(gy_postgres_is_address("postgresql://localhost/shop#orders"));
  cr_expect(gy_postgres_is_address("postgres://localhost/shop"));
  cr_expect_not(gy_postgres_is_address("postgresql.csv"));
  cr_expect_not(gy_postgres_is_address("/data/postgresql://x"));
}

/* ---- identifiers of people ---- */

#define MAKE_PEOPLE                                                                                          \
  "CREATE TABLE people AS SELECT 1000 + i AS customer_id, CASE i % 7 WHEN 3 THEN NULL WHEN 4 THEN "          \
  "'test@shop.kr' WHEN 5 THEN 'P' || i || '@Shop.KR' ELSE 'p' || i || '@shop.kr' END AS email, "             \
  "CASE i % 5 WHEN 3 THEN '010-0000-0000' WHEN 4 THEN '+82 10 ' || 2000 + i || ' 5678' ELSE '010-' || 2000 " \
  "+ i || '-5678' END AS phone, '김민' || chr(44032 + i) AS name, "                                        \
  "CASE i % 11 WHEN 0 THEN 'call p' || i || '@shop.kr' ELSE 'plain' END AS note "                            \
  "FROM generate_series(0, 119) i"

/* One key: the second project takes over the first one's ring before its first run. */
static char *people_of(const char *name, const char *files, const char *key_of) {
  char command[1024];
  project_make(name, files);
  if (key_of != NULL) {
    snprintf(command, sizeof command, "mkdir -p '%s' && cp -r '%s' '%s' '%s'",
             in_workspace("%s/.gyeol", name), in_workspace("%s/.gyeol/vault", key_of),
             in_workspace("%s/.gyeol/vault.key", key_of), in_workspace("%s/.gyeol/", name));
    cr_assert_eq(system(command), 0);
  }
  json_decref(project_run(name, ""));
  return project_rows(name,
                      "SELECT customer_id, email, phone, person_name, note FROM source_customers ORDER BY 1");
}

Test(postgres, identifiers_have_the_pseudonyms_of_csv_files) {
  char sql[512], quoted[1100], path[64];
  postgres_sql(MAKE_ORDERS);
  postgres_sql(MAKE_PEOPLE);
  snprintf(path, sizeof path, "/tmp/gyeol_%d.csv", (int)getpid());
  snprintf(sql, sizeof sql, "COPY people TO '%s' (FORMAT csv, HEADER)", path);
  postgres_sql(sql);
  write_small_shop(in_workspace("orders.csv"), 900, 1);
  snprintf(quoted, sizeof quoted, "orders.csv %s", path);
  char *from_file = people_of("file", quoted, NULL);
  snprintf(quoted, sizeof quoted, "orders.csv '%s'", postgres_address("#people"));
  char *from_server = people_of("server", quoted, "file");
  unlink(path);
  cr_expect_str_eq(from_server, from_file, "%s\nnot\n%s", from_server, from_file);
  cr_expect_not_null(strstr(from_file, "call [email]"), "%s", from_file);
  cr_expect_null(strchr(from_file, '@'), "%s", from_file);
  char *rows = project_rows("server",
                            "SELECT count(email), count(DISTINCT email), count(phone) FROM source_customers");
  cr_expect_str_eq(rows, "86,86,96", "%s", rows);
  free(rows);
  free(from_file);
  free(from_server);
}
