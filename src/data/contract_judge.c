/* SPDX-License-Identifier: Apache-2.0 */
#include "data/contract_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text has one place, where the last one with that place is found; a number one of a bucket of four. */
enum { SLOTS = 4096, KEPT_BYTES = 40, BUCKETS = 4096, WAYS = 4, NEAR = 1 << 17 };

typedef struct {
  uint64_t hash;
  uint64_t failed;
  uint32_t length;
  bool is_there;
  char text[KEPT_BYTES];
} slot;

struct contract_judge {
  const contract_scan *scan;
  gy_type type;
  const uint32_t *rules;
  size_t n_rules;
  contract_scan_count *counts; /* of all rules of the scan: newest time, patterns given up */
  gy_pattern_matcher *matchers[CONTRACT_JUDGED_MAX];
  gy_time_reader times;
  slot *slots;      /* of texts */
  int64_t *numbers; /* BUCKETS x WAYS; an empty place has a number of another bucket */
  uint64_t *failed; /* of each */
  uint8_t *near;
  bool has_near;
  int64_t near_from;
};

static size_t bucket_of(int64_t number) {
  return (size_t)((uint64_t)number * UINT64_C(0x9E3779B97F4A7C15) >> 52);
}

gy_status contract_judge_create(const contract_scan *scan, gy_type type, const uint32_t *rules,
                                size_t n_rules, contract_scan_count *counts, contract_judge **judge,
                                gy_error *err) {
  contract_judge *made = calloc(1, sizeof *made);
  bool good = made != NULL;
  if (good) {
    made->scan = scan;
    made->type = type;
    made->rules = rules;
    made->n_rules = n_rules;
    made->counts = counts;
    gy_time_reader_init(&made->times, scan->time_form, scan->zone);
  }
  if (good && type == GY_TYPE_TEXT) {
    made->slots = calloc(SLOTS, sizeof *made->slots);
    good = made->slots != NULL;
  } else if (good) {
    made->numbers = aligned_alloc(64, BUCKETS * WAYS * sizeof *made->numbers);
    made->failed = calloc(BUCKETS * WAYS, sizeof *made->failed);
    made->near = malloc(NEAR);
    good = made->numbers != NULL && made->failed != NULL && made->near != NULL;
  }
  for (size_t b = 0; b < BUCKETS && good && made->numbers != NULL; b++)
    for (size_t way = 0; way < WAYS; way++) made->numbers[b * WAYS + way] = bucket_of(0) == b;
  for (size_t i = 0; i < n_rules && good; i++) {
    const gy_pattern *pattern = scan->rules[rules[i]].pattern;
    if (pattern == NULL) continue;
    made->matchers[i] = gy_pattern_matcher_create(pattern);
    good = made->matchers[i] != NULL;
  }
  if (!good) {
    contract_judge_destroy(made);
    return gy_fail(err, GY_ENOMEM, "no memory to check a column");
  }
  *judge = made;
  return GY_OK;
}

void contract_judge_destroy(contract_judge *judge) {
  if (judge == NULL) return;
  for (size_t i = 0; i < judge->n_rules; i++) gy_pattern_matcher_destroy(judge->matchers[i]);
  free(judge->slots);
  free(judge->numbers);
  free(judge->failed);
  free(judge->near);
  free(judge);
}

size_t contract_number_text(gy_type type, int64_t number, char *text) {
  if (type != GY_TYPE_MONEY) return (size_t)snprintf(text, 32, "%lld", (long long)number);
  uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  size_t n = (size_t)snprintf(text, 32, "%s%llu.%04llu", number < 0 ? "-" : "",
                              (unsigned long long)(size / GY_MONEY_SCALE),
                              (unsigned long long)(size % GY_MONEY_SCALE));
  while (text[n - 1] == '0') n--;
  if (text[n - 1] == '.') n--;
  text[n] = '\0';
  return n;
}

/* ---- one value, one rule ---- */

