/* SPDX-License-Identifier: Apache-2.0
 *
 * Every kernel inside somebody else's team: a thread's number there says nothing about the kernel's own
 * scratch, and the result is that of a run alone. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/cluster_choice.h>
#include <gyeol/dbcv.h>
#include <gyeol/dbscan.h>
#include <gyeol/embedding.h>
#include <gyeol/gap.h>
#include <gyeol/genie.h>
#include <gyeol/hdbscan.h>
#include <gyeol/hierarchical.h>
#include <gyeol/kmeans.h>
#include <gyeol/kmeans_stream.h>
#include <gyeol/kmeans_variants.h>
#include <gyeol/kmedoids.h>
#include <gyeol/kprototypes.h>
#include <gyeol/latent_class.h>
#include <gyeol/mixture.h>
#include <gyeol/optics.h>
#include <gyeol/pca.h>
#include <gyeol/scaling.h>
#include <gyeol/validity.h>

#include "base/rng.h"
#include "cluster/points.h"

enum { N = 2600, D = 5, K = 4, N_FEW = 500, RUNS = 8, OUTER_THREADS = 4 };

typedef struct {
  gy_matrix x;   /* more than one block of rows */
  gy_matrix few; /* its first rows, for what is quadratic */
  int32_t labels[N], codes[N];
} material;

/* What a run left, in a few bytes. */
typedef struct {
  const material *m;
  gy_task task;
  int32_t labels[N];
  float values[2 * N * D];
  uint64_t digest;
} run;

static void digest(run *r, const void *bytes, size_t size) {
  const unsigned char *at = bytes;
  for (size_t i = 0; i < size; i++) r->digest = (r->digest ^ at[i]) * 0x100000001b3;
}

static void digest_labels(run *r, size_t n) { digest(r, r->labels, n * sizeof *r->labels); }

static gy_status kmeans_by(run *r, gy_kmeans_seeding seeding, gy_error *err) {
  gy_kmeans model;
  gy_kmeans_options options = gy_kmeans_defaults(K);
  options.n_starts = 2;
  options.seeding = seeding;
  gy_status status = gy_kmeans_fit(r->m->x, &options, &r->task, &model, r->labels, err);
  if (status != GY_OK) return status;
  status = gy_kmeans_predict(&model, r->m->x, &r->task, r->labels, r->values, err);
  digest_labels(r, N);
  digest(r, model.centers, sizeof(float[K * D]));
  gy_kmeans_clear(&model);
  return status;
}

static gy_status kmeans(run *r, gy_error *err) { return kmeans_by(r, GY_KMEANS_SEEDING_GREEDY, err); }

static gy_status kmeans_parallel(run *r, gy_error *err) {
  return kmeans_by(r, GY_KMEANS_SEEDING_PARALLEL, err);
}

static gy_status spherical(run *r, gy_error *err) {
  gy_kmeans model;
  gy_kmeans_options options = gy_kmeans_defaults(K);
  options.n_starts = 2;
  gy_status status = gy_spherical_fit(r->m->x, &options, &r->task, &model, r->labels, err);
  if (status != GY_OK) return status;
  status = gy_spherical_predict(&model, r->m->x, &r->task, r->labels, r->values, err);
  digest_labels(r, N);
  gy_kmeans_clear(&model);
  return status;
}

static gy_status trimmed(run *r, gy_error *err) {
  gy_trimmed model;
  gy_trimmed_options options = gy_trimmed_defaults(K, 0.05);
  options.kmeans.n_starts = 2;
  gy_status status = gy_trimmed_fit(r->m->x, &options, &r->task, &model, r->labels, err);
  if (status != GY_OK) return status;
  digest_labels(r, N);
  gy_trimmed_clear(&model);
  return GY_OK;
}

static gy_status bisecting(run *r, gy_error *err) {
  gy_kmeans model;
  gy_bisecting_options options = gy_bisecting_defaults(K);
  gy_status status = gy_bisecting_fit(r->m->x, &options, &r->task, &model, NULL, r->labels, err);
  if (status != GY_OK) return status;
  digest_labels(r, N);
  gy_kmeans_clear(&model);
  return GY_OK;
}

