/* SPDX-License-Identifier: Apache-2.0
 *
 * The distribution with a single peak that is most likely to have given some values: its density rises to
 * the peak and falls behind it, and is otherwise free (Grenander 1956; the peak is where the likelihood is
 * largest). A column with two humps loses its gap; a skewed one keeps its tail.
 *
 * Pieces hold about equally many values each; columns of few distinct values keep these values, and it is
 * their frequencies that rise and fall. */
#ifndef GYEOL_NUM_UNIMODAL_H
#define GYEOL_NUM_UNIMODAL_H

#include <stdbool.h>
#include <stddef.h>

enum { GY_UNIMODAL_PIECES = 64 };

typedef struct gy_unimodal {
  size_t n_pieces;
  double low[GY_UNIMODAL_PIECES], high[GY_UNIMODAL_PIECES]; /* equal for a single value */
  double until[GY_UNIMODAL_PIECES];                         /* probability up to the piece's end */
} gy_unimodal;

/* From n >= 1 ascending values. O(n). */
void gy_unimodal_fit(const double *sorted, size_t n, gy_unimodal *fit);

/* The value below which a share u in 0..1 lies. */
double gy_unimodal_quantile(const gy_unimodal *fit, double u);

#endif
