/* SPDX-License-Identifier: Apache-2.0
 *
 * A refresh evaluates the segments that changed and those that use them; a full one after it must find
 * nothing to change. And segments of real shops beside plain SQL. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "project_fixture.h"

TestSuite(segments_refresh, .fini = workspace_remove, .timeout = 500);

enum { SEGMENTS = 12, EDITS = 40 };

static void define(const char *name, const char *text) {
  cr_assert_eq(gy_dir_create(in_workspace("shop/segments"), NULL), GY_OK);
  write_text(in_workspace("shop/segments/%s.yaml", name), text);
}

/* A definition that may use segments with smaller numbers, may be wrong, may be in an exclusive set. */
static void define_random(gy_rng *rng, unsigned i) {
  char name[16], text[512], other[64] = "";
  unsigned n = (unsigned)gy_rng_below(rng, 5), kind = (unsigned)gy_rng_below(rng, 9);
  if (i > 0) snprintf(other, sizeof other, "s%u", (unsigned)gy_rng_below(rng, i));
  snprintf(name, sizeof name, "s%u", i);
  if (i == 0 && (kind == 4 || kind == 5)) kind = 0;
  switch (kind) {
    case 0:
      snprintf(text, sizeof text, "rule: orders >= %u\n", n);
      break;
    case 1:
      snprintf(text, sizeof text, "rule: monetary > %u and recency_days < 200\n", 400 * n);
      break;
    case 2:
      snprintf(text, sizeof text, "rule: percentile(monetary) > %u\n", 20 * n);
      break;
    case 3:
      snprintf(text, sizeof text, "rule: count(orders, last %u days) >= 1\n", 30 + 50 * n);
      break;
    case 4:
      snprintf(text, sizeof text, "rule: in_segment('%s') and orders > %u\n", other, n);
      break;
    case 5:
      snprintf(text, sizeof text, "sets: {any: [%s]}\n", other);
      break;
    case 6:
      snprintf(text, sizeof text, "exclusive: x\npriority: %u\nrule: orders > %u\n", i, n);
      break;
    case 7:
      snprintf(text, sizeof text, "rule: ordrs > %u\n", n);
      break;
    default:
      snprintf(text, sizeof text, "list: list%u.csv\n", n % 2);
      break;
  }
  define(name, text);
}

static void expect_nothing_to_change(unsigned edit) {
  process_result full = gyeol_ok("segment refresh shop --full --json");
  size_t i;
  json_t *change;
  json_array_foreach(json_object_get(full.json, "segments"), i, change) {
    cr_expect(!json_is_true(json_object_get(change, "kept")));
    cr_expect(int_of(change, "entered") == 0 && int_of(change, "left") == 0, "edit %u: %s", edit,
              json_dumps(change, 0));
  }
  process_clear(&full);
}

/* What refreshes keep beside the stays to compare with is what the stays say; numbers here are below 60. */
static void expect_bits_of_stays(unsigned edit) {
  json_t *rows = project_query(
      "shop",
      "SELECT count(*) AS wrong FROM segment_held AS h FULL JOIN (SELECT customer_id, "
      "bit_or(CAST(1 AS BIGINT) << segment_no) AS w FROM segment_members WHERE exited_at IS NULL GROUP BY "
      "customer_id) AS m USING (customer_id) WHERE coalesce(m.w, 0) <> coalesce(h.w0, 0)");
  cr_expect_eq(int_of(rows, "0.wrong"), 0, "edit %u: bits of %d customers are not their stays", edit,
               (int)int_of(rows, "0.wrong"));
  json_decref(rows);
}

Test(segments_refresh, equals_a_full_one) {
  gy_rng rng;
  gy_rng_init(&rng, 11, 1);
  write_small_shop(in_workspace("orders.csv"), 4000, 1);
  project_make("shop", "orders.csv");
  for (unsigned i = 0; i < SEGMENTS; i++) define_random(&rng, i);
  write_text(in_workspace("shop/segments/list0.csv"), "103\n104\n105\n");
  write_text(in_workspace("shop/segments/list1.csv"), "103\n107\n");
  json_decref(project_run("shop", ""));
  size_t kept = 0;
  for (unsigned edit = 0; edit < EDITS; edit++) {
    unsigned which = (unsigned)gy_rng_below(&rng, SEGMENTS);
    bool is_removed = gy_rng_below(&rng, 6) == 0;
    if (is_removed)
      (void)!unlink(in_workspace("shop/segments/s%u.yaml", which));
    else
      define_random(&rng, which);
    process_result some = gyeol_ok("segment refresh shop --json");
    size_t i;
    json_t *change;
    json_array_foreach(json_object_get(some.json, "segments"), i, change) kept +=
        json_is_true(json_object_get(change, "kept"));
    process_clear(&some);
    if (!is_removed)
      expect_bits_of_stays(edit); /* those of a removed one are found wrong by the next refresh */
    expect_nothing_to_change(edit);
    expect_bits_of_stays(edit);
  }
  cr_expect_gt(kept, EDITS, "a refresh evaluates what it need not");
}

