/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd_identity_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/link_files.h>

#include "show.h"

static gy_status read_probability(cli *context, const char *option, double *value, gy_error *err) {
  const char *text = cli_get(context, option);
  if (text == NULL) return GY_OK;
  char *end;
  double number = strtod(text, &end);
  if (end == text || *end != '\0' || !(number > 0 && number < 1))
    return gy_fail(err, GY_EUSAGE, "--%s %s is no probability; it must lie between 0 and 1, as in 0.99",
                   option, text);
  *value = number;
  return GY_OK;
}

static double number_at(const json_t *object, const char *key, size_t i) {
  return json_number_value(json_array_get(json_object_get(object, key), i));
}

/* Bits of agreement at each level, the highest first. */
static void print_fields(const json_t *fields) {
  static const cli_column COLUMNS[] = {{"field", CLI_LEFT},  {"compared as", CLI_LEFT},
                                       {"equal", CLI_RIGHT}, {"near", CLI_RIGHT},
                                       {"alike", CLI_RIGHT}, {"differs", CLI_RIGHT}};
  cli_table *table = cli_table_create(COLUMNS, 6);
  size_t i;
  json_t *field;
  json_array_foreach(fields, i, field) {
    size_t levels = json_array_size(json_object_get(field, "bits"));
    cli_table_cell(table, "%s", show_text(field, "field"));
    cli_table_cell(table, "%s", show_text(field, "compare"));
    for (size_t k = 0; k < 3; k++) {
      if (k + 1 < levels)
        cli_table_cell(table, "%+.1f", number_at(field, "bits", levels - 1 - k));
      else
        cli_table_cell(table, "%s", "");
    }
    cli_table_cell(table, "%+.1f", number_at(field, "bits", 0));
  }
  cli_table_print(table);
}

static void print_blocks(const json_t *blocks) {
  static const cli_column COLUMNS[] = {{"rows that share", CLI_LEFT}, {"pairs", CLI_RIGHT}};
  cli_table *table = cli_table_create(COLUMNS, 2);
  char number[32];
  size_t i;
  json_t *block;
  json_array_foreach(blocks, i, block) {
    cli_table_cell(table, "%s", show_text(block, "block"));
    cli_table_cell(table, "%s", cli_thousands(json_integer_value(json_object_get(block, "pairs")), number));
  }
  cli_table_print(table);
  json_array_foreach(blocks, i, block) {
    long long passed = json_integer_value(json_object_get(block, "passed_over"));
    if (passed > 0)
      printf("%s: %lld %s too common to compare, the most common '%s'\n", show_text(block, "block"), passed,
             passed == 1 ? "value was" : "values were", show_text(block, "largest_passed_over"));
  }
}

/* "name +9.1 birth -4.0": what each field said. */
static void tell_evidence(const json_t *pair, char *text, size_t size) {
  const char *name;
  json_t *field;
  size_t used = 0;
  text[0] = '\0';
  json_object_foreach(json_object_get(pair, "fields"), name, field) {
    double bits = json_number_value(json_object_get(field, "bits"));
    int n = snprintf(text + used, size - used, "%s%s %+.1f", used > 0 ? ", " : "", name, bits);
    if (n < 0 || (size_t)n >= size - used) return;
    used += (size_t)n;
  }
}

static void print_examples(const json_t *pairs) {
  static const cli_column COLUMNS[] = {{"row", CLI_RIGHT},
                                       {"row", CLI_RIGHT},
                                       {"", CLI_LEFT},
                                       {"sure", CLI_RIGHT},
                                       {"bits by field", CLI_LEFT}};
  char text[512];
  cli_table *table = cli_table_create(COLUMNS, 5);
  size_t i;
  json_t *pair;
  json_array_foreach(pairs, i, pair) {
    tell_evidence(pair, text, sizeof text);
    cli_table_cell(table, "%lld", (long long)json_integer_value(json_object_get(pair, "left_row")));
    cli_table_cell(table, "%lld", (long long)json_integer_value(json_object_get(pair, "right_row")));
    cli_table_cell(table, "%s", show_text(pair, "decision"));
    cli_table_cell(table, "%.2f%%", 100 * json_number_value(json_object_get(pair, "probability")));
    cli_table_cell(table, "%s", text);
  }
  cli_table_print(table);
}

static void print_result(const json_t *result) {
  char rows[32], with[32], pairs[32], matches[32], review[32];
  const json_t *with_rows = json_object_get(result, "with_rows");
  cli_thousands(json_integer_value(json_object_get(result, "rows")), rows);
  cli_thousands(json_integer_value(with_rows), with);
  cli_thousands(json_integer_value(json_object_get(result, "candidates")), pairs);
  cli_thousands(json_integer_value(json_object_get(result, "matches")), matches);
  cli_thousands(json_integer_value(json_object_get(result, "review")), review);
  if (json_is_null(with_rows))
    printf("%s rows with each other, ", rows);
  else
    printf("%s rows with %s, ", rows, with);
  printf("%s pairs compared: %s matches, %s for review\n\n", pairs, matches, review);
  print_fields(json_object_get(result, "fields"));
  printf("Bits are log2 of how much likelier that is of one person than of two.\n\n");
  print_blocks(json_object_get(result, "blocks"));
  const char *out = show_text(result, "out");
  if (out[0] != '\0') {
    printf("\nPairs: %s\n", out);
  } else if (json_array_size(json_object_get(result, "examples")) > 0) {
    putchar('\n');
    print_examples(json_object_get(result, "examples"));
    printf("The first pairs only; --out FILE writes all, with both rows' values\n");
  }
}

gy_status cli_identity_link(cli *context, gy_error *err) {
  const char *blocks[CLI_MAX_GIVEN];
  gy_link_files_options options = gy_link_files_defaults(cli_get(context, "input"), cli_get(context, "with"));
  if (options.input == NULL)
    return gy_fail(err, GY_EUSAGE, "identity link needs --input FILE; see gyeol identity --help");
  options.compare = cli_get(context, "compare");
  options.blocks = blocks;
  options.n_blocks = cli_get_all(context, "block", blocks);
  options.id = cli_get(context, "id");
  options.with_id = cli_get(context, "with-id");
  options.output = cli_get(context, "out");
  options.one_to_one = cli_get(context, "one-to-one") != NULL;
  gy_status status = read_probability(context, "threshold", &options.match_prob, err);
  if (status == GY_OK) status = read_probability(context, "review", &options.review_prob, err);
  if (status == GY_OK && cli_get(context, "review") == NULL && options.review_prob > options.match_prob)
    options.review_prob = options.match_prob;
  char *text = NULL;
  json_t *result = NULL;
  if (status == GY_OK) status = gy_link_files(&options, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) print_result(result);
  json_decref(result);
  return GY_OK;
}
