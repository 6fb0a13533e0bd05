/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs that are hindered: a store that another process holds, a full disk, Ctrl-C, kill -9. Afterwards the
 * store opens and holds the last committed run, and the next run completes. Clusterings of files that are
 * hindered in the same ways leave no file behind. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/engine.h"
#include "project_fixture.h"
#include "support/rounds.h"

#ifdef __SANITIZE_ADDRESS__
enum { LARGE_LINES = 200000, KILLED_LINES = 20000 };
#else
enum { LARGE_LINES = 2000000, KILLED_LINES = 200000 };
#endif

static void leave(void) {
  (void)!umount(in_workspace("full"));
  workspace_remove();
}

TestSuite(robust, .fini = leave, .timeout = 600);

static void wait_seconds(double seconds) {
  struct timespec time = {.tv_sec = (time_t)seconds};
  time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
  nanosleep(&time, NULL);
}

/* The last committed run as lists show it. */
static char *segments_text(const char *project) {
  process_result result = gyeol_ok("segment list %s --json", project);
  char *text = strdup(result.out);
  process_clear(&result);
  return text;
}

static void expect_segments(const char *project, const char *expected, const char *when) {
  char *now = segments_text(project);
  cr_expect_str_eq(now, expected, "%s: the store no longer holds the last run", when);
  free(now);
}

/* Entries of a folder of the project's state; those that end in `ending`. */
static int count_entries(const char *folder, const char *ending) {
  DIR *dir = opendir(in_workspace("%s", folder));
  int n = 0;
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    size_t length = strlen(entry->d_name), tail = strlen(ending);
    n += entry->d_name[0] != '.' && length >= tail && strcmp(entry->d_name + length - tail, ending) == 0;
  }
  if (dir != NULL) closedir(dir);
  return n;
}

static size_t count_lines(const char *text) {
  size_t n = 0;
  for (; *text != '\0'; text++) n += *text == '\n';
  return n;
}

static void expect_one_sentence(const process_result *result, const char *when) {
  cr_expect_eq(strncmp(result->err, "gyeol: ", 7), 0, "%s said: %s", when, result->err);
  cr_expect_eq(count_lines(result->err), 1, "%s said: %s", when, result->err);
}

/* ---- a store that another process holds ---- */

static pid_t hold_store(const char *path) {
  int pipe_ends[2];
  cr_assert_eq(pipe(pipe_ends), 0);
  pid_t child = fork();
  if (child == 0) {
    gy_engine_options options = {.path = path, .n_threads = 1};
    gy_engine *engine = NULL;
    if (gy_engine_open(&options, &engine, NULL) == GY_OK && write(pipe_ends[1], "x", 1) == 1) pause();
    _exit(1);
  }
  char byte = 0;
  close(pipe_ends[1]);
  cr_assert_eq(read(pipe_ends[0], &byte, 1), 1, "the helper could not open %s", path);
  close(pipe_ends[0]);
  return child;
}

Test(robust, a_locked_store_names_its_holder) {
  write_small_shop(in_workspace("orders.csv"), 3000, 1);
  project_make("shop", "orders.csv");
  json_decref(project_run("shop", ""));
  char *before = segments_text("shop");
  pid_t holder = hold_store(in_workspace("shop/.gyeol/store.duckdb"));
  char pid[32];
  snprintf(pid, sizeof pid, "process %d ", (int)holder);
  static const char *const COMMANDS[] = {"run shop", "segment list shop", "report shop", "rejects list shop"};
  for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
    process_result result = run_gyeol("%s", COMMANDS[i]);
    cr_expect_eq(result.exit_code, 1, "%s ended with %d", COMMANDS[i], result.exit_code);
    expect_one_sentence(&result, COMMANDS[i]);
    cr_expect_not_null(strstr(result.err, pid), "%s: no '%s' in: %s", COMMANDS[i], pid, result.err);
    cr_expect_not_null(strstr(result.err, "wait until it is done, or stop it"), "%s", result.err);
    process_clear(&result);
  }
  kill(holder, SIGKILL);
  waitpid(holder, NULL, 0);
  expect_segments("shop", before, "after the lock");
  free(before);
}

/* ---- a full disk ---- */

static void mount_small(const char *megabytes) {
  const char *folder = in_workspace("full");
  gy_error err = {0};
  cr_assert_eq(gy_dir_create(folder, &err), GY_OK, "%s", err.text);
  if (mount("tmpfs", folder, "tmpfs", 0, megabytes) != 0)
    cr_skip_test("a small file system needs root to mount");
}

