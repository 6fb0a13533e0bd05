/* SPDX-License-Identifier: Apache-2.0 */
#include "project_fixture.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "engine/engine.h"

process_result gyeol_ok(const char *arguments, ...) {
  char line[4096];
  va_list args;
  va_start(args, arguments);
  vsnprintf(line, sizeof line, arguments, args);
  va_end(args);
  process_result result = run_gyeol("%s", line);
  cr_assert_eq(result.exit_code, 0, "gyeol %s ended with %d: %s", line, result.exit_code, result.err);
  return result;
}

void project_make(const char *name, const char *files) {
  process_result result = gyeol_ok("init %s %s --yes --json --no-segments", name, files);
  process_clear(&result);
}

json_t *project_run(const char *name, const char *options) {
  process_result result = gyeol_ok("run %s --json %s", name, options);
  cr_assert_not_null(result.json, "gyeol run %s --json printed no JSON: %s", name, result.out);
  json_t *manifest = json_incref(result.json);
  process_clear(&result);
  return manifest;
}

char *file_text(const char *path) {
  gy_buffer buffer;
  gy_buffer_init(&buffer, 256 << 20);
  gy_error err = {0};
  cr_assert_eq(gy_file_read(path, &buffer, &err), GY_OK, "%s", err.text);
  return gy_buffer_take(&buffer);
}

void project_set(const char *name, const char *from, const char *to) {
  const char *path = in_workspace("%s/gyeol.yaml", name);
  char *text = file_text(path), *at = strstr(text, from), *changed = NULL;
  cr_assert_not_null(at, "gyeol.yaml of %s has no '%s'", name, from);
  cr_assert_null(strstr(at + 1, from), "gyeol.yaml of %s has '%s' twice", name, from);
  *at = '\0';
  cr_assert(asprintf(&changed, "%s%s%s", text, to, at + strlen(from)) > 0);
  write_text(path, changed);
  free(changed);
  free(text);
}

json_t *report_model(const char *page) {
  static const char OPENING[] = "<script type=\"application/json\" id=\"model\">";
  char *text = file_text(page), *begin = strstr(text, OPENING);
  cr_assert_not_null(begin, "%s embeds no model", page);
  begin += sizeof OPENING - 1;
  char *end = strstr(begin, "</script>");
  cr_assert_not_null(end);
  json_error_t where;
  json_t *model = json_loadb(begin, (size_t)(end - begin), 0, &where);
  cr_assert_not_null(model, "the model of %s is no JSON: %s", page, where.text);
  free(text);
  return model;
}

static void add_customers(json_t *customers, const json_t *segment, const char *file) {
  json_t *rows = json_load_file(file, 0, NULL), *row;
  cr_assert(json_is_array(rows), "%s is no array", file);
  cr_assert_eq((json_int_t)json_array_size(rows), int_of(segment, "customers"), "segment %s",
               text_of(segment, "name"));
  size_t i;
  json_array_foreach(rows, i, row) {
    char key[64];
    const json_t *id = json_object_get(row, "customer_id");
    if (json_is_integer(id))
      snprintf(key, sizeof key, "%lld", (long long)json_integer_value(id));
    else
      snprintf(key, sizeof key, "%s", json_string_value(id));
    cr_assert_null(json_object_get(customers, key), "customer %s is in two segments", key);
    json_object_set(customers, key, row);
  }
  json_decref(rows);
}

json_t *project_customers(const char *name, const char *kind) {
  process_result list = gyeol_ok("segment list %s --json", name);
  json_t *customers = json_object(), *segment;
  size_t i;
  json_array_foreach(json_object_get(list.json, "segments"), i, segment) {
    if (strcmp(text_of(segment, "kind"), kind) != 0) continue;
    process_result result =
        gyeol_ok("segment export \"%s\" %s --out .export.json", text_of(segment, "name"), name);
    process_clear(&result);
    add_customers(customers, segment, in_workspace(".export.json"));
  }
  process_clear(&list);
  return customers;
}

json_t *project_query(const char *name, const char *sql) {
  gy_engine *engine = NULL;
  gy_error err = {0};
  json_t *rows = NULL;
  gy_engine_options options = {.path = in_workspace("%s/.gyeol/store.duckdb", name), .read_only = true};
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_json(engine, sql, NULL, 0, NULL, &rows, &err), GY_OK, "%s\n%s", err.text, sql);
  gy_engine_close(engine);
  return rows;
}

char *project_rows(const char *name, const char *sql) {
  json_t *rows = project_query(name, sql), *row, *value;
  gy_buffer text;
  gy_buffer_init(&text, 1 << 20);
  gy_buffer_text(&text, "");
  size_t i;
  const char *key;
  json_array_foreach(rows, i, row) {
    const char *between = i > 0 ? " | " : "";
    json_object_foreach(row, key, value) {
      char *shown = json_is_string(value) ? strdup(json_string_value(value))
                    : json_is_null(value) ? strdup("-")
                                          : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
      gy_buffer_printf(&text, "%s%s", between, shown);
      between = ",";
      free(shown);
    }
  }
  json_decref(rows);
  return gy_buffer_take(&text);
}

json_int_t int_of(const json_t *json, const char *path) { return json_integer_value(json_at(json, path)); }

double number_of(const json_t *json, const char *path) { return json_number_value(json_at(json, path)); }

const char *text_of(const json_t *json, const char *path) {
  const char *text = json_string_value(json_at(json, path));
  return text != NULL ? text : "";
}

/* A hash by multiplication: spreads small numbers, the same everywhere. */
static unsigned spread(unsigned value, unsigned salt, unsigned below) {
  unsigned long long mixed = (value + 1ull) * 0x9E3779B97F4A7C15ull + salt * 0xD1B54A32D192ED03ull;
  mixed ^= mixed >> 29;
  mixed *= 0xBF58476D1CE4E5B9ull;
  return (unsigned)((mixed >> 33) % below);
}

static int small_shop_line(char *text, unsigned line, unsigned customers) {
  unsigned order = line / 3;
  unsigned roll = spread(order, 1, customers), customer = roll * (roll + 1) / (customers + 1);
  int quantity = spread(line, 7, 50) == 0 ? -1 : 1 + (int)spread(line, 2, 5);
  char id[16] = "";
  if (spread(order, 8, 97) != 0) snprintf(id, sizeof id, "%u", 100 + customer);
  return sprintf(text, "%u,%s,2024-%02u-%02u %02u:%02u:00,P%u,C%u,%d,%u.%02u\n", order, id,
                 1 + spread(order, 3, 12), 1 + spread(order, 4, 28), spread(order, 5, 24),
                 spread(order, 6, 60), spread(line, 9, 40), spread(line, 9, 40) % 6, quantity,
                 1 + spread(line, 10, 90), spread(line, 11, 100));
}

void write_small_shop(const char *path, int lines, int order) {
  char *text = malloc((size_t)lines * 80 + 100);
  cr_assert_not_null(text);
  char *end = stpcpy(text, "order_id,customer_id,ordered_at,product_id,category,quantity,unit_price\n");
  for (int i = 0; i < lines; i++)
    end += small_shop_line(end, (unsigned)((long long)i * order % lines), 1 + (unsigned)lines / 25);
  write_text(path, text);
  free(text);
}
