/* SPDX-License-Identifier: Apache-2.0
 *
 * The first minutes: a simulated shop, its project, a run, and where to look. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/simulate.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"customers", 0, "N", "how many customers (default: 20000)"},
    {0},
};

enum { N_FILES = 5 };

/* Writes the shop's files; `files` receives the paths of the tables that a project starts from. Events are
 * written, too, but reading them would double the time to the first report. */
static gy_status make_shop(cli *context, const char *data_dir, char *files[N_FILES], gy_error *err) {
  gy_shop_options options;
  gy_shop_options_init(&options);
  const char *customers = cli_get(context, "customers");
  options.customers = customers != NULL ? strtoull(customers, NULL, 10) : 20000;
  options.full_columns = true;
  options.dirty_share = 0.002;
  gy_shop_summary summary;
  gy_status status = gy_simulate_shop(&options, data_dir, &context->task, &summary, err);
  if (status != GY_OK) return status;
  static const gy_shop_table TABLES[] = {GY_SHOP_ORDERS, GY_SHOP_CUSTOMERS, GY_SHOP_PRODUCTS,
                                         GY_SHOP_ENGAGEMENTS, GY_SHOP_REVIEWS};
  for (int i = 0; i < N_FILES; i++)
    if (asprintf(&files[i], "%s/%s.csv", data_dir, gy_shop_table_name(TABLES[i])) < 0)
      return gy_fail(err, GY_ENOMEM, "no memory for the demo");
  char orders[32];
  cli_progress_erase(context->progress);
  if (!context->quiet && !context->json)
    printf("Simulated a shop: %s order lines in %s\n\n",
           cli_thousands((long long)summary.rows[GY_SHOP_ORDERS], orders), data_dir);
  return GY_OK;
}

static gy_status run_demo(cli *context, gy_error *err) {
  const char *dir = cli_get(context, "directory");
  if (dir == NULL) dir = context->n_arguments > 0 ? context->arguments[0] : "gyeol-demo";
  char *data_dir = NULL, *files[N_FILES] = {0}, *text = NULL;
  if (asprintf(&data_dir, "%s/data", dir) < 0) return gy_fail(err, GY_ENOMEM, "no memory for the demo");
  gy_status status = make_shop(context, data_dir, files, err);
  gy_init_options init = {.name = "demo", .force = true};
  if (status == GY_OK)
    status = gy_project_init(dir, (const char *const *)files, N_FILES, &init, &context->task, &text, err);
  gy_text_free(text);
  text = NULL;
  gy_run_options run = {0};
  if (status == GY_OK) status = gy_project_run(dir, &run, &context->task, &text, err);
  json_t *manifest = NULL;
  if (status == GY_OK) status = cli_result(context, text, &manifest, err);
  if (status == GY_OK && !context->json && !context->quiet) {
    show_segments(json_object_get(manifest, "segments"));
    printf("\nReport: %s\nNext:   gyeol segment show 'At Risk' %s\n", show_text(manifest, "report"), dir);
  }
  json_decref(manifest);
  for (int i = 0; i < N_FILES; i++) free(files[i]);
  free(data_dir);
  return status;
}

const cli_command CMD_DEMO = {
    .name = "demo",
    .synopsis = "demo [DIR] [OPTIONS]",
    .summary = "simulate a shop, segment it, write the report",
    .description =
        "Everything in one go, in DIR (default: gyeol-demo): a simulated shop's files, a project made\n"
        "from them, a run, its report.",
    .examples = "gyeol demo\ngyeol demo /tmp/shop --customers 100000",
    .options = OPTIONS,
    .most_arguments = 1,
    .run = run_demo,
};
