/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of a fit: what is refused, bounds, which rows take part, fills, and predictions last, for these
 * see the treated values of all other columns. */
#include <gyeol/preparation.h>

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/preparation_columns.h"
#include "num/threads.h"

/* Rows of terms that are summed at a time. */
enum { CHUNK_NUMBERS = 1 << 18, CHUNK_ROWS_MIN = 256 };

gy_preparation_rule gy_preparation_default(bool is_category) {
  return (gy_preparation_rule){.missing = is_category ? GY_MISSING_LEAVE : GY_MISSING_MEDIAN};
}

/* ---- memory ---- */

static bool predicts(const gy_attributes *x, const gy_preparation_rule *rules) {
  for (size_t j = 0; j < x->n_numbers + x->n_categories; j++)
    if (rules[j].missing == GY_MISSING_PREDICT) return true;
  return false;
}

static int32_t widest_category(const gy_attributes *x) {
  int32_t most = 0;
  for (size_t j = 0; j < x->n_categories; j++) most = x->n_levels[j] > most ? x->n_levels[j] : most;
  return most;
}

static bool predicts_category(const gy_attributes *x, const gy_preparation_rule *rules) {
  for (size_t j = 0; j < x->n_categories; j++)
    if (rules[x->n_numbers + j].missing == GY_MISSING_PREDICT) return true;
  return false;
}

static size_t lay_out(gy_preparation_work *work, const gy_preparation_rule *rules, void *base) {
  const gy_attributes *x = work->x;
  gy_layout at = {.base = base};
  size_t n = x->n_rows, q = work->n_terms + 2, square = q * q;
  work->states = gy_layout_take(&at, n, sizeof *work->states);
  work->values = gy_layout_take(&at, (size_t)work->n_column_threads * n, sizeof *work->values);
  work->centers = gy_layout_take(&at, x->n_numbers, sizeof *work->centers);
  work->sds = gy_layout_take(&at, x->n_numbers, sizeof *work->sds);
  work->n_present = gy_layout_take(&at, x->n_numbers + x->n_categories, sizeof *work->n_present);
  work->counts = gy_layout_take(&at, (size_t)widest_category(x) + 1, sizeof *work->counts);
  if (!predicts(x, rules)) return gy_layout_bytes(&at);
  work->chunk_room = CHUNK_NUMBERS / q < CHUNK_ROWS_MIN ? CHUNK_ROWS_MIN : CHUNK_NUMBERS / q;
  work->chunk = gy_layout_take(&at, work->chunk_room * q, sizeof *work->chunk);
  work->chunk_rows = gy_layout_take(&at, work->chunk_room, sizeof *work->chunk_rows);
  work->grams = gy_layout_take(&at, GY_PREPARATION_FOLDS * square, sizeof *work->grams);
  work->train = gy_layout_take(&at, square, sizeof *work->train);
  work->inner = gy_layout_take(&at, square, sizeof *work->inner);
  work->system = gy_layout_take(&at, square, sizeof *work->system);
  work->solution = gy_layout_take(&at, q, sizeof *work->solution);
  work->n_tree_rows = !predicts_category(x, rules) ? 0
                      : n < GY_PREDICTED_TREE_ROWS ? n
                                                   : GY_PREDICTED_TREE_ROWS;
  work->tree_rows = gy_layout_take(&at, work->n_tree_rows * work->n_terms, sizeof *work->tree_rows);
  work->part_rows = gy_layout_take(&at, work->n_tree_rows * work->n_terms, sizeof *work->part_rows);
  work->tree_labels = gy_layout_take(&at, work->n_tree_rows, sizeof *work->tree_labels);
  work->part_labels = gy_layout_take(&at, work->n_tree_rows, sizeof *work->part_labels);
  work->tree_folds = gy_layout_take(&at, work->n_tree_rows, sizeof *work->tree_folds);
  return gy_layout_bytes(&at);
}

static gy_preparation_work work_of(const gy_attributes *x, const gy_preparation_rule *rules,
                                   const gy_task *task) {
  int n_threads = gy_task_threads(task);
  size_t columns = x->n_numbers > 0 ? x->n_numbers : 1;
  return (gy_preparation_work){.x = x,
                               .task = task,
                               .n_threads = n_threads,
                               .n_column_threads = (size_t)n_threads < columns ? n_threads : (int)columns,
                               .n_terms = predicts(x, rules) ? gy_preparation_terms_most(x) : 0};
}

/* What a fit gives, and what its trees take while they grow. */
static size_t result_bytes(const gy_preparation_work *work, const gy_preparation_rule *rules) {
  const gy_attributes *x = work->x;
  gy_layout at = {.base = NULL};
  gy_layout_take(&at, x->n_numbers + x->n_categories, sizeof(gy_prepared_column));
  gy_layout_take(&at, work->n_terms, sizeof(gy_preparation_term));
  for (size_t j = 0; j < x->n_numbers; j++)
    if (rules[j].missing == GY_MISSING_PREDICT) gy_layout_take(&at, work->n_terms, sizeof(double));
  size_t most = 0;
  for (size_t j = 0; j < x->n_categories; j++) {
    if (rules[x->n_numbers + j].missing != GY_MISSING_PREDICT) continue;
    size_t tree = gy_surrogate_tree_memory(work->n_tree_rows, work->n_terms, x->n_levels[j], work->task);
    most = tree > most ? tree : most;
    gy_layout_take(&at, 2 * (size_t)x->n_levels[j] + 2, sizeof(double));
    gy_layout_take(&at, 1, sizeof(gy_surrogate_tree));
  }
  gy_layout_take(&at, most, 2);
  return gy_layout_bytes(&at);
}

