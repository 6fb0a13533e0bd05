/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "show.h"

static void print_list(const json_t *result) {
  static const cli_column COLUMNS[] = {{"Model", CLI_LEFT},
                                       {"Method", CLI_LEFT},
                                       {"k", CLI_RIGHT},
                                       {"Customers", CLI_RIGHT},
                                       {"Columns", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, sizeof COLUMNS / sizeof *COLUMNS);
  size_t i, j;
  json_t *model, *column;
  json_array_foreach(json_object_get(result, "models"), i, model) {
    char names[256] = "";
    json_array_foreach(json_object_get(model, "columns"), j, column) {
      size_t length = strlen(names);
      snprintf(names + length, sizeof names - length, "%s%s", j > 0 ? ", " : "", json_string_value(column));
    }
    cli_table_cell(table, "%s", show_text(model, "name"));
    cli_table_cell(table, "%s", show_text(model, "method"));
    const json_t *k = json_object_get(model, "k");
    cli_table_cell(table, k != NULL ? "%lld" : "", (long long)json_integer_value(k));
    const json_t *customers = json_object_get(model, "customers");
    char count[32] = "";
    if (customers != NULL) cli_thousands(json_integer_value(customers), count);
    cli_table_cell(table, "%s", count);
    cli_table_cell(table, "%s", names);
  }
  cli_table_print(table);
}

static gy_status show_models(cli *context, const char *name, const char *dir, gy_error *err) {
  char *text = NULL;
  json_t *result = NULL;
  gy_status status = gy_project_models(dir, name, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status == GY_OK && !context->json && name == NULL) print_list(result);
  if (status == GY_OK && !context->json && name != NULL) {
    json_dumpf(result, stdout, JSON_INDENT(2));
    putchar('\n');
  }
  json_decref(result);
  return status;
}

static gy_status print_sql(cli *context, const char *name, const char *dir, gy_error *err) {
  char *sql = NULL;
  if (strcmp(name, "clusters") != 0 && strcmp(name, "rfm") != 0)
    return gy_fail(err, GY_ENOTFOUND, "there is no model '%s'; see gyeol model list", name);
  gy_status status = gy_project_sql(dir, name, &context->task, &sql, err);
  if (status == GY_OK) cli_sql(context, name, sql);
  return status;
}

static const cli_option OPTIONS[] = {
    {"name", 0, "NAME", "import: of the model"},
    {"customer", 0, "COLUMN", "import: who it is about (default: customer_id)"},
    {"score", 0, "COLUMN", "import: the number (default: score)"},
    {0},
};

static void print_import(const json_t *result) {
  char count[2][32];
  size_t i;
  json_t *row;
  json_int_t unmatched = json_integer_value(json_object_get(result, "unmatched")),
             refused = json_integer_value(json_object_get(result, "refused"));
  printf("%s customers have a score of %s; rules say score('%s')\n",
         cli_thousands(json_integer_value(json_object_get(result, "customers")), count[0]),
         show_text(result, "model"), show_text(result, "model"));
  if (unmatched > 0) printf("%s rows name no customer\n", cli_thousands(unmatched, count[0]));
  json_array_foreach(json_object_get(result, "unmatched_rows"), i, row)
      printf("  row %lld: %s\n", (long long)json_integer_value(json_object_get(row, "row")),
             show_text(row, "customer_id"));
  if (refused > 0) printf("%s rows refused\n", cli_thousands(refused, count[1]));
  json_array_foreach(json_object_get(result, "refused_rows"), i, row)
      printf("  row %lld: '%s': %s\n", (long long)json_integer_value(json_object_get(row, "row")),
             show_text(row, "value"), show_text(row, "reason"));
}

static gy_status import_scores(cli *context, gy_error *err) {
  char *text = NULL;
  json_t *result = NULL;
  const char *name = cli_get(context, "name");
  if (context->n_arguments < 2 || name == NULL)
    return gy_fail(err, GY_EUSAGE, "model import needs a file and --name NAME");
  gy_status status = gy_project_model_import(cli_project_dir(context, 2), context->arguments[1], name,
                                             cli_get(context, "customer"), cli_get(context, "score"),
                                             &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status == GY_OK && !context->json && !context->quiet) print_import(result);
  json_decref(result);
  return status;
}

static gy_status run_model(cli *context, gy_error *err) {
  const char *what = context->n_arguments > 0 ? context->arguments[0] : "";
  if (strcmp(what, "list") == 0) return show_models(context, NULL, cli_project_dir(context, 1), err);
  if (strcmp(what, "import") == 0) return import_scores(context, err);
  bool sql = strcmp(what, "sql") == 0;
  if (!sql && strcmp(what, "show") != 0)
    return gy_fail(err, GY_EUSAGE,
                   "model needs list, show NAME, sql NAME or import FILE; see gyeol model --help");
  if (context->n_arguments < 2)
    return gy_fail(err, GY_EUSAGE, "model %s needs a model's name; see gyeol model list", what);
  const char *name = context->arguments[1], *dir = cli_project_dir(context, 2);
  return sql ? print_sql(context, name, dir, err) : show_models(context, name, dir, err);
}

const cli_command CMD_MODEL = {
    .name = "model",
    .synopsis =
        "model list [DIR]\n"
        "model show NAME [DIR]\n"
        "model sql NAME [DIR]\n"
        "model import FILE [DIR] --name NAME [--customer COLUMN] [--score COLUMN]",
    .summary = "the fitted models, their SQL for any warehouse, scores of other models",
    .description =
        "A model is what the last run fitted: clusters, rfm. sql prints it as a SELECT from\n"
        "customer_features in the SQL that DuckDB and PostgreSQL share, so that new customers can be\n"
        "scored where their rows are.\n\n"
        "import takes the scores that a model from elsewhere gave customers out of a table of any form, in\n"
        "place of those it gave before; rules then say score('NAME').",
    .examples =
        "gyeol model list shop\n"
        "gyeol model sql clusters shop\n"
        "gyeol model import churn.csv shop --name churn --score p",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 3,
    .run = run_model,
};
