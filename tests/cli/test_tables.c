/* SPDX-License-Identifier: Apache-2.0
 *
 * The canonical tables beyond orders, customers and products, from files to the views in the store. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "project_fixture.h"

TestSuite(tables, .fini = workspace_remove, .timeout = 120);

static void put(const char *name, const char *text) { write_text(in_workspace("%s", name), text); }

static void expect_rows(const char *project, const char *sql, const char *expected) {
  char *rows = project_rows(project, sql);
  cr_expect_str_eq(rows, expected, "%s\n  gives %s\n  not   %s", sql, rows, expected);
  free(rows);
}

/* A project of a small shop and of what else the test writes. */
static void make_shop_of(const char *name, const char *files) {
  char all[512];
  write_small_shop(in_workspace("orders.csv"), 900, 1);
  snprintf(all, sizeof all, "orders.csv %s", files);
  project_make(name, all);
}

static void make_shop(const char *files) { make_shop_of("shop", files); }

static const char *state_of(const json_t *manifest, const char *step) {
  size_t i;
  json_t *entry;
  json_array_foreach(json_object_get(manifest, "steps"), i, entry) {
    if (strcmp(text_of(entry, "step"), step) == 0) return text_of(entry, "state");
  }
  return "";
}

/* ---- the simulator's shop, whose files name their columns in English or Korean ---- */

static const struct {
  const char *table;   /* canonical */
  const char *written; /* by the simulator */
} SIMULATED[] = {{"order_items", "orders"},
                 {"customers", "customers"},
                 {"products", "products"},
                 {"events", "events"},
                 {"reviews", "reviews"},
                 {"engagements", "engagements"},
                 {"campaigns", "campaigns"},
                 {"truth_reviews", "truth_reviews"},
                 {"surveys", "surveys"},
                 {"consents", "consents"},
                 {"regions", "regions"},
                 {"market", "market"},
                 {"truth_surveys", "truth_surveys"}};

static json_t *simulate_and_run(const char *name, const char *options) {
  char files[64], path[64];
  process_result made = gyeol_ok(
      "simulate shop --customers 600 --seed 5 --columns full --out files_%s %s --json", name, options);
  snprintf(files, sizeof files, "files_%s/*.csv", name);
  cr_assert_eq(unlink(in_workspace("files_%s/truth.csv", name)), 0);
  project_make(name, files);
  json_t *manifest = project_run(name, "");
  for (size_t i = 0; i < sizeof SIMULATED / sizeof *SIMULATED; i++) {
    snprintf(path, sizeof path, "tables.%s.rows", SIMULATED[i].table);
    json_int_t rows = int_of(manifest, path);
    snprintf(path, sizeof path, "rows.%s", SIMULATED[i].written);
    cr_expect_eq(rows, int_of(made.json, path), "%s: %s has %lld rows of %lld", name, SIMULATED[i].table,
                 (long long)rows, (long long)int_of(made.json, path));
  }
  cr_expect_eq(json_object_size(json_object_get(manifest, "tables")), sizeof SIMULATED / sizeof *SIMULATED);
  process_clear(&made);
  return manifest;
}

