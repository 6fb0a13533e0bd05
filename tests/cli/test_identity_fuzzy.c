/* SPDX-License-Identifier: Apache-2.0
 *
 * Resemblance in a project: what identity.fuzzy finds against the truth, what waits for a decision, and that
 * switching it off leaves people as they were. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_fixture.h"

TestSuite(identity_fuzzy, .fini = workspace_remove, .timeout = 300);

static const char CUSTOMERS[] =
    "SELECT c.customer_id AS id, coalesce(k.person, CAST(c.customer_id AS VARCHAR)) AS person FROM "
    "source_customers AS c LEFT JOIN person_keys AS k ON k.kind = 'customer_id' AND k.key = "
    "CAST(c.customer_id AS "
    "VARCHAR) ORDER BY c.customer_id";

static void make_people(const char *name, int customers) {
  process_result made =
      gyeol_ok("simulate shop --people messy --customers %d --out people --quiet", customers);
  process_clear(&made);
  project_make(name, "people/customers.csv people/orders.csv");
}

static void set_fuzzy(const char *name, const char *mode) {
  static char *plain = NULL;
  const char *path = in_workspace("%s/gyeol.yaml", name);
  if (plain == NULL) plain = file_text(path);
  char *text = malloc(strlen(plain) + 64);
  sprintf(text, "%s\nidentity:\n  fuzzy: %s\n", plain, mode);
  write_text(path, text);
  free(text);
}

static json_t *run_people(const char *name) {
  process_result run = gyeol_ok("run %s --until identity --json", name);
  json_t *manifest = json_incref(run.json);
  process_clear(&run);
  return manifest;
}

/* Pairs of customers by precision and recall against truth_people.csv. */
static void score(const char *name, double *precision, double *recall) {
  json_t *rows = project_query(name, CUSTOMERS), *row;
  char *text = file_text(in_workspace("people/truth_people.csv"));
  size_t n = json_array_size(rows), i;
  long *truth = calloc(n + 2, sizeof *truth), customer, person;
  for (const char *line = strchr(text, '\n') + 1; sscanf(line, "%ld,%ld", &customer, &person) == 2;
       line = strchr(line, '\n') + 1)
    truth[customer] = person;
  long *found = calloc(n + 2, sizeof *found);
  json_array_foreach(rows, i, row) found[i + 1] = atol(text_of(row, "person"));
  double same_truth = 0, same_found = 0, both = 0;
  for (size_t a = 1; a <= n; a++) {
    for (size_t b = a + 1; b <= n; b++) {
      same_truth += truth[a] == truth[b];
      same_found += found[a] == found[b];
      both += truth[a] == truth[b] && found[a] == found[b];
    }
  }
  *precision = both / same_found;
  *recall = both / same_truth;
  free(truth);
  free(found);
  free(text);
  json_decref(rows);
}

Test(identity_fuzzy, finds_people_whom_keys_miss_and_parts_families) {
  make_people("shop", 4000);
  json_decref(run_people("shop"));
  char *before = project_rows("shop", CUSTOMERS);
  double precision, recall, by_keys;
  score("shop", &precision, &by_keys);
  set_fuzzy("shop", "merge");
  json_t *manifest = run_people("shop");
  json_decref(manifest);
  score("shop", &precision, &recall);
  cr_assert(precision >= 0.995 && recall >= 0.97 && recall > by_keys,
            "precision %.4f, recall %.4f; by keys %.4f", precision, recall, by_keys);
  char *again = project_rows("shop", CUSTOMERS);
  json_decref(run_people("shop"));
  char *third = project_rows("shop", CUSTOMERS);
  cr_expect_str_eq(again, third, "a second run changes people");
  set_fuzzy("shop", "off");
  json_decref(run_people("shop"));
  char *after = project_rows("shop", CUSTOMERS);
  cr_expect_str_eq(before, after, "people are not what they were before");
  char *left =
      project_rows("shop", "SELECT count(*) FROM identity_fuzzy_links WHERE decision <> 'contradiction'");
  cr_expect_str_eq(left, "0");
  free(left);
  free(before);
  free(again);
  free(third);
  free(after);
}

Test(identity_fuzzy, pairs_wait_until_they_are_decided) {
  make_people("shop", 1200);
  process_result none = run_gyeol("identity review shop");
  cr_expect_eq(none.exit_code, 1, "%s", none.err); /* no run yet */
  process_clear(&none);
  json_decref(run_people("shop"));
  none = run_gyeol("identity review shop");
  cr_expect_eq(none.exit_code, 2, "%s", none.err);
  cr_expect_not_null(strstr(none.err, "fuzzy"), "%s", none.err);
  process_clear(&none);
  set_fuzzy("shop", "off\n  guests: leave");
  json_decref(run_people("shop"));
  char *before = project_rows("shop", CUSTOMERS);
  set_fuzzy("shop", "review\n  guests: leave");
  json_decref(run_people("shop"));
  char *after = project_rows("shop", CUSTOMERS);
  cr_expect_str_eq(before, after, "review alone changes nobody");
  process_result list = gyeol_ok("identity review shop --json");
  json_int_t waiting = int_of(list.json, "waiting");
  cr_assert_geq(waiting, 2, "%s", list.out);
  cr_expect_not_null(strstr(text_of(list.json, "pairs.0.evidence"), "birth +"), "%s", list.out);
  cr_expect_null(strstr(list.out, "@"), "values are in the list: %s", list.out);
  process_result merged = gyeol_ok("identity merge %s %s shop", text_of(list.json, "pairs.0.left"),
                                   text_of(list.json, "pairs.0.right"));
  process_clear(&merged);
  process_result rest = gyeol_ok("identity review shop --json");
  cr_expect_lt(int_of(rest.json, "waiting"), waiting, "%s", rest.out);
  cr_expect_str_neq(text_of(rest.json, "pairs.0.left"), "");
  process_clear(&rest);
  process_clear(&list);
  free(before);
  free(after);
}

Test(identity_fuzzy, knows_no_other_word) {
  make_people("shop", 300);
  set_fuzzy("shop", "maybe");
  process_result result = run_gyeol("run shop --until identity");
  cr_expect_eq(result.exit_code, 2, "%s", result.err);
  cr_expect_not_null(strstr(result.err, "maybe"), "%s", result.err);
  process_clear(&result);
}
