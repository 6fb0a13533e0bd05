/* SPDX-License-Identifier: Apache-2.0
 *
 * Lanes: columns become values in bounds, terms are applied block by block. */
#include "rule/rule_evaluate.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

gy_status rule_no_memory(const gy_rule_set *set, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to evaluate %zu rules", set->n_rules);
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

static void load_ranks(const rule_worker *w, const rule_term *term, size_t from, size_t n, rule_lane *lane) {
  if (w->ranks != NULL) {
    const rule_figures *ranks = &w->ranks[term->integer];
    memcpy(lane->data, (const double *)ranks->data + from, n * sizeof(double));
    memcpy(lane->valid, ranks->valid + from, n);
    return;
  }
  const gy_rule_vector *given = &w->data->populations[term->integer];
  load_validity(given, from, n, lane->valid);
  for (size_t i = 0; i < n; i++)
    ((double *)lane->data)[i] = lane->valid[i] ? ((const double *)given->data)[from + i] : 0;
}

static void load_buckets(const rule_worker *w, const rule_term *term, size_t from, size_t n,
                         rule_lane *lane) {
  for (size_t i = 0; i < n; i++)
    ((double *)lane->data)[i] = (double)rule_bucket_of(term->text, w->data->ids[from + i], term->integer);
  memset(lane->valid, 1, n);
}

/* ---- lanes ---- */

/* `and` and `or` of many: in groups, the lane itself going on as the first of the next group. */
static void apply(rule_worker *w, const rule_term *term, size_t n) {
  enum { FEW = 16 };
  const rule_lane *args[FEW];
  rule_lane *lane = &w->lanes[term->id];
  const rule_zone *zone = &w->program->set->zone;
  size_t n_args = term->op == RULE_OP_IN ? 1 : term->n;
  if (n_args <= FEW) {
    for (size_t k = 0; k < n_args; k++) args[k] = &w->lanes[term->args[k]->id];
    rule_apply(term, args, n, zone, lane);
    return;
  }
  rule_term part = *term;
  part.n = 2;
  args[0] = &w->lanes[term->args[0]->id];
  for (size_t k = 1; k < n_args; k++) {
    args[1] = &w->lanes[term->args[k]->id];
    rule_apply(&part, args, n, zone, lane);
    args[0] = lane;
  }
}

void rule_worker_fill(rule_worker *w, const rule_term *const *terms, size_t n_terms, size_t from, size_t n) {
  for (size_t i = 0; i < n_terms; i++) {
    const rule_term *term = terms[i];
    const gy_rule_vector *columns =
        term->scope >= 0 ? w->data->tables[term->scope].columns : w->data->columns;
    switch (term->op) {
      case RULE_OP_COLUMN:
        load_column(&columns[term->integer],
                    rule_column_of(w->program->set, term->scope, term->integer)->storage, from, n,
                    &w->lanes[term->id]);
        break;
      case RULE_OP_AGGREGATE: /* rule_worker_rows has filled its lane */
        break;
      case RULE_OP_POPULATION:
        load_ranks(w, term, from, n, &w->lanes[term->id]);
        break;
      case RULE_OP_BUCKET:
        load_buckets(w, term, from, n, &w->lanes[term->id]);
        break;
      default:
        apply(w, term, n);
    }
  }
}

gy_status rule_worker_run(rule_worker *w, const rule_round *round, size_t from, size_t n, gy_error *err) {
  gy_status status = rule_worker_rows(w, round, from, n, err);
  if (status == GY_OK) rule_worker_fill(w, round->terms, round->n_terms, from, n);
  return status;
}

/* ---- workers ---- */

static bool make_lanes(rule_worker *w) {
  const gy_rule_set *set = w->program->set;
  for (size_t i = 0; i < set->n_terms; i++) {
    const rule_term *term = set->terms[i];
    if (!w->program->wanted[i]) continue;
    w->lanes[i].data = gy_arena_calloc(&w->arena, RULE_LANE_ROWS, rule_value_bytes(term->type));
    w->lanes[i].valid = gy_arena_calloc(&w->arena, RULE_LANE_ROWS, 1);
    if (w->lanes[i].data == NULL || w->lanes[i].valid == NULL) return false;
    if (rule_is_constant(term)) rule_apply(term, NULL, RULE_LANE_ROWS, &set->zone, &w->lanes[i]);
  }
  return true;
}

static bool make_gatherings(rule_worker *w) {
  const gy_rule_set *set = w->program->set;
  bool good = true;
  for (size_t i = 0; i < set->n_aggregates && good; i++) {
    const rule_aggregate *a = &set->aggregates[i];
    rule_gathering *g = &w->gatherings[i];
    bool timed = a->kind == RULE_FIRST || a->kind == RULE_LATEST;
    if (!w->program->wanted[a->term->id]) continue;
    if (a->kind == RULE_SUM) g->sums = gy_arena_calloc(&w->arena, RULE_LANE_ROWS, sizeof *g->sums);
    if (timed) g->times = gy_arena_calloc(&w->arena, RULE_LANE_ROWS, sizeof *g->times);
    good = (a->kind != RULE_SUM || g->sums != NULL) && (!timed || g->times != NULL);
  }
  return good;
}

gy_status rule_worker_init(rule_worker *w, const rule_program *program, gy_error *err) {
  const gy_rule_set *set = program->set;
  *w = (rule_worker){.program = program};
  gy_arena_init(&w->arena, 0, 0);
  w->lanes = gy_arena_calloc(&w->arena, set->n_terms + 1, sizeof *w->lanes);
  w->gatherings = gy_arena_calloc(&w->arena, set->n_aggregates + 1, sizeof *w->gatherings);
  if (w->lanes != NULL && w->gatherings != NULL && make_lanes(w) && make_gatherings(w)) return GY_OK;
  rule_worker_clear(w);
  return rule_no_memory(set, err);
}

void rule_worker_clear(rule_worker *w) {
  for (size_t i = 0; w->gatherings != NULL && i < w->program->set->n_aggregates; i++) {
    free(w->gatherings[i].a.items);
    free(w->gatherings[i].b.items);
  }
  gy_arena_clear(&w->arena);
  *w = (rule_worker){.program = NULL};
}
