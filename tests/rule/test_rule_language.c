/* SPDX-License-Identifier: Apache-2.0
 *
 * Text to tree and back: canonical forms, and what is refused, where and with which words. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_fixture.h"

static char *printed(const char *text) {
  gy_rule *rule = NULL, *again = NULL;
  gy_error err = {0};
  char *canonical = NULL;
  cr_assert_eq(gy_rule_parse(text, strlen(text), &rule, &err), GY_OK, "%s: %s", text, err.text);
  cr_assert_eq(gy_rule_print(rule, &canonical, &err), GY_OK);
  cr_assert_eq(gy_rule_parse(canonical, strlen(canonical), &again, &err), GY_OK, "%s: %s", canonical,
               err.text);
  cr_assert(gy_rule_equal(rule, again), "%s printed as %s", text, canonical);
  gy_rule_destroy(rule);
  gy_rule_destroy(again);
  return canonical;
}

Test(rule_language, canonical_text) {
  static const char *const CASES[][2] = {
      {"a<1 AND b >=2", "a < 1 and b >= 2"},
      {"((a)) or (b and (c))", "a or b and c"},
      {"(a or b) and c", "(a or b) and c"},
      {"(a and b) and c", "a and b and c"},
      {"not (a = b)", "not a = b"},
      {"not (a and b)", "not (a and b)"},
      {"(not a) = b", "(not a) = b"},
      {"1 - (2 - 3)", "1 - (2 - 3)"},
      {"(1 - 2) - 3", "1 - 2 - 3"},
      {"(1 + 2) * 3", "(1 + 2) * 3"},
      {"-(-a)", "-(-a)"},
      {"a - -b", "a - -b"},
      {"a <> b", "a != b"},
      {"x in ( 1 , 2 )", "x in (1, 2)"},
      {"x NOT IN ('a','b''c')", "x not in ('a', 'b''c')"},
      {"x between 1 and 2 and y", "x between 1 and 2 and y"},
      {"(a = b) = c", "(a = b) = c"},
      {"x is NOT null", "x is not null"},
      {"\"weird name\" = 1", "\"weird name\" = 1"},
      {"\"plain\" = 1", "plain = 1"},
      {"\"and\" = \"a\"\"b\"", "\"and\" = \"a\"\"b\""},
      {"구매_횟수 >= 3 -- comment", "구매_횟수 >= 3"},
      {"a /* b\n */ or\n\tc", "a or c"},
      {"1e3 + 0.50 + 1_000_000", "1000 + 0.5 + 1000000"},
      {"a > 1e15 or b > 2.5e-7", "a > 1e+15 or b > 2.5e-07"},
      {"exists(t, last n  day)", "exists(t, last n days)"},
      {"exists(a then b within n hours, since m days ago)",
       "exists(a then b within n hours, since m days ago)"},
      {"count( orders )", "count(orders)"},
      {"COUNT(events where event='x' and y , LAST 7 DAY) >= 1",
       "count(events where event = 'x' and y, last 7 days) >= 1"},
      {"sum(orders.a*orders.b where c,this months)", "sum(orders.a * orders.b where c, this month)"},
      {"exists(a then b where c within 2 week, since 30일 ago)",
       "exists(a then b where c within 2 weeks, since 30 days ago)"},
      {"t in previous quarter", "t in previous quarter"},
      {"t not in from 2026-01-01 to today - 7 days", "t not in from 2026-01-01 to today - 7 days"},
      {"t in today", "t in on today"},
      {"percentile(x + 1 by region) >= 95", "percentile(x + 1 by region) >= 95"},
      {"t > 2026-01-01T09:30", "t > 2026-01-01T09:30:00"},
      {"t > 2026-01-01T09:30:15.5", "t > 2026-01-01T09:30:15.500000"},
      {"now - t > 3 hours", "now - t > 3 hours"},
      {"cafe\xcc\x81 = 'cafe\xcc\x81'", "caf\xc3\xa9 = 'caf\xc3\xa9'"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *canonical = printed(CASES[i][0]);
    cr_expect_str_eq(canonical, CASES[i][1], "%s became %s", CASES[i][0], canonical);
    free(canonical);
  }
}

