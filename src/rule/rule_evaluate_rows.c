/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows into figures of customers. Each block of rows is computed once for all aggregates of its table; then
 * every aggregate adds the rows its filter passes to their customers. Distinct values and sequences collect
 * (customer, value) first, which stay sorted by customer, and are settled customer by customer. */
#include <stdlib.h>
#include <string.h>

#include "rule/rule_evaluate.h"

typedef struct collected {
  uint64_t customer;
  union {
    double number;
    int64_t integer;
    gy_rule_text text;
  } value;
} collected;

typedef struct collection {
  collected *items;
  size_t n, room;
} collection;

static bool collect(collection *list, const collected *item) {
  if (list->n == list->room) {
    size_t room = list->room > 0 ? list->room * 2 : 256;
    collected *items = realloc(list->items, room * sizeof *items);
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
  uint64_t customer[RULE_LANE_ROWS];
  uint8_t counts[RULE_LANE_ROWS]; /* not later than now */
  const rule_lane *time;          /* NULL: rows have none */
} row_block;

typedef struct gathering {
  rule_wide *sums;   /* of RULE_SUM */
  int64_t *times;    /* of RULE_FIRST and RULE_LATEST */
  collection values; /* of RULE_DISTINCT */
} gathering;

static const rule_lane *lane_of(const rule_evaluation *e, const rule_term *term) {
  return term != NULL ? &e->lanes[term->id] : NULL;
}

static bool passes(const rule_lane *filter, const row_block *block, size_t i) {
  return block->counts[i] && (filter == NULL || ((const uint8_t *)filter->data)[i]);
}

static void add_counts(const row_block *block, const rule_lane *filter, rule_figures *to) {
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
                      const rule_lane *value, int64_t *times, rule_figures *to) {
  gy_rule_type type = a->value->type;
  size_t bytes = rule_value_bytes(type);
  for (size_t i = 0; i < block->n; i++) {
    uint64_t customer = block->customer[i];
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

static gy_status gather_values(rule_evaluation *e, const rule_aggregate *a, const row_block *block,
                               const rule_lane *filter, const rule_lane *value, collection *list) {
  size_t bytes = rule_value_bytes(a->value->type);
  for (size_t i = 0; i < block->n; i++) {
    if (!passes(filter, block, i) || !value->valid[i]) continue;
    collected item = {.customer = block->customer[i]};
    memcpy(&item.value, (const char *)value->data + i * bytes, bytes);
    if (!collect(list, &item)) return rule_evaluation_no_memory(e);
  }
  return GY_OK;
}

static gy_status add_block(rule_evaluation *e, const rule_aggregate *a, const row_block *block, gathering *g,
                           rule_figures *to) {
  const rule_lane *filter = lane_of(e, a->filter), *value = lane_of(e, a->value);
  switch (a->kind) {
    case RULE_COUNT:
      add_counts(block, filter, to);
      break;
    case RULE_SUM:
      add_sums(block, filter, value, g->sums);
      break;
    case RULE_DISTINCT:
      return gather_values(e, a, block, filter, value, &g->values);
    default:
      keep_best(a, block, filter, value, g->times, to);
  }
  return GY_OK;
}

static int by_type(const void *a, const void *b, void *type) {
  return order_of(*(const gy_rule_type *)type, &((const collected *)a)->value,
                  &((const collected *)b)->value);
}

static void settle_distinct(gy_rule_type type, collection *list, rule_figures *to) {
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
static void settle_sums(const rule_wide *sums, size_t n, rule_figures *to) {
  for (size_t i = 0; i < n; i++) {
    bool fits = sums[i] >= -INT64_MAX && sums[i] <= INT64_MAX;
    to->valid[i] = fits;
    ((double *)to->data)[i] = fits ? (double)(int64_t)sums[i] / 10000.0 : 0;
  }
}

static gy_status begin(rule_evaluation *e, const rule_aggregate *a, gathering *g, gy_arena *room) {
  size_t n = e->data->n_customers + 1;
  if (a->kind == RULE_SUM) g->sums = gy_arena_calloc(room, n, sizeof *g->sums);
  if (a->kind == RULE_FIRST || a->kind == RULE_LATEST) g->times = gy_arena_calloc(room, n, sizeof *g->times);
  bool good = (a->kind != RULE_SUM || g->sums != NULL) &&
              ((a->kind != RULE_FIRST && a->kind != RULE_LATEST) || g->times != NULL);
  return good ? GY_OK : rule_evaluation_no_memory(e);
}

static void settle(rule_evaluation *e, const rule_aggregate *a, gathering *g, rule_figures *to) {
  if (a->kind == RULE_SUM) settle_sums(g->sums, e->data->n_customers, to);
  if (a->kind == RULE_DISTINCT) settle_distinct(a->value->type, &g->values, to);
  if (a->kind == RULE_COUNT || a->kind == RULE_DISTINCT) memset(to->valid, 1, e->data->n_customers);
}

/* Rows from..from + n - 1 and whose they are; `customer` goes on from block to block. */
static void take_block(rule_evaluation *e, size_t table, size_t from, size_t n, const rule_term *time,
                       uint64_t *customer, row_block *block) {
  const uint64_t *starts = e->data->tables[table].starts;
  rule_lanes_fill(e, (int)table, from, n, false);
  block->n = n;
  block->time = lane_of(e, time);
  for (size_t i = 0; i < n; i++) {
    while (starts[*customer + 1] <= from + i) ++*customer;
    block->customer[i] = *customer;
  }
  memset(block->counts, 1, n);
  if (block->time == NULL) return;
  const int64_t *at = block->time->data;
  for (size_t i = 0; i < n; i++) block->counts[i] = !(block->time->valid[i] && at[i] > e->set->clock.now_us);
}

/* The term of the table's time, made when the set was compiled. */
static const rule_term *time_term(const rule_evaluation *e, size_t table) {
  int column = rule_time_column(&e->set->catalogue->tables[table]);
  for (size_t i = 0; i < e->set->n_terms; i++) {
    const rule_term *term = e->set->terms[i];
    if (term->op == RULE_OP_COLUMN && term->scope == (int)table && term->integer == column) return term;
  }
  return NULL;
}

typedef gy_status (*block_reader)(rule_evaluation *e, size_t table, const row_block *block, void *user);

static gy_status read_blocks(rule_evaluation *e, size_t table, block_reader reader, void *user) {
  size_t n_rows = e->data->tables[table].starts[e->data->n_customers];
  uint64_t customer = 0;
  row_block block;
  gy_arena lanes;
  gy_arena_init(&lanes, 0, 0);
  const rule_term *time = time_term(e, table);
  gy_status status = rule_lanes_init(e, &lanes, (int)table);
  for (size_t from = 0; from < n_rows && status == GY_OK; from += RULE_LANE_ROWS) {
    size_t n = n_rows - from < RULE_LANE_ROWS ? n_rows - from : RULE_LANE_ROWS;
    take_block(e, table, from, n, time, &customer, &block);
    status = reader(e, table, &block, user);
  }
  gy_arena_clear(&lanes);
  return status;
}

static bool is_alone(const rule_aggregate *a, size_t table) {
  return a->term->used && a->sequence == RULE_ALONE && a->table == (int)table;
}

static gy_status add_to_all(rule_evaluation *e, size_t table, const row_block *block, void *user) {
  gathering *gatherings = user;
  gy_status status = GY_OK;
  for (size_t i = 0; i < e->set->n_aggregates && status == GY_OK; i++)
    if (is_alone(&e->set->aggregates[i], table))
      status = add_block(e, &e->set->aggregates[i], block, &gatherings[i], &e->aggregates[i]);
  return status;
}

gy_status rule_evaluate_table(rule_evaluation *e, size_t table) {
  size_t n = e->set->n_aggregates;
  gy_arena room;
  gy_arena_init(&room, 0, 0);
  gathering *gatherings = gy_arena_calloc(&room, n + 1, sizeof *gatherings);
  gy_status status = gatherings != NULL ? GY_OK : rule_evaluation_no_memory(e);
  for (size_t i = 0; i < n && status == GY_OK; i++)
    if (is_alone(&e->set->aggregates[i], table))
      status = begin(e, &e->set->aggregates[i], &gatherings[i], &room);
  if (status == GY_OK) status = read_blocks(e, table, add_to_all, gatherings);
  for (size_t i = 0; i < n && gatherings != NULL; i++) {
    if (status == GY_OK && is_alone(&e->set->aggregates[i], table))
      settle(e, &e->set->aggregates[i], &gatherings[i], &e->aggregates[i]);
    free(gatherings[i].values.items);
  }
  gy_arena_clear(&room);
  return status;
}

/* ---- sequences ---- */

typedef struct steps {
  const rule_aggregate *sequence;
  collection a, b; /* times */
} steps;

static gy_status gather_steps(rule_evaluation *e, size_t table, const row_block *block, void *user) {
  steps *s = user;
  for (int side = 0; side < 2; side++) {
    int wanted = side == 0 ? s->sequence->table : s->sequence->table_b;
    const rule_lane *filter = lane_of(e, side == 0 ? s->sequence->filter : s->sequence->filter_b);
    if (wanted != (int)table) continue;
    for (size_t i = 0; i < block->n; i++) {
      if (!passes(filter, block, i) || !block->time->valid[i]) continue;
      collected item = {.customer = block->customer[i],
                        .value.integer = ((const int64_t *)block->time->data)[i]};
      if (!collect(side == 0 ? &s->a : &s->b, &item)) return rule_evaluation_no_memory(e);
    }
  }
  return GY_OK;
}

static int by_customer_and_time(const void *x, const void *y) {
  const collected *a = x, *b = y;
  if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
  return (a->value.integer > b->value.integer) - (a->value.integer < b->value.integer);
}

/* Both sorted: the first b later than an a never moves back. */
static void settle_steps(steps *s, rule_figures *to) {
  if (s->a.n > 0) qsort(s->a.items, s->a.n, sizeof *s->a.items, by_customer_and_time);
  if (s->b.n > 0) qsort(s->b.items, s->b.n, sizeof *s->b.items, by_customer_and_time);
  size_t next = 0;
  for (size_t i = 0; i < s->a.n; i++) {
    const collected *a = &s->a.items[i];
    while (next < s->b.n && by_customer_and_time(&s->b.items[next], a) <= 0) next++;
    bool followed = next < s->b.n && s->b.items[next].customer == a->customer &&
                    s->b.items[next].value.integer - a->value.integer <= s->sequence->within_us;
    ((double *)to->data)[a->customer] += followed == (s->sequence->sequence == RULE_THEN);
  }
}

gy_status rule_evaluate_sequences(rule_evaluation *e) {
  gy_status status = GY_OK;
  for (size_t i = 0; i < e->set->n_aggregates && status == GY_OK; i++) {
    const rule_aggregate *a = &e->set->aggregates[i];
    if (a->sequence == RULE_ALONE || !a->term->used) continue;
    steps s = {.sequence = a};
    status = read_blocks(e, (size_t)a->table, gather_steps, &s);
    if (status == GY_OK && a->table_b != a->table)
      status = read_blocks(e, (size_t)a->table_b, gather_steps, &s);
    if (status == GY_OK) settle_steps(&s, &e->aggregates[i]);
    memset(e->aggregates[i].valid, 1, e->data->n_customers);
    free(s.a.items);
    free(s.b.items);
  }
  return status;
}
