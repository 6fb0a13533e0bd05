/* SPDX-License-Identifier: Apache-2.0
 *
 * What every clustering method looks like from outside: points in, labels and a record out. One adapter a
 * method turns the options of a command into the options of its kernel, and its result into the record. */
#ifndef GYEOL_STUDY_CLUSTER_METHOD_H
#define GYEOL_STUDY_CLUSTER_METHOD_H

#include <jansson.h>

#include <gyeol/cluster.h>
#include <gyeol/matrix.h>

typedef struct gy_cluster_input {
  gy_matrix x;          /* scaled; no columns where there are categories only */
  const int32_t *codes; /* n x n_categories, -1 where missing */
  size_t n_categories;
  const int32_t *n_levels;
  const float *weights; /* NULL: all 1 */
  const gy_cluster_options *options;
} gy_cluster_input;

enum { GY_CLUSTER_SCORES_MAX = 2 };

typedef struct gy_cluster_fit {
  int32_t *labels;                      /* n, the caller's, filled by the method: 0..k-1, -1 */
  float *scores[GY_CLUSTER_SCORES_MAX]; /* n each, or NULL; given by the method, free() */
  const char *score_names[GY_CLUSTER_SCORES_MAX];
  int32_t k, n_empty;
  json_t *record; /* an object the method adds its figures to */
  json_t *notes;  /* an array of sentences */
} gy_cluster_fit;

typedef struct gy_cluster_method {
  const char *name;
  const char *summary;
  bool takes_categories, takes_weights;
  bool takes_missing; /* numbers may be NaN, under some option at least */
  bool needs_k;       /* there is no k = 0 */
  gy_status (*fit)(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit, gy_error *err);
} gy_cluster_method;

extern const gy_cluster_method *const GY_CLUSTER_METHODS[]; /* ends with NULL */

GY_MUST_USE gy_status gy_cluster_method_find(const char *name, const gy_cluster_method **method,
                                             gy_error *err);

/* A sentence for whoever reads the record. */
void gy_cluster_note(gy_cluster_fit *fit, const char *format, ...) GY_PRINTF(2, 3);

/* A further column of what is written: n floats for the method to fill; NULL when memory is spent. */
float *gy_cluster_add_score(gy_cluster_fit *fit, const char *name, size_t n);

void gy_cluster_fit_clear(gy_cluster_fit *fit);

/* New rows belong to the nearest of these centres (k x d floats, scaled units). */
void gy_cluster_score_by_center(gy_cluster_fit *fit, const float *centers, size_t k, size_t d);

#endif
