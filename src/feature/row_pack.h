/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of 64-bit words in as few bytes as their values need.
 *
 *   header (3 bits a word: its width) | word 0 | word 1 | ...     each word 0 to 8 bytes, low end first
 *
 * Fresh memory costs more than the instructions that save it: a typical order line takes 18 bytes instead
 * of 56. A word equal to the same word of the row before it takes no bytes, so that the lines of one order
 * share its customer, id and time. Words are zigzag-coded plus one, so that small numbers of either sign are
 * short and NULL is 0. Word 0, time and flags, is held in whole seconds where it can be. Words are stored
 * eight bytes at a time, each over the excess of the one before, so a row needs GY_PACK_SLACK bytes of room
 * behind it. Little-endian machines only. */
#ifndef GYEOL_FEATURE_ROW_PACK_H
#define GYEOL_FEATURE_ROW_PACK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "rows are packed low byte first");

enum { GY_PACK_SLACK = 8, GY_PACK_MAX_WORDS = 10, GY_PACK_WIDTH_BITS = 3 };

static inline uint64_t gy_pack_zigzag(uint64_t word) { return word << 1 ^ (uint64_t)((int64_t)word >> 63); }
static inline uint64_t gy_unpack_zigzag(uint64_t code) { return code >> 1 ^ -(code & 1); }

/* 1 << 63, which stands for NULL, becomes 0. */
static inline uint64_t gy_pack_word(uint64_t word) { return gy_pack_zigzag(word) + 1; }
static inline uint64_t gy_unpack_word(uint64_t code) { return gy_unpack_zigzag(code - 1); }

/* time_us << 8 | flags, time within 55 bits, flags within 7. */
static inline uint64_t gy_pack_time(uint64_t word) {
  int64_t time_us = (int64_t)word >> 8, second = time_us / 1000000;
  uint64_t flags = (word & 0x7f) << 1;
  if (second * 1000000 == time_us) return gy_pack_zigzag((uint64_t)second) << 8 | flags | 1;
  return gy_pack_zigzag((uint64_t)time_us) << 8 | flags;
}

static inline uint64_t gy_unpack_time(uint64_t code) {
  uint64_t time = gy_unpack_zigzag(code >> 8) * (code & 1 ? 1000000 : 1);
  return time << 8 | (code >> 1 & 0x7f);
}

/* Widths 1 to 6 are as many bytes, 7 stands for eight. Comparisons, because these vectorise. */
static inline uint64_t gy_pack_width(uint64_t code) {
  uint64_t width = 1;
  for (int bytes = 1; bytes < 7; bytes++) width += code >> 8 * bytes != 0;
  return width;
}

static inline unsigned gy_pack_bytes(unsigned width) { return width + (width == 7); }

static inline size_t gy_pack_header_bytes(int n_words) {
  return ((size_t)n_words * GY_PACK_WIDTH_BITS + 7) / 8;
}

/* Bytes of ten words. Their 3-bit widths are added in pairs, each 7, whose three bits are all set, as 8; then
 * pairs of pairs, then three lanes of 12 bits. */
static inline size_t gy_pack_sum_bytes(uint32_t header) {
  uint32_t sevens = header & header >> 1 & header >> 2;
  uint32_t pairs =
      (header & 0707070707) + (header >> 3 & 0707070707) + (sevens & 0101010101) + (sevens >> 3 & 0101010101);
  uint32_t lanes = (pairs & 0x3f03f03f) + (pairs >> 6 & 0x3f03f);
  return (lanes & 0xfff) + (lanes >> 12 & 0xfff) + (lanes >> 24);
}

static inline uint32_t gy_pack_load_header(const unsigned char *row, size_t header_bytes) {
  uint32_t header;
  memcpy(&header, row, sizeof header);
  return header_bytes == 4 ? header : header & (((uint32_t)1 << 8 * header_bytes) - 1);
}

/* The code of a width above 0. */
static inline uint64_t gy_pack_load(const unsigned char *at, unsigned width) {
  uint64_t code;
  memcpy(&code, at, sizeof code);
  unsigned unused = 64 - 8 * gy_pack_bytes(width);
  return code << unused >> unused;
}

#endif
