/* SPDX-License-Identifier: Apache-2.0
 *
 * Spherical k-means (Dhillon and Modha 2001). For rows and centres of length 1, |x - c|^2 = 2 (1 - x.c): the
 * nearest centre is the one of the smallest angle, so k-means does the rest, with centres brought back to
 * length 1 after each step (the best direction for a cluster is that of its sum). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/kmeans_variants.h>

#include "cluster/kmeans_work.h"
#include "num/moments.h"

/* Copies rows at length 1; GY_EDATA at the first that has none. */
static gy_status copy_directions(gy_matrix x, float *to, gy_error *err) {
  size_t d = x.n_columns;
  for (size_t i = 0; i < x.n_rows; i++) {
    const float *row = gy_matrix_row(x, i);
    double squared = 0;
    for (size_t j = 0; j < d; j++) squared += (double)row[j] * (double)row[j];
    if (squared <= 0)
      return gy_fail(err, GY_EDATA,
                     "row %zu has no direction: all its columns are 0; drop it, or scale them otherwise",
                     i + 1);
    double length = sqrt(squared);
    for (size_t j = 0; j < d; j++) to[i * d + j] = (float)((double)row[j] / length);
  }
  return GY_OK;
}

/* A checked copy of x at length 1: free(). */
static gy_status directions_of(gy_matrix x, const gy_task *task, float **copy, gy_error *err) {
  gy_status status = gy_matrix_check(x, GY_KMEANS_VALUE_LIMIT, task, err);
  if (status != GY_OK) return status;
  float *values = malloc(x.n_rows * x.n_columns * sizeof *values);
  if (values == NULL) return gy_fail(err, GY_ENOMEM, "out of memory for a copy of %zu rows", x.n_rows);
  status = copy_directions(x, values, err);
  if (status == GY_OK)
    *copy = values;
  else
    free(values);
  return status;
}

static size_t bytes_of_copy(size_t n, size_t d) {
  size_t bytes;
  return __builtin_mul_overflow(n, d, &bytes) || bytes > SIZE_MAX / 8 ? SIZE_MAX / 2 : bytes * sizeof(float);
}

size_t gy_spherical_memory(size_t n, size_t d, const gy_kmeans_options *options, const gy_task *task) {
  gy_task left = gy_kmeans_task_beside(task, bytes_of_copy(n, d));
  size_t fit = gy_kmeans_memory(n, d, options, &left), copy = bytes_of_copy(n, d);
  return fit > SIZE_MAX - copy ? SIZE_MAX : fit + copy;
}

gy_status gy_spherical_fit(gy_matrix x, const gy_kmeans_options *options, const gy_task *task,
                           gy_kmeans *model, int32_t *labels, gy_error *err) {
  size_t count;
  float *copy = NULL, *centers = NULL;
  gy_kmeans_options on_sphere = *options;
  gy_kmeans found;
  gy_status status = gy_kmeans_check_options(x, options, err);
  if (status != GY_OK) return status;
  size_t need = gy_spherical_memory(x.n_rows, x.n_columns, options, task);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT,
                   "spherical k-means: %zu bytes are needed for %zu rows, and the budget is %zu", need,
                   x.n_rows, gy_task_memory(task));
  gy_task left = gy_kmeans_task_beside(task, bytes_of_copy(x.n_rows, x.n_columns));
  status = directions_of(x, task, &copy, err);
  if (status == GY_OK && options->initial_centers != NULL) {
    gy_matrix given = {options->initial_centers, (size_t)options->n_clusters, x.n_columns};
    status = directions_of(given, task, &centers, err);
    if (status != GY_OK) gy_error_prefix(err, "initial centres");
    on_sphere.initial_centers = centers;
  }
  if (status != GY_OK) {
    gy_error_prefix(err, "spherical k-means");
    goto done;
  }
  status = gy_kmeans_fit_with(gy_kmeans_kernels(&count)[0], (gy_matrix){copy, x.n_rows, x.n_columns},
                              &on_sphere, true, &left, &found, labels, err);
  if (status != GY_OK) goto done;
  found.inertia /= 2;
  *model = found;
done:
  free(centers);
  free(copy);
  return status;
}

gy_status gy_spherical_predict(const gy_kmeans *model, gy_matrix x, const gy_task *task, int32_t *labels,
                               float *cosines, gy_error *err) {
  float *copy;
  if (x.n_rows == 0) return GY_OK;
  gy_status status = directions_of(x, task, &copy, err);
  if (status == GY_OK) {
    gy_matrix rows = {copy, x.n_rows, x.n_columns};
    status = gy_kmeans_predict(model, rows, task, labels, cosines, err);
    for (size_t i = 0; status == GY_OK && cosines != NULL && i < x.n_rows; i++)
      cosines[i] = 1 - cosines[i] / 2;
    free(copy);
  }
  if (status != GY_OK) gy_error_prefix(err, "spherical k-means");
  return status;
}
