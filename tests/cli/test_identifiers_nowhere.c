/* SPDX-License-Identifier: Apache-2.0
 *
 * What looks like an e-mail address or a phone number is in no byte and in no text column of a project,
 * whatever it was made from: public data sets, the demo, a shop of messy people. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "project_fixture.h"

TestSuite(identifiers_nowhere, .fini = workspace_remove, .timeout = 400);

/* Long enough ends that random bytes of a sealed page are none. */
#define EMAIL "[A-Za-z0-9._%%+-]{3,}@[A-Za-z0-9.-]{2,}[.](com|net|org|edu|kr|jp|uk|io)"
/* Not within a UUID, whose digits may look like one. */
#define PHONE "(^|[^0-9a-f-])01[016789]-[0-9]{3,4}-[0-9]{4}([^0-9a-f-]|$)|[+]82[ -]?1[016789][ -]?[0-9]{3,4}"

/* grep says 0 where it finds something, 1 where there is nothing. */
static void expect_no_bytes(const char *project) {
  char command[1024];
  int n = snprintf(command, sizeof command, "LC_ALL=C grep -aErom1 '" EMAIL "|" PHONE "' '%s' >&2",
                   in_workspace("%s/.gyeol", project));
  cr_assert_lt(n, (int)sizeof command);
  int code = system(command);
  cr_expect_eq(WEXITSTATUS(code), 1, "%s: grep ended with %d, see above", project, WEXITSTATUS(code));
}

/* One query a table: how many of its texts have one. */
static void expect_no_texts(const char *project) {
  json_t *tables = project_query(
             project, "SELECT table_name AS t, string_agg('regexp_matches(\"' || column_name || '\", ''" EMAIL
                      "|" PHONE
                      "'')', ' OR ') AS c, count(*) AS n FROM information_schema.columns WHERE data_type = "
                      "'VARCHAR' AND table_schema = 'main' GROUP BY 1 ORDER BY 1"),
         *table;
  size_t i, n = 0;
  json_array_foreach(tables, i, table) {
    char *sql = NULL;
    cr_assert_gt(
        asprintf(&sql, "SELECT count(*) FROM \"%s\" WHERE %s", text_of(table, "t"), text_of(table, "c")), 0);
    char *found = project_rows(project, sql);
    cr_expect_str_eq(found, "0", "%s: %s rows of %s", project, found, text_of(table, "t"));
    n++;
    free(found);
    free(sql);
  }
  cr_expect_gt(n, 3, "%s: %zu tables", project, n);
  json_decref(tables);
}

static void expect_nobody(const char *project) {
  expect_no_bytes(project);
  expect_no_texts(project);
}

/* ---- the search itself finds ---- */

Test(identifiers_nowhere, the_search_finds_what_is_kept) {
  write_small_shop(in_workspace("orders.csv"), 900, 1);
  write_text(in_workspace("customers.csv"),
             "customer_id,memo\n1,ask kim.min@shop.co.kr\n2,call 010-1234-5679\n");
  project_make("shop", "orders.csv customers.csv");
  json_decref(project_run("shop", ""));
  expect_nobody("shop");
  project_set("shop", "free_text: mask", "free_text: keep");
  json_decref(project_run("shop", "--force"));
  char *rows = project_rows(
      "shop", "SELECT count(*) FROM source_customers WHERE regexp_matches(memo, '" EMAIL "|" PHONE "')");
  cr_expect_str_eq(rows, "2", "%s", rows);
  free(rows);
}

/* ---- public data ---- */

static const struct {
  const char *name;
  const char *files[5]; /* of the folder of real data */
  bool needs_orders;    /* has none of its own */
  const char *options;  /* of the run: reports of large sets take long, and small ones have what they have */
} SETS[] = {
    {"google_merch",
     {"google_merch/CustomersData.csv", "google_merch/Online_Sales.csv.gz",
      "google_merch/Discount_Coupon.csv"},
     false,
     ""},
    {"complete_journey",
     {"complete_journey/transactions_sample.csv.gz", "complete_journey/products.csv.gz",
      "complete_journey/demographics.csv", "complete_journey/campaigns.csv"},
     false,
     "--until features"},
    {"online_retail", {"online_retail/online_retail.csv.xz"}, false, "--until features"},
    {"segment_events", {"segment_events/segment_spec_examples.jsonl"}, true, ""},
};

Test(identifiers_nowhere, after_runs_on_public_data) {
  size_t n = 0;
  for (size_t i = 0; i < sizeof SETS / sizeof *SETS; i++) {
    char files[2048] = "";
    bool there = true;
    for (size_t f = 0; f < 5 && SETS[i].files[f] != NULL && there; f++) {
      const char *path = real_data(SETS[i].files[f]);
      there = path != NULL;
      if (there) snprintf(files + strlen(files), sizeof files - strlen(files), "'%s' ", path);
    }
    if (!there) continue;
    if (SETS[i].needs_orders) {
      write_small_shop(in_workspace("orders.csv"), 900, 1);
      strcat(files, "orders.csv");
    }
    process_result made = run_gyeol("init %s %s --yes", SETS[i].name, files);
    cr_expect(made.exit_code == 0 || SETS[i].needs_orders, "%s: %s", SETS[i].name, made.err);
    bool is_project = made.exit_code == 0;
    process_clear(&made);
    if (!is_project) continue;
    json_decref(project_run(SETS[i].name, SETS[i].options));
    expect_nobody(SETS[i].name);
    n++;
  }
  if (n == 0) cr_skip_test("no public data: set GYEOL_DATA to their folder");
}

/* ---- simulated ---- */

Test(identifiers_nowhere, after_the_demo) {
  process_result made = gyeol_ok("demo shop --customers 500 -q");
  process_clear(&made);
  expect_nobody("shop");
}

Test(identifiers_nowhere, after_a_run_on_messy_people) {
  process_result made =
      gyeol_ok("simulate shop --customers 150 --people messy --dirty 0.2 --seed 5 --out D -q");
  process_clear(&made);
  project_make("shop", "D/*.csv");
  json_decref(project_run("shop", ""));
  expect_nobody("shop");
}