/* Parsed, and where that goes well compiled: the sentence begins with the place and holds the words. */
static void refused(const char *text, size_t length, const char *begins, const char *words,
                    gy_status expected) {
  gy_rule *rule = NULL;
  gy_rule_set *set = NULL;
  gy_error err = {0};
  gy_rule_clock clock = shop_clock("Asia/Seoul");
  gy_status status = gy_rule_parse(text, length, &rule, &err);
  if (status == GY_OK)
    status = gy_rule_set_compile(shop_catalogue(), &clock, &(gy_rule_definition){NULL, text}, 1, &set, &err);
  cr_expect_eq(status, expected, "%.80s: %s", text, gy_status_name(status));
  cr_expect(strncmp(err.text, begins, strlen(begins)) == 0, "%.80s: '%s' does not begin with '%s'", text,
            err.text, begins);
  cr_expect(strstr(err.text, words) != NULL, "%.80s: '%s' does not hold '%s'", text, err.text, words);
  gy_rule_destroy(rule);
  gy_rule_set_destroy(set);
}

static const struct {
  const char *text, *begins, *words;
} REFUSED[] = {
    {"", "line 1, column 1: ", "empty"},
    {"  -- nothing\n", "line 1, column 1: ", "empty"},
    {"recensy_days <= 30",
     "line 1, column 1: ", "unknown attribute 'recensy_days'; did you mean 'recency_days'?"},
    {"monetary > 1 and\n  regoin = 'x'", "line 2, column 3: ", "did you mean 'region'?"},
    {"지억 = '서울' or x", "line 1, column 1: ", "did you mean '지역'?"},
    {"region = '서울' and 지역이름 = 1", "line 1, column 19: ", "unknown attribute '지역이름'"},
    {"monetary = '5'", "line 1, column 10: ", "a number cannot be compared with a text"},
    {"region > 5", "line 1, column 8: ", "a text cannot be compared with a number"},
    {"monetary", "line 1, column 1: ", "a rule is a condition, and this is a number"},
    {"monetary and true", "line 1, column 1: ", "`and` joins conditions"},
    {"not region", "line 1, column 5: ", "`not` takes a condition"},
    {"region + 1 > 2", "line 1, column 1: ", "arithmetic needs numbers"},
    {"1 < monetary < 5", "line 1, column 14: ", "do not chain"},
    {"(monetary > 1", "line 1, column 14: ", "not closed"},
    {"monetary > 1)", "line 1, column 13: ", "never opened"},
    {"monetary >", "line 1, column 11: ", "rule ends here"},
    {"monetary > 1 region = 'x'", "line 1, column 14: ", "join parts with and or or"},
    {"monetary == 1", "line 1, column 10: ", "equality is written ="},
    {"true && false", "line 1, column 6: ", "written and"},
    {"region = 'x", "line 1, column 10: ", "never closed"},
    {"/* x", "line 1, column 1: ", "never closed"},
    {"true # x", "line 1, column 6: ", "comments begin with --"},
    {"region = ‘x’", "line 1, column 10: ", "straight quotes"},
    {"last_order_at > 2026-02-30", "line 1, column 17: ", "2026-02-30 is no date"},
    {"last_order_at > 2026-13-01", "line 1, column 17: ", "no date"},
    {"last_order_at > 2026-01-01T25:00", "line 1, column 27: ", "time of day"},
    {"region = null", "line 1, column 10: ", "is null"},
    {"region is 5", "line 1, column 11: ", "null or not null"},
    {"region in 5", "line 1, column 11: ", "followed by (a, b, c)"},
    {"region in (monetary)", "line 1, column 12: ", "holds constants"},
    {"region in ('a', 5)", "line 1, column 17: ", "a text cannot be in a list with a number"},
    {"last_order_at in last month", "line 1, column 23: ", "previous month"},
    {"last_order_at in lats 30 days", "line 1, column 18: ", "here stands a window"},
    {"last_order_at in last 1.5 days", "line 1, column 23: ", "whole units"},
    {"last_order_at in since region", "line 1, column 24: ", "fixed moment"},
    {"birthday in last 3 hours", "line 1, column 13: ", "no time of day"},
    {"monetary in last 30 days", "line 1, column 1: ", "dates and timestamps"},
    {"orders", "line 1, column 1: ", "orders is a table"},
    {"orders.amount > 5", "line 1, column 1: ", "sum(orders.amount, last 90 days)"},
    {"count(oders) > 1", "line 1, column 7: ", "unknown table 'oders'; did you mean 'orders'?"},
    {"count(orders where amuont > 1) > 1",
     "line 1, column 20: ", "orders has no column 'amuont'; did you mean 'amount'?"},
    {"count(orders where monetary > 1) > 1", "line 1, column 20: ", "attribute of the customer"},
    {"count(orders where events.page = 'x') > 1", "line 1, column 20: ", "cannot be seen here"},
    {"count(orders where count(events) > 1) > 1", "line 1, column 20: ", "cannot stand inside another"},
    {"count(orders where in_segment('vip')) > 1", "line 1, column 20: ", "about customers"},
    {"sum(orders) > 1", "line 1, column 5: ", "sum needs a column"},
    {"sum(orders.category) > 1", "line 1, column 5: ", "sum adds numbers, and this is a text"},
    {"sum(5) > 1", "line 1, column 5: ", "which table"},
    {"count(orders then events) > 1", "line 1, column 25: ", "within 7 days"},
    {"sum(orders then events within 1 days) > 1", "line 1, column 1: ", "sequences are counted"},
    {"count(orders then events within 1 months) > 1", "line 1, column 33: ", "weeks, days, hours or less"},
    {"now - last_order_at > 3 months", "line 1, column 23: ", "differ in length"},
    {"last_order_at + 3 days > now", "line 1, column 17: ", "date(...) + 3 days"},
    {"birthday + 3 hours > today", "line 1, column 12: ", "whole days"},
    {"birthday + 3 > today", "line 1, column 12: ", "+ 7 days"},
    {"today - 5000 years < birthday", "line 1, column 7: ", "outside the years 1 to 9999"},
    {"region like monetary", "line 1, column 13: ", "written as a text"},
    {"region like 'a\\'", "line 1, column 13: ", "none follows"},
    {"region matches '(a'", "line 1, column 16: ", "( is never closed"},
    {"region matches 'a**'", "line 1, column 16: ", "cannot be repeated"},
    {"region matches '(?i)x'", "line 1, column 16: ", "flags, look-around"},
    {"region matches 'a\\b'", "line 1, column 16: ", "only \\d \\w \\s"},
    {"region matches '(a)\\1'", "line 1, column 16: ", "only \\d \\w \\s"},
    {"region matches 'a|'", "line 1, column 16: ", "cannot be empty"},
    {"region matches ''", "line 1, column 16: ", "cannot be empty"},
    {"region matches '[[:alpha:]]'", "line 1, column 16: ", "named classes"},
    {"region matches '[z-a]'", "line 1, column 16: ", "lower character to the higher"},
    {"region matches '((a{200}){200})'", "line 1, column 16: ", "repeats too much"},
    {"region matches 'x{256}'", "line 1, column 16: ", "up to 255"},
    {"region matches '***=x'", "line 1, column 16: ", "nothing to repeat"},
    {"rfm = 'Champion'", "line 1, column 5: ", "rfm is never 'Champion'; did you mean 'Champions'?"},
    {"rfm in ('Loyal', 'loyal')", "line 1, column 18: ", "did you mean 'Loyal'?"},
    {"score('chrun') > 1", "line 1, column 7: ", "there is no model 'chrun'; did you mean 'churn'?"},
    {"score(churn) > 1", "line 1, column 7: ", "score('churn')"},
    {"cluster('styl') = 'a'", "line 1, column 9: ", "no clustering 'styl'; did you mean 'style'?"},
    {"in_segment('vp')", "line 1, column 12: ", "no segment 'vp'; did you mean 'vip'?"},
    {"in_segmnt('vip')", "line 1, column 1: ", "unknown function 'in_segmnt'; did you mean 'in_segment'?"},
    {"cuont(orders) > 1", "line 1, column 1: ", "did you mean 'count'?"},
    {"abs(1, 2) > 1", "line 1, column 1: ", "abs() takes a number"},
    {"abs(1 by region) > 1", "line 1, column 1: ", "abs() takes a number"},
    {"percentile(5) > 1", "line 1, column 12: ", "same for every customer"},
    {"percentile(rank(monetary)) > 1", "line 1, column 12: ", "inside another function over all customers"},
    {"ntile(monetary, 0) = 1", "line 1, column 17: ", "whole number from 1"},
    {"random_bucket('x', 1.5) = 1", "line 1, column 20: ", "whole number from 1"},
    {"holiday('추섹') = today", "line 1, column 9: ", "did you mean '추석'?"},
    {"holiday('추석', 2100) = today", "line 1, column 15: ", "1950 to 2050"},
    {"circular", "macro 'circular': line 1, column 5: ", "leads back to itself"},
    {"circles(1)", "macro 'circles': line 1, column 5: ", "leads back to itself"},
    {"spent(5)", "line 1, column 1: ", "takes 2 arguments: spent(amount, n)"},
    {"spent", "line 1, column 1: ", "takes 2 arguments: spent(amount, n)"},
    {"loyal()", "line 1, column 1: ", "takes no arguments; write loyal"},
    {"spnet(1, 2)", "line 1, column 1: ", "did you mean 'spent'?"},
    {"spent(region, 5)", "macro 'spent': line 1, column 33: ", "a number cannot be compared with a text"},
    {"true and spent(regoin, 5)", "line 1, column 16: ", "did you mean 'region'?"},
    {"spent(5, 1.5)", "line 1, column 10: ", "whole number"},
    {"spent(5, monetary)", "line 1, column 10: ", "whole number"},
    {"last_order_at in last n days", "line 1, column 23: ", "only a macro's parameter"},
    {"last_order_at > n days ago", "line 1, column 17: ", "only a macro's parameter"},
    {"count(orders then events within n days) > 1", "line 1, column 33: ", "only a macro's parameter"},
    {"monetary > 1e16", "line 1, column 12: ", "between 1e-15 and 1e15"},
    {"monetary * monetary * monetary * monetary * monetary * monetary * monetary * monetary * monetary * "
     "monetary * monetary * monetary * monetary * monetary * monetary * monetary * monetary * monetary * "
     "monetary * monetary * monetary * monetary * monetary * monetary * monetary > 1",
     "line 1, column ", "too large or too small"},
    {"email_opt_in > true", "line 1, column 14: ", "have no order"},
    {"monetary > 1 ; drop table x", "line 1, column 14: ", "means nothing in a rule"},
    {"where = 1", "line 1, column 1: ", "stands between \" \""},
    {"min(orders.gift) = 1", "line 1, column 5: ", "count the rows where it holds"},
    {"count(events, last 5 days, last 6 days) > 1", "line 1, column 26: ", "the rows end with )"},
};

