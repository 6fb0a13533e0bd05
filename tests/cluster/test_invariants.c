/* SPDX-License-Identifier: Apache-2.0
 *
 * Laws that every method obeys, asked of all of them alike: the number of threads changes no byte; the order
 * of the rows, their place and their unit change no partition; what is minimised never rises from one
 * iteration to the next, and likelihood never falls. And no method begins what its budget cannot hold.
 *
 * Points lie on a grid of 1/1024, so that moving and scaling them by powers of two is exact in a float, and
 * far enough apart that no two starts end in different partitions. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <gyeol/dbscan.h>
#include <gyeol/genie.h>
#include <gyeol/hdbscan.h>
#include <gyeol/hierarchical.h>
#include <gyeol/kmeans_variants.h>
#include <gyeol/kmedoids.h>
#include <gyeol/kprototypes.h>
#include <gyeol/mixture.h>
#include <gyeol/optics.h>
#include <gyeol/validity.h>

#include "base/rng.h"
#include "cluster/points.h"

enum { K = 4, N = 2400, D = 3 };

typedef struct {
  int32_t max_iterations, n_starts; /* 0: the method's default */
  double unit;                      /* of x: what eps and regularisation are given in */
} circumstances;

typedef struct {
  int32_t k;
  double figure; /* inertia, or minus log-likelihood; 0: none */
} outcome;

typedef gy_status fit_function(int which, gy_matrix x, const circumstances *c, const gy_task *task,
                               int32_t *labels, outcome *found, gy_error *err);

/* ---- the methods ---- */

static void lay_over(gy_kmeans_options *options, const circumstances *c) {
  if (c->max_iterations > 0) options->max_iterations = c->max_iterations;
  if (c->n_starts > 0) options->n_starts = c->n_starts;
  options->tolerance = 0;
}

static gy_status kmeans(int which, gy_matrix x, const circumstances *c, const gy_task *task, int32_t *labels,
                        outcome *found, gy_error *err) {
  gy_kmeans_options options = gy_kmeans_defaults(K);
  gy_kmeans model = {0};
  lay_over(&options, c);
  if (which == 2) options.seeding = GY_KMEANS_SEEDING_PARALLEL;
  gy_status status = which == 1 ? gy_spherical_fit(x, &options, task, &model, labels, err)
                                : gy_kmeans_fit(x, &options, task, &model, labels, err);
  *found = (outcome){model.n_clusters, model.inertia};
  gy_kmeans_clear(&model);
  return status;
}

static gy_status bisecting(int which, gy_matrix x, const circumstances *c, const gy_task *task,
                           int32_t *labels, outcome *found, gy_error *err) {
  gy_bisecting_options options = gy_bisecting_defaults(K);
  gy_kmeans model = {0};
  options.refine = which == 1;
  options.kmeans.n_starts = c->n_starts > 0 ? c->n_starts : 10;
  gy_status status = gy_bisecting_fit(x, &options, task, &model, NULL, labels, err);
  *found = (outcome){model.n_clusters, model.inertia};
  gy_kmeans_clear(&model);
  return status;
}

static gy_status trimmed(int which, gy_matrix x, const circumstances *c, const gy_task *task, int32_t *labels,
                         outcome *found, gy_error *err) {
  (void)which;
  gy_trimmed_options options = gy_trimmed_defaults(K, 0.03);
  gy_trimmed model = {0};
  lay_over(&options.kmeans, c);
  gy_status status = gy_trimmed_fit(x, &options, task, &model, labels, err);
  *found = (outcome){model.kmeans.n_clusters, model.kmeans.inertia};
  gy_trimmed_clear(&model);
  return status;
}

static gy_status minibatch(int which, gy_matrix x, const circumstances *c, const gy_task *task,
                           int32_t *labels, outcome *found, gy_error *err) {
  (void)c;
  gy_minibatch_options options = gy_minibatch_defaults(K);
  gy_minibatch model = {0};
  options.batches_only = which == 1;
  gy_status status = gy_minibatch_fit(x, &options, task, &model, labels, err);
  *found = (outcome){model.kmeans.n_clusters, model.kmeans.inertia};
  gy_minibatch_clear(&model);
  return status;
}

