/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the key that opens a key ring comes from:
 *
 *   file             STATE/vault.key, made on first need; 64 hexadecimal digits, its owner's alone
 *   file:PATH        the same elsewhere, on a stick or a mounted secret; from the project's folder
 *   env:NAME         the digits in an environment variable
 *   passphrase       Argon2id of what is typed at the terminal, or of the variable GYEOL_PASSPHRASE
 *
 * Every complaint says what, where and what to do; none repeats a part of a key. */
#ifndef GYEOL_PRIVACY_KEY_SOURCE_H
#define GYEOL_PRIVACY_KEY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

enum { GY_KEY_BYTES = 32, GY_KEY_SALT_BYTES = 16 };

typedef enum gy_key_source_kind {
  GY_KEY_FILE,
  GY_KEY_ENVIRONMENT,
  GY_KEY_PASSPHRASE,
} gy_key_source_kind;

typedef struct gy_key_source {
  gy_key_source_kind kind;
  char *path; /* of a file */
  char *name; /* of a variable */
} gy_key_source;

/* Reads a setting ("file", "file:/path", "env:NAME", "passphrase"; NULL: "file"). Clear it in either case. */
GY_MUST_USE gy_status gy_key_source_parse(const char *setting, const char *state_dir, gy_key_source *source,
                                          gy_error *err);
void gy_key_source_clear(gy_key_source *source);

/* Is it a setting at all? For those who only check. */
bool gy_key_source_is_valid(const char *setting);

/* What Argon2id takes; the ring keeps it. */
typedef struct gy_passphrase_cost {
  uint8_t salt[GY_KEY_SALT_BYTES];
  uint64_t operations, memory_bytes;
} gy_passphrase_cost;

/* A fresh salt, and what libsodium advises for secrets that are opened now and then (256 MiB, under a
 * second). */
void gy_passphrase_cost_make(gy_passphrase_cost *cost);

/* The key into locked memory of the caller's. `create`: a key file that is not there is made, and a
 * passphrase is asked for twice. GY_ECONFIG: a file that others can read, no key in it, or nothing set;
 * GY_ENOTFOUND: no file. */
GY_MUST_USE gy_status gy_key_source_load(const gy_key_source *source, bool create,
                                         const gy_passphrase_cost *cost, uint8_t key[GY_KEY_BYTES],
                                         gy_error *err);

/* "the key file /shop/.gyeol/vault.key", "the environment variable NAME", "the passphrase". */
void gy_key_source_describe(const gy_key_source *source, char *text, size_t size);

#endif
