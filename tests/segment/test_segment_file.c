/* SPDX-License-Identifier: Apache-2.0
 *
 * Definitions of segments: parse(emit(x)) = x over texts that YAML and SQL find hard, and mistakes with their
 * place. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "segment/segment_file.h"

static void parse(const char *text, gy_segment_file *file) {
  gy_error err = {0};
  cr_assert_eq(gy_segment_file_parse(text, strlen(text), "segments/vip.yaml", file, &err), GY_OK, "%s\n%s",
               err.text, text);
}

static char *emit(const gy_segment_file *file) {
  gy_error err = {0};
  gy_buffer out;
  gy_buffer_init(&out, 8 * GY_SEGMENT_FILE_MAX_BYTES);
  cr_assert_eq(gy_segment_file_emit(file, &out, &err), GY_OK, "%s", err.text);
  return gy_buffer_take(&out);
}

Test(segment_file, reads_what_is_there) {
  gy_segment_file file;
  parse(
      "title: {ko: 우수 고객, en: VIP}\ndescription: d\nowner: o\ntags: [a, b]\npurpose: marketing\n"
      "exclusive: campaign\npriority: 3\nrule: |\n  monetary > 1\n  and orders > 2\n",
      &file);
  cr_expect_str_eq(file.name, "vip");
  cr_expect_str_eq(file.title.ko, "우수 고객");
  cr_expect_str_eq(file.title.en, "VIP");
  cr_expect_eq(file.n_tags, 2);
  cr_expect_eq(file.purpose, GY_PURPOSE_MARKETING);
  cr_expect_str_eq(file.exclusive, "campaign");
  cr_expect_eq(file.priority, 3);
  cr_expect_str_eq(file.rule, "monetary > 1\nand orders > 2\n");
  cr_expect_eq(file.form, GY_SEGMENT_BY_RULE);
  gy_segment_file_clear(&file);
  parse("sets: {all: [a], none: [b, c]}\n", &file);
  cr_expect_eq(file.form, GY_SEGMENT_BY_SETS);
  cr_expect_eq(file.sets.n_none, 2);
  cr_expect_eq(file.purpose, GY_PURPOSE_ANALYTICS);
  gy_segment_file_clear(&file);
}

/* Texts in every position; what is written reads as it was. */
static const char *const PIECES[] = {
    "a",
    "b c",
    "'",
    "''",
    "\"",
    "\\",
    ";",
    "--",
    "/*",
    "*/",
    "DROP TABLE customers",
    "{{id}}",
    "$1",
    "%s",
    "%n",
    ": ",
    " #",
    "#",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&x",
    "*x",
    "!t",
    "|",
    ">",
    "@",
    "`",
    "?",
    "~",
    "null",
    "true",
    "1e6",
    "0x1f",
    "\n",
    "\t",
    "결",
    "고객",
    "é",
    "\xf0\x9f\x8e\x81",
    " ",
    "  ",
    "\xc2\x85",
    "\xe2\x80\xa8",
};
enum { N_PIECES = sizeof PIECES / sizeof *PIECES };

static char *random_text(gy_rng *rng, char *room, int most) {
  room[0] = '\0';
  for (int n = (int)gy_rng_below(rng, (uint64_t)most) + 1; n > 0; n--)
    strcat(room, PIECES[gy_rng_below(rng, N_PIECES)]);
  return room;
}