/* ---- real shops ---- */

typedef struct golden {
  const char *name, *text, *sql; /* the SQL gives customer_id */
} golden;

static void expect_golden(const golden *cases, size_t n) {
  for (size_t i = 0; i < n; i++) define(cases[i].name, cases[i].text);
  json_decref(project_run("shop", ""));
  for (size_t i = 0; i < n; i++) {
    char sql[4096];
    snprintf(sql, sizeof sql,
             "WITH a AS (SELECT DISTINCT CAST(customer_id AS VARCHAR) AS c FROM (%s)), b AS (SELECT "
             "m.customer_id AS c "
             "FROM segment_members AS m JOIN segments AS s USING (segment_no) WHERE s.segment = '%s') "
             "SELECT (SELECT count(*) FROM a) AS n, (SELECT count(*) FROM b) AS m, "
             "(SELECT count(*) FROM (FROM a INTERSECT FROM b)) AS both",
             cases[i].sql, cases[i].name);
    json_t *rows = project_query("shop", sql);
    const json_t *row = json_array_get(rows, 0);
    cr_expect_gt(int_of(row, "n"), 0, "%s is empty", cases[i].name);
    cr_expect(int_of(row, "n") == int_of(row, "m") && int_of(row, "n") == int_of(row, "both"),
              "%s: %lld by SQL, %lld by rule, %lld of both", cases[i].name, (long long)int_of(row, "n"),
              (long long)int_of(row, "m"), (long long)int_of(row, "both"));
    json_decref(rows);
  }
}

Test(segments_refresh, online_retail) {
  static const golden CASES[] = {
      {"loyal", "rule: orders >= 10 and recency_days <= 30\n",
       "SELECT customer_id FROM customer_features WHERE orders >= 10 AND recency_days <= 30"},
      {"november", "rule: sum(order_lines.amount, from 2011-11-01 to 2011-11-30) >= 1000\n",
       "SELECT customer_id FROM order_lines WHERE (flags & 127) = 0 AND ordered_at >= "
       "timezone('Europe/London', "
       "TIMESTAMP '2011-11-01') AT TIME ZONE 'UTC' AND ordered_at < timezone('Europe/London', TIMESTAMP "
       "'2011-12-01') "
       "AT TIME ZONE 'UTC' AND customer_id IN (SELECT customer_id FROM customer_features) GROUP BY "
       "customer_id HAVING "
       "sum(amount) >= 1000"},
      {"mugs", "rule: exists(order_lines where description like '%MUG%')\n",
       "SELECT customer_id FROM order_lines WHERE (flags & 127) = 0 AND description LIKE '%MUG%' AND "
       "customer_id IN "
       "(SELECT customer_id FROM customer_features)"},
      {"again", "rule: exists(orders then orders within 2 days)\n",
       "WITH o AS (SELECT customer_id, order_id, min(ordered_at) AS t FROM order_lines WHERE (flags & 127) = "
       "0 AND "
       "customer_id IN (SELECT customer_id FROM customer_features) GROUP BY ALL) SELECT a.customer_id FROM o "
       "AS a "
       "JOIN o AS b ON a.customer_id = b.customer_id AND b.t > a.t AND b.t <= a.t + INTERVAL 2 DAY"},
      {"sundays", "rule: count(order_lines where weekday(ordered_at) = sunday, since 2011-03-27) > 100\n",
       "SELECT customer_id FROM order_lines WHERE (flags & 127) = 0 AND isodow(timezone('Europe/London', "
       "ordered_at "
       "AT TIME ZONE 'UTC')) = 7 AND timezone('Europe/London', ordered_at AT TIME ZONE 'UTC') >= TIMESTAMP "
       "'2011-03-27' AND customer_id IN (SELECT customer_id FROM customer_features) GROUP BY customer_id "
       "HAVING "
       "count(*) > 100"},
      {"top", "rule: rank(monetary) <= 100\n",
       "SELECT customer_id FROM customer_features QUALIFY rank() OVER (ORDER BY monetary DESC) <= 100"},
      {"abroad", "rule: country != 'United Kingdom'\n",
       "SELECT f.customer_id FROM customer_features AS f JOIN customers AS c USING (customer_id) WHERE "
       "c.country <> "
       "'United Kingdom'"},
  };
  const char *path = real_data("online_retail/online_retail.csv.xz");
  if (path == NULL) cr_skip_test("real data are not here");
  process_result made = gyeol_ok("init shop %s --yes --no-segments --tz Europe/London --json", path);
  process_clear(&made);
  expect_golden(CASES, sizeof CASES / sizeof *CASES);
}

