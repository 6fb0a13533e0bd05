/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/simulate.h>

#include "cli.h"

static const cli_option OPTIONS[] = {
    {"customers", 0, "N", "how many customers (default: 10000)"},
    {"seed", 0, "S", "same seed, same bytes (default: 1)"},
    {"out", 'o', "DIR", "where to write the files"},
    {"format", 0, "csv|parquet", "format of the files (default: csv)"},
    {"lines", 0, "N", "order lines to aim for (default: what the customers' own rates give)"},
    {"tables", 0, "all|NAME,NAME", "which tables to write, as orders,customers (default: all)"},
    {"dirty", 0, "SHARE", "share of order lines with a defect, 0 to 0.5 (default: 0)"},
    {"people", 0, "plain|messy", "messy: registered twice, guests, slips, shared phones, with names"},
    {"columns", 0, "plain|full", "full adds channel, coupon and status to orders"},
    {"names", 0, "en|ko", "language of the columns' names (default: en)"},
    {"encoding", 0, "utf-8|cp949", "encoding of CSV (default: utf-8)"},
    {0},
};

static gy_status read_number(cli *context, const char *option, double low, double high, double *value,
                             gy_error *err) {
  const char *text = cli_get(context, option);
  if (text == NULL) return GY_OK;
  char *end;
  double number = strtod(text, &end);
  if (end == text || *end != '\0' || !(number >= low && number <= high))
    return gy_fail(err, GY_EUSAGE, "--%s %s is not a number from %.15g to %.15g", option, text, low, high);
  *value = number;
  return GY_OK;
}

/* Reads an option with two words; `second` tells which was given. */
static gy_status read_choice(cli *context, const char *option, const char *first_word,
                             const char *second_word, bool *second, gy_error *err) {
  const char *text = cli_get(context, option);
  *second = text != NULL && strcmp(text, second_word) == 0;
  if (text == NULL || *second || strcmp(text, first_word) == 0) return GY_OK;
  return gy_fail(err, GY_EUSAGE, "--%s %s is not known; use %s or %s", option, text, first_word, second_word);
}

static bool is_table_name(int table, const char *text, size_t length) {
  const char *name = gy_shop_table_name((gy_shop_table)table);
  return strlen(name) == length && strncmp(name, text, length) == 0;
}

/* Names of tables, parted by commas. */
static gy_status read_tables(cli *context, unsigned *tables, gy_error *err) {
  const char *text = cli_get(context, "tables");
  if (text == NULL || strcmp(text, "all") == 0) return GY_OK;
  *tables = 0;
  for (const char *at = text; at != NULL;) {
    const char *comma = strchr(at, ',');
    size_t length = comma != NULL ? (size_t)(comma - at) : strlen(at);
    int t = 0;
    while (t < GY_SHOP_USUAL_COUNT && !is_table_name(t, at, length)) t++;
    if (t == GY_SHOP_USUAL_COUNT)
      return gy_fail(
          err, GY_EUSAGE,
          "--tables %s: %.*s is not known; use all, or some of customers, products, orders, events, "
          "campaigns, engagements, reviews, surveys, consents, regions, market, truth, "
          "truth_reviews and truth_surveys, parted by commas",
          text, (int)length, at);
    *tables |= 1u << t;
    at = comma != NULL ? comma + 1 : NULL;
  }
  return GY_OK;
}

static gy_status read_options(cli *context, gy_shop_options *options, gy_error *err) {
  gy_shop_options_init(options);
  double customers = (double)options->customers, seed = (double)options->seed, lines = 0;
  bool parquet, full, korean, cp949, messy;
  gy_status status = read_number(context, "customers", 1, 2147483647, &customers, err);
  if (status == GY_OK) status = read_number(context, "seed", 0, 9007199254740992.0, &seed, err);
  if (status == GY_OK) status = read_number(context, "lines", 1, 1e12, &lines, err);
  if (status == GY_OK) status = read_number(context, "dirty", 0, 0.5, &options->dirty_share, err);
  if (status == GY_OK) status = read_choice(context, "format", "csv", "parquet", &parquet, err);
  if (status == GY_OK) status = read_tables(context, &options->tables, err);
  if (status == GY_OK) status = read_choice(context, "people", "plain", "messy", &messy, err);
  if (status == GY_OK) status = read_choice(context, "columns", "plain", "full", &full, err);
  if (status == GY_OK) status = read_choice(context, "names", "en", "ko", &korean, err);
  if (status == GY_OK) status = read_choice(context, "encoding", "utf-8", "cp949", &cp949, err);
  if (status != GY_OK) return status;
  options->customers = (uint64_t)customers;
  options->seed = (uint64_t)seed;
  options->lines_per_customer = lines / customers;
  options->format = parquet ? GY_SHOP_PARQUET : GY_SHOP_CSV;
  options->messy_people = messy;
  if (messy) options->tables |= GY_SHOP_PEOPLE_TABLES;
  options->full_columns = full;
  options->korean_names = korean;
  options->encoding = cp949 ? GY_SHOP_CP949 : GY_SHOP_UTF8;
  return GY_OK;
}

