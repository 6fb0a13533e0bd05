/* SPDX-License-Identifier: Apache-2.0
 *
 * Every example of docs/rules.md is a rule of the shop: it compiles, and its canonical text is a rule again.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_fixture.h"

static char *read_page(void) {
  gy_buffer text;
  char block[4096];
  size_t n;
  gy_buffer_init(&text, 1 << 20);
  FILE *file = fopen(GYEOL_RULES_PAGE, "rb");
  cr_assert_not_null(file, "%s", GYEOL_RULES_PAGE);
  while ((n = fread(block, 1, sizeof block, file)) > 0) gy_buffer_append(&text, block, n);
  fclose(file);
  return gy_buffer_take(&text);
}

static void check_example(const char *text) {
  gy_rule_definition rules[] = {{NULL, text}, {"dormant", "recency_days > 180"}};
  gy_rule_clock clock = shop_clock("Asia/Seoul");
  gy_rule_set *set = NULL;
  gy_rule *rule = NULL, *again = NULL;
  char *canonical = NULL;
  gy_error err = {0};
  cr_expect_eq(gy_rule_set_compile(shop_catalogue(), &clock, rules, 2, &set, &err), GY_OK, "%s\n%s", text,
               err.text);
  cr_assert_eq(gy_rule_parse(text, strlen(text), &rule, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_rule_print(rule, &canonical, &err), GY_OK);
  cr_assert_eq(gy_rule_parse(canonical, strlen(canonical), &again, &err), GY_OK, "%s", err.text);
  cr_expect(gy_rule_equal(rule, again), "%s", canonical);
  gy_rule_set_destroy(set);
  gy_rule_destroy(rule);
  gy_rule_destroy(again);
  free(canonical);
}

Test(rule_docs, every_example_is_a_rule) {
  static const char OPEN[] = "```rule\n";
  char *page = read_page(), *at = page;
  int n = 0;
  while ((at = strstr(at, OPEN)) != NULL) {
    at += sizeof OPEN - 1;
    char *end = strstr(at, "```");
    cr_assert_not_null(end);
    char *text = strndup(at, (size_t)(end - at));
    check_example(text);
    free(text);
    at = end + 3;
    n++;
  }
  cr_expect_gt(n, 25);
  free(page);
}
