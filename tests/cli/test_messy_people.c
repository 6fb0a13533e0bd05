/* SPDX-License-Identifier: Apache-2.0
 *
 * A shop whose people register twice, order as guests and mistype their names, from simulation to forgetting:
 * who is one person, what they agreed to, what is held on them, and that nothing comes back. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_fixture.h"
#include "support/byte_search.h"

TestSuite(messy_people, .fini = workspace_remove, .timeout = 400);

static void make_shop(void) {
  process_result made = gyeol_ok("simulate shop --customers 200 --people messy --seed 3 --out D -q");
  process_clear(&made);
  project_make("shop",
               "D/campaigns.csv D/customers.csv D/engagements.csv D/events.csv D/orders.csv "
               "D/products.csv D/reviews.csv");
  json_decref(project_run("shop", ""));
}

/* The person with most customer ids; its name. */
static void largest_person(char name[32]) {
  process_result list = gyeol_ok("identity list shop --json");
  json_int_t most = 0;
  size_t i;
  json_t *person;
  json_array_foreach(json_object_get(list.json, "largest"), i, person) {
    json_int_t n = int_of(person, "customers");
    if (n <= most) continue;
    most = n;
    snprintf(name, 32, "%s", text_of(person, "person"));
  }
  cr_assert_geq(most, 2, "%s", list.out);
  process_clear(&list);
}

/* Originals of the person in the clear, as the export gives them. */
static size_t originals_of(const json_t *file, char texts[][128], size_t most) {
  size_t n = 0, i;
  json_t *one;
  json_array_foreach(json_object_get(file, "originals"), i, one) {
    if (n < most) snprintf(texts[n++], 128, "%s", text_of(one, "text"));
  }
  return n;
}

static bool is_email_of(const json_t *file, char email[128]) {
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(file, "originals"), i, one) {
    if (strcmp(text_of(one, "kind"), "email") != 0) continue;
    snprintf(email, 128, "%s", text_of(one, "text"));
    return true;
  }
  return false;
}

static void expect_refused(const char *command, const char *person) {
  process_result said = run_gyeol("%s '%s' -C shop", command, person);
  cr_expect_eq(said.exit_code, 1, "%s %s: %d %s%s", command, person, said.exit_code, said.out, said.err);
  cr_expect_null(strstr(said.out, person), "%s %s: %s", command, person, said.out);
  process_clear(&said);
}

Test(messy_people, are_found_asked_given_and_forgotten) {
  char person[32] = "", email[128] = "", texts[16][128];
  make_shop();
  process_result consents = gyeol_ok("consent show -C shop --json");
  cr_expect_gt(int_of(consents.json, "ledger.rows"), 500, "%s", consents.out);
  cr_expect_gt(int_of(consents.json, "people"), 100);
  process_clear(&consents);
  consents = gyeol_ok("consent show -C shop");
  cr_expect_not_null(strstr(consents.out, "marketing"), "%s", consents.out);
  process_clear(&consents);
  largest_person(person);

  process_result shown = gyeol_ok("identity show %s shop --json", person),
                 explained = gyeol_ok("identity explain %s -C shop --json", person),
                 agreed = gyeol_ok("consent show %s shop --json", person),
                 given = gyeol_ok("subject export %s shop --json", person);
  cr_expect_geq((int)json_array_size(json_at(shown.json, "customers")), 2, "%s", shown.out);
  cr_expect_gt((int)json_array_size(json_at(explained.json, "links")), 1, "%s", explained.out);
  cr_expect_geq((int)json_array_size(json_at(agreed.json, "consents")), 8, "%s", agreed.out);
  cr_expect_null(strchr(shown.out, '@'), "%s", shown.out);
  cr_expect_null(strchr(explained.out, '@'), "%s", explained.out);
  cr_expect_null(strstr(given.out, "sealed:"), "%s", strstr(given.out, "sealed:"));
  size_t n_texts = originals_of(given.json, texts, 16);
  cr_assert(is_email_of(given.json, email), "%s", given.out);
  process_result by_mail = gyeol_ok("identity show '%s' shop --json", email),
                 agreed_by_mail = gyeol_ok("consent show '%s' shop --json", email);
  cr_expect_str_eq(text_of(by_mail.json, "person"), person);
  cr_expect_str_eq(text_of(agreed_by_mail.json, "person"), person, "%s", agreed_by_mail.out);
  process_result *const results[] = {&shown, &explained, &agreed, &given, &by_mail, &agreed_by_mail};
  for (size_t i = 0; i < sizeof results / sizeof *results; i++) process_clear(results[i]);

  process_result forgotten = gyeol_ok("forget '%s' shop --reason asked --json", email);
  process_clear(&forgotten);
  for (int round = 0; round < 2; round++) { /* at once, and after all sources were read again */
    expect_refused("identity show", email);
    expect_refused("consent show", person);
    expect_refused("subject export", email);
    process_result vault = gyeol_ok("vault status shop --check --json");
    cr_expect_gt(int_of(vault.json, "forgotten"), 2, "%s", vault.out);
    process_clear(&vault);
    for (size_t i = 0; i < n_texts; i++) {
      char where[512];
      cr_expect_not(byte_search(in_workspace("shop/.gyeol"), texts[i], where, sizeof where),
                    "round %d: '%s' %s", round, texts[i], where);
    }
    if (round == 1) break;
    json_t *again = project_run("shop", "--force");
    cr_expect_gt(int_of(again, "quality.sources.customers.forgotten"), 1);
    cr_expect_eq(int_of(again, "quality.sources.customers.read"),
                 int_of(again, "quality.sources.customers.accepted") +
                     int_of(again, "quality.sources.customers.rejected") +
                     int_of(again, "quality.sources.customers.forgotten"));
    json_decref(again);
  }
}