Test(tables, a_simulated_shop_is_recognised_whole_in_both_languages) {
  static const char *const QUERIES[] = {
      "SELECT event, count(*), count(DISTINCT session_id), count(product_id), count(order_id), "
      "count(customer_id), min(occurred_at), max(occurred_at), count(DISTINCT utm_campaign), "
      "count(DISTINCT device) FROM events GROUP BY event ORDER BY event",
      "SELECT event, variant, count(*), min(occurred_at), count(DISTINCT campaign_id) FROM engagements "
      "GROUP BY event, variant ORDER BY event, variant",
      "SELECT rating, count(*), count(DISTINCT product_id), count(DISTINCT order_id), sum(length(text)), "
      "max(reviewed_at) FROM reviews GROUP BY rating ORDER BY rating",
      "SELECT count(*), count(DISTINCT customer_id), count(DISTINCT region), count(DISTINCT district), "
      "min(latitude), max(longitude), min(signed_up_at), count(DISTINCT birth) FROM customers",
      "SELECT count(*), sum(length(name)), count(DISTINCT brand), count(DISTINCT category) FROM products",
      "SELECT nps, rating, count(*), count(DISTINCT survey_id), count(DISTINCT order_id), sum(length(text)), "
      "max(answered_at) FROM surveys GROUP BY nps, rating ORDER BY nps, rating",
      "SELECT purpose, channel, granted, source, text_version, count(*), count(customer_id), "
      "min(decided_at) FROM consents GROUP BY ALL ORDER BY ALL",
      "SELECT count(customer_id), count(email), count(phone), count(DISTINCT email) FROM source_consents",
      "SELECT purpose, channel, granted, count(*), sum(customer_id) FROM consent_now GROUP BY ALL ORDER BY "
      "ALL",
      "SELECT count(*), count(DISTINCT region), sum(population), min(latitude), max(longitude) FROM regions",
      "SELECT category, min(period), max(period), sum(market_size), avg(growth), count(DISTINCT competitor), "
      "sum(competitor_share) FROM market GROUP BY category ORDER BY category",
  };
  json_t *english = simulate_and_run("en", ""),
         *korean = simulate_and_run("ko", "--names ko --encoding cp949");
  cr_expect_str_eq(text_of(english, "revenue"), text_of(korean, "revenue"));
  cr_expect_str_eq(text_of(korean, "sources.reviews.files.0.encoding"), "cp949");
  for (size_t i = 0; i < sizeof QUERIES / sizeof *QUERIES; i++) {
    char *expected = project_rows("en", QUERIES[i]);
    cr_expect_gt(strlen(expected), 10u);
    expect_rows("ko", QUERIES[i], expected);
    free(expected);
  }
  /* What holds is what the customers' table says, however many addresses and numbers took part. */
  expect_rows(
      "en",
      "SELECT count(*) FROM consent_now AS n JOIN source_customers AS c USING (customer_id) WHERE purpose = "
      "'marketing' AND (n.channel = 'email' AND n.granted <> c.consent_email OR n.channel = 'sms' AND "
      "n.granted <> c.consent_sms OR n.channel = 'kakao' AND n.granted <> c.consent_kakao OR n.channel = "
      "'push' AND n.granted <> c.consent_push)",
      "0");
  expect_rows("en", "SELECT DISTINCT event FROM engagements ORDER BY event",
              "click | conversion | held_out | open | send");
  json_decref(english);
  json_decref(korean);
}

/* ---- events as customer-data platforms export them ---- */

/* Call `i` of a visitor; every fifth is a page, every seventh tells who somebody is. */
static void put_call(FILE *file, int i) {
  static const char *const EVENTS[] = {"Product Viewed", "Product Added", "Order Completed"};
  int who = 100 + i % 36;
  fprintf(file,
          "{\"anonymousId\":\"anon-%d-x\",\"context\":{\"ip\":\"203.0.113.%d\",\"library\":{\"name\":"
          "\"analytics.js\"},"
          "\"page\":{\"path\":\"/p/"
          "%d\"},\"campaign\":{\"source\":\"naver\",\"medium\":\"cpc\"},\"traits\":{\"email\":"
          "\"u%d@example.com\",\"name\":\"Min%d\"}},\"integrations\":{\"All\":true},\"messageId\":\"m-%05d\","
          "\"originalTimestamp\":\"2024-03-%02dT01:00:00.120Z\",\"sentAt\":\"2024-03-%02dT01:00:09Z\","
          "\"timestamp\":\"2024-03-%02dT01:00:00.100Z\",\"userId\":",
          who, i % 9, i % 7, who, who, i, 1 + i % 28, 1 + i % 28, 1 + i % 28);
  if (i % 2 == 0)
    fprintf(file, "\"%d\"", who);
  else
    fprintf(file, "null");
  if (i % 7 == 3)
    fprintf(file, ",\"type\":\"identify\",\"traits\":{\"plan\":\"gold\"}}\n");
  else if (i % 5 == 0)
    fprintf(file, ",\"type\":\"page\",\"properties\":{\"url\":\"https://shop.example/p/%d\"}}\n", i % 7);
  else
    fprintf(file,
            ",\"type\":\"track\",\"event\":\"%s\",\"properties\":{\"product_id\":\"P%d\",\"price\":%d.5,"
            "\"quantity\":%d,\"products\":[{\"sku\":\"a.b\"}]}}\n",
            EVENTS[i % 3], i % 40, 100 * (i % 40), 1 + i % 3);
}

