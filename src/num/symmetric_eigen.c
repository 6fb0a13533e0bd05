/* SPDX-License-Identifier: Apache-2.0
 *
 * LAPACK gives eigenvectors in columns of a column-major matrix, which are rows of ours, smallest eigenvalue
 * first, and with any sign. Below it, OpenBLAS adds in an order that depends on its number of threads: it is
 * set to one, for good, since setting it back would race with another caller. More gain nothing on these
 * sizes (1,000 x 1,000: 0.47 s with one, 0.52 s with two). */
#include "num/symmetric_eigen.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>

static size_t work_size(size_t n) { return 1 + 6 * n + 2 * n * n; }

static size_t whole_size(size_t n) { return 3 + 5 * n; }

void gy_eigen_layout(gy_eigen_work *work, size_t n, gy_layout *at) {
  work->work = gy_layout_take(at, work_size(n), sizeof *work->work);
  work->whole = gy_layout_take(at, whole_size(n), sizeof *work->whole);
}

bool gy_fix_sign(double *v, size_t n) {
  size_t most = 0;
  for (size_t j = 1; j < n; j++)
    if (fabs(v[j]) > fabs(v[most])) most = j;
  bool turn = v[most] < 0;
  for (size_t j = 0; turn && j < n; j++) v[j] = -v[j];
  return turn;
}

static void swap(double *a, double *b, size_t n) {
  for (size_t j = 0; j < n; j++) {
    double kept = a[j];
    a[j] = b[j];
    b[j] = kept;
  }
}

gy_status gy_symmetric_eigen(double *a, size_t n, double *values, const gy_eigen_work *work, gy_error *err) {
  openblas_set_num_threads(1);
  lapack_int order = (lapack_int)n;
  lapack_int info = LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'V', 'U', order, a, order, values, work->work,
                                        (lapack_int)work_size(n), work->whole, (lapack_int)whole_size(n));
  if (info != 0)
    return gy_fail(err, GY_EINTERNAL, "the eigenvectors of a %zu x %zu matrix were not found (dsyevd: %d)", n,
                   n, (int)info);
  for (size_t i = 0; i < n / 2; i++) {
    swap(a + i * n, a + (n - 1 - i) * n, n);
    swap(values + i, values + (n - 1 - i), 1);
  }
  for (size_t i = 0; i < n; i++) gy_fix_sign(a + i * n, n);
  return GY_OK;
}
