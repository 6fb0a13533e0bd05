/* SPDX-License-Identifier: Apache-2.0
 *
 * Templates, quoting, and every embedded file prepared against the empty schema. */
#include "engine_fixture.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

Test(sql_text, expands_keys) {
  gy_sql_part parts[] = {{"id", "BIGINT"}, {"empty", ""}, {"long_one", "a{{id}}b"}};
  char *sql = NULL;
  MUST(gy_sql_expand("{{id}} x {{id}}{{empty}}, {{long_one}} {id}", parts, 3, &sql, &err));
  cr_assert_str_eq(sql, "BIGINT x BIGINT, a{{id}}b {id}", "fragments are not expanded again");
  free(sql);
  sql = NULL;
  MUST(gy_sql_expand("SELECT 1", NULL, 0, &sql, &err));
  cr_assert_str_eq(sql, "SELECT 1");
  free(sql);
  sql = NULL;
  MUST_FAIL(gy_sql_expand("{{i}}", parts, 3, &sql, &err), GY_EINTERNAL, "{{i}}");
  MUST_FAIL(gy_sql_expand("{{id", parts, 3, &sql, &err), GY_EINTERNAL, "{{id}}");
  cr_assert_null(sql);
}

Test(sql_text, body_ends_before_semicolons_and_comments) {
  static const struct {
    const char *sql, *body;
  } CASES[] = {
      {"SELECT 1", "SELECT 1"},
      {"SELECT 1;\n", "SELECT 1"},
      {"SELECT 1 ; -- done;\n/* ; */ ;", "SELECT 1"},
      {"-- head\nSELECT ';'", "-- head\nSELECT ';'"},
      {"SELECT 'it''s;' ;", "SELECT 'it''s;'"},
      {"SELECT \"a;--\" -- x", "SELECT \"a;--\""},
      {"SELECT '--' || 'x';", "SELECT '--' || 'x'"},
      {"", ""},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *body = strndup(CASES[i].sql, gy_sql_body_length(CASES[i].sql));
    cr_assert_str_eq(body, CASES[i].body, "%s", CASES[i].sql);
    free(body);
  }
}

Test(sql_text, quoting_holds_anything) {
  static const char *const TEXTS[] = {
      "plain",
      "",
      "it's",
      "say \"x\"",
      "'; DROP TABLE victim; --",
      "\"; DROP TABLE victim; --",
      "''",
      "\"\"",
      "back\\slash'",
      "결 열",
      "$1 {{id}} %s",
      "new\nline",
      "/* c */",
      "select",
  };
  gy_engine *engine = memory_store(1);
  run_sql(engine, "CREATE TABLE victim (i INTEGER)");
  for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
    char *literal = gy_sql_literal(TEXTS[i]), *name = gy_sql_identifier(TEXTS[i]), *sql = NULL;
    cr_assert(asprintf(&sql, "SELECT %s", literal) > 0);
    assert_text(engine, sql, TEXTS[i]);
    free(sql);
    if (TEXTS[i][0] != '\0') {
      cr_assert(asprintf(&sql, "CREATE OR REPLACE TABLE %s (%s INTEGER); INSERT INTO %s VALUES (7)", name,
                         name, name) > 0);
      run_sql(engine, sql);
      free(sql);
      cr_assert(asprintf(&sql, "SELECT %s FROM %s", name, name) > 0);
      cr_assert_eq(int_of(engine, sql), 7, "%s", sql);
      gy_result *result = NULL;
      MUST(gy_engine_query(engine, sql, NULL, 0, NULL, &result, &err));
      cr_assert_str_eq(gy_result_column_name(result, 0), TEXTS[i]);
      gy_result_destroy(result);
      free(sql);
    }
    free(literal);
    free(name);
  }
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM victim"), 0);
  gy_engine_close(engine);
}

static size_t n_files_found;

static int find_file(const char *path, const struct stat *info, int kind, struct FTW *walk) {
  (void)info, (void)walk;
  size_t length = strlen(path);
  if (kind != FTW_F || length < 4 || strcmp(path + length - 4, ".sql") != 0) return 0;
  const char *inner = path + strlen(GYEOL_SQL_DIR) + 1;
  char *name = strndup(inner, strlen(inner) - 4);
  cr_assert_not_null(gy_sql(name), "%s is not listed in sql/meson.build", path);
  free(name);
  n_files_found++;
  return 0;
}

