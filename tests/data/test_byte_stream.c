/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <lzma.h>
#include <zstd.h>

#include "base/file.h"
#include "data/byte_stream.h"

enum { PATH_MAX_BYTES = 256 };

static char *temp_file(const void *bytes, size_t length) {
  static char path[PATH_MAX_BYTES];
  snprintf(path, sizeof path, "/tmp/gyeol-test-%d.bin", (int)getpid());
  gy_error err = {0};
  cr_assert_eq(gy_file_replace(path, bytes, length, &err), GY_OK, "%s", err.text);
  return path;
}

/* Reads all of a stream in pieces of `step` bytes; gives the text. */
static char *read_all(const char *path, gy_encoding encoding, size_t step, size_t *length, gy_encoding *found,
                      uint64_t *invalid) {
  gy_error err = {0};
  gy_byte_stream *stream = NULL;
  cr_assert_eq(gy_byte_stream_open(path, encoding, &stream, &err), GY_OK, "%s", err.text);
  size_t capacity = 1 << 22, got = 0;
  char *text = malloc(capacity);
  *length = 0;
  do {
    cr_assert_eq(gy_byte_stream_read(stream, text + *length, step, &got, &err), GY_OK, "%s", err.text);
    cr_assert_leq(got, step);
    *length += got;
    cr_assert_lt(*length + step, capacity);
  } while (got > 0);
  *found = gy_byte_stream_encoding(stream);
  *invalid = gy_byte_stream_invalid(stream);
  gy_byte_stream_close(stream);
  return text;
}

static size_t convert(const char *to, const char *text, size_t length, char *out, size_t capacity) {
  iconv_t cd = iconv_open(to, "UTF-8");
  char *in = (char *)text, *at = out;
  size_t left = length, room = capacity;
  cr_assert_neq(iconv(cd, &in, &left, &at, &room), (size_t)-1);
  iconv_close(cd);
  return (size_t)(at - out);
}

static char *sample_text(size_t *length) {
  const char *lines[] = {"주문번호,고객,금액\n", "1001,김철수,\"₩12,000\"\n", "plain ascii, nothing else\n",
                         "1002,뷁뷂똠방각하,5\n"};
  char *text = malloc(2 << 20);
  *length = 0;
  for (int i = 0; i < 30000; i++) {
    const char *line = lines[i % 7 == 0 ? 1 : i % 4];
    if (strstr(line, "₩") != NULL) line = "1001,김철수,12000\n"; /* CP949 has no won sign of its own */
    size_t bytes = strlen(line);
    memcpy(text + *length, line, bytes);
    *length += bytes;
  }
  return text;
}

typedef struct encoding_case {
  const char *iconv_name, *bom;
  size_t bom_length;
  gy_encoding asked, found;
} encoding_case;

Test(byte_stream, every_encoding_gives_the_same_text) {
  const encoding_case CASES[] = {
      {"UTF-8", "", 0, GY_ENCODING_AUTO, GY_ENCODING_UTF8},
      {"UTF-8", "\xEF\xBB\xBF", 3, GY_ENCODING_AUTO, GY_ENCODING_UTF8},
      {"UTF-8", "\xEF\xBB\xBF", 3, GY_ENCODING_CP949, GY_ENCODING_UTF8},
      {"CP949", "", 0, GY_ENCODING_AUTO, GY_ENCODING_CP949},
      {"CP949", "", 0, GY_ENCODING_CP949, GY_ENCODING_CP949},
      {"UTF-16LE", "\xFF\xFE", 2, GY_ENCODING_AUTO, GY_ENCODING_UTF16LE},
      {"UTF-16BE", "\xFE\xFF", 2, GY_ENCODING_AUTO, GY_ENCODING_UTF16BE},
      {"UTF-16LE", "", 0, GY_ENCODING_AUTO, GY_ENCODING_UTF16LE},
      {"UTF-16BE", "", 0, GY_ENCODING_AUTO, GY_ENCODING_UTF16BE},
  };
  size_t length;
  char *text = sample_text(&length);
  char *file = malloc(4 << 20);
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    const encoding_case *c = &CASES[i];
    memcpy(file, c->bom, c->bom_length);
    size_t bytes = c->bom_length + convert(c->iconv_name, text, length, file + c->bom_length, 4 << 20);
    const size_t STEPS[] = {16, 61, 4096, 1 << 20};
    for (size_t s = 0; s < 4; s++) {
      size_t got;
      gy_encoding found;
      uint64_t invalid;
      char *read = read_all(temp_file(file, bytes), c->asked, STEPS[s], &got, &found, &invalid);
      cr_assert_eq(found, c->found, "case %zu: found %s", i, gy_encoding_name(found));
      cr_assert(got == length && memcmp(read, text, length) == 0, "case %zu, step %zu", i, STEPS[s]);
      cr_assert_eq(invalid, 0);
      free(read);
    }
  }
  free(file);
  free(text);
}

