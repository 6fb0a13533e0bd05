/* SPDX-License-Identifier: Apache-2.0
 *
 * A first import with identifiers that is killed at any moment: the vault gets the originals before the store
 * commits, so that the next run gives what an undisturbed one gives, and no pseudonym is without its
 * original. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "project_fixture.h"
#include "support/rounds.h"

#ifdef __SANITIZE_ADDRESS__
enum { PEOPLE = 6000 };
#else
enum { PEOPLE = 25000 };
#endif
enum { KILLS = ROUNDS(10) };

TestSuite(identifier_kills, .fini = workspace_remove, .timeout = 400);

static void write_tables(void) {
  write_small_shop(in_workspace("orders.csv"), 900, 1);
  FILE *file = fopen(in_workspace("customers.csv"), "w");
  cr_assert_not_null(file);
  fputs("customer_id,email,phone,name,note\n", file);
  for (int i = 1; i <= PEOPLE; i++)
    fprintf(file, "%d,p%d@shop.kr,010-%04d-%04d,kim%d,%s%s\n", i, i, 2000 + i / 9000, 1000 + i % 9000, i,
            i % 50 == 0 ? "call " : "",
            i % 50 == 0   ? "010-7777-1234"
            : i % 97 == 0 ? "torn,row"
                          : "");
  fclose(file);
}

/* Everything the import leaves that does not hang on the project's key, and how many different pseudonyms. */
static const char STATE[] =
    "SELECT count(*) AS n, count(DISTINCT email) AS emails, count(DISTINCT phone) AS phones, "
    "count(DISTINCT person_name) AS names, sum(CAST(customer_id AS BIGINT)) AS ids, count(note) AS notes, "
    "count(*) FILTER (note LIKE '%010-%') AS in_the_clear, (SELECT count(*) FROM rejects) AS rejected "
    "FROM source_customers";

static void expect_whole(const char *when, const char *expected, json_int_t n_records) {
  char *state = project_rows("shop", STATE);
  cr_expect_str_eq(state, expected, "%s: %s, not %s", when, state, expected);
  free(state);
  process_result vault = gyeol_ok("vault status shop --check --json");
  cr_expect(json_is_true(json_object_get(vault.json, "checked")), "%s: %s", when, vault.out);
  cr_expect_geq(int_of(vault.json, "n_records"), n_records, "%s: originals are lost: %s", when, vault.out);
  process_clear(&vault);
  process_result opened = gyeol_ok("vault open 777 shop --reason test --json");
  cr_expect_not_null(strstr(opened.out, "p777@shop.kr"), "%s: %s", when, opened.out);
  process_clear(&opened);
}

Test(identifier_kills, a_first_import_killed_at_ten_points_is_whole_after_the_next_run) {
  int n_killed = 0;
  write_tables();
  project_make("shop", "orders.csv customers.csv");
  process_result timed = gyeol_ok("run shop --until import --quiet");
  char *expected = project_rows("shop", STATE);
  process_result vault = gyeol_ok("vault status shop --check --json");
  json_int_t n_records = int_of(vault.json, "n_records");
  double seconds = timed.seconds < 0.95 ? timed.seconds : 0.95;
  cr_assert_gt(n_records, PEOPLE, "%s", vault.out);
  process_clear(&timed);
  process_clear(&vault);
  srand(17);
  for (int i = 0; i < KILLS; i++) {
    gy_error err = {0};
    double moment = seconds * (i + (double)rand() / RAND_MAX) / KILLS;
    struct timespec time = {.tv_nsec = (long)(moment * 1e9)};
    char when[96];
    snprintf(when, sizeof when, "killed after %.3f s of %.3f", moment, seconds);
    cr_assert_eq(gy_dir_remove(in_workspace("shop/.gyeol"), &err), GY_OK, "%s", err.text);
    pid_t process = start_gyeol("run shop --until import --quiet");
    nanosleep(&time, NULL);
    kill(process, SIGKILL);
    process_result result = finish_gyeol(process);
    n_killed += result.exit_code == 128 + SIGKILL;
    process_clear(&result);
    json_decref(project_run("shop", "--until import"));
    expect_whole(when, expected, n_records);
  }
  cr_expect_geq(n_killed, KILLS / 2, "only %d imports were hit", n_killed);
  free(expected);
}
