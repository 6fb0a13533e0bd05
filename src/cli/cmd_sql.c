/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli.h"

void cli_sql(cli *context, const char *what, char *sql) {
  cli_progress_erase(context->progress);
  if (context->json) {
    json_t *object = json_pack("{s:s, s:s}", "what", what, "sql", sql);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
  } else {
    puts(sql);
  }
  gy_text_free(sql);
}

#define NAMES "key_figures, cleaning, features, rfm, clusters, cohort, months, products, categories"

static gy_status run_sql(cli *context, gy_error *err) {
  if (context->n_arguments == 0) return gy_fail(err, GY_EUSAGE, "sql needs what to show: " NAMES);
  const char *what = context->arguments[0];
  char *sql = NULL;
  gy_status status = gy_project_sql(cli_project_dir(context, 1), what, &context->task, &sql, err);
  if (status == GY_OK) cli_sql(context, what, sql);
  return status;
}

const cli_command CMD_SQL = {
    .name = "sql",
    .synopsis = "sql NAME [DIR]",
    .summary = "show the SQL behind the numbers",
    .description =
        "Prints the SQL that defines a computation, with this project's rules filled in. NAME is one of:\n"
        "  " NAMES
        ".\n"
        "The features are computed by a faster kernel that a test holds to this SQL.",
    .examples = "gyeol sql features shop\ngyeol sql months shop",
    .on_project = true,
    .most_arguments = 2,
    .run = run_sql,
};