Test(byte_stream, late_hangul_after_plain_ascii_is_noticed) {
  size_t capacity = 3 << 20, length = 0;
  char *file = malloc(capacity);
  while (length < (2 << 20)) length += (size_t)sprintf(file + length, "1,plain,2\n");
  while (length < capacity - 64) length += (size_t)sprintf(file + length, "2,\xB1\xE8,3\n");
  size_t got;
  gy_encoding found;
  uint64_t invalid;
  free(read_all(temp_file(file, length), GY_ENCODING_AUTO, 1 << 16, &got, &found, &invalid));
  cr_assert_eq(found, GY_ENCODING_CP949, "found %s", gy_encoding_name(found));
  free(file);
}

Test(byte_stream, invalid_sequences_become_one_impossible_byte) {
  const struct {
    const char *bytes;
    size_t length;
    gy_encoding encoding;
    const char *expected;
    uint64_t invalid;
  } CASES[] = {
      {"a,\xB1 ,b\n", 7, GY_ENCODING_CP949, "a,\xFF ,b\n", 1},
      {"a,\xB1", 3, GY_ENCODING_CP949, "a,\xFF", 1},
      {"a\0\0\xD8z\0", 6, GY_ENCODING_UTF16LE, "a\xFFz", 1},
      {"a\0z", 3, GY_ENCODING_UTF16LE, "a\xFF", 1},
      {"\xE9t\xE9", 3, GY_ENCODING_CP1252, "\xC3\xA9t\xC3\xA9", 0},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    size_t got;
    gy_encoding found;
    uint64_t invalid;
    char *text =
        read_all(temp_file(CASES[i].bytes, CASES[i].length), CASES[i].encoding, 64, &got, &found, &invalid);
    cr_assert_eq(got, strlen(CASES[i].expected), "case %zu: %zu bytes", i, got);
    cr_assert_eq(memcmp(text, CASES[i].expected, got), 0, "case %zu: %.*s", i, (int)got, text);
    cr_assert_eq(invalid, CASES[i].invalid, "case %zu", i);
    free(text);
  }
}

static size_t gzip_twice(const char *text, size_t length, char *out, size_t capacity) {
  size_t at = 0;
  for (int member = 0; member < 2; member++) {
    size_t part = member == 0 ? length / 3 : length - length / 3;
    z_stream z = {0};
    cr_assert_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)text + (member == 0 ? 0 : length / 3);
    z.avail_in = (uInt)part;
    z.next_out = (Bytef *)out + at;
    z.avail_out = (uInt)(capacity - at);
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    at += z.total_out;
    deflateEnd(&z);
  }
  return at;
}

static size_t zstd_twice(const char *text, size_t length, char *out, size_t capacity) {
  size_t half = length / 2;
  size_t at = ZSTD_compress(out, capacity, text, half, 1);
  return at + ZSTD_compress(out + at, capacity - at, text + half, length - half, 3);
}

