/* SPDX-License-Identifier: Apache-2.0
 *
 * The inner loops of Gaussian mixtures, compiled once an instruction set and once a precision ("real" below:
 * float or double). They work on a range of rows first..end-1 of one matrix, allocate nothing, and depend on
 * nothing but their arguments. */
#ifndef GYEOL_CLUSTER_MIXTURE_KERNEL_H
#define GYEOL_CLUSTER_MIXTURE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/mixture.h>

/* Columns are taken four at a time; factors and sums are padded to that. */
enum { GY_MIXTURE_SIDE = 4 };

/* A mixture as the kernels read it. Rows are first brought into a frame in which every column has about mean
 * 0 and deviation 1: x' = (x - offset) scale. Of each cluster c,
 *
 *   y = x' - center            center: the mean, rounded to a real
 *   z = shift + U^T y          U: upper triangle with U U^T the inverse covariance; shift repairs the
 * rounding log density = bias - |z|^2 / 2
 *
 * U lies in stripes of four columns, each stripe row by row down to the diagonal: stripe b holds
 * min(4 b + 4, d) rows of four. Diagonal U is a row of d. */
typedef struct gy_mixture_pack {
  size_t d;
  size_t d_padded;
  size_t k;
  bool diagonal;
  const float *offset; /* GY_LANES_MAX-padded d; padding 0 */
  const float *scale;
  const void *centers; /* k x d_padded reals */
  const void *shifts;  /* k x d_padded reals */
  const void *factors; /* k x factor_stride reals; stride 0: one for all */
  size_t factor_stride;
  const double *bias; /* k */
} gy_mixture_pack;

/* Sums of the rows of one block: r is a row's responsibility times its weight. */
typedef struct gy_mixture_sums {
  double log_likelihood; /* in the frame */
  double *mass;          /* k: sum of r */
  double *first;         /* k x d_padded: sum of r y */
  double *second;        /* k x second_stride: sum of r y y^T (d_padded x d_padded, upper blocks of four), or
                            diagonal: sum of r y^2 (d_padded) */
  size_t second_stride;  /* 0: one for all clusters */
} gy_mixture_sums;

typedef struct gy_mixture_judgement {
  double log_likelihood; /* in the frame */
  double entropy;
} gy_mixture_judgement;

typedef struct gy_mixture_kernel {
  const char *name;
  size_t real_bytes;
  /* Expectation, and the sums for the maximisation, of a block of rows. `labels` (NULL: none): each row
   * belongs to its label's cluster wholly, instead. `weights` NULL: all 1. The sums start from zero. */
  void (*iterate)(const gy_mixture_pack *pack, gy_matrix x, const float *weights, const int32_t *labels,
                  size_t first, size_t end, gy_mixture_sums *sums, void *scratch);
  /* Expectation alone, into the arrays of `rows` that are there; log_density is still in the frame. */
  gy_mixture_judgement (*judge)(const gy_mixture_pack *pack, gy_matrix x, const float *weights, size_t first,
                                size_t end, const gy_mixture_rows *rows, void *scratch);
  /* For tests: e^x for x <= 0 and ln x for x >= 1 of n numbers, n a multiple of 16. */
  void (*exp_log)(const double *x, size_t n, double *exp_x, double *log_x);
} gy_mixture_kernel;

/* Points that are in work together: a multiple of 64, so that their d columns stay in the cache. */
size_t gy_mixture_tile(size_t d);

/* Bytes of scratch that a kernel call needs. */
size_t gy_mixture_kernel_scratch(size_t d, size_t k, size_t real_bytes);

/* Reals in a packed factor of d columns. */
size_t gy_mixture_factor_length(size_t d, bool diagonal);

typedef struct gy_mixture_kernels {
  const gy_mixture_kernel *in_float, *in_double;
} gy_mixture_kernels;

/* The kernels this processor can run, fastest first; never empty. */
const gy_mixture_kernels *gy_mixture_kernel_sets(size_t *count);

#endif
