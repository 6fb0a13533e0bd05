/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include <gyeol/subject.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"out", 'o', "FILE", "the JSON file to write, readable by its owner alone (default: standard output)"},
    {0},
};

static void print_counts(const json_t *result) {
  const char *table;
  json_t *rows;
  printf("%s: %lld originals, %lld rejected rows, %lld lines of the audit log, and rows of:\n",
         show_text(result, "file"), (long long)json_integer_value(json_object_get(result, "originals")),
         (long long)json_integer_value(json_object_get(result, "rejected")),
         (long long)json_integer_value(json_object_get(result, "audit")));
  json_object_foreach(json_object_get(result, "tables"), table, rows) {
    printf("  %-24s %lld\n", table, (long long)json_integer_value(rows));
  }
}

static gy_status run_subject(cli *context, gy_error *err) {
  const char *verb = context->n_arguments > 0 ? context->arguments[0] : "";
  char *text = NULL;
  json_t *result = NULL;
  if (strcmp(verb, "export") != 0)
    return gy_fail(err, GY_EUSAGE, "subject %s is not known; use export", verb);
  if (context->n_arguments < 2) return gy_fail(err, GY_EUSAGE, "say who: gyeol subject export ID");
  const char *person = context->arguments[1], *path = cli_get(context, "out");
  gy_status status =
      gy_project_subject_export(cli_project_dir(context, 2), person, path, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && path == NULL) {
    json_dumpf(result, stdout, JSON_INDENT(1));
    putchar('\n');
  }
  if (!context->json && path != NULL && !context->quiet) print_counts(result);
  json_decref(result);
  return GY_OK;
}

const cli_command CMD_SUBJECT = {
    .name = "subject",
    .synopsis = "subject export ID [DIR] [--out FILE]",
    .summary = "everything held on one person, as JSON, for their request",
    .description =
        "Originals from the vault, rows of every source and table, features and segments, consents with "
        "their\n"
        "evidence, keys of identity and decisions on them, rejected rows, and what the audit log says was "
        "done. ID\n"
        "is a customer id, an e-mail address or a phone number in any form. The request itself is logged "
        "first.",
    .examples =
        "gyeol subject export 17 shop --out 17.json\n"
        "gyeol subject export 17 shop --json",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 3,
    .run = run_subject,
};
