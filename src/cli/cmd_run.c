/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"as-of", 0, "DATE", "the moment to look from (default: last order plus one day)"},
    {"tz", 0, "ZONE", "time zone (default: the project's)"},
    {"seed", 0, "N", "seed of everything random (default: the project's)"},
    {"force", 0, NULL, "run every step although nothing changed"},
    {"until", 0, "STEP", "import, identity, consent, tables, features, rfm, clusters, profiles or trends"},
    {0},
};

static void print_steps(const json_t *steps) {
  static const cli_column COLUMNS[] = {
      {"step", CLI_LEFT}, {"", CLI_LEFT}, {"rows", CLI_RIGHT}, {"seconds", CLI_RIGHT}, {"because", CLI_LEFT}};
  cli_table *table = cli_table_create(COLUMNS, 5);
  size_t i;
  json_t *step;
  char number[32];
  json_array_foreach(steps, i, step) {
    cli_table_cell(table, "%s", show_text(step, "step"));
    cli_table_cell(table, "%s", show_text(step, "state"));
    cli_table_cell(table, "%s", cli_thousands(json_integer_value(json_object_get(step, "rows")), number));
    cli_table_cell(table, "%.2f", json_number_value(json_object_get(step, "seconds")));
    cli_table_cell(table, "%s", show_text(step, "reason"));
  }
  cli_table_print(table);
}

static const char *count_text(const json_t *object, const char *key, char text[32]) {
  return cli_thousands(json_integer_value(json_object_get(object, key)), text);
}

/* What was made of columns that say who somebody is, and of texts that name somebody. */
static void print_people(const json_t *quality) {
  char a[32], b[32], c[32], d[32];
  const char *kind;
  const json_t *cells;
  json_t *row, *n;
  size_t i;
  json_array_foreach(json_object_get(quality, "identifiers"), i, row) {
    printf("  %s: %s pseudonyms, %s empty, %s nobody's, %s invalid\n", show_text(row, "column"),
           count_text(row, "pseudonyms", a), count_text(row, "empty", b), count_text(row, "junk", c),
           count_text(row, "invalid", d));
  }
  json_array_foreach(json_object_get(quality, "free_text"), i, row) {
    cells = json_object_get(row, "cells");
    json_object_foreach((json_t *)cells, kind, n) {
      printf("  %s: %s cells with %s, %s\n", show_text(row, "column"),
             cli_thousands(json_integer_value(n), a), kind,
             json_is_true(json_object_get(row, "masked")) ? "masked" : "stored as they are");
    }
  }
  if (json_integer_value(json_object_get(quality, "forgotten")) > 0)
    printf("  %s rows of forgotten people left out\n", count_text(quality, "forgotten", a));
}

static void print_sources(const json_t *sources, const json_t *quality) {
  const char *name;
  json_t *source;
  char read[32], accepted[32], rejected[32];
  json_object_foreach((json_t *)sources, name, source) {
    const char *target = show_text(source, "target");
    bool is_plain = strncmp(name, target, strlen(target)) == 0; /* orders, orders_2 */
    printf("%s%s%s%s: %s rows read, %s accepted, %s rejected\n", name, is_plain ? "" : " (",
           is_plain ? "" : target, is_plain ? "" : ")",
           cli_thousands(json_integer_value(json_object_get(source, "read")), read),
           cli_thousands(json_integer_value(json_object_get(source, "accepted")), accepted),
           cli_thousands(json_integer_value(json_object_get(source, "rejected")), rejected));
    const json_t *kept = json_object_get(source, "rejects_kept");
    if (json_is_integer(kept))
      printf("  %s of the rejected rows are kept for gyeol rejects; the others are in their files alone\n",
             cli_thousands(json_integer_value(kept), read));
    print_people(json_object_get(quality, name));
  }
}

static void print_identity(const json_t *identity) {
  char people[32], merged[32], guests[32], apart[32], stopped[32], review[32];
  if (!json_is_object(identity)) return;
  printf(
      "%s people known by keys, %s of them with several customer ids, %s guests; %s pairs kept apart, %s "
      "groups "
      "too large to be one person, %s pairs to review\n",
      count_text(identity, "people", people), count_text(identity, "merged", merged),
      count_text(identity, "guests", guests), count_text(identity, "apart", apart),
      count_text(identity, "stopped", stopped), count_text(identity, "review", review));
}

static void print_manifest(const json_t *manifest) {
  char customers[32], orders[32], revenue[64];
  print_steps(json_object_get(manifest, "steps"));
  putchar('\n');
  print_sources(json_object_get(manifest, "sources"),
                json_object_get(json_object_get(manifest, "quality"), "sources"));
  print_identity(json_object_get(manifest, "identity"));
  printf("%s customers, %s orders, %s %s as of %s\n\n",
         cli_thousands(json_integer_value(json_object_get(manifest, "customers")), customers),
         cli_thousands(json_integer_value(json_object_get(manifest, "orders")), orders),
         cli_money(show_text(manifest, "revenue"), revenue), show_text(manifest, "currency"),
         show_text(manifest, "as_of"));
  show_segments(json_object_get(manifest, "segments"));
  const json_t *clusters = json_object_get(manifest, "clusters");
  if (show_text(clusters, "reason")[0] != '\0')
    printf("\n%lld clusters: %s\n", (long long)json_integer_value(json_object_get(clusters, "k")),
           show_text(clusters, "reason"));
  if (show_text(manifest, "report")[0] != '\0') printf("\nReport: %s\n", show_text(manifest, "report"));
}

static gy_status run_run(cli *context, gy_error *err) {
  const char *dir = cli_project_dir(context, 0);
  gy_run_options options = {.as_of = cli_get(context, "as-of"),
                            .timezone = cli_get(context, "tz"),
                            .seed = cli_get(context, "seed"),
                            .force = cli_get(context, "force") != NULL,
                            .until = cli_get(context, "until")};
  char *text = NULL;
  gy_status status = gy_project_run(dir, &options, &context->task, &text, err);
  if (status != GY_OK) return status;
  json_t *manifest = NULL;
  status = cli_result(context, text, &manifest, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) {
    if (json_is_false(json_object_get(manifest, "changed")))
      printf("Nothing to do: %s\nReport: %s\n", show_text(manifest, "reason"), show_text(manifest, "report"));
    else
      print_manifest(manifest);
  }
  json_decref(manifest);
  return GY_OK;
}

const cli_command CMD_RUN = {
    .name = "run",
    .synopsis = "run [DIR] [OPTIONS]",
    .summary = "import, clean, compute features, segments and the report",
    .description =
        "Runs every step whose inputs changed and commits the whole as one run: when anything fails,\n"
        "or on Ctrl-C, the store is as it was. A run with nothing changed says so and ends.",
    .examples =
        "gyeol run shop\n"
        "gyeol run shop --as-of 2011-12-10\n"
        "gyeol run -C shop --memory 2GB --json",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 1,
    .run = run_run,
};
