/* SPDX-License-Identifier: Apache-2.0 */
#include "engine_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static gy_status open_path(const char *path, bool read_only, gy_engine **engine, gy_error *err) {
  return gy_engine_open(&(gy_engine_options){.path = path, .read_only = read_only, .n_threads = 2}, engine,
                        err);
}

Test(engine_open, memory_store_answers) {
  gy_engine *engine = memory_store(0);
  cr_assert_eq(int_of(engine, "SELECT 6 * 7"), 42);
  gy_engine_close(engine);
  gy_engine_close(NULL);
}

Test(engine_open, file_keeps_what_was_written) {
  char *folder = make_folder(), *path = path_in(folder, "store.duckdb");
  gy_engine *engine = file_store(path);
  run_sql(engine, "CREATE TABLE t AS SELECT range AS i FROM range(10)");
  gy_engine_close(engine);
  engine = file_store(path);
  cr_assert_eq(int_of(engine, "SELECT sum(i) FROM t"), 45);
  gy_engine_close(engine);
  free(path);
  remove_folder(folder);
}

Test(engine_open, settings_are_as_stated) {
  gy_engine *engine = NULL;
  char *folder = make_folder(), *path = path_in(folder, "s.duckdb"), *spill = path_in(folder, "spill here");
  MUST(gy_engine_open(
      &(gy_engine_options){.path = path, .n_threads = 3, .memory_bytes = 256u << 20, .spill_dir = spill},
      &engine, &err));
  cr_assert_eq(int_of(engine, "SELECT current_setting('threads')"), 3);
  assert_text(engine, "SELECT current_setting('temp_directory')", spill);
  assert_text(engine, "SELECT current_setting('memory_limit')", "256.0 MiB");
  assert_text(engine, "SELECT current_setting('TimeZone')", "UTC");
  assert_text(engine, "SELECT current_setting('autoinstall_known_extensions')", "false");
  gy_engine_close(engine);
  free(spill);
  free(path);
  remove_folder(folder);
}

Test(engine_open, read_only_reads_and_refuses_to_write) {
  char *folder = make_folder(), *path = path_in(folder, "store.duckdb");
  gy_engine *engine = NULL;
  MUST_FAIL(open_path(path, true, &engine, &err), GY_ENOTFOUND, path);
  cr_assert_null(engine);
  engine = file_store(path);
  run_sql(engine, "CREATE TABLE t AS SELECT 5 AS i");
  gy_engine_close(engine);
  MUST(open_path(path, true, &engine, &err));
  cr_assert_eq(int_of(engine, "SELECT i FROM t"), 5);
  MUST_FAIL(gy_engine_execute(engine, "DELETE FROM t", NULL, 0, NULL, NULL, NULL, &err), GY_EENGINE,
            "read-only");
  gy_engine_close(engine);
  free(path);
  remove_folder(folder);
}

Test(engine_open, damaged_and_impossible_files) {
  char *folder = make_folder(), *path = path_in(folder, "store.duckdb");
  char *nowhere = path_in(folder, "no/such/folder/store.duckdb");
  FILE *file = fopen(path, "w");
  for (int i = 0; i < 5000; i++) fputs("not a database ", file);
  fclose(file);
  gy_engine *engine = NULL;
  MUST_FAIL(open_path(path, false, &engine, &err), GY_ECORRUPT, path);
  MUST_FAIL(open_path(nowhere, false, &engine, &err), GY_EIO, nowhere);
  cr_assert_null(engine);
  free(nowhere);
  free(path);
  remove_folder(folder);
}

Test(engine_open, file_with_overwritten_blocks_is_corrupt) {
  char *folder = make_folder(), *path = path_in(folder, "store.duckdb");
  gy_engine *engine = file_store(path);
  run_sql(engine, "CREATE TABLE t AS SELECT random() AS i FROM range(500000)");
  gy_engine_close(engine);
  FILE *file = fopen(path, "r+");
  struct stat info;
  fstat(fileno(file), &info);
  for (long at = 3 * 4096 + 100; at < info.st_size; at += 4096) {
    fseek(file, at, SEEK_SET);
    fputs("zzzz", file);
  }
  fclose(file);
  gy_error err = {0};
  int64_t sum = 0;
  engine = NULL;
  gy_status status = open_path(path, false, &engine, &err);
  if (status == GY_OK)
    status = gy_engine_int64(engine, "SELECT count(i) + sum(i) FROM t", NULL, 0, &sum, &err);
  cr_assert_eq(status, GY_ECORRUPT, "%s: %s", gy_status_name(status), err.text);
  gy_engine_close(engine);
  free(path);
  remove_folder(folder);
}

