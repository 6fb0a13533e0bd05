/* SPDX-License-Identifier: Apache-2.0 */
#include "privacy/vault_segment.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "privacy/pack.h"

enum { USED_BYTES = 4, RECORD_HEAD_BYTES = 1 + 16 + 2, PLACE_BYTES = GY_VAULT_ID_BYTES + 8 + 8 };

_Static_assert(USED_BYTES + RECORD_HEAD_BYTES + GY_VAULT_TEXT_MOST <= GY_SEGMENT_PAGE_BYTES, "a record fits");

int gy_vault_key_compare(const gy_vault_key *a, const gy_vault_key *b) {
  if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
  return memcmp(a->pseudonym.bytes, b->pseudonym.bytes, sizeof a->pseudonym.bytes);
}

void gy_segment_close(gy_segment *segment) {
  if (segment->fd >= 0) close(segment->fd);
  free(segment->path);
  *segment = (gy_segment){.fd = -1};
}

uint64_t gy_segment_n_records(const gy_segment *segment) {
  uint64_t n = 0;
  for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++) n += segment->records[kind];
  return n;
}

static const char *name_of(const gy_segment *segment) {
  return segment->path != NULL ? segment->path : "a spilled file of the vault";
}

static void nonce_and_place(const gy_segment_seal *seal, uint64_t page,
                            uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES],
                            uint8_t place[PLACE_BYTES]) {
  memcpy(nonce, seal->salt, sizeof seal->salt);
  gy_store_u64(nonce + sizeof seal->salt, page);
  memcpy(place, seal->vault_id, sizeof seal->vault_id);
  gy_store_u64(place + GY_VAULT_ID_BYTES, seal->id);
  gy_store_u64(place + GY_VAULT_ID_BYTES + 8, page);
}

/* ---- pages ---- */

static gy_status write_page(gy_segment_writer *writer, gy_error *err) {
  uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES], place[PLACE_BYTES], used[8];
  gy_segment *segment = &writer->segment;
  gy_store_u64(used, writer->used);
  memcpy(writer->page, used, USED_BYTES);
  memset(writer->page + writer->used, 0, GY_SEGMENT_PAGE_BYTES - writer->used);
  nonce_and_place(&segment->seal, segment->n_pages, nonce, place);
  crypto_aead_xchacha20poly1305_ietf_encrypt(writer->page, NULL, writer->page, GY_SEGMENT_PAGE_BYTES, place,
                                             sizeof place, NULL, nonce, segment->seal.key);
  for (size_t put = 0; put < GY_SEGMENT_STRIDE;) {
    ssize_t n = write(segment->fd, writer->page + put, GY_SEGMENT_STRIDE - put);
    if (n < 0 && errno != EINTR) return gy_fail_errno(err, "write", name_of(segment));
    put += n > 0 ? (size_t)n : 0;
  }
  segment->n_pages++;
  writer->used = USED_BYTES;
  return GY_OK;
}

static gy_status damaged(const gy_segment *segment, uint64_t page, gy_error *err) {
  return gy_fail(
      err, GY_ECORRUPT,
      "the vault file %s is damaged or was exchanged (page %llu of %llu); put it back from a backup "
      "(gyeol restore)",
      name_of(segment), (unsigned long long)page + 1, (unsigned long long)segment->n_pages);
}

/* Opens a page in place. */
static gy_status read_page(const gy_segment *segment, uint64_t page, uint8_t *bytes, gy_error *err) {
  uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES], place[PLACE_BYTES];
  for (size_t got = 0; got < GY_SEGMENT_STRIDE;) {
    ssize_t n =
        pread(segment->fd, bytes + got, GY_SEGMENT_STRIDE - got, (off_t)(page * GY_SEGMENT_STRIDE + got));
    if (n < 0 && errno != EINTR) return gy_fail_errno(err, "read", name_of(segment));
    if (n == 0) return damaged(segment, page, err);
    got += n > 0 ? (size_t)n : 0;
  }
  nonce_and_place(&segment->seal, page, nonce, place);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes, NULL, NULL, bytes, GY_SEGMENT_STRIDE, place,
                                                 sizeof place, nonce, segment->seal.key) != 0)
    return damaged(segment, page, err);
  return GY_OK;
}

size_t gy_segment_page_used(const uint8_t *page) {
  size_t used = (size_t)page[0] | (size_t)page[1] << 8 | (size_t)page[2] << 16 | (size_t)page[3] << 24;
  return used > USED_BYTES && used <= GY_SEGMENT_PAGE_BYTES ? used : 0;
}

bool gy_segment_page_record(const uint8_t *page, size_t used, size_t *at, const gy_vault_key *last,
                            gy_vault_record *record) {
  gy_unpack from = {.at = page + *at, .left = used - *at};
  gy_vault_record found;
  found.key.kind = (gy_identifier)gy_unpack_u8(&from);
  gy_unpack_copy(&from, found.key.pseudonym.bytes, sizeof found.key.pseudonym.bytes);
  found.length = (size_t)gy_unpack_number(&from, 2);
  found.text = (const char *)gy_unpack_bytes(&from, found.length);
  if (from.failed || found.key.kind >= GY_IDENTIFIER_COUNT || found.length > GY_VAULT_TEXT_MOST) return false;
  if (last != NULL && gy_vault_key_compare(last, &found.key) >= 0) return false;
  *at = used - from.left;
  *record = found;
  return true;
}

/* ---- writing ---- */

