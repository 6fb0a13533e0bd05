/* SPDX-License-Identifier: Apache-2.0
 *
 * A picture of rows: which rows are embedded, where they begin (the first two principal components, small),
 * and where the others go. The method itself is in tsne_affinity.c, tsne.c and quadtree.c. */
#include <gyeol/embedding.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/pca.h>

#include "base/rng.h"
#include "cluster/tsne_work.h"
#include "num/moments.h"
#include "num/sample.h"

enum { LEAST_POINTS = 1000, PLACING_NEIGHBOURS = 10, MOST_POINTS = 1 << 30 };

/* Where the descent begins: far below the distance 1 at which repulsion weakens. */
static const double INITIAL_DEVIATION = 1e-4;

gy_embedding_options gy_embedding_defaults(void) {
  return (gy_embedding_options){.perplexity = 30,
                                .iterations = 1000,
                                .exaggerated = 250,
                                .exaggeration = 12,
                                .angle = 0.5,
                                .max_points = 100000};
}

static gy_status check_options(gy_matrix x, const gy_embedding_options *options, gy_error *err) {
  if (!(options->perplexity >= 1 && options->perplexity <= 1e6))
    return gy_fail(err, GY_EUSAGE, "embedding: perplexity is %g; it must be 1 to a million",
                   options->perplexity);
  if (options->iterations < 0 || options->exaggerated < 0)
    return gy_fail(err, GY_EUSAGE, "embedding: iterations (%d) and exaggerated (%d) must be 0 or more",
                   options->iterations, options->exaggerated);
  if (!(options->exaggeration >= 1 && options->exaggeration <= 1000))
    return gy_fail(err, GY_EUSAGE, "embedding: exaggeration is %g; it must be 1 to 1,000",
                   options->exaggeration);
  if (!(options->angle >= 0 && options->angle <= 2) ||
      !(options->learning_rate >= 0 && options->learning_rate <= 1e9))
    return gy_fail(err, GY_EUSAGE, "embedding: angle (%g) must be 0 to 2, learning_rate (%g) 0 to 1e9",
                   options->angle, options->learning_rate);
  if (options->max_points < 1 || options->max_points > MOST_POINTS)
    return gy_fail(err, GY_EUSAGE, "embedding: max_points is %zu; it must be 1 to %d", options->max_points,
                   MOST_POINTS);
  if (x.n_columns < 1) return gy_fail(err, GY_EUSAGE, "embedding: there are no columns");
  if (x.n_rows < 1) return gy_fail(err, GY_EDATA, "embedding: there are no rows");
  return GY_OK;
}

static double usable_perplexity(size_t n, double perplexity) {
  return fmax(fmin(perplexity, ((double)n - 1) / 3), 1);
}

static gy_pca_options initial_components(size_t n, size_t d) {
  return gy_pca_defaults(n < 2 || d < 2 ? 1 : 2);
}

/* The sample, its tree and where it begins, and the greatest of the steps that follow each other. */
static size_t bytes_for(size_t n_all, size_t n, size_t d, const gy_embedding_options *options,
                        const gy_task *task) {
  gy_layout at = {0};
  if (n < 2) return 0;
  gy_pca_options pca = initial_components(n, d);
  size_t k = gy_tsne_neighbours(n, usable_perplexity(n, options->perplexity));
  size_t kept = gy_tsne_affinities_kept(n, k), descent = gy_tsne_descend_memory(n, task);
  size_t steps[] = {gy_pca_memory(n, d, &pca, task), gy_tsne_affinities_peak(n, k, task),
                    descent > SIZE_MAX - kept ? SIZE_MAX : kept + descent};
  size_t most = 0;
  for (size_t s = 0; s < 3; s++) most = steps[s] > most ? steps[s] : most;
  if (most == SIZE_MAX || gy_kd_tree_memory(n, d) == SIZE_MAX) return SIZE_MAX;
  gy_layout_take(&at, 1, most);
  gy_layout_take(&at, 1, gy_kd_tree_memory(n, d));
  gy_layout_take(&at, n, 4 * sizeof(float));
  if (n < n_all) gy_layout_take(&at, n, d * sizeof(float) + sizeof(size_t));
  return gy_layout_bytes(&at);
}