size_t gy_preparation_memory(const gy_attributes *x, const gy_preparation_rule *rules, const gy_task *task) {
  gy_preparation_work work = work_of(x, rules, task);
  size_t scratch = lay_out(&work, rules, NULL), result = result_bytes(&work, rules);
  return scratch > SIZE_MAX - result ? SIZE_MAX : scratch + result;
}

/* ---- what is refused ---- */

static gy_status refuse_rule(size_t j, const char *why, gy_error *err) {
  return gy_fail(err, GY_EUSAGE, "preparation: column %zu: %s", j + 1, why);
}

static gy_status check_number_rule(const gy_preparation_rule *rule, size_t j, gy_error *err) {
  if (rule->missing == GY_MISSING_OWN) return refuse_rule(j, "a number has no category of its own", err);
  if (rule->missing == GY_MISSING_CONSTANT && !(fabs(rule->constant) <= 3.4e38))
    return refuse_rule(j, "the constant is no finite number", err);
  bool is_share = rule->outliers == GY_OUTLIERS_WINSORISE || rule->outliers == GY_OUTLIERS_ISOLATE;
  if (is_share && !(rule->at >= 0 && rule->at < 0.5))
    return refuse_rule(j, "the share beyond each quantile must be 0 or more and below 0.5", err);
  bool is_z = rule->outliers == GY_OUTLIERS_ROBUST_Z || rule->outliers == GY_OUTLIERS_FLAG;
  if (is_z && !(rule->at > 0 && rule->at <= 1e6))
    return refuse_rule(j, "the robust z must be above 0 and at most 1e6", err);
  return GY_OK;
}

static gy_status check_category_rule(const gy_preparation_rule *rule, int32_t n_levels, size_t j,
                                     gy_error *err) {
  if (rule->missing == GY_MISSING_MEAN || rule->missing == GY_MISSING_MEDIAN)
    return refuse_rule(j, "a category has no mean or median; take mode", err);
  if (rule->outliers != GY_OUTLIERS_NONE) return refuse_rule(j, "a category has no outliers", err);
  if (rule->missing == GY_MISSING_CONSTANT &&
      !(rule->constant >= 0 && rule->constant <= n_levels && rule->constant == floor(rule->constant)))
    return refuse_rule(j, "the constant is no level's code", err);
  return GY_OK;
}

static gy_status check(const gy_attributes *x, const gy_preparation_rule *rules, const gy_task *task,
                       gy_error *err) {
  gy_status status = GY_OK;
  for (size_t j = 0; j < x->n_numbers && status == GY_OK; j++) status = check_number_rule(&rules[j], j, err);
  for (size_t j = 0; j < x->n_categories && status == GY_OK; j++)
    status = check_category_rule(&rules[x->n_numbers + j], x->n_levels[j], x->n_numbers + j, err);
  if (status == GY_OK && x->n_rows == 0)
    status = gy_fail(err, GY_EDATA, "preparation: there are no rows to fit on");
  if (status == GY_OK) status = gy_preparation_check_codes(x, err);
  if (status != GY_OK) return status;
  size_t need = gy_preparation_memory(x, rules, task);
  if (need <= gy_task_memory(task)) return GY_OK;
  return gy_fail(err, GY_ELIMIT, "preparation: %zu bytes are needed for %zu rows, and the budget is %zu",
                 need, x->n_rows, gy_task_memory(task));
}

/* ---- fitting ---- */

static bool begin_columns(gy_preparation *p, const gy_attributes *x, const gy_preparation_rule *rules,
                          size_t n_terms) {
  size_t n = x->n_numbers + x->n_categories;
  *p = (gy_preparation){
      .n_numbers = x->n_numbers, .n_categories = x->n_categories, .n_rows = (int64_t)x->n_rows};
  p->columns = calloc(n + 1, sizeof *p->columns);
  p->terms = n_terms > 0 ? calloc(n_terms, sizeof *p->terms) : NULL;
  if (p->columns == NULL || (n_terms > 0 && p->terms == NULL)) return false;
  for (size_t j = 0; j < n; j++) {
    gy_prepared_column *column = &p->columns[j];
    bool is_category = j >= x->n_numbers, is_predicted = rules[j].missing == GY_MISSING_PREDICT;
    *column = (gy_prepared_column){.rule = rules[j],
                                   .is_category = is_category,
                                   .n_levels = is_category ? x->n_levels[j - x->n_numbers] : 0,
                                   .low = -INFINITY,
                                   .high = INFINITY,
                                   .error = NAN,
                                   .baseline = NAN};
    if (is_predicted && is_category && (column->tree = calloc(1, sizeof *column->tree)) == NULL) return false;
    if (is_predicted && !is_category && (column->weights = calloc(n_terms, sizeof *column->weights)) == NULL)
      return false;
  }
  return true;
}

