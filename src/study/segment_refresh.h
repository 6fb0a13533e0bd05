/* SPDX-License-Identifier: Apache-2.0
 *
 * From judged segments to members: one query says what every rule says of every customer; who is in a segment
 * now and was not before enters, who was and is not leaves. Nothing is written before it is asked for, so
 * that the same code tells what a change of definitions would do. */
#ifndef GYEOL_STUDY_SEGMENT_REFRESH_H
#define GYEOL_STUDY_SEGMENT_REFRESH_H

#include "study/segment_held.h"

/* Works out who enters and leaves, into the temporary tables of sql/segment/plan.sql and changes.sql. `cause`
 * is the reason of changes that no definition explains: "data" or "time"; NULL: the data and the moment are
 * those that the store's members are of, so that only segments whose definition changed are evaluated.
 * Numbers new segments. `changes`: one object a segment of the folder, {"segment", "version", "customers",
 * "entered", "left"} or {"segment", "error"}, and of those of the store that are gone {"segment", "removed",
 * "left"}. Gives `held`, what they were compared with. */
GY_MUST_USE gy_status gy_segment_refresh_find(const gy_run_context *run, gy_segment_judgement *judgement,
                                              const char *cause, gy_segment_held *held, json_t **changes,
                                              gy_error *err);

/* Writes what was found: members with their history, versions, states. `run_id` names the run it happens in.
 */
GY_MUST_USE gy_status gy_segment_refresh_store(const gy_run_context *run,
                                               const gy_segment_judgement *judgement,
                                               const gy_segment_held *held, const char *run_id,
                                               json_t *changes, gy_error *err);

#endif
