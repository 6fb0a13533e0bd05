/* SPDX-License-Identifier: Apache-2.0
 *
 * Progress on a terminal: one line that shows phase, bar, rate and time left, redrawn at most ten times a
 * second from whichever thread has news. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

enum { BAR_CELLS = 20, PHASE_MAX = 48, PHASE_COLUMNS = 19, PERCENT_COLUMNS = 5, PART_MAX = 48 };

struct cli_progress {
  pthread_mutex_t lock;
  char phase[PHASE_MAX];
  double phase_start;
  double last_draw;
  bool drawn;
};

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

cli_progress *cli_progress_create(void) {
  cli_progress *progress = calloc(1, sizeof *progress);
  if (progress != NULL) pthread_mutex_init(&progress->lock, NULL);
  return progress;
}

static void erase_line(cli_progress *progress) {
  if (progress->drawn) fputs("\r\033[K", stderr);
  progress->drawn = false;
}

/* "1.2M", "350k", "42" */
static const char *short_number(double value, char *text, size_t size) {
  if (value >= 1e9)
    snprintf(text, size, "%.1fG", value / 1e9);
  else if (value >= 1e6)
    snprintf(text, size, "%.1fM", value / 1e6);
  else if (value >= 1e4)
    snprintf(text, size, "%.0fk", value / 1e3);
  else
    snprintf(text, size, "%.0f", value);
  return text;
}

static size_t terminal_width(void) {
  struct winsize size;
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* "  350k rows  1.2M/s  7s left", without what `room` does not hold. */
static void write_counts(char *text, size_t size, size_t room, uint64_t done, uint64_t total,
                         const char *unit, double per_second) {
  char count[16], part[3][PART_MAX] = {"", "", ""};
  snprintf(part[0], PART_MAX, "  %s %s", short_number((double)done, count, sizeof count), unit);
  if (per_second > 0) snprintf(part[1], PART_MAX, "  %s/s", short_number(per_second, count, sizeof count));
  if (total > done && per_second > 0)
    snprintf(part[2], PART_MAX, "  %.0fs left", (double)(total - done) / per_second);
  size_t used = 0;
  text[0] = '\0';
  for (int i = 0; i < 3; i++) {
    size_t length = strlen(part[i]);
    if (used + length > room || used + length >= size) continue;
    memcpy(text + used, part[i], length + 1);
    used += length;
  }
}

/* A line that wraps could not be redrawn, so the bar and the counts share what the terminal has. */
static void draw(cli_progress *progress, uint64_t done, uint64_t total, const char *unit, double elapsed) {
  char counts[3 * PART_MAX];
  size_t columns = terminal_width() - 1, phase = columns < PHASE_COLUMNS ? columns : PHASE_COLUMNS;
  size_t room = columns - phase;
  int cells = total > 0 && room >= 2 * BAR_CELLS ? BAR_CELLS : 0;
  if (total > 0 && room >= PERCENT_COLUMNS) room -= PERCENT_COLUMNS + (size_t)cells;
  fprintf(stderr, "\r\033[K%-*.*s", (int)phase, (int)phase, progress->phase);
  if (total > 0 && columns - phase >= PERCENT_COLUMNS) {
    double share = done < total ? (double)done / (double)total : 1;
    int filled = (int)(share * cells);
    for (int i = 0; i < cells; i++) fputs(i < filled ? "█" : "░", stderr);
    fprintf(stderr, " %3.0f%%", share * 100);
  }
  write_counts(counts, sizeof counts, room, done, total, unit, elapsed > 0.05 ? (double)done / elapsed : 0);
  fputs(counts, stderr);
  fflush(stderr);
  progress->drawn = true;
}

void cli_progress_update(void *user, const char *phase, uint64_t done, uint64_t total, const char *unit) {
  cli_progress *progress = user;
  double now = seconds_now();
  if (pthread_mutex_trylock(&progress->lock) != 0) return; /* somebody is drawing: skip this one */
  if (strncmp(progress->phase, phase, PHASE_MAX - 1) != 0) {
    snprintf(progress->phase, sizeof progress->phase, "%s", phase);
    progress->phase_start = now;
  }
  if (now - progress->last_draw >= 0.1) {
    progress->last_draw = now;
    draw(progress, done, total, unit, now - progress->phase_start);
  }
  pthread_mutex_unlock(&progress->lock);
}

void cli_progress_line(void *user, gy_log_level level, const char *line) {
  cli_progress *progress = user;
  if (level == GY_LOG_DEBUG) return;
  pthread_mutex_lock(&progress->lock);
  erase_line(progress);
  fprintf(stderr, "%s%s\n", level >= GY_LOG_WARN ? "note: " : "", line);
  pthread_mutex_unlock(&progress->lock);
}

void cli_progress_erase(cli_progress *progress) {
  if (progress == NULL) return;
  pthread_mutex_lock(&progress->lock);
  erase_line(progress);
  fflush(stderr);
  pthread_mutex_unlock(&progress->lock);
}

void cli_progress_destroy(cli_progress *progress) {
  if (progress == NULL) return;
  cli_progress_erase(progress);
  pthread_mutex_destroy(&progress->lock);
  free(progress);
}
