/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys that were parted by hand stay apart: Kruskal's order with a look at every union. */
#ifndef GYEOL_PEOPLE_IDENTITY_APART_H
#define GYEOL_PEOPLE_IDENTITY_APART_H

#include "people/identity_graph.h"

/* Makes `together` from the links that are used, joins, parts and pins, and marks links that it leaves out.
 * Only components that a part or pin touches are gone through link by link. GY_ENOMEM. */
GY_MUST_USE gy_status gy_identity_keep_apart(const gy_identity_graph *graph, gy_identity_labels *labels,
                                             gy_error *err);

#endif