static gy_status minibatch(run *r, gy_error *err) {
  gy_minibatch model;
  gy_minibatch_options options = gy_minibatch_defaults(K);
  options.max_batches = 20;
  options.batches_only = true;
  gy_status status = gy_minibatch_fit(r->m->x, &options, &r->task, &model, r->labels, err);
  if (status != GY_OK) return status;
  digest_labels(r, N);
  gy_minibatch_clear(&model);
  return GY_OK;
}

typedef struct {
  gy_matrix x;
  size_t at;
} rows_in_parts;

static gy_status to_first_row(void *user, gy_error *err) {
  (void)err;
  ((rows_in_parts *)user)->at = 0;
  return GY_OK;
}

static gy_status next_part(void *user, gy_matrix *block, const float **weights, gy_error *err) {
  enum { PART = 700 };
  rows_in_parts *s = user;
  (void)weights, (void)err;
  size_t n = s->x.n_rows - s->at < PART ? s->x.n_rows - s->at : PART;
  *block = (gy_matrix){s->x.values + s->at * s->x.n_columns, n, s->x.n_columns};
  s->at += n;
  return GY_OK;
}

static gy_status stream(run *r, gy_error *err) {
  gy_kmeans model;
  rows_in_parts parts = {r->m->x, 0};
  gy_row_source source = {.user = &parts, .n_columns = D, .rewind = to_first_row, .next = next_part};
  gy_kmeans_stream_options options = gy_kmeans_stream_defaults(K);
  gy_status status = gy_kmeans_stream_fit(&source, &options, &r->task, &model, err);
  if (status != GY_OK) return status;
  digest(r, model.centers, sizeof(float[K * D]));
  gy_kmeans_clear(&model);
  return GY_OK;
}

static gy_status kmedoids(run *r, gy_error *err) {
  gy_kmedoids model;
  gy_medoid_rows rows = {.labels = r->labels};
  gy_dissimilarity of = gy_dissimilarity_rows(r->m->few, GY_METRIC_EUCLIDEAN);
  gy_kmedoids_options options = gy_kmedoids_defaults(K);
  gy_status status = gy_kmedoids_fit(&of, &options, &r->task, &model, &rows, err);
  if (status != GY_OK) return status;
  digest_labels(r, N_FEW);
  gy_kmedoids_clear(&model);
  return GY_OK;
}

/* Too little memory for the table of distances. */
static gy_status kmedoids_without_table(run *r, gy_error *err) {
  r->task.memory_bytes = N_FEW * N_FEW * sizeof(float);
  return kmedoids(r, err);
}

static gy_status kmedoids_sampled(run *r, gy_error *err) {
  gy_kmedoids model;
  gy_kmedoids_quality quality;
  gy_medoid_rows rows = {.labels = r->labels};
  gy_dissimilarity of = gy_dissimilarity_rows(r->m->x, GY_METRIC_MANHATTAN);
  gy_kmedoids_options options = gy_kmedoids_defaults(K);
  options.from = GY_MEDOIDS_LAB;
  gy_kmedoids_sampling sampling = {.n_samples = 3, .sample_rows = 200};
  gy_status status =
      gy_kmedoids_fit_sampled(&of, &options, &sampling, &r->task, &model, &quality, &rows, err);
  if (status != GY_OK) return status;
  digest_labels(r, N);
  gy_kmedoids_clear(&model);
  return GY_OK;
}

static gy_status kprototypes(run *r, gy_error *err) {
  gy_kprototypes model;
  gy_mixed x = {.n_rows = N, .numbers = r->m->x.values, .n_numbers = D, .codes = r->m->codes, .n_codes = 1};
  gy_kprototypes_options options = gy_kprototypes_defaults(K);
  options.n_starts = 2;
  gy_status status = gy_kprototypes_fit(&x, &options, &r->task, &model, r->labels, err);
  if (status != GY_OK) return status;
  status = gy_kprototypes_predict(&model, &x, &r->task, r->labels, r->values, err);
  digest_labels(r, N);
  gy_kprototypes_clear(&model);
  return status;
}

