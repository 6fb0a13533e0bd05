/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluations of whole sets over all customers, on several threads, and of one customer at a time. Blocks of
 * customers are independent of each other and write words of their own, so that the number of threads changes
 * nothing. */
#include <stdlib.h>
#include <string.h>

#include "rule/rule_evaluate.h"

/* ---- all customers ---- */

typedef struct evaluation {
  const gy_rule_set *set;
  const gy_rule_data *data;
  const gy_task *task;
  rule_program program;
  gy_arena arena;
  rule_figures *values, *groups, *ranks; /* by population */
  bool works_out_ranks;
  uint64_t *truth, *known;
} evaluation;

typedef void (*block_taker)(evaluation *e, rule_worker *worker, size_t from, size_t n);

/* Each thread takes blocks as it comes to them. */
static gy_status each_block(evaluation *e, const rule_round *round, block_taker take, gy_error *err) {
  size_t n = e->data->n_customers, n_blocks = (n + RULE_LANE_ROWS - 1) / RULE_LANE_ROWS;
  size_t most = n_blocks / 4 + 1;
  int n_threads = gy_task_threads(e->task);
  if ((size_t)n_threads > most) n_threads = (int)most;
  gy_status failed = GY_OK;
  gy_error first = {0};
#pragma omp parallel num_threads(n_threads) if (n_threads > 1)
  {
    rule_worker worker;
    gy_error own = {0};
    gy_status status = rule_worker_init(&worker, &e->program, &own);
    worker.data = e->data;
    worker.ranks = e->works_out_ranks ? e->ranks : NULL;
#pragma omp for schedule(dynamic, 1)
    for (size_t b = 0; b < n_blocks; b++) {
      size_t from = b * RULE_LANE_ROWS, rows = n - from < RULE_LANE_ROWS ? n - from : RULE_LANE_ROWS;
      if (status == GY_OK) status = gy_task_check(e->task, &own);
      if (status == GY_OK) status = rule_worker_run(&worker, round, from, rows, &own);
      if (status == GY_OK) take(e, &worker, from, rows);
    }
    if (status != GY_OK) {
#pragma omp critical(rule_evaluation)
      {
        if (failed == GY_OK) first = own;
        failed = status;
      }
    }
    if (worker.program != NULL) rule_worker_clear(&worker);
  }
  if (failed != GY_OK && err != NULL) *err = first;
  return failed;
}

static void store(const rule_lane *lane, size_t bytes, size_t from, size_t n, rule_figures *to) {
  memcpy((char *)to->data + from * bytes, lane->data, n * bytes);
  memcpy(to->valid + from, lane->valid, n);
}

static void take_values(evaluation *e, rule_worker *worker, size_t from, size_t n) {
  for (size_t i = 0; i < e->set->n_populations; i++) {
    const rule_population *p = &e->set->populations[i];
    if (!p->term->used) continue;
    store(&worker->lanes[p->value->id], sizeof(double), from, n, &e->values[i]);
    if (p->group != NULL)
      store(&worker->lanes[p->group->id], rule_value_bytes(p->group->type), from, n, &e->groups[i]);
  }
}

static void put_bits(const uint8_t *bytes, const uint8_t *valid, size_t from, size_t n, uint64_t *bits) {
  for (size_t i = 0; i < n; i += 64) {
    uint64_t word = 0;
    size_t end = n - i < 64 ? n - i : 64;
    for (size_t k = 0; k < end; k++) word |= (uint64_t)(bytes[i + k] & valid[i + k] & 1) << k;
    bits[(from + i) / 64] = word;
  }
}

static void take_answers(evaluation *e, rule_worker *worker, size_t from, size_t n) {
  size_t words = (e->data->n_customers + 63) / 64;
  for (size_t r = 0; r < e->set->n_rules; r++) {
    const rule_lane *lane = &worker->lanes[e->set->rules[r]->id];
    put_bits(lane->data, lane->valid, from, n, e->truth + r * words);
    if (e->known != NULL) put_bits(lane->valid, lane->valid, from, n, e->known + r * words);
  }
}

static bool make_figures(evaluation *e, rule_figures *figures, gy_rule_type type) {
  figures->data = gy_arena_calloc(&e->arena, e->data->n_customers + 1, rule_value_bytes(type));
  figures->valid = gy_arena_calloc(&e->arena, e->data->n_customers + 1, 1);
  return figures->data != NULL && figures->valid != NULL;
}

