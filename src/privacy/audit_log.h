/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log: who did what to personal data, one JSON object a line in STATE/audit.log.
 *
 *   {"n":7,"at":"2026-01-31T09:05:00Z","actor":"kim","action":"vault.open","subject":"9f86...","detail":{...},
 *    "chain":"e3b0..."}
 *
 * The chain of a line is keyed BLAKE2b over the chain of the line before and the line's bytes up to it; the
 * key ring anchors number, length and chain of the last one. So a line that is changed, removed (also at the
 * end), put in or moved is found, by whoever has the key. A crash may leave one line that the ring has not
 * heard of, whole or torn; such a line is told apart from tampering.
 *
 * The log holds no identifier: people are keyed references, and details are the caller's word. */
#ifndef GYEOL_PRIVACY_AUDIT_LOG_H
#define GYEOL_PRIVACY_AUDIT_LOG_H

#include <jansson.h>
#include <stdio.h>

#include "privacy/key_ring.h"

enum { GY_AUDIT_REFERENCE_CHARS = 32, GY_AUDIT_LINE_MOST = 64 << 10 };

typedef struct gy_audit_entry {
  const char *actor;    /* NULL: the name of the user that runs gyeol */
  const char *action;   /* "vault.open", "forget", ... */
  const char *subject;  /* from gy_audit_reference; NULL: nobody in particular */
  const json_t *detail; /* an object without identifiers, lent; NULL: none */
} gy_audit_entry;

/* What stands for a person or identifier in the log: the same always, and nothing without the key. */
void gy_audit_reference(const gy_key_ring *ring, gy_identifier kind, const char *text, size_t n,
                        char reference[GY_AUDIT_REFERENCE_CHARS + 1]);

/* Appends a line and flushes it to disk; several processes may. Log before you act. Not while a change of the
 * vault is in progress in this process. */
GY_MUST_USE gy_status gy_audit_append(gy_key_ring *ring, const gy_audit_entry *entry, gy_error *err);

typedef struct gy_audit_verdict {
  uint64_t n_lines;  /* that hold */
  uint64_t bad_line; /* the first that does not, from 1; 0: all do */
  char reason[200];  /* what is wrong with it, else "" */
  bool is_ahead;     /* a crash left a whole line that was not anchored: it holds */
  bool is_torn;      /* a crash left a part of a line */
} gy_audit_verdict;

/* Tells whether the log holds; a bad line is no error here. `newest` (may be NULL) receives the last `limit`
 * lines that parse (0: all), oldest first, a new reference. */
GY_MUST_USE gy_status gy_audit_read(gy_key_ring *ring, size_t limit, gy_audit_verdict *verdict,
                                    json_t **newest, gy_error *err);

/* ---- for tests ---- */

typedef void gy_audit_visit(void *context, const char *line, size_t n);

/* The verdict over a file, with the key and anchor given. `visit` (may be NULL) sees every line. */
void gy_audit_judge(FILE *file, const uint8_t key[GY_DATA_KEY_BYTES], const gy_ring_anchor *anchor,
                    gy_audit_visit *visit, void *context, gy_audit_verdict *verdict);

#endif