Test(rule_language, refusals_tell_where_and_what_to_do) {
  for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
    refused(REFUSED[i].text, strlen(REFUSED[i].text), REFUSED[i].begins, REFUSED[i].words, GY_EPARSE);
}

Test(rule_language, the_caret_stands_below) {
  static const char *const CASES[][2] = {
      {"a and\nregion = = 1", "\n  region = = 1\n           ^"},
      {"지역 = = 1", "\n  지역 = = 1\n         ^"}, /* two cells a syllable */
  };
  for (size_t i = 0; i < 2; i++) refused(CASES[i][0], strlen(CASES[i][0]), "line ", CASES[i][1], GY_EPARSE);
}

Test(rule_language, bytes_that_are_no_text) {
  refused("region = '\xff'", 12, "line 1, column 11: ", "byte 0xff is not UTF-8", GY_EPARSE);
  refused("\xbf and x", 7, "line 1, column 1: ", "byte 0xbf is not UTF-8", GY_EPARSE);
  refused("a\0b", 3, "line 1, column 2: ", "byte 0x00", GY_EPARSE);
  refused("\xed\xa0\x80", 3, "line 1, column 1: ", "not UTF-8", GY_EPARSE);
}

static char *repeated(const char *open, size_t n, const char *middle, const char *close) {
  gy_buffer text;
  gy_buffer_init(&text, 64 << 20);
  for (size_t i = 0; i < n; i++) gy_buffer_text(&text, open);
  gy_buffer_text(&text, middle);
  for (size_t i = 0; i < n; i++) gy_buffer_text(&text, close);
  char *made = gy_buffer_take(&text);
  cr_assert_not_null(made);
  return made;
}

