/* SPDX-License-Identifier: Apache-2.0
 *
 * `preparation` of gyeol.yaml in a run: what is said of it, and that its SQL puts every customer where the
 * run did. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_fixture.h"

TestSuite(project_preparation, .fini = workspace_remove, .timeout = 300);

static void make_shop(void) {
  write_small_shop(in_workspace("orders.csv"), 4000, 7);
  project_make("shop", "orders.csv");
  project_set("shop", "features: [recency_days, orders, monetary]",
              "features: [recency_days, orders, monetary, days_between_orders_sd]");
}

static void set_preparation(const char *before, const char *missing, const char *outliers) {
  char from[128], to[128];
  snprintf(from, sizeof from, "  missing: %s", before);
  snprintf(to, sizeof to, "  missing: %s", missing);
  project_set("shop", from, to);
  project_set("shop", "  outliers: none", outliers);
}

/* Customers whom the SELECT of the model puts elsewhere than the run did. */
static json_int_t count_misplaced(void) {
  process_result sql = gyeol_ok("model sql clusters shop");
  char *query = malloc(strlen(sql.out) + 512);
  sprintf(query,
          "SELECT count(*) AS n, count(*) FILTER (stored.cluster IS DISTINCT FROM scored.cluster) AS "
          "misplaced FROM "
          "customer_clusters AS stored JOIN customer_features USING (customer_no) JOIN (%s) AS scored ON "
          "scored.id = "
          "customer_features.customer_id",
          sql.out);
  json_t *rows = project_query("shop", query);
  cr_expect_gt(int_of(json_array_get(rows, 0), "n"), 100);
  json_int_t n = int_of(json_array_get(rows, 0), "misplaced");
  json_decref(rows);
  free(query);
  process_clear(&sql);
  return n;
}

Test(project_preparation, what_is_asked_is_done_said_and_repeated_in_sql) {
  static const struct {
    const char *missing, *outliers;
  } CASES[] = {{"predict", "  outliers: winsorise:0.05"},
               {"constant:0", "  outliers: log"},
               {"mean", "  outliers: robust-z:2\n  features: [{feature: monetary, outliers: log}]"}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    make_shop();
    json_t *plain = project_run("shop", "");
    cr_expect(json_is_null(json_at(plain, "clusters.preparation")));
    cr_expect_eq(count_misplaced(), 0, "case %zu, unasked", i);
    json_decref(plain);
    set_preparation("median", CASES[i].missing, CASES[i].outliers);
    json_t *run = project_run("shop", "");
    const json_t *last = json_at(run, "clusters.preparation.columns.3");
    cr_expect_str_eq(text_of(last, "column"), "days_between_orders_sd");
    cr_expect_eq(strncmp(CASES[i].missing, text_of(last, "missing"), strlen(text_of(last, "missing"))), 0);
    cr_expect_gt(int_of(last, "n_missing"), 0, "customers with two orders or fewer have no deviation");
    cr_expect_eq(count_misplaced(), 0, "case %zu", i);
    json_t *model = report_model(text_of(run, "report"));
    cr_expect(json_equal(json_at(model, "clusters.preparation"), json_at(run, "clusters.preparation")));
    json_decref(model);
    json_decref(run);
    workspace_remove();
  }
}

Test(project_preparation, what_would_leave_customers_out_is_refused) {
  make_shop();
  project_set("shop", "  outliers: none", "  outliers: isolate:0.01");
  process_result run = run_gyeol("run shop");
  cr_expect_eq(run.exit_code, 2);
  cr_expect_not_null(strstr(run.err, "would leave customers without a cluster"), "%s", run.err);
  process_clear(&run);
}