/* How many rows are embedded: as many as the budget allows, 0 when that is too few. */
static size_t choose_rows(size_t n, size_t d, const gy_embedding_options *options, const gy_task *task) {
  size_t m = n < options->max_points ? n : options->max_points;
  while (bytes_for(n, m, d, options, task) > gy_task_memory(task)) {
    if (m <= LEAST_POINTS) return 0;
    m = m / 4 * 3 > LEAST_POINTS ? m / 4 * 3 : LEAST_POINTS;
  }
  return m;
}

size_t gy_embedding_memory(size_t n, size_t d, const gy_embedding_options *options, const gy_task *task) {
  size_t m = choose_rows(n, d, options, task), least = n < LEAST_POINTS ? n : LEAST_POINTS;
  if (least > options->max_points) least = options->max_points;
  return bytes_for(n, m == 0 ? least : m, d, options, task);
}

typedef struct {
  gy_matrix rows;   /* what is embedded */
  size_t *numbers;  /* of the rows, ascending; NULL: all */
  float *values;    /* their copies, when a sample */
  float *positions; /* n pairs */
  gy_kd_tree tree;
} picture;

static void clear(picture *p) {
  free(p->numbers);
  free(p->values);
  free(p->positions);
  gy_kd_tree_clear(&p->tree);
}

static gy_status take_rows(gy_matrix x, size_t m, uint64_t seed, picture *p, gy_error *err) {
  p->rows = x;
  p->positions = calloc(m, 2 * sizeof *p->positions);
  if (p->positions == NULL) return gy_fail(err, GY_ENOMEM, "embedding: out of memory for %zu points", m);
  if (m == x.n_rows) return GY_OK;
  p->numbers = malloc(m * sizeof *p->numbers);
  p->values = malloc(m * x.n_columns * sizeof *p->values);
  if (p->numbers == NULL || p->values == NULL)
    return gy_fail(err, GY_ENOMEM, "embedding: out of memory for a sample of %zu rows", m);
  gy_rng rng;
  gy_rng_init(&rng, seed, 1);
  gy_sample_rows(&rng, x.n_rows, m, p->numbers);
  for (size_t i = 0; i < m; i++)
    memcpy(p->values + i * x.n_columns, gy_matrix_row(x, p->numbers[i]), x.n_columns * sizeof(float));
  p->rows = (gy_matrix){p->values, m, x.n_columns};
  return GY_OK;
}

/* Two components, the first with deviation INITIAL_DEVIATION, and a hundredth of that at random, so that
 * equal rows can part. */
static gy_status start(picture *p, uint64_t seed, const gy_task *task, gy_error *err) {
  size_t n = p->rows.n_rows;
  gy_pca model;
  gy_pca_options options = initial_components(n, p->rows.n_columns);
  size_t k = (size_t)options.n_components;
  gy_status status = gy_pca_fit(p->rows, &options, task, &model, err);
  if (status != GY_OK) return status;
  float *scores = p->positions;
  status = gy_pca_transform(&model, GY_PCA_SCORES, p->rows, task, scores, err);
  double deviation = sqrt(model.explained_variance[0]);
  double scale = deviation > 0 ? INITIAL_DEVIATION / deviation : 0;
  gy_pca_clear(&model);
  if (status != GY_OK) return status;
  for (size_t i = n; k == 1 && i-- > 0;) { /* one column: spread to pairs, from behind */
    scores[2 * i] = scores[i];
    scores[2 * i + 1] = 0;
  }
  gy_rng rng;
  gy_rng_init(&rng, seed, 2);
  for (size_t i = 0; i < 2 * n; i++)
    scores[i] = (float)((double)scores[i] * scale + 0.01 * INITIAL_DEVIATION * gy_rng_normal(&rng));
  return GY_OK;
}

