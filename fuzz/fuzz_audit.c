/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log: any bytes never hold as a log, texts that are chained do, and an edit of theirs is found. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "fuzz_file.h"
#include "privacy/audit_chain.h"
#include "privacy/audit_log.h"

static const uint8_t KEY[32] = {7};

static gy_audit_verdict judge(const char *bytes, size_t length, const gy_ring_anchor *anchor) {
  gy_audit_verdict verdict;
  FILE *file = length > 0 ? fmemopen((void *)(uintptr_t)bytes, length, "r") : fopen("/dev/null", "r");
  must(file != NULL);
  gy_audit_judge(file, KEY, anchor, NULL, NULL, &verdict);
  fclose(file);
  must((verdict.bad_line > 0) == (verdict.reason[0] != '\0'));
  return verdict;
}

/* A log of the lines of a text, at most 100. */
static void make_log(const uint8_t *data, size_t size, gy_buffer *log, gy_ring_anchor *anchor) {
  while (size > 0 && anchor->audit_lines < 100) {
    const uint8_t *end = memchr(data, '\n', size);
    size_t n = end != NULL ? (size_t)(end - data) : size;
    char chain[GY_AUDIT_CHAIN_CHARS + 1];
    gy_audit_chain(KEY, anchor->audit_hash, (const char *)data, n, anchor->audit_hash);
    sodium_bin2hex(chain, sizeof chain, anchor->audit_hash, sizeof anchor->audit_hash);
    gy_buffer_append(log, data, n);
    must(gy_buffer_printf(log, GY_AUDIT_CHAIN_FIELD "%s\"}\n", chain));
    anchor->audit_lines++;
    n += end != NULL;
    data += n;
    size -= n;
  }
  anchor->audit_bytes = log->length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 3 || size > 4096 || sodium_init() < 0) return 0;
  static const gy_ring_anchor NOTHING;
  gy_ring_anchor anchor = {0};
  gy_buffer log;
  must(judge((const char *)data, size, &NOTHING).n_lines == 0);
  gy_buffer_init(&log, 1 << 20);
  make_log(data + 3, size - 3, &log, &anchor);
  gy_audit_verdict verdict = judge(log.data, log.length, &anchor);
  must(verdict.bad_line == 0 && verdict.n_lines == anchor.audit_lines);
  if (log.length > 0) {
    size_t at = (data[0] | (size_t)data[1] << 8) % log.length;
    uint8_t change = data[2] != 0 ? data[2] : 1;
    log.data[at] = (char)(log.data[at] ^ change);
    must(judge(log.data, log.length, &anchor).bad_line > 0);
    log.data[at] = (char)(log.data[at] ^ change);
    must(judge(log.data, at, &anchor).bad_line > 0);
  }
  gy_buffer_clear(&log);
  return 0;
}
