/* SPDX-License-Identifier: Apache-2.0 */
#include <gyeol/forget.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"file", 'f', "LIST", "further names, a line each; # begins a remark"},
    {"reason", 'r', "TEXT", "why, for the receipt"},
    {"dry-run", 0, NULL, "say what would be removed, and remove nothing"},
    {0},
};

static json_int_t number(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

static void print_tables(const json_t *tables) {
  static const cli_column COLUMNS[] = {{"table", CLI_LEFT}, {"rows", CLI_RIGHT}};
  cli_table *table = cli_table_create(COLUMNS, 2);
  const char *name;
  json_t *rows;
  char text[32];
  if (json_object_size(tables) == 0) return;
  json_object_foreach((json_t *)tables, name, rows) {
    cli_table_cell(table, "%s", name);
    cli_table_cell(table, "%s", cli_thousands(json_integer_value(rows), text));
  }
  cli_table_print(table);
}

static void print_sources(const json_t *sources) {
  size_t i;
  json_t *source;
  json_array_foreach(sources, i, source) {
    char rows[32];
    printf("%s (source %s) still has %s row%s of theirs%s\n", show_text(source, "file"),
           show_text(source, "source"), cli_thousands(number(source, "rows"), rows),
           cli_plural(number(source, "rows")),
           json_is_true(json_object_get(source, "changed")) ? ", as it was read; it has changed since" : "");
  }
  if (json_array_size(sources) > 0) printf("Runs leave these rows out from now on.\n");
}

static void print_result(const json_t *result) {
  const json_t *removed = json_object_get(result, "removed");
  const char *receipt = show_text(result, "receipt");
  bool dry = json_is_true(json_object_get(result, "dry_run"));
  json_int_t people = number(result, "people"), already = number(result, "already"),
             unknown = number(result, "unknown");
  if (people > 0) print_tables(json_object_get(removed, "tables"));
  if (people > 0)
    printf(
        "%lld %s %s\n", (long long)people, people == 1 ? "person" : "people",
        dry ? "would be forgotten; nothing was changed" : "forgotten; figures of the past keep their sums");
  if (people == 0 && already + unknown == 0) printf("An interrupted forgetting is finished.\n");
  if (already > 0)
    printf("%lld of those named %s forgotten already, receipt %s\n", (long long)already,
           already == 1 ? "was" : "were", receipt);
  if (unknown > 0) printf("Nothing is held on %lld of those named\n", (long long)unknown);
  if (people > 0 && !dry) printf("Receipt: .gyeol/receipts/%s.json\n", receipt);
  print_sources(json_object_get(result, "sources"));
}

/* The last argument is the project's folder where it is one; no person is called so. */
static bool is_project(const char *name) {
  char path[4096];
  return snprintf(path, sizeof path, "%s/gyeol.yaml", name) < (int)sizeof path && access(path, F_OK) == 0;
}

static gy_status run_forget(cli *context, gy_error *err) {
  char *text = NULL;
  json_t *result = NULL;
  int n = context->n_arguments;
  bool named = cli_get(context, "directory") == NULL && n > 0 && is_project(context->arguments[n - 1]);
  const char *dir = cli_project_dir(context, named ? n - 1 : n);
  gy_forget_options options = {.names = context->arguments,
                               .n_names = (size_t)context->n_arguments,
                               .file = cli_get(context, "file"),
                               .reason = cli_get(context, "reason"),
                               .dry_run = cli_get(context, "dry-run") != NULL};
  gy_status status = gy_project_forget(dir, &options, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) print_result(result);
  json_decref(result);
  return GY_OK;
}

const cli_command CMD_FORGET = {
    .name = "forget",
    .synopsis =
        "forget ID... [DIR] [--reason TEXT]\n"
        "forget --file LIST [DIR] [--reason TEXT]",
    .summary = "forget people: every trace of them, for good",
    .description =
        "Takes people out of every table, the vault, models, reports, manifests and repairs, and rewrites "
        "the\n"
        "store, so that no byte of their identifiers is left. People are named by customer id, e-mail "
        "address,\n"
        "phone number or cookie. Totals of the past stay as they were published, as sums over all who were\n"
        "forgotten. Later runs leave their rows out of the same sources. A receipt in .gyeol/receipts/ says\n"
        "what was removed where, and which of your own files still name them; it names nobody. What was\n"
        "interrupted is finished by the next command that writes, or by: gyeol forget DIR.\n"
        "사람을 잊습니다: 표와 보고서에서 모두 지우고, 합계는 그대로 둡니다.",
    .examples =
        "gyeol forget 101 shop --dry-run\n"
        "gyeol forget 101 102 shop --reason \"request of 3 March\"\n"
        "gyeol forget --file people.txt shop --json",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = CLI_ANY_ARGUMENTS,
    .run = run_forget,
};
