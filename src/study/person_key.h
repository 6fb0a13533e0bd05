/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom a key on the command line means. */
#ifndef GYEOL_STUDY_PERSON_KEY_H
#define GYEOL_STUDY_PERSON_KEY_H

#include "people/identity_decisions.h"
#include "study/project_store.h"

/* "KIND:VALUE", else a person's id, a customer's, an e-mail, a phone number, or any other key, the first of
 * these that somebody is known by. A person's id stands for the customer of that name, else for the first of
 * its keys. GY_ENOTFOUND. Clear the key in either case. */
GY_MUST_USE gy_status gy_person_key_find(gy_project *project, const char *words, gy_person_key *key,
                                         gy_error *err);

#endif