static gy_status latent_class(run *r, gy_error *err) {
  gy_latent_class model;
  gy_latent_class_rows rows = {.labels = r->labels};
  gy_indicators x = {.n_rows = N,
                     .n_categorical = 1,
                     .codes = r->m->codes,
                     .n_levels = (int32_t[]){3},
                     .n_numeric = D,
                     .values = r->m->x.values};
  gy_latent_class_options options = gy_latent_class_defaults(K);
  options.n_starts = 2;
  options.max_iterations = 10;
  gy_status status = gy_latent_class_fit(&x, &options, &r->task, &model, &rows, err);
  if (status != GY_OK) return status;
  digest_labels(r, N);
  gy_latent_class_clear(&model);
  return GY_OK;
}

static gy_status mixture_of(run *r, gy_covariance covariance, gy_error *err) {
  gy_mixture model;
  gy_mixture_rows rows = {.labels = r->labels};
  gy_mixture_options options = gy_mixture_defaults(K);
  options.n_starts = 2;
  options.max_iterations = 10;
  options.covariance = covariance;
  gy_status status = gy_mixture_fit(r->m->x, &options, &r->task, &model, &rows, err);
  if (status != GY_OK) return status;
  digest_labels(r, N);
  digest(r, model.means, sizeof(double[K * D]));
  gy_mixture_clear(&model);
  return GY_OK;
}

static gy_status mixture_full(run *r, gy_error *err) { return mixture_of(r, GY_COVARIANCE_FULL, err); }

static gy_status mixture_tied(run *r, gy_error *err) { return mixture_of(r, GY_COVARIANCE_TIED, err); }

static gy_status mixture_diagonal(run *r, gy_error *err) {
  return mixture_of(r, GY_COVARIANCE_DIAGONAL, err);
}

