/* SPDX-License-Identifier: Apache-2.0
 *
 * Contracts from the outside: a run that stops changes nothing, rows that break a contract move and come back
 * once when they are repaired, also after a rebuild from the sources; check changes nothing; suggested
 * contracts hold on the data they come from and break on damaged data. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/engine.h"
#include "project_fixture.h"

TestSuite(quality, .fini = workspace_remove, .timeout = 300);

enum { LINES = 400 };

/* Order lines, of which every fortieth has `region` in its last column. */
static void write_orders(const char *name, const char *region, int lines) {
  char *text = malloc(1 << 18), *end = stpcpy(text, "order_no,customer_no,ordered_at,sku,qty,price,region\n");
  for (int i = 0; i < lines; i++)
    end += sprintf(end, "%d,%d,2024-%02d-%02d 10:00:00,S%03d,%d,%d00,%s\n", 1000 + i, 1 + i % 37, 1 + i % 12,
                   1 + i % 28, i % 50, 1 + i % 5, 10 + i % 90,
                   i % 40 == 7 ? region
                   : i % 2     ? "서울"
                               : "부산");
  write_text(in_workspace("%s", name), text);
  free(text);
}

static const char YAML[] =
    "name: shop\nlanguage: en\nsources:\n"
    "  - name: lines  # by hand\n    target: order_items\n    files: [../orders.csv]\n"
    "    columns: {order_no: order, customer_no: customer, ordered_at: time, sku: product, qty: quantity, "
    "price: "
    "unit_price, region: attribute}\n%s";

static void write_project(const char *contracts) {
  char text[4096];
  cr_assert_eq(gy_dir_create(in_workspace("shop"), NULL), GY_OK);
  snprintf(text, sizeof text, YAML, contracts);
  write_text(in_workspace("shop/gyeol.yaml"), text);
}

/* Every row of every table of a project's store as one text. */
static char *store_text(void) {
  gy_engine *engine = NULL;
  gy_error err = {0};
  gy_engine_options options = {.path = in_workspace("shop/.gyeol/store.duckdb"), .read_only = true};
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  json_t *tables = NULL, *table, *all = json_object();
  cr_assert_eq(gy_engine_json(engine, "SELECT table_name AS name FROM information_schema.tables ORDER BY 1",
                              NULL, 0, NULL, &tables, &err),
               GY_OK, "%s", err.text);
  size_t i;
  json_array_foreach(tables, i, table) {
    const char *name = json_string_value(json_object_get(table, "name"));
    char sql[256];
    json_t *rows = NULL;
    snprintf(sql, sizeof sql, "SELECT * FROM \"%s\" ORDER BY ALL", name);
    cr_assert_eq(gy_engine_json(engine, sql, NULL, 0, NULL, &rows, &err), GY_OK, "%s", err.text);
    json_object_set_new(all, name, rows);
  }
  json_decref(tables);
  gy_engine_close(engine);
  char *text = json_dumps(all, JSON_SORT_KEYS);
  json_decref(all);
  return text;
}

static void expect_failure(const char *command, int code, const char *sentence) {
  process_result result = run_gyeol("%s", command);
  cr_expect_eq(result.exit_code, code, "gyeol %s ended with %d: %s", command, result.exit_code, result.err);
  cr_expect_not_null(strstr(result.err, sentence), "gyeol %s: %s", command, result.err);
  process_clear(&result);
}

static void expect_counts(const json_t *manifest, int read, int rejected, int repaired) {
  cr_expect_eq(int_of(manifest, "sources.lines.read"), read);
  cr_expect_eq(int_of(manifest, "sources.lines.rejected"), rejected, "%d rejected",
               (int)int_of(manifest, "sources.lines.rejected"));
  cr_expect_eq(int_of(manifest, "sources.lines.accepted"), read - rejected);
  cr_expect_eq(int_of(manifest, "sources.lines.repaired"), repaired, "%d repaired",
               (int)int_of(manifest, "sources.lines.repaired"));
}