static size_t xz_twice(const char *text, size_t length, char *out, size_t capacity) {
  size_t half = length / 2, at = 0;
  const uint8_t *in = (const uint8_t *)text;
  cr_assert_eq(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, in, half, (uint8_t *)out, &at, capacity),
               LZMA_OK);
  cr_assert_eq(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, in + half, length - half, (uint8_t *)out,
                                       &at, capacity),
               LZMA_OK);
  return at;
}

Test(byte_stream, packed_files_are_told_by_their_first_bytes) {
  static size_t (*const PACK[])(const char *, size_t, char *, size_t) = {gzip_twice, zstd_twice, xz_twice};
  size_t length, got;
  char *text = sample_text(&length);
  char *file = malloc(4 << 20);
  for (size_t packer = 0; packer < sizeof PACK / sizeof *PACK; packer++) {
    size_t bytes = PACK[packer](text, length, file, 4 << 20);
    gy_encoding found;
    uint64_t invalid;
    char *read = read_all(temp_file(file, bytes), GY_ENCODING_AUTO, 5000, &got, &found, &invalid);
    cr_assert(got == length && memcmp(read, text, length) == 0, "packer %zu", packer);
    free(read);
    gy_error err = {0};
    gy_byte_stream *stream = NULL;
    gy_status status = gy_byte_stream_open(temp_file(file, bytes - 9), GY_ENCODING_AUTO, &stream, &err);
    if (status == GY_OK) {
      do status = gy_byte_stream_read(stream, text, length, &got, &err);
      while (status == GY_OK && got > 0);
    }
    cr_assert_eq(status, GY_EPARSE, "a cut file must not pass for a whole one: packer %zu", packer);
    cr_assert_not_null(strstr(err.text, "damaged or cut off"), "%s", err.text);
    gy_byte_stream_close(stream);
  }
  free(file);
  free(text);
}

Test(byte_stream, what_is_not_text_is_named) {
  const struct {
    const char *bytes;
    size_t length;
    gy_status status;
    const char *says;
  } CASES[] = {
      {"", 0, GY_EDATA, "is empty"},
      {"\xEF\xBB\xBF", 3, GY_EDATA, "is empty"},
      {"PK\x03\x04 and more", 12, GY_EPARSE, "Excel"},
      {"PAR1....", 8, GY_EPARSE, "Parquet"},
      {"\x7F"
       "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
       16, GY_EPARSE, "program"},
      {"\1\2\3\4\5\0\0\0\0abc", 12, GY_EPARSE, "binary"},
  };
  gy_byte_stream *stream = NULL;
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    gy_error err = {0};
    gy_status status =
        gy_byte_stream_open(temp_file(CASES[i].bytes, CASES[i].length), GY_ENCODING_AUTO, &stream, &err);
    cr_assert_eq(status, CASES[i].status, "case %zu: %s", i, err.text);
    cr_assert_not_null(strstr(err.text, CASES[i].says), "case %zu: %s", i, err.text);
  }
  gy_error err = {0};
  cr_assert_eq(gy_byte_stream_open("/tmp/no/such/file.csv", GY_ENCODING_AUTO, &stream, &err), GY_ENOTFOUND);
  cr_assert_not_null(strstr(err.text, "/tmp/no/such/file.csv"));
  cr_assert_eq(gy_byte_stream_open("/tmp", GY_ENCODING_AUTO, &stream, &err), GY_EUSAGE);
  cr_assert_not_null(strstr(err.text, "folder"), "%s", err.text);
}

Test(byte_stream, encodings_are_known_by_their_usual_names) {
  gy_encoding encoding;
  cr_assert(gy_encoding_parse("EUC-KR", &encoding) && encoding == GY_ENCODING_CP949);
  cr_assert(gy_encoding_parse("UTF8", &encoding) && encoding == GY_ENCODING_UTF8);
  cr_assert_not(gy_encoding_parse("klingon", &encoding));
}
