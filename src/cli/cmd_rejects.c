/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"limit", 'n', "N", "list: at most so many rows (default: 100)"},
    {"source", 's', "NAME", "export: rows of this source (default: the only one that has any)"},
    {"out", 'o', "FILE", "export: the CSV file to write"},
    {0},
};

static void print_rejects(const json_t *rows) {
  static const cli_column COLUMNS[] = {{"id", CLI_LEFT},     {"file", CLI_LEFT},  {"line", CLI_RIGHT},
                                       {"column", CLI_LEFT}, {"value", CLI_LEFT}, {"reason", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, 6);
  size_t i;
  json_t *row;
  json_array_foreach(rows, i, row) {
    const char *file = show_text(row, "file"), *slash = strrchr(file, '/');
    cli_table_cell(table, "%s", show_text(row, "id"));
    cli_table_cell(table, "%s", slash != NULL ? slash + 1 : file);
    cli_table_cell(table, "%lld", (long long)json_integer_value(json_object_get(row, "line")));
    cli_table_cell(table, "%s", show_text(row, "column"));
    cli_table_cell(table, "%s", show_text(row, "value"));
    cli_table_cell(table, "%s", show_text(row, "reason"));
  }
  cli_table_print(table);
}

static gy_status list(cli *context, gy_error *err) {
  size_t limit;
  char *text = NULL;
  json_t *result = NULL;
  gy_status status = cli_limit(context, &limit, err);
  if (status == GY_OK)
    status = gy_project_rejects(cli_project_dir(context, 1), limit, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) {
    const json_t *rows = json_object_get(result, "rejects");
    json_int_t n = json_integer_value(json_object_get(result, "total")),
               n_kept = json_integer_value(json_object_get(result, "kept"));
    char total[32], kept[32];
    if (json_array_size(rows) > 0) print_rejects(rows);
    printf("%s rejected rows\n", cli_thousands(n, total));
    if (n_kept < n)
      printf(
          "%s of them are kept to be shown and repaired; the others are counted, and are in their files "
          "alone\n",
          cli_thousands(n_kept, kept));
  }
  json_decref(result);
  return GY_OK;
}

static void print_record(const json_t *record) {
  static const cli_column COLUMNS[] = {{"column", CLI_LEFT}, {"value", CLI_LEFT}};
  if (json_is_string(record)) printf("\n%s\n", json_string_value(record));
  if (!json_is_object(record)) return;
  putchar('\n');
  cli_table *table = cli_table_create(COLUMNS, 2);
  const char *name;
  json_t *cell;
  json_object_foreach((json_t *)record, name, cell) {
    cli_table_cell(table, "%s", name);
    cli_table_cell(table, "%s", json_string_value(cell));
  }
  cli_table_print(table);
}

static gy_status show(cli *context, gy_error *err) {
  char *text = NULL;
  json_t *row = NULL;
  if (context->n_arguments < 2) return gy_fail(err, GY_EUSAGE, "say which row: gyeol rejects show ID");
  const char *id = context->arguments[1];
  gy_status status = gy_project_reject_show(cli_project_dir(context, 2), id, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &row, err);
  if (status != GY_OK) return status;
  if (!context->json) {
    printf("%s line %lld, source %s\n%s%s%s%s%s\n", show_text(row, "file"),
           (long long)json_integer_value(json_object_get(row, "line")), show_text(row, "source"),
           show_text(row, "column"), show_text(row, "column")[0] != '\0' ? ": " : "",
           show_text(row, "reason"), show_text(row, "rule")[0] != '\0' ? ", by contract " : "",
           show_text(row, "rule"));
    print_record(json_object_get(row, "record"));
  }
  json_decref(row);
  return GY_OK;
}

static gy_status export(cli *context, gy_error *err) {
  char *text = NULL, number[32];
  json_t *result = NULL;
  const char *path = cli_get(context, "out");
  if (path == NULL) return gy_fail(err, GY_EUSAGE, "say where to: gyeol rejects export --out FILE.csv");
  gy_status status = gy_project_rejects_export(cli_project_dir(context, 1), cli_get(context, "source"), path,
                                               &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json)
    printf("%s rejected rows of source %s in %s; repair them there, then: gyeol rejects replay %s\n",
           cli_thousands(json_integer_value(json_object_get(result, "rows")), number),
           show_text(result, "source"), path, path);
  json_decref(result);
  return GY_OK;
}

static void print_replay(const json_t *result) {
  size_t i;
  json_t *row;
  printf("%lld of %lld repaired rows are back\n",
         (long long)json_integer_value(json_object_get(result, "repaired")),
         (long long)json_integer_value(json_object_get(result, "repairs")));
  if (json_integer_value(json_object_get(result, "unchanged")) > 0)
    printf("%lld rows in the file are as they were rejected\n",
           (long long)json_integer_value(json_object_get(result, "unchanged")));
  json_array_foreach(json_object_get(result, "rejected_again"), i, row) {
    printf("%s is rejected again: %s\n", show_text(row, "id"), show_text(row, "reason"));
  }
  json_array_foreach(json_object_get(result, "unknown"), i, row) {
    printf("%s is the id of no rejected row\n", json_string_value(row));
  }
}

static gy_status replay(cli *context, gy_error *err) {
  char *text = NULL;
  json_t *result = NULL;
  if (context->n_arguments < 2)
    return gy_fail(err, GY_EUSAGE, "say which file: gyeol rejects replay FILE.csv");
  const char *path = context->arguments[1];
  gy_status status = gy_project_rejects_replay(cli_project_dir(context, 2), path, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) print_replay(result);
  json_decref(result);
  return GY_OK;
}

static gy_status run_rejects(cli *context, gy_error *err) {
  const char *verb = context->n_arguments > 0 ? context->arguments[0] : "list";
  if (strcmp(verb, "list") == 0) return list(context, err);
  if (strcmp(verb, "show") == 0) return show(context, err);
  if (strcmp(verb, "export") == 0) return export(context, err);
  if (strcmp(verb, "replay") == 0) return replay(context, err);
  return gy_fail(err, GY_EUSAGE, "rejects %s is not known; use list, show, export or replay", verb);
}

const cli_command CMD_REJECTS = {
    .name = "rejects",
    .synopsis =
        "rejects list [DIR] [--limit N]\n"
        "rejects show ID [DIR]\n"
        "rejects export [DIR] --out FILE.csv [--source NAME]\n"
        "rejects replay FILE.csv [DIR]",
    .summary = "rejected rows: show them, export them for repair, take them back",
    .description =
        "Rows of the last import that could not be read or broke a contract, kept apart with file, line, "
        "column,\n"
        "value and reason. Read rows are always accepted plus rejected ones. Replay takes an exported file "
        "back,\n"
        "repaired: its rows join the others once, at this run and at every later one. What is still wrong "
        "is\n"
        "rejected again. Repairs are kept in the project's folder, in repairs/. Of rows that cannot be read, "
        "and "
        "of\n"
        "rows that break contracts, the first 100,000 of each source are kept; all are counted.",
    .examples =
        "gyeol rejects list shop\n"
        "gyeol rejects list shop --limit 10 --json",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 3,
    .run = run_rejects,
};
