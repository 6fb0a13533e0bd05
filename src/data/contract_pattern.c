/* SPDX-License-Identifier: Apache-2.0 */
#include "data/contract_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/* A value of a column needs some dozens of steps; a pattern that needs more than this many backtracks. */
enum { MATCH_STEPS = 100000, DEPTH = 1000, HEAP_KIB = 4096 };

struct gy_pattern {
  pcre2_code *code;
};

struct gy_pattern_matcher {
  const gy_pattern *pattern;
  pcre2_match_data *data;
  pcre2_match_context *limits;
};

/* Ends with a dollar that no backslash makes ordinary. */
static bool ends_itself(const char *text, size_t length) {
  size_t n_backslashes = 0;
  while (n_backslashes + 1 < length && text[length - 2 - n_backslashes] == '\\') n_backslashes++;
  return length > 0 && text[length - 1] == '$' && n_backslashes % 2 == 0;
}

gy_status gy_pattern_create(const char *text, gy_pattern **pattern, gy_error *err) {
  size_t length = strlen(text), at = 0;
  bool is_anchored = text[0] == '^' || ends_itself(text, length);
  uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
  if (!is_anchored) options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
  int code = 0;
  gy_pattern *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory for a pattern");
  made->code = pcre2_compile((PCRE2_SPTR)text, length, options, &code, &at, NULL);
  if (made->code == NULL) {
    char why[160] = "not a pattern";
    pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
    free(made);
    return gy_fail(err, GY_ECONFIG, "pattern '%s' cannot be read at character %zu: %s", text, at + 1, why);
  }
  pcre2_jit_compile(made->code, PCRE2_JIT_COMPLETE); /* where it cannot, matching interprets */
  *pattern = made;
  return GY_OK;
}

void gy_pattern_destroy(gy_pattern *pattern) {
  if (pattern == NULL) return;
  pcre2_code_free(pattern->code);
  free(pattern);
}

gy_pattern_matcher *gy_pattern_matcher_create(const gy_pattern *pattern) {
  gy_pattern_matcher *matcher = calloc(1, sizeof *matcher);
  if (matcher == NULL) return NULL;
  matcher->pattern = pattern;
  matcher->data = pcre2_match_data_create_from_pattern(pattern->code, NULL);
  matcher->limits = pcre2_match_context_create(NULL);
  if (matcher->data == NULL || matcher->limits == NULL) {
    gy_pattern_matcher_destroy(matcher);
    return NULL;
  }
  pcre2_set_match_limit(matcher->limits, MATCH_STEPS);
  pcre2_set_depth_limit(matcher->limits, DEPTH);
  pcre2_set_heap_limit(matcher->limits, HEAP_KIB);
  return matcher;
}

void gy_pattern_matcher_destroy(gy_pattern_matcher *matcher) {
  if (matcher == NULL) return;
  pcre2_match_data_free(matcher->data);
  pcre2_match_context_free(matcher->limits);
  free(matcher);
}

gy_pattern_answer gy_pattern_match(gy_pattern_matcher *matcher, const char *text, size_t length) {
  int found = pcre2_match(matcher->pattern->code, (PCRE2_SPTR)text, length, 0, PCRE2_NO_UTF_CHECK,
                          matcher->data, matcher->limits);
  if (found >= 0) return GY_PATTERN_YES;
  return found == PCRE2_ERROR_NOMATCH ? GY_PATTERN_NO : GY_PATTERN_GAVE_UP;
}
