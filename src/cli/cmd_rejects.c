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

static void print_rejects(const json_t *rows) {
  static const cli_column COLUMNS[] = {{"file", CLI_LEFT},
                                       {"line", CLI_RIGHT},
                                       {"column", CLI_LEFT},
                                       {"value", CLI_LEFT},
                                       {"reason", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, 5);
  size_t i;
  json_t *row;
  json_array_foreach(rows, i, row) {
    const char *file = show_text(row, "file"), *slash = strrchr(file, '/');
    cli_table_cell(table, "%s", slash != NULL ? slash + 1 : file);
    cli_table_cell(table, "%lld", (long long)json_integer_value(json_object_get(row, "line")));
    cli_table_cell(table, "%s", show_text(row, "column"));
    cli_table_cell(table, "%s", show_text(row, "value"));
    cli_table_cell(table, "%s", show_text(row, "reason"));
  }
  cli_table_print(table);
}

static gy_status run_rejects(cli *context, gy_error *err) {
  if (context->n_arguments > 0 && strcmp(context->arguments[0], "list") != 0)
    return gy_fail(err, GY_EUSAGE, "rejects %s is not known; use list", context->arguments[0]);
  const char *limit = cli_get(context, "limit");
  char *end = NULL;
  unsigned long long n = limit != NULL ? strtoull(limit, &end, 10) : 0;
  if (limit != NULL && (*end != '\0' || n == 0))
    return gy_fail(err, GY_EUSAGE, "--limit %s is not a number of rows", limit);
  char *text = NULL;
  gy_status status = gy_project_rejects(cli_project_dir(context, 1), (size_t)n, &context->task, &text, err);
  if (status != GY_OK) return status;
  json_t *result = NULL;
  status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) {
    const json_t *rows = json_object_get(result, "rejects");
    char total[32];
    cli_thousands(json_integer_value(json_object_get(result, "total")), total);
    if (json_array_size(rows) > 0) print_rejects(rows);
    printf("%s rejected rows\n", total);
  }
  json_decref(result);
  return GY_OK;
}

const cli_command CMD_REJECTS = {
    .name = "rejects",
    .synopsis = "rejects list [DIR]",
    .summary = "show rows that could not be read, with file, line and reason",
    .description =
        "Rows of the last import that did not fit, kept apart with file, line, column, value and reason.\n"
        "Read rows are always accepted plus rejected ones.",
    .examples = "gyeol rejects list shop\ngyeol rejects list shop --limit 10 --json",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 2,
    .run = run_rejects,
};
