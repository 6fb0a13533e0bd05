/* SPDX-License-Identifier: Apache-2.0
 *
 * Segments of the store as lists, exports and profiles show them. */
#ifndef GYEOL_STUDY_SEGMENT_MEMBERS_H
#define GYEOL_STUDY_SEGMENT_MEMBERS_H

#include "study/run_context.h"

/* Appends the segments of the store to `entries`, in the form of gy_manifest_segments and with what else is
 * known of them. */
GY_MUST_USE gy_status gy_segment_members_list(const gy_run_context *run, json_t *entries, gy_error *err);

/* One of them, a new reference; NULL where there is none of that name. */
GY_MUST_USE gy_status gy_segment_members_find(const gy_run_context *run, const char *name, json_t **entry,
                                              gy_error *err);

/* Adds `features`, with medians and effects against all other customers, and the definition. */
GY_MUST_USE gy_status gy_segment_members_profile(const gy_run_context *run, json_t *entry, gy_error *err);

/* The SELECT of its customers. */
GY_MUST_USE gy_status gy_segment_members_select(const json_t *entry, char **sql, gy_error *err);

#endif