Test(segment_file, what_is_written_reads_the_same) {
  gy_rng rng;
  gy_rng_init(&rng, 7, 1);
  for (int round = 0; round < 3000; round++) {
    char texts[8][512];
    for (int i = 0; i < 8; i++) random_text(&rng, texts[i], 10);
    char *tags[] = {texts[0], texts[1]}, *all[] = {"a b", "결"}, *none[] = {"x"};
    gy_segment_file file = {.name = "vip",
                            .title = {texts[2], texts[3]},
                            .description = texts[4],
                            .owner = texts[5],
                            .tags = tags,
                            .n_tags = (uint32_t)gy_rng_below(&rng, 3),
                            .purpose = (gy_purpose)gy_rng_below(&rng, GY_PURPOSE_COUNT),
                            .form = (gy_segment_form)(round % 3)};
    if (file.form == GY_SEGMENT_BY_RULE) file.rule = texts[6];
    if (file.form == GY_SEGMENT_BY_LIST) file.list = texts[6];
    if (file.form == GY_SEGMENT_BY_SETS)
      file.sets.all = all, file.sets.n_all = 2, file.sets.none = none, file.sets.n_none = 1;
    if (file.form != GY_SEGMENT_BY_LIST && round % 2 == 0) file.exclusive = "campaign", file.priority = 7;
    char *yaml = emit(&file);
    gy_segment_file again;
    parse(yaml, &again);
    cr_assert(gy_segment_file_equal(&file, &again), "round %d:\n%s", round, yaml);
    cr_assert_str_eq(again.description, texts[4]);
    if (file.form == GY_SEGMENT_BY_RULE) cr_assert_str_eq(again.rule, texts[6], "%s", yaml);
    char *second = emit(&again);
    cr_assert_str_eq(yaml, second);
    free(second);
    free(yaml);
    gy_segment_file_clear(&again);
  }
}

