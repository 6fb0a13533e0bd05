/* SPDX-License-Identifier: Apache-2.0
 *
 * Who must be asked again. What a rule says of a customer hangs on what is known of it, on its rows, on the
 * moment, and, where the rule compares all, on everybody. So of rules that compare nobody, whose definition
 * is the one that their members are of, only these are asked:
 *
 *   whose signature changed     src/rule/rule_signature.c, kept in segment_inputs; new and gone customers too
 *   whose rows came or went     segment_changes, noted by imports (import_notes.c)
 *   whom the moment moved       a row entered or left a window (gy_rule_set_moved_rows)
 *
 * Where that cannot be told, everybody is asked: settings of sources, cleaning or the zone changed, people
 * are known by keys, somebody was forgotten, time went backwards. */
#ifndef GYEOL_STUDY_SEGMENT_SCOPE_H
#define GYEOL_STUDY_SEGMENT_SCOPE_H

#include "study/segment_judge.h"

typedef struct gy_segment_scope {
  bool is_narrow;  /* some segments are asked about the customers of segment_scope only */
  int64_t n_asked; /* customers of those */
  bool is_newer;   /* the data are others than last time's, so that what was noted of them is dealt with */
  bool signs;      /* everybody's signature is to be remembered */
  char scheme[GY_FINGERPRINT_CHARS + 1]; /* what signatures are of */
} gy_segment_scope;

/* Marks segments that need few (`is_scoped`) and lists those customers in temporary tables. `last`: the
 * segments step's detail of last time. With `same_data` nothing but definitions changed since. */
GY_MUST_USE gy_status gy_segment_scope_find(const gy_run_context *run, gy_segment_judgement *judgement,
                                            const json_t *last, bool same_data, gy_segment_scope *scope,
                                            gy_error *err);

/* Remembers what the next one starts from, once the members are written. */
GY_MUST_USE gy_status gy_segment_scope_store(const gy_run_context *run, const gy_segment_scope *scope,
                                             gy_error *err);

#endif
