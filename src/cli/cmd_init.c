/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"yes", 'y', NULL, "ask nothing"},
    {"force", 0, NULL, "replace a gyeol.yaml that is there"},
    {"dry-run", 0, NULL, "show the guess, write nothing"},
    {"no-segments", 0, NULL, "write no first segments into DIR/segments"},
    {"name", 0, "NAME", "the project's name (default: the folder's)"},
    {"tz", 0, "ZONE", "time zone of dates and day boundaries (default: Asia/Seoul)"},
    {"currency", 0, "CODE", "currency, like KRW or GBP (default: what the data show, else KRW)"},
    {"lang", 0, "ko|en", "language of the report (default: that of the column names)"},
    {0},
};

static void print_columns(const json_t *columns) {
  static const cli_column COLUMNS[] = {{"column", CLI_LEFT},
                                       {"role", CLI_LEFT},
                                       {"sure", CLI_RIGHT},
                                       {"samples", CLI_LEFT},
                                       {"because", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, 5);
  size_t i;
  json_t *column;
  json_array_foreach(columns, i, column) {
    const json_t *samples = json_object_get(column, "samples");
    cli_table_cell(table, "  %s", show_text(column, "name"));
    cli_table_cell(table, "%s", show_text(column, "role"));
    cli_table_cell(table, "%.0f%%", 100 * json_number_value(json_object_get(column, "confidence")));
    char joined[160] = "";
    for (size_t s = 0; s < json_array_size(samples) && s < 3; s++) {
      size_t used = strlen(joined);
      snprintf(joined + used, sizeof joined - used, "%s%s", s > 0 ? " | " : "",
               json_string_value(json_array_get(samples, s)));
    }
    cli_table_cell(table, "%s", joined);
    cli_table_cell(table, "%s", show_text(column, "reason"));
  }
  cli_table_print(table);
}

static void print_guess(const json_t *guess) {
  size_t i;
  json_t *file;
  json_array_foreach(json_object_get(guess, "files"), i, file) {
    char rows[32];
    const char *sheet = show_text(file, "sheet");
    printf("%s%s%s%s: %s (%s%s%s, %s rows looked at)\n", i > 0 ? "\n" : "", show_text(file, "path"),
           sheet[0] != '\0' ? ", sheet " : "", sheet, show_text(file, "target"), show_text(file, "format"),
           show_text(file, "encoding")[0] != '\0' ? ", " : "", show_text(file, "encoding"),
           cli_thousands(json_integer_value(json_object_get(file, "rows")), rows));
    bool is_other = strcmp(show_text(file, "target"), "other") == 0,
         is_kept = show_text(file, "source")[0] != '\0';
    if (is_other && is_kept)
      printf("  none of gyeol's tables (%s): kept beside them as it is, under the name %s\n",
             show_text(file, "note"), show_text(file, "source"));
    else if (is_other)
      printf("  left aside: %s\n", show_text(file, "note"));
    else if (show_text(file, "note")[0] != '\0')
      printf("  %s\n", show_text(file, "note"));
    print_columns(json_object_get(file, "columns"));
  }
}

static bool confirmed(void) {
  fputs("\nWrite this to the project? [Y/n] ", stdout);
  fflush(stdout);
  char answer[16];
  if (fgets(answer, sizeof answer, stdin) == NULL) return false;
  return answer[0] == '\n' || answer[0] == 'y' || answer[0] == 'Y';
}

static gy_status guess_once(cli *context, const char *dir, bool dry_run, json_t **guess, gy_error *err) {
  gy_init_options options = {.name = cli_get(context, "name"),
                             .timezone = cli_get(context, "tz"),
                             .language = cli_get(context, "lang"),
                             .currency = cli_get(context, "currency"),
                             .force = cli_get(context, "force") != NULL,
                             .dry_run = dry_run,
                             .without_segments = cli_get(context, "no-segments") != NULL};
  char *text = NULL;
  gy_status status = gy_project_init(dir, context->arguments, (size_t)context->n_arguments, &options,
                                     &context->task, &text, err);
  return status == GY_OK ? cli_result(context, text, guess, err) : status;
}

static gy_status run_init(cli *context, gy_error *err) {
  const char *dir = cli_project_dir(context, 0);
  if (context->n_arguments == 0)
    return gy_fail(err, GY_EUSAGE, "init needs a folder and at least one file: gyeol init shop orders.csv");
  bool asks =
      cli_get(context, "yes") == NULL && !context->json && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
  bool dry_run = cli_get(context, "dry-run") != NULL;
  json_t *guess = NULL;
  gy_status status = guess_once(context, dir, dry_run || asks, &guess, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) print_guess(guess);
  size_t n_segments = json_array_size(json_object_get(guess, "segments"));
  json_decref(guess);
  if (asks && !dry_run) {
    if (!confirmed()) {
      puts("Nothing was written.");
      return GY_OK;
    }
    status = guess_once(context, dir, false, &guess, err);
    if (status != GY_OK) return status;
    n_segments = json_array_size(json_object_get(guess, "segments"));
    json_decref(guess);
  }
  if (!dry_run && !context->json && !context->quiet) {
    printf("\nWrote %s/gyeol.yaml: change there what was guessed wrong. Next: gyeol run %s\n", dir, dir);
    if (n_segments > 0)
      printf("%zu segments to begin with are in %s/segments; change or delete them.\n", n_segments, dir);
  }
  return GY_OK;
}

const cli_command CMD_INIT = {
    .name = "init",
    .synopsis = "init DIR FILE... [OPTIONS]",
    .summary = "look at files, guess their columns, write DIR/gyeol.yaml",
    .description =
        "Guesses encoding, delimiter, header and the role of every column (customer, order, time,\n"
        "product, quantity, price, ...) with a confidence and a reason. Several files are recognised\n"
        "as order lines, orders, customers, products, events, engagements of campaigns, reviews, surveys,\n"
        "consents, regions or market figures, and joined on their keys.\n\n"
        "Where there is no folder DIR/segments, it is made with a few segments to begin with: champions, at\n"
        "risk, new customers, one-time buyers, and abandoned carts where there are events.",
    .examples =
        "gyeol init shop online_retail.csv\n"
        "gyeol init shop sales.csv customers.csv products.parquet --yes\n"
        "gyeol init shop 매출.xlsx --yes\n"
        "gyeol init shop 주문내역.csv --lang ko --dry-run",
    .options = OPTIONS,
    .most_arguments = CLI_ANY_ARGUMENTS,
    .run = run_init,
};