static gy_status kmedoids(int which, gy_matrix x, const circumstances *c, const gy_task *task,
                          int32_t *labels, outcome *found, gy_error *err) {
  gy_dissimilarity of = gy_dissimilarity_rows(x, which == 1 ? GY_METRIC_MANHATTAN : GY_METRIC_EUCLIDEAN);
  gy_kmedoids_options options = gy_kmedoids_defaults(K);
  gy_kmedoids_sampling sampling = gy_kmedoids_sampling_defaults();
  gy_kmedoids_quality quality;
  gy_kmedoids model = {0};
  gy_medoid_rows rows = {.labels = labels};
  if (c->max_iterations > 0) options.max_iterations = c->max_iterations;
  gy_status status =
      which == 2 ? gy_kmedoids_fit_sampled(&of, &options, &sampling, task, &model, &quality, &rows, err)
                 : gy_kmedoids_fit(&of, &options, task, &model, &rows, err);
  *found = (outcome){model.n_clusters, model.cost};
  gy_kmedoids_clear(&model);
  return status;
}

static gy_status kprototypes(int which, gy_matrix x, const circumstances *c, const gy_task *task,
                             int32_t *labels, outcome *found, gy_error *err) {
  (void)which;
  gy_mixed mixed = {.n_rows = x.n_rows, .numbers = x.values, .n_numbers = x.n_columns};
  gy_kprototypes_options options = gy_kprototypes_defaults(K);
  gy_kprototypes model = {0};
  if (c->max_iterations > 0) options.max_iterations = c->max_iterations;
  if (c->n_starts > 0) options.n_starts = c->n_starts;
  gy_status status = gy_kprototypes_fit(&mixed, &options, task, &model, labels, err);
  *found = (outcome){model.n_clusters, model.cost};
  gy_kprototypes_clear(&model);
  return status;
}

static gy_status hierarchical(int which, gy_matrix x, const circumstances *c, const gy_task *task,
                              int32_t *labels, outcome *found, gy_error *err) {
  (void)c;
  gy_hierarchical_options options = gy_hierarchical_defaults((gy_linkage)which);
  gy_dendrogram tree = {0};
  gy_status status = gy_hierarchical_fit(x, &options, task, &tree, err);
  if (status == GY_OK) status = gy_dendrogram_cut(&tree, K, labels, err);
  *found = (outcome){K, 0};
  gy_dendrogram_clear(&tree);
  return status;
}

static gy_status genie(int which, gy_matrix x, const circumstances *c, const gy_task *task, int32_t *labels,
                       outcome *found, gy_error *err) {
  (void)which, (void)c;
  gy_genie_options options = gy_genie_defaults(K);
  gy_genie model = {0};
  gy_status status = gy_genie_fit(x, &options, task, &model, labels, err);
  *found = (outcome){K, 0};
  gy_genie_clear(&model);
  return status;
}

static gy_status dbscan(int which, gy_matrix x, const circumstances *c, const gy_task *task, int32_t *labels,
                        outcome *found, gy_error *err) {
  static const double EPS[] = {0.6, 4, INFINITY};
  gy_dbscan_options options = gy_dbscan_defaults(EPS[which] * c->unit);
  gy_dbscan result = {0};
  gy_status status = gy_dbscan_fit(x, &options, task, &result, labels, NULL, err);
  *found = (outcome){result.n_clusters, 0};
  return status;
}

static gy_status optics(int which, gy_matrix x, const circumstances *c, const gy_task *task, int32_t *labels,
                        outcome *found, gy_error *err) {
  static const double EPS[] = {6, INFINITY};
  gy_optics_options options = gy_optics_defaults();
  gy_optics order = {0};
  gy_status status = gy_optics_fit(x, &options, task, &order, err);
  if (status == GY_OK) *found = (outcome){gy_optics_cut(&order, EPS[which] * c->unit, labels), 0};
  gy_optics_clear(&order);
  return status;
}

static gy_status hdbscan(int which, gy_matrix x, const circumstances *c, const gy_task *task, int32_t *labels,
                         outcome *found, gy_error *err) {
  (void)c;
  gy_hdbscan_options options = gy_hdbscan_defaults();
  gy_hdbscan model = {0};
  options.min_cluster_size = 30;
  options.min_samples = which == 0 ? 10 : 1;
  gy_status status = gy_hdbscan_fit(x, &options, task, &model, labels, err);
  *found = (outcome){model.n_clusters, 0};
  gy_hdbscan_clear(&model);
  return status;
}

