/* SPDX-License-Identifier: Apache-2.0
 *
 * People of a project beside the truth of the simulator, with the settings that gyeol init writes: pairs of
 * registrations, and of registrations and orders of guests. What contradicts is kept apart, told, and joined
 * by hand. bench/linkage.sh measures the same on more customers. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_fixture.h"

TestSuite(identity_quality, .fini = workspace_remove, .timeout = 300);

static const char PAIRS[] =
    "WITH truth AS (SELECT CAST(customer_id AS VARCHAR) AS record, person_id FROM "
    "read_csv('%s/truth_people.csv') UNION ALL SELECT 'order ' || order_id, person_id FROM "
    "read_csv('%s/truth_guests.csv') WHERE %s), found AS (SELECT CAST(c.customer_id AS VARCHAR) AS record, "
    "coalesce(k.person, CAST(c.customer_id AS VARCHAR)) AS person FROM source_customers AS c LEFT JOIN "
    "person_keys AS k ON k.kind = 'customer_id' AND k.key = CAST(c.customer_id AS VARCHAR) UNION ALL SELECT "
    "'order ' || o.order_id, any_value(CAST(coalesce(e.person, p.person) AS VARCHAR)) FROM "
    "source_order_items AS o LEFT JOIN person_by_email AS e ON e.key = o.email LEFT JOIN person_by_phone AS "
    "p ON p.key = o.phone WHERE o.customer_id IS NULL GROUP BY o.order_id), records AS (SELECT person_id, "
    "coalesce(person, 'nobody ' || record) AS person FROM truth JOIN found USING (record)) SELECT (SELECT "
    "sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM records GROUP BY person_id)) :: DOUBLE AS truth, "
    "(SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM records GROUP BY person)) :: DOUBLE AS "
    "found, (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM records GROUP BY person_id, "
    "person)) :: DOUBLE AS agreed";

static void score(const char *project, const char *people, bool guests, double *precision, double *recall) {
  char *sql = NULL, *truth = strdup(in_workspace("%s", people));
  cr_assert(asprintf(&sql, PAIRS, truth, truth, guests ? "true" : "false") > 0);
  json_t *rows = project_query(project, sql);
  const json_t *row = json_array_get(rows, 0);
  *precision = number_of(row, "agreed") / number_of(row, "found");
  *recall = number_of(row, "agreed") / number_of(row, "truth");
  json_decref(rows);
  free(sql);
  free(truth);
}

static void run_people(const char *name, const char *settings) {
  const char *path = in_workspace("%s/gyeol.yaml", name);
  char *plain = file_text(path), *text = NULL;
  cr_assert(asprintf(&text, "%s%s", plain, settings) > 0);
  write_text(path, text);
  process_result run = gyeol_ok("run %s --until identity --quiet", name);
  process_clear(&run);
  free(plain);
  free(text);
}

static void expect_quality(const char *seed, const char *shop, const char *people) {
  double precision, recall, alone, alone_recall, by_keys;
  process_result made =
      gyeol_ok("simulate shop --people messy --customers 6000 --seed %s --out %s --quiet", seed, people);
  process_clear(&made);
  char *files = NULL;
  cr_assert(asprintf(&files, "%s/customers.csv %s/orders.csv", people, people) > 0);
  project_make(shop, files);
  run_people(shop, "");
  score(shop, people, true, &precision, &recall);
  score(shop, people, false, &alone, &alone_recall);
  cr_assert(precision >= 0.995 && recall >= 0.95, "seed %s: precision %.4f, recall %.4f", seed, precision,
            recall);
  cr_assert(alone >= 0.995 && alone_recall >= 0.92, "seed %s, alone: precision %.4f, recall %.4f", seed,
            alone, alone_recall);
  run_people(shop, "\nidentity: {contradictions: ignore}\n");
  score(shop, people, false, &by_keys, &alone_recall);
  cr_expect(by_keys < alone, "seed %s, contradictions ignored: precision %.4f", seed, by_keys);
  char *left = project_rows(shop, "SELECT count(*) FROM identity_fuzzy_links");
  cr_expect_str_eq(left, "0");
  free(left);
  free(files);
}

Test(identity_quality, defaults_find_people_and_keep_families_apart) {
  expect_quality("1", "shop", "people");
  expect_quality("2", "shop2", "people2");
}

static const char FAMILY[] =
    "customer_id,name,birth_date,gender,phone\n1,김민준,1970-03-02,M,010-2345-1001\n"
    "2,박서연,1972-08-19,F,010-2345-1001\n3,이하은,1988-05-06,F,010-2345-1002\n"
    "4,이 하은,1988-05-06,F,010-2345-1002\n5,최유진,1990-12-24,F,010-2345-1003\n"
    "6,강유진,1990-12-24,F,010-2345-1003\n";

Test(identity_quality, contradictions_are_told_and_joined_by_hand) {
  static const char PEOPLE[] =
      "SELECT string_agg(person, ' ' ORDER BY key) FROM person_keys WHERE kind = 'customer_id'";
  write_text(in_workspace("family.csv"), FAMILY);
  write_text(in_workspace("orders.csv"),
             "order_id,customer_id,ordered_at,product,quantity,unit_price\n1,1,2024-03-01,tea,1,100\n"
             "2,2,2024-03-02,tea,2,100\n3,3,2024-03-03,tea,1,100\n");
  project_make("shop", "family.csv orders.csv");
  run_people("shop", "");
  char *people = project_rows("shop", PEOPLE);
  cr_assert_str_eq(people, "1 2 3 3 5 5");
  process_result list = gyeol_ok("identity list shop --json");
  cr_expect_eq(int_of(list.json, "apart"), 1, "%s", list.out);
  cr_expect_str_eq(text_of(list.json, "contradictions.0.evidence"),
                   "name differs, birth differs, gender differs");
  process_result why = gyeol_ok("identity explain 2 -C shop");
  cr_expect_not_null(strstr(why.out, "1 and 2 share keys and are kept apart"), "%s", why.out);
  cr_expect_null(strstr(why.out, "박서연"), "a name is told: %s", why.out);
  json_t *manifest = project_run("shop", "--force");
  cr_expect_eq(int_of(manifest, "identity.people"), 4);
  cr_expect_eq(int_of(manifest, "identity.merged"), 2);
  cr_expect_eq(int_of(manifest, "identity.apart"), 1);
  json_t *model = report_model(text_of(manifest, "report"));
  cr_expect(json_equal(json_object_get(model, "identity"), json_object_get(manifest, "identity")));
  json_decref(model);
  json_decref(manifest);
  process_result merged = gyeol_ok("identity merge 1 2 shop --quiet");
  char *joined = project_rows("shop", PEOPLE);
  cr_expect_str_eq(joined, "1 1 3 3 5 5");
  process_result undone = gyeol_ok("identity undo -C shop --quiet");
  char *again = project_rows("shop", PEOPLE);
  cr_expect_str_eq(again, "1 2 3 3 5 5");
  process_clear(&list);
  process_clear(&why);
  process_clear(&merged);
  process_clear(&undone);
  free(people);
  free(joined);
  free(again);
}

/* Who logged in on a cookie alone, who shares one, and for how long. */
Test(identity_quality, cookies_and_devices_of_a_person_are_listed) {
  write_text(in_workspace("orders.csv"),
             "order_id,customer_id,ordered_at,product,quantity,unit_price\n"
             "1,1,2024-03-01,tea,1,100\n2,2,2024-03-02,tea,2,100\n");
  write_text(in_workspace("events.csv"),
             "event_time,event_type,user_id,anonymous_id\n2024-03-01 10:00:00,view,1,own\n2024-03-01 "
             "11:00:00,view,,own\n2024-03-02 10:00:00,view,1,both\n2024-03-03 10:00:00,view,2,both\n"
             "2024-03-04 10:00:00,view,,both\n2024-03-05 10:00:00,view,,nobody\n");
  project_make("shop", "orders.csv events.csv");
  process_result run = gyeol_ok("run shop --until identity --quiet");
  process_result first = gyeol_ok("identity show 1 shop --json");
  process_result second = gyeol_ok("identity show 2 shop --json");
  cr_expect_eq(json_array_size(json_at(first.json, "visitors")), 2, "%s", first.out);
  cr_expect_str_eq(text_of(first.json, "visitors.0.key"), "own");
  cr_expect(json_is_false(json_at(first.json, "visitors.0.is_shared")));
  cr_expect_str_eq(text_of(first.json, "visitors.1.key"), "both");
  cr_expect(json_is_null(json_at(first.json, "visitors.1.since")));
  cr_expect_eq(strncmp(text_of(first.json, "visitors.1.until"), "2024-03-03", 10), 0, "%s", first.out);
  cr_expect_eq(json_array_size(json_at(second.json, "visitors")), 1, "%s", second.out);
  cr_expect_eq(strncmp(text_of(second.json, "visitors.0.since"), "2024-03-03", 10), 0, "%s", second.out);
  process_clear(&run);
  process_clear(&first);
  process_clear(&second);
}