/* A row that was not embedded: the mean of its nearest embedded rows, the nearer the heavier. */
static void place(const picture *p, const float *row, float to[2]) {
  gy_kd_neighbour found[PLACING_NEIGHBOURS];
  double x = 0, y = 0, total = 0;
  gy_kd_nearest(&p->tree, row, PLACING_NEIGHBOURS, found);
  for (size_t j = 0; j < PLACING_NEIGHBOURS && found[j].row != GY_KD_NONE; j++) {
    double weight = found[j].square > 0 ? found[0].square / found[j].square : 1;
    x += weight * (double)p->positions[2 * (size_t)found[j].row];
    y += weight * (double)p->positions[2 * (size_t)found[j].row + 1];
    total += weight;
  }
  to[0] = (float)(x / total);
  to[1] = (float)(y / total);
}

enum { PLACED_A_TURN = 256 };

static gy_status place_all(const picture *p, gy_matrix x, const gy_task *task, float *points, gy_error *err) {
  size_t n = x.n_rows, m = p->rows.n_rows;
  if (p->numbers == NULL) {
    memcpy(points, p->positions, 2 * n * sizeof *points);
    return GY_OK;
  }
#pragma omp parallel for schedule(dynamic, 1) num_threads(gy_task_threads(task))
  for (size_t first = 0; first < n; first += PLACED_A_TURN) {
    if (gy_task_cancelled(task)) continue;
    for (size_t i = first; i < n && i < first + PLACED_A_TURN; i++)
      place(p, gy_matrix_row(x, i), points + 2 * i);
    gy_task_progress(task, "placing", first, n, "rows");
  }
  for (size_t i = 0; i < m; i++) memcpy(points + 2 * p->numbers[i], p->positions + 2 * i, 2 * sizeof *points);
  return gy_task_check(task, err);
}

static gy_status embed(const gy_tsne_kernel *kernel, picture *p, const gy_embedding_options *options,
                       const gy_task *task, gy_embedding *result, gy_error *err) {
  gy_affinities affinities = {0};
  result->n_embedded = p->rows.n_rows;
  result->perplexity = usable_perplexity(p->rows.n_rows, options->perplexity);
  result->iterations = options->iterations;
  if (p->rows.n_rows < 2) return GY_OK;
  gy_status status = start(p, options->seed, task, err);
  if (status == GY_OK) status = gy_tsne_affinities(&p->tree, result->perplexity, task, &affinities, err);
  if (status == GY_OK)
    status = gy_tsne_descend(kernel, &affinities, options, task, p->positions, &result->kl_divergence, err);
  gy_affinities_clear(&affinities);
  return status;
}

gy_status gy_embedding_fit_with(const gy_tsne_kernel *kernel, gy_matrix x,
                                const gy_embedding_options *options, const gy_task *task, float *points,
                                gy_embedding *result, gy_error *err) {
  picture p = {0};
  gy_embedding made = {0};
  gy_status status = check_options(x, options, err);
  if (status != GY_OK) return status;
  size_t m = choose_rows(x.n_rows, x.n_columns, options, task);
  if (m == 0)
    return gy_fail(err, GY_ELIMIT,
                   "embedding: %zu bytes are needed even for a small sample; the budget is %zu",
                   gy_embedding_memory(x.n_rows, x.n_columns, options, task), gy_task_memory(task));
  status = gy_matrix_check(x, GY_KD_VALUE_LIMIT, task, err);
  if (status != GY_OK) {
    gy_error_prefix(err, "embedding");
    return status;
  }
  status = take_rows(x, m, options->seed, &p, err);
  if (status == GY_OK) status = gy_kd_tree_build(p.rows, task, &p.tree, err);
  if (status == GY_OK) status = embed(kernel, &p, options, task, &made, err);
  if (status == GY_OK) status = place_all(&p, x, task, points, err);
  if (status == GY_OK) *result = made;
  clear(&p);
  return status;
}

gy_status gy_embedding_fit(gy_matrix x, const gy_embedding_options *options, const gy_task *task,
                           float *points, gy_embedding *result, gy_error *err) {
  size_t count;
  return gy_embedding_fit_with(gy_tsne_kernels(&count)[0], x, options, task, points, result, err);
}
