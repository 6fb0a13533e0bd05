/* SPDX-License-Identifier: Apache-2.0
 *
 * Clustering of any plain file (csv, tsv, xlsx, json, ndjson, parquet; gzip, xz and zstd too), without a
 * project, by any of gyeol's methods. The kernels themselves are in gyeol/kmeans.h and its neighbours; this
 * joins them with reading, scaling and writing. `gyeol cluster` is this.
 *
 * Labels are 0..k-1, and -1 for noise or what was set aside. Results are JSON texts for gy_text_free. */
#ifndef GYEOL_CLUSTER_H
#define GYEOL_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gy_cluster_options {
  const char *method; /* a name of gy_cluster_method_name */
  const char *input;
  const char *const *columns; /* numbers; none: every column of numbers */
  size_t n_columns;
  const char *const *categories; /* for methods that take categories */
  size_t n_categories;
  const char *weight; /* a column of weights >= 0; NULL: all 1 */
  const char *id;    /* a column carried to `output`; NULL: the first, where it is called an id and its values
                        differ from row to row, or else the row's number */
  const char *scale; /* none, standard, robust, log (log1p, then standard); NULL: standard */
  /* Where values are missing or lie far out, "WAY" for all columns that it means something for, "COLUMN=WAY"
   * for one (docs/methods/preparation.md); none: missing numbers take the median. */
  const char *const *missing; /* leave, drop, mean, median, mode, constant:VALUE, own, predict */
  size_t n_missing;
  const char *const *outliers; /* none, winsorise:0.01, log, robust-z:3.5, flag:3.5, isolate:0.001 */
  size_t n_outliers;
  bool indicators;     /* whether a value was missing becomes a column to cluster by, too */
  const char *output;  /* labels, a row an input row: .csv, .xlsx, .parquet, .json; NULL: none */
  const char *picture; /* "pca" or "tsne": places in the plane, columns x and y of `output`; NULL: none */
  const char *tree;    /* hierarchical, genie: the merges as a table (a, b, height, size); NULL: none */
  const char *model;   /* the result as a file, for gy_cluster_predict and gy_cluster_sql; NULL: none */

  int32_t k; /* 0: chosen by the method, where it can */
  uint64_t seed;
  int32_t starts; /* 0: the method's default, as for all below */
  int32_t max_iterations;
  double tolerance;         /* < 0: the method's default */
  double eps;               /* dbscan; < 0: suggested from the k-distance curve */
  int32_t min_samples;      /* dbscan, optics, hdbscan */
  int32_t min_cluster_size; /* hdbscan, optics */
  const char *selection;    /* hdbscan: eom, leaf */
  const char *linkage;      /* hierarchical: ward, average, complete, weighted, centroid, median, single */
  double height;            /* hierarchical: cut here instead of at k; < 0: not given */
  double gini;              /* genie: threshold; < 0: 0.3 */
  const char *covariance;   /* gmm: full, tied, diag, spherical; NULL: by BIC where k is 0, else full */
  const char *metric;       /* kmedoids: euclidean, manhattan, cosine, gower */
  const char *init;         /* kmeans: k-means++, k-means|| */
  double trim;              /* trimmed: share of rows set aside; < 0: 0.05 */
} gy_cluster_options;

gy_cluster_options gy_cluster_defaults(const char *method, const char *input);

/* Reads, scales, fits, writes. The object holds at least method, n, d, k, seed, iterations, converged,
 * inertia or log_likelihood, sizes, seconds {load, fit, ...}, peak_bytes and notes, and what else the method
 * knows of itself; `preparation`, where `missing` or `outliers` ask for something: what was done to each
 * column. Rows that are dropped then have no label in `output`, rows set aside have -1; COLUMN_missing and
 * COLUMN_outlier stand beside. Errors: GY_EUSAGE (an unknown method or option), GY_ECONFIG (a column that is
 * not there), GY_EDATA, GY_ELIMIT, whatever reading or writing may say. */
GY_MUST_USE gy_status gy_cluster_file(const gy_cluster_options *options, const gy_task *task, char **result,
                                      gy_error *err);

/* The methods, in the order of help; NULL past the end. */
const char *gy_cluster_method_name(size_t i);
const char *gy_cluster_method_summary(size_t i);

/* Which method, and how many clusters? */
typedef struct gy_cluster_suggest_options {
  const char *input;
  const char *const *columns;
  size_t n_columns;
  const char *id;
  const char *outcome; /* a column of what happened later (next period's revenue): is told apart, not used to
                          cluster; NULL: none */
  const char *scale;
  double time_seconds; /* to stay within; <= 0: 60 */
  uint64_t seed;
} gy_cluster_suggest_options;

/* Tries every method over a range of k on a sample and looks at
 *   separation  silhouette of the rows that are in clusters, and by how much it beats the silhouette that the
 *               same method gets from rows without clusters: uniform in the box of these, and normal with
 *               their covariance (gain; in deviations, z)
 *   stability   the mean Jaccard similarity with which each cluster comes back from part of the rows
 *   sizes       the smallest cluster's share, noise
 *   outcome     the share of the outcome's variance that lies between the clusters
 * and recommends the best of what is stable and separated, or says that there are no clear clusters:
 * {verdict: "clear" | "weak" | "none", recommended, reasons, candidates[], sampled, not_tried, seconds}.
 * Deterministic but for what the time allows to try. */
GY_MUST_USE gy_status gy_cluster_suggest(const gy_cluster_suggest_options *options, const gy_task *task,
                                         char **result, gy_error *err);

typedef struct gy_project_suggest_options {
  int horizon_days;    /* <= 0: 90 */
  double time_seconds; /* <= 0: 60 */
  uint64_t seed;
} gy_project_suggest_options;

/* The same for the customers of a project: clustered by its features as they were `horizon_days` before the
 * as-of moment, the outcome being what they spent since. Where the orders do not reach back as far again,
 * today's features and no outcome. Adds to the result: outcome_days (0: none), columns. */
GY_MUST_USE gy_status gy_project_suggest(const char *dir, const gy_project_suggest_options *options,
                                         const gy_task *task, char **result, gy_error *err);

typedef struct gy_cluster_predict_options {
  const char *model; /* what gy_cluster_file wrote */
  const char *input; /* a file with the model's columns */
  const char *id;    /* as above */
  const char *output;
} gy_cluster_predict_options;

/* Labels new rows by a fitted model: {n, k, sizes, out, seconds}. GY_EDATA for a method that scores no new
 * rows. */
GY_MUST_USE gy_status gy_cluster_predict(const gy_cluster_predict_options *options, const gy_task *task,
                                         char **result, gy_error *err);

/* A fitted model as a SELECT of (id, cluster) from `table`, for DuckDB and PostgreSQL. */
GY_MUST_USE gy_status gy_cluster_sql(const char *model, const char *table, const char *id, char **sql,
                                     gy_error *err);

typedef struct gy_cluster_score_options {
  const char *labels, *truth; /* FILE, or FILE:COLUMN */
  const char *left_out;       /* rows with this label in `truth` are left out; NULL: none are */
} gy_cluster_score_options;

/* Agreement of two labelings of the same rows: {n, ari, ami, nmi, ...}. GY_EDATA when the files have
 * different numbers of rows. */
GY_MUST_USE gy_status gy_cluster_score(const gy_cluster_score_options *options, const gy_task *task,
                                       char **result, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
