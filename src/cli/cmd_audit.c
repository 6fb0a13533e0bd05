/* SPDX-License-Identifier: Apache-2.0 */
#include <gyeol/privacy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"limit", 'n', "N", "show: at most so many lines, the newest (default: 100)"},
    {0},
};

static void print_entries(const json_t *entries) {
  static const cli_column COLUMNS[] = {{"line", CLI_RIGHT},  {"at", CLI_LEFT},      {"actor", CLI_LEFT},
                                       {"action", CLI_LEFT}, {"subject", CLI_LEFT}, {"detail", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, 6);
  size_t i;
  json_t *entry;
  json_array_foreach(entries, i, entry) {
    json_t *detail = json_object_get(entry, "detail");
    char *text = json_is_object(detail) ? json_dumps(detail, JSON_COMPACT) : NULL;
    cli_table_cell(table, "%lld", (long long)json_integer_value(json_object_get(entry, "n")));
    cli_table_cell(table, "%s", show_text(entry, "at"));
    cli_table_cell(table, "%s", show_text(entry, "actor"));
    cli_table_cell(table, "%s", show_text(entry, "action"));
    cli_table_cell(table, "%.12s", show_text(entry, "subject"));
    cli_table_cell(table, "%s", text != NULL ? text : "");
    free(text);
  }
  cli_table_print(table);
}

static void print_verdict(const json_t *result) {
  char number[32];
  cli_thousands(json_integer_value(json_object_get(result, "lines")), number);
  if (!json_is_true(json_object_get(result, "holds")))
    printf("the log was tampered with at line %lld: %s\n",
           (long long)json_integer_value(json_object_get(result, "bad_line")), show_text(result, "reason"));
  else
    printf("%s lines, none changed, removed, put in or moved%s\n", number,
           json_object_get(result, "crash") == NULL ? "" : "; a crash cut short what came after them");
}

static gy_status show(cli *context, gy_error *err) {
  size_t limit;
  char *text = NULL;
  json_t *result = NULL;
  gy_status status = cli_limit(context, &limit, err);
  if (status == GY_OK)
    status = gy_project_audit(cli_project_dir(context, 1), limit, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  const json_t *entries = json_object_get(result, "entries");
  if (!context->json && json_array_size(entries) > 0) print_entries(entries);
  if (!context->json) print_verdict(result);
  json_decref(result);
  return GY_OK;
}

static gy_status verify(cli *context, gy_error *err) {
  char *text = NULL;
  json_t *result = NULL;
  gy_status status = gy_project_audit_verify(cli_project_dir(context, 1), &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) print_verdict(result);
  json_decref(result);
  return GY_OK;
}

static gy_status run_audit(cli *context, gy_error *err) {
  const char *verb = context->n_arguments > 0 ? context->arguments[0] : "show";
  if (strcmp(verb, "show") == 0) return show(context, err);
  if (strcmp(verb, "verify") == 0) return verify(context, err);
  return gy_fail(err, GY_EUSAGE, "audit %s is not known; use show or verify", verb);
}

const cli_command CMD_AUDIT = {
    .name = "audit",
    .synopsis =
        "audit show [DIR] [--limit N]\n"
        "audit verify [DIR]",
    .summary = "who did what to personal data, and whether that log was tampered with",
    .description =
        "Every opening of the vault, every forgetting, export and restore is a line in .gyeol/audit.log: "
        "when, "
        "who,\n"
        "what, on whom (a keyed reference, no identifier) and why. Lines are chained by keyed hashes, and "
        "the "
        "key\n"
        "ring knows the last one: a line that is changed, removed, put in or moved is found and named. "
        "Verify "
        "ends\n"
        "with 1 then.",
    .examples =
        "gyeol audit show shop\n"
        "gyeol audit show shop --limit 20 --json\n"
        "gyeol audit verify shop",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 2,
    .run = run_audit,
};