static bool is_in_set(const contract_scan_rule *rule, const char *text, size_t length) {
  size_t low = 0, high = rule->config->n_values;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const char *value = rule->values[middle];
    int order = strncmp(value, text, length);
    if (order == 0) order = value[length] != '\0'; /* longer, so behind it */
    if (order == 0) return true;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

static bool matches(contract_judge *judge, size_t i, const char *text, size_t length) {
  gy_pattern_answer answer = gy_pattern_match(judge->matchers[i], text, length);
  if (answer == GY_PATTERN_GAVE_UP) judge->counts[judge->rules[i]].n_gave_up++;
  return answer == GY_PATTERN_YES;
}

static bool is_number_between(const contract_judge *judge, const contract_scan_rule *rule, const char *text,
                              size_t length) {
  int64_t value;
  gy_field field = gy_convert_number(text, length, judge->scan->number_form, &value);
  if (field == GY_FIELD_EMPTY) return true;
  return field != GY_FIELD_INVALID && value >= rule->least && value <= rule->most;
}

static bool is_time_between(contract_judge *judge, uint32_t index, const char *text, size_t length) {
  const contract_scan_rule *rule = &judge->scan->rules[index];
  int64_t us;
  gy_field field = gy_time_reader_convert(&judge->times, text, length, &us);
  if (field == GY_FIELD_EMPTY) return true;
  if (field != GY_FIELD_VALUE) return rule->config->rule == GY_RULE_FRESH; /* says nothing of newness */
  if (rule->config->rule == GY_RULE_FRESH) {
    contract_scan_count *count = &judge->counts[index];
    if (us > count->newest) count->newest = us;
    return true;
  }
  return us >= rule->least && us <= rule->most;
}

static bool is_of_type(contract_judge *judge, gy_contract_type type, const char *text, size_t length) {
  int64_t value;
  bool truth;
  gy_field field;
  switch (type) {
    case GY_RULE_TYPE_INTEGER:
      field = gy_convert_number(text, length, judge->scan->number_form, &value);
      return field == GY_FIELD_EMPTY || (field == GY_FIELD_VALUE && value % GY_MONEY_SCALE == 0);
    case GY_RULE_TYPE_NUMBER:
      return gy_convert_number(text, length, judge->scan->number_form, &value) != GY_FIELD_INVALID;
    case GY_RULE_TYPE_TIME:
      return gy_time_reader_convert(&judge->times, text, length, &value) != GY_FIELD_INVALID;
    default:
      return gy_convert_bool(text, length, &truth) != GY_FIELD_INVALID;
  }
}

static bool keeps(contract_judge *judge, size_t i, const char *text, size_t length) {
  const contract_scan_rule *rule = &judge->scan->rules[judge->rules[i]];
  switch (rule->config->rule) {
    case GY_RULE_SET:
      return is_in_set(rule, text, length);
    case GY_RULE_PATTERN:
      return matches(judge, i, text, length);
    case GY_RULE_RANGE:
      return is_number_between(judge, rule, text, length);
    case GY_RULE_TYPE:
      return is_of_type(judge, rule->config->type, text, length);
    default:
      return is_time_between(judge, judge->rules[i], text, length);
  }
}

static uint64_t judge_all(contract_judge *judge, const char *text, size_t length) {
  uint64_t failed = 0;
  for (size_t i = 0; i < judge->n_rules; i++)
    if (!keeps(judge, i, text, length)) failed |= UINT64_C(1) << i;
  return failed;
}

/* ---- what is remembered ---- */

static uint64_t mix(uint64_t a, uint64_t b) {
  __uint128_t product = (__uint128_t)(a ^ UINT64_C(0x9E3779B97F4A7C15)) * (b ^ UINT64_C(0xD6E8FEB86659FD93));
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word_at(const char *text, size_t n) {
  uint64_t word = 0;
  memcpy(&word, text, n < 8 ? n : 8);
  return word;
}

static uint64_t hash_of(const char *text, size_t length) {
  uint64_t hash = length;
  for (; length > 16; text += 8, length -= 8) hash = mix(hash, word_at(text, 8));
  return mix(hash ^ word_at(text, length), length > 8 ? word_at(text + 8, length - 8) : hash);
}

uint64_t contract_judge_text(contract_judge *judge, const char *text, size_t length) {
  if (length > KEPT_BYTES) return judge_all(judge, text, length);
  uint64_t hash = hash_of(text, length);
  slot *place = &judge->slots[hash % SLOTS];
  bool known = place->is_there && place->hash == hash && place->length == length &&
               memcmp(place->text, text, length) == 0;
  if (known) return place->failed;
  *place = (slot){.hash = hash, .length = (uint32_t)length, .is_there = true};
  memcpy(place->text, text, length);
  place->failed = judge_all(judge, text, length);
  return place->failed;
}

static uint64_t judge_new_number(contract_judge *judge, int64_t number, size_t bucket) {
  char text[32];
  size_t length = contract_number_text(judge->type, number, text);
  int64_t *numbers = judge->numbers + bucket * WAYS;
  uint64_t *failed = judge->failed + bucket * WAYS;
  memmove(numbers + 1, numbers, (WAYS - 1) * sizeof *numbers); /* the oldest leaves */
  memmove(failed + 1, failed, (WAYS - 1) * sizeof *failed);
  numbers[0] = number;
  failed[0] = judge_all(judge, text, length);
  return failed[0];
}

uint64_t contract_judge_number(contract_judge *judge, int64_t number) {
  size_t bucket = bucket_of(number);
  const int64_t *numbers = judge->numbers + bucket * WAYS;
  for (size_t way = 0; way < WAYS; way++)
    if (numbers[way] == number) return judge->failed[bucket * WAYS + way];
  return judge_new_number(judge, number, bucket);
}

/* Numbers that lie close together are known by a byte each: 0 once a number is known to fail nothing. */
bool contract_judge_any(contract_judge *judge, const int64_t *numbers, size_t n, int64_t least,
                        int64_t most) {
  if (!judge->has_near) {
    memset(judge->near, 1, NEAR);
    judge->has_near = true;
    judge->near_from = least > INT64_MIN + NEAR ? least - NEAR / 4 : least;
  }
  const uint64_t from = (uint64_t)judge->near_from;
  uint64_t failed = 0;
  unsigned unknown = 1;
  bool is_near = (uint64_t)least - from < NEAR && (uint64_t)most - from < NEAR;
  if (is_near) {
    unknown = 0;
    for (size_t i = 0; i < n; i++) unknown |= judge->near[(uint64_t)numbers[i] - from];
  }
  for (size_t i = 0; i < n && unknown; i++) {
    uint64_t own = contract_judge_number(judge, numbers[i]);
    if (is_near) judge->near[(uint64_t)numbers[i] - from] = own != 0;
    failed |= own;
  }
  return failed != 0;
}
