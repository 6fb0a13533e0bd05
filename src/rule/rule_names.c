/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of the language. Only the reserved ones cannot be names without "quotes"; the others mean
 * something where the grammar expects them. */
#include <string.h>

#include "rule/rule_ast.h"

static const char *const RESERVED[] = {"and",    "or",   "not",  "in",    "between",  "like", "matches",
                                       "is",     "null", "true", "false", "where",    "then", "without",
                                       "within", "by",   "now",  "today", "yesterday"};

static const char *const UNITS[RULE_UNITS][4] = {
    {"seconds", "second", "초", NULL},     {"minutes", "minute", "분", NULL},
    {"hours", "hour", "시간", NULL},       {"days", "day", "일", NULL},
    {"weeks", "week", "주", NULL},         {"months", "month", "개월", "달"},
    {"quarters", "quarter", "분기", NULL}, {"years", "year", "년", NULL},
};

static const char *const WINDOWS[RULE_WINDOWS] = {"last",   "this",  "previous", "since", "until",
                                                  "before", "after", "on",       "from"};
static const char *const AGGREGATES[RULE_AGGREGATES] = {"count",    "sum",   "avg",  "min",   "max",
                                                        "distinct", "first", "last", "exists"};

bool rule_word_is(gy_rule_text name, const char *word) {
  if (strlen(word) != name.length) return false;
  for (size_t i = 0; i < name.length; i++) {
    char c = name.data[i];
    if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
    if (c != word[i]) return false;
  }
  return true;
}

bool rule_is_reserved(gy_rule_text name) {
  for (size_t i = 0; i < sizeof RESERVED / sizeof *RESERVED; i++)
    if (rule_word_is(name, RESERVED[i])) return true;
  return false;
}

static int find_word(const char *const *words, int n, gy_rule_text name) {
  for (int i = 0; i < n; i++)
    if (rule_word_is(name, words[i])) return i;
  return -1;
}

int rule_unit_find(gy_rule_text name) {
  for (int unit = 0; unit < RULE_UNITS; unit++)
    for (int i = 0; i < 4 && UNITS[unit][i] != NULL; i++)
      if (rule_word_is(name, UNITS[unit][i])) return unit;
  return -1;
}

int rule_window_find(gy_rule_text name) { return find_word(WINDOWS, RULE_WINDOWS, name); }
int rule_aggregate_find(gy_rule_text name) { return find_word(AGGREGATES, RULE_AGGREGATES, name); }

const char *rule_unit_name(rule_unit unit) { return unit < RULE_UNITS ? UNITS[unit][0] : NULL; }
const char *rule_window_name(rule_window window) { return window < RULE_WINDOWS ? WINDOWS[window] : NULL; }
const char *rule_aggregate_name(rule_aggregate_kind kind) {
  return kind < RULE_AGGREGATES ? AGGREGATES[kind] : NULL;
}