static void write_calls(const char *name, int first, int n) {
  FILE *file = fopen(in_workspace("%s", name), "w");
  for (int i = first; i < first + n; i++) put_call(file, i);
  fclose(file);
}

Test(tables, calls_of_a_platform_are_events) {
  write_calls("calls.jsonl", 0, 840);
  write_small_shop(in_workspace("orders.csv"), 900, 1);
  process_result made = gyeol_ok("init shop orders.csv calls.jsonl --yes --json");
  static const char *const ROLES[][2] = {{"anonymousId", "visitor"},
                                         {"userId", "customer"},
                                         {"timestamp", "time"},
                                         {"event", "event"},
                                         {"messageId", "message"},
                                         {"properties.product_id", "product"},
                                         {"properties.price", "unit_price"},
                                         {"properties.quantity", "quantity"},
                                         {"properties.url", "page"},
                                         {"context.campaign.source", "source"},
                                         {"context.campaign.medium", "medium"},
                                         {"context.traits.email", "email"},
                                         {"context.traits.name", "person_name"},
                                         {"context.ip", "ignore"},
                                         {"integrations.All", "ignore"},
                                         {"context.library.name", "ignore"},
                                         {"originalTimestamp", "ignore"},
                                         {"sentAt", "ignore"},
                                         {"traits.plan", "attribute"},
                                         {"properties.products", "attribute"}};
  cr_expect_str_eq(text_of(made.json, "files.1.target"), "events");
  for (size_t r = 0; r < sizeof ROLES / sizeof *ROLES; r++) {
    const char *role = "not there";
    size_t c;
    json_t *column;
    json_array_foreach(json_at(made.json, "files.1.columns"), c, column) {
      if (strcmp(text_of(column, "name"), ROLES[r][0]) == 0) role = text_of(column, "role");
    }
    cr_expect_str_eq(role, ROLES[r][1], "%s is %s", ROLES[r][0], role);
  }
  process_clear(&made);
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "tables.events.rows"), 840);
  json_decref(manifest);
  expect_rows(
      "shop",
      "SELECT event, count(*) AS n, count(product_id), count(page), sum(unit_price), min(occurred_at), "
      "count(DISTINCT utm_source) FROM events GROUP BY event ORDER BY event NULLS LAST",
      "Order Completed,192,192,0,384096.0000,2024-03-01T01:00:00.100000Z,1 | "
      "Product Added,192,192,0,384096.0000,2024-03-01T01:00:00.100000Z,1 | "
      "Product Viewed,192,192,0,384096.0000,2024-03-01T01:00:00.100000Z,1 | "
      "-,264,0,144,-,2024-03-01T01:00:00.100000Z,1");
  write_calls("calls.jsonl", 840, 7);
  manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "tables.events.rows"), 7, "a replaced file replaces its calls");
  json_decref(manifest);
}

