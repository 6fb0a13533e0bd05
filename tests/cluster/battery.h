/* SPDX-License-Identifier: Apache-2.0
 *
 * The benchmark sets of clustering (Gagolewski's collection): points, and one or more reference labelings. */
#ifndef GYEOL_TESTS_BATTERY_H
#define GYEOL_TESTS_BATTERY_H

#include <stdint.h>

#include <gyeol/matrix.h>

/* A set's place: battery "fcps", name "atom". */
typedef struct battery_set {
  const char *battery, *name;
} battery_set;

/* All sets, battery by battery; the last has a NULL name. */
extern const battery_set BATTERY_SETS[];

/* The points of a set; skips the test where the test data are absent; free((void *)values). */
gy_matrix read_battery_points(const char *battery, const char *name);

/* Reference labeling `which` (0..) of a set of n rows: noise is 0, clusters 1..*k. NULL where there is none;
 * free(). */
int32_t *read_battery_labels(const char *battery, const char *name, int which, size_t n, int32_t *k);

/* The adjusted Rand index of labels 0..k-1 (-1: noise, one more cluster) with a reference as read above, rows
 * of reference 0 left out. */
double battery_ari(const int32_t *labels, int32_t k, const int32_t *reference, int32_t reference_k, size_t n);

#endif
