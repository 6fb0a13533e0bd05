/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of clustering methods, and what their adapters share. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "study/cluster_method.h"
#include "study/cluster_model.h"

extern const gy_cluster_method GY_METHOD_KMEANS, GY_METHOD_MINIBATCH, GY_METHOD_BISECTING,
    GY_METHOD_SPHERICAL, GY_METHOD_TRIMMED, GY_METHOD_KMEDOIDS, GY_METHOD_KPROTOTYPES, GY_METHOD_HIERARCHICAL,
    GY_METHOD_GENIE, GY_METHOD_DBSCAN, GY_METHOD_OPTICS, GY_METHOD_HDBSCAN, GY_METHOD_GMM, GY_METHOD_LATENT;

const gy_cluster_method *const GY_CLUSTER_METHODS[] = {
    &GY_METHOD_KMEANS,      &GY_METHOD_MINIBATCH,    &GY_METHOD_BISECTING,
    &GY_METHOD_SPHERICAL,   &GY_METHOD_TRIMMED,      &GY_METHOD_KMEDOIDS,
    &GY_METHOD_KPROTOTYPES, &GY_METHOD_HIERARCHICAL, &GY_METHOD_GENIE,
    &GY_METHOD_DBSCAN,      &GY_METHOD_OPTICS,       &GY_METHOD_HDBSCAN,
    &GY_METHOD_GMM,         &GY_METHOD_LATENT,       NULL,
};

gy_status gy_cluster_method_find(const char *name, const gy_cluster_method **method, gy_error *err) {
  gy_buffer names;
  gy_buffer_init(&names, 1024);
  for (size_t i = 0; GY_CLUSTER_METHODS[i] != NULL; i++) {
    if (strcmp(GY_CLUSTER_METHODS[i]->name, name) == 0) {
      *method = GY_CLUSTER_METHODS[i];
      gy_buffer_clear(&names);
      return GY_OK;
    }
    gy_buffer_printf(&names, "%s%s", i > 0 ? ", " : "", GY_CLUSTER_METHODS[i]->name);
  }
  gy_status status = gy_fail(err, GY_EUSAGE, "there is no clustering method '%s'; there are %s", name,
                             names.data != NULL ? names.data : "");
  gy_buffer_clear(&names);
  return status;
}

const char *gy_cluster_method_name(size_t i) {
  for (size_t j = 0; GY_CLUSTER_METHODS[j] != NULL; j++)
    if (j == i) return GY_CLUSTER_METHODS[j]->name;
  return NULL;
}

const char *gy_cluster_method_summary(size_t i) {
  return gy_cluster_method_name(i) == NULL ? NULL : GY_CLUSTER_METHODS[i]->summary;
}

void gy_cluster_note(gy_cluster_fit *fit, const char *format, ...) {
  char sentence[512];
  va_list args;
  va_start(args, format);
  vsnprintf(sentence, sizeof sentence, format, args);
  va_end(args);
  json_array_append_new(fit->notes, json_string(sentence));
}

float *gy_cluster_add_score(gy_cluster_fit *fit, const char *name, size_t n) {
  for (size_t i = 0; i < GY_CLUSTER_SCORES_MAX; i++) {
    if (fit->scores[i] != NULL) continue;
    fit->score_names[i] = name;
    return fit->scores[i] = malloc((n + 1) * sizeof(float));
  }
  return NULL;
}

void gy_cluster_fit_clear(gy_cluster_fit *fit) {
  free(fit->labels);
  for (size_t i = 0; i < GY_CLUSTER_SCORES_MAX; i++) free(fit->scores[i]);
  json_decref(fit->record);
  json_decref(fit->notes);
}

void gy_cluster_score_by_center(gy_cluster_fit *fit, const float *centers, size_t k, size_t d) {
  json_object_set_new(
      fit->record, "model",
      json_pack("{s:s, s:o}", "scoring", "nearest_center", "centers", gy_rows_json(centers, k, d)));
}
