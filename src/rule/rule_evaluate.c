/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/rule_evaluate.h"

#include <sodium.h>
#include <string.h>

gy_status rule_evaluation_no_memory(rule_evaluation *e) {
  return gy_fail(e->err, GY_ENOMEM, "no memory to evaluate %zu rules over %zu customers", e->set->n_rules,
                 e->data->n_customers);
}

gy_status rule_figures_init(rule_evaluation *e, rule_figures *figures, gy_rule_type type) {
  figures->data = gy_arena_calloc(&e->arena, e->data->n_customers + 1, rule_value_bytes(type));
  figures->valid = gy_arena_calloc(&e->arena, e->data->n_customers + 1, 1);
  return figures->data != NULL && figures->valid != NULL ? GY_OK : rule_evaluation_no_memory(e);
}

int64_t rule_bucket_of(gy_rule_text key, gy_rule_text id, int64_t buckets) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, (const unsigned char *)key.data, key.length);
  crypto_hash_sha256_update(&state, (const unsigned char *)":", 1);
  crypto_hash_sha256_update(&state, (const unsigned char *)id.data, id.length);
  crypto_hash_sha256_final(&state, hash);
  int64_t first = (int64_t)hash[0] << 24 | hash[1] << 16 | hash[2] << 8 | hash[3];
  return first % buckets;
}

/* ---- columns into lanes ---- */

static void load_validity(const gy_rule_vector *column, size_t from, size_t n, uint8_t *valid) {
  if (column->validity == NULL) {
    memset(valid, 1, n);
    return;
  }
  for (size_t i = 0; i < n; i++) valid[i] = column->validity[(from + i) / 64] >> ((from + i) % 64) & 1;
}

static void load_integers(const int64_t *values, size_t n, bool exact, rule_lane *lane) {
  static const int64_t WHOLE_MOST = INT64_C(9007199254740992), EXACT_MOST = INT64_C(9007199254740000);
  int64_t most = exact ? EXACT_MOST : WHOLE_MOST;
  double *out = lane->data;
  for (size_t i = 0; i < n; i++) {
    lane->valid[i] &= values[i] >= -most && values[i] <= most;
    int64_t value = lane->valid[i] ? values[i] : 0;
    out[i] = exact ? (double)value / 10000.0 : (double)value;
  }
}

static void load_reals(const double *values, size_t n, rule_lane *lane) {
  double *out = lane->data;
  for (size_t i = 0; i < n; i++) {
    lane->valid[i] &= values[i] >= -1e15 && values[i] <= 1e15;
    bool counts = lane->valid[i] && !(values[i] >= -1e-15 && values[i] <= 1e-15);
    out[i] = counts ? values[i] : 0;
  }
}

static void load_texts(const gy_rule_text *values, size_t n, rule_lane *lane) {
  gy_rule_text *out = lane->data;
  for (size_t i = 0; i < n; i++) out[i] = lane->valid[i] ? values[i] : (gy_rule_text){"", 0};
}

static void load_column(const gy_rule_vector *column, gy_rule_storage storage, size_t from, size_t n,
                        rule_lane *lane) {
  int64_t *integers = lane->data;
  uint8_t *truths = lane->data;
  load_validity(column, from, n, lane->valid);
  switch (storage) {
    case GY_RULE_AS_INTEGER:
    case GY_RULE_AS_EXACT:
      load_integers((const int64_t *)column->data + from, n, storage == GY_RULE_AS_EXACT, lane);
      break;
    case GY_RULE_AS_REAL:
      load_reals((const double *)column->data + from, n, lane);
      break;
    case GY_RULE_AS_TEXT:
      load_texts((const gy_rule_text *)column->data + from, n, lane);
      break;
    case GY_RULE_AS_BOOL:
      for (size_t i = 0; i < n; i++)
        truths[i] = lane->valid[i] & (((const uint8_t *)column->data)[from + i] != 0);
      break;
    case GY_RULE_AS_DATE:
      for (size_t i = 0; i < n; i++)
        integers[i] = lane->valid[i] ? ((const int32_t *)column->data)[from + i] : 0;
      break;
    case GY_RULE_AS_TIMESTAMP:
      for (size_t i = 0; i < n; i++)
        integers[i] = lane->valid[i] ? ((const int64_t *)column->data)[from + i] : 0;
  }
}

