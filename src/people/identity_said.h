/* SPDX-License-Identifier: Apache-2.0
 *
 * What tables of customers say of some customers besides their keys: name, birth, gender; of several sources
 * the first that says something. Names are pseudonyms; which of them are needed in letters is read from the
 * vault at once, and wiped. */
#ifndef GYEOL_PEOPLE_IDENTITY_SAID_H
#define GYEOL_PEOPLE_IDENTITY_SAID_H

#include "people/identity_work.h"

typedef struct gy_text_place {
  size_t begin, n;
} gy_text_place; /* of a text in a buffer */

typedef struct gy_said {
  gy_buffer texts, letters;
  gy_text_place (*of)[GY_SAYS_COUNT]; /* a customer asked for, in that order */
  gy_pseudonym *names;                /* those opened, ascending */
  gy_text_place *originals;           /* of those, in `letters` */
  size_t n_names;
} gy_said;

/* identity_said (place, node, c0, c1, c2): what is said of nodes[place]; places of which nothing is said are
 * not there. `says` false: no table says anything, and there is no identity_said. */
GY_MUST_USE gy_status gy_identity_ask(gy_identity_work *work, const uint32_t *nodes, size_t n, bool *says,
                                      gy_error *err);

/* Into memory. `said` is to be cleared in either case. */
GY_MUST_USE gy_status gy_said_load(gy_identity_work *work, const uint32_t *nodes, size_t n, gy_said *said,
                                   bool *says, gy_error *err);
/* Opens the names of the places that are marked. */
GY_MUST_USE gy_status gy_said_open_names(gy_said *said, const uint8_t *is_wanted, size_t n,
                                         const gy_identity_plan *plan, gy_error *err);
void gy_said_clear(gy_said *said);

gy_text gy_said_text(const gy_said *said, size_t place, gy_identity_says field);
/* The letters of a customer's name; empty where they are not known. */
gy_text gy_said_name(const gy_said *said, size_t place);

/* Customers that say the same name and birth speak with one voice: the lowest of them in `nodes`. `voices`
 * (n): a customer that says no name speaks for itself. */
GY_MUST_USE gy_status gy_identity_voices(gy_identity_work *work, const uint32_t *nodes, size_t n,
                                         uint32_t *voices, gy_error *err);

#endif