static gy_status find_bounds(gy_preparation_work *work, gy_error *err) {
  atomic_bool infinite = false;
#pragma omp parallel for schedule(dynamic) num_threads(work->n_column_threads)
  for (size_t j = 0; j < work->x->n_numbers; j++)
    if (!gy_task_cancelled(work->task) &&
        !gy_preparation_bounds(work, j, work->values + gy_thread_number() * work->x->n_rows))
      atomic_store_explicit(&infinite, true, memory_order_relaxed);
  gy_status status = gy_task_check(work->task, err);
  return status == GY_OK && infinite ? gy_preparation_fail_infinite(work->x, err) : status;
}

static gy_status choose_rows(gy_preparation_work *work, gy_error *err) {
  const gy_attributes *x = work->x;
  gy_preparation *p = work->p;
  for (size_t i = 0; i < x->n_rows; i++) {
    work->states[i] = (uint8_t)gy_preparation_state_of(p, x, i);
    p->n_dropped += work->states[i] == GY_ROW_DROPPED;
    p->n_aside += work->states[i] == GY_ROW_ASIDE;
  }
  if (p->n_dropped + p->n_aside < p->n_rows) return GY_OK;
  return gy_fail(
      err, GY_EDATA,
      "preparation: no row is left: of %lld rows %lld lack a value in a column that drops rows, and "
      "%lld are set aside; fill those columns instead",
      (long long)p->n_rows, (long long)p->n_dropped, (long long)p->n_aside);
}

static gy_status find_fills(gy_preparation_work *work, gy_error *err) {
  const gy_attributes *x = work->x;
#pragma omp parallel for schedule(dynamic) num_threads(work->n_column_threads)
  for (size_t j = 0; j < x->n_numbers; j++)
    if (!gy_task_cancelled(work->task))
      gy_preparation_fill_number(work, j, work->values + gy_thread_number() * x->n_rows);
  for (size_t j = x->n_numbers; j < x->n_numbers + x->n_categories; j++)
    gy_preparation_fill_category(work, j);
  return gy_task_check(work->task, err);
}

static bool can_predict(const gy_preparation_work *work, size_t j) {
  const gy_preparation *p = work->p;
  if (work->n_present[j] < GY_PREDICTED_ROWS_MIN) return false;
  bool varies = false, has_other = false;
  for (size_t t = 0; t < p->n_terms; t++) {
    has_other = has_other || p->terms[t].column != j;
    varies = varies || (p->terms[t].column == j && p->terms[t].kind != GY_TERM_MISSING);
  }
  return varies && has_other;
}

static gy_status fit_predictions(gy_preparation_work *work, gy_error *err) {
  gy_preparation *p = work->p;
  if (work->n_terms == 0) return GY_OK;
  gy_preparation_terms_make(work);
  gy_status status = GY_OK;
  for (size_t j = 0; j < p->n_numbers + p->n_categories && status == GY_OK; j++) {
    if (p->columns[j].rule.missing != GY_MISSING_PREDICT || !can_predict(work, j)) continue;
    status =
        p->columns[j].is_category ? gy_preparation_tree(work, j, err) : gy_preparation_ridge(work, j, err);
  }
  return status;
}

gy_status gy_preparation_fit(const gy_attributes *x, const gy_preparation_rule *rules, uint64_t seed,
                             const gy_task *task, gy_preparation *preparation, gy_error *err) {
  gy_status status = check(x, rules, task, err);
  if (status != GY_OK) return status;
  gy_preparation made = {0};
  gy_preparation_work work = work_of(x, rules, task);
  work.seed = seed;
  work.p = &made;
  size_t bytes = lay_out(&work, rules, NULL);
  void *scratch = aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes > 0 ? bytes : GY_LAYOUT_ALIGNMENT);
  if (scratch == NULL || !begin_columns(&made, x, rules, work.n_terms)) {
    status = gy_fail(err, GY_ENOMEM, "preparation: no memory for %zu rows (%zu bytes)", x->n_rows, bytes);
    goto done;
  }
  lay_out(&work, rules, scratch);
  status = find_bounds(&work, err);
  if (status == GY_OK) status = choose_rows(&work, err);
  if (status == GY_OK) status = find_fills(&work, err);
  if (status == GY_OK) status = fit_predictions(&work, err);
done:
  free(scratch);
  if (status == GY_OK)
    *preparation = made;
  else
    gy_preparation_clear(&made);
  return status;
}

void gy_preparation_clear(gy_preparation *p) {
  if (p == NULL) return;
  for (size_t j = 0; p->columns != NULL && j < p->n_numbers + p->n_categories; j++) {
    free(p->columns[j].weights);
    gy_surrogate_tree_clear(p->columns[j].tree);
    free(p->columns[j].tree);
  }
  free(p->columns);
  free(p->terms);
  *p = (gy_preparation){0};
}