static gy_status hierarchical_within(run *r, bool tight, gy_error *err) {
  for (int linkage = GY_LINKAGE_WARD; linkage <= GY_LINKAGE_SINGLE; linkage++) {
    gy_dendrogram tree;
    gy_hierarchical_options options = gy_hierarchical_defaults((gy_linkage)linkage);
    if (tight) {
      r->task.memory_bytes = 1;
      r->task.memory_bytes = gy_hierarchical_memory(N_FEW, D, &options, &r->task);
    }
    gy_status status = gy_hierarchical_fit(r->m->few, &options, &r->task, &tree, err);
    if (status != GY_OK) return status;
    status = gy_dendrogram_cut(&tree, K, r->labels, err);
    for (size_t i = 0; i + 1 < N_FEW; i++) digest(r, &tree.merges[i].height, sizeof tree.merges[i].height);
    digest_labels(r, N_FEW);
    gy_dendrogram_clear(&tree);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

static gy_status hierarchical(run *r, gy_error *err) { return hierarchical_within(r, false, err); }

/* Room for one matrix, not for two: chains instead of rounds. */
static gy_status hierarchical_tight(run *r, gy_error *err) { return hierarchical_within(r, true, err); }

static gy_status two_stage(run *r, gy_error *err) {
  gy_hierarchy model;
  gy_hierarchical_options options = gy_hierarchical_defaults(GY_LINKAGE_AVERAGE);
  options.exact_rows = 200;
  options.n_micro = 100;
  gy_status status = gy_hierarchy_fit(r->m->x, &options, &r->task, &model, err);
  if (status != GY_OK) return status;
  status = gy_hierarchy_cut(&model, K, r->labels, err);
  digest_labels(r, N);
  gy_hierarchy_clear(&model);
  return status;
}

static gy_status genie(run *r, gy_error *err) {
  gy_genie model;
  gy_genie_options options = gy_genie_defaults(K);
  gy_status status = gy_genie_fit(r->m->x, &options, &r->task, &model, r->labels, err);
  if (status != GY_OK) return status;
  digest_labels(r, N);
  gy_genie_clear(&model);
  return GY_OK;
}

static gy_status dbscan(run *r, gy_error *err) {
  gy_dbscan result;
  gy_eps_suggestion suggestion;
  int32_t *fresh = malloc(N * sizeof *fresh);
  bool *core = malloc(N * sizeof *core);
  gy_status status = gy_dbscan_suggest_eps(r->m->x, 5, &r->task, &suggestion, err);
  if (status != GY_OK) goto done;
  gy_dbscan_options options = gy_dbscan_defaults(suggestion.eps);
  status = gy_dbscan_fit(r->m->x, &options, &r->task, &result, r->labels, core, err);
  if (status != GY_OK) goto done;
  gy_dbscan_fitted fitted = {.x = r->m->x, .labels = r->labels, .core = core, .eps = suggestion.eps};
  status = gy_dbscan_predict(&fitted, r->m->x, &r->task, fresh, NULL, err);
  digest_labels(r, N);
  digest(r, fresh, N * sizeof *fresh);
done:
  free(core);
  free(fresh);
  return status;
}

static gy_status optics(run *r, gy_error *err) {
  gy_optics order;
  gy_optics_options options = gy_optics_defaults();
  gy_status status = gy_optics_fit(r->m->x, &options, &r->task, &order, err);
  if (status != GY_OK) return status;
  digest(r, order.ordering, N * sizeof *order.ordering);
  gy_optics_clear(&order);
  return GY_OK;
}

static gy_status hdbscan(run *r, gy_error *err) {
  gy_hdbscan model;
  gy_hdbscan_options options = gy_hdbscan_defaults();
  gy_status status = gy_hdbscan_fit(r->m->x, &options, &r->task, &model, r->labels, err);
  if (status != GY_OK) return status;
  digest_labels(r, N);
  status = gy_hdbscan_predict(&model, r->m->x, r->m->few, &r->task, r->labels, r->values, err);
  digest_labels(r, N_FEW);
  gy_hdbscan_clear(&model);
  return status;
}

static gy_status pca_by(run *r, gy_pca_method method, gy_error *err) {
  gy_pca model;
  gy_pca_options options = gy_pca_defaults(2);
  options.method = method;
  gy_status status = gy_pca_fit(r->m->x, &options, &r->task, &model, err);
  if (status != GY_OK) return status;
  status = gy_pca_transform(&model, GY_PCA_SCORES, r->m->x, &r->task, r->values, err);
  digest(r, r->values, sizeof(float[2 * N]));
  gy_pca_clear(&model);
  return status;
}

static gy_status pca(run *r, gy_error *err) { return pca_by(r, GY_PCA_COVARIANCE, err); }

static gy_status pca_randomised(run *r, gy_error *err) { return pca_by(r, GY_PCA_RANDOMISED, err); }

static gy_status embedding(run *r, gy_error *err) {
  gy_embedding result;
  gy_embedding_quality_result quality;
  gy_embedding_options options = gy_embedding_defaults();
  options.iterations = 20;
  options.exaggerated = 10;
  options.max_points = 300; /* the others are placed by their neighbours */
  gy_status status = gy_embedding_fit(r->m->few, &options, &r->task, r->values, &result, err);
  if (status != GY_OK) return status;
  digest(r, r->values, sizeof(float[2 * N_FEW]));
  return gy_embedding_quality(r->m->few, (gy_matrix){r->values, N_FEW, 2}, 7, 100, 1, &r->task, &quality,
                              err);
}

static gy_status indices(run *r, gy_error *err) {
  gy_clustering all = {r->m->x, r->m->labels, K}, few = {r->m->few, r->m->labels, K};
  gy_silhouette exact, sampled, simplified;
  gy_dispersion dispersion;
  gy_dunn dunn;
  gy_dbcv dbcv;
  double means[K];
  gy_status status = gy_silhouette_exact(&all, &r->task, &exact, NULL, means, err);
  if (status == GY_OK) status = gy_silhouette_sampled(&all, 300, 1, &r->task, &sampled, means, err);
  if (status == GY_OK) status = gy_silhouette_simplified(&all, &r->task, &simplified, means, err);
  if (status == GY_OK) status = gy_dispersion_of(&all, &r->task, &dispersion, err);
  if (status == GY_OK) status = gy_dunn_index(&few, &r->task, &dunn, err);
  if (status == GY_OK) status = gy_dbcv_of(&all, &r->task, &dbcv, NULL, err);
  if (status != GY_OK) return status;
  digest(r, (double[]){exact.mean, sampled.mean, simplified.mean, dunn.index, dbcv.value},
         5 * sizeof(double));
  return GY_OK;
}

static gy_status choose_k(run *r, gy_error *err) {
  gy_k_choice choice;
  gy_k_choice_options options = gy_k_choice_defaults();
  options.k_max = 4;
  options.n_starts = options.resample_starts = 1;
  options.n_resamples = 2;
  options.sample_rows = 300;
  gy_status status = gy_k_choose(r->m->x, &options, &r->task, &choice, err);
  if (status != GY_OK) return status;
  gy_gap gap;
  gy_gap_options of_gap = gy_gap_defaults();
  of_gap.k_max = 3;
  of_gap.n_references = 3;
  of_gap.sample_rows = 200;
  status = gy_gap_statistic(r->m->x, &of_gap, &r->task, &gap, err);
  digest(r, &choice.k, sizeof choice.k);
  digest(r, &gap.of[1].gap, sizeof(double));
  return status;
}

static gy_status scaling(run *r, gy_error *err) {
  gy_column_scaling columns[D] = {{0}};
  for (size_t j = 0; j < D; j++) columns[j].method = j % 2 ? GY_SCALING_ROBUST : GY_SCALING_STANDARD;
  gy_status status = gy_scaling_fit(r->m->x, &r->task, columns, err);
  if (status == GY_OK) status = gy_scaling_apply(columns, r->m->x, &r->task, r->values, NULL, err);
  digest(r, r->values, sizeof(float[N * D]));
  return status;
}

typedef gy_status (*body)(run *r, gy_error *err);

static const struct {
  const char *name;
  body run;
} CASES[] = {{"k-means", kmeans},
             {"k-means||", kmeans_parallel},
             {"spherical", spherical},
             {"trimmed", trimmed},
             {"bisecting", bisecting},
             {"mini-batch", minibatch},
             {"stream", stream},
             {"k-medoids", kmedoids},
             {"k-medoids without a table", kmedoids_without_table},
             {"k-medoids of samples", kmedoids_sampled},
             {"k-prototypes", kprototypes},
             {"latent classes", latent_class},
             {"mixture, full", mixture_full},
             {"mixture, tied", mixture_tied},
             {"mixture, diagonal", mixture_diagonal},
             {"linkages", hierarchical},
             {"linkages in little memory", hierarchical_tight},
             {"two stages", two_stage},
             {"Genie", genie},
             {"DBSCAN", dbscan},
             {"OPTICS", optics},
             {"HDBSCAN*", hdbscan},
             {"PCA", pca},
             {"PCA, randomised", pca_randomised},
             {"t-SNE", embedding},
             {"indices", indices},
             {"choice of k", choose_k},
             {"scaling", scaling}};

static void run_one(run *r, const material *m, body work, int n_threads, gy_error *err) {
  memset(r, 0, sizeof *r);
  r->m = m;
  r->task.n_threads = n_threads;
  gy_status status = work(r, err);
  cr_assert((status == GY_OK) == (err->text[0] == '\0'));
}

static material *prepare(void) {
  material *m = calloc(1, sizeof *m);
  m->x = make_groups(N, D, K, 4, 3);
  m->few = (gy_matrix){m->x.values, N_FEW, D};
  for (int32_t i = 0; i < N; i++) {
    m->labels[i] = i % K;
    m->codes[i] = i * 7 % 11 % 3;
  }
  return m;
}

Test(nested, kernels_inside_another_team_give_what_they_give_alone) {
  material *m = prepare();
  run *runs = calloc(RUNS + 1, sizeof *runs);
  gy_error errors[RUNS + 1];
  for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
    memset(errors, 0, sizeof errors);
    run_one(&runs[RUNS], m, CASES[c].run, 1, &errors[RUNS]);
#pragma omp parallel for num_threads(OUTER_THREADS) schedule(static, 1)
    for (int i = 0; i < RUNS; i++) run_one(&runs[i], m, CASES[c].run, 1 + (i >= OUTER_THREADS), &errors[i]);
    for (int i = 0; i <= RUNS; i++) {
      cr_expect_str_eq(errors[i].text, "", "%s, run %d: %s", CASES[c].name, i, errors[i].text);
      cr_expect_eq(runs[i].digest, runs[RUNS].digest, "%s: run %d differs from one alone", CASES[c].name, i);
    }
  }
  free(runs);
  free((void *)m->x.values);
  free(m);
}
