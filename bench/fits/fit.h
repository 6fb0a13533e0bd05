/* SPDX-License-Identifier: Apache-2.0
 *
 * A program that times fits and nothing else. It reads its data once; each line on its standard input asks
 * for one fit, answered by "SECONDS QUALITY" (bench/fits.mjs drives it beside its peer, in turns).
 *
 *   fit_kmeans CASE FILE ROWS COLUMNS THREADS       FILE: row-major floats, as fit_data writes them */
#ifndef GYEOL_BENCH_FIT_H
#define GYEOL_BENCH_FIT_H

#include <stddef.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

typedef struct fit_case {
  const char *name;
  /* What a fit is given and is not timed: distances, centres. May be NULL. */
  void *(*prepare)(gy_matrix x);
  /* One fit. `quality`: what the peer's fit is compared by (inertia, cost, number of clusters). */
  gy_status (*fit)(gy_matrix x, void *prepared, const gy_task *task, double *quality, gy_error *err);
} fit_case;

int fit_main(int argc, char **argv, const fit_case *cases, size_t n_cases);

#endif
