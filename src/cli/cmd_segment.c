/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cmd_segment.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"out", 'o', "FILE", "export: .csv, .xlsx, .parquet or .json"},
    {"purpose", 'p', "P",
     "export: consent that is wanted, where the segment names none (default: analytics)"},
    {"channel", 0, "C", "export: consent to this one: email, sms, push, kakao, ads, mail (default: to all)"},
    {"all", 0, NULL, "export: also those without consent"},
    {"reason", 'r', "TEXT", "export --all: why; needed for marketing and third_party, kept in the audit log"},
    {"limit", 0, "N", "plan, diff: customers each way (default: 5, 20)"},
    {"full", 0, NULL, "refresh: also segments whose definition did not change"},
    {"name", 0, "NAME", "import: of the list"},
    {"column", 0, "NAME", "import: the column of customer ids (default: customer_id)"},
    {"force", 0, NULL, "import: in place of a segment of that name"},
    {"at", 0, "DATE", "explain: as of the end of that day, or a time"},
    {"from", 0, "DATE", "diff, transitions: the earlier moment"},
    {"to", 0, "DATE", "diff, transitions: the later one (default: the last run's)"},
    {0},
};

static gy_status list_segments(cli *context, gy_error *err) {
  char *text = NULL;
  gy_status status = gy_project_segment_list(cli_project_dir(context, 1), &context->task, &text, err);
  if (status != GY_OK) return status;
  json_t *result = NULL;
  status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) show_segments(json_object_get(result, "segments"));
  json_decref(result);
  return GY_OK;
}

static void print_features(const json_t *features) {
  static const cli_column COLUMNS[] = {
      {"feature", CLI_LEFT}, {"median", CLI_RIGHT}, {"everybody", CLI_RIGHT}, {"effect", CLI_RIGHT}};
  cli_table *table = cli_table_create(COLUMNS, 4);
  size_t i;
  json_t *row;
  json_array_foreach(features, i, row) {
    cli_table_cell(table, "%s", show_text(row, "feature"));
    cli_table_cell(table, "%.6g", json_number_value(json_object_get(row, "median")));
    cli_table_cell(table, "%.6g", json_number_value(json_object_get(row, "overall_median")));
    cli_table_cell(table, "%+.2f", json_number_value(json_object_get(row, "effect")));
  }
  cli_table_print(table);
}

static void print_attributes(const json_t *attributes) {
  if (json_array_size(attributes) == 0) return;
  static const cli_column COLUMNS[] = {{"attribute", CLI_LEFT},
                                       {"value", CLI_LEFT},
                                       {"share", CLI_RIGHT},
                                       {"everybody", CLI_RIGHT},
                                       {"effect", CLI_RIGHT}};
  putchar('\n');
  cli_table *table = cli_table_create(COLUMNS, 5);
  size_t i;
  json_t *row;
  json_array_foreach(attributes, i, row) {
    cli_table_cell(table, "%s", show_text(row, "attribute"));
    cli_table_cell(table, "%s", show_text(row, "value"));
    cli_table_cell(table, "%.1f%%", 100 * json_number_value(json_object_get(row, "share")));
    cli_table_cell(table, "%.1f%%", 100 * json_number_value(json_object_get(row, "overall_share")));
    cli_table_cell(table, "%+.2f", json_number_value(json_object_get(row, "effect")));
  }
  cli_table_print(table);
}

static void print_products(const json_t *products) {
  if (json_array_size(products) == 0) return;
  static const cli_column COLUMNS[] = {
      {"top products", CLI_LEFT}, {"name", CLI_LEFT}, {"customers", CLI_RIGHT}, {"revenue", CLI_RIGHT}};
  putchar('\n');
  cli_table *table = cli_table_create(COLUMNS, 4);
  size_t i;
  json_t *row;
  char count[32], money[64];
  json_array_foreach(products, i, row) {
    cli_table_cell(table, "%s", show_text(row, "product"));
    cli_table_cell(table, "%s", show_text(row, "name"));
    cli_table_cell(table, "%s", cli_thousands(json_integer_value(json_object_get(row, "customers")), count));
    cli_table_cell(table, "%s", cli_money(show_text(row, "revenue"), money));
  }
  cli_table_print(table);
}

