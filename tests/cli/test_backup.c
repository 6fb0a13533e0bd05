/* SPDX-License-Identifier: Apache-2.0
 *
 * Backups and what comes of them: whole or refused, never half, and nobody who was forgotten comes back. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "project_fixture.h"
#include "support/byte_search.h"
#include "support/rounds.h"

TestSuite(backup, .fini = workspace_remove, .timeout = 300);

static void make_shop(void) {
  setenv("GYEOL_PASSPHRASE", "four words are enough", 1);
  write_small_shop(in_workspace("orders.csv"), 9000, 1);
  project_make("shop", "orders.csv");
  json_decref(project_run("shop", ""));
}

static void expect_rows(const char *project, const char *sql, const char *expected, const char *when) {
  char *rows = project_rows(project, sql);
  cr_expect_str_eq(rows, expected, "%s: %s", when, rows);
  free(rows);
}

static void shell(const char *command) {
  char line[1024];
  snprintf(line, sizeof line, "cd '%s' && %s", workspace(), command);
  cr_assert_eq(system(line), 0, "%s", command);
}

static const char HAS_101[] = "SELECT count(*) > 0 FROM order_lines WHERE customer_id = 101",
                  ALL[] = "SELECT count(*), sum(amount) FROM order_lines";

Test(backup, comes_back_as_it_was) {
  make_shop();
  char *all = project_rows("shop", ALL);
  process_result made = gyeol_ok("backup shop.backup shop --passphrase --json");
  cr_expect_gt(int_of(made.json, "files"), 3, "%s", made.out);
  process_result whole = gyeol_ok("backup --verify shop.backup --json");
  cr_expect_eq(int_of(whole.json, "size"), int_of(made.json, "size"));
  process_result restored = gyeol_ok("restore shop.backup again --json");
  expect_rows("again", ALL, all, "restored");
  shell("diff -r shop again");
  json_decref(project_run("again", ""));
  expect_rows("again", ALL, all, "run again");
  process_clear(&made);
  process_clear(&whole);
  process_clear(&restored);
  free(all);
}

Test(backup, nothing_of_it_can_be_read) {
  static const char *const TEXTS[] = {"gyeol.yaml", "store.duckdb", "customer_id"};
  make_shop();
  process_result made = gyeol_ok("backup shop.backup shop --passphrase");
  char where[512] = "";
  cr_expect_not(byte_search_any(in_workspace("shop.backup"), TEXTS, 3, NULL, where, sizeof where), "%s",
                where);
  process_clear(&made);
}

typedef struct {
  const char *damage, *says;
  int code;
} damage;

/* Found before anything is replaced. */
Test(backup, a_damaged_one_changes_nothing) {
  static const damage CASES[] = {
      {"cp shop.backup bad; truncate -s -1 bad", "bad is", 1},
      {"head -c 100000 shop.backup >bad", "truncated", 1},
      {"head -c 40 shop.backup >bad", "truncated", 1},
      {": >bad", "no backup", 1},
      {"cp orders.csv bad", "no backup", 1},
      {"cp shop.backup bad; printf x >>bad", "bad is", 1},
      {"cp shop.backup bad; printf x | dd of=bad bs=1 seek=200000 conv=notrunc 2>/dev/null", "damaged", 1},
      {"cp shop.backup bad; printf '\\377' | dd of=bad bs=1 seek=20 conv=notrunc 2>/dev/null",
       "key or passphrase", 2},
  };
  make_shop();
  process_result made = gyeol_ok("backup shop.backup shop --passphrase");
  process_clear(&made);
  char *all = project_rows("shop", ALL);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    shell(CASES[i].damage);
    process_result result = run_gyeol("restore bad shop --force");
    cr_expect_eq(result.exit_code, CASES[i].code, "%s: %s", CASES[i].damage, result.err);
    cr_expect_not_null(strstr(result.err, CASES[i].says), "%s: %s", CASES[i].damage, result.err);
    expect_rows("shop", ALL, all, CASES[i].damage);
    cr_expect_not(gy_path_exists(in_workspace("shop.restoring")), "%s", CASES[i].damage);
    cr_expect_not(gy_path_exists(in_workspace("shop.before-restore")), "%s", CASES[i].damage);
    process_clear(&result);
  }
  setenv("GYEOL_PASSPHRASE", "four other words here", 1);
  process_result other = run_gyeol("restore shop.backup shop --force");
  cr_expect_eq(other.exit_code, 2, "%s", other.err);
  process_clear(&other);
  free(all);
}