Test(rule_language, nesting_is_bounded_and_says_where) {
  static const char *const CASES[][4] = {
      {"(", "true", ")", "line 1, column 201: "}, {"not ", "true", "", "line 1, column 801: "},
      {"-", "1", "", "line 1, column "},          {"1+", "1", "", "line 1, column "},
      {"abs(", "1", ")", "line 1, column "},      {"count(orders where ", "1", ")", "line 1, column "},
      {"- ", "1", "", "line 1, column "},         {"(1 in ", "1", ")", "line 1, column "},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *text = repeated(CASES[i][0], 10000, CASES[i][1], CASES[i][2]);
    bool ends_in_list = i == 7; /* `in` wants a bracket before it comes to depth */
    if (!ends_in_list)
      refused(text, strlen(text), CASES[i][3], i == 2 ? "line 1" : "deep", i == 2 ? GY_EPARSE : GY_ELIMIT);
    free(text);
  }
  char *wide = repeated("true or ", 20000, "false", "");
  gy_rule_set *set = must_compile((const char *const[]){wide}, 1, "UTC");
  gy_rule_set_destroy(set);
  free(wide);
}

Test(rule_language, a_rule_of_a_megabyte) {
  char *most = repeated("region = 'x' or ", 65000, "true", ""),
       *more = repeated("region = 'x' or ", 70000, "true", "");
  gy_rule *rule = NULL;
  gy_error err = {0};
  cr_expect_eq(gy_rule_parse(most, strlen(most), &rule, &err), GY_OK, "%s", err.text);
  gy_rule_destroy(rule);
  gy_rule_set_destroy(must_compile((const char *const[]){most}, 1, "UTC"));
  cr_expect_eq(gy_rule_parse(more, strlen(more), &rule, &err), GY_ELIMIT);
  cr_expect(strstr(err.text, "at most 1048576 are read") != NULL, "%s", err.text);
  free(most);
  free(more);
  char *ids = repeated("'1234567', ", 90000, "'x'", "");
  gy_buffer text;
  gy_buffer_init(&text, 2 << 20);
  gy_buffer_printf(&text, "region in (%s)", ids);
  cr_expect_eq(gy_rule_parse(text.data, text.length, &rule, &err), GY_OK, "%s", err.text);
  gy_rule_destroy(rule);
  gy_buffer_clear(&text);
  free(ids);
}

