/* SPDX-License-Identifier: Apache-2.0
 *
 * Descending the Kullback-Leibler divergence of the picture's neighbourhoods q from the data's, p, where
 * q_ij = w_ij / Z, w_ij = 1 / (1 + |y_i - y_j|^2), Z the sum of all w:
 *
 *   gradient_i = 4 (sum_j p_ij w_ij (y_i - y_j) - 1 / Z sum_j w_ij^2 (y_i - y_j))
 *
 * The first sum, attraction, is over neighbours; the second, repulsion, over all, by the quadtree. Each step
 * has momentum, and a gain for each coordinate that grows while it keeps its direction (Jacobs 1988). While
 * attraction is exaggerated, rows that belong together find each other; then the picture spreads out.
 *
 * A point's forces are summed by one thread in one order, and Z group by group: threads change nothing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/tsne_work.h"
#include "num/threads.h"

enum { MIN_LEARNING_RATE = 50, GROUPS_A_TURN = 16, ROWS_A_TURN = 512 };

static const float LONGEST_STEP = 5; /* keeps tiny data, whose forces are large, from leaping about */

typedef struct {
  const gy_tsne_kernel *kernel;
  const gy_affinities *p;
  const gy_task *task;
  int n_threads;
  double angle, learning_rate;
  gy_quadtree tree;
  float *positions, *next; /* n pairs */
  float *push;             /* n pairs: repulsion times Z */
  float *velocity, *gains; /* n pairs */
  double *group_sums;      /* n_groups */
  struct thread_scratch {
    gy_tsne_sources sources;
    gy_tsne_group group;
  } * scratch; /* one a thread */
  void *storage;
} descent;

static size_t lay_out(descent *w, size_t n, void *base) {
  gy_layout at = {.base = base};
  gy_quadtree_layout(&w->tree, n, &at);
  w->positions = gy_layout_take(&at, n, 2 * sizeof(float));
  w->next = gy_layout_take(&at, n, 2 * sizeof(float));
  w->push = gy_layout_take(&at, n, 2 * sizeof(float));
  w->velocity = gy_layout_take(&at, n, 2 * sizeof(float));
  w->gains = gy_layout_take(&at, n, 2 * sizeof(float));
  w->group_sums = gy_layout_take(&at, n, sizeof(double));
  w->scratch = gy_layout_take(&at, (size_t)w->n_threads, sizeof *w->scratch);
  return gy_layout_bytes(&at);
}

size_t gy_tsne_descend_memory(size_t n, const gy_task *task) {
  descent w = {.n_threads = gy_task_threads(task)};
  return lay_out(&w, n, NULL);
}

/* Fills w->push; returns Z. */
static double repel(descent *w) {
  gy_quadtree *tree = &w->tree;
  gy_quadtree_build(tree, w->positions);
#pragma omp parallel for schedule(dynamic, GROUPS_A_TURN) num_threads(w->n_threads)
  for (size_t g = 0; g < tree->n_groups; g++) {
    struct thread_scratch *s = &w->scratch[gy_thread_number()];
    gy_quadtree_push(tree, g, w->angle, w->kernel, &s->sources, &s->group);
    w->group_sums[g] = 0;
    for (size_t i = 0; i < s->group.n; i++) {
      size_t row = tree->rows[tree->groups[g].first + i];
      w->push[2 * row] = s->group.force_x[i];
      w->push[2 * row + 1] = s->group.force_y[i];
      w->group_sums[g] += (double)s->group.sum[i];
    }
  }
  double sum = 0;
  for (size_t g = 0; g < tree->n_groups; g++) sum += w->group_sums[g];
  return sum > (double)tree->n ? sum - (double)tree->n : 1e-30; /* each point counted itself */
}

static void step(const descent *w, size_t coordinate, float gradient, float momentum) {
  float *velocity = &w->velocity[coordinate], *gain = &w->gains[coordinate];
  *gain = gradient * *velocity < 0 ? *gain + 0.2f : fmaxf(*gain * 0.8f, 0.01f);
  *velocity = momentum * *velocity - (float)w->learning_rate * *gain * gradient;
}

