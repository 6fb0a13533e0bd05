/* SPDX-License-Identifier: Apache-2.0
 *
 * One source for all instruction sets: GCC vector extensions, cloned per target. */
#include "data/csv_index.h"

#include <string.h>

#include "base/simd.h"

enum { WORD = 64 };
typedef uint8_t bytes64 __attribute__((vector_size(WORD)));
typedef uint64_t lanes8 __attribute__((vector_size(WORD)));
typedef uint8_t bytes8 __attribute__((vector_size(8)));

/* The helpers are always inlined, so how a vector would be passed between functions does not matter. */
#pragma GCC diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

INLINE bytes64 load(const char *text) {
  bytes64 word;
  memcpy(&word, text, sizeof word);
  return word;
}

INLINE bytes64 equal(bytes64 word, char byte) { return (bytes64)(word == (uint8_t)byte); }

/* Bit i of the result is set where byte i (0x00 or 0xFF) is: each lane of eight bytes keeps one bit of
 * each, folds them into its lowest byte, and the lowest bytes are put side by side. */
INLINE uint64_t bits_of(bytes64 truth) {
  const lanes8 one_bit_a_byte = (lanes8){0} + UINT64_C(0x8040201008040201);
  lanes8 lanes = (lanes8)truth & one_bit_a_byte;
  lanes |= lanes >> 32;
  lanes |= lanes >> 16;
  lanes |= lanes >> 8;
  bytes8 low = __builtin_convertvector(lanes, bytes8);
  uint64_t bits;
  memcpy(&bits, &low, sizeof bits);
  return bits;
}

INLINE bool any(bytes64 truth) {
  lanes8 lanes = (lanes8)truth;
  uint64_t all = 0;
  for (int i = 0; i < 8; i++) all |= lanes[i];
  return all != 0;
}

INLINE uint32_t *write_places(uint64_t bits, uint32_t at, uint32_t *places) {
  uint32_t *end = places + __builtin_popcountll(bits);
  while (bits != 0) {
    *places++ = at + (uint32_t)__builtin_ctzll(bits);
    bits &= bits - 1;
  }
  return end;
}

/* The next word; what lies behind the text reads as spaces. */
INLINE bytes64 load_within(const char *text, size_t left) {
  if (left >= WORD) return load(text);
  char tail[WORD];
  memset(tail, ' ', sizeof tail);
  memcpy(tail, text, left);
  return load(tail);
}

INLINE uint64_t bits_within(size_t left) { return left >= WORD ? UINT64_MAX : (UINT64_C(1) << left) - 1; }

GY_SIMD_CLONES
size_t gy_csv_find(const char *text, size_t length, gy_csv_signs signs, uint32_t *places,
                   gy_csv_sightings *seen) {
  bytes64 guards = {0}, nuls = {0}, high = {0};
  uint32_t *next = places;
  for (size_t at = 0; at < length; at += WORD) {
    bytes64 word = load_within(text + at, length - at);
    bytes64 plain = equal(word, signs.delimiter) | equal(word, signs.newline);
    bytes64 guard = (equal(word, signs.quote) | equal(word, signs.escape)) & ~plain;
    uint64_t bits = bits_of(plain | guard) & bits_within(length - at); /* the delimiter may be a space */
    guards |= guard;
    nuls |= equal(word, '\0');
    high |= word;
    next = write_places(bits, (uint32_t)at, next);
  }
  seen->guards = any(guards);
  seen->nul = any(nuls);
  seen->high = any(high & (uint8_t)0x80);
  return (size_t)(next - places);
}

/* Bit i: are there an odd number of set bits up to and with i? */
INLINE uint64_t parity_up_to(uint64_t bits) {
  for (int shift = 1; shift < WORD; shift *= 2) bits ^= bits << shift;
  return bits;
}

GY_SIMD_CLONES
bool gy_csv_last_end(const char *text, size_t length, gy_csv_signs signs, size_t *end) {
  uint64_t inside_before = 0; /* all bits set: a quoted field is open */
  uint64_t before_start = 1;  /* lowest bit: the byte before this word may precede a field */
  uint64_t close_before = 0;  /* lowest bit: the byte before this word closed a field */
  *end = 0;
  for (size_t at = 0; at < length; at += WORD) {
    uint64_t within = bits_within(length - at);
    bytes64 word = load_within(text + at, length - at);
    uint64_t quotes = bits_of(equal(word, signs.quote)) & within;
    uint64_t newlines = bits_of(equal(word, signs.newline)) & within;
    uint64_t borders = (bits_of(equal(word, signs.delimiter)) & within) | newlines | quotes;
    uint64_t returns = bits_of(equal(word, '\r')) & within;
    uint64_t inside =
        parity_up_to(quotes) ^ inside_before; /* an opening quote is inside, a closing one not */
    uint64_t opens = quotes & inside, closes = quotes & ~inside;
    uint64_t may_open = borders << 1 | before_start;
    uint64_t after_close = (closes << 1 | close_before) & within;
    if ((opens & ~may_open) != 0 || (after_close & ~(borders | returns)) != 0) return false;
    uint64_t ends = newlines & ~inside;
    if (ends != 0) *end = at + WORD - (size_t)__builtin_clzll(ends);
    inside_before = (uint64_t)((int64_t)inside >> (WORD - 1));
    before_start = borders >> (WORD - 1);
    close_before = closes >> (WORD - 1);
  }
  return true;
}

GY_SIMD_CLONES
size_t gy_csv_count(const char *text, size_t length, char byte) {
  enum { MOST = 255 }; /* words until a counter of one byte is full */
  size_t total = 0, at = 0;
  while (length - at >= WORD) {
    bytes64 counts = {0};
    for (int i = 0; i < MOST && length - at >= WORD; i++, at += WORD) counts -= equal(load(text + at), byte);
    for (int i = 0; i < WORD; i++) total += counts[i];
  }
  for (; at < length; at++) total += text[at] == byte;
  return total;
}
