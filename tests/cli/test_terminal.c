/* SPDX-License-Identifier: Apache-2.0
 *
 * What people see on a terminal of 60 columns: tables within its width and straight also with Hangul, a
 * progress line that never wraps; and what programs see: neither. */
#include <criterion/criterion.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utf8proc.h>

#include "base/buffer.h"
#include "base/file.h"
#include "project_fixture.h"

TestSuite(terminal, .fini = workspace_remove, .timeout = 120);

enum { COLUMNS = 60 };

/* Runs gyeol on a terminal of its own and gives all that it showed. `keys` are typed in before it asks. */
static char *on_terminal(int columns, const char *keys, const char *arguments) {
  struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)columns};
  int terminal = -1;
  pid_t process = forkpty(&terminal, NULL, NULL, &size);
  cr_assert_geq(process, 0);
  if (process == 0) {
    char command[4096];
    snprintf(command, sizeof command, "cd %s && exec '%s' %s", workspace(), getenv("GYEOL"), arguments);
    execl("/bin/sh", "sh", "-c", command, NULL);
    _exit(127);
  }
  if (keys != NULL) cr_assert_eq(write(terminal, keys, strlen(keys)), (ssize_t)strlen(keys));
  gy_buffer shown;
  gy_buffer_init(&shown, 16 << 20);
  char bytes[4096];
  for (ssize_t got; (got = read(terminal, bytes, sizeof bytes)) > 0;)
    gy_buffer_printf(&shown, "%.*s", (int)got, bytes);
  int status = 0;
  waitpid(process, &status, 0);
  close(terminal);
  cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "gyeol %s: %s", arguments, shown.data);
  char *text = gy_buffer_take(&shown);
  return text != NULL ? text : strdup("");
}

static size_t width_of(const char *text, size_t length) {
  size_t width = 0;
  while (length > 0) {
    utf8proc_int32_t code;
    utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, &code);
    cr_assert_gt(step, 0, "not UTF-8: %.*s", (int)length, text);
    width += code < ' ' ? 0 : (size_t)utf8proc_charwidth(code);
    text += step;
    length -= (size_t)step;
  }
  return width;
}

/* The widths of all lines, without line ends. */
static size_t line_widths(const char *text, size_t *widths, size_t most) {
  size_t n = 0;
  while (*text != '\0' && n < most) {
    size_t length = strcspn(text, "\n");
    widths[n++] = width_of(text, strcspn(text, "\r\n"));
    text += length + (text[length] == '\n');
  }
  return n;
}

static void make_shop(void) {
  write_small_shop(in_workspace("orders.csv"), 60000, 1);
  char *orders = file_text(in_workspace("orders.csv"));
  char *spoilt = NULL;
  cr_assert(asprintf(&spoilt, "%s9,9,언젠가 다음 주문 날짜,P1,C1,2,7.00\n9,9\n", orders) > 0);
  write_text(in_workspace("주문내역 2024년 상반기와 하반기 전체.csv"), spoilt);
  free(orders);
  free(spoilt);
  project_make("shop", "'주문내역 2024년 상반기와 하반기 전체.csv'");
  json_decref(project_run("shop", ""));
}

Test(terminal, tables_keep_to_the_width_and_stay_straight) {
  make_shop();
  static const struct {
    const char *arguments;
    bool ends_right; /* the last column is aligned right: all lines of a table end together */
  } CASES[] = {{"segment list shop", true}, {"runs shop", true}, {"rejects list shop", false}};
  static const int SIZES[] = {COLUMNS, 79, 120};
  for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++)
    for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++) {
      char *shown = on_terminal(SIZES[s], NULL, CASES[c].arguments);
      size_t widths[64], n = line_widths(shown, widths, 64);
      for (size_t i = 0; i < n; i++) {
        cr_expect_leq(widths[i], (size_t)SIZES[s], "%s at %d columns, line %zu has %zu:\n%s",
                      CASES[c].arguments, SIZES[s], i + 1, widths[i], shown);
        bool same_table = i > 0 && widths[i] > 0 && widths[i - 1] > 0;
        if (CASES[c].ends_right && same_table)
          cr_expect_eq(widths[i], widths[i - 1], "%s at %d columns, line %zu is out of line:\n%s",
                       CASES[c].arguments, SIZES[s], i + 1, shown);
      }
      cr_expect_gt(n, 1);
      free(shown);
    }
}

