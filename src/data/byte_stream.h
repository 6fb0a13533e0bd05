/* SPDX-License-Identifier: Apache-2.0
 *
 * A file as a stream of UTF-8 bytes, whatever it is on disk: plain, gzip or zstd (told by the first bytes,
 * not by the name), UTF-8 with or without a byte order mark, UTF-16, CP949 or Windows-1252.
 *
 * A sequence that is wrong in the file's encoding becomes the byte 0xFF, which no UTF-8 text holds: the
 * readers above find it like any other invalid UTF-8 and can name its line. A stream is used by one thread
 * at a time. */
#ifndef GYEOL_DATA_BYTE_STREAM_H
#define GYEOL_DATA_BYTE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

/* encoding, name in gyeol.yaml, name for iconv. CP949 is the superset of EUC-KR that Windows writes. */
#define GY_ENCODING_TABLE(X)                     \
  X(GY_ENCODING_AUTO, "auto", NULL)              \
  X(GY_ENCODING_UTF8, "utf-8", NULL)             \
  X(GY_ENCODING_UTF16LE, "utf-16le", "UTF-16LE") \
  X(GY_ENCODING_UTF16BE, "utf-16be", "UTF-16BE") \
  X(GY_ENCODING_CP949, "cp949", "CP949")         \
  X(GY_ENCODING_CP1252, "cp1252", "WINDOWS-1252")

typedef enum gy_encoding {
#define GY_ENCODING_CODE(code, name, iconv_name) code,
  GY_ENCODING_TABLE(GY_ENCODING_CODE)
#undef GY_ENCODING_CODE
      GY_ENCODING_COUNT
} gy_encoding;

typedef enum gy_compression {
  GY_COMPRESSION_NONE,
  GY_COMPRESSION_GZIP,
  GY_COMPRESSION_ZSTD,
  GY_COMPRESSION_XZ
} gy_compression;

const char *gy_encoding_name(gy_encoding encoding); /* never NULL */
/* Reads a name as people write them: "UTF-8", "utf8", "EUC-KR", "ks_c_5601-1987", "latin1". */
bool gy_encoding_parse(const char *name, gy_encoding *encoding);

typedef struct gy_byte_stream gy_byte_stream;

/* Opens `path` and settles its compression and, for GY_ENCODING_AUTO, its encoding: by its byte order mark,
 * else by what its beginning (and, where that is plain ASCII, its middle and end) can be. A mark always
 * wins over `encoding` and is not part of the text. GY_ENOTFOUND, GY_EIO, GY_EUSAGE for a directory,
 * GY_EDATA for an empty file, GY_EPARSE for one that is not text. */
GY_MUST_USE gy_status gy_byte_stream_open(const char *path, gy_encoding encoding, gy_byte_stream **stream,
                                          gy_error *err);
void gy_byte_stream_close(gy_byte_stream *stream); /* NULL-safe */

enum { GY_BYTE_STREAM_LEAST = 16 };

/* Reads at most `capacity` (at least GY_BYTE_STREAM_LEAST) bytes into `data`; none only at the end.
 * Characters may be cut at the end of a read, to be continued by the next. */
GY_MUST_USE gy_status gy_byte_stream_read(gy_byte_stream *stream, char *data, size_t capacity, size_t *length,
                                          gy_error *err);

/* Goes on at `offset` of the file on disk, where a character begins; false where the file is compressed or a
 * pipe. */
bool gy_byte_stream_seek(gy_byte_stream *stream, uint64_t offset);

/* Once everything was read: where on disk the line begins behind which `n_lines` more newlines come. A
 * newline of the text is one on disk in every encoding read here. False where the file is compressed, a pipe,
 * or has fewer lines. */
bool gy_byte_stream_line_from_end(const gy_byte_stream *stream, char newline, uint64_t n_lines,
                                  uint64_t *offset);

/* The content hash of the file, where all of it was read (data/content_hash.h). */
bool gy_byte_stream_content(const gy_byte_stream *stream, char *hex);

gy_encoding gy_byte_stream_encoding(const gy_byte_stream *stream);
gy_compression gy_byte_stream_compression(const gy_byte_stream *stream);
uint64_t gy_byte_stream_size(const gy_byte_stream *stream);     /* of the file on disk; 0 for a pipe */
uint64_t gy_byte_stream_position(const gy_byte_stream *stream); /* bytes taken from the file so far */
uint64_t gy_byte_stream_invalid(const gy_byte_stream *stream);  /* sequences replaced by 0xFF so far */

#endif