Test(tables, what_happened_can_be_said_for_a_whole_file) {
  FILE *file = fopen(in_workspace("completed.json"), "w");
  for (int i = 0; i < 60; i++)
    fprintf(file,
            "%s{\"userId\": %d, \"timestamp\": \"2024-05-%02dT03:00:00Z\", \"properties\": {\"order_id\": "
            "\"N%d\",\n"
            "  \"revenue\": %d.25, \"shipping\": {\"city\": \"Seoul\"}}, \"context\": {\"page\": {\"path\": "
            "\"/done\"}}%s}",
            i == 0 ? "[" : ",\n", 100 + i % 20, 1 + i % 28, i, 50 + i,
            i % 4 == 0 ? ", \"event\": \"Order Updated\"" : "");
  fprintf(file, "]\n");
  fclose(file);
  make_shop("completed.json");
  project_set("shop", "event: event\n", "event: ignore\n");
  project_set("shop", "context.page.path: page\n", "context.page.path: attribute\n");
  process_result result = run_gyeol("run shop");
  cr_expect_eq(result.exit_code, 2, "%s", result.err);
  cr_expect_not_null(strstr(result.err, "no column is its event or its page"), "%s", result.err);
  process_clear(&result);
  project_set("shop",
              "    columns:  # column: role; attribute keeps it under its own name, ignore leaves it out\n   "
              "   userId",
              "    event: Order Completed\n    columns:\n      userId");
  json_decref(project_run("shop", ""));
  expect_rows("shop", "SELECT event, count(*), count(order_id), sum(amount) FROM events GROUP BY event",
              "Order Completed,60,60,4785.0000");
  expect_rows("shop", "SELECT region, count(*) FROM source_events GROUP BY region", "Seoul,60");
  project_set("shop", "event: ignore\n", "event: event\n");
  json_decref(project_run("shop", ""));
  expect_rows("shop", "SELECT event, count(*) FROM events GROUP BY event ORDER BY event",
              "Order Completed,45 | Order Updated,15");
  project_set("shop", "    target: order_items", "    event: Sold\n    target: order_items");
  result = run_gyeol("run shop");
  cr_expect_eq(result.exit_code, 2, "%s", result.err);
  cr_expect_not_null(strstr(result.err, "event says what happened in sources of events"), "%s", result.err);
  process_clear(&result);
}

Test(tables, parquet_is_not_cp949) {
  process_result result = run_gyeol("simulate shop --customers 50 --out x --format parquet --encoding cp949");
  cr_expect_eq(result.exit_code, 2, "%s", result.err);
  cr_expect_not_null(strstr(result.err, "Parquet holds UTF-8 only"), "%s", result.err);
  process_clear(&result);
}

Test(tables, more_events_leave_the_features_alone) {
  char events[4096] = "event,timestamp,customer_id,session_id,url\n";
  for (int i = 0; i < 40; i++)
    sprintf(events + strlen(events), "Page Viewed,2024-05-%02d 10:00:00,%d,s%d,/p/%d\n", 1 + i % 28,
            100 + i % 20, i / 3, i % 7);
  put("events.csv", events);
  make_shop("events.csv");
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "tables.events.rows"), 40);
  cr_expect_str_eq(state_of(manifest, "tables"), "ran");
  json_decref(manifest);
  strcat(events, "Product Added,2024-06-01 10:00:00,101,s99,/p/1\n");
  put("events.csv", events);
  manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "tables.events.rows"), 41);
  cr_expect_str_eq(state_of(manifest, "tables"), "ran");
  cr_expect_str_eq(state_of(manifest, "features"), "kept");
  cr_expect_str_eq(state_of(manifest, "report"), "ran");
  json_t *model = report_model(text_of(manifest, "report"));
  bool shown = false;
  size_t i;
  json_t *row;
  json_array_foreach(json_at(model, "data_quality.sources"), i, row) shown =
      shown || strcmp(text_of(row, "target"), "events") == 0;
  cr_expect(shown, "the report does not name the table of events");
  json_decref(model);
  json_decref(manifest);
  expect_rows(
      "shop",
      "SELECT count(*), count(DISTINCT page), max(occurred_at) FROM events WHERE event = 'Product Added'",
      "1,1,2024-06-01T01:00:00Z");
  manifest = project_run("shop", "");
  cr_expect(json_is_false(json_object_get(manifest, "changed")));
  json_decref(manifest);
}