Test(quality, a_contract_that_stops_changes_nothing) {
  write_orders("orders.csv", "서울", LINES);
  write_project("    contracts:\n      - {rule: set, column: region, values: [서울, 부산], threshold: 2%}\n");
  json_t *manifest = project_run("shop", "");
  cr_expect_str_eq(text_of(manifest, "quality.verdict"), "pass");
  cr_expect_str_eq(text_of(manifest, "quality.sources.lines.contracts.0.verdict"), "pass");
  cr_expect_eq(int_of(manifest, "quality.sources.lines.contracts.0.rows"), LINES);
  char *before = store_text();
  write_orders("orders.csv", "Seoul", LINES); /* 10 of 400 */
  expect_failure("run shop", 3,
                 "source lines: contract set(region): 10 of 400 rows fail (none of the 2 values "
                 "allowed), above its threshold of 2%; nothing was changed");
  char *after = store_text();
  cr_expect_str_eq(before, after);
  process_result runs = gyeol_ok("runs shop --json");
  cr_expect_eq(json_array_size(json_at(runs.json, "runs")), 1);
  process_clear(&runs);
  project_set("shop", "threshold: 2%", "threshold: 2.5%");
  json_decref(manifest);
  manifest = project_run("shop", "");
  cr_expect_str_eq(text_of(manifest, "quality.verdict"), "warn");
  cr_expect_eq(int_of(manifest, "quality.sources.lines.contracts.0.failed"), 10);
  cr_expect_eq(int_of(manifest, "quality.sources.lines.contracts.0.examples.0.line"), 9);
  cr_expect_str_eq(text_of(manifest, "quality.sources.lines.contracts.0.examples.0.value"), "Seoul");
  expect_counts(manifest, LINES, 0, 0);
  json_decref(manifest);
  free(before);
  free(after);
}

Test(quality, check_says_the_same_and_changes_no_byte) {
  write_orders("orders.csv", "Seoul", LINES);
  write_project(
      "    contracts:\n      - {rule: set, column: region, values: [서울, 부산], severity: stop}\n");
  expect_failure("check shop --json", 3, "some contracts stop a run");
  cr_expect_neq(access(in_workspace("shop/.gyeol"), F_OK), 0, "check left a folder");
  project_set("shop", ", severity: stop", "");
  json_decref(project_run("shop", ""));
  char *before = file_text(in_workspace("shop/.gyeol/store.duckdb"));
  process_result kept = gyeol_ok("check shop --json"); /* nothing changed: as the run found it */
  cr_expect(json_is_false(json_at(kept.json, "changed")));
  cr_expect_str_eq(text_of(kept.json, "verdict"), "warn");
  cr_expect_eq(int_of(kept.json, "sources.lines.contracts.0.failed"), 10);
  process_clear(&kept);
  write_orders("orders.csv", "Jeju", LINES + 40);
  project_set("shop", "부산]}", "부산], severity: stop}");
  process_result result = run_gyeol("check shop --json");
  cr_expect_eq(result.exit_code, 3);
  cr_expect_str_eq(text_of(result.json, "verdict"), "stop");
  cr_expect_eq(int_of(result.json, "sources.lines.contracts.0.failed"), 11);
  process_clear(&result);
  char *after = file_text(in_workspace("shop/.gyeol/store.duckdb"));
  cr_expect_str_eq(before, after);
  char command[512];
  snprintf(command, sizeof command, "test -z \"$(ls %s | grep check-)\"", in_workspace("shop/.gyeol"));
  cr_expect_eq(system(command), 0, "check left files");
  free(before);
  free(after);
}

/* Replaces every `from` in a file. */
static void replace_all(const char *path, const char *from, const char *to) {
  char command[1024];
  snprintf(command, sizeof command, "sed -i 's/%s/%s/g' %s", from, to, path);
  cr_assert_eq(system(command), 0);
}

static json_t *replay(const char *file) {
  process_result result = gyeol_ok("rejects replay %s shop --json", file);
  json_t *json = json_incref(result.json);
  process_clear(&result);
  return json;
}

static int rows_of_store(const char *condition) {
  gy_engine *engine = NULL;
  gy_error err = {0};
  char sql[256];
  int64_t n = -1;
  gy_engine_options options = {.path = in_workspace("shop/.gyeol/store.duckdb"), .read_only = true};
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  snprintf(sql, sizeof sql, "SELECT count(*) FROM source_lines WHERE %s", condition);
  cr_assert_eq(gy_engine_int64(engine, sql, NULL, 0, &n, &err), GY_OK, "%s", err.text);
  gy_engine_close(engine);
  return (int)n;
}

