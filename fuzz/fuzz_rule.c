/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules from any bytes: parsed or refused with a sentence; what is parsed prints, the print parses to an
 * equal tree and prints the same again; what the checker accepts becomes SQL in both dialects and answers
 * over empty columns. */
#include <string.h>

#include "fuzz_file.h"
#include "rule/rule.h"

static const char *const WORDS[] = {"Champions", "Loyal"};
static const gy_rule_column CUSTOMERS[] = {
    {.name = "a", .storage = GY_RULE_AS_EXACT},
    {.name = "n", .storage = GY_RULE_AS_INTEGER},
    {.name = "r", .storage = GY_RULE_AS_REAL},
    {.name = "s", .storage = GY_RULE_AS_TEXT},
    {.name = "b", .storage = GY_RULE_AS_BOOL},
    {.name = "d", .storage = GY_RULE_AS_DATE},
    {.name = "t", .storage = GY_RULE_AS_TIMESTAMP},
    {.name = "rfm", .storage = GY_RULE_AS_TEXT, .values = WORDS, .n_values = 2},
    {.name = "m", .kind = GY_RULE_SCORE, .storage = GY_RULE_AS_REAL, .relation = "models"},
    {.name = "v", .kind = GY_RULE_SEGMENT, .storage = GY_RULE_AS_BOOL, .relation = "models"},
};
static const gy_rule_column ROWS[] = {{.name = "x", .storage = GY_RULE_AS_EXACT},
                                      {.name = "e", .storage = GY_RULE_AS_TEXT},
                                      {.name = "t", .storage = GY_RULE_AS_TIMESTAMP}};
static const gy_rule_table TABLES[] = {{"o", NULL, "id", "t", ROWS, 3}, {"u", NULL, "id", NULL, ROWS, 2}};
static const gy_rule_macro MACROS[] = {{"big", "a > 100"}, {"loop", "loop or big"}};
static const gy_rule_catalogue CATALOGUE = {"people", "id", CUSTOMERS, 10, TABLES, 2, MACROS, 2};

enum { PEOPLE = 2 };

static void answer(const gy_rule_set *set) {
  static const uint64_t STARTS[PEOPLE + 1] = {0, 1, 1};
  static const uint64_t NOTHING = 0;
  static const union {
    int64_t integers[2 * PEOPLE];
    gy_rule_text texts[PEOPLE];
  } VALUES;
  gy_rule_vector columns[10];
  for (int i = 0; i < 10; i++) columns[i] = (gy_rule_vector){&VALUES, &NOTHING};
  gy_rule_rows rows[2] = {{STARTS, columns}, {STARTS, columns}};
  gy_rule_text ids[PEOPLE] = {{"1", 1}, {"2", 1}};
  gy_rule_data data = {.n_customers = PEOPLE, .columns = columns, .tables = rows, .ids = ids};
  uint64_t truth[2], known[2];
  must(gy_rule_set_evaluate(set, &data, NULL, truth, known, NULL) == GY_OK);
  must((truth[0] & ~known[0]) == 0);
}

static void check_round_trip(const gy_rule *rule) {
  char *text = NULL, *again = NULL;
  gy_rule *second = NULL;
  gy_error err = {0};
  must(gy_rule_print(rule, &text, NULL) == GY_OK);
  gy_status status = gy_rule_parse(text, strlen(text), &second, &err);
  if (status != GY_ELIMIT) { /* the print of a long rule may be longer */
    must(status == GY_OK);
    must(gy_rule_equal(rule, second));
    must(gy_rule_print(second, &again, NULL) == GY_OK);
    must(strcmp(text, again) == 0);
  }
  gy_rule_destroy(second);
  free(text);
  free(again);
}

static void check_compiled(const char *text, const gy_zone *zone) {
  gy_rule_definition rules[] = {{"self", text}, {"other", "not in_segment('self') or n > 1"}};
  gy_rule_clock clock = {INT64_C(1795316645000006), zone};
  gy_rule_set *set = NULL;
  gy_error err = {0};
  gy_status status = gy_rule_set_compile(&CATALOGUE, &clock, rules, 2, &set, &err);
  must((status == GY_OK) == (set != NULL) && (status == GY_OK) == (err.text[0] == '\0'));
  if (status != GY_OK) return;
  for (int dialect = 0; dialect < 2; dialect++) {
    char *sql = NULL;
    status = gy_rule_set_sql(set, (gy_rule_dialect)dialect, false, &sql, &err);
    must(status == GY_OK || status == GY_ELIMIT);
    free(sql);
  }
  answer(set);
  gy_rule_set_destroy(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static gy_zone *zone;
  if (zone == NULL) must(gy_zone_load("America/New_York", &zone, NULL) == GY_OK);
  gy_rule *rule = NULL;
  gy_error err = {0};
  gy_status status = gy_rule_parse((const char *)data, size, &rule, &err);
  must(status == GY_OK ||
       ((status == GY_EPARSE || status == GY_ELIMIT) && rule == NULL && err.text[0] != '\0'));
  if (status != GY_OK) return 0;
  check_round_trip(rule);
  char *text = strndup((const char *)data, size);
  must(text != NULL);
  check_compiled(text, zone);
  free(text);
  gy_rule_destroy(rule);
  return 0;
}
