/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers and bytes in the files of this room: little-endian, unaligned. Reading stops at the end of the
 * bytes and remembers that it wanted more, so that a chain of reads is checked once. */
#ifndef GYEOL_PRIVACY_PACK_H
#define GYEOL_PRIVACY_PACK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"

static inline void gy_store_u64(uint8_t *to, uint64_t value) {
  for (int i = 0; i < 8; i++) to[i] = (uint8_t)(value >> 8 * i);
}

static inline uint64_t gy_load_u64(const uint8_t *from) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value |= (uint64_t)from[i] << 8 * i;
  return value;
}

static inline bool gy_pack_u8(gy_buffer *to, uint8_t value) { return gy_buffer_append(to, &value, 1); }

static inline bool gy_pack_u32(gy_buffer *to, uint32_t value) {
  uint8_t bytes[8];
  gy_store_u64(bytes, value);
  return gy_buffer_append(to, bytes, 4);
}

static inline bool gy_pack_u64(gy_buffer *to, uint64_t value) {
  uint8_t bytes[8];
  gy_store_u64(bytes, value);
  return gy_buffer_append(to, bytes, 8);
}

typedef struct gy_unpack {
  const uint8_t *at;
  size_t left;
  bool failed; /* wanted more than there was */
} gy_unpack;

/* The next n bytes, lent; NULL at the end. */
static inline const uint8_t *gy_unpack_bytes(gy_unpack *from, size_t n) {
  if (from->failed || n > from->left) {
    from->failed = true;
    return NULL;
  }
  const uint8_t *bytes = from->at;
  from->at += n;
  from->left -= n;
  return bytes;
}

static inline bool gy_unpack_copy(gy_unpack *from, void *to, size_t n) {
  const uint8_t *bytes = gy_unpack_bytes(from, n);
  if (bytes != NULL) memcpy(to, bytes, n);
  return bytes != NULL;
}

static inline uint64_t gy_unpack_number(gy_unpack *from, size_t n) {
  uint8_t bytes[8] = {0};
  return gy_unpack_copy(from, bytes, n) ? gy_load_u64(bytes) : 0;
}

static inline uint8_t gy_unpack_u8(gy_unpack *from) { return (uint8_t)gy_unpack_number(from, 1); }
static inline uint32_t gy_unpack_u32(gy_unpack *from) { return (uint32_t)gy_unpack_number(from, 4); }
static inline uint64_t gy_unpack_u64(gy_unpack *from) { return gy_unpack_number(from, 8); }

/* Everything was there, and nothing is left. */
static inline bool gy_unpack_ended(const gy_unpack *from) { return !from->failed && from->left == 0; }

#endif