Test(sql_text, every_file_of_the_folder_is_embedded) {
  cr_assert_eq(nftw(GYEOL_SQL_DIR, find_file, 16, FTW_PHYS), 0);
  size_t n = 0;
  while (gy_sql_name(n) != NULL) n++;
  cr_assert_eq(n, n_files_found);
  for (size_t i = 1; i < n; i++)
    cr_assert(strcmp(gy_sql_name(i - 1), gy_sql_name(i)) < 0, "names are sorted");
  cr_assert_null(gy_sql("no/such/file"));
  cr_assert_not_null(gy_sql("schema/0001_store"));
}

enum { PARTS_MAX = 64 };

/* What the file says as `-- part key: fragment`, then the id types. */
static size_t read_parts(const char *sql, const char *id_type, gy_sql_part *parts) {
  static const char *const IDS[] = {"customer_id", "order_id", "product_id"};
  static const char MARK[] = "-- part ";
  size_t n = 0;
  for (const char *line = sql; line != NULL; line = strchr(line, '\n')) {
    line += *line == '\n';
    if (strncmp(line, MARK, strlen(MARK)) != 0) continue;
    const char *key = line + strlen(MARK), *colon = strchr(key, ':');
    size_t rest = strcspn(key, "\n");
    cr_assert(colon != NULL && colon < key + rest && n + 3 < PARTS_MAX, "%.60s", line);
    const char *fragment = colon + 1 + strspn(colon + 1, " ");
    parts[n++] = (gy_sql_part){strndup(key, (size_t)(colon - key)),
                               strndup(fragment, (size_t)(key + rest - fragment))};
  }
  for (size_t i = 0; i < 3; i++) parts[n++] = (gy_sql_part){strdup(IDS[i]), strdup(id_type)};
  return n;
}

static char *expand_file(const char *name, const char *id_type) {
  gy_sql_part parts[PARTS_MAX];
  size_t n = read_parts(gy_sql(name), id_type, parts);
  char *sql = NULL;
  gy_error err = {0};
  gy_status status = gy_sql_expand(gy_sql(name), parts, n, &sql, &err);
  cr_assert_eq(status, GY_OK, "sql/%s.sql: %s", name, err.text);
  for (size_t i = 0; i < n; i++) {
    free((void *)(uintptr_t)parts[i].key);
    free((void *)(uintptr_t)parts[i].fragment);
  }
  return sql;
}

enum { AFTER_DEPTH_MAX = 16 };

/* Runs the files that the file names as `-- after NAME`, those that they name first. */
static void run_before(gy_engine *engine, const char *name, const char *id_type, int depth) {
  static const char MARK[] = "-- after ";
  cr_assert(depth < AFTER_DEPTH_MAX, "sql/%s.sql comes after itself", name);
  for (const char *line = gy_sql(name); line != NULL; line = strchr(line, '\n')) {
    line += *line == '\n';
    if (strncmp(line, MARK, strlen(MARK)) != 0) continue;
    const char *other = line + strlen(MARK);
    char *before = strndup(other, strcspn(other, " \n"));
    cr_assert_not_null(gy_sql(before), "sql/%s.sql: no file '%s'", name, before);
    run_before(engine, before, id_type, depth + 1);
    char *sql = expand_file(before, id_type);
    run_sql(engine, sql);
    free(sql);
    free(before);
  }
}

static void prepare_file(gy_engine *engine, const char *name, const char *id_type) {
  MUST(gy_engine_begin(engine, &err));
  run_before(engine, name, id_type, 0);
  char *sql = expand_file(name, id_type);
  gy_error why = {0};
  gy_status status = gy_engine_check(engine, sql, &why);
  cr_assert_eq(status, GY_OK, "sql/%s.sql with %s ids: %s", name, id_type, why.text);
  free(sql);
  gy_engine_rollback(engine);
}

Test(sql_text, every_file_prepares_against_the_empty_schema) {
  static const char *const ID_TYPES[] = {"BIGINT", "VARCHAR"};
  for (size_t t = 0; t < 2; t++) {
    gy_engine *engine = memory_store(1);
    for (size_t i = 0; gy_sql_name(i) != NULL; i++) {
      if (strncmp(gy_sql_name(i), "schema/", 7) != 0) continue;
      char *sql = expand_file(gy_sql_name(i), ID_TYPES[t]);
      run_sql(engine, sql);
      free(sql);
    }
    for (size_t i = 0; gy_sql_name(i) != NULL; i++) prepare_file(engine, gy_sql_name(i), ID_TYPES[t]);
    gy_engine_close(engine);
  }
}
