/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gyeol/consent.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"purpose", 'p', "P", "analytics, personalisation, marketing, third_party (set: needed)"},
    {"channel", 0, "C", "email, sms, push, kakao, ads, mail; * for all of them (set: the default)"},
    {"at", 0, "TIME", "show: as of then (a day: its end); set: when it was said (default: now)"},
    {"granted", 0, NULL, "set: the person agrees"},
    {"withdrawn", 0, NULL, "set: the person does not agree, or no longer"},
    {"source", 's', "TEXT", "set: where it was said, as in a form or a call"},
    {"version", 0, "TEXT", "set: which words were agreed to"},
    {0},
};

static const char *member_text(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  return json_is_true(value) ? "yes" : json_is_false(value) ? "no" : show_text(object, key);
}

static json_int_t number(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

/* "2025-01-05 10:00" of an instant. */
static const char *short_time(const char *text, char out[20]) {
  snprintf(out, 20, "%.16s", text);
  if (strlen(out) > 10) out[10] = ' ';
  return out;
}

/* ---- show ---- */

/* Who said it: addresses and numbers are never shown, not even as what stands for them. */
static void print_by(cli_table *table, const json_t *row) {
  const char *kind = show_text(row, "kind");
  if (strcmp(kind, "customer") == 0)
    cli_table_cell(table, "customer %s", show_text(row, "identifier"));
  else
    cli_table_cell(table, "%s",
                   kind[0] == '\0'              ? ""
                   : strcmp(kind, "email") == 0 ? "an e-mail address"
                                                : "a phone");
}

/* Channels of which nothing was said need no line each: the purpose's first says it for them. */
static bool is_first(const json_t *row, const json_t *before, size_t i) {
  return i == 0 || strcmp(show_text(row, "purpose"), show_text(before, "purpose")) != 0;
}

static void print_person(const json_t *result) {
  static const cli_column COLUMNS[] = {{"purpose", CLI_LEFT},     {"channel", CLI_LEFT}, {"agrees", CLI_LEFT},
                                       {"since (UTC)", CLI_LEFT}, {"said by", CLI_LEFT}, {"of", CLI_LEFT},
                                       {"source", CLI_LEFT},      {"version", CLI_LEFT}, {"from", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, 9);
  size_t i;
  json_t *row;
  char time[20];
  json_array_foreach(json_object_get(result, "consents"), i, row) {
    const json_t *evidence = json_object_get(row, "evidence");
    bool by_default = json_is_true(json_object_get(row, "by_default"));
    if (by_default && !is_first(row, json_array_get(json_object_get(result, "consents"), i - 1), i)) continue;
    cli_table_cell(table, "%s", show_text(row, "purpose"));
    cli_table_cell(table, "%s", show_text(row, "channel"));
    cli_table_cell(table, "%s", member_text(row, "granted"));
    cli_table_cell(table, "%s", short_time(show_text(row, "since"), time));
    if (by_default)
      cli_table_cell(table, "(nobody: default)");
    else
      print_by(table, evidence);
    cli_table_cell(table, "%s", show_text(evidence, "said"));
    cli_table_cell(table, "%s", show_text(evidence, "source"));
    cli_table_cell(table, "%s", show_text(evidence, "text_version"));
    cli_table_cell(table, "%s", show_text(evidence, "origin"));
  }
  printf("person %s\n", show_text(result, "person"));
  cli_table_print(table);
}

static void print_counts(const json_t *result) {
  static const cli_column COLUMNS[] = {
      {"purpose", CLI_LEFT},       {"channel", CLI_LEFT},  {"agree", CLI_RIGHT},   {"do not", CLI_RIGHT},
      {"said nothing", CLI_RIGHT}, {"which is", CLI_LEFT}, {"coverage", CLI_RIGHT}};
  cli_table *table = cli_table_create(COLUMNS, 7);
  size_t i;
  json_t *row;
  char text[32];
  json_array_foreach(json_object_get(result, "consents"), i, row) {
    bool is_silent = number(row, "granted") + number(row, "withdrawn") == 0;
    if (is_silent && !is_first(row, json_array_get(json_object_get(result, "consents"), i - 1), i)) continue;
    cli_table_cell(table, "%s", show_text(row, "purpose"));
    cli_table_cell(table, "%s", show_text(row, "channel"));
    cli_table_cell(table, "%s", cli_thousands(number(row, "granted"), text));
    cli_table_cell(table, "%s", cli_thousands(number(row, "withdrawn"), text));
    cli_table_cell(table, "%s", cli_thousands(number(row, "unsaid"), text));
    cli_table_cell(table, "%s", member_text(row, "default"));
    cli_table_cell(table, "%.1f %%", 100 * json_number_value(json_object_get(row, "coverage")));
  }
  cli_table_print(table);
}

static void print_ledger(const json_t *result) {
  static const struct {
    const char *key, *meaning;
  } LINES[] = {{"future", "not in force yet"},
               {"undated", "without a time: older than every row with one"},
               {"unreadable", "in force nowhere: no yes or no, or another word for purpose or channel"},
               {"nobody", "name nobody"},
               {"unknown_rows", "of people who are in no order and among no customers"},
               {"contradictions", "times granted and withdrawn in the same second: withdrawn holds"}};
  const json_t *ledger = json_object_get(result, "ledger");
  char text[32];
  printf("%s rows in the ledger\n", cli_thousands(number(ledger, "rows"), text));
  for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
    if (number(ledger, LINES[i].key) > 0)
      printf("  %s %s\n", cli_thousands(number(ledger, LINES[i].key), text), LINES[i].meaning);
}

static void print_recent(const json_t *rows) {
  static const cli_column COLUMNS[] = {{"last said (UTC)", CLI_LEFT}, {"by", CLI_LEFT},
                                       {"purpose", CLI_LEFT},         {"channel", CLI_LEFT},
                                       {"agrees", CLI_LEFT},          {"from", CLI_LEFT}};
  if (json_array_size(rows) == 0) return;
  cli_table *table = cli_table_create(COLUMNS, 6);
  size_t i;
  json_t *row;
  char time[20];
  json_array_foreach(rows, i, row) {
    cli_table_cell(table, "%s", short_time(show_text(row, "decided_at"), time));
    print_by(table, row);
    cli_table_cell(table, "%s", show_text(row, "purpose"));
    cli_table_cell(table, "%s", show_text(row, "channel"));
    cli_table_cell(table, "%s", member_text(row, "granted"));
    cli_table_cell(table, "%s", show_text(row, "origin"));
  }
  putchar('\n');
  cli_table_print(table);
}

static bool is_project(const char *argument) {
  char path[4096];
  int n = snprintf(path, sizeof path, "%s/gyeol.yaml", argument);
  return n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
}

/* `consent show 1001` in the project's folder: an argument that is no project is a person. */
static gy_status show(cli *context, gy_error *err) {
  gy_consent_question question = {.at = cli_get(context, "at"),
                                  .purpose = cli_get(context, "purpose"),
                                  .channel = cli_get(context, "channel")};
  char *text = NULL;
  json_t *result = NULL;
  bool has_person = context->n_arguments > 1 && !is_project(context->arguments[1]);
  if (has_person) question.person = context->arguments[1];
  gy_status status = gy_project_consent_show(cli_project_dir(context, has_person ? 2 : 1), &question,
                                             &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && question.person != NULL) print_person(result);
  if (!context->json && question.person == NULL) {
    print_counts(result);
    print_ledger(result);
    print_recent(json_object_get(result, "recent"));
  }
  json_decref(result);
  return GY_OK;
}

/* ---- set and import ---- */

static gy_status set(cli *context, gy_error *err) {
  if (context->n_arguments < 2)
    return gy_fail(err, GY_EUSAGE, "say who: gyeol consent set ID --purpose P --granted or --withdrawn");
  bool granted = cli_get(context, "granted") != NULL, withdrawn = cli_get(context, "withdrawn") != NULL;
  if (granted == withdrawn) return gy_fail(err, GY_EUSAGE, "say --granted or --withdrawn, and not both");
  gy_consent_entry entry = {.person = context->arguments[1],
                            .purpose = cli_get(context, "purpose"),
                            .channel = cli_get(context, "channel"),
                            .granted = granted,
                            .at = cli_get(context, "at"),
                            .source = cli_get(context, "source"),
                            .text_version = cli_get(context, "version")};
  char *text = NULL;
  json_t *result = NULL;
  gy_status status = gy_project_consent_set(cli_project_dir(context, 2), &entry, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) {
    print_person(result);
    if (!json_is_true(json_object_get(result, "added"))) puts("The ledger had this row already.");
    if (!json_is_true(json_object_get(result, "known")))
      puts("No order or customer knows this person; the row is kept.");
    if (!json_is_true(json_object_get(result, "in_force"))) puts("The row is kept and not in force yet.");
    if (strcmp(show_text(json_array_get(json_object_get(result, "consents"), 0), "purpose"), "analytics") ==
        0)
      puts("Segments follow with the next: gyeol run");
  }
  json_decref(result);
  return GY_OK;
}

static void print_intake(const json_t *result) {
  static const cli_column COLUMNS[] = {
      {"line", CLI_RIGHT}, {"column", CLI_LEFT}, {"value", CLI_LEFT}, {"rejected because", CLI_LEFT}};
  const json_t *rejects = json_object_get(result, "rejects");
  printf("%lld rows read: %lld added, %lld known already, %lld rejected\n", (long long)number(result, "read"),
         (long long)number(result, "added"), (long long)number(result, "known"),
         (long long)number(result, "rejected"));
  if (json_array_size(rejects) == 0) return;
  cli_table *table = cli_table_create(COLUMNS, 4);
  size_t i;
  json_t *row;
  json_array_foreach(rejects, i, row) {
    cli_table_cell(table, "%lld", (long long)number(row, "line"));
    cli_table_cell(table, "%s", show_text(row, "column"));
    cli_table_cell(table, "%s", show_text(row, "value"));
    cli_table_cell(table, "%s", show_text(row, "reason"));
  }
  cli_table_print(table);
}

static gy_status import(cli *context, gy_error *err) {
  char *text = NULL;
  json_t *result = NULL;
  if (context->n_arguments < 2) return gy_fail(err, GY_EUSAGE, "say which file: gyeol consent import FILE");
  const char *path = context->arguments[1];
  gy_status status = gy_project_consent_import(cli_project_dir(context, 2), path, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) print_intake(result);
  json_decref(result);
  return GY_OK;
}

static gy_status run_consent(cli *context, gy_error *err) {
  const char *verb = context->n_arguments > 0 ? context->arguments[0] : "show";
  if (strcmp(verb, "show") == 0) return show(context, err);
  if (strcmp(verb, "set") == 0) return set(context, err);
  if (strcmp(verb, "import") == 0) return import(context, err);
  return gy_fail(err, GY_EUSAGE, "consent %s is not known; use show, set or import", verb);
}

const cli_command CMD_CONSENT = {
    .name = "consent",
    .synopsis =
        "consent show [ID] [DIR] [--at TIME] [--purpose P] [--channel C]\n"
        "consent set ID [DIR] --purpose P [--channel C] --granted|--withdrawn [--at TIME] [--source S]\n"
        "consent import FILE [DIR]",
    .summary = "who agreed to what: the ledger of consents, entries by hand and from files",
    .description =
        "Consents come from tables of consents, from columns of customers such as consent_email or "
        "마케팅동의, by\n"
        "hand, and from files; docs/privacy.md tells how they add up. ID is a customer id, an e-mail address "
        "or a\n"
        "phone number. Of what one of them said the latest holds; whoever withdrew by any of them has "
        "withdrawn.\n"
        "Without consent to analytics a customer is counted in totals and is in no segment, model or list.\n"
        "Rows set and imported are data of the project: no run removes them. Importing a file twice adds "
        "nothing.",
    .examples =
        "gyeol consent show shop\n"
        "gyeol consent set 17 shop --purpose marketing --channel email --withdrawn --source call\n"
        "gyeol consent set 17 shop --purpose analytics --withdrawn --at 2025-03-01\n"
        "gyeol consent show 17 shop --purpose marketing\n"
        "gyeol consent import consents.csv shop --json",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 3,
    .run = run_consent,
};
