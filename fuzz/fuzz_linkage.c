/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as values of records: levels are the same both ways, a value agrees with itself, and linking
 * lists of them keeps what it promises. */
#include <gyeol/linkage.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_points.h"

enum { TEXT_MAX = 1 << 12, RECORDS_MAX = 64 };

static void check_levels(gy_link_compare compare, const char *a, size_t n, const char *b, size_t m) {
  int level = gy_link_level(compare, a, n, b, m), back = gy_link_level(compare, b, m, a, n);
  int own = gy_link_level(compare, a, n, a, n), levels = gy_link_compare_levels(compare);
  must(level == back && level >= GY_LEVEL_UNKNOWN && level < levels);
  must(own == GY_LEVEL_UNKNOWN || own == levels - 1);
}

/* Records part at 0xFF. */
static size_t cut(const char *text, size_t n, uint64_t *offsets) {
  size_t records = 0;
  offsets[0] = 0;
  for (size_t i = 0; i < n && records < RECORDS_MAX; i++)
    if ((unsigned char)text[i] == 0xFF || i + 1 == n) offsets[++records] = i + 1;
  return records;
}

static void check_list(gy_link_compare compare, const char *text, size_t n) {
  uint64_t offsets[RECORDS_MAX + 1];
  size_t records = cut(text, n, offsets);
  gy_link_column columns[2] = {{text, offsets}, {text, offsets}};
  gy_link_list list = {records, columns};
  gy_link_field fields[2] = {{"a", compare, true}, {"b", GY_LINK_TEXT, false}};
  gy_link_rule rules[3] = {{{{0, 0}}, 1}, {{{0, GY_LINK_STEM}}, 1}, {{{0, 2}, {1, -3}}, 2}};
  gy_link_options options = gy_link_defaults(fields, 2, rules, 3);
  gy_link_result result;
  gy_error err = {0};
  gy_task task = {.n_threads = 1};
  options.review_prob = 0.01;
  gy_status status = gy_link_records(&list, NULL, &options, &task, &result, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status != GY_OK) return;
  for (size_t i = 0; i < result.n_pairs; i++) {
    must(result.pairs[i].left < result.pairs[i].right && result.pairs[i].right < records);
    must(result.pairs[i].probability >= 0 && result.pairs[i].probability <= 1);
  }
  gy_link_result_clear(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2 || size > TEXT_MAX) return 0;
  gy_link_compare compare = (gy_link_compare)(data[0] % GY_LINK_COMPARE_COUNT);
  size_t n = data[1] < size - 2 ? data[1] : size - 2;
  char *text = malloc(size);
  must(text != NULL);
  memcpy(text, data + 2, size - 2);
  check_levels(compare, text, n, text + n, size - 2 - n);
  check_list(compare, text, size - 2);
  free(text);
  return 0;
}
