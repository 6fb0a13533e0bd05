/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of a file after decompression: the lower half of a byte stream. */
#ifndef GYEOL_DATA_RAW_STREAM_H
#define GYEOL_DATA_RAW_STREAM_H

#include "data/byte_stream.h"

typedef struct gy_raw_stream gy_raw_stream;

GY_MUST_USE gy_status gy_raw_stream_open(const char *path, gy_raw_stream **stream, gy_error *err);
void gy_raw_stream_close(gy_raw_stream *stream); /* NULL-safe */

/* Fills `data` up to `capacity`; fewer bytes only at the end of the file. */
GY_MUST_USE gy_status gy_raw_stream_read(gy_raw_stream *stream, char *data, size_t capacity, size_t *length,
                                         gy_error *err);

/* Reads up to `capacity` bytes at `offset` without moving; 0 where the file is compressed or a pipe. */
size_t gy_raw_stream_peek(const gy_raw_stream *stream, uint64_t offset, char *data, size_t capacity);

/* Goes on at `offset` of the file on disk; false where it is compressed or a pipe. */
bool gy_raw_stream_seek(gy_raw_stream *stream, uint64_t offset);

/* The hash of the file as it was read from its first byte to its last (data/content_hash.h); false where
 * some of it was not read. */
bool gy_raw_stream_content(const gy_raw_stream *stream, char *hex);

const char *gy_raw_stream_path(const gy_raw_stream *stream);
gy_compression gy_raw_stream_compression(const gy_raw_stream *stream);
uint64_t gy_raw_stream_size(const gy_raw_stream *stream);
uint64_t gy_raw_stream_position(const gy_raw_stream *stream);

#endif