static void load_figures(const rule_figures *figures, gy_rule_type type, size_t from, size_t n,
                         rule_lane *lane) {
  size_t bytes = rule_value_bytes(type);
  memcpy(lane->data, (const char *)figures->data + from * bytes, n * bytes);
  memcpy(lane->valid, figures->valid + from, n);
}

static void load_buckets(const rule_evaluation *e, const rule_term *term, size_t from, size_t n,
                         rule_lane *lane) {
  for (size_t i = 0; i < n; i++)
    ((double *)lane->data)[i] = (double)rule_bucket_of(term->text, e->data->ids[from + i], term->integer);
  memset(lane->valid, 1, n);
}

/* ---- lanes ---- */

static void want(rule_evaluation *e, const rule_term *term) {
  if (term != NULL) e->wanted[term->id] = true;
}

static gy_status find_wanted(rule_evaluation *e) {
  const gy_rule_set *set = e->set;
  e->wanted = gy_arena_calloc(&e->arena, set->n_terms + 1, sizeof *e->wanted);
  e->lanes = gy_arena_calloc(&e->arena, set->n_terms + 1, sizeof *e->lanes);
  if (e->wanted == NULL || e->lanes == NULL) return rule_evaluation_no_memory(e);
  for (size_t i = 0; i < set->n_rules; i++) want(e, set->rules[i]);
  for (size_t i = 0; i < set->n_aggregates; i++) {
    want(e, set->aggregates[i].value);
    want(e, set->aggregates[i].filter);
    want(e, set->aggregates[i].filter_b);
    want(e, set->aggregates[i].time);
    want(e, set->aggregates[i].time_b);
  }
  for (size_t i = 0; i < set->n_populations; i++) {
    want(e, set->populations[i].value);
    want(e, set->populations[i].group);
  }
  for (size_t i = 0; i < set->n_terms; i++) {
    const rule_term *term = set->terms[i];
    size_t n = term->op == RULE_OP_IN ? 1 : term->n;
    for (size_t k = 0; k < n && term->used; k++) want(e, term->args[k]);
  }
  return GY_OK;
}

static bool is_at_work(const rule_evaluation *e, const rule_term *term, int scope) {
  return term->used && e->wanted[term->id] && (term->scope == scope || term->scope == RULE_SCOPE_ANY);
}

gy_status rule_lanes_init(rule_evaluation *e, gy_arena *arena, int scope) {
  gy_arena_clear(arena);
  for (size_t i = 0; i < e->set->n_terms; i++) {
    const rule_term *term = e->set->terms[i];
    e->lanes[i] = (rule_lane){NULL, NULL};
    if (!is_at_work(e, term, scope)) continue;
    e->lanes[i].data = gy_arena_calloc(arena, RULE_LANE_ROWS, rule_value_bytes(term->type));
    e->lanes[i].valid = gy_arena_calloc(arena, RULE_LANE_ROWS, 1);
    if (e->lanes[i].data == NULL || e->lanes[i].valid == NULL) return rule_evaluation_no_memory(e);
    if (rule_is_constant(term)) rule_apply(term, NULL, RULE_LANE_ROWS, &e->set->zone, &e->lanes[i]);
  }
  return GY_OK;
}

static void fill_lane(rule_evaluation *e, const rule_term *term, size_t from, size_t n) {
  enum { FEW = 16 };
  const rule_lane *few[FEW], **args = few;
  rule_lane *lane = &e->lanes[term->id];
  const gy_rule_vector *columns = term->scope >= 0 ? e->data->tables[term->scope].columns : e->data->columns;
  switch (term->op) {
    case RULE_OP_COLUMN:
      load_column(&columns[term->integer], rule_column_of(e->set, term->scope, term->integer)->storage, from,
                  n, lane);
      return;
    case RULE_OP_AGGREGATE:
      load_figures(&e->aggregates[term->integer], term->type, from, n, lane);
      return;
    case RULE_OP_POPULATION:
      load_figures(&e->populations[term->integer], term->type, from, n, lane);
      return;
    case RULE_OP_BUCKET:
      load_buckets(e, term, from, n, lane);
      return;
    default:
      break;
  }
  /* `and` and `or` of many: in groups, the lane itself going on as the first of the next group. */
  size_t n_args = term->op == RULE_OP_IN ? 1 : term->n;
  if (n_args <= FEW) {
    for (size_t k = 0; k < n_args; k++) args[k] = &e->lanes[term->args[k]->id];
    rule_apply(term, args, n, &e->set->zone, lane);
    return;
  }
  rule_term part = *term;
  part.n = 2;
  args[0] = &e->lanes[term->args[0]->id];
  for (size_t k = 1; k < n_args; k++) {
    args[1] = &e->lanes[term->args[k]->id];
    rule_apply(&part, args, n, &e->set->zone, lane);
    args[0] = lane;
  }
}