static void expect_full_disk(const process_result *result, const char *when) {
  cr_expect_eq(result->exit_code, 1, "%s ended with %d: %s", when, result->exit_code, result->err);
  bool told = strstr(result->err, "is full") != NULL ||
              strstr(result->err, "No space left on device") != NULL ||
              strstr(result->err, "no room on disk") != NULL;
  cr_expect(told, "%s did not tell of the full disk: %s", when, result->err);
  cr_expect_not_null(strstr(result->err, in_workspace("full")), "%s did not tell which disk: %s", when,
                     result->err);
}

Test(robust, a_full_disk_keeps_the_last_run) {
  mount_small("size=8m");
  write_small_shop(in_workspace("orders.csv"), 3000, 1);
  write_small_shop(in_workspace("many.csv"), 600000, 1);
  project_make("full/shop", "orders.csv");
  json_decref(project_run("full/shop", ""));
  char *before = segments_text("full/shop");
  project_set("full/shop", "orders.csv", "many.csv");
  for (int attempt = 0; attempt < 2; attempt++) {
    process_result result = run_gyeol("run full/shop --threads 2");
    expect_full_disk(&result, "a run too large");
    process_clear(&result);
    expect_segments("full/shop", before, "after the disk was full");
    cr_expect_eq(count_entries("full/shop/.gyeol/runs", ""), 1);
  }
  cr_assert_eq(mount("tmpfs", in_workspace("full"), "tmpfs", MS_REMOUNT, "size=256m"), 0);
  json_t *manifest = project_run("full/shop", "");
  cr_expect_eq(int_of(manifest, "lines"), 600000, "with room again");
  json_decref(manifest);
  free(before);
}

Test(robust, a_disk_that_is_full_from_the_start) {
  mount_small("size=256k");
  write_small_shop(in_workspace("orders.csv"), 30000, 1);
  project_make("full/shop", "orders.csv");
  process_result result = run_gyeol("run full/shop");
  expect_full_disk(&result, "the first run");
  process_clear(&result);
  result = run_gyeol("segment list full/shop");
  cr_expect_eq(result.exit_code, 1);
  cr_expect_not_null(strstr(result.err, "gyeol run"), "%s", result.err);
  process_clear(&result);
}

/* ---- Ctrl-C and kill -9 ---- */

/* Long enough for signals to arrive in every step. */
static double make_large_shop(void) {
  process_result made = gyeol_ok("simulate shop --customers %d --lines %d --tables orders --out big --quiet",
                                 LARGE_LINES / 20, LARGE_LINES);
  process_clear(&made);
  write_small_shop(in_workspace("orders.csv"), 3000, 1);
  project_make("shop", "big/orders.csv");
  process_result run = gyeol_ok("run shop --json");
  double seconds = run.seconds;
  process_clear(&run);
  return seconds;
}

Test(robust, ctrl_c_stops_soon_and_changes_nothing) {
  double seconds = make_large_shop(), slowest = 0;
  char *before = segments_text("shop");
  enum { MOMENTS = ROUNDS(12) };
  int stopped = 0;
  for (int i = 0; i < MOMENTS; i++) {
    double moment = seconds * (i + 0.5) / MOMENTS;
    pid_t process = start_gyeol("run shop --force --tz UTC");
    wait_seconds(moment);
    kill(process, i % 3 == 2 ? SIGTERM : SIGINT);
    process_result result = finish_gyeol(process);
    char when[64];
    snprintf(when, sizeof when, "Ctrl-C after %.2f s of %.2f", moment, seconds);
    if (result.exit_code == 0) { /* this one was faster than the first */
      process_clear(&result);
      free(before);
      before = segments_text("shop");
      continue;
    }
    stopped++;
    cr_expect_eq(result.exit_code, 130, "%s: exit code %d: %s", when, result.exit_code, result.err);
    expect_one_sentence(&result, when);
    cr_expect_not_null(strstr(result.err, "stopped on request"), "%s: %s", when, result.err);
    cr_expect_lt(result.seconds, 5.0, "%s: stopping took %.2f s", when, result.seconds);
    if (result.seconds > slowest) slowest = result.seconds;
    process_clear(&result);
    expect_segments("shop", before, when);
    cr_expect_eq(count_entries("shop/.gyeol/runs", ".partial"), 0, "%s", when);
  }
  fprintf(stderr, "%d of %d runs of %d lines (%.1f s) were stopped; the slowest took %.3f s to stop\n",
          stopped, MOMENTS, LARGE_LINES, seconds, slowest);
  cr_expect_geq(stopped, MOMENTS / 2);
  free(before);
}

