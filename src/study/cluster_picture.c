/* SPDX-License-Identifier: Apache-2.0 */
#include "study/cluster_picture.h"

#include <stdlib.h>
#include <string.h>

#include <gyeol/embedding.h>
#include <gyeol/pca.h>

enum { JUDGED_ROWS = 1000, NEIGHBORS = 15 };

static gy_status by_components(gy_matrix x, const gy_task *task, float *points, json_t *worth,
                               gy_error *err) {
  int32_t k = x.n_columns > 1 && x.n_rows > 2 ? 2 : 1;
  gy_pca_options options = gy_pca_defaults(k);
  gy_pca model;
  gy_status status = gy_pca_fit(x, &options, task, &model, err);
  if (status != GY_OK) return status;
  status = gy_pca_transform(&model, GY_PCA_SCORES, x, task, points, err);
  for (size_t i = x.n_rows; k == 1 && i-- > 0;) { /* from the end: n values become n pairs in place */
    points[2 * i] = points[i];
    points[2 * i + 1] = 0;
  }
  json_t *shares = json_array();
  for (int32_t c = 0; c < k; c++) json_array_append_new(shares, json_real(model.explained_variance_ratio[c]));
  json_object_set_new(worth, "explained_variance_ratio", shares);
  gy_pca_clear(&model);
  return status;
}

static gy_status by_neighbours(gy_matrix x, uint64_t seed, const gy_task *task, float *points, json_t *worth,
                               gy_error *err) {
  gy_embedding_options options = gy_embedding_defaults();
  gy_embedding result;
  options.seed = seed;
  gy_status status = gy_embedding_fit(x, &options, task, points, &result, err);
  if (status != GY_OK) return status;
  json_object_set_new(worth, "kl_divergence", json_real(result.kl_divergence));
  json_object_set_new(worth, "rows_embedded", json_integer((json_int_t)result.n_embedded));
  return GY_OK;
}

static gy_status judge(gy_matrix x, const float *points, uint64_t seed, const gy_task *task, json_t *worth,
                       gy_error *err) {
  gy_embedding_quality_result quality;
  gy_status status = gy_embedding_quality(x, (gy_matrix){points, x.n_rows, 2}, NEIGHBORS, JUDGED_ROWS, seed,
                                          task, &quality, err);
  if (status != GY_OK) return status;
  json_object_set_new(worth, "trustworthiness", json_real(quality.trustworthiness));
  json_object_set_new(worth, "neighbours_kept", json_real(quality.neighbours_kept));
  return GY_OK;
}

gy_status gy_cluster_picture(gy_matrix x, const char *how, uint64_t seed, const gy_task *task,
                             float *coordinates[2], json_t **worth, gy_error *err) {
  bool is_tsne = strcmp(how, "tsne") == 0;
  if (!is_tsne && strcmp(how, "pca") != 0)
    return gy_fail(err, GY_EUSAGE, "--picture %s is not known; use pca or tsne", how);
  if (x.n_columns == 0) return gy_fail(err, GY_EUSAGE, "--picture needs columns of numbers");
  float *points = malloc((2 * x.n_rows + 2) * sizeof *points);
  float *first = malloc((x.n_rows + 1) * sizeof *first), *second = malloc((x.n_rows + 1) * sizeof *second);
  json_t *made = json_pack("{s:s}", "method", how);
  gy_status status = GY_OK;
  if (points == NULL || first == NULL || second == NULL || made == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory for a picture of %zu rows", x.n_rows);
  if (status == GY_OK)
    status =
        is_tsne ? by_neighbours(x, seed, task, points, made, err) : by_components(x, task, points, made, err);
  if (status == GY_OK) status = judge(x, points, seed, task, made, err);
  for (size_t i = 0; i < x.n_rows && status == GY_OK; i++) {
    first[i] = points[2 * i];
    second[i] = points[2 * i + 1];
  }
  free(points);
  if (status == GY_OK) {
    coordinates[0] = first;
    coordinates[1] = second;
    *worth = made;
  } else {
    free(first);
    free(second);
    json_decref(made);
  }
  return status;
}
