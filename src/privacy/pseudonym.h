/* SPDX-License-Identifier: Apache-2.0
 *
 * Pseudonyms: what stands in the store for a direct identifier. The first 16 bytes of keyed BLAKE2b over the
 * identifier's normal form, with a key of its own for every kind, so that a phone number written into an
 * e-mail column does not show. Equal identifiers have equal pseudonyms in all sources of a project, and
 * without the key nobody can try candidates. */
#ifndef GYEOL_PRIVACY_PSEUDONYM_H
#define GYEOL_PRIVACY_PSEUDONYM_H

#include <stddef.h>
#include <stdint.h>

#include "privacy/identifier.h"

typedef struct gy_pseudonym {
  uint8_t bytes[16];
} gy_pseudonym;

enum { GY_PSEUDONYM_KEY_BYTES = 32, GY_PSEUDONYM_CHARS = 36, GY_PSEUDONYM_STATE_WORDS = 8 };

/* Held by a key ring in locked memory; any number of threads may read it. */
typedef struct gy_pseudonym_key {
  uint8_t kinds[GY_IDENTIFIER_COUNT][GY_PSEUDONYM_KEY_BYTES];
  uint64_t states[GY_IDENTIFIER_COUNT][GY_PSEUDONYM_STATE_WORDS]; /* of BLAKE2b, when it has read the key */
} gy_pseudonym_key;

/* Derives the keys of all kinds from one; by their names, so that a new kind changes no other. */
void gy_pseudonym_key_derive(const uint8_t root[GY_PSEUDONYM_KEY_BYTES], gy_pseudonym_key *key);

/* The pseudonym of a normal form (gy_identifier_normalise). Same bytes on every machine and in every run; two
 * compressions of BLAKE2b for a normal form of up to 128 bytes. */
void gy_pseudonym_make(const gy_pseudonym_key *key, gy_identifier kind, const char *normal, size_t n,
                       gy_pseudonym *pseudonym);

typedef struct gy_normal_form {
  const char *text;
  size_t length;
} gy_normal_form;

/* The same of many normal forms; one compression for a form of up to 128 bytes, several at a time. */
void gy_pseudonym_make_many(const gy_pseudonym_key *key, gy_identifier kind, const gy_normal_form *forms,
                            size_t n, gy_pseudonym *pseudonyms);
/* Fills in the states of the kinds' keys. */
void gy_pseudonym_key_absorb(gy_pseudonym_key *key);

/* As a UUID is written, "0f8fad5b-d9cb-469f-a165-70867728950e". */
void gy_pseudonym_text(const gy_pseudonym *pseudonym, char text[GY_PSEUDONYM_CHARS + 1]);
/* False for what is not written so; capitals are read too. */
bool gy_pseudonym_parse(const char *text, size_t n, gy_pseudonym *pseudonym);

#endif
