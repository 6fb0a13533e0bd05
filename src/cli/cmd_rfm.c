/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"input", 'i', "FILE",
     "csv, tsv, xlsx (book.xlsx#sheet), json, ndjson or parquet; gzip, xz and zstd too"},
    {"customer", 0, "COLUMN", "the customer's id"},
    {"order", 0, "COLUMN", "the order's id (default: every row is an order)"},
    {"time", 0, "COLUMN", "when the order was placed"},
    {"amount", 0, "COLUMN", "what was paid"},
    {"as-of", 0, "DATE", "the moment to look from (default: last order plus one day)"},
    {"tz", 0, "ZONE", "time zone of the times (default: Asia/Seoul)"},
    {"out", 'o', "FILE", "a row a customer: .csv, .xlsx, .parquet or .json"},
    {0},
};

static gy_status run_rfm(cli *context, gy_error *err) {
  gy_rfm_file_options options = {.input = cli_get(context, "input"),
                                 .customer = cli_get(context, "customer"),
                                 .order = cli_get(context, "order"),
                                 .time = cli_get(context, "time"),
                                 .amount = cli_get(context, "amount"),
                                 .as_of = cli_get(context, "as-of"),
                                 .timezone = cli_get(context, "tz"),
                                 .output = cli_get(context, "out")};
  if (options.input == NULL || options.customer == NULL || options.time == NULL || options.amount == NULL)
    return gy_fail(err, GY_EUSAGE,
                   "rfm needs --input FILE, --customer, --time and --amount; see gyeol rfm --help");
  char *text = NULL;
  gy_status status = gy_rfm_file(&options, &context->task, &text, err);
  if (status != GY_OK) return status;
  json_t *result = NULL;
  status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) {
    char count[32], money[64];
    printf("%s customers, revenue %s as of %s\n\n",
           cli_thousands(json_integer_value(json_object_get(result, "customers")), count),
           cli_money(show_text(result, "revenue"), money), show_text(result, "as_of"));
    show_segments(json_object_get(result, "segments"));
    if (options.output != NULL) printf("Customers: %s\n", options.output);
  }
  json_decref(result);
  return GY_OK;
}

const cli_command CMD_RFM = {
    .name = "rfm",
    .synopsis = "rfm --input FILE --customer C --order O --time T --amount A [OPTIONS]",
    .summary = "RFM scores and segments of one file, without a project",
    .description =
        "Recency, frequency and monetary value of every customer, quintile scores in which equal values\n"
        "always get equal scores, and the eleven named segments.",
    .examples =
        "gyeol rfm -i orders.csv --customer customer_id --order order_id --time ordered_at \\\n"
        "    --amount total --out rfm.csv",
    .options = OPTIONS,
    .run = run_rfm,
};
