/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/people.h>

#include "cmd_identity_link.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"limit", 'n', "N", "list, preview, review: at most so many rows of each kind (default: 20)"},
    {"reason", 'r', "TEXT", "merge, unmerge, pin: why, kept with the decision"},
    CLI_IDENTITY_LINK_OPTIONS,
    {"out", 'o', "FILE", "link: the pairs, as .csv, .xlsx, .parquet or .json"},
    {0},
};

static long long number(const json_t *object, const char *key) {
  return (long long)json_integer_value(json_object_get(object, key));
}

/* ---- what is printed ---- */

static void print_keys(const json_t *keys) {
  static const cli_column COLUMNS[] = {{"kind", CLI_LEFT}, {"key", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, 2);
  size_t i;
  json_t *row;
  json_array_foreach(keys, i, row) {
    cli_table_cell(table, "%s", show_text(row, "kind"));
    cli_table_cell(table, "%s", show_text(row, "key"));
  }
  cli_table_print(table);
}

static void print_links(const json_t *links) {
  static const cli_column COLUMNS[] = {{"from", CLI_LEFT},  {"to", CLI_LEFT},         {"source", CLI_LEFT},
                                       {"rows", CLI_RIGHT}, {"first seen", CLI_LEFT}, {"last seen", CLI_LEFT},
                                       {"state", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, 7);
  size_t i;
  json_t *row;
  json_array_foreach(links, i, row) {
    const char *source = show_text(row, "source"), *action = show_text(row, "action");
    cli_table_cell(table, "%s %s", show_text(row, "left_kind"), show_text(row, "left_key"));
    cli_table_cell(table, "%s %s", show_text(row, "right_kind"), show_text(row, "right_key"));
    cli_table_cell(table, "%s", action[0] != '\0' ? "by hand" : source[0] != '\0' ? source : "resemblance");
    if (action[0] != '\0')
      cli_table_cell(table, "%s", "");
    else
      cli_table_cell(table, "%lld", number(row, "rows"));
    cli_table_cell(table, "%.10s", show_text(row, "first_seen"));
    cli_table_cell(table, "%.10s", show_text(row, "last_seen"));
    cli_table_cell(table, "%s", action[0] != '\0' ? action : show_text(row, "state"));
  }
  cli_table_print(table);
}

static void print_decisions(const json_t *decisions) {
  size_t i;
  json_t *row;
  json_array_foreach(decisions, i, row) {
    const char *reason = show_text(row, "reason");
    printf("decision %lld, %.10s: %s of %s %s and %s %s%s%s\n", number(row, "decision"),
           show_text(row, "decided_at"), show_text(row, "action"), show_text(row, "left_kind"),
           show_text(row, "left_key"), show_text(row, "right_kind"), show_text(row, "right_key"),
           reason[0] != '\0' ? ": " : "", reason);
  }
}

/* Cookies and devices whose anonymous rows the person is given. */
static void print_visitors(const json_t *visitors) {
  size_t i;
  json_t *row;
  json_array_foreach(visitors, i, row) {
    const char *since = show_text(row, "since"), *until = show_text(row, "until");
    printf("rows of %s %s without a customer belong here", show_text(row, "kind"), show_text(row, "key"));
    if (json_is_true(json_object_get(row, "is_shared")))
      printf(" (others use it too)%s%.19s%s%.19s", since[0] != '\0' ? " from " : "", since,
             until[0] != '\0' ? " until " : "", until);
    putchar('\n');
  }
}

static void print_person(const json_t *person) {
  size_t customers = json_array_size(json_object_get(person, "customers")),
         keys = json_array_size(json_object_get(person, "keys"));
  printf("person %s, %zu customer id%s, %zu key%s\n", show_text(person, "person"), customers,
         cli_plural((long long)customers), keys, cli_plural((long long)keys));
  if (json_array_size(json_object_get(person, "keys")) > 0) print_keys(json_object_get(person, "keys"));
  print_visitors(json_object_get(person, "visitors"));
  print_decisions(json_object_get(person, "decisions"));
}

static void print_largest(const json_t *largest) {
  static const cli_column COLUMNS[] = {
      {"person", CLI_LEFT}, {"customers", CLI_RIGHT}, {"keys", CLI_RIGHT}, {"kinds", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, 4);
  size_t i;
  json_t *row;
  json_array_foreach(largest, i, row) {
    cli_table_cell(table, "%s", show_text(row, "person"));
    cli_table_cell(table, "%lld", number(row, "customers"));
    cli_table_cell(table, "%lld", number(row, "keys"));
    cli_table_cell(table, "%s", show_text(row, "kinds"));
  }
  cli_table_print(table);
}

static void print_blocked(const json_t *blocked) {
  size_t i;
  json_t *row;
  json_array_foreach(blocked, i, row) {
    bool is_shared = strcmp(show_text(row, "reason"), "shared") == 0;
    printf("%s %s: %lld %s\n", show_text(row, "kind"), show_text(row, "key"), number(row, "n"),
           is_shared ? "others have it, so it says nothing of who somebody is"
                     : "links of it are left out, as the person would have been too large");
  }
}

static void print_contradictions(const json_t *contradictions) {
  size_t i;
  json_t *row;
  json_array_foreach(contradictions, i, row) {
    const char *left = show_text(row, "left"), *right = show_text(row, "right");
    printf("%s and %s share keys and are kept apart (%s); join them with: gyeol identity merge %s %s\n", left,
           right, show_text(row, "evidence"), left, right);
  }
}

static void print_list(const json_t *list) {
  char keys[32], people[32];
  printf(
      "%s keys of %s people: %lld with several customer ids, %lld guests; %lld keys blocked, %lld groups too "
      "large to be one person, %lld pairs kept apart, %lld decisions by hand\n",
      cli_thousands(number(list, "keys"), keys), cli_thousands(number(list, "people"), people),
      number(list, "merged"), number(list, "guests"), number(list, "shared"), number(list, "stopped"),
      number(list, "apart"), number(list, "by_hand"));
  if (json_array_size(json_object_get(list, "largest")) > 0) print_largest(json_object_get(list, "largest"));
  print_blocked(json_object_get(list, "blocked"));
  print_contradictions(json_object_get(list, "contradictions"));
  print_decisions(json_object_get(list, "decisions"));
}

static void print_explained(const json_t *result) {
  const json_t *path = json_object_get(result, "path"), *links = json_object_get(result, "links");
  if (path == NULL) {
    printf("person %s: %zu links\n", show_text(result, "person"), json_array_size(links));
    if (json_array_size(links) > 0) print_links(links);
    print_decisions(json_object_get(result, "decisions"));
  } else if (json_array_size(path) > 0) {
    printf("one person, %s: %zu links from one to the other\n", show_text(result, "person"),
           json_array_size(path));
    print_links(path);
  } else if (strcmp(show_text(result, "person"), show_text(result, "other")) == 0) {
    printf("one and the same, %s\n", show_text(result, "person"));
  } else {
    printf("two people, %s and %s: no link that is used leads from one to the other\n",
           show_text(result, "person"), show_text(result, "other"));
  }
  print_contradictions(json_object_get(result, "contradictions"));
}

static void print_preview(const json_t *result) {
  size_t i;
  json_t *row;
  printf(
      "%lld merges and %lld splits; %lld keys would belong to other people; %lld people in all, %lld of them "
      "with "
      "several customer ids\n",
      number(result, "merges"), number(result, "splits"), number(result, "moved"), number(result, "people"),
      number(result, "merged"));
  json_array_foreach(json_object_get(result, "examples"), i, row) {
    bool merges = strcmp(show_text(row, "change"), "merge") == 0;
    printf("%s %s %s\n", show_text(row, "person"), merges ? "would take in" : "would part with",
           show_text(row, "others"));
  }
}

static void print_decided(const json_t *result) {
  const char *action = show_text(result, "action");
  long long decision = number(result, "decision"), undone = number(result, "undone");
  if (strcmp(action, "undo") == 0)
    printf("decision %lld is undone\n", decision);
  else if (decision == 0)
    printf("%lld merges by hand are undone\n", undone);
  else
    printf("decision %lld holds; take it back with: gyeol identity undo %lld\n", decision, decision);
}

static void print_review(const json_t *result) {
  static const cli_column COLUMNS[] = {
      {"customer", CLI_LEFT}, {"customer", CLI_LEFT}, {"sure", CLI_RIGHT}, {"bits by field", CLI_LEFT}};
  const json_t *pairs = json_object_get(result, "pairs");
  cli_table *table = json_array_size(pairs) > 0 ? cli_table_create(COLUMNS, 4) : NULL;
  size_t i;
  json_t *row;
  json_array_foreach(pairs, i, row) {
    cli_table_cell(table, "%s", show_text(row, "left"));
    cli_table_cell(table, "%s", show_text(row, "right"));
    cli_table_cell(table, "%.1f%%", 100 * json_number_value(json_object_get(row, "probability")));
    cli_table_cell(table, "%s", show_text(row, "evidence"));
  }
  if (table != NULL) cli_table_print(table);
  printf("%lld pairs wait; decide with: gyeol identity merge ID ID, or gyeol identity unmerge ID ID\n",
         number(result, "waiting"));
}

/* ---- verbs ---- */

typedef gy_status (*ask_people)(const char *, size_t, const gy_task *, char **, gy_error *);

static gy_status finish(cli *context, gy_status status, char *text, void (*print)(const json_t *),
                        gy_error *err) {
  json_t *result = NULL;
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) print(result);
  json_decref(result);
  return GY_OK;
}

static gy_status with_limit(cli *context, ask_people question, void (*print)(const json_t *), gy_error *err) {
  size_t limit = 0;
  char *text = NULL;
  gy_status status = cli_limit(context, &limit, err);
  const char *dir = cli_project_dir(context, 1);
  if (status == GY_OK) status = question(dir, limit, &context->task, &text, err);
  return finish(context, status, text, print, err);
}

static gy_status list(cli *context, gy_error *err) {
  return with_limit(context, gy_project_identity_list, print_list, err);
}

static gy_status preview(cli *context, gy_error *err) {
  return with_limit(context, gy_project_identity_preview, print_preview, err);
}

static gy_status review(cli *context, gy_error *err) {
  return with_limit(context, gy_project_identity_review, print_review, err);
}

static gy_status need(const cli *context, int n, const char *usage, gy_error *err) {
  return context->n_arguments > n ? GY_OK : gy_fail(err, GY_EUSAGE, "say who: gyeol identity %s", usage);
}

static gy_status show(cli *context, gy_error *err) {
  if (context->n_arguments < 2) return list(context, err);
  char *text = NULL;
  const char *who = context->arguments[1];
  gy_status status = gy_project_identity_show(cli_project_dir(context, 2), who, &context->task, &text, err);
  return finish(context, status, text, print_person, err);
}

static gy_status explain(cli *context, gy_error *err) {
  char *text = NULL;
  gy_status status = need(context, 1, "explain ID [ID]", err);
  const char *other = context->n_arguments > 2 ? context->arguments[2] : NULL;
  if (status == GY_OK)
    status = gy_project_identity_explain(cli_project_dir(context, CLI_ANY_ARGUMENTS), context->arguments[1],
                                         other, &context->task, &text, err);
  return finish(context, status, text, print_explained, err);
}

static gy_status merge(cli *context, gy_error *err) {
  char *text = NULL;
  gy_status status = need(context, 2, "merge ID ID", err);
  const char *dir = cli_project_dir(context, 3);
  if (status == GY_OK)
    status = gy_project_identity_merge(dir, context->arguments[1], context->arguments[2],
                                       cli_get(context, "reason"), &context->task, &text, err);
  return finish(context, status, text, print_decided, err);
}

static gy_status pin(cli *context, gy_error *err) {
  char *text = NULL;
  gy_status status = need(context, 2, "pin ID KEY", err);
  const char *dir = cli_project_dir(context, 3);
  if (status == GY_OK)
    status = gy_project_identity_pin(dir, context->arguments[1], context->arguments[2],
                                     cli_get(context, "reason"), &context->task, &text, err);
  return finish(context, status, text, print_decided, err);
}

static gy_status unmerge(cli *context, gy_error *err) {
  char *text = NULL;
  gy_status status = need(context, 1, "unmerge ID [KEY...]", err);
  if (status == GY_OK)
    status = gy_project_identity_unmerge(cli_project_dir(context, CLI_ANY_ARGUMENTS), context->arguments[1],
                                         context->arguments + 2, (size_t)context->n_arguments - 2,
                                         cli_get(context, "reason"), &context->task, &text, err);
  return finish(context, status, text, print_decided, err);
}

static gy_status undo(cli *context, gy_error *err) {
  char *text = NULL, *end = NULL;
  long long decision = 0;
  if (context->n_arguments > 1) {
    decision = strtoll(context->arguments[1], &end, 10);
    if (*end != '\0' || decision <= 0)
      return gy_fail(err, GY_EUSAGE, "'%s' is no decision's number; see gyeol identity list",
                     context->arguments[1]);
  }
  gy_status status = gy_project_identity_undo(cli_project_dir(context, CLI_ANY_ARGUMENTS), decision,
                                              &context->task, &text, err);
  return finish(context, status, text, print_decided, err);
}

static gy_status run_identity(cli *context, gy_error *err) {
  static const struct {
    const char *verb;
    int most_arguments; /* with the verb */
    gy_status (*run)(cli *, gy_error *);
  } VERBS[] = {{"list", 2, list},       {"show", 3, show},     {"explain", 3, explain},
               {"preview", 2, preview}, {"review", 2, review}, {"merge", 4, merge},
               {"pin", 4, pin},         {"undo", 2, undo},     {"unmerge", CLI_ANY_ARGUMENTS, unmerge}};
  const char *verb = context->n_arguments > 0 ? context->arguments[0] : "list";
  if (strcmp(verb, "link") == 0) return cli_identity_link(context, err);
  for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
    if (strcmp(VERBS[i].verb, verb) != 0) continue;
    if (context->n_arguments > VERBS[i].most_arguments)
      return gy_fail(err, GY_EUSAGE, "identity %s does not take '%s'; the project may be named by -C DIR",
                     verb, context->arguments[VERBS[i].most_arguments]);
    return VERBS[i].run(context, err);
  }
  return gy_fail(
      err, GY_EUSAGE,
      "identity %s is not known; use list, show, explain, preview, review, merge, unmerge, pin, undo or link",
      verb);
}

const cli_command CMD_IDENTITY = {
    .name = "identity",
    .synopsis =
        "identity list [DIR] [--limit N]\n"
        "identity show ID|KEY [DIR]\n"
        "identity explain ID [ID] [-C DIR]\n"
        "identity preview [DIR] [--limit N]\n"
        "identity review [DIR] [--limit N]\n"
        "identity merge ID ID [DIR] [--reason TEXT]\n"
        "identity unmerge ID [KEY...] [-C DIR] [--reason TEXT]\n"
        "identity pin ID KEY [DIR] [--reason TEXT]\n"
        "identity undo [N] [-C DIR]\n" CLI_IDENTITY_LINK_SYNOPSIS,
    .summary = "who is one person: show why, merge and part by hand",
    .description =
        "Customer ids, loyalty cards, e-mail addresses and phone numbers that stand on one row belong to "
        "one\n"
        "person; docs/methods/identity.md tells the rules and their limits. A key may be written as it is\n"
        "(1001, guest-3), with its kind (loyalty_card:L-77), or in the clear (kim@example.com, "
        "010-1234-5678).\n"
        "Explain shows on which rows of which source each link rests, and what joins two keys. Preview "
        "shows\n"
        "what the settings of gyeol.yaml would merge and split, and writes nothing. Decisions by hand "
        "(merge,\n"
        "unmerge, pin) are data: they are applied at once and hold in every later run until they are "
        "undone.\n"
        "Unmerge takes keys from a person; without keys it takes back what was merged by hand, else it "
        "parts\n"
        "all customers of the person. A decision that contradicts an earlier one is refused.\n"
        "\n"
        "Review lists customers that resemble each other without a common key, where identity.fuzzy of\n"
        "gyeol.yaml asks for it; they stay apart until they are merged.\n"
        "\n"
        "Link compares rows of two files, or of one with itself, by names, birth dates, phones, e-mails and\n"
        "addresses as people write and mistype them, and gives each pair the probability that it is one\n"
        "person, with what each field says of it. Kinds: exact, name, address, email, phone, date,\n"
        "postcode, text.",
    .examples =
        "gyeol identity list shop\n"
        "gyeol identity merge 101 104 shop --reason \"one household, asked by phone\"\n"
        "gyeol identity show 104 shop\n"
        "gyeol identity explain 101 104 -C shop --json\n"
        "gyeol identity undo -C shop\n"
        "gyeol identity preview shop\n" CLI_IDENTITY_LINK_EXAMPLES,
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = CLI_ANY_ARGUMENTS,
    .run = run_identity,
};