/* Rows of which some break a contract and some cannot be read at all. */
static void make_rejects(void) {
  write_orders("orders.csv", "Seoul", LINES);
  replace_all(in_workspace("orders.csv"), "^1003,4,2024-04-04 10:00:00", "1003,4,soon");
  replace_all(in_workspace("orders.csv"), "^1100,.*", "1100,\"broken\"");
  write_project(
      "    contracts:\n      - {rule: set, column: region, values: [서울, 부산], severity: quarantine}\n"
      "      - {rule: unique, column: order, severity: quarantine}\n");
  json_t *manifest = project_run("shop", "");
  expect_counts(manifest, LINES, 12, 0);
  cr_expect_eq(int_of(manifest, "quality.sources.lines.contracts.0.failed"), 10);
  cr_expect_str_eq(text_of(manifest, "quality.verdict"), "quarantine");
  json_decref(manifest);
}

Test(quality, repaired_rows_come_back_once) {
  make_rejects();
  process_result list = gyeol_ok("rejects list shop --json");
  cr_expect_eq(int_of(list.json, "total"), 12);
  process_result shown = gyeol_ok("rejects show %s shop --json", text_of(list.json, "rejects.1.id"));
  cr_expect_str_eq(text_of(shown.json, "record.region"), "Seoul");
  cr_expect_str_eq(text_of(shown.json, "record.order_no"), "1007");
  cr_expect_str_eq(text_of(shown.json, "rule"), "set(region)");
  process_clear(&shown);
  process_clear(&list);
  process_result exported = gyeol_ok("rejects export shop --out rejects.csv --json");
  cr_expect_eq(int_of(exported.json, "rows"), 12);
  process_clear(&exported);
  /* nothing repaired yet */
  json_t *result = replay("rejects.csv");
  cr_expect_eq(int_of(result, "repairs"), 0);
  cr_expect_eq(int_of(result, "unchanged"), 12);
  json_decref(result);
  /* ten regions, one time; one repaired row takes a key that is taken, one id is of nobody */
  replace_all(in_workspace("rejects.csv"), ",Seoul$", ",서울");
  replace_all(in_workspace("rejects.csv"), ",soon,", ",2024-04-04 10:00:00,");
  replace_all(in_workspace("rejects.csv"), ",1047,", ",1046,");
  char *text = file_text(in_workspace("rejects.csv")), *more = NULL;
  cr_assert(asprintf(&more, "%s0123456789abcdef,,,1,1,2024-01-01,S1,1,100,서울\n,,,,,,,,,\n", text) >
            0); /* and an empty line */
  write_text(in_workspace("rejects.csv"), more);
  for (int again = 0; again < 3; again++) {
    result = replay("rejects.csv");
    cr_expect_eq(int_of(result, "repairs"), 11, "%d", (int)int_of(result, "repairs"));
    cr_expect_eq(int_of(result, "repaired"), 10);
    cr_expect_str_eq(text_of(result, "rejected_again.0.reason"), "repaired, but another row has this key");
    cr_expect_str_eq(text_of(result, "unknown.0"), "0123456789abcdef");
    json_decref(result);
    cr_expect_eq(rows_of_store("true"), LINES - 2);
    cr_expect_eq(rows_of_store("order_id IN (1003, 1007, 1046)"), 3);
  }
  /* the repairs are the project's: a rebuild from the sources has them, too */
  cr_assert_eq(gy_dir_remove(in_workspace("shop/.gyeol"), NULL), GY_OK);
  json_t *manifest = project_run("shop", "");
  expect_counts(manifest, LINES, 2, 10);
  json_decref(manifest);
  /* a file whose record is another one by now */
  replace_all(in_workspace("orders.csv"), "^1007,", "91007,");
  manifest = project_run("shop", "");
  expect_counts(manifest, LINES, 3, 9);
  cr_expect_eq(rows_of_store("order_id IN (1007, 91007)"), 0);
  json_decref(manifest);
  free(text);
  free(more);
}