Test(segments_refresh, google_merch) {
  static const golden CASES[] = {
      {"steady", "rule: orders >= 20\n", "SELECT customer_id FROM customer_features WHERE orders >= 20"},
      {"many_kinds", "rule: distinct(order_lines.product_id) > 50\n",
       "SELECT customer_id FROM order_lines WHERE (flags & 127) = 0 GROUP BY customer_id HAVING "
       "count(DISTINCT "
       "product_id) > 50"},
      {"counted", "rule: count(orders) = orders\n", "SELECT customer_id FROM customer_features"},
      {"sundays", "rule: count(order_lines where weekday(ordered_at) = sunday) >= 20\n",
       "SELECT customer_id FROM order_lines WHERE (flags & 127) = 0 AND isodow(ordered_at + INTERVAL 9 HOUR) "
       "= 7 "
       "GROUP BY customer_id HAVING count(*) >= 20"},
      {"upper_tenth", "rule: percentile(monetary) >= 90\n",
       "SELECT customer_id FROM customer_features QUALIFY percent_rank() OVER (ORDER BY monetary) >= 0.9"},
      {"summer", "rule: max(order_lines.amount, from 2019-06-01 to 2019-08-31) > 500\n",
       "SELECT customer_id FROM order_lines WHERE (flags & 127) = 0 AND CAST(ordered_at + INTERVAL 9 HOUR AS "
       "DATE) "
       "BETWEEN DATE '2019-06-01' AND DATE '2019-08-31' GROUP BY customer_id HAVING max(amount) > 500"},
  };
  const char *path = real_data("google_merch/Online_Sales.csv.gz");
  if (path == NULL) cr_skip_test("real data are not here");
  process_result made = gyeol_ok("init shop %s --yes --no-segments --json", path);
  process_clear(&made);
  expect_golden(CASES, sizeof CASES / sizeof *CASES);
}

Test(segments_refresh, simulated_shop) {
  static const golden CASES[] = {
      {"carts",
       "rule: count(events where event = 'Product Added', last 7 days) >= 1 and count(events where event = "
       "'Order "
       "Completed', last 7 days) = 0\n",
       "WITH now AS (SELECT CAST(json_extract_string(detail, '$.as_of_us') AS BIGINT) AS us FROM steps WHERE "
       "step = "
       "'features'), e AS (SELECT e.customer_id, event FROM events AS e, now WHERE epoch_us(occurred_at) <= "
       "us AND "
       "epoch_us(occurred_at) >= us - 7 * 86400000000) SELECT customer_id FROM customer_features WHERE "
       "customer_id IN "
       "(SELECT customer_id FROM e WHERE event = 'Product Added') AND customer_id NOT IN (SELECT customer_id "
       "FROM e "
       "WHERE event = 'Order Completed' AND customer_id IS NOT NULL)"},
      {"orders", "rule: count(orders) = orders and sum(order_lines.amount) = monetary\n",
       "SELECT customer_id FROM customer_features"},
      {"reviewers", "rule: avg(reviews.rating) < 3\n",
       "SELECT customer_id FROM reviews WHERE customer_id IN (SELECT customer_id FROM customer_features) "
       "GROUP BY "
       "customer_id HAVING avg(rating) < 3"},
  };
  process_result made = gyeol_ok("simulate shop --customers 1500 --seed 5 --out data --quiet");
  process_clear(&made);
  project_make("shop", "data/orders.csv data/events.csv data/reviews.csv data/customers.csv");
  expect_golden(CASES, sizeof CASES / sizeof *CASES);
}
