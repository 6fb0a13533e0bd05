/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli.h"
#include "show.h"

/* Nothing where the run ended before it knew. */
static void print_count(cli_table *table, const json_t *value) {
  char number[32];
  cli_table_cell(table, "%s", json_is_integer(value) ? cli_thousands(json_integer_value(value), number) : "");
}

static gy_status run_runs(cli *context, gy_error *err) {
  char *text = NULL;
  gy_status status = gy_project_runs(cli_project_dir(context, 0), &context->task, &text, err);
  if (status != GY_OK) return status;
  json_t *result = NULL;
  status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) {
    static const cli_column COLUMNS[] = {{"run", CLI_LEFT},        {"as of", CLI_LEFT},
                                         {"customers", CLI_RIGHT}, {"orders", CLI_RIGHT},
                                         {"revenue", CLI_RIGHT},   {"seconds", CLI_RIGHT}};
    cli_table *table = cli_table_create(COLUMNS, 6);
    size_t i;
    json_t *row;
    char money[64];
    json_array_foreach(json_object_get(result, "runs"), i, row) {
      cli_table_cell(table, "%s", show_text(row, "run"));
      cli_table_cell(table, "%s", show_text(row, "as_of"));
      print_count(table, json_object_get(row, "customers"));
      print_count(table, json_object_get(row, "orders"));
      cli_table_cell(table, "%s", cli_money(show_text(row, "revenue"), money));
      cli_table_cell(table, "%.2f", json_number_value(json_object_get(row, "seconds")));
    }
    cli_table_print(table);
  }
  json_decref(result);
  return GY_OK;
}

const cli_command CMD_RUNS = {
    .name = "runs",
    .synopsis = "runs [DIR]",
    .summary = "list the runs of a project, newest first",
    .description = "Every committed run with its as-of moment, totals and duration.",
    .examples = "gyeol runs shop",
    .on_project = true,
    .most_arguments = 1,
    .run = run_runs,
};
