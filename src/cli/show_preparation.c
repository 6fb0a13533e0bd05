/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "show.h"

static double number_at(const json_t *row, const char *key) {
  return json_number_value(json_object_get(row, key));
}

/* "median", or why it is not what was asked for. */
static const char *way_of(const json_t *row) {
  const json_t *predicted = json_object_get(row, "predicted");
  if (!json_is_false(predicted)) return show_text(row, "missing");
  return strcmp(show_text(row, "kind"), "category") == 0 ? "mode (cannot be predicted)"
                                                         : "median (cannot be predicted)";
}

static void show_fill(cli_table *table, const json_t *row) {
  const json_t *fill = json_object_get(row, "fill");
  const char *error_of = show_text(row, "error_of");
  if (json_is_true(json_object_get(row, "predicted")))
    cli_table_cell(
        table,
        strcmp(error_of, "share wrong") == 0 ? "%.1f %% wrong (mode: %.1f %%)" : "error %.4g (mean: %.4g)%s",
        number_at(row, "error") * (strcmp(error_of, "share wrong") == 0 ? 100 : 1),
        number_at(row, "baseline") * (strcmp(error_of, "share wrong") == 0 ? 100 : 1),
        strcmp(error_of, "log") == 0 ? " in logs" : "");
  else if (json_is_string(fill))
    cli_table_cell(table, "%s", json_string_value(fill));
  else if (json_is_number(fill))
    cli_table_cell(table, "%.6g", json_number_value(fill));
  else
    cli_table_cell(table, "%s", "");
}

static void show_bounds(cli_table *table, const json_t *row) {
  const json_t *low = json_object_get(row, "low"), *high = json_object_get(row, "high");
  char beyond[32] = "";
  json_int_t n =
      json_integer_value(json_object_get(row, "n_low")) + json_integer_value(json_object_get(row, "n_high"));
  cli_table_cell(table, "%s", show_text(row, "outliers"));
  cli_table_cell(table, json_is_number(low) ? "%.5g to %.5g" : "", json_number_value(low),
                 json_number_value(high));
  cli_table_cell(table, "%s", json_is_number(low) ? cli_thousands(n, beyond) : "");
}

void show_preparation(const json_t *preparation) {
  static const cli_column COLUMNS[] = {{"Column", CLI_LEFT}, {"Missing", CLI_RIGHT}, {"Way", CLI_LEFT},
                                       {"Fill", CLI_LEFT},   {"Outliers", CLI_LEFT}, {"Bounds", CLI_LEFT},
                                       {"Beyond", CLI_RIGHT}};
  if (preparation == NULL) return;
  putchar('\n');
  cli_table *table = cli_table_create(COLUMNS, sizeof COLUMNS / sizeof *COLUMNS);
  size_t i;
  json_t *row;
  char count[32];
  json_array_foreach(json_object_get(preparation, "columns"), i, row) {
    cli_table_cell(table, "%s", show_text(row, "column"));
    cli_table_cell(table, "%s", cli_thousands(json_integer_value(json_object_get(row, "n_missing")), count));
    cli_table_cell(table, "%s", way_of(row));
    show_fill(table, row);
    show_bounds(table, row);
  }
  cli_table_print(table);
}
