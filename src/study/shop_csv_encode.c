/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 to CP949 by iconv, a whole part at a time: a part ends with a row, so no letter is cut. */
#include <iconv.h>
#include <string.h>

#include "study/shop_csv.h"

/* Past the letter at `text` that has no place in CP949. */
static size_t letter_length(const char *text, size_t left) {
  size_t length = 1;
  while (length < left && ((unsigned char)text[length] & 0xC0) == 0x80) length++;
  return length;
}

bool gy_shop_csv_to_cp949(gy_buffer *text) {
  if (text->length == 0) return true; /* a table without rows has no bytes either */
  iconv_t converter = iconv_open("CP949", "UTF-8");
  if (converter == (iconv_t)-1) return false;
  gy_buffer made;
  gy_buffer_init(&made, text->length + 2); /* no letter is longer there */
  bool fits = gy_buffer_reserve(&made, text->length + 1);
  char *in = text->data, *out = made.data;
  size_t n_in = text->length, n_out = text->length;
  while (fits && n_in > 0) {
    if (iconv(converter, &in, &n_in, &out, &n_out) != (size_t)-1) break;
    size_t skipped = letter_length(in, n_in);
    if (n_out == 0) break;
    *out++ = '?';
    n_out--;
    in += skipped;
    n_in -= skipped;
  }
  iconv_close(converter);
  if (fits) {
    text->length = (size_t)(out - made.data);
    memcpy(text->data, made.data, text->length);
    text->data[text->length] = '\0';
  }
  gy_buffer_clear(&made);
  return fits;
}
