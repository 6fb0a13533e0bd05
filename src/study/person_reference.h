/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom the words of a command mean: "1001", "kim@example.com", "010-1234-5678". Addresses and numbers are
 * looked for by their pseudonyms, so that any way of writing them finds the person. */
#ifndef GYEOL_STUDY_PERSON_REFERENCE_H
#define GYEOL_STUDY_PERSON_REFERENCE_H

#include "people/consent_views.h"
#include "privacy/pseudonym.h"
#include "study/project_privacy.h"

typedef struct gy_person_reference {
  gy_identifier kind;               /* CUSTOMER_ID, EMAIL or PHONE */
  char *words;                      /* as they were given */
  char key[GY_PSEUDONYM_CHARS + 1]; /* of an address or number */
  char *customer;                   /* the id as the store has it; NULL: no customer is known by it */
  char *person;                     /* the customer's person; NULL as well */
} gy_person_reference;

/* Reads the words. `create`: a key ring is made where an address needs one and there is none; otherwise an
 * address is simply not known. Clear in either case. */
GY_MUST_USE gy_status gy_person_reference_read(gy_project *project, const char *words, bool create,
                                               gy_person_reference *reference, gy_error *err);

/* Finds customer and person in the store, in which gy_consent_views_create was called. GY_EUSAGE where an
 * address is of several people. */
GY_MUST_USE gy_status gy_person_reference_find(gy_engine *engine, const gy_consent_shape *shape,
                                               gy_person_reference *reference, gy_error *err);
void gy_person_reference_clear(gy_person_reference *reference);

#endif
