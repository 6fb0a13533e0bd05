/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GYEOL_CLUSTER_ELBOW_H
#define GYEOL_CLUSTER_ELBOW_H

#include <stddef.h>

/* The place of the elbow of a falling curve y over ascending x, or n when there is none: fewer than three
 * points, or no point below the chord. */
size_t gy_elbow(const double *x, const double *y, size_t n);

#endif
