/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli.h"

static const cli_option OPTIONS[] = {
    {"man", 0, NULL, "the man page, as roff"},
    {0},
};

static gy_status run_help(cli *context, gy_error *err) {
  if (cli_get(context, "man") != NULL) {
    cli_help_man();
    return GY_OK;
  }
  if (context->n_arguments == 0) {
    cli_help_overview();
    return GY_OK;
  }
  const cli_command *command = cli_find(context->arguments[0]);
  if (command == NULL)
    return gy_fail(err, GY_EUSAGE, "unknown command '%s'; see gyeol help", context->arguments[0]);
  cli_help_command(command);
  return GY_OK;
}

const cli_command CMD_HELP = {
    .name = "help",
    .synopsis = "help [COMMAND]",
    .summary = "show help for a command",
    .description = "Shows what a command does, its options and examples.",
    .examples = "gyeol help run\ngyeol help --man | man -l -",
    .options = OPTIONS,
    .most_arguments = 1,
    .run = run_help,
};
