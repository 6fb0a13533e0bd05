/* SPDX-License-Identifier: Apache-2.0
 *
 * Regions as functions of SQL:
 *
 *   gyeol_region_at(latitude, longitude)  VARCHAR  the code (its name, where it has none) of the first region
 * of the file that holds the point; NULL for none gyeol_region_named(text)              VARCHAR  the code of
 * the region that the text names, also when what follows it is not understood; NULL for none or several
 *
 * Degrees of WGS 84, as numbers or texts; what is no number is nowhere. */
#ifndef GYEOL_STUDY_REGION_FUNCTIONS_H
#define GYEOL_STUDY_REGION_FUNCTIONS_H

#include "engine/engine.h"
#include <gyeol/region_names.h>
#include <gyeol/regions.h>

/* Defines the first over `regions`, the second over `names`, each where it is not NULL; both are lent until
 * the engine closes. */
GY_MUST_USE gy_status gy_region_functions_define(gy_engine *engine, const gy_regions *regions,
                                                 const gy_region_names *names, gy_error *err);

#endif
