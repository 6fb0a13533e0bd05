/* SPDX-License-Identifier: Apache-2.0
 *
 * A segment: sorted records in pages of one size, each sealed by itself, so that a record is found by a
 * binary search over pages and a merge needs one page a segment. Spilled runs of writers are segments too.
 *
 *   page      32 KiB: number of bytes used | kind, pseudonym, length, text | ... | zeros; then its tag
 *   nonce     the segment's salt and the page's number
 *   place     vault, segment and page: a page elsewhere does not open
 *
 * The file begins with a page: all that describes it stands in the manifest. */
#ifndef GYEOL_PRIVACY_VAULT_SEGMENT_H
#define GYEOL_PRIVACY_VAULT_SEGMENT_H

#include "privacy/key_ring.h"
#include "privacy/vault.h"

enum {
  GY_SEGMENT_PAGE_BYTES = 32 << 10,
  GY_SEGMENT_TAG_BYTES = 16,
  GY_SEGMENT_STRIDE = GY_SEGMENT_PAGE_BYTES + GY_SEGMENT_TAG_BYTES,
  GY_SEGMENT_SALT_BYTES = 16,
};

/* What opens a segment's pages. */
typedef struct gy_segment_seal {
  const uint8_t *key; /* lent */
  uint8_t vault_id[GY_VAULT_ID_BYTES];
  uint64_t id;
  uint8_t salt[GY_SEGMENT_SALT_BYTES];
} gy_segment_seal;

typedef struct gy_segment {
  gy_segment_seal seal;
  int fd;     /* -1: not open */
  char *path; /* for messages; NULL: a run */
  uint64_t n_pages;
  uint64_t records[GY_IDENTIFIER_COUNT];
} gy_segment;

void gy_segment_close(gy_segment *segment); /* a zeroed one has fd 0: set it to -1 */
uint64_t gy_segment_n_records(const gy_segment *segment);

int gy_vault_key_compare(const gy_vault_key *a, const gy_vault_key *b);

/* ---- writing ---- */

typedef struct gy_segment_writer {
  gy_segment segment;
  uint8_t *page; /* GY_SEGMENT_STRIDE bytes */
  size_t used;
} gy_segment_writer;

/* Takes `fd` and `path` (may be NULL); a fresh salt is drawn. */
GY_MUST_USE gy_status gy_segment_writer_init(gy_segment_writer *writer, const gy_segment_seal *seal, int fd,
                                             char *path, gy_error *err);
/* In rising order of keys. */
GY_MUST_USE gy_status gy_segment_writer_add(gy_segment_writer *writer, const gy_vault_record *record,
                                            gy_error *err);
/* Writes the last page; gives the segment, open for reading. */
GY_MUST_USE gy_status gy_segment_writer_finish(gy_segment_writer *writer, gy_segment *segment, gy_error *err);
void gy_segment_writer_clear(gy_segment_writer *writer);

/* ---- reading ---- */

/* Walks the records of a segment. */
typedef struct gy_segment_cursor {
  const gy_segment *segment;
  uint8_t *page; /* GY_SEGMENT_STRIDE bytes */
  uint64_t next_page;
  size_t at, used;        /* in the page */
  gy_vault_record record; /* the current one, when not at the end */
  bool ended;
} gy_segment_cursor;

/* At the first record. Clear it in either case. */
GY_MUST_USE gy_status gy_segment_cursor_init(gy_segment_cursor *cursor, const gy_segment *segment,
                                             gy_error *err);
GY_MUST_USE gy_status gy_segment_cursor_next(gy_segment_cursor *cursor, gy_error *err);
/* On to the first record at or after a key; never back. */
GY_MUST_USE gy_status gy_segment_cursor_seek(gy_segment_cursor *cursor, const gy_vault_key *key,
                                             gy_error *err);
void gy_segment_cursor_clear(gy_segment_cursor *cursor);

/* Reads the record at `at` of an opened page with `used` bytes; false when it does not fit, its kind is
 * unknown, or it does not rise above `last` (NULL: the first). Moves `at` behind it. */
bool gy_segment_page_record(const uint8_t *page, size_t used, size_t *at, const gy_vault_key *last,
                            gy_vault_record *record);
/* The bytes used of an opened page; 0 when it says too many or too few. */
size_t gy_segment_page_used(const uint8_t *page);

#endif
