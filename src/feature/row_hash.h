/* SPDX-License-Identifier: Apache-2.0
 *
 * Hashes that spread rows over parts and slots.
 *
 * Integers go through a bijective finaliser (multiply, xor-shift, twice: the shape of MurmurHash3's), so
 * that two integer ids never share a hash. Text is folded 16 bytes at a time through 64 x 64 -> 128 bit
 * products (the idea of wyhash). Two of n distinct texts share a 64-bit hash with probability about
 * n^2 / 2^65: 1.4e-6 for seven million. The hashes are the same on every machine and in every run. */
#ifndef GYEOL_FEATURE_ROW_HASH_H
#define GYEOL_FEATURE_ROW_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Stands for NULL where a row holds a 64-bit word; no id, amount or hash takes this value. */
#define GY_WORD_NULL ((uint64_t)1 << 63)

static inline uint64_t gy_hash_word(uint64_t x) {
  x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
  x = (x ^ x >> 32) * 0xff51afd7ed558ccdu;
  return x ^ x >> 32;
}

__extension__ typedef unsigned __int128 gy_hash_wide;

static inline uint64_t gy_hash_fold(uint64_t a, uint64_t b) {
  gy_hash_wide product = (gy_hash_wide)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* 1..8 bytes as one word; texts of different length or content give different (word, length). */
static inline uint64_t gy_hash_load(const unsigned char *bytes, size_t length) {
  uint64_t word = 0;
  if (length >= 4) {
    uint32_t head, tail;
    memcpy(&head, bytes, 4);
    memcpy(&tail, bytes + length - 4, 4);
    word = (uint64_t)head << 32 | tail;
  } else if (length > 0) {
    word = (uint64_t)bytes[0] << 16 | (uint64_t)bytes[length / 2] << 8 | bytes[length - 1];
  }
  return word;
}

static inline uint64_t gy_hash_text(const char *text, size_t length) {
  const unsigned char *bytes = (const unsigned char *)text;
  uint64_t state = 0x2d358dccaa6c78a5u ^ length;
  size_t left = length;
  for (; left > 16; left -= 16, bytes += 16) {
    uint64_t a, b;
    memcpy(&a, bytes, 8);
    memcpy(&b, bytes + 8, 8);
    state = gy_hash_fold(a ^ 0x8bb84b93962eacc9u, b ^ state);
  }
  size_t low = left > 8 ? 8 : left;
  uint64_t a = gy_hash_load(bytes, low);
  uint64_t b = left > 8 ? gy_hash_load(bytes + 8, left - 8) : 0;
  return gy_hash_word(gy_hash_fold(a ^ 0x8bb84b93962eacc9u, b ^ state) ^ length);
}

/* As gy_hash_text, but never GY_WORD_NULL. */
static inline uint64_t gy_text_word(const char *text, size_t length) {
  uint64_t hash = gy_hash_text(text, length);
  return hash == GY_WORD_NULL ? 1 : hash;
}

#endif
