/* SPDX-License-Identifier: Apache-2.0 */
#include "show.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"

const char *show_text(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL ? text : "";
}

/* Prints `before` and a table; nothing where there is no segment of the kind. */
static void show_kind(const json_t *segments, const char *kind, const char *title, const char *before) {
  static const cli_column COLUMNS[] = {{NULL, CLI_LEFT},     {"", CLI_LEFT},         {"customers", CLI_RIGHT},
                                       {"share", CLI_RIGHT}, {"revenue", CLI_RIGHT}, {"share", CLI_RIGHT}};
  cli_column columns[6];
  memcpy(columns, COLUMNS, sizeof columns);
  columns[0].title = title;
  cli_table *table = NULL;
  size_t i;
  json_t *segment;
  char count[32], money[64];
  json_array_foreach(segments, i, segment) {
    if (strcmp(show_text(segment, "kind"), kind) != 0) continue;
    if (table == NULL) {
      fputs(before, stdout);
      table = cli_table_create(columns, 6);
    }
    cli_table_cell(table, "%s", show_text(segment, "name"));
    cli_table_cell(table, "%s", show_text(segment, "name_ko"));
    cli_table_cell(table, "%s",
                   cli_thousands(json_integer_value(json_object_get(segment, "customers")), count));
    cli_table_cell(table, "%.1f%%", 100 * json_number_value(json_object_get(segment, "share")));
    cli_table_cell(table, "%s", cli_money(show_text(segment, "revenue"), money));
    cli_table_cell(table, "%.1f%%", 100 * json_number_value(json_object_get(segment, "revenue_share")));
  }
  cli_table_print(table);
}

void show_segments(const json_t *segments) {
  show_kind(segments, "rfm", "RFM segment", "");
  show_kind(segments, "cluster", "cluster", "\n");
  show_kind(segments, "rule", "segment by rule", "\n");
  show_kind(segments, "sets", "segment by sets", "\n");
  show_kind(segments, "list", "segment by list", "\n");
}