Test(tables, a_table_without_a_source_is_gone) {
  put("reviews.csv",
      "product_id,rating,review_date,comment\nP1,5,2024-02-03,really very good\n"
      "P2,1,2024-02-04,broken on arrival\n");
  make_shop("reviews.csv");
  json_decref(project_run("shop", ""));
  expect_rows("shop", "SELECT product_id, rating, text FROM reviews ORDER BY 1",
              "P1,5.0000,really very good | P2,1.0000,broken on arrival");
  process_result again = gyeol_ok("init shop orders.csv --yes --force --json");
  process_clear(&again);
  json_decref(project_run("shop", ""));
  expect_rows("shop", "SELECT count(*) FROM information_schema.tables WHERE table_name = 'reviews'", "0");
}

/* ---- a row a message becomes a row for each thing that happened ---- */

Test(tables, messages_with_outcomes_become_engagements) {
  put("발송.csv",
      "캠페인번호,회원번호,발송일시,발송채널,오픈여부,클릭일시,전환여부\n"
      "C1,100,2024-01-05 10:00:00,kakao,Y,2024-01-05 12:30:00,N\n"
      "C1,101,2024-01-05 10:00:00,kakao,미오픈,,N\n"
      "C2,100,2024-01-06 10:00:00,email,1,,1\n"
      "C2,,2024-01-06 10:00:00,email,1,,1\n");
  make_shop("발송.csv");
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "tables.engagements.rows"), 3);
  cr_expect_eq(int_of(manifest, "sources.engagements.rejected"), 1, "nobody got that message");
  json_decref(manifest);
  expect_rows(
      "shop",
      "SELECT campaign_id, customer_id, event, strftime(occurred_at, '%m-%d %H:%M') AS at, channel "
      "FROM engagements ORDER BY 1, 2, 4, 3",
      "C1,100,open,01-05 01:00,kakao | C1,100,send,01-05 01:00,kakao | C1,100,click,01-05 03:30,kakao | "
      "C1,101,send,01-05 01:00,kakao | C2,100,conversion,01-06 01:00,email | "
      "C2,100,open,01-06 01:00,email | C2,100,send,01-06 01:00,email");
}

Test(tables, assignments_are_sendings_and_redemptions_conversions) {
  put("campaigns.csv", "campaign_id,customer_id\n1,100\n1,101\n2,100\n2,102\n");
  put("redemptions.csv", "campaign_id,customer_id,coupon_upc,redemption_date\n1,100,7,2024-03-05\n");
  make_shop("campaigns.csv redemptions.csv");
  json_decref(project_run("shop", ""));
  expect_rows("shop",
              "SELECT event, count(*) AS n, min(occurred_at) AS at, max(coupon) AS coupon FROM engagements "
              "GROUP BY event ORDER BY event",
              "conversion,1,2024-03-04T15:00:00Z,7 | send,4,-,-");
}

/* ---- surveys, consents, regions, market ---- */

Test(tables, the_ledger_of_consents_is_true_or_false) {
  put("동의.csv",
      "회원번호,동의목적,수신채널,동의여부,동의일시,약관버전\n"
      "100,마케팅,sms,동의,2024-01-05 10:00:00,v1\n"
      "100,마케팅,sms,철회,2024-02-05 10:00:00,v1\n"
      "101,분석,email,Y,2024-01-05 10:00:00,v2\n"
      "102,분석,email,수신거부,2024-01-05 10:00:00,v2\n");
  make_shop("동의.csv");
  json_decref(project_run("shop", ""));
  expect_rows(
      "shop",
      "SELECT customer_id, purpose, channel, granted, decided_at, text_version FROM consents ORDER BY 1, 5",
      "100,marketing,sms,true,2024-01-05T01:00:00Z,v1 | 100,marketing,sms,false,2024-02-05T01:00:00Z,v1 | "
      "101,analytics,email,true,2024-01-05T01:00:00Z,v2 | 102,analytics,email,false,2024-01-05T01:00:00Z,v2");
  put("동의.csv",
      "회원번호,동의목적,수신채널,동의여부,동의일시,약관버전\n"
      "100,마케팅,sms,동의,2024-01-05 10:00:00,v1\n"
      "101,마케팅,sms,아마도,2024-01-05 10:00:00,v1\n");
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "sources.consents.rejected"), 1, "a consent that is neither yes nor no");
  json_decref(manifest);
}

