/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"limit", 'n', "N", "at most so many rows (default: 1000; all with --out)"},
    {"out", 'o', "FILE", "write the rows to a file: .csv, .tsv, .parquet, .json, .ndjson"},
    {0},
};

static bool is_number(const json_t *rows, const char *column) {
  const json_t *value = json_object_get(json_array_get(rows, 0), column);
  return json_is_number(value);
}

static void print_rows(const json_t *answer) {
  const json_t *names = json_object_get(answer, "columns"), *rows = json_object_get(answer, "rows");
  size_t n = json_array_size(names), i;
  json_t *row;
  cli_column *columns = calloc(n + 1, sizeof *columns);
  if (columns == NULL || n == 0) {
    free(columns);
    return;
  }
  for (size_t c = 0; c < n; c++) {
    const char *name = json_string_value(json_array_get(names, c));
    columns[c] = (cli_column){name, is_number(rows, name) ? CLI_RIGHT : CLI_LEFT};
  }
  cli_table *table = cli_table_create(columns, n);
  json_array_foreach(rows, i, row) {
    for (size_t c = 0; c < n; c++) {
      const json_t *value = json_object_get(row, columns[c].title);
      char *number = json_is_string(value) || json_is_null(value)
                         ? NULL
                         : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
      cli_table_cell(table, "%s", number != NULL ? number : show_text(row, columns[c].title));
      free(number);
    }
  }
  cli_table_print(table);
  free(columns);
}

static gy_status run_query(cli *context, gy_error *err) {
  if (context->n_arguments == 0)
    return gy_fail(err, GY_EUSAGE,
                   "query needs a SELECT in quotes: gyeol query 'SELECT * FROM customers' shop");
  const char *sql = context->arguments[0];
  char *text = NULL;
  gy_query_options options = {.output = cli_get(context, "out")};
  gy_status status = cli_limit(context, &options.limit, err);
  if (status == GY_OK)
    status = gy_project_query(cli_project_dir(context, 1), sql, &options, &context->task, &text, err);
  json_t *answer = NULL;
  if (status == GY_OK) status = cli_result(context, text, &answer, err);
  if (status != GY_OK) return status;
  char number[32];
  if (!context->json && options.output != NULL && !context->quiet) {
    printf("%s rows written to %s\n",
           cli_thousands(json_integer_value(json_object_get(answer, "rows")), number), options.output);
  } else if (!context->json && options.output == NULL) {
    size_t n = json_array_size(json_object_get(answer, "rows"));
    bool more = json_is_true(json_object_get(answer, "more"));
    print_rows(answer);
    printf("%s row%s%s\n", cli_thousands((long long)n, number), n == 1 ? "" : "s",
           more ? ", and there are more; see --limit and --out" : "");
  }
  json_decref(answer);
  return GY_OK;
}

const cli_command CMD_QUERY = {
    .name = "query",
    .synopsis = "query 'SELECT ...' [DIR] [OPTIONS]",
    .summary = "ask the last run's tables a question of one's own, in SQL",
    .description =
        "The tables are order_lines (cleaned lines with their flags), order_items, customers, products,\n"
        "customer_features, customer_rfm, customer_clusters; where there are such sources, orders, events,\n"
        "engagements, reviews, surveys, consents, regions and market; and source_NAME for each source as it\n"
        "was imported. A query can only read.",
    .examples =
        "gyeol query 'SELECT * FROM customer_features ORDER BY monetary DESC' shop --limit 10\n"
        "gyeol query 'SELECT status, count(*) AS lines FROM order_items GROUP BY status' shop --json\n"
        "gyeol query 'SELECT * FROM customers' shop --out customers.csv",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 2,
    .run = run_query,
};