void rule_lanes_fill(rule_evaluation *e, int scope, size_t from, size_t n, bool before_ranks) {
  for (size_t i = 0; i < e->set->n_terms; i++) {
    const rule_term *term = e->set->terms[i];
    bool skipped = rule_is_constant(term) || term->scope != scope || (before_ranks && term->ranked);
    if (!skipped && is_at_work(e, term, scope)) fill_lane(e, term, from, n);
  }
}

/* ---- the whole ---- */

static void put_bits(const uint8_t *bytes, const uint8_t *valid, size_t from, size_t n, uint64_t *bits) {
  for (size_t i = 0; i < n; i++) {
    uint64_t bit = (uint64_t)(bytes[i] & valid[i] & 1) << ((from + i) % 64);
    bits[(from + i) / 64] |= bit;
  }
}

static gy_status evaluate_rules(rule_evaluation *e, gy_arena *room, uint64_t *truth, uint64_t *known) {
  const gy_rule_set *set = e->set;
  size_t n = e->data->n_customers, words = (n + 63) / 64;
  gy_status status = rule_lanes_init(e, room, RULE_SCOPE_CUSTOMER);
  if (status != GY_OK) return status;
  memset(truth, 0, set->n_rules * words * sizeof *truth);
  if (known != NULL) memset(known, 0, set->n_rules * words * sizeof *known);
  for (size_t from = 0; from < n; from += RULE_LANE_ROWS) {
    size_t rows = n - from < RULE_LANE_ROWS ? n - from : RULE_LANE_ROWS;
    rule_lanes_fill(e, RULE_SCOPE_CUSTOMER, from, rows, false);
    for (size_t r = 0; r < set->n_rules; r++) {
      const rule_lane *lane = &e->lanes[set->rules[r]->id];
      put_bits(lane->data, lane->valid, from, rows, truth + r * words);
      if (known != NULL) put_bits(lane->valid, lane->valid, from, rows, known + r * words);
    }
  }
  return GY_OK;
}

static gy_status evaluate(rule_evaluation *e, uint64_t *truth, uint64_t *known) {
  const gy_rule_set *set = e->set;
  gy_arena room;
  gy_arena_init(&room, 0, 0);
  e->aggregates = gy_arena_calloc(&e->arena, set->n_aggregates + 1, sizeof *e->aggregates);
  e->populations = gy_arena_calloc(&e->arena, set->n_populations + 1, sizeof *e->populations);
  gy_status status =
      e->aggregates != NULL && e->populations != NULL ? find_wanted(e) : rule_evaluation_no_memory(e);
  for (size_t i = 0; i < set->n_aggregates && status == GY_OK; i++)
    if (set->aggregates[i].term->used)
      status = rule_figures_init(e, &e->aggregates[i], set->aggregates[i].term->type);
  for (size_t t = 0; t < set->catalogue->n_tables && status == GY_OK; t++)
    if (gy_rule_set_reads_table(set, t)) status = rule_evaluate_table(e, t);
  if (status == GY_OK) status = rule_evaluate_sequences(e);
  if (status == GY_OK) status = rule_evaluate_populations(e);
  if (status == GY_OK) status = evaluate_rules(e, &room, truth, known);
  gy_arena_clear(&room);
  return status;
}

gy_status gy_rule_set_evaluate(const gy_rule_set *set, const gy_rule_data *data, const gy_task *task,
                               uint64_t *truth, uint64_t *known, gy_error *err) {
  if (gy_task_check(task, err) != GY_OK) return GY_ECANCELLED;
  rule_evaluation e = {.set = set, .data = data, .err = err};
  gy_arena_init(&e.arena, 0, 0);
  gy_status status = evaluate(&e, truth, known);
  gy_arena_clear(&e.arena);
  return status;
}
