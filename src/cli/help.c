/* SPDX-License-Identifier: Apache-2.0
 *
 * Help texts and the man page, both made from the command descriptions. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

const cli_option CLI_COMMON_OPTIONS[] = {
    {"directory", 'C', "DIR", "the project's folder (default: the current one)"},
    {"json", 0, NULL, "print one JSON object on standard output"},
    {"quiet", 'q', NULL, "no progress, no summary; errors only"},
    {"threads", 0, "N", "threads to use (default: one per processor)"},
    {"memory", 0, "SIZE", "memory budget, like 2GB (default: 3/4 of the machine's)"},
    {"help", 'h', NULL, "show this help"},
    {0},
};

const cli_command *cli_find(const char *name) {
  for (size_t i = 0; CLI_COMMANDS[i] != NULL; i++)
    if (strcmp(CLI_COMMANDS[i]->name, name) == 0) return CLI_COMMANDS[i];
  return NULL;
}

/* Levenshtein distance, for names short enough to fit the row. */
static size_t edit_distance(const char *a, const char *b) {
  enum { MAX = 32 };
  size_t n = strlen(b), row[MAX + 1];
  if (n > MAX) return SIZE_MAX;
  for (size_t j = 0; j <= n; j++) row[j] = j;
  for (size_t i = 0; a[i] != '\0'; i++) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < n; j++) {
      size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      size_t best = replaced < row[j] + 1 ? replaced : row[j] + 1;
      row[j + 1] = best < diagonal + 1 ? best : diagonal + 1;
    }
  }
  return row[n];
}

const char *cli_nearest(const char *name) {
  const char *best = NULL;
  size_t best_distance = 3;
  for (size_t i = 0; CLI_COMMANDS[i] != NULL; i++) {
    size_t distance = edit_distance(name, CLI_COMMANDS[i]->name);
    if (distance < best_distance) {
      best_distance = distance;
      best = CLI_COMMANDS[i]->name;
    }
  }
  return best;
}

void cli_help_overview(void) {
  puts("gyeol " GYEOL_VERSION
       ": customer segments from raw orders, on one machine\n\n"
       "Usage: gyeol COMMAND [OPTIONS]\n\nCommands:");
  for (size_t i = 0; CLI_COMMANDS[i] != NULL; i++) {
    int n = printf("  %-10s ", CLI_COMMANDS[i]->name);
    cli_wrap(CLI_COMMANDS[i]->summary, (size_t)n, (size_t)n);
    putchar('\n');
  }
  puts(
      "\nFirst steps:\n"
      "  gyeol init shop orders.csv   # look at a file, guess its columns, write shop/gyeol.yaml\n"
      "  gyeol run shop               # segments and a report\n"
      "\nMore: gyeol COMMAND --help");
}

enum { OPTION_COLUMN = 27, USAGE_HANG = 8 };

static void print_options(const cli_option *options) {
  for (; options != NULL && options->name != NULL; options++) {
    char form[64];
    snprintf(form, sizeof form, "--%s%s%s", options->name, options->argument ? " " : "",
             options->argument ? options->argument : "");
    int n = printf("  %s%c%s %-20s ", options->letter ? "-" : " ", options->letter ? options->letter : ' ',
                   options->letter ? "," : " ", form);
    cli_wrap(options->help, (size_t)n, OPTION_COLUMN);
    putchar('\n');
  }
}

/* Calls `emit` for each line of a text. */
static void each_line(const char *text, void (*emit)(const char *line, int length)) {
  while (*text != '\0') {
    const char *end = strchrnul(text, '\n');
    emit(text, (int)(end - text));
    text = *end == '\n' ? end + 1 : end;
  }
}

static void indent_line(const char *line, int length) { printf("  %.*s\n", length, line); }

static void usage_line(const char *line, int length) {
  char text[256];
  snprintf(text, sizeof text, "gyeol %.*s", length, line);
  fputs("  ", stdout);
  cli_wrap(text, 2, USAGE_HANG);
  putchar('\n');
}

void cli_help_command(const cli_command *command) {
  puts("Usage:");
  each_line(command->synopsis, usage_line);
  putchar('\n');
  cli_wrap(command->description, 0, 0);
  putchar('\n');
  if (command->options != NULL) {
    puts("\nOptions:");
    print_options(command->options);
  }
  puts("\nCommon options:");
  print_options(CLI_COMMON_OPTIONS);
  if (command->examples != NULL) {
    puts("\nExamples:");
    each_line(command->examples, indent_line);
  }
}

/* Prints text for roff: backslashes, hyphens and leading dots are escaped. */
static void roff_text(const char *text, int length) {
  for (int i = 0; i < length; i++) {
    if (i == 0 && (text[i] == '.' || text[i] == '\'')) fputs("\\&", stdout);
    if (text[i] == '\\')
      fputs("\\e", stdout);
    else if (text[i] == '-')
      fputs("\\-", stdout);
    else
      putchar(text[i]);
  }
  putchar('\n');
}

static void roff_usage(const char *line, int length) {
  fputs(".B gyeol ", stdout);
  roff_text(line, length);
  puts(".br");
}

static void roff_options(const cli_option *options) {
  for (; options != NULL && options->name != NULL; options++) {
    puts(".TP");
    if (options->letter) printf("\\fB\\-%c\\fR, ", options->letter);
    printf("\\fB\\-\\-%s\\fR", options->name);
    if (options->argument) printf(" \\fI%s\\fR", options->argument);
    putchar('\n');
    roff_text(options->help, (int)strlen(options->help));
  }
}

static void roff_command(const cli_command *command) {
  printf(".SS %s\n", command->name);
  each_line(command->synopsis, roff_usage);
  puts(".PP");
  each_line(command->description, roff_text);
  roff_options(command->options);
  if (command->examples == NULL) return;
  puts(".PP\nExamples:\n.PP\n.nf\n.RS");
  each_line(command->examples, roff_text);
  puts(".RE\n.fi");
}

static void roff_status_rows(void) {
  static const struct {
    int code;
    const char *meaning;
  } ROWS[] = {{0, "done"},
              {1, "failed"},
              {2, "wrong use or configuration"},
              {3, "data below its quality rules, or nothing usable in it"},
              {130, "stopped on request (Ctrl\\-C); nothing was changed"}};
  for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
    printf(".TP\n%d\n%s\n", ROWS[i].code, ROWS[i].meaning);
}

void cli_help_man(void) {
  puts(".TH GYEOL 1 \"\" \"gyeol " GYEOL_VERSION
       "\" \"User Commands\"\n"
       ".SH NAME\ngyeol \\- customer segments from raw orders, on one machine\n"
       ".SH SYNOPSIS\n.B gyeol\n.I COMMAND\n[\\fIOPTIONS\\fR]\n"
       ".SH DESCRIPTION\nTurns raw customer data (orders, products, customers) into cleaned tables,\n"
       "features, RFM segments, clusters, profiles and a self\\-contained HTML report. Everything stays on\n"
       "the machine it runs on.\n.SH COMMANDS");
  for (size_t i = 0; CLI_COMMANDS[i] != NULL; i++) roff_command(CLI_COMMANDS[i]);
  puts(".SH COMMON OPTIONS");
  roff_options(CLI_COMMON_OPTIONS);
  puts(".SH EXIT STATUS");
  roff_status_rows();
}
