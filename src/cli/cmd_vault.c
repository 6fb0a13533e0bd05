/* SPDX-License-Identifier: Apache-2.0 */
#include <gyeol/privacy.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"reason", 'r', "TEXT", "open: why; goes into the audit log"},
    {"check", 0, NULL, "status: read every page and see that none was changed"},
    {0},
};

static long long number_of(const json_t *result, const char *key) {
  return (long long)json_integer_value(json_object_get(result, key));
}

static void print_records(const json_t *records) {
  static const cli_column COLUMNS[] = {{"kind", CLI_LEFT}, {"originals", CLI_RIGHT}};
  cli_table *table = cli_table_create(COLUMNS, 2);
  const char *kind;
  json_t *count;
  char number[32];
  json_object_foreach((json_t *)records, kind, count) {
    cli_table_cell(table, "%s", kind);
    cli_table_cell(table, "%s", cli_thousands(json_integer_value(count), number));
  }
  cli_table_print(table);
}

static void print_status(const json_t *result) {
  const json_t *records = json_object_get(result, "records");
  char number[32];
  if (!json_is_true(json_object_get(result, "vault"))) {
    printf("There is no vault: nothing in this project is a direct identifier.\n");
    return;
  }
  if (json_object_size(records) > 0) print_records(records);
  printf("%s originals in %lld file%s, %s bytes", cli_thousands(number_of(result, "n_records"), number),
         number_of(result, "files"), number_of(result, "files") == 1 ? "" : "s",
         cli_thousands(number_of(result, "bytes"), (char[32]){0}));
  printf("; generation %lld, key %lld\n", number_of(result, "generation"), number_of(result, "key_number"));
  printf("%s forgotten keys are kept from coming back\n",
         cli_thousands(number_of(result, "forgotten"), number));
  printf("opened by %s\n", show_text(result, "key"));
  if (json_is_true(json_object_get(result, "checked"))) printf("every page was read and is what it was\n");
}

static gy_status show_status(cli *context, gy_error *err) {
  char *text = NULL;
  json_t *result = NULL;
  gy_status status = gy_project_vault_status(cli_project_dir(context, 1), cli_get(context, "check") != NULL,
                                             &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) print_status(result);
  json_decref(result);
  return GY_OK;
}

static gy_status rotate(cli *context, gy_error *err) {
  char *text = NULL, number[32];
  json_t *result = NULL;
  gy_status status = gy_project_vault_rotate(cli_project_dir(context, 1), &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet)
    printf("%s originals are sealed under key %lld now; pseudonyms are what they were\n",
           cli_thousands(number_of(result, "n_records"), number), number_of(result, "key_number"));
  json_decref(result);
  return GY_OK;
}

static void print_identifiers(const json_t *identifiers) {
  static const cli_column COLUMNS[] = {{"kind", CLI_LEFT}, {"value", CLI_LEFT}, {"pseudonym", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, 3);
  size_t i;
  json_t *one;
  json_array_foreach(identifiers, i, one) {
    cli_table_cell(table, "%s", show_text(one, "kind"));
    cli_table_cell(table, "%s", show_text(one, "value"));
    cli_table_cell(table, "%s", show_text(one, "pseudonym"));
  }
  cli_table_print(table);
}

static gy_status open_one(cli *context, gy_error *err) {
  char *text = NULL;
  json_t *result = NULL;
  const char *id = context->n_arguments > 1 ? context->arguments[1] : NULL;
  gy_status status = gy_project_vault_open(cli_project_dir(context, 2), id, cli_get(context, "reason"),
                                           &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) print_identifiers(json_object_get(result, "identifiers"));
  json_decref(result);
  return GY_OK;
}

static gy_status run_vault(cli *context, gy_error *err) {
  const char *verb = context->n_arguments > 0 ? context->arguments[0] : "status";
  if (strcmp(verb, "status") == 0) return show_status(context, err);
  if (strcmp(verb, "rotate") == 0) return rotate(context, err);
  if (strcmp(verb, "open") == 0) return open_one(context, err);
  return gy_fail(err, GY_EUSAGE, "vault %s is not known; use status, rotate or open", verb);
}

const cli_command CMD_VAULT = {
    .name = "vault",
    .synopsis =
        "vault status [DIR] [--check]\n"
        "vault rotate [DIR]\n"
        "vault open ID [DIR] --reason TEXT",
    .summary = "originals of e-mail addresses, phone numbers, names: what is kept, encrypted",
    .description =
        "Direct identifiers never enter the store: it holds their pseudonyms, and the vault the originals,\n"
        "encrypted. Its key is made on first need, in .gyeol/vault.key; privacy.key in gyeol.yaml names "
        "another\n"
        "place, an environment variable or a passphrase. Without the key nothing can be opened: keep a copy "
        "of "
        "it\n"
        "away from the data. Open prints the originals of one customer, by customer id, or of one pseudonym; "
        "each\n"
        "opening stands in the audit log with who, when and why. Rotate seals everything under a fresh key, "
        "all "
        "or\n"
        "nothing, whatever interrupts it.",
    .examples =
        "gyeol vault status shop --check\n"
        "gyeol vault open 17850 shop --reason \"a call, ticket 12\"\n"
        "gyeol vault rotate shop",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 3,
    .run = run_vault,
};