static gy_status mixture(int which, gy_matrix x, const circumstances *c, const gy_task *task, int32_t *labels,
                         outcome *found, gy_error *err) {
  gy_mixture_options options = gy_mixture_defaults(K);
  gy_mixture model = {0};
  gy_mixture_rows rows = {.labels = labels};
  options.covariance = (gy_covariance)which;
  options.regularization *= c->unit * c->unit;
  options.n_starts = c->n_starts > 0 ? c->n_starts : 3;
  options.tolerance = 1e-9;
  if (c->max_iterations > 0) options.max_iterations = c->max_iterations;
  gy_status status = gy_mixture_fit(x, &options, task, &model, &rows, err);
  *found = (outcome){model.n_clusters, -model.log_likelihood};
  gy_mixture_clear(&model);
  return status;
}

enum { TURNS = 1, MOVES = 2, DESCENDS = 4 }; /* laws: order of rows; translation; monotone in iterations */

static const struct {
  const char *name;
  fit_function *fit;
  int which;
  unsigned laws;
} METHODS[] = {
    {"k-means", kmeans, 0, TURNS | MOVES | DESCENDS},
    {"spherical k-means", kmeans, 1, TURNS | DESCENDS},
    {"k-means||", kmeans, 2, TURNS | MOVES | DESCENDS},
    {"bisecting", bisecting, 0, TURNS | MOVES},
    {"bisecting, refined", bisecting, 1, TURNS | MOVES},
    {"trimmed", trimmed, 0, TURNS | MOVES | DESCENDS},
    {"mini-batch", minibatch, 0, TURNS | MOVES},
    {"mini-batch, batches only", minibatch, 1, TURNS | MOVES},
    {"k-medoids", kmedoids, 0, TURNS | MOVES | DESCENDS},
    {"k-medoids, Manhattan", kmedoids, 1, TURNS | MOVES | DESCENDS},
    {"k-medoids, sampled", kmedoids, 2, TURNS | MOVES},
    {"k-prototypes", kprototypes, 0, TURNS | MOVES | DESCENDS},
    {"Ward", hierarchical, GY_LINKAGE_WARD, TURNS | MOVES},
    {"average", hierarchical, GY_LINKAGE_AVERAGE, TURNS | MOVES},
    {"complete", hierarchical, GY_LINKAGE_COMPLETE, TURNS | MOVES},
    {"weighted", hierarchical, GY_LINKAGE_WEIGHTED, TURNS | MOVES},
    {"centroid", hierarchical, GY_LINKAGE_CENTROID, TURNS | MOVES},
    {"median", hierarchical, GY_LINKAGE_MEDIAN, TURNS | MOVES},
    {"single", hierarchical, GY_LINKAGE_SINGLE, TURNS | MOVES},
    {"genie", genie, 0, TURNS | MOVES},
    {"DBSCAN, small eps", dbscan, 0, TURNS | MOVES},
    {"DBSCAN", dbscan, 1, TURNS | MOVES},
    {"DBSCAN, infinite eps", dbscan, 2, TURNS | MOVES},
    {"OPTICS", optics, 0, TURNS | MOVES},
    {"OPTICS, infinite eps", optics, 1, TURNS | MOVES},
    {"HDBSCAN*", hdbscan, 0, TURNS | MOVES},
    {"HDBSCAN*, min_samples 1", hdbscan, 1, TURNS | MOVES},
    {"mixture, full", mixture, GY_COVARIANCE_FULL, TURNS | MOVES | DESCENDS},
    {"mixture, tied", mixture, GY_COVARIANCE_TIED, TURNS | MOVES | DESCENDS},
    {"mixture, diagonal", mixture, GY_COVARIANCE_DIAGONAL, TURNS | MOVES | DESCENDS},
    {"mixture, spherical", mixture, GY_COVARIANCE_SPHERICAL, TURNS | MOVES | DESCENDS},
};
enum { N_METHODS = sizeof METHODS / sizeof *METHODS };

/* ---- points and partitions ---- */

