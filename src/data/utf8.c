/* SPDX-License-Identifier: Apache-2.0
 *
 * Validation: eight ASCII bytes a step, else one sequence a step by the table of RFC 3629, section 4. */
#include "data/utf8.h"

#include <stdint.h>
#include <string.h>

/* Bytes of the sequence that begins at `at`; 0 when it is invalid or cut by the end. */
static size_t sequence_length(const unsigned char *at, size_t left) {
  unsigned char lead = at[0];
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || left < 2) return 0;
  unsigned char low = 0x80, high = 0xBF; /* bounds of the second byte */
  size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  if (lead > 0xF4 || left < length || at[1] < low || at[1] > high) return 0;
  for (size_t i = 2; i < length; i++) {
    if ((at[i] & 0xC0) != 0x80) return 0;
  }
  return length;
}

size_t gy_utf8_valid_prefix(const char *text, size_t length) {
  const unsigned char *bytes = (const unsigned char *)text;
  size_t at = 0;
  while (at < length) {
    uint64_t word;
    if (length - at >= sizeof word) {
      memcpy(&word, bytes + at, sizeof word);
      if ((word & UINT64_C(0x8080808080808080)) == 0) {
        at += sizeof word;
        continue;
      }
    }
    size_t step = sequence_length(bytes + at, length - at);
    if (step == 0) return at;
    at += step;
  }
  return length;
}

size_t gy_utf8_cut(const char *text, size_t length) {
  size_t start = length;
  while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) start--;
  if (start == 0) return length;
  return sequence_length((const unsigned char *)text + start - 1, length - start + 1) == 0 ? start - 1
                                                                                           : length;
}
