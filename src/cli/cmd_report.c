/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"out", 'o', "FILE", "where to write the page (default: the run's own folder)"},
    {"lang", 0, "ko|en", "language the page opens in (default: the project's)"},
    {0},
};

static gy_status run_report(cli *context, gy_error *err) {
  const char *dir = cli_project_dir(context, 0);
  char *text = NULL;
  gy_status status =
      gy_project_report(dir, cli_get(context, "out"), cli_get(context, "lang"), &context->task, &text, err);
  if (status != GY_OK) return status;
  json_t *result = NULL;
  status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json && !context->quiet) printf("Report: %s\n", show_text(result, "report"));
  json_decref(result);
  return GY_OK;
}

const cli_command CMD_REPORT = {
    .name = "report",
    .synopsis = "report [DIR] [OPTIONS]",
    .summary = "write the last run's report as one HTML file",
    .description =
        "The page holds everything it shows, opens from disk without a network, switches between\n"
        "Korean and English, and prints to paper.",
    .examples =
        "gyeol report shop\n"
        "gyeol report shop --lang ko --out 보고서.html",
    .options = OPTIONS,
    .on_project = true,
    .most_arguments = 1,
    .run = run_report,
};