Test(backup, an_existing_project_is_kept) {
  make_shop();
  process_result made = gyeol_ok("backup shop.backup shop --passphrase");
  process_result refused = run_gyeol("restore shop.backup shop");
  cr_expect_eq(refused.exit_code, 1);
  cr_expect_not_null(strstr(refused.err, "--force"), "%s", refused.err);
  write_text(in_workspace("shop/mine.txt"), "mine");
  process_result done = gyeol_ok("restore shop.backup shop --force");
  cr_expect(gy_path_exists(in_workspace("shop.before-restore/mine.txt")));
  process_clear(&made);
  process_clear(&refused);
  process_clear(&done);
}

/* Also of a backup that was made before the project had any key. */
Test(backup, who_was_forgotten_since_stays_forgotten) {
  make_shop();
  process_result early = gyeol_ok("backup early.backup shop --passphrase");
  process_result first = gyeol_ok("forget 102 shop");
  process_result late = gyeol_ok("backup late.backup shop --passphrase");
  process_result second = gyeol_ok("forget 101 shop");
  static const char *const BACKUPS[] = {"late.backup", "early.backup"};
  for (size_t i = 0; i < 2; i++) {
    process_result done = gyeol_ok("restore %s shop --force --json", BACKUPS[i]);
    cr_expect_eq(int_of(done.json, "forgotten"), (json_int_t)i + 1, "%s: %s", BACKUPS[i], done.out);
    expect_rows("shop", HAS_101, "false", BACKUPS[i]);
    expect_rows("shop", "SELECT count(*) > 0 FROM order_lines WHERE customer_id = 102", "false", BACKUPS[i]);
    process_result again = gyeol_ok("forget 101 shop --json");
    cr_expect_eq(int_of(again.json, "already"), 1, "%s", again.out);
    process_result log = gyeol_ok("audit verify shop");
    process_clear(&log);
    process_clear(&again);
    process_clear(&done);
  }
  process_clear(&early);
  process_clear(&first);
  process_clear(&late);
  process_clear(&second);
}

/* DIR is whole at any time: as it was, or restored. With a key: words would take most of the time, in which a
 * kill meets no file. */
Test(backup, restore_killed_at_twenty_points) {
  make_shop();
  setenv("BACKUP_KEY", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 1);
  process_result made = gyeol_ok("backup shop.backup shop --key env:BACKUP_KEY");
  process_result gone = gyeol_ok("forget 101 shop");
  process_clear(&made);
  process_clear(&gone);
  char *all = project_rows("shop", ALL);
  shell("mv shop kept && cp -a kept shop");
  process_result whole = gyeol_ok("restore shop.backup shop --force --key env:BACKUP_KEY");
  double seconds = whole.seconds;
  process_clear(&whole);
  srand(20261122);
  for (int point = 0; point < ROUNDS(20); point++) {
    char when[32];
    snprintf(when, sizeof when, "point %d", point);
    shell("rm -rf shop shop.before-restore* && cp -a kept shop"); /* what is beside stays for the next one */
    pid_t process = start_gyeol("restore shop.backup shop --force --key env:BACKUP_KEY");
    double wait = seconds * (rand() % 1000) / 1000;
    nanosleep(&(struct timespec){(time_t)wait, (long)((wait - (double)(time_t)wait) * 1e9)}, NULL);
    kill(process, SIGKILL);
    process_result ended = finish_gyeol(process);
    process_clear(&ended);
    expect_rows("shop", HAS_101, "false", when);
    expect_rows("shop", ALL, all, when);
  }
  shell("rm -rf shop.before-restore*");
  process_result last = gyeol_ok("restore shop.backup shop --force --key env:BACKUP_KEY");
  cr_expect_not(gy_path_exists(in_workspace("shop.restoring")));
  expect_rows("shop", ALL, all, "at the end");
  process_clear(&last);
  free(all);
}
