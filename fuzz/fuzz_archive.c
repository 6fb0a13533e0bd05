/* SPDX-License-Identifier: Apache-2.0
 *
 * Archives of any bytes: as they come (the first byte is even), and as the plain bytes within a stream that
 * was made with the right key (odd), which only whoever has the key could send. What is read is within what
 * was said, and paths are safe. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "fuzz_file.h"
#include "privacy/archive_format.h"

static const uint8_t KEY[GY_ARCHIVE_KEY_BYTES] = {7};

static void read_all(const void *bytes, size_t n) {
  gy_archive_reader *reader = NULL;
  gy_archive_header header;
  gy_archive_entry entry;
  bool more = true;
  if (gy_archive_open_bytes("fuzz", bytes, n, &reader, &header, NULL) != GY_OK) return;
  gy_status status = gy_archive_start(reader, KEY, NULL);
  while (status == GY_OK) {
    status = gy_archive_next(reader, &entry, &more, NULL);
    if (status != GY_OK || !more) break;
    must(gy_archive_path_is_safe(entry.path, strlen(entry.path)) && (entry.mode & ~0777u) == 0);
    uint8_t part[777];
    uint64_t read = 0;
    for (size_t got = 1; status == GY_OK && got > 0; read += got) {
      status = gy_archive_read(reader, part, sizeof part, &got, NULL);
      must(got <= sizeof part);
    }
    must(status != GY_OK || read == entry.size);
  }
  gy_archive_reader_destroy(reader);
}

static void seal_and_read(const uint8_t *plain, size_t n) {
  crypto_secretstream_xchacha20poly1305_state stream;
  uint8_t head[GY_ARCHIVE_HEADER_BYTES] = {0}, sealed[GY_ARCHIVE_SEALED_BYTES];
  gy_buffer file;
  gy_buffer_init(&file, 8 << 20);
  memcpy(head, GY_ARCHIVE_MAGIC, GY_ARCHIVE_MAGIC_BYTES);
  head[GY_ARCHIVE_MAGIC_BYTES] = GY_ARCHIVE_VERSION;
  head[GY_ARCHIVE_MAGIC_BYTES + 1] = GY_ARCHIVE_KEY;
  crypto_secretstream_xchacha20poly1305_init_push(&stream, head + GY_ARCHIVE_STREAM_AT, KEY);
  gy_buffer_append(&file, head, sizeof head);
  for (bool first = true, ended = false; !ended; first = false) {
    size_t part = n < GY_ARCHIVE_BLOCK_BYTES ? n : GY_ARCHIVE_BLOCK_BYTES;
    unsigned long long length = 0;
    ended = part < GY_ARCHIVE_BLOCK_BYTES;
    crypto_secretstream_xchacha20poly1305_push(&stream, sealed, &length, plain, part, first ? head : NULL,
                                               first ? GY_ARCHIVE_STREAM_AT : 0,
                                               ended ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
    gy_buffer_append(&file, sealed, (size_t)length);
    plain += part;
    n -= part;
  }
  if (!file.failed) read_all(file.data, file.length);
  gy_buffer_clear(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0 || sodium_init() < 0) return 0;
  if (data[0] & 1)
    seal_and_read(data + 1, size - 1);
  else
    read_all(data + 1, size - 1);
  return 0;
}
