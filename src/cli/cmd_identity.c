/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cmd_identity_link.h"

static const cli_option OPTIONS[] = {
    CLI_IDENTITY_LINK_OPTIONS,
    {"out", 'o', "FILE", "link: the pairs, as .csv, .xlsx, .parquet or .json"},
    {0},
};

static gy_status run_identity(cli *context, gy_error *err) {
  const char *verb = context->n_arguments > 0 ? context->arguments[0] : "";
  if (strcmp(verb, "link") == 0) return cli_identity_link(context, err);
  return gy_fail(err, GY_EUSAGE, "identity %s is not known; use identity link", verb);
}

const cli_command CMD_IDENTITY = {
    .name = "identity",
    .synopsis = CLI_IDENTITY_LINK_SYNOPSIS,
    .summary = "who is one person: rows of files that are the same people",
    .description =
        "Link compares rows of two files, or of one with itself, by names, birth dates, phones, e-mails and\n"
        "addresses as people write and mistype them, and gives each pair the probability that it is one\n"
        "person, with what each field says of it. Kinds: exact, name, address, email, phone, date,\n"
        "postcode, text.",
    .examples = CLI_IDENTITY_LINK_EXAMPLES,
    .options = OPTIONS,
    .most_arguments = 1,
    .run = run_identity,
};
