/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms of codes become patterns; contracts go into a gyeol.yaml that people wrote without touching the rest.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "data/contract_pattern.h"
#include "data/project_file_insert.h"
#include "study/contract_suggest.h"

static const struct {
  const char *forms[5];
  const char *pattern; /* NULL: none */
} FORMS[] = {
    {{"A99999"}, "[A-Z]\\d{5}"},
    {{"A99999", "A999"}, "[A-Z]\\d{3,5}"},
    {{"9999-99", "9999-999"}, "\\d{4}-\\d{2,3}"},
    {{"AA99", "99"}, "[A-Z]{2}\\d{2}|\\d{2}"},
    {{"9.9"}, "\\d\\.\\d"},
    {{"a9:9/9#9_"}, "[a-z]\\d:\\d/\\d#\\d_"},
    {{"Aaaa"}, NULL},                 /* no digit: a word */
    {{"A 9"}, NULL},                  /* two words */
    {{"가9"}, NULL},                  /* not a code */
    {{"A9", "9A", "a9", "9a"}, NULL}, /* four kinds */
    {{"9A9A9A9A9A9A9"}, NULL},        /* thirteen pieces */
    {{""}, NULL},
};

Test(contract_suggest, forms_become_patterns_that_match_them) {
  for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
    size_t n = 0;
    while (n < 5 && FORMS[i].forms[n] != NULL) n++;
    char *pattern = gy_pattern_of_forms(FORMS[i].forms, n);
    if (FORMS[i].pattern == NULL) {
      cr_expect_null(pattern, "case %zu: %s", i, pattern);
      continue;
    }
    cr_assert_not_null(pattern, "case %zu", i);
    cr_expect_str_eq(pattern, FORMS[i].pattern, "case %zu: %s", i, pattern);
    gy_pattern *compiled = NULL;
    cr_assert_eq(gy_pattern_create(pattern, &compiled, NULL), GY_OK);
    gy_pattern_matcher *matcher = gy_pattern_matcher_create(compiled);
    for (size_t f = 0; f < n; f++) /* a form is a code of its own form */
      cr_expect_eq(gy_pattern_match(matcher, FORMS[i].forms[f], strlen(FORMS[i].forms[f])), GY_PATTERN_YES,
                   "case %zu: %s", i, FORMS[i].forms[f]);
    gy_pattern_matcher_destroy(matcher);
    gy_pattern_destroy(compiled);
    free(pattern);
  }
}

#define HEAD "name: x  # mine\nsources:\n"
#define SOURCE                                                                                          \
  "  - name: a\n    target: orders\n    files: [a.csv]\n    columns:\n      t: time  # when\n      n: " \
  "order\n"
#define LIST  "    contracts:  # severity: warn | quarantine | stop; docs/contracts.md\n"
#define RULE  "- {rule: required, column: t, severity: warn}\n"
#define OTHER "  - {name: b, target: customers, files: [b.csv], columns: {c: customer}}\n"

static const struct {
  const char *before, *after;
} TEXTS[] = {
    {HEAD SOURCE, HEAD SOURCE LIST "      " RULE},
    {HEAD SOURCE "\n# the end\ncurrency: EUR\n",
     HEAD SOURCE LIST "      " RULE "\n# the end\ncurrency: EUR\n"},
    {HEAD SOURCE OTHER, HEAD SOURCE LIST "      " RULE OTHER},
    {HEAD SOURCE "    contracts:\n      - {rule: unique, column: n}  # ours\n" OTHER,
     HEAD SOURCE "    contracts:\n      - {rule: unique, column: n}  # ours\n      " RULE OTHER},
    {HEAD SOURCE "    contracts:\n    - rule: unique\n      column: n\n\n    header: yes\n",
     HEAD SOURCE "    contracts:\n    - rule: unique\n      column: n\n    " RULE "\n    header: yes\n"},
    {"sources:\n- target: orders\n  name: a\n  files: [a.csv]\n  columns: {t: time}",
     "sources:\n- target: orders\n  name: a\n  files: [a.csv]\n  columns: {t: time}\n"
     "  contracts:  # severity: warn | quarantine | stop; docs/contracts.md\n    " RULE},
    {"sources: [{name: a, target: orders, files: [a.csv], columns: {t: time}}]\n", NULL},
    {HEAD SOURCE "    contracts: []\n", NULL},
};

Test(contract_suggest, insertion_leaves_the_rest_as_it_is) {
  char column[] = "t";
  const gy_contract_config rule = {.rule = GY_RULE_REQUIRED, .column = column};
  for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
    gy_error err = {0};
    gy_buffer out;
    gy_buffer_init(&out, GY_PROJECT_FILE_MAX_BYTES);
    gy_status status =
        gy_project_text_insert(TEXTS[i].before, strlen(TEXTS[i].before), "t.yaml", "a", &rule, 1, &out, &err);
    cr_expect_eq(status, TEXTS[i].after != NULL ? GY_OK : GY_ECONFIG, "case %zu: %s", i, err.text);
    if (TEXTS[i].after != NULL && status == GY_OK)
      cr_expect_str_eq(out.data, TEXTS[i].after, "case %zu gives\n%s", i, out.data);
    if (TEXTS[i].after == NULL) cr_expect_not_null(strstr(err.text, "by hand"), "case %zu: %s", i, err.text);
    gy_buffer_clear(&out);
  }
}
