/* SPDX-License-Identifier: Apache-2.0
 *
 * A file that grows: its first bytes are read as a file, then the whole is read on from where those ended.
 * That must give what reading the whole gives, for any bytes, cut anywhere, in any dialect and encoding. */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "data/csv_file.h"
#include "fuzz_file.h"

enum { LOG_MAX = 64 << 20 };

static const gy_csv_dialect DIALECTS[] = {
    {.delimiter = ',', .quote = '"', .has_header = true},
    {.delimiter = '\t', .quote = '\0', .has_header = false},
    {.delimiter = ';', .quote = '\'', .has_header = true, .skip_lines = 1},
    {.delimiter = '|', .quote = '"', .escape = '\\', .has_header = true},
    {.delimiter = ' ', .quote = '"', .merged = true, .has_header = true},
};
static const gy_encoding ENCODINGS[] = {GY_ENCODING_UTF8, GY_ENCODING_CP949, GY_ENCODING_UTF16LE,
                                        GY_ENCODING_AUTO};

/* The texts of blocks one after the other, a mark for each fault; open ones are left out, if so. */
static void read_blocks(gy_csv_file *file, bool closed_only, uint64_t first_line, gy_buffer *log) {
  gy_csv_block block = {0};
  uint64_t line = first_line;
  for (;;) {
    must(gy_csv_file_next(file, &block, NULL) == GY_OK);
    if (block.length == 0 && block.fault == NULL) break;
    must(line == 0 || block.first_line == line);
    line = block.first_line + block.n_lines;
    if (block.open && closed_only) continue;
    if (block.fault != NULL)
      gy_buffer_printf(log, "\x01%llu %s\n", (unsigned long long)block.first_line, block.fault);
    else
      gy_buffer_append(log, block.text, block.length);
  }
  gy_csv_block_clear(&block);
}

static gy_csv_file *open_bytes(const uint8_t *bytes, size_t length, gy_encoding encoding,
                               const gy_csv_dialect *dialect) {
  gy_csv_file *file = NULL;
  gy_status status = gy_csv_file_open(fuzz_file(bytes, length), encoding, dialect, &file, NULL);
  return status == GY_OK ? file : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 4) return 0;
  const gy_csv_dialect *dialect = &DIALECTS[data[0] % (sizeof DIALECTS / sizeof DIALECTS[0])];
  gy_encoding encoding = ENCODINGS[data[0] / 8 % 4];
  size_t length = size - 3, cut = (data[1] | (size_t)data[2] << 8) % (length + 1);
  data += 3;
  gy_buffer grown, fresh;
  gy_buffer_init(&grown, LOG_MAX);
  gy_buffer_init(&fresh, LOG_MAX);
  gy_csv_file *prefix = open_bytes(data, cut, encoding, dialect);
  if (prefix != NULL) {
    read_blocks(prefix, true, 0, &grown);
    gy_csv_end end = gy_csv_file_end(prefix);
    gy_encoding seen = gy_byte_stream_encoding(gy_csv_file_stream(prefix));
    gy_csv_file_close(prefix);
    must(end.offset <= cut);
    gy_csv_file *whole = open_bytes(data, length, encoding, dialect);
    if (end.offset > 0 && whole != NULL && seen == gy_byte_stream_encoding(gy_csv_file_stream(whole)) &&
        gy_csv_file_resume(whole, &end)) {
      read_blocks(whole, false, end.line, &grown);
      gy_csv_file_close(whole);
      whole = open_bytes(data, length, encoding, dialect);
      read_blocks(whole, false, 0, &fresh);
      must(grown.length == fresh.length &&
           (fresh.length == 0 || memcmp(grown.data, fresh.data, fresh.length) == 0));
    }
    gy_csv_file_close(whole);
  }
  gy_buffer_clear(&grown);
  gy_buffer_clear(&fresh);
  return 0;
}
