/* SPDX-License-Identifier: Apache-2.0
 *
 * Byte streams: any bytes as a plain, gzip, xz or zstd file, or packed here so that the text behind a
 * checksum is reached too, in any encoding. However long the pieces are that it is read in, the text is the
 * same. */
#include "data/byte_stream.h"

#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "fuzz_file.h"

enum { PACKED_MAX = 1 << 16, TEXT_MAX = 1 << 20 };

static size_t pack_gzip(const uint8_t *data, size_t size, char *packed) {
  z_stream z = {0};
  must(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  z.next_in = (Bytef *)(uintptr_t)data;
  z.avail_in = (uInt)size;
  z.next_out = (Bytef *)packed;
  z.avail_out = PACKED_MAX;
  must(deflate(&z, Z_FINISH) == Z_STREAM_END);
  must(deflateEnd(&z) == Z_OK);
  return z.total_out;
}

static size_t pack_xz(const uint8_t *data, size_t size, char *packed) {
  size_t length = 0;
  must(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, data, size, (uint8_t *)packed, &length,
                               PACKED_MAX) == LZMA_OK);
  return length;
}

/* 0 plain, 1 gzip, 2 zstd, 3 gzip without its end, 4 xz. */
static const char *file_of(int packing, const uint8_t *data, size_t size) {
  static char packed[PACKED_MAX];
  if (packing == 0) return fuzz_file(data, size);
  if (packing == 2) return fuzz_file(packed, ZSTD_compress(packed, sizeof packed, data, size, 1));
  if (packing == 4) return fuzz_file(packed, pack_xz(data, size, packed));
  size_t length = pack_gzip(data, size, packed);
  return fuzz_file(packed, packing == 3 ? length * 3 / 4 : length);
}

/* Reads in pieces of `capacity`; the status and up to TEXT_MAX bytes of text. */
static gy_status read_all(const char *path, gy_encoding encoding, size_t capacity, char *text, size_t *length,
                          gy_error *err) {
  gy_byte_stream *stream = NULL;
  *length = 0;
  gy_status status = gy_byte_stream_open(path, encoding, &stream, err);
  for (size_t got = 1; status == GY_OK && got > 0 && *length + capacity <= TEXT_MAX; *length += got) {
    char *piece = malloc(capacity);
    must(piece != NULL);
    got = 0;
    status = gy_byte_stream_read(stream, piece, capacity, &got, err);
    must(got <= capacity);
    memcpy(text + *length, piece, got);
    free(piece);
  }
  gy_byte_stream_close(stream);
  return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char text[TEXT_MAX], again[TEXT_MAX];
  if (size < 1 || size > PACKED_MAX / 2) return 0;
  gy_encoding encoding = (gy_encoding)(data[0] % GY_ENCODING_COUNT);
  const char *path = file_of(data[0] / 8 % 5, data + 1, size - 1);
  size_t capacity = 16 + (size_t)(data[0] / 32) * 37, length, length_again;
  gy_error err = {0}, err_again = {0};
  gy_status status = read_all(path, encoding, 1 << 16, text, &length, &err);
  gy_status status_again = read_all(path, encoding, capacity, again, &length_again, &err_again);
  must(status == status_again && (status == GY_OK) == (err.text[0] == '\0'));
  size_t common = length < length_again ? length : length_again;
  must(memcmp(text, again, common) == 0);
  bool whole = length + (1 << 16) <= TEXT_MAX && length_again + capacity <= TEXT_MAX;
  must(status != GY_OK || !whole || length == length_again);
  return 0;
}
