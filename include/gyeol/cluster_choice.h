/* SPDX-License-Identifier: Apache-2.0
 *
 * Choosing the number of clusters for k-means, with the evidence (docs/methods/kmeans.md,
 * docs/adr/0003-choosing-k.md).
 *
 * For every k of a range, on a random sample of the rows:
 *   inertia     of the best of several starts; its elbow is the k farthest below the chord of the curve (the
 *               criterion of Kneedle, Satopaa et al. 2011)
 *   silhouette  mean and standard error, on a stratified sub-sample
 *   stability   clusterings of bootstrap resamples are applied to the sampled rows and compared with the
 * clustering fitted on them: mean adjusted Rand index (after Ben-Hur, Elisseeff and Guyon 2002; Hennig 2007)
 *
 * Rule: among the k with stability >= 0.8 and no cluster below `min_share` of the rows, take the best
 * silhouette, and then the largest k whose silhouette is within one standard error of it: as many segments as
 * the data carry without loss. Where that is the smallest k looked at, and the elbow lies beyond it,
 * qualifies and is not weak, the elbow is taken: on long-tailed data the silhouette likes best to halve them.
 * Where no k qualifies, the smallest k whose stability is within one standard deviation of the highest is
 * taken, and the reason says so.
 *
 * Degenerate data are not an error: one row, or rows that are all equal, give k = 1 and the reason.
 * Determinism: the same bytes for the same seed on any number of threads. NaN: as gy_kmeans_fit.
 * Cost: bounded by the options, not by n: about a second for 20,000 x 6 on two cores; scratch is the sample.
 */
#ifndef GYEOL_CLUSTER_CHOICE_H
#define GYEOL_CLUSTER_CHOICE_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GY_K_CHOICE_MAX = 50 };

typedef struct gy_k_choice_options {
  int32_t k_min, k_max;    /* 2 <= k_min <= k_max <= GY_K_CHOICE_MAX */
  int32_t n_starts;        /* of each fit on the sample */
  int32_t n_resamples;     /* bootstrap resamples for the stability */
  int32_t resample_starts; /* of each fit on a resample */
  size_t sample_rows;      /* rows that the search looks at, at most */
  size_t silhouette_rows;  /* of these, rows that the silhouette looks at, at most */
  size_t resample_rows;    /* rows of a resample, at most */
  double min_stability;    /* 0..1 */
  double min_share;        /* of the rows in the smallest cluster, 0..1 */
  uint64_t seed;
} gy_k_choice_options;

/* k 2..12, 10 starts, 20 resamples of 2,000 rows with 3 starts, sample of 20,000, silhouette on 5,000,
 * stability 0.8, share 0.01, seed 0. */
gy_k_choice_options gy_k_choice_defaults(void);

typedef enum gy_k_reason {
  GY_K_BEST,        /* stable, and the best silhouette of the stable ones */
  GY_K_FINER,       /* stable, finer than the best, and its silhouette not worse beyond one standard error */
  GY_K_ELBOW,       /* the best was the coarsest split there is, and the elbow qualifies too */
  GY_K_MOST_STABLE, /* none qualified: the fewest of about the most stable */
  GY_K_ONE_ROW,     /* a single row: one cluster */
  GY_K_ALL_EQUAL,   /* all rows looked at are equal: one cluster */
} gy_k_reason;

/* One sentence in English. Never NULL. */
const char *gy_k_reason_text(gy_k_reason reason);

/* What was found for one k. */
typedef struct gy_k_evidence {
  int32_t k;
  double inertia; /* on the sample, per row */
  double silhouette;
  double silhouette_se;
  size_t n_silhouette; /* rows it is from */
  double stability;    /* mean adjusted Rand index; NaN without resamples */
  double stability_sd;
  double smallest_share; /* of the rows */
  bool converged;
  bool qualified; /* stable enough, and no cluster too small */
} gy_k_evidence;

typedef struct gy_k_choice {
  int32_t k;
  gy_k_reason reason;
  double inertia_of_one; /* of the sample in a single cluster, per row: where the curve of inertia begins */
  int32_t elbow_k;       /* 0: the curve has no elbow */
  bool weak;             /* silhouette below 0.25: no substantial structure (Kaufman and Rousseeuw 1990) */
  size_t n_sampled;      /* rows searched */
  size_t n_distinct;     /* distinct rows among them, counted up to k_max + 1 */
  size_t n_resampled;    /* rows of a resample */
  int32_t n_evidence;
  gy_k_evidence evidence[GY_K_CHOICE_MAX]; /* n_evidence, ascending in k */
} gy_k_choice;

/* Chooses. k never exceeds the number of distinct rows, nor rows - 1. Fit all rows with the k found
 * (gy_kmeans_fit). Errors: GY_EUSAGE (an option out of range), GY_EDATA (no rows, unusable values),
 * GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_k_choose(gy_matrix x, const gy_k_choice_options *options, const gy_task *task,
                                  gy_k_choice *choice, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