gy_status gy_segment_writer_init(gy_segment_writer *writer, const gy_segment_seal *seal, int fd, char *path,
                                 gy_error *err) {
  *writer = (gy_segment_writer){.segment = {.seal = *seal, .fd = fd, .path = path}, .used = USED_BYTES};
  randombytes_buf(writer->segment.seal.salt, GY_SEGMENT_SALT_BYTES);
  writer->page = malloc(GY_SEGMENT_STRIDE);
  return writer->page != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to write to the vault");
}

gy_status gy_segment_writer_add(gy_segment_writer *writer, const gy_vault_record *record, gy_error *err) {
  size_t need = RECORD_HEAD_BYTES + record->length;
  if (need > GY_SEGMENT_PAGE_BYTES - writer->used) {
    gy_status status = write_page(writer, err);
    if (status != GY_OK) return status;
  }
  uint8_t *to = writer->page + writer->used;
  to[0] = (uint8_t)record->key.kind;
  memcpy(to + 1, record->key.pseudonym.bytes, 16);
  to[17] = (uint8_t)record->length;
  to[18] = (uint8_t)(record->length >> 8);
  memcpy(to + RECORD_HEAD_BYTES, record->text, record->length);
  writer->used += need;
  writer->segment.records[record->key.kind]++;
  return GY_OK;
}

gy_status gy_segment_writer_finish(gy_segment_writer *writer, gy_segment *segment, gy_error *err) {
  gy_status status = writer->used > USED_BYTES ? write_page(writer, err) : GY_OK;
  if (status != GY_OK) return status;
  *segment = writer->segment;
  writer->segment = (gy_segment){.fd = -1};
  return GY_OK;
}

void gy_segment_writer_clear(gy_segment_writer *writer) {
  if (writer->page != NULL) sodium_memzero(writer->page, GY_SEGMENT_STRIDE);
  free(writer->page);
  gy_segment_close(&writer->segment);
  *writer = (gy_segment_writer){.segment = {.fd = -1}};
}

/* ---- reading ---- */

static gy_status load_page(gy_segment_cursor *cursor, uint64_t page, gy_error *err) {
  gy_status status = read_page(cursor->segment, page, cursor->page, err);
  if (status != GY_OK) return status;
  cursor->used = gy_segment_page_used(cursor->page);
  cursor->at = USED_BYTES;
  cursor->next_page = page + 1;
  if (cursor->used == 0 ||
      !gy_segment_page_record(cursor->page, cursor->used, &cursor->at, NULL, &cursor->record))
    return damaged(cursor->segment, page, err);
  return GY_OK;
}

gy_status gy_segment_cursor_init(gy_segment_cursor *cursor, const gy_segment *segment, gy_error *err) {
  *cursor = (gy_segment_cursor){.segment = segment, .page = malloc(GY_SEGMENT_STRIDE)};
  if (cursor->page == NULL) return gy_fail(err, GY_ENOMEM, "no memory to read the vault");
  cursor->ended = segment->n_pages == 0;
  return cursor->ended ? GY_OK : load_page(cursor, 0, err);
}

gy_status gy_segment_cursor_next(gy_segment_cursor *cursor, gy_error *err) {
  gy_vault_key last = cursor->record.key;
  if (cursor->at < cursor->used) {
    if (gy_segment_page_record(cursor->page, cursor->used, &cursor->at, &last, &cursor->record)) return GY_OK;
    return damaged(cursor->segment, cursor->next_page - 1, err);
  }
  if (cursor->next_page == cursor->segment->n_pages) {
    cursor->ended = true;
    return GY_OK;
  }
  gy_status status = load_page(cursor, cursor->next_page, err);
  if (status == GY_OK && gy_vault_key_compare(&last, &cursor->record.key) >= 0)
    status = damaged(cursor->segment, cursor->next_page - 1, err);
  return status;
}

/* The last page whose first key is not after `key`, at or after the current one: strides that double, then
 * halves. What lies near costs little, what lies far the logarithm. */
static gy_status seek_page(gy_segment_cursor *cursor, const gy_vault_key *key, gy_error *err) {
  uint64_t low = cursor->next_page - 1, high = cursor->segment->n_pages, stride = 1;
  gy_status status = GY_OK;
  while (status == GY_OK && low + 1 < high) {
    uint64_t probe = stride > 0 && low + stride < high ? low + stride : low + (high - low) / 2;
    status = load_page(cursor, probe, err);
    if (status != GY_OK) break;
    if (gy_vault_key_compare(&cursor->record.key, key) <= 0) {
      low = probe;
      stride *= 2;
    } else {
      high = probe;
      stride = 0;
    }
  }
  if (status == GY_OK && cursor->next_page - 1 != low) status = load_page(cursor, low, err);
  return status;
}

gy_status gy_segment_cursor_seek(gy_segment_cursor *cursor, const gy_vault_key *key, gy_error *err) {
  gy_status status = GY_OK;
  bool is_near = true; /* on the page or right behind it */
  while (status == GY_OK && !cursor->ended && gy_vault_key_compare(&cursor->record.key, key) < 0) {
    bool is_last = cursor->at == cursor->used;
    if (is_last && is_near) status = seek_page(cursor, key, err);
    if (status == GY_OK && !(is_last && is_near && gy_vault_key_compare(&cursor->record.key, key) >= 0))
      status = gy_segment_cursor_next(cursor, err);
    is_near = is_near && !is_last;
  }
  return status;
}

void gy_segment_cursor_clear(gy_segment_cursor *cursor) {
  if (cursor->page != NULL) sodium_memzero(cursor->page, GY_SEGMENT_STRIDE);
  free(cursor->page);
  *cursor = (gy_segment_cursor){.ended = true};
}
