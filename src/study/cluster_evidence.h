/* SPDX-License-Identifier: Apache-2.0
 *
 * One way of clustering the rows, and what speaks for and against it. */
#ifndef GYEOL_STUDY_CLUSTER_EVIDENCE_H
#define GYEOL_STUDY_CLUSTER_EVIDENCE_H

#include "num/null_model.h"
#include "study/cluster_method.h"

/* What rules a candidate out. */
enum {
  GY_FAULT_ONE_CLUSTER = 1,   /* fewer than two clusters were found */
  GY_FAULT_NOT_SEPARATED = 2, /* rows without clusters look as good */
  GY_FAULT_UNSTABLE = 4,      /* its clusters do not come back */
  GY_FAULT_SIZES = 8,         /* a cluster of next to nobody, or most of the rows are noise */
};

typedef struct gy_candidate {
  const gy_cluster_method *method;
  int32_t asked_k;      /* 0: the method finds its own */
  double cluster_share; /* hdbscan: the smallest cluster */
  uint64_t seed;
  size_t place; /* of the method in the plan: plain ones first */
  size_t turn;  /* among those of its method, by separation */

  int32_t k;
  int32_t *labels;
  double silhouette; /* of the rows in clusters */
  double noise_share, smallest_share;
  double separation;    /* silhouette, less where there is noise; -1 for a single cluster */
  double outcome_share; /* of the outcome's variance between clusters */

  bool judged;
  double null_mean, null_sd, gain, z; /* against rows without clusters: the harder of the two kinds */
  double stability, least_stable;     /* mean and least Jaccard of its clusters */
  double score;                       /* separation x stability */
  unsigned faults;
  bool is_weak; /* below what is called substantial: silhouette 0.25, or a cluster below 0.75 */
} gy_candidate;

/* Fits and measures what is cheap. `outcomes` (n) may be NULL. Errors: GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_candidate_fit(gy_candidate *c, gy_matrix x, const float *outcomes,
                                       const gy_task *task, gy_error *err);
/* Resamples and compares with rows without clusters. */
GY_MUST_USE gy_status gy_candidate_judge(gy_candidate *c, gy_matrix x, const gy_null_model *null,
                                         const gy_task *task, gy_error *err);
void gy_candidate_clear(gy_candidate *c);

json_t *gy_candidate_json(const gy_candidate *c, bool has_outcome);

/* Appends sentences: why `best` (NULL: why none), and who came next. */
void gy_candidate_reasons(const gy_candidate *best, const gy_candidate *all, size_t n, json_t *reasons);

#endif
