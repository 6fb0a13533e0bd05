/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_geojson.c's checks, of inputs that begin as topologies: arcs, transforms, numbers of arcs. */
#include "fuzz_geojson.c"