/* As an ad platform hashes it, as gyeol does, in capitals, and one that nobody has. */
#define HASH_OF_KIM    "0439364ad5896d4aaf6ab6d3abdf499f1a2263c879c9ff26c29c6667f6eeeb8d"
#define HASH_OF_LEE    "7588B8047AC16BE491BCCE219C636727AC6DB40143D0DB28D1CB91B45891CF92"
#define HASH_OF_NOBODY "7a42638deecd409024188b4e479322c156f0a3faef4e2cfdc8b89315c988c925"

Test(identity_quality, an_address_and_its_hash_are_one_person) {
  write_text(in_workspace("customers.csv"),
             "customer_id,email\n1,Kim.Min@Gmail.com\n2, LEE@naver.com\n3,park@daum.net\n");
  write_text(in_workspace("orders.csv"),
             "order_id,customer_id,ordered_at,product,quantity,unit_price,hashed_email\n"
             "1,3,2024-03-01,tea,1,100,\n2,,2024-03-02,tea,2,100," HASH_OF_KIM
             "\n3,,2024-03-03,tea,1,100," HASH_OF_LEE "\n4,,2024-03-04,tea,1,100," HASH_OF_NOBODY "\n");
  project_make("shop", "customers.csv orders.csv");
  json_decref(project_run("shop", ""));
  char *buyers = project_rows("shop", "SELECT order_id, customer_id FROM order_lines ORDER BY order_id");
  cr_expect_str_eq(buyers, "1,3 | 2,1 | 3,2 | 4,guest-1");
  process_result shown = gyeol_ok("identity show hashed_email:" HASH_OF_KIM " shop --json");
  cr_expect_str_eq(text_of(shown.json, "person"), "1");
  cr_expect_not_null(strstr(shown.out, "hash of the address"), "%s", shown.out);
  char *columns = project_rows("shop", "SELECT DISTINCT typeof(hashed_email) FROM source_order_items");
  cr_expect_str_eq(columns, "UUID");
  process_clear(&shown);
  free(columns);
  free(buyers);
}