static size_t count_runs(void) {
  process_result runs = gyeol_ok("runs shop --json");
  size_t n = json_array_size(json_object_get(runs.json, "runs"));
  process_clear(&runs);
  return n;
}

/* A run that had committed when it was killed is the last one; then lists show its moment. */
static void expect_last_run(const char *before, size_t n_before, const char *when) {
  if (count_runs() == n_before) {
    expect_segments("shop", before, when);
    return;
  }
  process_result runs = gyeol_ok("runs shop --json"), list = gyeol_ok("segment list shop --json");
  cr_expect_str_eq(text_of(list.json, "as_of"), text_of(runs.json, "runs.0.as_of"), "%s", when);
  process_clear(&runs);
  process_clear(&list);
}

Test(robust, kill_9_at_any_moment_keeps_the_last_run) {
  write_small_shop(in_workspace("orders.csv"), KILLED_LINES, 1);
  project_make("shop", "orders.csv");
  json_decref(project_run("shop", ""));
  process_result timed = gyeol_ok("run shop --force --json");
  double seconds = timed.seconds;
  process_clear(&timed);
  enum { MOMENTS = ROUNDS(10) };
  srand(24);
  for (int i = 0; i < MOMENTS; i++) {
    char *before = segments_text("shop");
    size_t n_before = count_runs();
    double moment = seconds * (i + (double)rand() / RAND_MAX) / MOMENTS;
    pid_t process = start_gyeol("run shop --force --as-of 2024-%02d-15", 1 + i);
    wait_seconds(moment);
    kill(process, SIGKILL);
    process_result result = finish_gyeol(process);
    char when[64];
    snprintf(when, sizeof when, "kill -9 after %.2f s of %.2f", moment, seconds);
    if (result.exit_code == 128 + SIGKILL) expect_last_run(before, n_before, when);
    process_clear(&result);
    free(before);
    if (i % 3 == 0) json_decref(project_run("shop", ""));
  }
  json_t *manifest = project_run("shop", "");
  json_t *customers = project_customers("shop", "rfm");
  cr_expect_eq((json_int_t)json_object_size(customers), int_of(manifest, "customers"));
  cr_expect_eq(count_entries("shop/.gyeol/runs", ".partial"), 0, "half-made folders are left");
  cr_expect_eq(count_entries("shop/.gyeol/spill", ""), 0, "spilled data are left");
  cr_expect_eq(count_entries("shop/.gyeol", ".wal"), 0, "a log is left");
  json_decref(customers);
  json_decref(manifest);
}

/* ---- clusterings of files ---- */

/* Rows without clusters keep every method busy. */
static void write_points(const char *name, int n_rows) {
  FILE *file = fopen(in_workspace("%s", name), "w");
  cr_assert_not_null(file);
  fputs("a,b,c,kind\n", file);
  srand(7);
  for (int i = 0; i < n_rows; i++)
    fprintf(file, "%d.%d,%d,%d,%c\n", rand() % 1000, rand() % 10, rand() % 1000, rand() % 1000, "xyz"[i % 3]);
  fclose(file);
}

static void expect_nothing_written(const char *when) {
  cr_expect_eq(count_entries(".", "points.csv"), 1, "%s", when);
  cr_expect_eq(count_entries(".", ""), 1, "%s: files are left", when);
}

/* Processor seconds from Ctrl-C to the end; 0 where the fit was done before, on a faster machine than this
 * expects. */
static double stop_a_clustering(const char *fit) {
  bool suggests = strncmp(fit, "suggest", 7) == 0;
  pid_t process =
      start_gyeol("cluster %s -i points.csv%s", fit, suggests ? "" : " --out labels.csv --model fit.json");
  wait_seconds(1.5);
  double before = processor_seconds_of(process);
  kill(process, SIGINT);
  process_result result = finish_gyeol(process);
  double seconds = result.exit_code == 0 ? 0 : result.processor_seconds - before;
  if (result.exit_code == 0) {
    unlink(in_workspace("labels.csv"));
    unlink(in_workspace("fit.json"));
  } else {
    cr_expect_eq(result.exit_code, 130, "%s: exit code %d: %s", fit, result.exit_code, result.err);
    expect_one_sentence(&result, fit);
  }
  process_clear(&result);
  expect_nothing_written(fit);
  return seconds;
}

