/* SPDX-License-Identifier: Apache-2.0
 *
 * A fitted clustering as what scores new rows: columns, their scaling, and centres or a mixture. It is the
 * member `model` of a fit's record (of `gyeol cluster --json`, of the clusters step of a run):
 *
 *   {"scoring": "nearest_center" | "diagonal_mixture", "first_label": 0, "columns": [{column, method, log,
 *    center, scale, fill}, ...], "centers": [[...], ...], "variances": ..., "weights": ...,
 *    "preparation": ...} (preparation_json.h; absent: missing values take `fill`) */
#ifndef GYEOL_STUDY_CLUSTER_MODEL_H
#define GYEOL_STUDY_CLUSTER_MODEL_H

#include <jansson.h>

#include <gyeol/matrix.h>
#include <gyeol/preparation.h>
#include <gyeol/scaling.h>
#include <gyeol/task.h>

typedef enum gy_cluster_scoring {
  GY_SCORE_NEAREST_CENTER,   /* Euclidean */
  GY_SCORE_DIAGONAL_MIXTURE, /* the component of the highest weighted density */
} gy_cluster_scoring;

typedef struct gy_cluster_model {
  gy_cluster_scoring scoring;
  size_t k, d;
  int32_t first_label; /* of cluster 0 */
  char **names;        /* d columns that are clustered by */
  char **inputs;       /* n_inputs columns that come in: the same, but for indicators */
  size_t n_inputs;
  gy_preparation preparation; /* zeroed: none */
  size_t *indicators;         /* inputs whose indicators are the columns after them */
  size_t n_indicators;
  gy_column_scaling *scaling;
  double *centers;   /* k x d, scaled units; a mixture's means */
  double *variances; /* k x d; NULL for nearest centres */
  double *weights;   /* k; NULL for nearest centres */
} gy_cluster_model;

/* Parts of that object. */
json_t *gy_scaling_json(const char *column, const gy_column_scaling *scaling);
json_t *gy_rows_json(const float *values, size_t n, size_t d); /* n arrays of d */

/* GY_EDATA when the record is of a method that scores no new rows, GY_EPARSE when it is no such record.
 * Clear the model in either case. */
GY_MUST_USE gy_status gy_cluster_model_read(const json_t *record, gy_cluster_model *model, gy_error *err);
void gy_cluster_model_clear(gy_cluster_model *model);

/* Labels of rows `x` as they come in (n x n_inputs; NaN is missing), in double throughout; ties: the lower
 * label. A row set aside gets -1, one that is dropped GY_LABEL_NONE. Errors: GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_cluster_model_score(const gy_cluster_model *model, gy_matrix x, const gy_task *task,
                                             int32_t *labels, gy_error *err);

/* What a cluster's score begins with, before the columns' squares. */
double gy_cluster_model_offset(const gy_cluster_model *model, size_t c);

/* Gives a SELECT of `id` and the label as `cluster` from `table`, in the subset of SQL that DuckDB and
 * PostgreSQL share. `table` and `id` are SQL identifiers, quoted where they need to be. */
GY_MUST_USE gy_status gy_cluster_model_sql(const gy_cluster_model *model, const char *table, const char *id,
                                           char **sql, gy_error *err);

#endif
