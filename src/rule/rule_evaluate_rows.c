/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows into figures of the customers of a block. Rows are computed block by block, once for all aggregates of
 * their table; then every aggregate adds the rows its filter passes to their customers' values in its lane.
 * Distinct values and sequences collect (customer, value) first, which stay sorted by customer, and are
 * settled customer by customer. */
#include <stdlib.h>
#include <string.h>

#include "rule/rule_evaluate.h"

static bool collect(rule_collection *list, const rule_collected *item) {
  if (list->n == list->room) {
    size_t room = list->room > 0 ? list->room * 2 : 64;
    rule_collected *items = realloc(list->items, room * sizeof *items);
    if (items == NULL) return false;
    list->items = items;
    list->room = room;
  }
  list->items[list->n++] = *item;
  return true;
}

/* A block of rows: whose they are, and which count at all. */
typedef struct row_block {
  size_t n;
  uint32_t customer[RULE_LANE_ROWS]; /* within the block of customers */
  uint8_t counts[RULE_LANE_ROWS];    /* not later than now */
  const rule_lane *time;             /* NULL: rows have none */
} row_block;

static const rule_lane *lane_of(const rule_worker *w, const rule_term *term) {
  return term != NULL ? &w->lanes[term->id] : NULL;
}

static bool passes(const rule_lane *filter, const row_block *block, size_t i) {
  return block->counts[i] && (filter == NULL || ((const uint8_t *)filter->data)[i]);
}

static void add_counts(const row_block *block, const rule_lane *filter, rule_lane *to) {
  double *count = to->data;
  if (filter == NULL) {
    for (size_t i = 0; i < block->n; i++) count[block->customer[i]] += block->counts[i];
  } else {
    const uint8_t *truth = filter->data;
    for (size_t i = 0; i < block->n; i++) count[block->customer[i]] += block->counts[i] & truth[i];
  }
}

static void add_sums(const row_block *block, const rule_lane *filter, const rule_lane *value,
                     rule_wide *sums) {
  const double *x = value->data;
  for (size_t i = 0; i < block->n; i++)
    if (passes(filter, block, i) && value->valid[i] && x[i] <= 9e14 && x[i] >= -9e14)
      sums[block->customer[i]] += (int64_t)__builtin_floor(x[i] * 10000.0 + 0.5);
}

static int order_of(gy_rule_type type, const void *a, const void *b) {
  if (type == GY_RULE_TEXT) return rule_text_order(*(const gy_rule_text *)a, *(const gy_rule_text *)b);
  if (type == GY_RULE_NUMBER)
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
  return (*(const int64_t *)a > *(const int64_t *)b) - (*(const int64_t *)a < *(const int64_t *)b);
}

/* min, max; first and last: by time, and at one time the least value. */
static void keep_best(const rule_aggregate *a, const row_block *block, const rule_lane *filter,
                      const rule_lane *value, int64_t *times, rule_lane *to) {
  gy_rule_type type = a->value->type;
  size_t bytes = rule_value_bytes(type);
  for (size_t i = 0; i < block->n; i++) {
    uint32_t customer = block->customer[i];
    const char *x = (const char *)value->data + i * bytes;
    char *best = (char *)to->data + customer * bytes;
    if (!passes(filter, block, i) || !value->valid[i]) continue;
    int order = to->valid[customer] ? order_of(type, x, best) : -1;
    bool better = a->kind == RULE_MAX ? order > 0 || !to->valid[customer] : order < 0;
    if (times != NULL) {
      int64_t time = ((const int64_t *)block->time->data)[i], kept = times[customer];
      bool sooner = a->kind == RULE_FIRST ? time < kept : time > kept;
      better = !to->valid[customer] || sooner || (time == kept && better);
      if (better) times[customer] = time;
    }
    if (better) memcpy(best, x, bytes);
    to->valid[customer] = 1;
  }
}

