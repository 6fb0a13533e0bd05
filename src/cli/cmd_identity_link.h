/* SPDX-License-Identifier: Apache-2.0
 *
 * `gyeol identity link`: rows of plain files that are one person. A verb of CMD_IDENTITY, which takes its
 * options and text from here. */
#ifndef GYEOL_CLI_CMD_IDENTITY_LINK_H
#define GYEOL_CLI_CMD_IDENTITY_LINK_H

#include "cli.h"

#define CLI_IDENTITY_LINK_OPTIONS                                                                          \
  {"input", 'i', "FILE", "link: csv, tsv, xlsx, json, ndjson or parquet; gzip, xz and zstd too"},          \
      {"with", 0, "FILE", "link: the other list (default: rows of --input with each other)"},              \
      {"compare", 0, "FIELDS", "link: COLUMN[=OTHER]:KIND, ...; name, birth date and such by themselves"}, \
      {"block", 0, "KEY", "link: compare rows that share this: FIELD[:3|:-4|:stem] + ...; repeatable"},    \
      {"id", 0, "COLUMN", "link: the column that names rows"},                                             \
      {"with-id", 0, "COLUMN", "link: the same in the other list"},                                        \
      {"threshold", 0, "P", "link: a match from this probability (default: 0.99)"},                        \
      {"review", 0, "P", "link: to be looked at from this probability (default: 0.7)"}, {                  \
    "one-to-one", 0, NULL, "link: every row in one pair at most, the surest first"                         \
  }

#define CLI_IDENTITY_LINK_SYNOPSIS \
  "identity link --input FILE [--with FILE] [--compare FIELDS] [--block KEY]... [--out FILE]"

#define CLI_IDENTITY_LINK_EXAMPLES                                                                  \
  "gyeol identity link --input members.csv --with visitors.csv --out pairs.csv\n"                   \
  "gyeol identity link --input members.csv\n"                                                       \
  "gyeol identity link --input members.csv --with visitors.csv --compare \"name, birth_date\" \\\n" \
  "    --block birth_date --block name:1 --one-to-one --out pairs.xlsx"

/* Takes --out too, which the command has for others of its verbs. */
gy_status cli_identity_link(cli *context, gy_error *err);

#endif