static gy_status work_out_ranks(evaluation *e, gy_error *err) {
  const gy_rule_set *set = e->set;
  size_t n = set->n_populations;
  e->values = gy_arena_calloc(&e->arena, n + 1, sizeof *e->values);
  e->groups = gy_arena_calloc(&e->arena, n + 1, sizeof *e->groups);
  e->ranks = gy_arena_calloc(&e->arena, n + 1, sizeof *e->ranks);
  bool good = e->values != NULL && e->groups != NULL && e->ranks != NULL;
  for (size_t i = 0; i < n && good; i++) {
    const rule_population *p = &set->populations[i];
    if (!p->term->used) continue;
    good = make_figures(e, &e->values[i], GY_RULE_NUMBER) && make_figures(e, &e->ranks[i], GY_RULE_NUMBER) &&
           (p->group == NULL || make_figures(e, &e->groups[i], p->group->type));
  }
  if (!good) return rule_no_memory(set, err);
  gy_status status = each_block(e, &e->program.values, take_values, err);
  for (size_t i = 0; i < n && status == GY_OK; i++)
    if (set->populations[i].term->used)
      status = rule_rank(set, &set->populations[i], e->data->n_customers, &e->values[i], &e->groups[i],
                         &e->ranks[i], err);
  return status;
}

gy_status gy_rule_set_evaluate(const gy_rule_set *set, const gy_rule_data *data, const gy_task *task,
                               uint64_t *truth, uint64_t *known, gy_error *err) {
  evaluation e = {.set = set, .data = data, .task = task, .truth = truth, .known = known};
  e.works_out_ranks = gy_rule_set_populations(set) > 0 && data->populations == NULL;
  gy_arena_init(&e.arena, 0, 0);
  gy_status status = rule_program_init(set, set->rules, set->n_rules, &e.arena, &e.program, err);
  if (status == GY_OK && e.works_out_ranks) status = work_out_ranks(&e, err);
  if (status == GY_OK) status = each_block(&e, &e.program.answers, take_answers, err);
  gy_arena_clear(&e.arena);
  return status;
}

/* ---- one customer ---- */

struct gy_rule_evaluator {
  rule_program program;
  gy_arena arena;
  rule_worker worker;
};

gy_status gy_rule_evaluator_create(const gy_rule_set *set, gy_rule_evaluator **evaluator, gy_error *err) {
  gy_rule_evaluator *made = calloc(1, sizeof *made);
  if (made == NULL) return rule_no_memory(set, err);
  gy_arena_init(&made->arena, 0, 0);
  gy_status status = rule_program_init(set, set->rules, set->n_rules, &made->arena, &made->program, err);
  if (status == GY_OK) status = rule_worker_init(&made->worker, &made->program, err);
  if (status == GY_OK)
    *evaluator = made;
  else
    gy_rule_evaluator_destroy(made);
  return status;
}

void gy_rule_evaluator_destroy(gy_rule_evaluator *evaluator) {
  if (evaluator == NULL) return;
  if (evaluator->worker.program != NULL) rule_worker_clear(&evaluator->worker);
  gy_arena_clear(&evaluator->arena);
  free(evaluator);
}

gy_status rule_needs_ranks(const gy_rule_set *set, const gy_rule_data *data, gy_error *err) {
  if (gy_rule_set_populations(set) == 0 || data->populations != NULL) return GY_OK;
  return gy_fail(
      err, GY_EUSAGE,
      "these rules compare a customer with all others; their values among all must come with the data");
}

gy_status gy_rule_evaluator_answer(gy_rule_evaluator *evaluator, const gy_rule_data *data, size_t customer,
                                   gy_rule_answer *answers, gy_error *err) {
  const gy_rule_set *set = evaluator->program.set;
  gy_status status = rule_needs_ranks(set, data, err);
  if (status != GY_OK) return status;
  evaluator->worker.data = data;
  status = rule_worker_run(&evaluator->worker, &evaluator->program.answers, customer, 1, err);
  for (size_t r = 0; r < set->n_rules && status == GY_OK; r++) {
    const rule_lane *lane = &evaluator->worker.lanes[set->rules[r]->id];
    answers[r] = rule_answer_of(lane);
  }
  return status;
}