/* As people hand over all that lies in a folder: the simulator's truth is in it too. */
Test(messy_people, with_every_file_of_the_folder) {
  process_result made = gyeol_ok("simulate shop --customers 120 --people messy --seed 8 --out D -q");
  process_clear(&made);
  project_make("shop", "D/*.csv");
  json_decref(project_run("shop", "--until features"));
  process_result consents = gyeol_ok("consent show -C shop --json"),
                 list = gyeol_ok("identity list shop --json");
  cr_expect_gt(int_of(consents.json, "ledger.rows"), 300, "%s", consents.out);
  process_clear(&consents);
  process_clear(&list);
}

/* ---- rejected rows of people ---- */

/* Cells that say 7 elsewhere, other writings of an address and a number, a record that cannot be taken apart.
 */
Test(messy_people, rejected_rows_are_given_to_their_person_alone) {
  write_small_shop(in_workspace("orders.csv"), 900, 1);
  static const char CLEAN[] =
      "customer_id,email,phone,points,joined_at\n"
      "7,kim.min@gmail.com,010-1234-5678,1,2024-01-05\n"
      "8,lee@example.com,010-9999-1234,7,2024-01-06\n"
      "9,park@example.com,010-2222-1234,7,2024-01-06\n";
  char grown[2048];
  write_text(in_workspace("customers.csv"), CLEAN);
  project_make("shop", "orders.csv customers.csv");
  snprintf(grown, sizeof grown,
           "%s8,lee@example.com,010-9999-1234,7,whenever\n"
           ",Kim.Min+card@Googlemail.com,,3,as-of-mail\n"
           ",,+82 10 1234 5678,3,as-of-phone\n"
           "7,,,3,as-of-id\n"
           "9,park@example.com,010-2222-1234,7,2024-01-06,more,cells\n"
           "7,kim.min@gmail.com,010-1234-5678,1,2024-01-05,torn,row\n",
           CLEAN);
  write_text(in_workspace("customers.csv"), grown);
  json_decref(project_run("shop", ""));
  process_result given = gyeol_ok("subject export 7 shop --json");
  static const char *const THEIRS[] = {"as-of-mail", "as-of-phone", "as-of-id", "torn"},
                           *const OTHERS[] = {"lee@example.com", "park@example.com", "whenever", "more",
                                              "sealed:"};
  for (size_t i = 0; i < sizeof THEIRS / sizeof *THEIRS; i++)
    cr_expect_not_null(strstr(given.out, THEIRS[i]), "%s is not given: %s", THEIRS[i], given.out);
  for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
    cr_expect_null(strstr(given.out, OTHERS[i]), "%s is given", OTHERS[i]);
  process_clear(&given);
  process_result listed = gyeol_ok("rejects list shop --json"), text = gyeol_ok("rejects list shop");
  cr_expect_null(strchr(listed.out, '@'), "%s", listed.out);
  cr_expect_null(strstr(listed.out, "sealed:"), "%s", listed.out);
  cr_expect_null(strstr(text.out, "sealed:"), "%s", text.out);
  process_clear(&listed);
  process_clear(&text);
}

Test(messy_people, consents_that_are_rejected_are_never_printed_sealed) {
  write_small_shop(in_workspace("orders.csv"), 900, 1);
  write_text(in_workspace("customers.csv"),
             "customer_id,email,joined_at\n1,kim@shop.kr,2024-01-05\n2,lee@shop.kr,2024-01-06\n");
  project_make("shop", "orders.csv customers.csv");
  json_decref(project_run("shop", ""));
  char text[8192],
      *end = stpcpy(
          text,
          "email,purpose,channel,granted,decided_at\nKim@Shop.kr,marketing,email,Y,2024-01-05 10:00:00\n");
  for (int i = 1; i < 60; i++)
    end += sprintf(end, "p%d@shop.kr,marketing,%s,%s,2024-01-05 10:00:00\n", i, i % 2 ? "email" : "sms",
                   i % 3 ? "Y" : "N");
  strcpy(end,
         "lee@shop.kr,marketing,email,perhaps,2024-01-05 10:00:00\n"
         "lee@shop.kr,lee@shop.kr,email,Y,2024-01-05 10:00:00\n"
         "nobody@shop.kr,marketing,lee@shop.kr,Y,2024-01-05 10:00:00\n");
  write_text(in_workspace("list.csv"), text);
  process_result told = gyeol_ok("consent import list.csv shop"),
                 json = gyeol_ok("consent import list.csv shop --json");
  cr_expect_eq(int_of(json.json, "rejected"), 3, "%s", json.out);
  cr_expect_eq(int_of(json.json, "known"), 60, "%s", json.out);
  const char *const texts[] = {told.out, told.err, json.out, json.err};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    cr_expect_null(strstr(texts[i], "sealed:"), "%zu: %s", i, texts[i]);
    cr_expect_null(strstr(texts[i], "lee@shop"), "%zu: %s", i, texts[i]);
  }
  process_result kim = gyeol_ok("consent show kim@shop.kr shop -p marketing --channel email --json");
  cr_expect(json_is_true(json_at(kim.json, "consents.0.granted")), "%s", kim.out);
  process_clear(&told);
  process_clear(&json);
  process_clear(&kim);
}
