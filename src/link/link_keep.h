/* SPDX-License-Identifier: Apache-2.0
 *
 * The last stage: every candidate pair is weighed, those above the line for review are kept. */
#ifndef GYEOL_LINK_LINK_KEEP_H
#define GYEOL_LINK_LINK_KEEP_H

#include "link/link_work.h"

/* `planned`: bytes that are taken already. */
GY_MUST_USE gy_status link_keep_pairs(link_work *w, size_t planned, gy_link_result *result, gy_error *err);

#endif
