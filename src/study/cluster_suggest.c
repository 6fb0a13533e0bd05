/* SPDX-License-Identifier: Apache-2.0
 *
 * Which method and how many clusters: candidates are fitted on a sample, the promising ones are asked
 * whether their clusters come back and whether rows without clusters would have looked as good. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/scaling.h>
#include <gyeol/validity.h>

#include "base/clock.h"
#include "cluster/clusterwise.h"
#include "num/null_model.h"
#include "num/sample.h"
#include "study/cluster_evidence.h"
#include "study/point_table.h"

enum { SAMPLE_ROWS = 4000, DEFAULT_SECONDS = 60, CANDIDATES_MAX = 96 };
/* A candidate whose separation, which bounds its score, is below this part of the best score is not judged.
 */
static const double SAME_PARTITION = 0.98, WORTH_JUDGING = 0.9;

typedef struct {
  const gy_cluster_suggest_options *options;
  const gy_task *task;
  gy_point_table points; /* its weights are the outcome */
  size_t n, d;           /* of the sample */
  float *rows;           /* n x d, scaled */
  float *outcomes;       /* n, log; NULL: none */
  gy_null_model null;
  gy_candidate candidates[CANDIDATES_MAX];
  size_t n_candidates, n_fitted, n_judged; /* judged, or seen not to be worth it */
  double deadline;
} suggestion;

/* ---- the sample ---- */

static gy_status load(suggestion *s, gy_error *err) {
  const gy_cluster_suggest_options *o = s->options;
  gy_point_spec spec = {
      .path = o->input, .columns = o->columns, .n_columns = o->n_columns, .weight = o->outcome, .id = o->id};
  gy_status status = gy_point_table_load(&spec, s->task, &s->points, err);
  if (status != GY_OK) return status;
  s->d = s->points.n_columns;
  return gy_points_scale(&s->points, o->scale, s->task, NULL, err);
}

static gy_status take_sample(suggestion *s, gy_error *err) {
  size_t n = s->points.n;
  s->n = n < SAMPLE_ROWS ? n : SAMPLE_ROWS;
  size_t *drawn = malloc(s->n * sizeof *drawn);
  s->rows = malloc(s->n * s->d * sizeof *s->rows);
  if (s->points.weights != NULL) s->outcomes = malloc(s->n * sizeof *s->outcomes);
  if (drawn == NULL || s->rows == NULL || (s->points.weights != NULL && s->outcomes == NULL)) {
    free(drawn);
    return gy_fail(err, GY_ENOMEM, "no memory for a sample of %zu rows", s->n);
  }
  gy_rng rng;
  gy_rng_init(&rng, s->options->seed, 0);
  gy_sample_rows(&rng, n, s->n, drawn);
  for (size_t i = 0; i < s->n; i++) {
    memcpy(s->rows + i * s->d, s->points.values + drawn[i] * s->d, s->d * sizeof *s->rows);
    if (s->outcomes == NULL) continue;
    double outcome = (double)s->points.weights[drawn[i]];
    s->outcomes[i] = isfinite(outcome) ? (float)copysign(log1p(fabs(outcome)), outcome) : 0;
  }
  free(drawn);
  return GY_OK;
}

/* ---- the candidates ---- */

static void plan(suggestion *s) {
  static const struct {
    const char *method;
    int32_t k_most;
    double cluster_share; /* hdbscan: the smallest cluster as a share of the rows */
  } PLAN[] = {{"kmeans", 20, 0},    {"hierarchical", 20, 0}, {"gmm", 12, 0},      {"genie", 12, 0},
              {"hdbscan", 0, 0.01}, {"hdbscan", 0, 0.03},    {"hdbscan", 0, 0.08}};
  for (size_t p = 0; p < sizeof PLAN / sizeof *PLAN; p++) {
    const gy_cluster_method *method;
    if (gy_cluster_method_find(PLAN[p].method, &method, NULL) != GY_OK) continue;
    int32_t k_most = PLAN[p].k_most;
    if ((size_t)k_most > s->n / 10) k_most = (int32_t)(s->n / 10);
    for (int32_t k = PLAN[p].k_most > 0 ? 2 : 0; k <= k_most && s->n_candidates < CANDIDATES_MAX; k++)
      s->candidates[s->n_candidates++] = (gy_candidate){.method = method,
                                                        .asked_k = k,
                                                        .cluster_share = PLAN[p].cluster_share,
                                                        .seed = s->options->seed,
                                                        .place = p};
  }
}

