/* SPDX-License-Identifier: Apache-2.0
 *
 * A source's rows with the person in place of the customer id: what canonical views read instead of the
 * source. */
#ifndef GYEOL_PEOPLE_PERSON_RELATION_H
#define GYEOL_PEOPLE_PERSON_RELATION_H

#include "base/buffer.h"
#include "people/identity.h"

/* "SELECT r.* ... FROM relation AS r ...". The column customer_id is the person of the customer id; where
 * there is none, of the most trusted key that the row has; where that is a cookie or device of several
 * people, of the one who was known on it last before the row, else next after it. With `key` not
 * GY_KEY_COUNT: only key, seen_at and person of rows that have that key, by customer ids and keys that join
 * alone.
 */
void gy_person_relation(const gy_person_tables *tables, const gy_identity_config *config,
                        const gy_identity_source *source, gy_key_kind key, gy_buffer *sql);

/* Whether the relation is anything else than the source itself. */
bool gy_person_relation_differs(const gy_person_tables *tables, const gy_identity_source *source);

#endif
