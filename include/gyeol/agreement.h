/* SPDX-License-Identifier: Apache-2.0
 *
 * How far do two clusterings of the same rows agree? Indices of their table of joint counts.
 *
 * Labels are numbers 0..k-1; labels outside are refused with the row (GY_EDATA). Cost: O(n + k_a k_b), the
 * table in memory; with mutual information about O(k_a k_b sqrt n) more, with NCA O(k^3). Results are double
 * and depend on nothing else. */
#ifndef GYEOL_AGREEMENT_H
#define GYEOL_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which label means "in no cluster". With GY_NOISE_ZERO clusters are 1..k. */
typedef enum gy_noise_label { GY_NOISE_NONE, GY_NOISE_MINUS_ONE, GY_NOISE_ZERO } gy_noise_label;

typedef struct gy_labeling {
  const int32_t *labels;
  int32_t n_clusters; /* noise not counted */
  gy_noise_label noise;
  bool leave_out; /* rows of noise are not compared; else noise is one cluster more */
} gy_labeling;

/* All symmetric in a and b but homogeneity, completeness (which change places) and nca. */
typedef struct gy_agreement {
  size_t n_used; /* rows compared */
  double rand;   /* share of pairs on which both agree */
  double adjusted_rand;
  double fowlkes_mallows;       /* (1983) geometric mean of pairwise precision and recall */
  double mutual_information;    /* nats */
  double entropy_a, entropy_b;  /* nats */
  double expected_information;  /* of random clusterings of the same sizes, exactly (Vinh, Epps and Bailey
                                   2010) */
  double normalised_arithmetic; /* mutual information / mean entropy */
  double normalised_max;        /* mutual information / larger entropy */
  double adjusted_arithmetic;   /* (mutual - expected) / (mean entropy - expected) */
  double adjusted_max;          /* (mutual - expected) / (larger entropy - expected) */
  double homogeneity;           /* (Rosenberg and Hirschberg 2007) of a's clusters, b being the truth */
  double completeness;
  double v_measure;
  double nca; /* centred normalised clustering accuracy (Gagolewski 2024), b being the truth: the mean over
                 b's clusters of the share that its cluster of a holds, clusters matched one to one at best,
                 brought to 0 for an even spread and 1 for equality; not centred where b has one cluster */
} gy_agreement;

/* Compares. Two equal partitions are 1 in every index, also trivial ones; no rows at all are GY_EDATA.
 * Errors: GY_EUSAGE (no clusters), GY_EDATA, GY_ENOMEM. */
GY_MUST_USE gy_status gy_agreement_of(const gy_labeling *a, const gy_labeling *b, size_t n,
                                      gy_agreement *result, gy_error *err);

/* Adjusted Rand index (Hubert and Arabie 1985) of two clusterings of n rows: 1 the same partition, 0 on
 * average for random ones. Labels 0..k-1 each. Two trivial partitions (all together, or all apart, in both)
 * give 1. */
GY_MUST_USE gy_status gy_adjusted_rand(const int32_t *a, int32_t k_a, const int32_t *b, int32_t k_b, size_t n,
                                       double *ari, gy_error *err);

/* For each cluster of `a`, the Jaccard similarity |A and B| / |A or B| to its most similar cluster of `b`
 * (Hennig 2007): `jaccard` (k_a, the caller's); 0 for an empty cluster. */
GY_MUST_USE gy_status gy_cluster_jaccard(const int32_t *a, int32_t k_a, const int32_t *b, int32_t k_b,
                                         size_t n, double *jaccard, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
