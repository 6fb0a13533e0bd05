/* SPDX-License-Identifier: Apache-2.0
 *
 * gyeol's entry: finds the command, reads its options, runs it, turns its status into an exit code. */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* A signal handler has no argument of its own: this flag is the one thing it can reach. */
static atomic_bool stop_requested;

static void request_stop(int signal_number) {
  if (atomic_exchange(&stop_requested, true)) _exit(128 + signal_number);
}

static void watch_signals(void) {
  struct sigaction action = {.sa_handler = request_stop};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  signal(SIGPIPE, SIG_DFL);
}

static size_t count_options(const cli_option *options) {
  size_t n = 0;
  while (options != NULL && options[n].name != NULL) n++;
  return n;
}

const char *cli_get(const cli *context, const char *option) {
  size_t own = count_options(context->command->options);
  for (size_t i = 0; i < own; i++)
    if (strcmp(context->command->options[i].name, option) == 0) return context->values[i];
  for (size_t i = 0; CLI_COMMON_OPTIONS[i].name != NULL; i++)
    if (strcmp(CLI_COMMON_OPTIONS[i].name, option) == 0) return context->values[own + i];
  return NULL;
}

size_t cli_get_all(const cli *context, const char *option, const char **values) {
  size_t n = 0;
  for (size_t i = 0; i < context->n_given; i++)
    if (strcmp(context->given[i].option, option) == 0) values[n++] = context->given[i].value;
  return n;
}

gy_status cli_limit(const cli *context, size_t *limit, gy_error *err) {
  const char *text = cli_get(context, "limit");
  char *end = NULL;
  *limit = text != NULL ? strtoull(text, &end, 10) : 0;
  if (text == NULL || (strspn(text, "0123456789") > 0 && *end == '\0' && *limit > 0)) return GY_OK;
  return gy_fail(err, GY_EUSAGE, "--limit %s is not a number of rows", text);
}

const char *cli_project_dir(cli *context, int position) {
  const char *dir = cli_get(context, "directory");
  if (dir != NULL) return dir;
  if (position >= context->n_arguments) return ".";
  dir = context->arguments[position];
  for (int i = position; i + 1 < context->n_arguments; i++) context->arguments[i] = context->arguments[i + 1];
  context->n_arguments--;
  return dir;
}

gy_status cli_result(cli *context, char *text, json_t **result, gy_error *err) {
  json_error_t where;
  json_t *json = json_loads(text, 0, &where);
  cli_progress_erase(context->progress);
  if (context->json && json != NULL) {
    puts(text);
    context->answered = true;
  }
  gy_text_free(text);
  if (json == NULL) return gy_fail(err, GY_EINTERNAL, "a result is not JSON: %s", where.text);
  *result = json;
  return GY_OK;
}

static const cli_option *option_at(const cli_command *command, size_t i) {
  size_t own = count_options(command->options);
  return i < own ? &command->options[i] : &CLI_COMMON_OPTIONS[i - own];
}

/* getopt's return value of the i-th option: past every letter. */
enum { OPTION_BASE = 1000 };

/* SQL may begin with comments ("$(gyeol sql months shop)"), which are no options. */
static char *past_comments(char *argument) {
  while (strncmp(argument, "-- ", 3) == 0 && strchr(argument, '\n') != NULL)
    argument = strchr(argument, '\n') + 1;
  return argument;
}

