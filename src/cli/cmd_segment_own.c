/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include <gyeol/segment.h>

#include "cmd_segment.h"
#include "show.h"

static json_int_t int_of(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

/* "2026-01-01T14:07:00Z" as "2026-01-01 14:07 UTC". */
static const char *time_of(const json_t *object, const char *key, char text[32]) {
  const char *time = show_text(object, key);
  if (strlen(time) < 16) return "";
  snprintf(text, 32, "%.10s %.5s UTC", time, time + 11);
  return text;
}

/* ---- show ---- */

void cli_segment_show_own(const json_t *segment) {
  static const char *const KEYS[] = {"description", "owner", "tags", "purpose"};
  char count[32], money[64], time[32];
  const char *title = show_text(segment, "title"), *korean = show_text(segment, "title_ko");
  printf("%s%s%s%s%s%s: %s customers (%.1f%%), revenue %s (%.1f%%)\n", show_text(segment, "name"),
         *title || *korean ? " (" : "", title, *title && *korean ? ", " : "", korean,
         *title || *korean ? ")" : "", cli_thousands(int_of(segment, "customers"), count),
         100 * json_number_value(json_object_get(segment, "share")),
         cli_money(show_text(segment, "revenue"), money),
         100 * json_number_value(json_object_get(segment, "revenue_share")));
  for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
    if (*show_text(segment, KEYS[i]) != '\0') printf("%s: %s\n", KEYS[i], show_text(segment, KEYS[i]));
  if (int_of(segment, "version") > 0)
    printf("version %lld, as of %s\n", (long long)int_of(segment, "version"),
           time_of(segment, "evaluated_at", time));
  if (int_of(segment, "unmatched") > 0)
    printf("%s rows of the list name no customer\n", cli_thousands(int_of(segment, "unmatched"), count));
  if (*show_text(segment, "error") != '\0')
    printf("has an error since %s and keeps these customers:\n%s\n", time_of(segment, "failed_at", time),
           show_text(segment, "error"));
  if (*show_text(segment, "definition") != '\0') printf("\n%s", show_text(segment, "definition"));
}

/* ---- changes ---- */

static void print_examples(const json_t *change, const char *key, const char *sign) {
  const json_t *ids = json_object_get(change, key);
  size_t i;
  json_t *id;
  if (json_array_size(ids) == 0) return;
  printf("  %s", sign);
  json_array_foreach((json_t *)ids, i, id) printf(" %s", json_string_value(id));
  putchar('\n');
}

static void print_changes(const json_t *changes) {
  static const cli_column COLUMNS[] = {{"segment", CLI_LEFT},    {"version", CLI_RIGHT},
                                       {"customers", CLI_RIGHT}, {"enter", CLI_RIGHT},
                                       {"leave", CLI_RIGHT},     {"", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, 6);
  char count[32];
  size_t i;
  json_t *change;
  json_array_foreach((json_t *)changes, i, change) {
    bool failed = *show_text(change, "error") != '\0',
         removed = json_is_true(json_object_get(change, "removed"));
    cli_table_cell(table, "%s", show_text(change, "segment"));
    static const char *const KEYS[] = {"version", "customers", "entered", "left"};
    for (size_t k = 0; k < 4; k++)
      cli_table_cell(
          table, "%s",
          json_object_get(change, KEYS[k]) != NULL ? cli_thousands(int_of(change, KEYS[k]), count) : "");
    cli_table_cell(table, "%s",
                   failed                                             ? "error"
                   : removed                                          ? "its file is gone"
                   : json_is_true(json_object_get(change, "is_new"))  ? "new"
                   : json_is_true(json_object_get(change, "changed")) ? "definition changed"
                                                                      : "");
  }
  cli_table_print(table);
  json_array_foreach((json_t *)changes, i, change) {
    if (*show_text(change, "error") != '\0') printf("\n%s\n", show_text(change, "error"));
    if (int_of(change, "unmatched") > 0)
      printf("\n%s: %s rows of its list name no customer\n", show_text(change, "segment"),
             cli_thousands(int_of(change, "unmatched"), count));
    if (json_array_size(json_object_get(change, "enter_examples")) +
            json_array_size(json_object_get(change, "leave_examples")) ==
        0)
      continue;
    printf("\n%s\n", show_text(change, "segment"));
    print_examples(change, "enter_examples", "+");
    print_examples(change, "leave_examples", "-");
  }
}

/* What the changes do to campaigns; who is taken out of a running one stands first in its line. */
static void print_campaigns(const json_t *campaigns) {
  char counts[5][32];
  size_t i;
  json_t *campaign;
  if (json_array_size(campaigns) > 0) putchar('\n');
  json_array_foreach((json_t *)campaigns, i, campaign) {
    static const char *const KEYS[] = {"left", "left_reached", "entered", "before", "customers"};
    if (*show_text(campaign, "error") != '\0') {
      puts(show_text(campaign, "error"));
      continue;
    }
    for (size_t k = 0; k < 5; k++) cli_thousands(int_of(campaign, KEYS[k]), counts[k]);
    printf("campaign %s (%s, from %s%s%s): ", show_text(campaign, "campaign"), show_text(campaign, "state"),
           show_text(campaign, "from"), *show_text(campaign, "until") != '\0' ? " until " : "",
           show_text(campaign, "until"));
    if (int_of(campaign, "left") == 0 && int_of(campaign, "entered") == 0)
      printf("nothing changes for its %s customers\n", counts[3]);
    else
      printf("%s customers leave, %s of them reached already; %s enter; %s become %s\n", counts[0], counts[1],
             counts[2], counts[3], counts[4]);
  }
}

static gy_status show_changes(cli *context, char *text, gy_error *err) {
  json_t *result = NULL;
  gy_status status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) {
    const json_t *changes = json_object_get(result, "segments");
    if (json_array_size(changes) > 0)
      print_changes(changes);
    else
      puts("No segment is defined; write one into segments/, as in: rule: monetary > 100000");
    print_campaigns(json_object_get(result, "campaigns"));
  }
  json_decref(result);
  return GY_OK;
}

gy_status cli_segment_refresh(cli *context, gy_error *err) {
  char *text = NULL;
  gy_status status = gy_project_segment_refresh(cli_project_dir(context, 1), cli_get(context, "full") != NULL,
                                                &context->task, &text, err);
  return status == GY_OK ? show_changes(context, text, err) : status;
}

/* The argument after the verb when it names a definition's file; it is taken off the list. */
static const char *take_file(cli *context) {
  for (int i = 1; i < context->n_arguments; i++) {
    const char *given = context->arguments[i], *dot = strrchr(given, '.');
    if (dot == NULL || (strcmp(dot, ".yaml") != 0 && strcmp(dot, ".yml") != 0)) continue;
    memmove(&context->arguments[i], &context->arguments[i + 1],
            (size_t)(context->n_arguments - i - 1) * sizeof *context->arguments);
    context->n_arguments--;
    return given;
  }
  return NULL;
}

gy_status cli_segment_plan(cli *context, gy_error *err) {
  char *text = NULL;
  size_t limit = 0;
  const char *file = take_file(context);
  gy_status status = cli_limit(context, &limit, err);
  if (status == GY_OK)
    status = gy_project_segment_plan(cli_project_dir(context, 1), file, limit > 0 ? limit : 5, &context->task,
                                     &text, err);
  return status == GY_OK ? show_changes(context, text, err) : status;
}

gy_status cli_segment_check(cli *context, gy_error *err) {
  char *text = NULL;
  const char *file = take_file(context);
  gy_status status = gy_project_segment_check(cli_project_dir(context, 1), file, &context->task, &text, err);
  if (status != GY_OK) return status;
  json_t *result = NULL;
  status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  const json_t *errors = json_object_get(result, "errors");
  size_t n = json_array_size(errors);
  if (!context->json)
    for (size_t i = 0; i + 1 < n; i++) fprintf(stderr, "%s\n", show_text(json_array_get(errors, i), "error"));
  if (n == 0 && !context->json && !context->quiet)
    printf("%lld segments, no error\n", (long long)int_of(result, "segments"));
  if (n > 0) status = gy_fail(err, GY_ECONFIG, "%s", show_text(json_array_get(errors, n - 1), "error"));
  json_decref(result);
  return status;
}

/* ---- history ---- */

static void print_history(const json_t *result) {
  static const cli_column VERSIONS[] = {{"version", CLI_RIGHT}, {"from", CLI_LEFT}, {"definition", CLI_LEFT}},
                          MOVES[] = {{"at", CLI_LEFT},
                                     {"version", CLI_RIGHT},
                                     {"entered", CLI_RIGHT},
                                     {"left", CLI_RIGHT},
                                     {"because", CLI_LEFT}};
  char time[32], count[32];
  size_t i;
  json_t *row;
  cli_table *table = cli_table_create(VERSIONS, 3);
  json_array_foreach(json_object_get(result, "versions"), i, row) {
    cli_table_cell(table, "%lld", (long long)int_of(row, "version"));
    cli_table_cell(table, "%s", time_of(row, "valid_from", time));
    cli_table_cell(table, "%s", show_text(row, "definition"));
  }
  cli_table_print(table);
  putchar('\n');
  table = cli_table_create(MOVES, 5);
  json_array_foreach(json_object_get(result, "moves"), i, row) {
    cli_table_cell(table, "%s", time_of(row, "at", time));
    cli_table_cell(table, "%lld", (long long)int_of(row, "version"));
    cli_table_cell(table, "%s", cli_thousands(int_of(row, "entered"), count));
    cli_table_cell(table, "%s", cli_thousands(int_of(row, "left"), count));
    cli_table_cell(table, "%s", show_text(row, "reason"));
  }
  cli_table_print(table);
}

gy_status cli_segment_history(cli *context, gy_error *err) {
  char *text = NULL;
  if (context->n_arguments < 2)
    return gy_fail(err, GY_EUSAGE, "segment history needs a segment's name; see: gyeol segment list");
  const char *name = context->arguments[1];
  gy_status status =
      gy_project_segment_history(cli_project_dir(context, 2), name, &context->task, &text, err);
  if (status != GY_OK) return status;
  json_t *result = NULL;
  status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) print_history(result);
  json_decref(result);
  return GY_OK;
}

/* ---- import ---- */

gy_status cli_segment_import(cli *context, gy_error *err) {
  char *text = NULL, count[32];
  json_t *result = NULL, *row;
  const char *name = cli_get(context, "name");
  if (context->n_arguments < 2 || name == NULL)
    return gy_fail(err, GY_EUSAGE, "segment import needs a file and --name NAME");
  const char *file = context->arguments[1];
  gy_status status =
      gy_project_segment_import(cli_project_dir(context, 2), file, name, cli_get(context, "column"),
                                cli_get(context, "force") != NULL, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) {
    printf("%s rows into %s\n", cli_thousands(int_of(result, "rows"), count), show_text(result, "file"));
    if (json_object_get(result, "customers") != NULL)
      printf("%s customers; %lld rows name none\n", cli_thousands(int_of(result, "customers"), count),
             (long long)int_of(result, "unmatched"));
    size_t i;
    json_array_foreach(json_object_get(result, "unmatched_rows"), i, row)
        printf("  line %lld: %s\n", (long long)int_of(row, "line"), show_text(row, "customer_id"));
  }
  json_decref(result);
  return GY_OK;
}
