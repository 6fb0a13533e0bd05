/* SPDX-License-Identifier: Apache-2.0
 *
 * Byte order marks (Unicode 15, section 23.8), signatures of files that are often handed over by mistake,
 * and the structure of UTF-8 and CP949 sequences. */
#include "data/text_kind.h"

#include <string.h>

#include "data/utf8.h"

gy_encoding gy_bom_encoding(const char *data, size_t length, size_t *bom_length) {
  static const struct {
    const char *mark;
    size_t length;
    gy_encoding encoding;
  } MARKS[] = {{"\xEF\xBB\xBF", 3, GY_ENCODING_UTF8},
               {"\xFF\xFE", 2, GY_ENCODING_UTF16LE},
               {"\xFE\xFF", 2, GY_ENCODING_UTF16BE}};
  for (size_t i = 0; i < sizeof MARKS / sizeof MARKS[0]; i++) {
    if (length >= MARKS[i].length && memcmp(data, MARKS[i].mark, MARKS[i].length) == 0) {
      *bom_length = MARKS[i].length;
      return MARKS[i].encoding;
    }
  }
  *bom_length = 0;
  return GY_ENCODING_AUTO;
}

const char *gy_not_text(const char *data, size_t length) {
  static const struct {
    const char *bytes;
    size_t length;
    const char *what;
  } SIGNATURES[] = {
      {"PK\x03\x04", 4, "an Excel workbook or zip archive: set format: xlsx, or unpack it"},
      {"\xD0\xCF\x11\xE0", 4, "an old Excel workbook: save it as .xlsx or CSV"},
      {"PAR1", 4, "a Parquet file"},
      {"BZh", 3, "packed with bzip2: unpack it or pack it with gzip, xz or zstd"},
      {"7z\xBC\xAF", 4, "a 7z archive: unpack it"},
      {"%PDF-", 5, "a PDF document"},
      {"\x89PNG", 4, "a picture"},
      {"\xFF\xD8\xFF", 3, "a picture"},
      {"GIF8", 4, "a picture"},
      {"\x7F"
       "ELF",
       4, "a program"},
      {"SQLite format 3", 15, "an SQLite database: export the table as CSV"},
  };
  for (size_t i = 0; i < sizeof SIGNATURES / sizeof SIGNATURES[0]; i++) {
    if (length >= SIGNATURES[i].length && memcmp(data, SIGNATURES[i].bytes, SIGNATURES[i].length) == 0) {
      return SIGNATURES[i].what;
    }
  }
  size_t controls = 0;
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)data[i];
    controls += byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f' && byte != 0x1B;
  }
  return controls > length / 10 ? "binary data" : NULL;
}

static void score_utf8(gy_encoding_score *score, const char *data, size_t length) {
  for (size_t at = 0; at < length;) {
    size_t good = gy_utf8_valid_prefix(data + at, length - at);
    for (size_t i = at; i < at + good; i++) score->utf8_good += ((unsigned char)data[i] & 0xC0) == 0xC0;
    at += good;
    if (length - at < 4) return; /* may be cut by the end */
    score->utf8_bad++;
    at++;
  }
}

static void score_cp949(gy_encoding_score *score, const char *data, size_t length) {
  for (size_t i = 0; i + 1 < length; i++) {
    unsigned char lead = (unsigned char)data[i], trail = (unsigned char)data[i + 1];
    if (lead < 0x80) continue;
    bool good = lead >= 0x81 && lead <= 0xFE &&
                ((trail >= 0x41 && trail <= 0x5A) || (trail >= 0x61 && trail <= 0x7A) ||
                 (trail >= 0x81 && trail <= 0xFE));
    if (good) {
      score->cp949_good++;
      i++;
    } else {
      score->cp949_bad++;
    }
  }
}

void gy_encoding_score_add(gy_encoding_score *score, const char *data, size_t length, bool cut_start) {
  if (cut_start) { /* begin after a newline: whole characters in every encoding but UTF-16 */
    const char *newline = memchr(data, '\n', length);
    size_t skip = newline != NULL ? (size_t)(newline - data) + 1 : length;
    data += skip;
    length -= skip;
  }
  score->bytes += length;
  for (size_t i = 0; i < length; i++) {
    score->high_bytes += (unsigned char)data[i] >= 0x80;
    if (data[i] == '\0') *(i % 2 == 0 ? &score->nul_even : &score->nul_odd) += 1;
  }
  score_utf8(score, data, length);
  score_cp949(score, data, length);
}

gy_encoding gy_encoding_score_best(const gy_encoding_score *score) {
  const uint64_t many = score->bytes / 8; /* a quarter of the UTF-16 halves */
  if (score->nul_odd > many && score->nul_even < many / 4 + 1) return GY_ENCODING_UTF16LE;
  if (score->nul_even > many && score->nul_odd < many / 4 + 1) return GY_ENCODING_UTF16BE;
  if (score->high_bytes == 0 || score->utf8_good > score->utf8_bad) return GY_ENCODING_UTF8;
  return score->cp949_good > 8 * score->cp949_bad ? GY_ENCODING_CP949 : GY_ENCODING_CP1252;
}
