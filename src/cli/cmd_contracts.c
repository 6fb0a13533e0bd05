/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"source", 's', "NAME", "of this source alone (default: of all)"},
    {"write", 0, NULL, "put them into gyeol.yaml, which otherwise stays as it is"},
    {0},
};

static void print_suggestions(const json_t *result) {
  size_t i;
  json_t *source;
  json_array_foreach(json_object_get(result, "sources"), i, source) {
    printf("# source %s\n%s", show_text(source, "name"), show_text(source, "yaml"));
  }
  char number[32];
  long long n = json_integer_value(json_object_get(result, "contracts"));
  if (json_is_true(json_object_get(result, "written")))
    fprintf(stderr, "%s contracts written to gyeol.yaml\n", cli_thousands(n, number));
  else if (n == 0)
    puts("# Nothing to suggest that is not there already.");
}

static gy_status run_contracts(cli *context, gy_error *err) {
  if (context->n_arguments == 0 || strcmp(context->arguments[0], "suggest") != 0)
    return gy_fail(err, GY_EUSAGE, "contracts %s is not known; use suggest",
                   context->n_arguments > 0 ? context->arguments[0] : "without a verb");
  char *text = NULL;
  json_t *result = NULL;
  gy_status status =
      gy_project_contracts_suggest(cli_project_dir(context, 1), cli_get(context, "source"),
                                   cli_get(context, "write") != NULL, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) print_suggestions(result);
  json_decref(result);
  return GY_OK;
}

const cli_command CMD_CONTRACTS = {
    .name = "contracts",
    .synopsis = "contracts suggest [DIR] [--source NAME] [--write]",
    .summary = "propose contracts that the data keep",
    .description =
        "Looks at the sources and proposes contracts, as YAML to paste into gyeol.yaml: what is never "
        "missing,\n"
        "keys, sets of few values, ranges with slack, forms of codes, keys of other sources. gyeol check "
        "shows\n"
        "what they find; docs/contracts.md explains them.",
    .examples = "gyeol contracts suggest shop\ngyeol contracts suggest shop --source order_items --write",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 2,
    .run = run_contracts,
};
