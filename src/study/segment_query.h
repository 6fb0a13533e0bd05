/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding a segment of the last run by the name a person gives it. */
#ifndef GYEOL_STUDY_SEGMENT_QUERY_H
#define GYEOL_STUDY_SEGMENT_QUERY_H

#include "engine/engine.h"

typedef enum gy_segment_kind { GY_SEGMENT_RFM, GY_SEGMENT_CLUSTER } gy_segment_kind;

typedef struct gy_segment_ref {
  gy_segment_kind kind;
  int64_t number;        /* position among the segments of its kind, from 0 */
  const json_t *summary; /* its entry in `rfm` or `clusters`; lent */
} gy_segment_ref;

/* `rfm` and `clusters` are the details of those steps. NAME is a segment's name in either language, in any
 * case, or cluster:N, counted from 1. GY_ENOTFOUND lists what there is. */
GY_MUST_USE gy_status gy_segment_find(const json_t *rfm, const json_t *clusters, const char *name,
                                      gy_segment_ref *ref, gy_error *err);

#endif
