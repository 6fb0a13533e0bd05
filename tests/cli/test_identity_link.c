/* SPDX-License-Identifier: Apache-2.0
 *
 * `gyeol identity link`: people of plain files, found against the truth, in files of any kind, and what is
 * said to those who ask for nonsense. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_fixture.h"

TestSuite(identity_link, .fini = workspace_remove, .timeout = 300);

/* The person behind each customer 1 .. n of a simulated shop. */
static long *read_people(const char *folder, size_t *n) {
  char *text = file_text(in_workspace("%s/truth_people.csv", folder));
  long *people = calloc(strlen(text) / 4 + 2, sizeof *people);
  long customer, person;
  *n = 0;
  for (const char *line = strchr(text, '\n') + 1; sscanf(line, "%ld,%ld", &customer, &person) == 2;
       line = strchr(line, '\n') + 1) {
    people[customer] = person;
    *n = (size_t)customer;
  }
  free(text);
  return people;
}

static size_t pairs_in_truth(const long *people, size_t n) {
  size_t *members = calloc(n + 1, sizeof *members), pairs = 0;
  for (size_t c = 1; c <= n; c++) pairs += members[people[c]]++;
  free(members);
  return pairs;
}

Test(identity_link, finds_who_registered_twice) {
  process_result made = gyeol_ok("simulate shop --people messy --customers 6000 --out people --quiet");
  process_clear(&made);
  process_result linked = gyeol_ok("identity link --input people/customers.csv --out pairs.csv --json");
  size_t n, right = 0, matches = 0;
  long *people = read_people("people", &n), left_id, right_id;
  char *text = file_text(in_workspace("pairs.csv")), decision[16];
  cr_assert_eq(strncmp(text, "left_row,right_row,left_id,right_id,decision,probability,bits,name_left,", 70),
               0, "%.120s", text);
  for (const char *line = strchr(text, '\n') + 1; *line != '\0'; line = strchr(line, '\n') + 1) {
    cr_assert_eq(sscanf(line, "%*d,%*d,%ld,%ld,%15[a-z],", &left_id, &right_id, decision), 3, "%.80s", line);
    if (strcmp(decision, "match") != 0) continue;
    matches++;
    right += people[left_id] == people[right_id];
  }
  double truth = (double)pairs_in_truth(people, n), precision = (double)right / (double)matches,
         recall = (double)right / truth;
  cr_assert(precision >= 0.995 && recall >= 0.95, "precision %.4f, recall %.4f of %g pairs", precision,
            recall, truth);
  cr_assert_eq(int_of(linked.json, "matches"), (json_int_t)matches);
  cr_assert_gt(number_of(linked.json, "expected_matches"), truth / 2);
  cr_assert_lt(number_of(linked.json, "expected_matches"), truth * 2);
  cr_expect_str_eq(text_of(linked.json, "fields.0.field"), "name");
  cr_expect_str_eq(text_of(linked.json, "fields.1.compare"), "date");
  free(people);
  free(text);
  process_clear(&linked);
}

static const char MEMBERS[] =
    "회원번호,성명,생년월일,휴대전화\n"
    "M1,김민준,1990-01-02,010-1234-5678\nM2,이서연,1985-03-04,010-2222-3333\nM3,박지훈,1979-05-06,\n"
    "M4,최유진,2000-12-31,010-9999-1111\nM5,정하은,1988-08-08,010-8888-7777\nM6,강도윤,1975-07-07,010-5555-"
    "4444\n";
static const char VISITORS[] =
    "name,born,mobile\n"
    "긴민준,19900102,+82 10 1234 5678\n이 서연,1985.3.4,01022223333\n박지훈,1979/05/06,010-4444-0000\n"
    "한소희,1994-11-18,010-7777-1212\n최유진,2000-12-31,\n오세훈,1961-01-04,010-6666-5555\n";

static process_result link_lists(const char *options) {
  write_text(in_workspace("members.csv"), MEMBERS);
  write_text(in_workspace("visitors.csv"), VISITORS);
  return run_gyeol(
      "identity link --input members.csv --with visitors.csv --compare "
      "'성명=name:name, 생년월일=born:date, 휴대전화=mobile:phone' %s",
      options);
}