/* Engines would plan such rules for minutes; the place is where it becomes too much. */
Test(rule_language, effort_is_bounded_and_says_where) {
  static const struct {
    const char *part;
    size_t most;
  } CASES[] = {
      {"count(orders) > 1 or ", 1000},
      {"exists(orders then orders within 1 day) or ", 100},
      {"percentile(monetary) > 1 or ", 100},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *most = repeated(CASES[i].part, CASES[i].most, "true", ""),
         *more = repeated(CASES[i].part, CASES[i].most + 1, "true", ""), place[64];
    gy_rule_clock clock = shop_clock("UTC");
    gy_rule_definition definition = {NULL, more};
    gy_rule_set *set = must_compile((const char *const[]){most}, 1, "UTC");
    gy_error err = {0};
    gy_rule_set_destroy(set);
    snprintf(place, sizeof place, "line 1, column %zu: ", CASES[i].most * strlen(CASES[i].part) + 1);
    cr_expect_eq(gy_rule_set_compile(shop_catalogue(), &clock, &definition, 1, &set, &err), GY_EPARSE);
    cr_expect_eq(strncmp(err.text, place, strlen(place)), 0, "%.100s", err.text);
    cr_expect_not_null(strstr(err.text, "at most 1000 aggregates"), "%.300s", err.text);
    free(most);
    free(more);
  }
}
