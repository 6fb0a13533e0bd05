/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line: commands described once as data; parsing, help texts and the man page follow from
 * the description. A command is a `cmd_<verb>.c` with one gy_command and one function. */
#ifndef GYEOL_CLI_CLI_H
#define GYEOL_CLI_CLI_H

#include <jansson.h>

#include <gyeol/project.h>

typedef struct cli_option {
  const char *name;     /* long name without dashes */
  char letter;          /* short form, 0 for none */
  const char *argument; /* metavariable; NULL: a flag */
  const char *help;
} cli_option;

enum { CLI_MAX_OPTIONS = 48, CLI_ANY_ARGUMENTS = 1 << 20, CLI_MAX_GIVEN = 512 };

typedef struct cli cli;
typedef struct cli_progress cli_progress;

typedef struct cli_command {
  const char *name;
  const char *synopsis; /* after the name, one line a form */
  const char *summary;  /* one line */
  const char *description;
  const char *examples;      /* one command a line; two spaces and # start a remark */
  const cli_option *options; /* ends with a NULL name; NULL: none of its own */
  bool on_project;           /* takes -C DIR or the folder as an argument */
  int most_arguments;        /* with the folder; CLI_ANY_ARGUMENTS: as many as there are files */
  gy_status (*run)(cli *context, gy_error *err);
} cli_command;

/* What a command finds when it runs. */
struct cli {
  const cli_command *command;
  const char *values[2 * CLI_MAX_OPTIONS]; /* by position: the command's options, then the common ones */
  struct {
    const char *option, *value;
  } given[CLI_MAX_GIVEN]; /* every option in the order of the command line, those given twice too */
  size_t n_given;
  const char **arguments;
  int n_arguments;
  bool json;
  bool answered; /* with --json: the one object is printed */
  bool quiet;
  cli_progress *progress; /* NULL: none is shown */
  gy_task task;
};

/* Value of an option; "" for a flag that was given; NULL when it was not. */
const char *cli_get(const cli *context, const char *option);

/* All values of an option that may be given again and again, into `values`, CLI_MAX_GIVEN long. */
size_t cli_get_all(const cli *context, const char *option, const char **values);

/* The option --limit as a number of rows; 0 when it was not given. */
gy_status cli_limit(const cli *context, size_t *limit, gy_error *err);

/* The project folder: -C DIR, else the first argument at or after `position`, else ".". The argument is
 * removed from the list. */
const char *cli_project_dir(cli *context, int position);

/* Parses `text` (takes it) into JSON and prints it on stdout when --json was given. Work is over now:
 * progress makes way for what is printed. */
gy_status cli_result(cli *context, char *text, json_t **result, gy_error *err);

/* Prints a statement (taken) on stdout, with --json as {"what", "sql"}. */
void cli_sql(cli *context, const char *what, char *sql);

/* ---- tables for terminals, aligned also with Hangul ---- */

typedef enum cli_align { CLI_LEFT, CLI_RIGHT } cli_align;

typedef struct cli_column {
  const char *title;
  cli_align align;
} cli_column;

typedef struct cli_table cli_table;

/* Ends the process's work with a NULL table when memory is spent; all functions accept NULL. */
cli_table *cli_table_create(const cli_column *columns, size_t n_columns);
void cli_table_cell(cli_table *table, const char *format, ...) GY_PRINTF(2, 3);
/* Prints to stdout within the terminal's width (long cells are cut with an ellipsis) and destroys. */
void cli_table_print(cli_table *table);

/* Columns that a UTF-8 text takes on a terminal. */
size_t cli_text_width(const char *text);
/* Columns of the terminal on standard output; SIZE_MAX where that is none. */
size_t cli_terminal_width(void);
/* Prints a text whose first line begins at `column`; on a terminal narrower than it, its paragraphs are
 * broken anew between words, and further lines begin at `hang`. */
void cli_wrap(const char *text, size_t column, size_t hang);
/* "s", or "" for one. */
const char *cli_plural(long long n);

/* "1,234,567"; `text` holds at least 32 bytes. */
const char *cli_thousands(long long value, char *text);
/* "8,911,407.90" from a decimal string. `text` holds at least 64 bytes. */
const char *cli_money(const char *decimal, char *text);

/* ---- progress ---- */

cli_progress *cli_progress_create(void); /* draws on stderr */
void cli_progress_update(void *progress, const char *phase, uint64_t done, uint64_t total, const char *unit);
void cli_progress_line(void *progress, gy_log_level level, const char *line);
void cli_progress_erase(cli_progress *progress); /* before something else is printed */
void cli_progress_destroy(cli_progress *progress);

/* ---- help ---- */

extern const cli_command *const CLI_COMMANDS[]; /* ends with NULL */
extern const cli_option CLI_COMMON_OPTIONS[];   /* ends with a NULL name */
void cli_help_overview(void);
void cli_help_command(const cli_command *command);
void cli_help_man(void); /* the man page, as roff, on stdout */
const cli_command *cli_find(const char *name);
const char *cli_nearest(const char *name); /* a command that looks like it; NULL: none does */

#endif
