/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows without clusters that otherwise resemble given ones: what an index of clustering must beat before it
 * means anything.
 *
 *   uniform   in the box of the rows along their principal axes (Tibshirani, Walther and Hastie 2001)
 *   unimodal  one cloud: each column has its own distribution, skewed as it may be, but with a single peak
 *             (unimodal.h), and columns hang together as in the rows (normal copula of their ranks) */
#ifndef GYEOL_NUM_NULL_MODEL_H
#define GYEOL_NUM_NULL_MODEL_H

#include <gyeol/pca.h>

#include "num/unimodal.h"

typedef enum gy_null_kind { GY_NULL_UNIFORM, GY_NULL_UNIMODAL } gy_null_kind;

typedef struct gy_null_model {
  gy_pca axes;
  float *low, *high;    /* the rows' extent along each axis */
  gy_pca ranks;         /* of the columns' normal scores */
  gy_unimodal *columns; /* d */
} gy_null_model;

/* n >= 2; O(n log n d + n d^2 + d^3) time, n x d floats of scratch. Clear in either case. Errors as
 * gy_pca_fit. */
GY_MUST_USE gy_status gy_null_model_fit(gy_matrix x, const gy_task *task, gy_null_model *model,
                                        gy_error *err);
void gy_null_model_clear(gy_null_model *model);

/* n rows (n x d, the caller's) from stream `stream` of `seed`. Errors: GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_null_model_draw(const gy_null_model *model, gy_null_kind kind, uint64_t seed,
                                         uint64_t stream, size_t n, const gy_task *task, float *rows,
                                         gy_error *err);

#endif
