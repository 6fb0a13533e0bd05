/* SPDX-License-Identifier: Apache-2.0
 *
 * Does an audit log hold? Line by line along the chain, then against the anchor. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "privacy/audit_chain.h"
#include "privacy/audit_log.h"

enum { FIELD_CHARS = sizeof GY_AUDIT_CHAIN_FIELD - 1, TAIL_CHARS = FIELD_CHARS + GY_AUDIT_CHAIN_CHARS + 2 };

void gy_audit_chain(const uint8_t key[32], const uint8_t before[GY_AUDIT_CHAIN_BYTES], const char *line,
                    size_t n, uint8_t hash[GY_AUDIT_CHAIN_BYTES]) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, key, 32, GY_AUDIT_CHAIN_BYTES);
  crypto_generichash_update(&state, before, GY_AUDIT_CHAIN_BYTES);
  crypto_generichash_update(&state, (const uint8_t *)line, n);
  crypto_generichash_final(&state, hash, GY_AUDIT_CHAIN_BYTES);
}

bool gy_audit_line_holds(const uint8_t key[32], const uint8_t before[GY_AUDIT_CHAIN_BYTES], const char *line,
                         size_t n, uint8_t hash[GY_AUDIT_CHAIN_BYTES]) {
  if (n < TAIL_CHARS) return false;
  char expected[TAIL_CHARS + 1], digits[GY_AUDIT_CHAIN_CHARS + 1];
  gy_audit_chain(key, before, line, n - TAIL_CHARS, hash);
  sodium_bin2hex(digits, sizeof digits, hash, GY_AUDIT_CHAIN_BYTES);
  snprintf(expected, sizeof expected, GY_AUDIT_CHAIN_FIELD "%s\"}", digits);
  return memcmp(expected, line + n - TAIL_CHARS, TAIL_CHARS) == 0;
}

static void refuse(gy_audit_verdict *verdict, uint64_t line, const char *reason) {
  verdict->bad_line = line;
  snprintf(verdict->reason, sizeof verdict->reason, "%s", reason);
}

typedef struct {
  char text[GY_AUDIT_LINE_MOST + 2];
  size_t length; /* without the newline */
  bool is_whole; /* it ends with one */
} line_buffer;

/* Not fgets: a line may hold a NUL, which is tampering too. False at the end. */
static bool read_line(FILE *file, line_buffer *line) {
  line->length = 0;
  line->is_whole = false;
  for (int c; line->length < GY_AUDIT_LINE_MOST && (c = getc_unlocked(file)) != EOF;) {
    if (c == '\n') {
      line->is_whole = true;
      return true;
    }
    line->text[line->length++] = (char)c;
  }
  return line->length > 0;
}

/* All lines are read: does the log end where the anchor says? */
static void judge_end(const gy_ring_anchor *anchor, const uint8_t hash[GY_AUDIT_CHAIN_BYTES],
                      gy_audit_verdict *verdict) {
  uint64_t n = verdict->n_lines;
  if (n < anchor->audit_lines)
    refuse(verdict, n + 1, "this line is missing: lines were removed at the end");
  else if (n == anchor->audit_lines && memcmp(hash, anchor->audit_hash, GY_AUDIT_CHAIN_BYTES) != 0)
    refuse(verdict, n, "this line is not the one that was written last");
  else if (n > anchor->audit_lines + 1)
    refuse(verdict, anchor->audit_lines + 2,
           "the key ring does not know of this line: an older ring was put back");
  verdict->is_ahead = verdict->bad_line == 0 && n == anchor->audit_lines + 1;
}

void gy_audit_judge(FILE *file, const uint8_t key[GY_DATA_KEY_BYTES], const gy_ring_anchor *anchor,
                    gy_audit_visit *visit, void *context, gy_audit_verdict *verdict) {
  uint8_t hash[GY_AUDIT_CHAIN_BYTES] = {0};
  *verdict = (gy_audit_verdict){0};
  line_buffer *line = malloc(sizeof *line);
  if (line == NULL) {
    refuse(verdict, 1, "there is no memory to read it");
    return;
  }
  for (uint64_t at = 1; read_line(file, line); at++) {
    bool holds = verdict->bad_line == 0;
    if (!line->is_whole && holds && at > anchor->audit_lines && feof(file)) {
      verdict->is_torn = true;
      continue;
    }
    if (visit != NULL) visit(context, line->text, line->length);
    if (!holds) continue;
    if (line->is_whole && gy_audit_line_holds(key, hash, line->text, line->length, hash))
      verdict->n_lines++;
    else
      refuse(verdict, at, "it was changed, put in or moved, or a line before it was removed");
  }
  free(line);
  if (verdict->bad_line == 0) judge_end(anchor, hash, verdict);
}