static void print_summary(const gy_shop_summary *summary, const char *dir) {
  static const cli_column COLUMNS[] = {{"table", CLI_LEFT}, {"rows", CLI_RIGHT}, {"MB", CLI_RIGHT}};
  cli_table *table = cli_table_create(COLUMNS, 3);
  char number[32];
  for (int t = 0; t < GY_SHOP_TABLE_COUNT; t++) {
    if (summary->bytes[t] == 0) continue;
    cli_table_cell(table, "%s", gy_shop_table_name(t));
    cli_table_cell(table, "%s", cli_thousands((long long)summary->rows[t], number));
    cli_table_cell(table, "%.1f", (double)summary->bytes[t] / 1e6);
  }
  cli_table_print(table);
  printf(
      "\n%s orders in %.2f s, written to %s; what only the simulator knows is in files that begin with "
      "truth\n",
      cli_thousands((long long)summary->orders, number), summary->seconds, dir);
}

static void print_json(const gy_shop_summary *summary, const char *dir) {
  json_t *rows = json_object(), *defects = json_object();
  for (int t = 0; t < GY_SHOP_TABLE_COUNT; t++)
    if (summary->bytes[t] > 0)
      json_object_set_new(rows, gy_shop_table_name(t), json_integer((json_int_t)summary->rows[t]));
  for (int d = 0; d < GY_SHOP_DEFECT_COUNT; d++)
    json_object_set_new(defects, gy_shop_defect_name(d), json_integer((json_int_t)summary->defects[d]));
  json_t *object = json_pack("{s:s, s:o, s:I, s:I, s:o, s:f}", "out", dir, "rows", rows, "orders",
                             (json_int_t)summary->orders, "returns", (json_int_t)summary->returns, "defects",
                             defects, "seconds", summary->seconds);
  json_dumpf(object, stdout, JSON_COMPACT);
  putchar('\n');
  json_decref(object);
}

static gy_status run_simulate(cli *context, gy_error *err) {
  if (context->n_arguments > 0 && strcmp(context->arguments[0], "shop") != 0)
    return gy_fail(err, GY_EUSAGE, "simulate %s is not known; use simulate shop", context->arguments[0]);
  const char *dir = cli_get(context, "out");
  if (dir == NULL) return gy_fail(err, GY_EUSAGE, "simulate shop needs --out DIR");
  gy_shop_options options;
  gy_status status = read_options(context, &options, err);
  if (status != GY_OK) return status;
  gy_shop_summary summary;
  status = gy_simulate_shop(&options, dir, &context->task, &summary, err);
  if (status != GY_OK) return status;
  cli_progress_erase(context->progress);
  if (context->json)
    print_json(&summary, dir);
  else if (!context->quiet)
    print_summary(&summary, dir);
  return GY_OK;
}

const cli_command CMD_SIMULATE = {
    .name = "simulate",
    .synopsis = "simulate shop --out DIR [OPTIONS]",
    .summary = "make a Korean online shop whose truth is known",
    .description =
        "Customers with latent types, BG/NBD purchases and gamma-gamma spend, categories, seasons and\n"
        "holidays, coupons, returns, regions, web events, campaigns with a known effect, reviews with a\n"
        "known sentiment. Any size, the same bytes for the same seed.",
    .examples =
        "gyeol simulate shop --customers 10000 --seed 7 --out shop-data\n"
        "gyeol simulate shop --customers 1000000 --lines 20000000 --tables orders --out big\n"
        "gyeol simulate shop --dirty 0.02 --out dirty\n"
        "gyeol simulate shop --people messy --out people\n"
        "gyeol simulate shop --names ko --encoding cp949 --out excel",
    .options = OPTIONS,
    .most_arguments = 1,
    .run = run_simulate,
};