Test(robust, ctrl_c_stops_a_clustering_soon_and_leaves_no_file) {
#ifdef __SANITIZE_ADDRESS__
  enum { ROWS = 20000 };
#else
  enum { ROWS = 120000 };
#endif
  static const char *const FITS[] = {"kmeans -k 60 --starts 1000 --tol 0",
                                     "spherical -k 60 --starts 1000 --tol 0",
                                     "bisecting -k 300 --starts 300",
                                     "trimmed -k 60 --starts 1000",
                                     "kmedoids -k 400",
                                     "kprototypes -k 60 --starts 1000 --categories kind",
                                     "gmm -k 60 --starts 1000 --tol 0",
                                     "hdbscan --min-samples 200",
                                     "optics --min-samples 50",
                                     "hierarchical -k 5 --linkage single",
                                     "kmeans -k 5 --picture tsne",
                                     "suggest --time 60"};
  write_points("points.csv", ROWS);
  int stopped = 0, n_fits = (int)(sizeof FITS / sizeof *FITS);
  for (int i = 0; i < n_fits; i++) {
    double seconds = stop_a_clustering(FITS[i]);
    stopped += seconds > 0;
    cr_expect_leq(seconds, 2.0, "%s: stopping took %.2f processor seconds", FITS[i], seconds);
  }
  cr_expect_geq(stopped, n_fits / 2);
}

Test(robust, labels_that_find_the_disk_full_leave_no_file) {
  mount_small("size=64k");
  write_points("points.csv", 30000);
  static const char *const FILES[] = {"full/labels.csv", "full/labels.json", "full/labels.parquet"};
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
    process_result result =
        run_gyeol("cluster kmeans -k 3 -i points.csv --picture pca --out '%s'", in_workspace("%s", FILES[i]));
    expect_full_disk(&result, FILES[i]);
    expect_one_sentence(&result, FILES[i]);
    process_clear(&result);
    cr_expect_eq(count_entries("full", ""), 0, "%s: a part of it is left", FILES[i]);
  }
}

Test(robust, a_clustering_keeps_to_its_memory_or_says_what_it_needs) {
  write_points("points.csv", 30000);
  static const char *const FITS[] = {"kmeans -k 5",
                                     "gmm -k 5",
                                     "kmedoids -k 5",
                                     "hdbscan",
                                     "dbscan",
                                     "optics",
                                     "genie -k 5",
                                     "hierarchical -k 5 --linkage average",
                                     "kmeans -k 5 --picture tsne"};
  for (size_t i = 0; i < sizeof FITS / sizeof *FITS; i++) {
    process_result result = run_gyeol("cluster %s -i points.csv --memory 64MB --out labels.csv", FITS[i]);
    if (result.exit_code == 0) {
      unlink(in_workspace("labels.csv"));
    } else {
      expect_one_sentence(&result, FITS[i]);
      cr_expect_not_null(strstr(result.err, "bytes"), "%s: %s", FITS[i], result.err);
    }
    cr_expect_leq(result.exit_code, 3, "%s: exit code %d: %s", FITS[i], result.exit_code, result.err);
    process_clear(&result);
    expect_nothing_written(FITS[i]);
  }
}

Test(robust, an_input_that_cannot_be_read_is_named) {
  write_points("points.csv", 100);
  cr_assert_eq(symlink("nowhere", in_workspace("dangling.csv")), 0);
  write_file(in_workspace("broken.csv.gz"), "\x1f\x8b\x08\0\0\0\0\0\0\3broken", 16);
  write_file(in_workspace("broken.parquet"), "PAR1 no PAR1", 12);
  write_text(in_workspace("empty.csv"), "");
  write_text(in_workspace("header.csv"), "a,b\n");
  static const char *const FILES[] = {"dangling.csv",   ".",         "broken.csv.gz",
                                      "broken.parquet", "empty.csv", "header.csv"};
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
    process_result result = run_gyeol("cluster kmeans -k 2 -i %s --out labels.csv", FILES[i]);
    cr_expect(result.exit_code == 1 || result.exit_code == 3 || result.exit_code == 2, "%s ended with %d: %s",
              FILES[i], result.exit_code, result.err);
    expect_one_sentence(&result, FILES[i]);
    cr_expect_eq(access(in_workspace("labels.csv"), F_OK), -1, "%s: labels were written", FILES[i]);
    process_clear(&result);
  }
  process_result result = run_gyeol("cluster kmeans -k 2 -i points.csv --out absent/labels.csv");
  cr_expect_eq(result.exit_code, 1, "%s", result.err);
  expect_one_sentence(&result, "a folder that is not there");
  process_clear(&result);
}