Test(tables, consents_in_parquet_know_the_same_words) {
  put("동의.csv", "회원번호,동의목적,수신채널,동의여부,동의일시\n100,마케팅,sms,동의,2024-01-05 10:00:00\n");
  make_shop("동의.csv");
  json_decref(project_run("shop", ""));
  process_result written = gyeol_ok(
      "query \"SELECT id AS customer_id, 'marketing' AS purpose, word AS granted, TIMESTAMP '2024-01-05 "
      "10:00:00' "
      "AS agreed_at FROM (VALUES (100, '동의'), (101, ' 철회'), (102, 'Opt-In'), (103, 'N'), (104, NULL)) "
      "AS words(id, word)\" shop --out consents.parquet");
  process_clear(&written);
  make_shop_of("again", "consents.parquet");
  json_decref(project_run("again", ""));
  expect_rows("again", "SELECT customer_id, granted FROM consents ORDER BY 1",
              "100,true | 101,false | 102,true | 103,false | 104,-");
}

Test(tables, surveys_regions_and_market) {
  put("nps.csv",
      "respondent_id,response_date,nps_score,q1_price,q2_design,comment\n"
      "100,2024-01-05,10,4,5,love it so much\n101,2024-01-06,3,1,2,too expensive for me\n");
  put("지역.csv",
      "시도,시군구,위도,경도,인구\n서울,강남구,37.5172,127.0473,530000\n"
      "서울,마포구,37.5663,126.9019,360000\n부산,해운대구,35.1631,129.1636,380000\n");
  put("market.csv",
      "category,period,market_size,growth_rate,competitor,market_share\n"
      "C1,2023,1000000,0.05,Acme,0.31\nC1,2023,1000000,0.05,Bolt,0.12\n"
      "C2,2023,500000.5,-0.02,Acme,0.2\n");
  make_shop("nps.csv 지역.csv market.csv");
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "tables.surveys.rows"), 2);
  cr_expect_eq(int_of(manifest, "tables.regions.rows"), 3);
  cr_expect_eq(int_of(manifest, "tables.market.rows"), 3);
  json_decref(manifest);
  expect_rows("shop", "SELECT customer_id, nps, answered_at, text, q1_price FROM surveys ORDER BY 1",
              "100,10.0000,2024-01-04T15:00:00Z,love it so much,4 | "
              "101,3.0000,2024-01-05T15:00:00Z,too expensive for me,1");
  expect_rows("shop", "SELECT region, district, latitude, longitude, population FROM regions ORDER BY 2",
              "서울,강남구,37.5172,127.0473,530000.0000 | 서울,마포구,37.5663,126.9019,360000.0000 | "
              "부산,해운대구,35.1631,129.1636,380000.0000");
  expect_rows(
      "shop",
      "SELECT category, period, market_size, growth, competitor, competitor_share FROM market ORDER BY 1, 5",
      "C1,2023,1000000.0000,0.05,Acme,0.31 | C1,2023,1000000.0000,0.05,Bolt,0.12 | "
      "C2,2023,500000.5000,-0.02,Acme,0.2");
}

/* ---- columns and tables that meet ---- */

Test(tables, customers_of_two_files_are_one) {
  put("members.csv", "customer_id,gender,city\n100,F,Seoul\n101,M,\n102,F,Busan\n");
  put("scores.csv", "customer_id,age,city,grade\n101,33,Daegu,gold\n100,44,Jeju,silver\n103,21,Ulsan,gold\n");
  make_shop("members.csv scores.csv");
  json_decref(project_run("shop", ""));
  expect_rows("shop", "SELECT customer_id, gender, region, age, grade FROM customers ORDER BY 1",
              "100,F,Seoul,44,silver | 101,M,Daegu,33,gold | 102,F,Busan,-,- | 103,-,Ulsan,21,gold");
}