/* Runs `work` in a child and waits until it has written one byte. */
static pid_t start_child(void (*work)(const char *path, int ready), const char *path) {
  int pipe_ends[2];
  cr_assert_eq(pipe(pipe_ends), 0);
  pid_t child = fork();
  if (child == 0) {
    close(pipe_ends[0]);
    work(path, pipe_ends[1]);
    _exit(0);
  }
  char byte = 0;
  close(pipe_ends[1]);
  cr_assert_eq(read(pipe_ends[0], &byte, 1), 1);
  close(pipe_ends[0]);
  return child;
}

static void end_child(pid_t child) {
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

static void hold_store(const char *path, int ready) {
  gy_engine *engine = NULL;
  if (open_path(path, false, &engine, NULL) != GY_OK) return;
  if (write(ready, "x", 1) == 1) pause();
}

Test(engine_open, lock_of_another_process_is_named) {
  char *folder = make_folder(), *path = path_in(folder, "store.duckdb"), *pid = NULL;
  pid_t child = start_child(hold_store, path);
  gy_engine *engine = NULL;
  cr_assert(asprintf(&pid, "process %ld (test_engine)", (long)child) > 0);
  MUST_FAIL(open_path(path, false, &engine, &err), GY_EBUSY, pid);
  MUST_FAIL(open_path(path, true, &engine, &err), GY_EBUSY, path);
  end_child(child);
  MUST(open_path(path, false, &engine, &err));
  gy_engine_close(engine);
  free(pid);
  free(path);
  remove_folder(folder);
}

static void write_and_hang(const char *path, int ready) {
  gy_engine *engine = NULL;
  gy_error err;
  bool done = open_path(path, false, &engine, &err) == GY_OK &&
              gy_engine_execute(engine, "CREATE TABLE t AS SELECT range AS i FROM range(100000)", NULL, 0,
                                NULL, NULL, NULL, &err) == GY_OK &&
              gy_engine_begin(engine, &err) == GY_OK &&
              gy_engine_execute(engine,
                                "DELETE FROM t WHERE i < 50000; CREATE TABLE u AS SELECT * FROM t;"
                                "INSERT INTO t SELECT range FROM range(700000)",
                                NULL, 0, NULL, NULL, NULL, &err) == GY_OK;
  if (done && write(ready, "x", 1) == 1) pause();
}

Test(engine_open, killed_in_a_transaction_leaves_the_last_commit) {
  char *folder = make_folder(), *path = path_in(folder, "store.duckdb");
  end_child(start_child(write_and_hang, path));
  gy_engine *engine = file_store(path);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM t"), 100000);
  cr_assert_eq(int_of(engine, "SELECT sum(i) FROM t"), INT64_C(100000) * 99999 / 2);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'u'"), 0);
  gy_engine_close(engine);
  free(path);
  remove_folder(folder);
}

/* Commits what, when its log is replayed, makes DuckDB write to the file. */
static void commit_and_hang(const char *path, int ready) {
  gy_engine *engine = NULL;
  gy_error err;
  bool done = open_path(path, false, &engine, &err) == GY_OK &&
              gy_engine_execute(engine,
                                "CREATE TABLE t AS SELECT range AS i FROM range(200000);"
                                "CREATE OR REPLACE TABLE t AS SELECT range AS i FROM range(50000);"
                                "CREATE INDEX t_i ON t (i)",
                                NULL, 0, NULL, NULL, NULL, &err) == GY_OK;
  if (done && write(ready, "x", 1) == 1) pause();
}

Test(engine_open, killed_after_a_commit_is_opened_by_readers) {
  char *folder = make_folder(), *path = path_in(folder, "store.duckdb");
  end_child(start_child(commit_and_hang, path));
  gy_engine *engine = NULL;
  MUST(open_path(path, true, &engine, &err));
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM t"), 50000);
  gy_engine_close(engine);
  free(path);
  remove_folder(folder);
}

Test(engine_open, full_disk_is_no_space_and_keeps_the_last_commit) {
  char *folder = make_folder();
  if (mount("tmpfs", folder, "tmpfs", 0, "size=8m") != 0) {
    remove_folder(folder);
    cr_skip_test("a file system of 8 MB needs root to mount");
  }
  char *path = path_in(folder, "store.duckdb");
  gy_engine *engine = file_store(path);
  run_sql(engine, "CREATE TABLE kept AS SELECT range AS i FROM range(1000)");
  gy_error why = {0};
  MUST(gy_engine_begin(engine, &err));
  gy_status status =
      gy_engine_execute(engine, "CREATE TABLE big AS SELECT hash(range) AS h FROM range(5000000)", NULL, 0,
                        NULL, NULL, NULL, &why);
  if (status == GY_OK) status = gy_engine_commit(engine, &why);
  cr_assert_eq(status, GY_ENOSPACE, "%s: %s", gy_status_name(status), why.text);
  gy_engine_close(engine);
  engine = file_store(path);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM kept"), 1000);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM duckdb_tables()"), 1);
  gy_engine_close(engine);
  umount(folder);
  free(path);
  remove_folder(folder);
}

