/* SPDX-License-Identifier: Apache-2.0
 *
 * A project's state folder with keys and a vault, and originals that a number stands for. */
#ifndef GYEOL_TESTS_VAULT_FIXTURE_H
#define GYEOL_TESTS_VAULT_FIXTURE_H

#include <criterion/criterion.h>

#include "privacy/vault.h"

/* A fresh folder for this test, removed by state_remove. */
const char *state_make(void);
void state_remove(void);
/* STATE/name; valid until 8 further calls. */
const char *in_state(const char *format, ...) __attribute__((format(printf, 1, 2)));

gy_key_ring *ring_open(const char *source);
gy_vault *vault_open(gy_key_ring *ring);

/* Original and key number i; every seventh is a phone number. */
gy_vault_record original(const gy_key_ring *ring, int i, char text[64]);

/* Adds originals first..first + n - 1 by one writer; how many were new. */
uint64_t vault_add(gy_vault *vault, gy_key_ring *ring, int first, int n);

/* Asserts that the vault holds exactly originals of numbers that `holds` says, of 0..n - 1: by scan and by
 * get. */
void expect_vault(const gy_vault *vault, const gy_key_ring *ring, int n, bool (*holds)(int i),
                  const char *when);

/* Whole files, for those who spoil and restore them. */
char *file_bytes(const char *path, size_t *length);
void put_file(const char *path, const void *bytes, size_t length);

#endif
