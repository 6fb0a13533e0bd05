/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables and views of the store by name: statements with names put in, dropping, renaming. */
#ifndef GYEOL_STUDY_RELATIONS_H
#define GYEOL_STUDY_RELATIONS_H

#include "engine/engine.h"

/* Runs `sql_template` with {{name}} and {{other}} replaced by the quoted identifiers; no parameters. */
GY_MUST_USE gy_status gy_relation_execute(gy_engine *engine, const char *sql_template, const char *name,
                                          const char *other, const gy_task *task, gy_error *err);

/* Whether there is a relation, and which kind. */
typedef enum gy_relation_kind { GY_RELATION_NONE, GY_RELATION_TABLE, GY_RELATION_VIEW } gy_relation_kind;
GY_MUST_USE gy_status gy_relation_find(gy_engine *engine, const char *name, gy_relation_kind *kind,
                                       gy_error *err);

/* Drops a table or view; no error when there is none. */
GY_MUST_USE gy_status gy_relation_drop(gy_engine *engine, const char *name, gy_error *err);

/* Drops what fits a LIKE pattern, escaped by \. */
GY_MUST_USE gy_status gy_relations_drop(gy_engine *engine, const char *pattern, gy_error *err);

/* Drops what is called `other` and gives `name` its name. */
GY_MUST_USE gy_status gy_relation_replace(gy_engine *engine, const char *name, const char *other,
                                          gy_error *err);

#endif
