/* SPDX-License-Identifier: Apache-2.0
 *
 * Decisions on identity by hand: data that no run changes, each with a number, undone as a whole. A decision
 * that contradicts one that holds is refused with a sentence that names it. Nothing of the tables of people
 * changes before the next run. Everything here happens in the caller's transaction. */
#ifndef GYEOL_PEOPLE_IDENTITY_DECISIONS_H
#define GYEOL_PEOPLE_IDENTITY_DECISIONS_H

#include "data/project_file_identity.h"
#include "engine/engine.h"

/* A key as decisions name it, and the people it belongs to now. */
typedef struct gy_person_key {
  gy_key_kind kind;
  char *key;
  char *person;    /* a customer without further keys is its own person */
  char *automatic; /* the person without decisions by hand */
  char *words;     /* as it was named */
} gy_person_key;

void gy_person_key_clear(gy_person_key *key);

/* Gives the decision's number. GY_EEXISTS: it says nothing new. GY_EUSAGE: it contradicts another one. */
GY_MUST_USE gy_status gy_identity_merge(gy_engine *engine, const gy_person_key *left,
                                        const gy_person_key *right, const char *reason, int64_t *decision,
                                        gy_error *err);
GY_MUST_USE gy_status gy_identity_pin(gy_engine *engine, const gy_person_key *person,
                                      const gy_person_key *key, const char *reason, int64_t *decision,
                                      gy_error *err);
/* Takes keys from a person; no keys: takes back what was merged by hand, else parts all of its customers.
 * `undone` counts merges by hand that this ends; `decision` is 0 where that is all. */
GY_MUST_USE gy_status gy_identity_unmerge(gy_engine *engine, const gy_person_key *person,
                                          const gy_person_key *keys, size_t n_keys, const char *reason,
                                          int64_t *decision, int64_t *undone, gy_error *err);
/* Undoes one decision; 0: the last that holds, whose number it receives. */
GY_MUST_USE gy_status gy_identity_undo(gy_engine *engine, int64_t *decision, gy_error *err);

#endif
