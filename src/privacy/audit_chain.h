/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain of the audit log: what stands at the end of each line, and whether it is right. */
#ifndef GYEOL_PRIVACY_AUDIT_CHAIN_H
#define GYEOL_PRIVACY_AUDIT_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  GY_AUDIT_CHAIN_BYTES = 32,
  GY_AUDIT_CHAIN_CHARS = 2 * GY_AUDIT_CHAIN_BYTES,
  GY_AUDIT_LINE_ROOM = 128, /* for the chain and all around it */
};

#define GY_AUDIT_CHAIN_FIELD ",\"chain\":\""

/* The hash of a line (its bytes up to GY_AUDIT_CHAIN_FIELD) that follows one with the hash `before`, all
 * zeros at the beginning; `hash` may be `before`. */
void gy_audit_chain(const uint8_t key[32], const uint8_t before[GY_AUDIT_CHAIN_BYTES], const char *line,
                    size_t n, uint8_t hash[GY_AUDIT_CHAIN_BYTES]);

/* Is a whole line (without its newline) what follows `before`? Then its hash. */
bool gy_audit_line_holds(const uint8_t key[32], const uint8_t before[GY_AUDIT_CHAIN_BYTES], const char *line,
                         size_t n, uint8_t hash[GY_AUDIT_CHAIN_BYTES]);

#endif