Test(quality, a_replay_that_would_stop_leaves_everything) {
  make_rejects();
  process_result exported = gyeol_ok("rejects export shop --out rejects.csv");
  process_clear(&exported);
  replace_all(in_workspace("rejects.csv"), ",Seoul$", ",서울");
  project_set(
      "shop", "column: order, severity: quarantine}",
      "column: order, severity: quarantine}\n      - {rule: range, column: price, max: 1, severity: stop}");
  char *before = store_text();
  expect_failure("rejects replay rejects.csv shop", 3, "contract range(price)");
  char *after = store_text();
  cr_expect_str_eq(before, after);
  cr_expect_neq(access(in_workspace("shop/repairs/lines.csv"), F_OK), 0, "the repairs stayed");
  expect_failure("rejects replay nothing.csv shop", 1, "there is no file nothing.csv");
  write_text(in_workspace("some.csv"), "gyeol_id,price\n,100\n");
  expect_failure("rejects replay some.csv shop", 3, "some.csv:2: this record has no gyeol_id");
  expect_failure("rejects show 00 shop", 1, "no rejected row has the id 00");
  free(before);
  free(after);
}

Test(quality, suggested_contracts_hold_and_break_on_damage) {
  process_result made = gyeol_ok("simulate shop --customers 800 --out clean --quiet");
  process_clear(&made);
  made = gyeol_ok("simulate shop --customers 800 --dirty 0.2 --out dirty --quiet");
  process_clear(&made);
  project_make("shop", "clean/orders.csv clean/customers.csv clean/products.csv");
  char *yaml = file_text(in_workspace("shop/gyeol.yaml"));
  process_result suggested = gyeol_ok("contracts suggest shop --write --json");
  json_int_t n = int_of(suggested.json, "contracts");
  cr_expect_geq(n, 20);
  process_clear(&suggested);
  char *written = file_text(in_workspace("shop/gyeol.yaml"));
  cr_expect_gt(strlen(written), strlen(yaml));
  for (const char *line = yaml; *line != '\0'; line += strcspn(line, "\n") + 1) {
    char text[512];
    snprintf(text, sizeof text, "%.*s\n", (int)strcspn(line, "\n"), line);
    cr_expect_not_null(strstr(written, text), "the line '%s' is gone", text);
  }
  process_result again = gyeol_ok("contracts suggest shop --json");
  cr_expect_eq(int_of(again.json, "contracts"), 0, "the same is suggested again");
  process_clear(&again);
  process_result clean = gyeol_ok("check shop --json");
  cr_expect_str_eq(text_of(clean.json, "verdict"), "pass", "%s", clean.out);
  process_clear(&clean);
  cr_assert_eq(rename(in_workspace("dirty/orders.csv"), in_workspace("clean/orders.csv")), 0);
  process_result damaged = run_gyeol("check shop --json");
  cr_expect_str_neq(text_of(damaged.json, "verdict"), "pass", "%s", damaged.out);
  process_clear(&damaged);
  free(yaml);
  free(written);
}

enum { TWICE = LINES / 50 }; /* rows of one piece that come twice, and as many of five */

Test(quality, decimals_in_texts_are_suggested_as_numbers_and_rows_to_stay_about_as_many) {
  FILE *file = fopen(in_workspace("orders.csv"), "w");
  cr_assert_not_null(file);
  fputs("order_no,customer_no,ordered_at,sku,qty,price,region\n", file);
  for (int i = 0; i < LINES; i++)
    fprintf(file, "%d,%d,2024-01-%02d,S%03d,1,100,%d.%d\n", i, i % 37, 1 + i % 28, i % 50, i, i % 10);
  fclose(file);
  write_project("");
  process_result suggested = gyeol_ok("contracts suggest shop");
  cr_expect_not_null(strstr(suggested.out, "{rule: type, column: region, type: number"), "%s", suggested.out);
  cr_expect_null(strstr(suggested.out, "{rule: pattern, column: region"), "%s", suggested.out);
  cr_expect_not_null(strstr(suggested.out, "{rule: row_change, percent: 50%"), "%s", suggested.out);
  process_clear(&suggested);
}

/* The rows of one format: those of five pieces move, and come back as four; what comes twice is put aside and
 * breaks no contract. */