Test(tables, a_column_called_as_a_role_of_another_gets_a_number) {
  char text[8192] = "order_id,customer_id,ordered_at,amount,city,Region,region\n";
  for (int i = 0; i < 60; i++)
    sprintf(text + strlen(text), "%d,%d,2024-01-%02d,%d.5,Seoul%d,R%d,r%d\n", i, i % 9, 1 + i % 28, i + 1,
            i % 3, i % 2, i % 4);
  put("orders.csv", text);
  project_make("shop", "orders.csv");
  char *settings = file_text(in_workspace("shop/gyeol.yaml"));
  cr_assert_not_null(strstr(settings, ": region\n"));
  free(settings);
  json_decref(project_run("shop", ""));
  expect_rows("shop", "SELECT count(*) FROM (DESCRIBE order_items) WHERE column_name ILIKE 'region%'", "2");
}

/* They are keys of their source, and no attributes of customers. */
Test(tables, direct_identifiers_are_pseudonyms) {
  put("members.csv",
      "customer_id,nickname,mail,gender\n100,kim,a1@example.com,F\n101,lee,b2@example.com,M\n");
  make_shop("members.csv");
  project_set("shop", "nickname: attribute", "nickname: person_name");
  json_decref(project_run("shop", ""));
  expect_rows("shop",
              "SELECT column_name, column_type FROM (DESCRIBE source_customers) WHERE column_name IN "
              "('customer_id', 'email', 'mail', 'nickname', 'person_name', 'gender') ORDER BY 1",
              "customer_id,BIGINT | email,UUID | gender,VARCHAR | person_name,UUID");
  expect_rows("shop", "SELECT count(email), count(person_name) FROM source_customers", "2,2");
  expect_rows("shop", "SELECT column_name, column_type FROM (DESCRIBE customers) ORDER BY 1",
              "customer_id,BIGINT | gender,VARCHAR");
}

Test(tables, a_column_that_a_table_needs_is_asked_for) {
  put("log.csv", "event,timestamp,customer_id\nPage Viewed,2024-01-01 10:00:00,100\n");
  make_shop("log.csv");
  project_set("shop", "timestamp: time", "timestamp: attribute");
  process_result result = run_gyeol("run shop");
  cr_expect_eq(result.exit_code, 2, "%s", result.err);
  cr_expect_not_null(strstr(result.err, "source 'events': no column is its time"), "%s", result.err);
  process_clear(&result);
}

Test(tables, a_query_only_reads) {
  make_shop("");
  json_decref(project_run("shop", ""));
  static const char *const REFUSED[] = {
      "",
      " ; ",
      "DROP VIEW order_items",
      "COPY (SELECT 1) TO 'stolen.csv'",
      "SELECT 1) ; COPY (SELECT 1) TO 'stolen.csv'; SELECT * FROM (SELECT 2",
      "SELECT 1; SELECT 2",
      "SELECT * FROM nothing",
      "SELECT (1",
      "INSERT INTO runs SELECT * FROM runs"};
  for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
    for (int to_file = 0; to_file < 2; to_file++) {
      process_result result = run_gyeol("query \"%s\" shop %s", REFUSED[i], to_file ? "--out rows.csv" : "");
      cr_expect_eq(result.exit_code, 2, "%s: %d: %s", REFUSED[i], result.exit_code, result.err);
      process_clear(&result);
    }
  }
  cr_expect_neq(access(in_workspace("stolen.csv"), F_OK), 0);
  cr_expect_neq(access(in_workspace("rows.csv"), F_OK), 0);
  process_result rows =
      gyeol_ok("query 'SELECT order_id FROM order_items ORDER BY order_id;' shop --limit 3 --json");
  cr_expect_eq(json_array_size(json_object_get(rows.json, "rows")), 3u, "%s", rows.out);
  cr_expect(json_is_true(json_object_get(rows.json, "more")), "%s", rows.out);
  process_clear(&rows);
  rows = gyeol_ok("query 'SELECT * FROM order_items' shop --out lines.csv --json");
  cr_expect_eq(int_of(rows.json, "rows"), 900, "%s", rows.out);
  cr_expect_eq(access(in_workspace("lines.csv"), F_OK), 0);
  process_clear(&rows);
}