/* How far a cluster's rule holds, its most typical customer, and how many lie far out. */
static void print_meaning(const json_t *segment) {
  json_t *precision = json_object_get(segment, "rule_precision"), *value;
  const json_t *prototype = json_object_get(segment, "prototype");
  const char *name;
  if (json_is_number(precision))
    printf(
        "The rule takes %.1f%% of the cluster; of those it takes, %.1f%% are in the cluster. The rules of "
        "all "
        "clusters are right for %.1f%% of customers.\n",
        100 * json_number_value(json_object_get(segment, "rule_recall")), 100 * json_number_value(precision),
        100 * json_number_value(json_object_get(segment, "fidelity")));
  if (json_is_object(prototype)) {
    char number[64], count[32];
    const char *separator = "";
    printf("Typical customer %s (", show_text(prototype, "customer_id"));
    json_object_foreach(json_object_get(prototype, "values"), name, value) {
      if (json_is_number(value)) snprintf(number, sizeof number, "%.6g", json_number_value(value));
      printf("%s%s %s", separator, name,
             json_is_string(value)   ? cli_money(json_string_value(value), number)
             : json_is_number(value) ? number
                                     : "none");
      separator = ", ";
    }
    printf("); far out: %s\n",
           cli_thousands(json_integer_value(json_object_get(segment, "outliers")), count));
  }
}

static gy_status show_segment(cli *context, const char *name, gy_error *err) {
  char *text = NULL;
  gy_status status = gy_project_segment_show(cli_project_dir(context, 2), name, &context->task, &text, err);
  if (status != GY_OK) return status;
  json_t *result = NULL;
  status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && json_object_get(result, "version") != NULL) {
    cli_segment_show_own(result);
    putchar('\n');
    print_features(json_object_get(result, "features"));
  } else if (!context->json) {
    char count[32], money[64];
    printf("%s (%s): %s customers (%.1f%%), revenue %s (%.1f%%)\n%s\n", show_text(result, "name"),
           show_text(result, "name_ko"),
           cli_thousands(json_integer_value(json_object_get(result, "customers")), count),
           100 * json_number_value(json_object_get(result, "share")),
           cli_money(show_text(result, "revenue"), money),
           100 * json_number_value(json_object_get(result, "revenue_share")), show_text(result, "rule"));
    print_meaning(result);
    putchar('\n');
    print_features(json_object_get(result, "features"));
    print_attributes(json_object_get(result, "attributes"));
    print_products(json_object_get(result, "top_products"));
  }
  json_decref(result);
  return GY_OK;
}

static void print_export(const json_t *result, const char *out) {
  char count[32];
  const char *channel = show_text(result, "channel");
  json_int_t left_out = json_integer_value(json_object_get(result, "left_out"));
  bool any = strcmp(channel, "*") == 0, analytics = strcmp(show_text(result, "purpose"), "analytics") == 0;
  printf("%s customers written to %s\n",
         cli_thousands(json_integer_value(json_object_get(result, "customers")), count), out);
  if (left_out > 0)
    printf("%s left out without consent for %s%s%s\n", cli_thousands(left_out, count),
           show_text(result, "purpose"), any ? "" : " by ", any ? "" : channel);
  if (left_out > 0 && any && !analytics)
    puts("Consent to one channel counts with --channel, such as --channel email.");
}

static gy_status export_segment(cli *context, const char *name, gy_error *err) {
  const char *out = cli_get(context, "out");
  if (out == NULL)
    return gy_fail(err, GY_EUSAGE, "segment export needs --out FILE (.csv, .xlsx, .parquet or .json)");
  char *text = NULL;
  const gy_segment_export_options options = {.purpose = cli_get(context, "purpose"),
                                             .channel = cli_get(context, "channel"),
                                             .everybody = cli_get(context, "all") != NULL,
                                             .reason = cli_get(context, "reason")};
  gy_status status =
      gy_project_segment_export(cli_project_dir(context, 2), name, out, &options, &context->task, &text, err);
  if (status != GY_OK) return status;
  json_t *result = NULL;
  status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) print_export(result, out);
  json_decref(result);
  return GY_OK;
}

