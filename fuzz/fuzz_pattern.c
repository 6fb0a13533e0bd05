/* SPDX-License-Identifier: Apache-2.0
 *
 * Patterns of contracts: the first line is one, the others are values. A pattern is refused with a sentence,
 * or every value is answered, in bounded time, and the same by a second matcher. */
#include <string.h>

#include "data/contract_pattern.h"
#include "data/utf8.h"
#include "fuzz_file.h"

static void match_lines(const gy_pattern *pattern, const char *text, size_t length) {
  gy_pattern_matcher *first = gy_pattern_matcher_create(pattern),
                     *second = gy_pattern_matcher_create(pattern);
  must(first != NULL && second != NULL);
  for (size_t at = 0; at <= length;) {
    const char *end = memchr(text + at, '\n', length - at);
    size_t n = end != NULL ? (size_t)(end - text) - at : length - at;
    char *value = malloc(n > 0 ? n : 1); /* of its exact size, so that a read beyond shows */
    must(value != NULL);
    if (n > 0) memcpy(value, text + at, n);
    gy_pattern_answer answer = gy_pattern_match(first, value, n);
    must(gy_pattern_match(second, value, n) == answer);
    free(value);
    at += n + 1;
    if (answer == GY_PATTERN_GAVE_UP) break; /* as the check does */
  }
  gy_pattern_matcher_destroy(first);
  gy_pattern_matcher_destroy(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (gy_utf8_valid_prefix((const char *)data, size) != size || memchr(data, '\0', size) != NULL) return 0;
  char *text = malloc(size + 1);
  must(text != NULL);
  if (size > 0) memcpy(text, data, size);
  text[size] = '\0';
  char *values = strchr(text, '\n');
  if (values != NULL) *values++ = '\0';
  gy_pattern *pattern = NULL;
  gy_error err = {0};
  gy_status status = gy_pattern_create(text, &pattern, &err);
  must(status == GY_OK || (status == GY_ECONFIG && strncmp(err.text, "pattern '", 9) == 0));
  if (status == GY_OK && values != NULL) match_lines(pattern, values, strlen(values));
  gy_pattern_destroy(pattern);
  free(text);
  return 0;
}
