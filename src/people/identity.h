/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is one person, in the store: keys of all sources become nodes, rows that show two of them links
 * (identity_graph.h), and what comes out tables:
 *
 *   person_keys       every key and its person; the next run names people from it
 *   identity_links    evidence: source, two keys, rows, first and last seen, state
 *   identity_blocked  what was not believed, and why
 *   person_aliases    customer ids that are not their person's own id
 *   person_by_KIND    key -> person, for rows that have no customer id
 *   person_times_KIND key, since -> person, for cookies and devices of several people
 *
 * Works inside the caller's transaction. The same sources, settings and decisions give the same tables,
 * whatever the order of rows and the number of threads. */
#ifndef GYEOL_PEOPLE_IDENTITY_H
#define GYEOL_PEOPLE_IDENTITY_H

#include <gyeol/task.h>

#include "data/project_file_identity.h"
#include "engine/engine.h"
#include "privacy/vault.h"

/* What customers say of themselves besides their keys. */
typedef enum gy_identity_says { GY_SAYS_NAME, GY_SAYS_BIRTH, GY_SAYS_GENDER, GY_SAYS_COUNT } gy_identity_says;

/* A relation with keys. */
typedef struct gy_identity_source {
  const char *name;
  const char *relation;
  const char *types[GY_KEY_COUNT]; /* SQL types of its key columns; NULL: it has no such column */
  const char *time;                /* a TIMESTAMP column; NULL: none */
  const char *says[GY_SAYS_COUNT]; /* columns of a table of customers; NULL: none */
} gy_identity_source;

typedef struct gy_identity_plan {
  gy_engine *engine;
  const gy_identity_config *config;
  const gy_identity_source *sources;
  size_t n_sources;
  /* The vault with what is behind pseudonyms, opened on need, for what the log then says; it may give NULL.
   * NULL: there is none. */
  gy_status (*open_vault)(void *context, const char *why, gy_vault **vault, gy_error *err);
  void *context;
} gy_identity_plan;

/* What the canonical views need to know of the tables. */
typedef struct gy_person_tables {
  bool active;                  /* false: customers are people as they are, and there is nothing to do */
  bool is_text;                 /* ids of people are VARCHAR, not BIGINT */
  bool has_alias;               /* person_aliases has rows */
  uint32_t filled;              /* bit k: person_by_KIND has rows */
  uint32_t timed;               /* bit k: person_times_KIND has rows */
  char types[GY_KEY_COUNT][12]; /* of keys in those tables; "": no source has the key */
} gy_person_tables;

typedef struct gy_identity_result {
  gy_person_tables tables;
  int64_t n_keys, n_people; /* known by keys */
  int64_t n_merged;         /* people with several customer ids */
  int64_t n_aliases;        /* customer ids that are another one's */
  int64_t n_guests;         /* people without a customer id */
  int64_t n_shared;         /* keys that too many customers have */
  int64_t n_too_large;      /* keys that lost links as their person was too large */
  int64_t n_stopped;        /* people that were too large */
  int64_t n_apart;          /* pairs of customers that share a key and contradict each other */
  int64_t n_by_hand;        /* decisions that hold */
  char digest[33];          /* of all that canonical views read */
} gy_identity_result;

GY_MUST_USE gy_status gy_identity_resolve(const gy_identity_plan *plan, const gy_task *task,
                                          gy_identity_result *result, gy_error *err);

/* The trusted-to-least order of kinds that join customers, of those in `config`; gives how many. */
size_t gy_identity_order(const gy_identity_config *config, gy_key_kind order[GY_KEY_COUNT]);

#endif