static gy_status parse_options(cli *context, int argc, char **argv, gy_error *err) {
  const cli_command *command = context->command;
  size_t n = count_options(command->options) + count_options(CLI_COMMON_OPTIONS);
  for (int i = 1; i < argc; i++) argv[i] = past_comments(argv[i]);
  struct option longs[2 * CLI_MAX_OPTIONS + 1] = {0};
  char letters[4 * CLI_MAX_OPTIONS + 2] = ":";
  size_t n_letters = 1;
  for (size_t i = 0; i < n; i++) {
    const cli_option *option = option_at(command, i);
    longs[i] = (struct option){option->name, option->argument ? required_argument : no_argument, NULL,
                               OPTION_BASE + (int)i};
    if (option->letter == 0) continue;
    letters[n_letters++] = option->letter;
    if (option->argument != NULL) letters[n_letters++] = ':';
  }
  optind = 1;
  opterr = 0;
  for (int got; (got = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
    if (got == '?' || got == ':') {
      const char *what = argv[optind - 1];
      return gy_fail(err, GY_EUSAGE,
                     got == ':' ? "option %s needs a value; see gyeol %s --help"
                                : "unknown option %s; see gyeol %s --help",
                     what, command->name);
    }
    size_t at = 0;
    if (got >= OPTION_BASE)
      at = (size_t)(got - OPTION_BASE);
    else
      while (option_at(command, at)->letter != got) at++;
    context->values[at] = optarg != NULL ? optarg : "";
    if (context->n_given == CLI_MAX_GIVEN)
      return gy_fail(err, GY_EUSAGE, "more than %d options are given", CLI_MAX_GIVEN);
    context->given[context->n_given].option = option_at(command, at)->name;
    context->given[context->n_given++].value = context->values[at];
  }
  context->arguments = (const char **)argv + optind;
  context->n_arguments = argc - optind;
  return GY_OK;
}

/* "512MB", "2GB", "1.5g", plain bytes. */
static gy_status parse_bytes(const char *text, size_t *bytes, gy_error *err) {
  char *end;
  double value = strtod(text, &end);
  double scale = 1;
  switch (*end | 0x20) {
    case 'k':
      scale = 1 << 10;
      break;
    case 'm':
      scale = 1 << 20;
      break;
    case 'g':
      scale = 1 << 30;
      break;
    case 't':
      scale = (double)(1ull << 40);
      break;
  }
  if (scale > 1) end++;
  if (*end == 'i') end++;
  if ((*end | 0x20) == 'b') end++;
  if (end == text || *end != '\0' || !(value > 0) || value * scale > 1e15)
    return gy_fail(err, GY_EUSAGE, "--memory %s is not a size; write it like 512MB or 2GB", text);
  *bytes = (size_t)(value * scale);
  return GY_OK;
}

static gy_status read_common(cli *context, gy_error *err) {
  context->json = cli_get(context, "json") != NULL;
  context->quiet = cli_get(context, "quiet") != NULL;
  context->task.cancel = &stop_requested;
  const char *threads = cli_get(context, "threads");
  if (threads != NULL) {
    char *end;
    long n = strtol(threads, &end, 10);
    if (*end != '\0' || n < 1 || n > 1024)
      return gy_fail(err, GY_EUSAGE, "--threads %s is not a number from 1 to 1024", threads);
    context->task.n_threads = (int)n;
  }
  const char *memory = cli_get(context, "memory");
  return memory != NULL ? parse_bytes(memory, &context->task.memory_bytes, err) : GY_OK;
}

/* Where no bar is drawn, notes still reach the log of whoever runs us. */
static void plain_line(void *user, gy_log_level level, const char *line) {
  (void)user;
  if (level >= GY_LOG_WARN) fprintf(stderr, "note: %s\n", line);
}

/* The folder is named once: by -C or as an argument. */
static gy_status check_arguments(const cli *context, gy_error *err) {
  const cli_command *command = context->command;
  int most = command->most_arguments;
  if (command->on_project && cli_get(context, "directory") != NULL) most--;
  if (context->n_arguments <= most) return GY_OK;
  return gy_fail(err, GY_EUSAGE, "%s does not take '%s'; see gyeol %s --help", command->name,
                 context->arguments[most > 0 ? most : 0], command->name);
}

static gy_status run_command(cli *context, int argc, char **argv, gy_error *err) {
  gy_status status = parse_options(context, argc, argv, err);
  if (status != GY_OK) return status;
  if (cli_get(context, "help") != NULL) {
    cli_help_command(context->command);
    return GY_OK;
  }
  status = read_common(context, err);
  if (status == GY_OK) status = check_arguments(context, err);
  if (status != GY_OK) return status;
  if (!context->quiet) context->task.log = plain_line;
  if (!context->quiet && isatty(STDERR_FILENO)) context->progress = cli_progress_create();
  if (context->progress != NULL) {
    context->task.user = context->progress;
    context->task.progress = cli_progress_update;
    context->task.log = cli_progress_line;
  }
  status = context->command->run(context, err);
  cli_progress_destroy(context->progress);
  context->progress = NULL;
  return status;
}

/* One sentence on stderr; with --json also an object on stdout, so that programs need not read prose: the
 * result where there is one. */
static int report_failure(const cli *context, const gy_error *err) {
  fflush(stdout);
  fprintf(stderr, "gyeol: %s\n", err->text[0] != '\0' ? err->text : gy_status_meaning(err->code));
  if (context->json && !context->answered) {
    json_t *object = json_pack("{s:s, s:s}", "error", gy_status_name(err->code), "message", err->text);
    if (object != NULL) {
      json_dumpf(object, stdout, JSON_COMPACT);
      putchar('\n');
    }
    json_decref(object);
  }
  return gy_status_exit_code(err->code);
}

static int unknown_command(const char *name) {
  const char *nearest = cli_nearest(name);
  if (nearest != NULL)
    fprintf(stderr, "gyeol: unknown command '%s', did you mean '%s'? See gyeol --help\n", name, nearest);
  else
    fprintf(stderr, "gyeol: unknown command '%s'; see gyeol --help\n", name);
  return gy_status_exit_code(GY_EUSAGE);
}

int main(int argc, char **argv) {
  setlocale(LC_CTYPE, "");
  watch_signals();
  if (argc < 2) {
    cli_help_overview();
    return gy_status_exit_code(GY_EUSAGE);
  }
  const char *name = argv[1];
  if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
    puts("gyeol " GYEOL_VERSION);
    return 0;
  }
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) name = "help";
  cli context = {.command = cli_find(name)};
  if (context.command == NULL) return unknown_command(name);
  gy_error err = {0};
  gy_status status = run_command(&context, argc - 1, argv + 1, &err);
  if (status != GY_OK) return report_failure(&context, &err);
  if (fflush(stdout) != 0 || ferror(stdout)) {
    fprintf(stderr, "gyeol: cannot write the output: %s\n", strerror(errno));
    return gy_status_exit_code(GY_EIO);
  }
  return 0;
}
