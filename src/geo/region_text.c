/* SPDX-License-Identifier: Apache-2.0 */
#include "geo/region_text.h"

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

/* No character becomes more than 18 others, nor takes more than 4 bytes. */
enum { EXPANDED_MAX = 18 * GY_REGION_TEXT_MAX + 64, CHARACTER_BYTES = 4 };

/* Bytes of whole characters at the beginning. */
static size_t valid_length(const char *text, size_t length) {
  size_t at = 0;
  while (at < length) {
    utf8proc_int32_t code;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)(length - at), &code);
    if (n <= 0 || code == 0 || at + (size_t)n > GY_REGION_TEXT_MAX) break;
    at += (size_t)n;
  }
  return at;
}

static size_t normalise(const char *text, size_t length, utf8proc_option_t options, utf8proc_int32_t *codes) {
  utf8proc_ssize_t n =
      utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)valid_length(text, length), codes,
                         EXPANDED_MAX, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | options);
  if (n < 0 || n > EXPANDED_MAX) return 0;
  n = utf8proc_normalize_utf32(codes, n, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  return n < 0 ? 0 : (size_t)n;
}

static size_t encode(utf8proc_int32_t code, char *text, size_t used) {
  if (used + CHARACTER_BYTES >= GY_REGION_TEXT_ROOM) return used;
  return used + (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)text + used);
}

size_t gy_region_text_compose(const char *text, size_t length, char composed[GY_REGION_TEXT_ROOM]) {
  utf8proc_int32_t codes[EXPANDED_MAX];
  size_t n = normalise(text, length, 0, codes), used = 0;
  for (size_t i = 0; i < n; i++) used = encode(codes[i], composed, used);
  composed[used] = '\0';
  return used;
}

static bool is_letter(utf8proc_int32_t code) {
  utf8proc_category_t category = utf8proc_category(code);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

size_t gy_region_text_fold(const char *text, size_t length, char key[GY_REGION_TEXT_ROOM],
                           unsigned char *starts) {
  utf8proc_int32_t codes[EXPANDED_MAX];
  size_t n = normalise(text, length, UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, codes), used = 0;
  bool begins = true;
  for (size_t i = 0; i < n; i++) {
    if (!is_letter(codes[i])) {
      begins = begins || codes[i] != '-';
      continue;
    }
    size_t end = encode(codes[i], key, used);
    if (starts != NULL && end > used) {
      memset(starts + used, 0, end - used);
      starts[used] = begins;
    }
    begins = false;
    used = end;
  }
  key[used] = '\0';
  return used;
}
