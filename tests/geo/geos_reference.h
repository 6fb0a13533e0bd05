/* SPDX-License-Identifier: Apache-2.0
 *
 * The answer that gy_regions_find promises, from GEOS: prepared geometries, asked one by one in file order.
 */
#ifndef GYEOL_TESTS_GEOS_REFERENCE_H
#define GYEOL_TESTS_GEOS_REFERENCE_H

#include <gyeol/regions.h>

typedef struct geos_reference geos_reference;

geos_reference *geos_reference_of(const gy_regions *regions);
int32_t geos_reference_find(const geos_reference *reference, double lat, double lng);
void geos_reference_destroy(geos_reference *reference);

#endif