static void expect_repairs(const char *ending) {
  char text[1024];
  cr_assert_eq(gy_dir_remove(in_workspace("other"), NULL), GY_OK);
  cr_assert_eq(gy_dir_create(in_workspace("other"), NULL), GY_OK);
  snprintf(text, sizeof text,
           "name: other\nsources:\n  - name: lines\n    target: order_items\n    files: [../rows.%s]\n    "
           "columns: "
           "{order_no: order, customer_no: customer, ordered_at: time, sku: product, qty: quantity, price: "
           "unit_price}\n"
           "    duplicates: {exact: drop}\n"
           "    contracts: [{rule: range, column: qty, max: 4, severity: quarantine}, {rule: unique, column: "
           "order, severity: stop}]\n",
           ending);
  write_text(in_workspace("other/gyeol.yaml"), text);
  json_t *manifest = project_run("other", "");
  cr_expect_eq(int_of(manifest, "sources.lines.rejected"), LINES / 5 + TWICE, "%s", ending);
  json_decref(manifest);
  process_result exported = gyeol_ok("rejects export other --out back.csv --json");
  cr_expect_eq(int_of(exported.json, "rows"), LINES / 5 + TWICE, "%s", ending);
  process_clear(&exported);
  replace_all(in_workspace("back.csv"), ",5\\(\\.0*\\)\\?,\\([0-9.]*\\)$", ",4,\\2");
  for (int again = 0; again < 2; again++) {
    process_result back = gyeol_ok("rejects replay back.csv other --json");
    cr_expect_eq(int_of(back.json, "repaired"), LINES / 5 + TWICE, "%s: %s", ending, back.out);
    process_clear(&back);
    manifest = project_run("other", "");
    cr_expect_eq(int_of(manifest, "sources.lines.accepted"), LINES + 2 * TWICE, "%s", ending);
    cr_expect_eq(int_of(manifest, "sources.lines.repaired"), LINES / 5 + TWICE, "%s", ending);
    json_decref(manifest);
    char *rows = project_rows("other", "SELECT count(*), count(DISTINCT order_id) FROM order_items");
    cr_expect_str_eq(rows, "400,400", "%s: %s", ending, rows);
    free(rows);
  }
}

Test(quality, rows_of_every_format_move_and_come_back) {
  write_orders("orders.csv", "서울", LINES);
  write_project("");
  json_decref(project_run("shop", ""));
  static const char *const ENDINGS[] = {"csv", "parquet", "ndjson", "xlsx"};
  for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++) {
    process_result made = gyeol_ok(
        "query \"SELECT order_id AS order_no, customer_id AS customer_no, ordered_at, "
        "product_id AS sku, quantity AS qty, unit_price AS price FROM order_items, range(CASE WHEN order_id "
        "%% 50 "
        "IN (0, 4) THEN 2 ELSE 1 END)\" -C shop --out rows.%s",
        ENDINGS[i]);
    process_clear(&made);
    expect_repairs(ENDINGS[i]);
  }
}

/* Of rows that cannot be read, and of rows that break contracts, 100,000 are kept; whoever looks is told. */
Test(quality, more_rejected_rows_than_are_kept_are_counted_and_told) {
  enum { MANY = 300000, KEPT = 100000 };
  FILE *file = fopen(in_workspace("orders.csv"), "w");
  cr_assert_not_null(file);
  fputs("order_no,customer_no,ordered_at,sku,qty,price,region\n", file);
  for (int i = 0; i < MANY; i++)
    fprintf(file, "%d,%d,%s,S1,%d,100,x\n", i, i % 99, i % 2 ? "2024-01-02" : "soon", i % 7 == 1 ? 9 : 1);
  fclose(file);
  write_project("    contracts:\n      - {rule: range, column: qty, max: 3, severity: quarantine}\n");
  int n_broken = 0;
  for (int i = 0; i < MANY; i++) n_broken += i % 2 && i % 7 == 1;
  process_result run = gyeol_ok("run shop --until import");
  cr_expect_not_null(strstr(run.out, "of the rejected rows are kept for gyeol rejects"), "%s", run.out);
  process_clear(&run);
  process_result list = gyeol_ok("rejects list shop --limit 1 --json");
  cr_expect_eq(int_of(list.json, "total"), MANY / 2 + n_broken);
  cr_expect_eq(int_of(list.json, "kept"), KEPT + n_broken);
  process_clear(&list);
  list = gyeol_ok("rejects list shop --limit 1");
  cr_expect_not_null(strstr(list.out, "of them are kept to be shown and repaired"), "%s", list.out);
  process_clear(&list);
  cr_expect_eq(rows_of_store("true"), MANY / 2 - n_broken);
}