/* Examples stay lines of their own, to be copied. */
Test(terminal, helps_are_broken_between_words) {
  static const char *const COMMANDS[] = {"identity", "consent", "forget", "subject",  "vault",   "audit",
                                         "backup",   "restore", "run",    "simulate", "rejects", "init"};
  for (size_t c = 0; c < sizeof COMMANDS / sizeof *COMMANDS; c++)
    for (int columns = COLUMNS; columns <= 80; columns += 20) {
      char arguments[64];
      snprintf(arguments, sizeof arguments, "%s --help", COMMANDS[c]);
      char *shown = on_terminal(columns, NULL, arguments);
      char *examples = strstr(shown, "Examples:");
      cr_assert_not_null(examples, "%s: %s", COMMANDS[c], shown);
      *examples = '\0';
      for (char *line = strtok(shown, "\r\n"); line != NULL; line = strtok(NULL, "\r\n"))
        cr_expect_leq(width_of(line, strlen(line)), (size_t)columns, "%s at %d columns: %s", COMMANDS[c],
                      columns, line);
      free(shown);
    }
}

/* Frames of the progress line: what stands between one "\r\033[K" and the next. */
static size_t check_frames(const char *shown, int columns) {
  static const char REDRAW[] = "\r\033[K";
  size_t n = 0;
  for (const char *at = shown; (at = strstr(at, REDRAW)) != NULL;) {
    at += sizeof REDRAW - 1;
    size_t length = strcspn(at, "\r\n"), width = width_of(at, length);
    if (strncmp(at + length, REDRAW, sizeof REDRAW - 1) != 0) continue;
    cr_expect_lt(width, (size_t)columns, "a progress line of %zu columns on %d: %.*s", width, columns,
                 (int)length, at);
    n += width > 0;
  }
  return n;
}

Test(terminal, progress_is_drawn_for_people_only) {
  make_shop();
  static const int SIZES[] = {20, COLUMNS, 120};
  for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++) {
    char *shown = on_terminal(SIZES[s], NULL, "run shop --force --threads 1");
    cr_expect_gt(check_frames(shown, SIZES[s]), 0, "no progress on a terminal: %s", shown);
    if (SIZES[s] >= COLUMNS) cr_expect_not_null(strstr(shown, "░"), "no bar: %s", shown);
    free(shown);
  }
  char *quiet = on_terminal(COLUMNS, NULL, "run shop --force --quiet");
  cr_expect_str_empty(quiet);
  free(quiet);
  process_result piped = gyeol_ok("run shop --force");
  cr_expect_null(strchr(piped.err, '\r'), "progress where nobody looks: %s", piped.err);
  cr_expect_null(strstr(piped.out, "\033"), "colours or movements in: %s", piped.out);
  process_clear(&piped);
  piped = gyeol_ok("run shop --force --quiet");
  cr_expect_str_empty(piped.out);
  cr_expect_str_empty(piped.err);
  process_clear(&piped);
}

Test(terminal, init_asks_before_it_writes) {
  write_small_shop(in_workspace("orders.csv"), 500, 1);
  char *shown = on_terminal(COLUMNS, "n\n", "init asked orders.csv");
  cr_expect_not_null(strstr(shown, "Nothing was written"), "%s", shown);
  cr_expect_not(gy_path_exists(in_workspace("asked/gyeol.yaml")));
  free(shown);
  shown = on_terminal(COLUMNS, "y\n", "init asked orders.csv");
  cr_expect_not_null(strstr(shown, "Wrote asked/gyeol.yaml"), "%s", shown);
  cr_expect(gy_path_exists(in_workspace("asked/gyeol.yaml")));
  free(shown);
  shown = on_terminal(COLUMNS, NULL, "init unasked orders.csv --yes");
  cr_expect(gy_path_exists(in_workspace("unasked/gyeol.yaml")));
  free(shown);
}
