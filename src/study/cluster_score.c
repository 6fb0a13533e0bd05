/* SPDX-License-Identifier: Apache-2.0
 *
 * Two files of labels for the same rows, and how far they agree. */
#include <stdlib.h>
#include <string.h>

#include <gyeol/cluster.h>
#include <gyeol/agreement.h>
#include <jansson.h>

#include "base/file.h"
#include "study/point_table.h"

/* "FILE" or "FILE:COLUMN"; a file that has a colon in its name is a file. */
static gy_status load(const char *what, const gy_task *task, gy_label_column *column, gy_error *err) {
  const char *colon = strrchr(what, ':');
  if (colon == NULL || gy_path_exists(what)) return gy_label_column_load(what, NULL, task, column, err);
  char *path = strndup(what, (size_t)(colon - what));
  gy_status status = path != NULL ? gy_label_column_load(path, colon + 1, task, column, err)
                                  : gy_fail(err, GY_ENOMEM, "no memory to read %s", what);
  free(path);
  return status;
}

/* Rows without a label in either file, and those marked `left_out` in the truth, go from both. */
static gy_status leave_out(gy_label_column *labels, gy_label_column *truth, const char *left_out,
                           gy_error *err) {
  int32_t code = -1;
  for (int32_t c = 0; left_out != NULL && c < truth->n_levels; c++)
    if (strcmp(truth->levels[c], left_out) == 0) code = c;
  if (left_out != NULL && code < 0)
    return gy_fail(err, GY_EUSAGE, "--leave-out %s: the truth has no such label", left_out);
  size_t kept = 0;
  for (size_t i = 0; i < truth->n; i++) {
    if (truth->codes[i] < 0 || labels->codes[i] < 0 || (left_out != NULL && truth->codes[i] == code))
      continue;
    truth->codes[kept] = truth->codes[i];
    labels->codes[kept++] = labels->codes[i];
  }
  labels->n = truth->n = kept;
  return kept > 0 ? GY_OK : gy_fail(err, GY_EDATA, "no row has a label in both files");
}

static gy_status compare(const gy_label_column *labels, const gy_label_column *truth, char **result,
                         gy_error *err) {
  gy_agreement found;
  gy_labeling a = {.labels = labels->codes, .n_clusters = labels->n_levels};
  gy_labeling b = {.labels = truth->codes, .n_clusters = truth->n_levels};
  gy_status status = gy_agreement_of(&a, &b, truth->n, &found, err);
  if (status != GY_OK) return status;
  json_t *scores =
      json_pack("{s:I, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "n", (json_int_t)truth->n,
                "labels", labels->n_levels, "truth", truth->n_levels, "ari", found.adjusted_rand, "ami",
                found.adjusted_arithmetic, "nmi", found.normalised_arithmetic, "homogeneity",
                found.homogeneity, "completeness", found.completeness, "v_measure", found.v_measure,
                "fowlkes_mallows", found.fowlkes_mallows, "nca", found.nca, "rand", found.rand);
  *result = json_dumps(scores, JSON_COMPACT);
  json_decref(scores);
  return *result != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the scores");
}

gy_status gy_cluster_score(const gy_cluster_score_options *options, const gy_task *task, char **result,
                           gy_error *err) {
  gy_label_column labels = {0}, truth = {0};
  gy_status status = load(options->labels, task, &labels, err);
  if (status == GY_OK) status = load(options->truth, task, &truth, err);
  if (status == GY_OK && labels.n != truth.n)
    status =
        gy_fail(err, GY_EDATA, "%s has %zu rows, %s has %zu: they must label the same rows in the same order",
                options->labels, labels.n, options->truth, truth.n);
  if (status == GY_OK) status = leave_out(&labels, &truth, options->left_out, err);
  if (status == GY_OK) status = compare(&labels, &truth, result, err);
  gy_label_column_clear(&labels);
  gy_label_column_clear(&truth);
  return status;
}