static const struct {
  const char *verb;
  gy_status (*run)(cli *context, gy_error *err);
} VERBS[] = {
    {"list", list_segments},
    {"refresh", cli_segment_refresh},
    {"check", cli_segment_check},
    {"plan", cli_segment_plan},
    {"history", cli_segment_history},
    {"import", cli_segment_import},
    {"explain", cli_segment_explain},
    {"diff", cli_segment_diff},
    {"transitions", cli_segment_transitions},
    {"overlap", cli_segment_overlap},
};

static gy_status run_segment(cli *context, gy_error *err) {
  const char *verb = context->n_arguments > 0 ? context->arguments[0] : "list";
  for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
    if (strcmp(verb, VERBS[i].verb) == 0) return VERBS[i].run(context, err);
  bool shows = strcmp(verb, "show") == 0, exports = strcmp(verb, "export") == 0;
  if (!shows && !exports)
    return gy_fail(
        err, GY_EUSAGE,
        "segment %s is not known; use list, show, export, check, plan, refresh, history, explain, diff, "
        "transitions, overlap or import",
        verb);
  if (context->n_arguments < 2)
    return gy_fail(err, GY_EUSAGE,
                   "segment %s needs a segment's name, like 'At Risk'; see gyeol segment list", verb);
  const char *name = context->arguments[1];
  return shows ? show_segment(context, name, err) : export_segment(context, name, err);
}

const cli_command CMD_SEGMENT = {
    .name = "segment",
    .synopsis =
        "segment list [DIR]\nsegment show NAME [DIR]\nsegment export NAME [DIR] --out FILE [--channel C] "
        "[--all --reason TEXT]\n"
        "segment check [FILE] [DIR]\nsegment plan [FILE] [DIR]\nsegment refresh [DIR]\n"
        "segment history NAME [DIR]\nsegment explain NAME CUSTOMER [DIR] [--at DATE]\n"
        "segment diff NAME [DIR] --from DATE [--to DATE]\n"
        "segment transitions [DIR] --from DATE [--to DATE]\nsegment overlap [DIR]\nsegment import FILE [DIR] "
        "--name NAME [--column NAME]",
    .summary = "list, define, look into and export segments",
    .description =
        "Segments of the last run: those that the project defines by rules, lists and sets in its folder\n"
        "segments/ (docs/segments.md), the named RFM segments and the clusters. NAME is a segment's name;\n"
        "of an RFM segment or cluster in either language, or cluster:N.\n\n"
        "check says what is wrong with definitions, plan what they would change, and neither changes\n"
        "anything; refresh applies them to the data of the last run, as the next gyeol run would.\n"
        "history shows the versions of a definition and when customers entered and left; explain says why\n"
        "a customer is or is not in a segment, predicate by predicate; diff who came and went between two\n"
        "dates, transitions how many went from which segment to which, overlap how many each two share.\n"
        "import makes a static list of a table's customer ids.\n\n"
        "export leaves out, and counts, customers who have not agreed to the segment's purpose at that\n"
        "moment, by the channel if one is given (gyeol consent show).",
    .examples =
        "gyeol segment list shop\n"
        "gyeol segment show 'At Risk' shop\n"
        "gyeol segment export 'At Risk' shop --out at_risk.csv\n"
        "gyeol segment export 'At Risk' shop --out at_risk.xlsx\n"
        "gyeol segment export 'At Risk' shop --out sms.csv --purpose marketing --channel sms\n"
        "gyeol segment check vip.yaml shop  # a draft\n"
        "gyeol segment plan vip.yaml shop --limit 3\n"
        "gyeol segment refresh shop\n"
        "gyeol segment history loyal shop\n"
        "gyeol segment explain loyal 103 shop\n"
        "gyeol segment diff loyal shop --from 2024-06-30\n"
        "gyeol segment transitions shop --from 2024-06-30\n"
        "gyeol segment overlap shop\n"
        "gyeol segment import at_risk.csv shop --name invited",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 4,
    .run = run_segment,
};
