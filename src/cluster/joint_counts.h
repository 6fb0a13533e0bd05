/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of joint counts of two clusterings. */
#ifndef GYEOL_CLUSTER_JOINT_COUNTS_H
#define GYEOL_CLUSTER_JOINT_COUNTS_H

#include <gyeol/agreement.h>

typedef struct gy_joint_counts {
  size_t k_a, k_b;  /* noise that is a cluster is the last */
  int64_t n;        /* rows counted */
  int64_t *cells;   /* k_a x k_b; owns the other two */
  int64_t *rows;    /* k_a: sizes of the clusters of a */
  int64_t *columns; /* k_b */
} gy_joint_counts;

/* Counts. Gives a table for gy_joint_counts_clear. Errors as gy_agreement_of. */
GY_MUST_USE gy_status gy_joint_counts_of(const gy_labeling *a, const gy_labeling *b, size_t n,
                                         gy_joint_counts *counts, gy_error *err);
void gy_joint_counts_clear(gy_joint_counts *counts);

/* Fills what mutual information makes of the table. */
void gy_agreement_information(const gy_joint_counts *counts, gy_agreement *result);

#endif
