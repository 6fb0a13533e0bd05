/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"limit", 'n', "N", "at most so many rows (default: 100)"},
    {0},
};

static const char *file_name(const json_t *row, const char *key) {
  const char *file = show_text(row, key), *slash = strrchr(file, '/');
  return slash != NULL ? slash + 1 : file;
}

static void print_rows(const json_t *rows) {
  static const cli_column COLUMNS[] = {{"source", CLI_LEFT},    {"equal", CLI_LEFT}, {"file", CLI_LEFT},
                                       {"line", CLI_RIGHT},     {"kept", CLI_LEFT},  {"kept file", CLI_LEFT},
                                       {"kept line", CLI_RIGHT}};
  cli_table *table = cli_table_create(COLUMNS, 7);
  size_t i;
  json_t *row;
  json_array_foreach(rows, i, row) {
    cli_table_cell(table, "%s", show_text(row, "source"));
    cli_table_cell(table, "%s", show_text(row, "kind"));
    cli_table_cell(table, "%s", file_name(row, "file"));
    cli_table_cell(table, "%lld", (long long)json_integer_value(json_object_get(row, "line")));
    cli_table_cell(table, "%s", show_text(row, "kept_source"));
    cli_table_cell(table, "%s", file_name(row, "kept_file"));
    cli_table_cell(table, "%lld", (long long)json_integer_value(json_object_get(row, "kept_line")));
  }
  cli_table_print(table);
}

static gy_status run_duplicates(cli *context, gy_error *err) {
  if (context->n_arguments > 0 && strcmp(context->arguments[0], "list") != 0)
    return gy_fail(err, GY_EUSAGE, "duplicates %s is not known; use list", context->arguments[0]);
  size_t limit;
  char *text = NULL;
  gy_status status = cli_limit(context, &limit, err);
  if (status == GY_OK)
    status = gy_project_duplicates(cli_project_dir(context, 1), limit, &context->task, &text, err);
  if (status != GY_OK) return status;
  json_t *result = NULL;
  status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) {
    const json_t *rows = json_object_get(result, "duplicates");
    char total[32];
    cli_thousands(json_integer_value(json_object_get(result, "total")), total);
    if (json_array_size(rows) > 0) print_rows(rows);
    printf("%s rows were put aside\n", total);
  }
  json_decref(result);
  return GY_OK;
}

const cli_command CMD_DUPLICATES = {
    .name = "duplicates",
    .synopsis = "duplicates list [DIR]",
    .summary = "show rows that stand for the same thing as others, with those that stayed",
    .description =
        "Rows that the sources' settings `duplicates` put aside: equal in every column (exact), with the key "
        "of\n"
        "another row (key), or with a key that a source of higher priority has (source). Files and lines "
        "are\n"
        "told where rows were read from files.",
    .examples = "gyeol duplicates list shop\ngyeol duplicates list shop --limit 10 --json",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 2,
    .run = run_duplicates,
};
