/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"as-of", 0, "DATE", "the moment that freshness is told from (default: the project's, else now)"},
    {0},
};

static void print_share(cli_table *table, const json_t *contract) {
  const json_t *share = json_object_get(contract, "share");
  if (json_is_number(share))
    cli_table_cell(table, "%.2f%%", 100 * json_number_value(share));
  else
    cli_table_cell(table, "%s", "");
}

static void print_contracts(const json_t *sources) {
  static const cli_column COLUMNS[] = {
      {"source", CLI_LEFT}, {"contract", CLI_LEFT}, {"rows", CLI_RIGHT},      {"failed", CLI_RIGHT},
      {"share", CLI_RIGHT}, {"severity", CLI_LEFT}, {"threshold", CLI_RIGHT}, {"verdict", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, 8);
  const char *name;
  json_t *source, *contract;
  char number[32];
  json_object_foreach((json_t *)sources, name, source) {
    size_t i;
    json_array_foreach(json_object_get(source, "contracts"), i, contract) {
      cli_table_cell(table, "%s", name);
      cli_table_cell(table, "%s", show_text(contract, "name"));
      cli_table_cell(table, "%s",
                     cli_thousands(json_integer_value(json_object_get(contract, "rows")), number));
      cli_table_cell(table, "%s",
                     cli_thousands(json_integer_value(json_object_get(contract, "failed")), number));
      print_share(table, contract);
      cli_table_cell(table, "%s", show_text(contract, "severity"));
      cli_table_cell(table, "%s", show_text(contract, "threshold"));
      cli_table_cell(table, "%s", show_text(contract, "verdict"));
    }
  }
  cli_table_print(table);
}

static size_t count_contracts(const json_t *sources) {
  size_t n = 0;
  const char *name;
  json_t *source;
  json_object_foreach((json_t *)sources, name, source) {
    n += json_array_size(json_object_get(source, "contracts"));
  }
  return n;
}

static void print_result(const json_t *result) {
  const json_t *sources = json_object_get(result, "sources");
  const char *name;
  json_t *source;
  char read[32], accepted[32], rejected[32];
  if (count_contracts(sources) > 0) print_contracts(sources);
  json_object_foreach((json_t *)sources, name, source) {
    printf("%s: %s rows read, %s accepted, %s rejected\n", name,
           cli_thousands(json_integer_value(json_object_get(source, "read")), read),
           cli_thousands(json_integer_value(json_object_get(source, "accepted")), accepted),
           cli_thousands(json_integer_value(json_object_get(source, "rejected")), rejected));
  }
  if (count_contracts(sources) == 0)
    puts("No contracts yet; see what the data would keep with: gyeol contracts suggest");
  if (json_is_false(json_object_get(result, "changed")))
    puts("As the last run found them: nothing changed since.");
}

static gy_status run_check(cli *context, gy_error *err) {
  char *text = NULL;
  json_t *result = NULL;
  gy_status status =
      gy_project_check(cli_project_dir(context, 0), cli_get(context, "as-of"), &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) print_result(result);
  bool stops = strcmp(show_text(result, "verdict"), "stop") == 0;
  json_decref(result);
  if (!stops) return GY_OK;
  context->json = false; /* the object is out already */
  return gy_fail(err, GY_EDATA, "some contracts stop a run");
}

const cli_command CMD_CHECK = {
    .name = "check",
    .synopsis = "check [DIR] [--as-of DATE]",
    .summary = "check the contracts of the sources, without a run",
    .description =
        "Reads sources that changed since the last run, aside and without changing anything, and shows what\n"
        "each contract of gyeol.yaml finds. Ends with 3 when a contract would stop a run.",
    .examples = "gyeol check shop\ngyeol check -C shop --json",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 1,
    .run = run_check,
};