Test(segment_file, mistakes_have_a_place) {
  static const struct {
    const char *path, *text, *sentence;
  } CASES[] = {
      {"vip.yaml", "rule: a\nrul: b\n", "vip.yaml:2: unknown key 'rul'; did you mean 'rule'?"},
      {"vip.yaml", "title: {kor: a}\nrule: a\n",
       "vip.yaml:1: unknown key 'kor' in title; did you mean 'ko'?"},
      {"vip.yaml", "rule: a\npurpose: marketng\n",
       "vip.yaml:2: purpose cannot be 'marketng'; did you mean 'marketing'?"},
      {"vip.yaml", "description: x\n", "has either a rule, a list or sets; this one has none"},
      {"vip.yaml", "rule: a\nlist: b.csv\n", "this one has several"},
      {"vip.yaml", "rule: a\nname: gold\n", "vip.yaml:2:7: name is 'gold', but the file's name says 'vip'"},
      {"vip.yaml", "sets: {all: [vip]}\n", "vip.yaml:1:14: the segment name 'vip' is this segment itself"},
      {"vip.yaml", "sets: {all: [\"a'b\"]}\n", "may hold letters, digits, spaces and _ - . + only"},
      {"vip.yaml", "sets: {none: [a]}\n", "vip.yaml:1:7: sets needs segments to be in"},
      {"vip.yaml", "rule: a\nexclusive: x\n",
       "vip.yaml:2:12: a segment of an exclusive set needs a priority"},
      {"vip.yaml", "list: a.csv\nexclusive: x\npriority: 1\n", "a list cannot be in an exclusive set"},
      {"vip.yaml", "rule: a\npriority: -1\n", "vip.yaml:2: priority must be a whole number"},
      {"vip.yaml", "rule: a\nrule: b\n", "vip.yaml:2"},
      {"vip.yaml", "rule: [a]\n", "vip.yaml:1: rule must be one value"},
      {"vip.yaml", "rule: ''\n", "vip.yaml:1: rule is empty"},
      {"vip.yaml", "rule: &a x\nowner: *a\n", "aliases (*name) are not read here"},
      {"vip.yaml", "rule: \"\xff\"\n", "vip.yaml"},
      {"vip.yaml", "", "vip.yaml"},
      {"a'b.yaml", "rule: a\n", "the file's name is the segment's name, which may hold letters"},
      {"..yaml", "rule: a\n", "the file's name is the segment's name"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    gy_segment_file file;
    gy_error err = {0};
    gy_status status =
        gy_segment_file_parse(CASES[i].text, strlen(CASES[i].text), CASES[i].path, &file, &err);
    cr_expect_eq(status, GY_ECONFIG, "case %zu: %s", i, err.text);
    cr_expect_not_null(strstr(err.text, CASES[i].sentence), "case %zu: '%s' lacks '%s'", i, err.text,
                       CASES[i].sentence);
    gy_segment_file_clear(&file);
  }
}

/* The rule's own line and column become those of the file, however the rule is written. */
Test(segment_file, places_in_rules_are_places_in_files) {
  static const struct {
    const char *text, *said, *placed;
  } CASES[] = {
      {"rule: recensy > 1\n", "line 1, column 3: x", "vip.yaml:1:9: x"},
      {"# c\nrule: 'recensy > 1'\n", "line 1, column 1: x", "vip.yaml:2:8: x"},
      {"owner: o\nrule: |\n    a\n    and b\n", "line 2, column 5: x", "vip.yaml:4:9: x"},
      {"rule: |-  # why\n  a\n", "line 1, column 1: x", "vip.yaml:2:3: x"},
      {"rule: >\n  a\n  b\n", "line 1, column 3: x", "vip.yaml:1: rule, line 1, column 3: x"},
      {"rule: a\n", "macro 'm': x", "vip.yaml:1: macro 'm': x"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    gy_segment_file file;
    gy_error err = {0};
    parse(CASES[i].text, &file);
    gy_fail(&err, GY_EPARSE, "%s", CASES[i].said);
    gy_segment_file_place(&file, "vip.yaml", &err);
    cr_expect_str_eq(err.text, CASES[i].placed, "case %zu", i);
    gy_segment_file_clear(&file);
  }
}

Test(segment_file, a_rule_of_a_megabyte_is_read_and_a_longer_one_refused) {
  size_t n = (1 << 20) + 64;
  char *text = malloc(n);
  gy_segment_file file;
  gy_error err = {0};
  strcpy(text, "rule: ");
  memset(text + 6, 'a', (1 << 20));
  text[6 + (1 << 20)] = '\0';
  parse(text, &file);
  cr_expect_eq(strlen(file.rule), 1 << 20);
  gy_segment_file_clear(&file);
  text[6 + (1 << 20)] = 'a';
  text[7 + (1 << 20)] = '\0';
  cr_expect_eq(gy_segment_file_parse(text, strlen(text), "vip.yaml", &file, &err), GY_ECONFIG);
  cr_expect_not_null(strstr(err.text, "vip.yaml:1: rule is too long"), "%s", err.text);
  gy_segment_file_clear(&file);
  free(text);
}

Test(segment_file, macros) {
  gy_macro_file file;
  gy_error err = {0};
  static const char GOOD[] =
      "macros:\n  - {name: loyal, rule: orders >= 3, description: who comes back}\n"
      "  - name: rich\n    rule: monetary > 5\n",
                    TWICE[] = "macros:\n  - {name: a, rule: b}\n  - {name: a, rule: c}\n",
                    EMPTY[] = "macros:\n  - {name: a}\n";
  cr_assert_eq(gy_macro_file_parse(GOOD, strlen(GOOD), "macros.yaml", &file, &err), GY_OK, "%s", err.text);
  cr_expect_eq(file.n_macros, 2);
  cr_expect_str_eq(file.macros[1].rule, "monetary > 5");
  gy_macro_file_clear(&file);
  cr_expect_eq(gy_macro_file_parse(TWICE, strlen(TWICE), "macros.yaml", &file, &err), GY_ECONFIG);
  cr_expect_not_null(strstr(err.text, "macros.yaml:3: the macro 'a' is there twice"), "%s", err.text);
  cr_expect_eq(gy_macro_file_parse(EMPTY, strlen(EMPTY), "macros.yaml", &file, &err), GY_ECONFIG);
  cr_expect_not_null(strstr(err.text, "has no 'rule'"), "%s", err.text);
}