/* A process is killed by the write that would make any file of its longer than the limit. */
Test(engine_open, a_store_is_made_whole_or_not_at_all) {
  enum { STEP = 1024, STEPS = 32 };
  char *folder = make_folder(), *path = path_in(folder, "store.duckdb");
  int n_killed = 0;
  for (int i = 0; i < STEPS; i++) {
    pid_t child = fork();
    if (child == 0) {
      gy_engine *engine = NULL;
      const struct rlimit core = {0, 0}, longest = {(rlim_t)i * STEP, (rlim_t)i * STEP};
      if (setrlimit(RLIMIT_CORE, &core) != 0 || setrlimit(RLIMIT_FSIZE, &longest) != 0) _exit(1);
      _exit(open_path(path, false, &engine, NULL) != GY_OK);
    }
    int how = 0;
    cr_assert_eq(waitpid(child, &how, 0), child);
    n_killed += WIFSIGNALED(how) && WTERMSIG(how) == SIGXFSZ;
    gy_engine *engine = NULL;
    gy_error err = {0};
    cr_assert_eq(open_path(path, false, &engine, &err), GY_OK, "after %d bytes: %s", i * STEP, err.text);
    run_sql(engine, "CREATE TABLE t AS SELECT 1 AS i");
    gy_engine_close(engine);
    cr_assert_eq(unlink(path), 0);
  }
  cr_expect_gt(n_killed, 4);
  cr_expect_eq(rmdir(folder), 0, "something lies beside the store");
  free(path);
  remove_folder(folder);
}

/* What a process does that finds the disk full at a commit, goes on and ends without closing: bits of what
 * was said to be done. */
static int work_on_full_disk(const char *path) {
  static const char *const STATEMENTS[] = {
      "INSERT INTO kept SELECT hash(range) % 1000000007 FROM range(100000)", "DROP TABLE staged",
      "CREATE TABLE late AS SELECT range AS i FROM range(10)"};
  gy_engine *engine = NULL;
  if (open_path(path, false, &engine, NULL) != GY_OK) return 1 << 7;
  int done = 0;
  for (int i = 0; i < 3; i++)
    done |= (gy_engine_execute(engine, STATEMENTS[i], NULL, 0, NULL, NULL, NULL, NULL) == GY_OK) << i;
  return done;
}

static void resize(const char *folder, size_t kilobytes) {
  char size[64];
  snprintf(size, sizeof size, "size=%zuk", kilobytes);
  cr_assert_eq(mount("tmpfs", folder, "tmpfs", MS_REMOUNT, size), 0, "%s", size);
}

static void expect_done(const char *path, int done, size_t room) {
  gy_engine *engine = file_store(path);
  cr_expect_eq(int_of(engine, "SELECT count(*) FROM kept"), (done & 1) ? 101000 : 1000, "room %zu: %d", room,
               done);
  cr_expect_eq(int_of(engine, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'staged'"),
               (done & 2) ? 0 : 1, "room %zu: %d", room, done);
  cr_expect_eq(int_of(engine, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'late'"),
               (done & 4) ? 1 : 0, "room %zu: %d", room, done);
  gy_engine_close(engine);
}

/* The log that a commit could not write to the end stays replayable, with what came after it. */
Test(engine_open, log_is_replayable_after_a_commit_that_found_the_disk_full) {
  enum { LEAST = 32, STEP = 96, MOST = 1400, AMPLE = 64 << 10 };
  int n_failed = 0, n_went_on = 0;
  char *folder = make_folder();
  if (mount("tmpfs", folder, "tmpfs", 0, "size=64m") != 0) {
    remove_folder(folder);
    cr_skip_test("a small file system needs root to mount");
  }
  char *path = path_in(folder, "store.duckdb"), *log = path_in(folder, "store.duckdb.wal");
  for (size_t room = LEAST; room < MOST; room += STEP) {
    unlink(path);
    unlink(log);
    gy_engine *engine = file_store(path);
    run_sql(engine, "CREATE TABLE kept AS SELECT range AS i FROM range(1000)");
    run_sql(engine, "CREATE TABLE staged AS SELECT range AS i FROM range(1000)");
    gy_engine_close(engine);
    struct stat file;
    cr_assert_eq(stat(path, &file), 0);
    resize(folder, (size_t)file.st_size / 1024 + room);
    pid_t child = fork();
    if (child == 0) _exit(work_on_full_disk(path));
    int how = 0;
    cr_assert_eq(waitpid(child, &how, 0), child);
    cr_assert(WIFEXITED(how), "room %zu", room);
    resize(folder, AMPLE);
    int done = WEXITSTATUS(how);
    n_failed += (done & 1) == 0;
    n_went_on += (done & 7) == 6;
    expect_done(path, done, room);
  }
  cr_expect_gt(n_failed, 3);
  cr_expect_gt(n_went_on, 0, "no process could go on after its failed commit");
  umount(folder);
  free(log);
  free(path);
  remove_folder(folder);
}