static bool in_time(const suggestion *s) { return gy_clock_seconds() < s->deadline; }

static gy_status fit_all(suggestion *s, gy_error *err) {
  gy_matrix x = {s->rows, s->n, s->d};
  gy_status status = GY_OK;
  for (; s->n_fitted < s->n_candidates && status == GY_OK; s->n_fitted++) {
    if (s->n_fitted > 0 && !in_time(s)) break;
    gy_task_progress(s->task, "trying methods", s->n_fitted, s->n_candidates, "candidates");
    status = gy_candidate_fit(&s->candidates[s->n_fitted], x, s->outcomes, s->task, err);
  }
  return status;
}

static int by_separation(const void *a, const void *b) {
  double x = ((const gy_candidate *)a)->separation, y = ((const gy_candidate *)b)->separation;
  return (x < y) - (x > y);
}

/* The best separated of each method first, then the next best of each: every method gets its turn. */
static void order_for_judging(suggestion *s) {
  qsort(s->candidates, s->n_fitted, sizeof *s->candidates, by_separation);
  for (size_t i = 0; i < s->n_fitted; i++) {
    s->candidates[i].turn = 0;
    for (size_t j = 0; j < i; j++)
      s->candidates[i].turn += s->candidates[j].method == s->candidates[i].method;
  }
  for (size_t i = 1; i < s->n_fitted; i++) { /* stable, so that separation decides within a turn */
    gy_candidate moved = s->candidates[i];
    size_t at = i;
    for (; at > 0 && s->candidates[at - 1].turn > moved.turn; at--) s->candidates[at] = s->candidates[at - 1];
    s->candidates[at] = moved;
  }
}

static gy_status judge_all(suggestion *s, gy_error *err) {
  gy_matrix x = {s->rows, s->n, s->d};
  gy_status status = GY_OK;
  double best_score = 0;
  order_for_judging(s);
  for (; s->n_judged < s->n_fitted && status == GY_OK; s->n_judged++) {
    gy_candidate *c = &s->candidates[s->n_judged];
    if (s->n_judged > 0 && !in_time(s)) break;
    gy_task_progress(s->task, "judging", s->n_judged, s->n_fitted, "candidates");
    if (c->separation < WORTH_JUDGING * best_score) continue;
    status = gy_candidate_judge(c, x, &s->null, s->task, err);
    if (c->faults == 0 && c->score > best_score) best_score = c->score;
  }
  return status;
}

/* ---- what is said ---- */

/* The highest score; of those that cut the rows alike, the plainest method. */
static gy_status find_best(const suggestion *s, const gy_candidate **best, gy_error *err) {
  *best = NULL;
  for (size_t i = 0; i < s->n_judged; i++) {
    const gy_candidate *c = &s->candidates[i];
    if (c->judged && c->faults == 0 && (*best == NULL || c->score > (*best)->score)) *best = c;
  }
  const gy_candidate *highest = *best;
  for (size_t i = 0; i < s->n_judged && highest != NULL; i++) {
    const gy_candidate *c = &s->candidates[i];
    double ari = 0;
    if (!c->judged || c->faults != 0 || c->k != highest->k || c->noise_share > 0 || highest->noise_share > 0)
      continue;
    gy_status status = gy_adjusted_rand(c->labels, c->k, highest->labels, highest->k, s->n, &ari, err);
    if (status != GY_OK) return status;
    if (ari > SAME_PARTITION && c->place < (*best)->place) *best = c;
  }
  return GY_OK;
}