static void move(const descent *w, size_t i, double sum, float exaggeration, float momentum) {
  const gy_affinities *p = w->p;
  size_t first = p->starts[i];
  const float *here = w->positions + 2 * i;
  gy_tsne_pull pull =
      w->kernel->pull(w->positions, here, p->columns + first, p->values + first, p->starts[i + 1] - first);
  float scale = (float)(1 / sum);
  step(w, 2 * i, 4 * (exaggeration * pull.x - scale * w->push[2 * i]), momentum);
  step(w, 2 * i + 1, 4 * (exaggeration * pull.y - scale * w->push[2 * i + 1]), momentum);
  float *v = w->velocity + 2 * i, length = hypotf(v[0], v[1]);
  float shorter = length > LONGEST_STEP ? LONGEST_STEP / length : 1;
  for (size_t c = 0; c < 2; c++) {
    v[c] *= shorter;
    w->next[2 * i + c] = here[c] + v[c];
  }
}

static void iterate(descent *w, float exaggeration, float momentum) {
  double sum = repel(w);
#pragma omp parallel for schedule(dynamic, ROWS_A_TURN) num_threads(w->n_threads)
  for (size_t i = 0; i < w->p->n; i++) move(w, i, sum, exaggeration, momentum);
  float *moved = w->next;
  w->next = w->positions;
  w->positions = moved;
}

/* Sum of p log(p / q) over neighbours. */
static double divergence(descent *w) {
  const gy_affinities *p = w->p;
  double sum = repel(w), total = 0;
  for (size_t i = 0; i < p->n; i++) {
    for (size_t e = p->starts[i]; e < p->starts[i + 1]; e++) {
      double value = (double)p->values[e];
      if (value <= 0) continue;
      const float *a = w->positions + 2 * i, *b = w->positions + 2 * (size_t)p->columns[e];
      double right = (double)a[0] - (double)b[0], up = (double)a[1] - (double)b[1];
      total += value * log(value * (1 + right * right + up * up) * sum);
    }
  }
  return total;
}

static void centre(descent *w, float *positions) {
  size_t n = w->p->n;
  double mean[2] = {0};
  for (size_t i = 0; i < 2 * n; i++) mean[i % 2] += (double)w->positions[i] / (double)n;
  for (size_t i = 0; i < 2 * n; i++) positions[i] = (float)((double)w->positions[i] - mean[i % 2]);
}

gy_status gy_tsne_descend(const gy_tsne_kernel *kernel, const gy_affinities *p,
                          const gy_embedding_options *options, const gy_task *task, float *positions,
                          double *kl_divergence, gy_error *err) {
  size_t n = p->n;
  descent w = {.kernel = kernel, .p = p, .task = task, .angle = options->angle};
  double automatic = fmax((double)n / (4 * fmax(options->exaggeration, 1)), MIN_LEARNING_RATE);
  w.learning_rate = options->learning_rate > 0 ? options->learning_rate : automatic;
  w.n_threads = gy_task_threads(task);
  size_t bytes = lay_out(&w, n, NULL);
  w.storage = bytes == SIZE_MAX ? NULL : aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  if (w.storage == NULL)
    return gy_fail(err, GY_ENOMEM, "embedding: out of memory; %zu bytes are needed for %zu rows", bytes, n);
  lay_out(&w, n, w.storage);
  memcpy(w.positions, positions, 2 * n * sizeof *positions);
  memset(w.velocity, 0, 2 * n * sizeof *w.velocity);
  for (size_t i = 0; i < 2 * n; i++) w.gains[i] = 1;
  gy_status status = GY_OK;
  for (int32_t t = 0; status == GY_OK && t < options->iterations; t++) {
    bool early = t < options->exaggerated;
    iterate(&w, early ? (float)options->exaggeration : 1, early ? 0.5f : 0.8f);
    gy_task_progress(task, "embedding", (uint64_t)t + 1, (uint64_t)options->iterations, "iterations");
    status = gy_task_check(task, err);
  }
  if (status == GY_OK) {
    *kl_divergence = fmax(divergence(&w), 0);
    centre(&w, positions);
  }
  free(w.storage);
  return status;
}