/* The caller's to free; on the grid. */
static float *grid_points(double apart) {
  gy_matrix x = make_groups(N, D, K, apart, 7);
  float *values = malloc(N * D * sizeof *values);
  for (size_t i = 0; i < N * D; i++) values[i] = rintf(x.values[i] * 1024) / 1024;
  free((void *)x.values);
  return values;
}

static outcome fit(size_t m, const float *values, circumstances c, int n_threads, int32_t *labels) {
  gy_error err = {0};
  gy_task task = {.n_threads = n_threads};
  outcome found = {0};
  gy_status status =
      METHODS[m].fit(METHODS[m].which, (gy_matrix){values, N, D}, &c, &task, labels, &found, &err);
  cr_assert_eq(status, GY_OK, "%s: %s", METHODS[m].name, err.text);
  return found;
}

/* Whether the labels are the same up to renumbering; noise is noise. */
static bool same_partition(const int32_t *a, const int32_t *b) {
  int32_t *to = malloc(2 * (N + 1) * sizeof *to), *from = to + N + 1;
  memset(to, 0xff, 2 * (N + 1) * sizeof *to);
  bool same = true;
  for (size_t i = 0; i < N && same; i++) {
    same = (a[i] < 0) == (b[i] < 0);
    if (!same || a[i] < 0) continue;
    if (to[a[i]] < 0 && from[b[i]] < 0) {
      to[a[i]] = b[i];
      from[b[i]] = a[i];
    }
    same = to[a[i]] == b[i] && from[b[i]] == a[i];
  }
  free(to);
  return same;
}

static const circumstances USUAL = {.unit = 1};

/* ---- the laws ---- */

Test(invariants, the_number_of_threads_changes_no_byte, .timeout = 120) {
  float *x = grid_points(3);
  int32_t first[N], labels[N];
  for (size_t m = 0; m < N_METHODS; m++) {
    outcome one = fit(m, x, USUAL, 1, first);
    for (int threads = 2; threads <= 4; threads++) {
      outcome some = fit(m, x, USUAL, threads, labels);
      cr_expect(
          memcmp(first, labels, sizeof first) == 0 && memcmp(&one.figure, &some.figure, sizeof(double)) == 0,
          "%s, %d threads", METHODS[m].name, threads);
    }
  }
  free(x);
}