/* The values, or times where `value` is NULL, of the rows that pass. */
static bool gather(const row_block *block, const rule_lane *filter, const rule_lane *value, size_t bytes,
                   rule_collection *list) {
  for (size_t i = 0; i < block->n; i++) {
    if (!passes(filter, block, i) || !value->valid[i]) continue;
    rule_collected item = {.customer = block->customer[i]};
    memcpy(&item.value, (const char *)value->data + i * bytes, bytes);
    if (!collect(list, &item)) return false;
  }
  return true;
}

static bool add_block(const rule_worker *w, const rule_aggregate *a, const row_block *block) {
  rule_gathering *g = &w->gatherings[a->term->integer];
  rule_lane *to = &w->lanes[a->term->id];
  const rule_lane *filter = lane_of(w, a->filter), *value = lane_of(w, a->value);
  switch (a->kind) {
    case RULE_COUNT:
      add_counts(block, filter, to);
      break;
    case RULE_SUM:
      add_sums(block, filter, value, g->sums);
      break;
    case RULE_DISTINCT:
      return gather(block, filter, value, rule_value_bytes(a->value->type), &g->a);
    default:
      keep_best(a, block, filter, value, g->times, to);
  }
  return true;
}

/* Times of the steps that this table has. */
static bool add_steps(const rule_worker *w, const rule_aggregate *a, int table, const row_block *block) {
  rule_gathering *g = &w->gatherings[a->term->integer];
  bool good = a->table != table || gather(block, lane_of(w, a->filter), block->time, sizeof(int64_t), &g->a);
  return good &&
         (a->table_b != table || gather(block, lane_of(w, a->filter_b), block->time, sizeof(int64_t), &g->b));
}

/* ---- settling ---- */

static int by_type(const void *a, const void *b, void *type) {
  return order_of(*(const gy_rule_type *)type, &((const rule_collected *)a)->value,
                  &((const rule_collected *)b)->value);
}

static void settle_distinct(gy_rule_type type, rule_collection *list, rule_lane *to) {
  for (size_t from = 0, end; from < list->n; from = end) {
    end = from + 1;
    while (end < list->n && list->items[end].customer == list->items[from].customer) end++;
    qsort_r(list->items + from, end - from, sizeof *list->items, by_type, &type);
    double n = 1;
    for (size_t i = from + 1; i < end; i++) n += by_type(&list->items[i - 1], &list->items[i], &type) != 0;
    ((double *)to->data)[list->items[from].customer] = n;
  }
}

/* Sums that no 64 bits hold are not known. */
static void settle_sums(const rule_wide *sums, size_t n, rule_lane *to) {
  for (size_t i = 0; i < n; i++) {
    bool fits = sums[i] >= -INT64_MAX && sums[i] <= INT64_MAX;
    to->valid[i] = fits;
    ((double *)to->data)[i] = fits ? (double)(int64_t)sums[i] / 10000.0 : 0;
  }
}

static int by_customer_and_time(const void *x, const void *y) {
  const rule_collected *a = x, *b = y;
  if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
  return (a->value.integer > b->value.integer) - (a->value.integer < b->value.integer);
}

static void sort_steps(rule_collection *list) {
  bool sorted = true;
  for (size_t i = 1; i < list->n && sorted; i++)
    sorted = by_customer_and_time(&list->items[i - 1], &list->items[i]) <= 0;
  if (!sorted) qsort(list->items, list->n, sizeof *list->items, by_customer_and_time);
}

/* Both sorted: the first b later than an a never moves back. */
static void settle_sequence(const rule_aggregate *sequence, rule_gathering *g, rule_lane *to) {
  sort_steps(&g->a);
  sort_steps(&g->b);
  size_t next = 0;
  for (size_t i = 0; i < g->a.n; i++) {
    const rule_collected *a = &g->a.items[i];
    while (next < g->b.n && by_customer_and_time(&g->b.items[next], a) <= 0) next++;
    bool followed = next < g->b.n && g->b.items[next].customer == a->customer &&
                    g->b.items[next].value.integer - a->value.integer <= sequence->within_us;
    ((double *)to->data)[a->customer] += followed == (sequence->sequence == RULE_THEN);
  }
}

