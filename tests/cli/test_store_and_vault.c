/* SPDX-License-Identifier: Apache-2.0
 *
 * A store and a vault of different times, or of different projects, copied beside each other: told in one
 * sentence before anything is read from either. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "project_fixture.h"

TestSuite(store_and_vault, .fini = workspace_remove, .timeout = 240);

static void write_customers(int people) {
  char text[8192], *end = stpcpy(text, "customer_id,email\n");
  for (int i = 1; i <= people; i++) end += sprintf(end, "%d,okapi.%d@example.com\n", i, i);
  write_text(in_workspace("customers.csv"), text);
}

static void shell(const char *format, const char *a, const char *b) {
  char command[2048];
  snprintf(command, sizeof command, format, a, b);
  cr_assert_eq(system(command), 0, "%s", command);
}

static void expect_refused(const char *command, const char *sentence) {
  process_result said = run_gyeol("%s", command);
  cr_expect_neq(said.exit_code, 0, "%s was done", command);
  cr_expect_not_null(strstr(said.err, sentence), "%s says: %s", command, said.err);
  const char *line = strchr(said.err, '\n');
  cr_expect(line == NULL || line[1] == '\0', "%s: more than one sentence: %s", command, said.err);
  process_clear(&said);
}

static void make_shop(void) {
  write_small_shop(in_workspace("orders.csv"), 600, 1);
  write_customers(20);
  project_make("shop", "orders.csv customers.csv");
  json_decref(project_run("shop", "--until features"));
}

static void copy(const char *from, const char *to) {
  shell("rm -rf '%2$s' && cp -r '%1$s' '%2$s'", from, to);
}

static const char *const COMMANDS[] = {"run shop --until features", "forget 3 shop",
                                       "vault status shop --check", "vault open 3 shop --reason test",
                                       "subject export 3 shop"};
enum { N_COMMANDS = sizeof COMMANDS / sizeof *COMMANDS };

static void expect_all_refuse(const char *sentence) {
  for (size_t i = 0; i < N_COMMANDS; i++) expect_refused(COMMANDS[i], sentence);
}

Test(store_and_vault, an_older_vault_is_told) {
  make_shop();
  copy(in_workspace("shop/.gyeol/vault"), in_workspace("older"));
  write_customers(24);
  json_decref(project_run("shop", "--until features"));
  copy(in_workspace("shop/.gyeol/vault"), in_workspace("newer"));
  copy(in_workspace("older"), in_workspace("shop/.gyeol/vault"));
  expect_all_refuse("/vault is older than the store beside it");
  copy(in_workspace("newer"), in_workspace("shop/.gyeol/vault"));
  json_decref(project_run("shop", "--until features"));
}

Test(store_and_vault, an_older_list_of_the_forgotten_is_told) {
  make_shop();
  copy(in_workspace("shop/.gyeol/vault"), in_workspace("older"));
  process_result done = gyeol_ok("forget 5 shop");
  process_clear(&done);
  copy(in_workspace("older"), in_workspace("shop/.gyeol/vault"));
  expect_all_refuse("/vault is older than the store beside it");
}

Test(store_and_vault, an_older_store_is_told_and_a_restore_mends_it) {
  make_shop();
  process_result saved = gyeol_ok("backup shop.backup shop");
  copy(in_workspace("shop/.gyeol/store.duckdb"), in_workspace("older"));
  process_result done = gyeol_ok("forget 5 shop");
  copy(in_workspace("older"), in_workspace("shop/.gyeol/store.duckdb"));
  expect_all_refuse("store.duckdb is older than the vault beside it and still has people who were forgotten");
  process_result restored = gyeol_ok("restore shop.backup shop --force --json");
  cr_expect_eq(int_of(restored.json, "forgotten"), 1, "%s", restored.out);
  json_decref(project_run("shop", "--until features"));
  char *rows = project_rows("shop", "SELECT count(*) FROM customers WHERE customer_id = 5");
  cr_expect_str_eq(rows, "0", "%s", rows);
  free(rows);
  process_clear(&saved);
  process_clear(&done);
  process_clear(&restored);
}

Test(store_and_vault, a_vault_of_another_project_or_none_is_told) {
  make_shop();
  copy(in_workspace("shop"), in_workspace("twin"));
  shell("rm -rf '%s' '%s'", in_workspace("twin/.gyeol/vault"), in_workspace("twin/.gyeol/store.duckdb"));
  shell("rm -f '%s' '%s'", in_workspace("twin/.gyeol/vault.key"), in_workspace("twin/.gyeol/audit.log"));
  json_decref(project_run("twin", "--until features"));
  copy(in_workspace("twin/.gyeol/vault"), in_workspace("shop/.gyeol/vault"));
  copy(in_workspace("twin/.gyeol/vault.key"), in_workspace("shop/.gyeol/vault.key"));
  expect_refused("run shop --until features", "/vault is of another project than the store beside it");
  expect_refused("vault status shop --check", "/vault is of another project than the store beside it");
  shell("rm -rf '%s' '%s'", in_workspace("shop/.gyeol/vault"), in_workspace("shop/.gyeol/vault.key"));
  expect_refused("run shop --until features", "/vault is missing beside a store that was written with it");
}

/* What the vault does without the store is no difference. */
Test(store_and_vault, rotation_and_a_new_store_are_fine) {
  make_shop();
  process_result rotated = gyeol_ok("vault rotate shop");
  process_clear(&rotated);
  json_decref(project_run("shop", "--until features --force"));
  process_result done = gyeol_ok("forget 5 shop");
  process_clear(&done);
  shell("rm '%s'%s", in_workspace("shop/.gyeol/store.duckdb"), "");
  json_decref(project_run("shop", "--until features"));
  char *rows = project_rows("shop", "SELECT count(*), count(*) FILTER (customer_id = 5) FROM customers");
  cr_expect_str_eq(rows, "19,0", "%s", rows);
  free(rows);
  process_result status = gyeol_ok("vault status shop --check");
  process_clear(&status);
}
