/* SPDX-License-Identifier: Apache-2.0
 *
 * Density clustering by its definitions, in plain loops. */
#ifndef GYEOL_TESTS_DENSITY_REFERENCE_H
#define GYEOL_TESTS_DENSITY_REFERENCE_H

#include <gyeol/dbscan.h>
#include <gyeol/optics.h>

/* DBSCAN over all pairs; returns the number of clusters. */
int32_t reference_dbscan(gy_matrix x, const gy_dbscan_options *options, int32_t *labels, bool *core);

/* Squared distance: differences in double, summed in column order. */
double reference_square(gy_matrix x, size_t a, size_t b);

/* OPTICS over all pairs; gy_optics_clear. */
gy_optics reference_optics(gy_matrix x, const gy_optics_options *options);

#endif