Test(identity_link, two_lists_whose_columns_differ) {
  process_result linked = link_lists("--block 생년월일 --block 성명:1 --json --id 회원번호");
  cr_assert_eq(linked.exit_code, 0, "%s", linked.err);
  cr_expect_eq(int_of(linked.json, "rows"), 6);
  cr_expect_eq(int_of(linked.json, "with_rows"), 6);
  cr_expect_geq(int_of(linked.json, "pairs"), 3);
  const json_t *examples = json_object_get(linked.json, "examples");
  for (size_t i = 0; i < json_array_size(examples); i++) {
    const json_t *pair = json_array_get(examples, i);
    cr_expect_eq(int_of(pair, "left_row"), int_of(pair, "left_row"));
    double sum = 0;
    const char *name;
    json_t *field;
    json_object_foreach(json_object_get(pair, "fields"), name, field) sum += number_of(field, "bits");
    cr_expect_float_eq(sum, number_of(pair, "bits"), 0.01, "fields of pair %zu do not add up", i);
  }
  process_clear(&linked);
}

Test(identity_link, writes_any_format) {
  static const char *const NAMES[] = {"pairs.csv", "pairs.xlsx", "pairs.parquet", "pairs.json",
                                      "pairs.ndjson"};
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
    char options[128];
    snprintf(options, sizeof options, "--block 생년월일 --out %s", NAMES[i]);
    process_result linked = link_lists(options);
    cr_expect_eq(linked.exit_code, 0, "%s: %s", NAMES[i], linked.err);
    char *bytes = file_text(in_workspace("%s", NAMES[i]));
    cr_expect_not_null(bytes, "%s is not there", NAMES[i]);
    free(bytes);
    process_clear(&linked);
  }
}

Test(identity_link, the_same_on_any_threads) {
  process_result made = gyeol_ok("simulate shop --people messy --customers 3000 --out people --quiet");
  process_clear(&made);
  for (int threads = 1; threads <= 3; threads++) {
    made = gyeol_ok("identity link --input people/customers.csv --threads %d --out pairs%d.csv --quiet",
                    threads, threads);
    process_clear(&made);
  }
  char *first = file_text(in_workspace("pairs1.csv"));
  for (int threads = 2; threads <= 3; threads++) {
    char *other = file_text(in_workspace("pairs%d.csv", threads));
    cr_expect_str_eq(first, other, "%d threads", threads);
    free(other);
  }
  free(first);
}

Test(identity_link, says_what_is_wrong) {
  static const struct {
    const char *arguments, *word;
    int exit_code;
  } CASES[] = {
      {"identity resemble", "link", 2},
      {"identity link", "--input", 2},
      {"identity link --input nowhere.csv", "nowhere.csv", 1},
      {"identity link --input members.csv --compare 성명:sound", "no way to compare", 2},
      {"identity link --input members.csv --compare 이름:name", "이름", 2},
      {"identity link --input members.csv --compare ,", "no column", 2},
      {"identity link --input members.csv --block 주소", "not among what is compared", 2},
      {"identity link --input members.csv --block 성명:x", "number of letters", 2},
      {"identity link --input members.csv --block ''", "--block", 2},
      {"identity link --input members.csv --threshold 1.5", "--threshold", 2},
      {"identity link --input members.csv --threshold 0.8 --review 0.9", "review", 2},
      {"identity link --input numbers.csv", "--compare", 3},
      {"identity link --input one.csv --compare 성명:name", "no two records", 3},
      {"identity link --input members.csv --out pairs.doc", ".csv", 2},
      {"identity link --input members.csv --memory 1MB", "memory", 1},
  };
  write_text(in_workspace("members.csv"), MEMBERS);
  write_text(in_workspace("numbers.csv"), "a,b\n1,2\n3,4\n");
  write_text(in_workspace("one.csv"), "번호,성명\n1,김민준\n");
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    process_result result = run_gyeol("%s", CASES[i].arguments);
    cr_expect_eq(result.exit_code, CASES[i].exit_code, "gyeol %s ended with %d: %s", CASES[i].arguments,
                 result.exit_code, result.err);
    cr_expect_not_null(strstr(result.err, CASES[i].word), "gyeol %s: no '%s' in: %s", CASES[i].arguments,
                       CASES[i].word, result.err);
    process_clear(&result);
  }
}
