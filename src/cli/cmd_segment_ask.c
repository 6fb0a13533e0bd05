/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include <gyeol/segment.h>

#include "cmd_segment.h"
#include "show.h"

static json_int_t int_of(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

static bool is_true(const json_t *object, const char *key) {
  return json_is_true(json_object_get(object, key));
}

static gy_status need(const cli *context, int n, const char *what, gy_error *err) {
  if (context->n_arguments > n) return GY_OK;
  return gy_fail(err, GY_EUSAGE, "segment %s needs %s", context->arguments[0], what);
}

/* ---- explain ---- */

/* "(wanted: >= 3)"; below a `not`: "(wanted: not >= 3)", "(wanted: is not true)". */
static void print_wanted(const json_t *predicate) {
  const char *wanted = show_text(predicate, "wanted");
  bool negated = is_true(predicate, "negated"), has_is = strncmp(wanted, "is ", 3) == 0;
  if (*wanted == '\0') return;
  printf(" (wanted: %s%s)",
         !negated ? ""
         : has_is ? "is not "
                  : "not ",
         negated && has_is ? wanted + 3 : wanted);
}

static void print_seen(const json_t *predicate) {
  size_t i;
  json_t *seen;
  json_array_foreach(json_object_get(predicate, "seen"), i, seen) {
    const char *value = json_string_value(json_object_get(seen, "value"));
    printf("%s%s is %s", i == 0 ? "      " : ", ", show_text(seen, "text"),
           value != NULL ? value : "not known");
    if (i == 0) print_wanted(predicate);
  }
  if (i > 0) putchar('\n');
}

/* What a predicate says in the rule: below a `not` the contrary of its own answer. */
static const char *answer_in_rule(const json_t *predicate) {
  const char *answer = show_text(predicate, "answer");
  if (!is_true(predicate, "negated")) return answer;
  return strcmp(answer, "yes") == 0 ? "no" : strcmp(answer, "no") == 0 ? "yes" : answer;
}

static void print_predicates(const json_t *predicates) {
  size_t i;
  json_t *p;
  json_array_foreach((json_t *)predicates, i, p) {
    const char *kind = show_text(p, "kind");
    printf("  %*s%-7s %s%s%s%s\n", (int)(2 * int_of(p, "depth")), "", answer_in_rule(p),
           is_true(p, "negated") ? "not " : "", strcmp(kind, "segment") == 0 ? "segment " : "",
           show_text(p, "text"),
           is_true(p, "decides") ? is_true(p, "alone") ? "  <- decides alone" : "  <- decides" : "");
    if (strcmp(kind, "predicate") == 0) print_seen(p);
  }
}

static void print_explanation(const json_t *result) {
  const json_t *stay = json_array_get(json_object_get(result, "stays"), 0);
  bool member = is_true(result, "member");
  printf("%s %s in %s as of %.10s", show_text(result, "customer_id"), member ? "is" : "is not",
         show_text(result, "segment"), show_text(result, "at"));
  if (stay != NULL && member)
    printf(", since %.10s (version %lld, %s)", show_text(stay, "entered_at"),
           (long long)int_of(stay, "entered_version"), show_text(stay, "entered_reason"));
  if (stay != NULL && !member)
    printf(", left %.10s (version %lld, %s)", show_text(stay, "exited_at"),
           (long long)int_of(stay, "exited_version"), show_text(stay, "exited_reason"));
  putchar('\n');
  if (*show_text(result, "error") != '\0')
    printf("Its definition has an error: %s\n", show_text(result, "error"));
  if (strcmp(show_text(result, "kind"), "list") == 0) puts("It is a list; nothing else decides.");
  if (*show_text(result, "answer") != '\0')
    printf("Version %lld of its rule says %s:\n", (long long)int_of(result, "version"),
           show_text(result, "answer"));
  print_predicates(json_object_get(result, "predicates"));
}

gy_status cli_segment_explain(cli *context, gy_error *err) {
  char *text = NULL;
  json_t *result = NULL;
  gy_status status = need(context, 2, "a segment's name and a customer id", err);
  if (status != GY_OK) return status;
  const char *name = context->arguments[1], *customer = context->arguments[2];
  status = gy_project_segment_explain(cli_project_dir(context, 3), name, customer, cli_get(context, "at"),
                                      &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) print_explanation(result);
  json_decref(result);
  return GY_OK;
}

/* ---- diff and transitions ---- */

static void print_movers(const char *title, const json_t *rows) {
  const cli_column COLUMNS[] = {{title, CLI_LEFT}, {"at", CLI_LEFT}, {"because", CLI_LEFT}};
  if (json_array_size(rows) == 0) return;
  putchar('\n');
  cli_table *table = cli_table_create(COLUMNS, 3);
  size_t i;
  json_t *row;
  json_array_foreach((json_t *)rows, i, row) {
    cli_table_cell(table, "%s", show_text(row, "customer_id"));
    cli_table_cell(table, "%.10s", show_text(row, "at"));
    cli_table_cell(table, "%s", show_text(row, "reason"));
  }
  cli_table_print(table);
}

static gy_status need_from(const cli *context, gy_error *err) {
  if (cli_get(context, "from") != NULL) return GY_OK;
  return gy_fail(err, GY_EUSAGE, "segment %s needs --from DATE", context->arguments[0]);
}

gy_status cli_segment_diff(cli *context, gy_error *err) {
  char *text = NULL, counts[5][32];
  json_t *result = NULL;
  size_t limit = 0;
  gy_status status = need(context, 1, "a segment's name", err);
  if (status == GY_OK) status = need_from(context, err);
  if (status == GY_OK) status = cli_limit(context, &limit, err);
  if (status != GY_OK) return status;
  const char *name = context->arguments[1];
  status = gy_project_segment_diff(cli_project_dir(context, 2), name, cli_get(context, "from"),
                                   cli_get(context, "to"), limit, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) {
    static const char *const KEYS[] = {"before", "after", "stayed", "entered", "left"};
    for (size_t i = 0; i < 5; i++) cli_thousands(int_of(result, KEYS[i]), counts[i]);
    printf("%s: %s customers as of %.10s, %s as of %.10s; %s stayed, %s entered, %s left\n", name, counts[0],
           show_text(result, "from"), counts[1], show_text(result, "to"), counts[2], counts[3], counts[4]);
    print_movers("entered", json_object_get(result, "entered_customers"));
    print_movers("left", json_object_get(result, "left_customers"));
  }
  json_decref(result);
  return GY_OK;
}

gy_status cli_segment_transitions(cli *context, gy_error *err) {
  static const cli_column COLUMNS[] = {{"from", CLI_LEFT}, {"to", CLI_LEFT}, {"customers", CLI_RIGHT}};
  char *text = NULL, count[32];
  json_t *result = NULL, *link;
  gy_status status = need_from(context, err);
  if (status != GY_OK) return status;
  status = gy_project_segment_transitions(cli_project_dir(context, 1), cli_get(context, "from"),
                                          cli_get(context, "to"), &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) {
    cli_table *table = cli_table_create(COLUMNS, 3);
    size_t i;
    json_array_foreach(json_object_get(result, "links"), i, link) {
      const char *from = show_text(link, "from"), *to = show_text(link, "to");
      cli_table_cell(table, "%s", *from != '\0' ? from : "(none)");
      cli_table_cell(table, "%s", *to != '\0' ? to : "(none)");
      cli_table_cell(table, "%s", cli_thousands(int_of(link, "customers"), count));
    }
    cli_table_print(table);
  }
  json_decref(result);
  return GY_OK;
}

/* ---- overlap ---- */

enum { SHOWN = 12 }; /* segments that fit beside each other on a terminal; JSON has all */

static void print_overlap(const json_t *result) {
  const json_t *names = json_object_get(result, "segments"), *matrix = json_object_get(result, "customers");
  size_t n = json_array_size(names), shown = n < SHOWN ? n : SHOWN;
  cli_column columns[SHOWN + 1] = {{"customers of both", CLI_LEFT}};
  char count[32];
  for (size_t i = 0; i < shown; i++)
    columns[i + 1] = (cli_column){json_string_value(json_array_get(names, i)), CLI_RIGHT};
  cli_table *table = cli_table_create(columns, shown + 1);
  for (size_t a = 0; a < n; a++) {
    cli_table_cell(table, "%s", json_string_value(json_array_get(names, a)));
    for (size_t b = 0; b < shown; b++)
      cli_table_cell(table, "%s",
                     cli_thousands(json_integer_value(json_array_get(json_array_get(matrix, a), b)), count));
  }
  cli_table_print(table);
  if (shown < n) printf("%zu of %zu segments across; --json has all\n", shown, n);
}

gy_status cli_segment_overlap(cli *context, gy_error *err) {
  char *text = NULL;
  json_t *result = NULL;
  gy_status status = gy_project_segment_overlap(cli_project_dir(context, 1), &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) print_overlap(result);
  json_decref(result);
  return GY_OK;
}