/* For people: what stands first, then what was ruled out, then what was not judged. */
static int by_standing(const void *a, const void *b) {
  const gy_candidate *x = *(const gy_candidate *const *)a, *y = *(const gy_candidate *const *)b;
  if (x->judged != y->judged) return x->judged ? -1 : 1;
  if ((x->faults == 0) != (y->faults == 0)) return x->faults == 0 ? -1 : 1;
  double u = x->faults == 0 ? x->score : x->separation, v = y->faults == 0 ? y->score : y->separation;
  if (u != v) return u > v ? -1 : 1;
  return (x > y) - (x < y);
}

static json_t *candidates_json(const suggestion *s) {
  const gy_candidate *order[CANDIDATES_MAX];
  for (size_t i = 0; i < s->n_fitted; i++) order[i] = &s->candidates[i];
  qsort(order, s->n_fitted, sizeof *order, by_standing);
  json_t *rows = json_array();
  for (size_t i = 0; i < s->n_fitted; i++)
    json_array_append_new(rows, gy_candidate_json(order[i], s->outcomes != NULL));
  return rows;
}

static gy_status describe(const suggestion *s, double seconds, char **text, gy_error *err) {
  const gy_candidate *best;
  gy_status status = find_best(s, &best, err);
  if (status != GY_OK) return status;
  size_t n_judged = 0;
  for (size_t i = 0; i < s->n_judged; i++) n_judged += s->candidates[i].judged;
  json_t *reasons = json_array();
  gy_candidate_reasons(best, s->candidates, s->n_judged, reasons);
  json_t *result =
      json_pack("{s:s, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:f}", "verdict",
                best == NULL    ? "none"
                : best->is_weak ? "weak"
                                : "clear",
                "recommended", best != NULL ? gy_candidate_json(best, s->outcomes != NULL) : json_null(),
                "reasons", reasons, "candidates", candidates_json(s), "n", (json_int_t)s->points.n, "sampled",
                (json_int_t)s->n, "judged", (json_int_t)n_judged, "not_tried",
                (json_int_t)(s->n_candidates - s->n_fitted), "seconds", seconds);
  *text = json_dumps(result, JSON_COMPACT);
  json_decref(result);
  return *text != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the result");
}

gy_status gy_cluster_suggest(const gy_cluster_suggest_options *options, const gy_task *task, char **result,
                             gy_error *err) {
  double start = gy_clock_seconds();
  suggestion *s = calloc(1, sizeof *s);
  if (s == NULL) return gy_fail(err, GY_ENOMEM, "no memory for suggestions");
  s->options = options;
  s->task = task;
  s->deadline = start + (options->time_seconds > 0 ? options->time_seconds : DEFAULT_SECONDS);
  gy_status status = load(s, err);
  if (status == GY_OK && s->points.n < 20)
    status =
        gy_fail(err, GY_EDATA, "%s has %zu rows; suggestions need at least 20", options->input, s->points.n);
  if (status == GY_OK) status = take_sample(s, err);
  if (status == GY_OK) status = gy_null_model_fit((gy_matrix){s->rows, s->n, s->d}, task, &s->null, err);
  if (status == GY_OK) plan(s);
  if (status == GY_OK) status = fit_all(s, err);
  if (status == GY_OK) status = judge_all(s, err);
  if (status == GY_OK) status = describe(s, gy_clock_seconds() - start, result, err);
  for (size_t i = 0; i < s->n_candidates; i++) gy_candidate_clear(&s->candidates[i]);
  gy_null_model_clear(&s->null);
  gy_point_table_clear(&s->points);
  free(s->rows);
  free(s->outcomes);
  free(s);
  return status;
}
