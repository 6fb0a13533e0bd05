/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/battery.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <gyeol/agreement.h>

const battery_set BATTERY_SETS[] = {{"fcps", "atom"},
                                    {"fcps", "chainlink"},
                                    {"fcps", "engytime"},
                                    {"fcps", "hepta"},
                                    {"fcps", "lsun"},
                                    {"fcps", "target"},
                                    {"fcps", "tetra"},
                                    {"fcps", "twodiamonds"},
                                    {"fcps", "wingnut"},
                                    {"graves", "dense"},
                                    {"graves", "fuzzyx"},
                                    {"graves", "line"},
                                    {"graves", "parabolic"},
                                    {"graves", "ring"},
                                    {"graves", "ring_noisy"},
                                    {"graves", "ring_outliers"},
                                    {"graves", "zigzag"},
                                    {"graves", "zigzag_noisy"},
                                    {"graves", "zigzag_outliers"},
                                    {"other", "chameleon_t4_8k"},
                                    {"other", "chameleon_t5_8k"},
                                    {"other", "chameleon_t7_10k"},
                                    {"other", "chameleon_t8_8k"},
                                    {"other", "hdbscan"},
                                    {"other", "iris"},
                                    {"other", "iris5"},
                                    {"other", "square"},
                                    {"sipu", "a1"},
                                    {"sipu", "a2"},
                                    {"sipu", "a3"},
                                    {"sipu", "aggregation"},
                                    {"sipu", "birch1"},
                                    {"sipu", "birch2"},
                                    {"sipu", "compound"},
                                    {"sipu", "d31"},
                                    {"sipu", "flame"},
                                    {"sipu", "jain"},
                                    {"sipu", "pathbased"},
                                    {"sipu", "r15"},
                                    {"sipu", "s1"},
                                    {"sipu", "s2"},
                                    {"sipu", "s3"},
                                    {"sipu", "s4"},
                                    {"sipu", "spiral"},
                                    {"sipu", "unbalance"},
                                    {"sipu", "worms_2"},
                                    {NULL, NULL}};

static gzFile open_part(const char *battery, const char *name, const char *part) {
  char path[1024];
  const char *folder = getenv("GYEOL_DATA");
  snprintf(path, sizeof path, "%s/clustering/%s/%s.%s.gz", folder == NULL ? "../shared/data" : folder,
           battery, name, part);
  return gzopen(path, "rb");
}

gy_matrix read_battery_points(const char *battery, const char *name) {
  char line[4096];
  size_t n = 0, d = 0, room = 0;
  float *values = NULL;
  gzFile file = open_part(battery, name, "data");
  if (file == NULL) cr_skip_test("no %s/%s", battery, name);
  while (gzgets(file, line, sizeof line) != NULL) {
    size_t fields = 0;
    for (char *save, *field = strtok_r(line, " \t\r\n", &save); field != NULL;
         field = strtok_r(NULL, " \t\r\n", &save), fields++) {
      if (n * d + fields >= room) values = realloc(values, (room = 2 * room + 1024) * sizeof *values);
      values[n * d + fields] = strtof(field, NULL);
    }
    if (fields == 0) continue;
    cr_assert(n == 0 || fields == d, "%s/%s, row %zu: %zu values", battery, name, n + 1, fields);
    d = fields;
    n++;
  }
  gzclose(file);
  return (gy_matrix){values, n, d};
}

int32_t *read_battery_labels(const char *battery, const char *name, int which, size_t n, int32_t *k) {
  char line[256], part[32];
  snprintf(part, sizeof part, "labels%d", which);
  gzFile file = open_part(battery, name, part);
  if (file == NULL) return NULL;
  int32_t *labels = malloc(n * sizeof *labels);
  *k = 0;
  for (size_t i = 0; i < n; i++) {
    cr_assert_not_null(gzgets(file, line, sizeof line), "%s/%s has too few labels", battery, name);
    labels[i] = (int32_t)strtol(line, NULL, 10);
    if (labels[i] > *k) *k = labels[i];
  }
  gzclose(file);
  return labels;
}

double battery_ari(const int32_t *labels, int32_t k, const int32_t *reference, int32_t reference_k,
                   size_t n) {
  int32_t *ours = malloc(n * sizeof *ours), *theirs = malloc(n * sizeof *theirs);
  size_t n_kept = 0;
  double ari = 0;
  for (size_t i = 0; i < n; i++) {
    if (reference[i] == 0) continue;
    ours[n_kept] = labels[i] < 0 ? k : labels[i];
    theirs[n_kept++] = reference[i] - 1;
  }
  cr_assert_eq(gy_adjusted_rand(ours, k + 1, theirs, reference_k, n_kept, &ari, NULL), GY_OK);
  free(ours);
  free(theirs);
  return ari;
}
