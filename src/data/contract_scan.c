/* SPDX-License-Identifier: Apache-2.0 */
#include "data/contract_scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/simd.h"
#include "data/contract_judge.h"

enum { NO_RULE = UINT32_MAX, MOST_GIVE_UPS = 1000 };

gy_status contract_failures_add(contract_failures *failures, int64_t row_no, uint32_t rule, gy_error *err) {
  if (failures->n == failures->capacity) {
    size_t capacity = failures->capacity == 0 ? 1024 : 2 * failures->capacity;
    contract_failure *list = realloc(failures->list, capacity * sizeof *list);
    if (list == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu rows that break contracts", capacity);
    failures->list = list;
    failures->capacity = capacity;
  }
  failures->list[failures->n++] = (contract_failure){row_no, rule};
  return GY_OK;
}

/* The rules of one column, those that are judged by value apart. */
typedef struct {
  uint32_t *direct, *judged;
  size_t n_direct, n_judged;
  contract_judge *judge;
} column_rules;

typedef struct {
  contract_scan *scan;
  column_rules *columns;
  uint32_t *rule_numbers; /* what they point into */
  contract_scan_count *counts;
  contract_hash_buffer **hashed; /* per rule; NULL for most */
  contract_failures failures;
  uint64_t n_rows;
  uint8_t present[GY_CHUNK_ROWS]; /* of the column at hand: the value is there */
  bool all_present;
  int64_t least, most; /* of the column at hand, where all are present */
  bool has_span;
  uint8_t fails[GY_CHUNK_ROWS];
  uint32_t moved_for[GY_CHUNK_ROWS]; /* the first rule that wants the row moved */
  bool any_moved;
} scan_thread;

/* ---- one chunk ---- */

static void find_present(scan_thread *t, const gy_column *column, size_t n) {
  t->all_present = column->validity == NULL;
  if (t->all_present) return;
  t->all_present = true;
  for (size_t row = 0; row < n; row++) {
    t->present[row] = column->validity[row / 64] >> (row % 64) & 1;
    t->all_present = t->all_present && t->present[row];
  }
}

GY_SIMD_CLONES static void span_of(const int64_t *restrict values, size_t n, int64_t *span) {
  int64_t least = values[0], most = values[0];
  for (size_t row = 1; row < n; row++) {
    least = values[row] < least ? values[row] : least;
    most = values[row] > most ? values[row] : most;
  }
  span[0] = least;
  span[1] = most;
}

/* Least and greatest value answer most rules of a column at once: bounds that hold them hold every value. */
static void find_span(scan_thread *t, const gy_column *column, size_t n) {
  int64_t span[2] = {0};
  t->has_span = t->all_present && column->type != GY_TYPE_TEXT && n > 0;
  if (t->has_span) span_of(column->data, n, span);
  t->least = span[0];
  t->most = span[1];
}

static void write_value(const gy_column *column, size_t row, contract_example *example) {
  char number[32];
  const char *text = number;
  size_t length = 0;
  example->is_missing = gy_column_is_null(column, row);
  if (example->is_missing) return;
  if (column->type == GY_TYPE_TEXT) {
    const gy_text *value = (const gy_text *)column->data + row;
    text = value->data;
    length = value->length;
    while (length > CONTRACT_VALUE_MAX || (length < value->length && (text[length] & 0xC0) == 0x80)) length--;
  } else {
    length = contract_number_text(column->type, ((const int64_t *)column->data)[row], number);
  }
  memcpy(example->value, text, length);
  example->value[length] = '\0';
}

/* Keeps the failures of the first rows as examples, in order. */
static void keep_example(contract_scan_count *count, const contract_example *example) {
  size_t at = count->n_examples;
  while (at > 0 && count->examples[at - 1].row_no > example->row_no) at--;
  if (at == CONTRACT_EXAMPLES) return;
  if (count->n_examples < CONTRACT_EXAMPLES) count->n_examples++;
  memmove(&count->examples[at + 1], &count->examples[at],
          (count->n_examples - at - 1) * sizeof count->examples[0]);
  count->examples[at] = *example;
}

static void note(scan_thread *t, uint32_t rule, const gy_chunk *chunk, size_t row) {
  const contract_scan_rule *spec = &t->scan->rules[rule];
  contract_scan_count *count = &t->counts[rule];
  count->n_failed++;
  if (!t->scan->names_rows) return;
  const int64_t *row_nos = chunk->columns[t->scan->n_columns].data;
  if (count->n_examples < CONTRACT_EXAMPLES || row_nos[row] < count->examples[CONTRACT_EXAMPLES - 1].row_no) {
    contract_example example = {.row_no = row_nos[row]};
    write_value(&chunk->columns[spec->column], row, &example);
    keep_example(count, &example);
  }
  if (!spec->moves) return;
  if (rule < t->moved_for[row]) t->moved_for[row] = rule;
  t->any_moved = true;
}

static void count_seen(contract_bits *bits, const int64_t *values, const scan_thread *t, size_t n,
                       contract_scan_count *count) {
  for (size_t row = 0; row < n; row++) {
    if (!t->all_present && !t->present[row]) continue;
    uint64_t at = (uint64_t)values[row] - (uint64_t)bits->least, bit = UINT64_C(1) << (at % 64);
    uint64_t before = __atomic_fetch_or(&bits->words[at / 64], bit, __ATOMIC_RELAXED);
    count->n_failed += (before & bit) != 0;
  }
}

static void keep_hashes(const scan_thread *t, contract_hash_buffer *buffer, const gy_column *column,
                        size_t n) {
  const gy_text *texts = column->data;
  const int64_t *values = column->data;
  bool is_text = column->type == GY_TYPE_TEXT;
  for (size_t row = 0; row < n; row++) {
    if (!t->all_present && !t->present[row]) continue;
    if (is_text)
      contract_hash_buffer_add(buffer, texts[row].data, texts[row].length);
    else
      contract_hash_buffer_add(buffer, &values[row], sizeof values[row]);
  }
}

static void find_newest(const int64_t *values, const scan_thread *t, size_t n, contract_scan_count *count) {
  if (t->has_span && t->most > count->newest) count->newest = t->most;
  for (size_t row = 0; row < n && !t->has_span; row++)
    if ((t->all_present || t->present[row]) && values[row] > count->newest) count->newest = values[row];
}

/* The odd part of GY_MONEY_SCALE: a multiple of it, times its inverse modulo 2^64, is a small number. */
static const uint64_t ODD_PART = 625, ODD_INVERSE = UINT64_C(0xD288CE703AFB7E91);

static bool is_whole(int64_t value) {
  const uint64_t bound = (uint64_t)INT64_MAX / ODD_PART;
  return (value & 15) == 0 && (uint64_t)value * ODD_INVERSE + bound <= 2 * bound;
}

GY_SIMD_CLONES static bool all_whole(const int64_t *restrict values, size_t n) {
  const uint64_t bound = (uint64_t)INT64_MAX / ODD_PART;
  uint64_t bad = 0;
  for (size_t row = 0; row < n; row++) {
    bad |= (uint64_t)values[row] & 15;
    bad |= (uint64_t)values[row] * ODD_INVERSE + bound > 2 * bound;
  }
  return bad == 0;
}

/* Of values that lie within the span of the bits. */
static bool all_in_bits(const contract_bits *bits, const int64_t *restrict values, size_t n) {
  uint64_t all = 1;
  for (size_t row = 0; row < n; row++) {
    uint64_t at = (uint64_t)values[row] - (uint64_t)bits->least;
    all &= bits->words[at / 64] >> (at % 64);
  }
  return all & 1;
}

/* What can be said of all rows at once. */
static bool all_pass(const scan_thread *t, const contract_scan_rule *rule, const int64_t *values, size_t n) {
  if (!t->has_span) return false;
  if (rule->test == CONTRACT_BETWEEN) return t->least >= rule->least && t->most <= rule->most;
  if (rule->test == CONTRACT_WHOLE) return all_whole(values, n);
  uint64_t low = (uint64_t)t->least - (uint64_t)rule->bits->least;
  uint64_t width = (uint64_t)t->most - (uint64_t)t->least;
  return low < rule->bits->n && width < rule->bits->n - low && all_in_bits(rule->bits, values, n);
}

/* Fills `fails`, of values that are there or not; returns how many. */
static size_t test_values(scan_thread *t, const contract_scan_rule *rule, const int64_t *values, size_t n) {
  uint8_t *restrict fails = t->fails;
  const uint64_t least = (uint64_t)rule->least, width = (uint64_t)rule->most - (uint64_t)rule->least;
  if (all_pass(t, rule, values, n)) return 0;
  if (rule->test == CONTRACT_BETWEEN && rule->most < rule->least) {
    memset(fails, 1, n);
  } else if (rule->test == CONTRACT_BETWEEN) {
    for (size_t row = 0; row < n; row++) fails[row] = (uint64_t)values[row] - least > width;
  } else if (rule->test == CONTRACT_WHOLE) {
    for (size_t row = 0; row < n; row++) fails[row] = !is_whole(values[row]);
  } else {
    const contract_bits *bits = rule->bits;
    for (size_t row = 0; row < n; row++) {
      uint64_t at = (uint64_t)values[row] - (uint64_t)bits->least;
      fails[row] = at >= bits->n || !(bits->words[at / 64] >> (at % 64) & 1);
    }
  }
  size_t n_failed = 0;
  if (!t->all_present)
    for (size_t row = 0; row < n; row++) fails[row] &= t->present[row];
  for (size_t row = 0; row < n; row++) n_failed += fails[row];
  return n_failed;
}

static void run_direct(scan_thread *t, uint32_t index, const gy_chunk *chunk) {
  const contract_scan_rule *rule = &t->scan->rules[index];
  const gy_column *column = &chunk->columns[rule->column];
  contract_scan_count *count = &t->counts[index];
  size_t n = chunk->n_rows;
  if (rule->test == CONTRACT_SEEN) {
    count_seen(rule->bits, column->data, t, n, count);
  } else if (rule->test == CONTRACT_HASHED) {
    keep_hashes(t, t->hashed[index], column, n);
  } else if (rule->test == CONTRACT_NEWEST) {
    find_newest(column->data, t, n, count);
  } else if (rule->test == CONTRACT_MISSING) {
    for (size_t row = 0; !t->all_present && row < n; row++)
      if (!t->present[row]) note(t, index, chunk, row);
  } else {
    size_t n_failed = test_values(t, rule, column->data, n);
    if (!t->scan->names_rows) count->n_failed += n_failed;
    for (size_t row = 0; row < n && n_failed > 0 && t->scan->names_rows; row++)
      if (t->fails[row]) note(t, index, chunk, row);
  }
}

static void run_judged(scan_thread *t, const column_rules *rules, const gy_chunk *chunk, size_t c) {
  const gy_column *column = &chunk->columns[c];
  bool is_text = column->type == GY_TYPE_TEXT;
  if (t->has_span && !contract_judge_any(rules->judge, column->data, chunk->n_rows, t->least, t->most))
    return;
  for (size_t row = 0; row < chunk->n_rows; row++) {
    if (!t->all_present && !t->present[row]) continue;
    const gy_text *text = (const gy_text *)column->data + (is_text ? row : 0);
    uint64_t failed = is_text ? contract_judge_text(rules->judge, text->data, text->length)
                              : contract_judge_number(rules->judge, ((const int64_t *)column->data)[row]);
    for (; failed != 0; failed &= failed - 1) note(t, rules->judged[__builtin_ctzll(failed)], chunk, row);
  }
}

/* A pattern that gives up again and again would take hours over a whole column. */
static gy_status check_give_ups(const scan_thread *t, gy_error *err) {
  for (size_t i = 0; i < t->scan->n_rules; i++) {
    if (t->counts[i].n_gave_up <= MOST_GIVE_UPS) continue;
    const gy_contract_config *config = t->scan->rules[i].config;
    return gy_fail(err, GY_ECONFIG,
                   "contract %s: pattern '%s' takes too many steps on more than %d values; write it without "
                   "repetitions inside repetitions",
                   config->name, config->pattern, MOST_GIVE_UPS);
  }
  return GY_OK;
}

static gy_status consume(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)shared;
  scan_thread *t = local;
  t->n_rows += chunk->n_rows;
  for (size_t c = 0; c < t->scan->n_columns; c++) {
    const column_rules *rules = &t->columns[c];
    if (rules->n_direct + rules->n_judged == 0) continue;
    find_present(t, &chunk->columns[c], chunk->n_rows);
    find_span(t, &chunk->columns[c], chunk->n_rows);
    for (size_t i = 0; i < rules->n_direct; i++) run_direct(t, rules->direct[i], chunk);
    if (rules->n_judged > 0) run_judged(t, rules, chunk, c);
  }
  gy_status status = check_give_ups(t, err);
  if (!t->any_moved) return status;
  const int64_t *row_nos = chunk->columns[t->scan->n_columns].data;
  for (size_t row = 0; row < chunk->n_rows && status == GY_OK; row++) {
    if (t->moved_for[row] == NO_RULE) continue;
    status = contract_failures_add(&t->failures, row_nos[row], t->moved_for[row], err);
    t->moved_for[row] = NO_RULE;
  }
  t->any_moved = false;
  return status;
}

