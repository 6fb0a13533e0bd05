/* SPDX-License-Identifier: Apache-2.0
 *
 * The ledger of consents as the store's queries see it. Who agreed to what is said in many places: tables of
 * consents (target consents), columns of customers (role consent), and rows taken in by hand or from a file
 * (consent_ledger). All of them become one relation, and what holds of a person follows from it by SQL, at
 * any moment:
 *
 *   consent_rows            everything that was said, in one form
 *   consent_keys            whose e-mail address or phone number it is (only where rows name such)
 *   consent_states(moment)  a row a person and purpose, a column a channel: the fast form
 *   consent_at(moment)      a row a person, purpose and channel: granted, since
 *   consent_now             that, at this moment
 *
 * The rules: of what one identifier (customer id, address, number) said of a purpose and channel the latest
 * holds; in the same second a withdrawal does; a row without a time is older than every other; '*' speaks for
 * each channel; a person has withdrawn where any of the person's identifiers has. docs/privacy.md has the
 * table. */
#ifndef GYEOL_PEOPLE_CONSENT_VIEWS_H
#define GYEOL_PEOPLE_CONSENT_VIEWS_H

#include "data/project_file.h"
#include "engine/engine.h"

typedef struct gy_consent_shape {
  bool has_rows;    /* something may have been said: a source can say it, or the ledger has rows */
  bool has_keys;    /* rows may name addresses or numbers */
  bool has_aliases; /* several customers are one person */
  bool ids_are_integers;
} gy_consent_shape;

/* Makes views and macros over the relations of the sources that are there. */
GY_MUST_USE gy_status gy_consent_views_create(gy_engine *engine, const gy_project_config *config,
                                              const gy_task *task, gy_consent_shape *shape, gy_error *err);

/* What is known without making anything: has_aliases and ids_are_integers. */
GY_MUST_USE gy_status gy_consent_shape_read(gy_engine *engine, const gy_project_config *config,
                                            gy_consent_shape *shape, gy_error *err);

/* A moment (microseconds UTC) as SQL for the queries on consent_states: a bound one would lose its type in
 * the plans that the engine copies. Gives `out`. */
enum { GY_CONSENT_MOMENT_MAX = 48 };
const char *gy_consent_moment_sql(int64_t at_us, char out[GY_CONSENT_MOMENT_MAX]);

/* The person that column `customer` belongs to, as SQL. */
const char *gy_consent_person_sql(const gy_consent_shape *shape, bool of_key);

#endif