Test(invariants, the_order_of_the_rows_changes_no_partition, .timeout = 120) {
  float *x = grid_points(12), *turned = malloc(N * D * sizeof *turned);
  int32_t first[N], labels[N], back[N];
  size_t order[N];
  gy_rng rng;
  gy_rng_init(&rng, 5, 0);
  for (size_t i = 0; i < N; i++) order[i] = i;
  for (size_t i = N - 1; i > 0; i--) {
    size_t j = gy_rng_below(&rng, i + 1), held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
  for (size_t i = 0; i < N; i++) memcpy(turned + i * D, x + order[i] * D, D * sizeof *x);
  for (size_t m = 0; m < N_METHODS; m++) {
    if (!(METHODS[m].laws & TURNS)) continue;
    fit(m, x, USUAL, 2, first);
    fit(m, turned, USUAL, 2, labels);
    for (size_t i = 0; i < N; i++) back[order[i]] = labels[i];
    cr_expect(same_partition(first, back), "%s", METHODS[m].name);
  }
  free(x);
  free(turned);
}

Test(invariants, place_and_unit_change_no_partition, .timeout = 120) {
  static const struct {
    float factor, shift;
  } MAPS[] = {{1, 256}, {1, -128}, {8, 0}, {1.0f / 1024, 0}, {0x1p40f, 0}, {0x1p-40f, 0}};
  float *x = grid_points(12), *moved = malloc(N * D * sizeof *moved);
  int32_t first[N], labels[N];
  for (size_t m = 0; m < N_METHODS; m++) {
    fit(m, x, USUAL, 2, first);
    for (size_t p = 0; p < sizeof MAPS / sizeof *MAPS; p++) {
      if (MAPS[p].shift != 0 && !(METHODS[m].laws & MOVES)) continue;
      for (size_t i = 0; i < N * D; i++) moved[i] = x[i] * MAPS[p].factor + MAPS[p].shift;
      fit(m, moved, (circumstances){.unit = (double)MAPS[p].factor}, 2, labels);
      cr_expect(same_partition(first, labels), "%s: x * %g + %g", METHODS[m].name, (double)MAPS[p].factor,
                (double)MAPS[p].shift);
    }
  }
  free(x);
  free(moved);
}

Test(invariants, what_is_minimised_never_rises, .timeout = 120) {
  enum { ITERATIONS = 12 };
  float *x = grid_points(1);
  int32_t labels[N];
  for (size_t m = 0; m < N_METHODS; m++) {
    if (!(METHODS[m].laws & DESCENDS)) continue;
    double before = INFINITY;
    for (int32_t i = 1; i <= ITERATIONS; i++) {
      outcome found = fit(m, x, (circumstances){.unit = 1, .max_iterations = i, .n_starts = 1}, 2, labels);
      cr_expect_leq(found.figure, before + 1e-6 * fabs(found.figure),
                    "%s: %.10g after %d iterations, %.10g before", METHODS[m].name, found.figure, i, before);
      before = found.figure;
    }
  }
  free(x);
}

/* ---- memory known beforehand ---- */

/* Fifty million rows of which none may be read: whoever needs more than a budget of 1 GB says so first. */
Test(invariants, fifty_million_rows_in_a_gigabyte_are_refused_by_arithmetic, .timeout = 60) {
  enum { COLUMNS = 8 };
  const size_t n = 50000000, budget = (size_t)1 << 30;
  float *x =
      mmap(NULL, n * COLUMNS * sizeof *x, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  int32_t *labels = mmap(NULL, n * sizeof *labels, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  cr_assert(x != MAP_FAILED && labels != MAP_FAILED);
  gy_task task = {.n_threads = 2, .memory_bytes = budget};
  gy_hierarchical_options ward = gy_hierarchical_defaults(GY_LINKAGE_WARD),
                          average = gy_hierarchical_defaults(GY_LINKAGE_AVERAGE),
                          single = gy_hierarchical_defaults(GY_LINKAGE_SINGLE);
  gy_genie_options genie_options = gy_genie_defaults(K);
  gy_hdbscan_options hdbscan_options = gy_hdbscan_defaults();
  const struct {
    const char *name;
    size_t bytes;
    fit_function *fit;
    int which;
  } refused[] = {
      {"Ward", gy_hierarchical_memory(n, COLUMNS, &ward, &task), hierarchical, GY_LINKAGE_WARD},
      {"average", gy_hierarchical_memory(n, COLUMNS, &average, &task), hierarchical, GY_LINKAGE_AVERAGE},
      {"single", gy_hierarchical_memory(n, COLUMNS, &single, &task), hierarchical, GY_LINKAGE_SINGLE},
      {"genie", gy_genie_memory(n, COLUMNS, &genie_options, &task), genie, 0},
      {"HDBSCAN*", gy_hdbscan_memory(n, COLUMNS, &hdbscan_options, &task), hdbscan, 0},
      {"DBSCAN", gy_dbscan_memory(n, COLUMNS), dbscan, 1},
      {"OPTICS", gy_optics_memory(n, COLUMNS), optics, 0},
  };
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    gy_error err = {0};
    outcome found;
    cr_expect_gt(refused[i].bytes, budget, "%s: %zu", refused[i].name, refused[i].bytes);
    gy_status status =
        refused[i].fit(refused[i].which, (gy_matrix){x, n, COLUMNS}, &USUAL, &task, labels, &found, &err);
    cr_expect_eq(status, GY_ELIMIT, "%s: %s", refused[i].name, err.text);
    cr_expect_not_null(strstr(err.text, "bytes"), "%s: %s", refused[i].name, err.text);
  }
  /* Trees of micro-clusters, and k-means without a copy of the rows, are what remains. */
  cr_expect_leq(gy_hierarchy_memory(n, COLUMNS, &ward, &task), budget);
  gy_minibatch_options batches = gy_minibatch_defaults(K);
  cr_expect_leq(gy_minibatch_memory(n, COLUMNS, &batches, &task), budget);
  cr_expect_eq(gy_hdbscan_memory(SIZE_MAX / 2, COLUMNS, &hdbscan_options, &task), SIZE_MAX);
  munmap(x, n * COLUMNS * sizeof *x);
  munmap(labels, n * sizeof *labels);
}
