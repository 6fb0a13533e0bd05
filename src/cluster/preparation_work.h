/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of a fit of a preparation share: rows that take part, statistics of each column, the terms
 * that predictions see, and scratch, all laid out at once. */
#ifndef GYEOL_CLUSTER_PREPARATION_WORK_H
#define GYEOL_CLUSTER_PREPARATION_WORK_H

#include <gyeol/preparation.h>

#include "base/layout.h"

enum { GY_PREPARATION_FOLDS = 5 };

typedef struct gy_preparation_work {
  const gy_attributes *x;
  const gy_task *task;
  uint64_t seed;
  gy_preparation *p; /* being made */
  int n_threads, n_column_threads;
  size_t n_terms; /* room for so many; 0: nothing is predicted */
  size_t n_tree_rows;

  uint8_t *states;                    /* n: gy_row_state */
  double *values;                     /* n a thread */
  double *centers, *sds;              /* n_numbers: of t, over the rows that are kept */
  int64_t *n_present;                 /* columns: values in the rows that are kept */
  int64_t *counts;                    /* of the widest category's levels, and one more */
  size_t chunk_room;                  /* rows */
  double *chunk;                      /* chunk_room x (n_terms + 2) */
  size_t *chunk_rows;                 /* chunk_room */
  double *grams;                      /* GY_PREPARATION_FOLDS squares of n_terms + 2 */
  double *train, *inner, *system;     /* squares */
  double *solution;                   /* n_terms + 2 */
  float *tree_rows, *part_rows;       /* n_tree_rows x n_terms */
  int32_t *tree_labels, *part_labels; /* n_tree_rows */
  uint8_t *tree_folds;                /* n_tree_rows */
} gy_preparation_work;

/* t of a present value. */
double gy_treat(const gy_prepared_column *column, double x);

/* The most terms there can be. */
size_t gy_preparation_terms_most(const gy_attributes *x);

/* Fills p->terms and p->n_terms from the rows that are kept. */
void gy_preparation_terms_make(gy_preparation_work *work);

/* A term of a row; 0 for a value that is missing. */
double gy_preparation_term_of(const gy_preparation *p, const gy_preparation_term *term, const float *numbers,
                              const int32_t *codes);

/* Whether a row is kept. */
gy_row_state gy_preparation_state_of(const gy_preparation *p, const gy_attributes *x, size_t row);

/* GY_EDATA for a code outside its levels; for the infinite value that there is. */
GY_MUST_USE gy_status gy_preparation_check_codes(const gy_attributes *x, gy_error *err);
gy_status gy_preparation_fail_infinite(const gy_attributes *x, gy_error *err);

/* Which fold a row is in, by its number alone. */
unsigned gy_preparation_fold(uint64_t seed, size_t row);

/* Fit the prediction of column `j`: of a number, of a category. Errors: GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_preparation_ridge(gy_preparation_work *work, size_t j, gy_error *err);
GY_MUST_USE gy_status gy_preparation_tree(gy_preparation_work *work, size_t j, gy_error *err);

#endif