static void begin(const rule_worker *w, const rule_aggregate *a, size_t n) {
  rule_gathering *g = &w->gatherings[a->term->integer];
  rule_lane *to = &w->lanes[a->term->id];
  memset(to->data, 0, n * rule_value_bytes(a->term->type));
  memset(to->valid, 0, n);
  if (g->sums != NULL) memset(g->sums, 0, n * sizeof *g->sums);
  g->a.n = g->b.n = 0;
}

static void settle(const rule_worker *w, const rule_aggregate *a, size_t n) {
  rule_gathering *g = &w->gatherings[a->term->integer];
  rule_lane *to = &w->lanes[a->term->id];
  if (a->kind == RULE_SUM) settle_sums(g->sums, n, to);
  if (a->kind == RULE_DISTINCT) settle_distinct(a->value->type, &g->a, to);
  if (a->sequence != RULE_ALONE) settle_sequence(a, g, to);
  if (a->kind == RULE_COUNT || a->kind == RULE_DISTINCT) memset(to->valid, 1, n);
}

/* ---- the rows of a block of customers ---- */

/* Rows from .. from + n - 1 and whose they are; `customer` goes on from block to block. */
static void take_block(rule_worker *w, const rule_row_steps *steps, const uint64_t *starts, size_t from,
                       uint32_t *customer, row_block *block) {
  size_t n = block->n;
  rule_worker_fill(w, steps->terms, steps->n_terms, from, n);
  block->time = lane_of(w, steps->time);
  for (size_t i = 0; i < n;) {
    while (starts[*customer + 1] <= from + i) ++*customer;
    size_t end = starts[*customer + 1] - from < n ? starts[*customer + 1] - from : n;
    for (; i < end; i++) block->customer[i] = *customer;
  }
  memset(block->counts, 1, n);
  if (block->time == NULL) return;
  const int64_t *at = block->time->data;
  int64_t now = w->program->set->clock.now_us;
  for (size_t i = 0; i < n; i++) block->counts[i] = !(block->time->valid[i] & (at[i] > now));
}

static bool add_rows(rule_worker *w, int table, const rule_row_steps *steps, size_t first, size_t n) {
  const uint64_t *starts = w->data->tables[table].starts + first;
  uint32_t customer = 0;
  row_block block;
  bool good = true;
  for (size_t from = starts[0]; from < starts[n] && good; from += block.n) {
    block.n = starts[n] - from < RULE_LANE_ROWS ? starts[n] - from : RULE_LANE_ROWS;
    take_block(w, steps, starts, from, &customer, &block);
    for (size_t i = 0; i < steps->n_alone && good; i++) good = add_block(w, steps->alone[i], &block);
    for (size_t i = 0; i < steps->n_sequences && good; i++)
      good = add_steps(w, steps->sequences[i], table, &block);
  }
  return good;
}

/* A sequence over two tables begins with the first and is settled after the last. */
gy_status rule_worker_rows(rule_worker *w, const rule_round *round, size_t from, size_t n, gy_error *err) {
  size_t n_tables = w->program->set->catalogue->n_tables;
  for (size_t t = 0; t < n_tables; t++) {
    const rule_row_steps *steps = &round->tables[t];
    for (size_t i = 0; i < steps->n_alone; i++) begin(w, steps->alone[i], n);
    for (size_t i = 0; i < steps->n_sequences; i++)
      if (steps->sequences[i]->table == (int)t) begin(w, steps->sequences[i], n);
  }
  for (size_t t = 0; t < n_tables; t++)
    if (round->tables[t].n_alone + round->tables[t].n_sequences > 0 &&
        !add_rows(w, (int)t, &round->tables[t], from, n))
      return rule_no_memory(w->program->set, err);
  for (size_t t = 0; t < n_tables; t++) {
    const rule_row_steps *steps = &round->tables[t];
    for (size_t i = 0; i < steps->n_alone; i++) settle(w, steps->alone[i], n);
    for (size_t i = 0; i < steps->n_sequences; i++)
      if (steps->sequences[i]->table == (int)t) settle(w, steps->sequences[i], n);
  }
  return GY_OK;
}