/* ---- threads ---- */

static void destroy_thread(scan_thread *t) {
  if (t == NULL) return;
  for (size_t c = 0; t->columns != NULL && c < t->scan->n_columns; c++)
    contract_judge_destroy(t->columns[c].judge);
  for (size_t i = 0; t->hashed != NULL && i < t->scan->n_rules; i++) contract_hash_buffer_close(t->hashed[i]);
  free(t->hashed);
  free(t->columns);
  free(t->rule_numbers);
  free(t->counts);
  free(t->failures.list);
  free(t);
}

static gy_status sort_rules(scan_thread *t, gy_error *err) {
  const contract_scan *scan = t->scan;
  uint32_t *next = t->rule_numbers;
  for (size_t c = 0; c < scan->n_columns; c++) {
    column_rules *column = &t->columns[c];
    for (int judged = 0; judged < 2; judged++) {
      uint32_t *first = next;
      for (uint32_t i = 0; i < scan->n_rules; i++)
        if (scan->rules[i].column == c && (scan->rules[i].test == CONTRACT_JUDGED) == judged) *next++ = i;
      *(judged ? &column->judged : &column->direct) = first;
      *(judged ? &column->n_judged : &column->n_direct) = (size_t)(next - first);
    }
    if (column->n_judged == 0) continue;
    gy_status status = contract_judge_create(scan, scan->types[c], column->judged, column->n_judged,
                                             t->counts, &column->judge, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

static gy_status open_thread(void *shared, void **local, gy_error *err) {
  contract_scan *scan = shared;
  scan_thread *t = calloc(1, sizeof *t);
  gy_status status = t != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to check contracts");
  if (status != GY_OK) return status;
  t->scan = scan;
  t->columns = calloc(scan->n_columns + 1, sizeof *t->columns);
  t->rule_numbers = calloc(scan->n_rules + 1, sizeof *t->rule_numbers);
  t->counts = calloc(scan->n_rules + 1, sizeof *t->counts);
  t->hashed = calloc(scan->n_rules + 1, sizeof *t->hashed);
  memset(t->moved_for, 0xFF, sizeof t->moved_for);
  if (t->columns == NULL || t->rule_numbers == NULL || t->counts == NULL || t->hashed == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory to check contracts");
  for (size_t i = 0; i < scan->n_rules && status == GY_OK; i++) t->counts[i].newest = INT64_MIN;
  for (size_t i = 0; i < scan->n_rules && status == GY_OK; i++)
    if (scan->rules[i].test == CONTRACT_HASHED)
      status = contract_hash_buffer_create(scan->rules[i].hashes, &t->hashed[i], err);
  if (status == GY_OK) status = sort_rules(t, err);
  if (status == GY_OK)
    *local = t;
  else
    destroy_thread(t);
  return status;
}

static gy_status close_thread(void *shared, void *local, bool failed, gy_error *err) {
  contract_scan *scan = shared;
  scan_thread *t = local;
  gy_status status = GY_OK;
  scan->n_rows += t->n_rows;
  for (size_t i = 0; i < scan->n_rules; i++) {
    contract_scan_count *sum = &scan->counts[i], *own = &t->counts[i];
    sum->n_failed += own->n_failed;
    sum->n_gave_up += own->n_gave_up;
    if (own->newest > sum->newest) sum->newest = own->newest;
    for (size_t k = 0; k < own->n_examples; k++) keep_example(sum, &own->examples[k]);
  }
  for (size_t i = 0; i < t->failures.n && !failed && status == GY_OK; i++)
    status =
        contract_failures_add(&scan->failures, t->failures.list[i].row_no, t->failures.list[i].rule, err);
  destroy_thread(t);
  return status;
}

gy_status contract_scan_run(contract_scan *scan, gy_engine *engine, const char *sql, const gy_task *task,
                            gy_error *err) {
  gy_sink sink = {.shared = scan, .open = open_thread, .consume = consume, .close = close_thread};
  for (size_t i = 0; i < scan->n_rules; i++) scan->counts[i].newest = INT64_MIN;
  return gy_engine_scan(engine, sql, NULL, 0, &sink, "contracts", task, err);
}
