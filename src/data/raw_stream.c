/* SPDX-License-Identifier: Apache-2.0
 *
 * Plain files are read straight into the caller's buffer; gzip (RFC 1952, several members too) and zstd
 * (RFC 8878, several frames too) and xz pass through an input buffer; a table of a PostgreSQL server is read
 * as if it were a file. */
#include "data/raw_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/file.h"
#include "data/content_hash.h"
#include "data/postgres_stream.h"

enum { INPUT_BYTES = 256 * 1024 };
static const uint64_t XZ_MEMORY_BYTES = 1u << 30; /* the strongest setting of xz takes 65 MB */

struct gy_raw_stream {
  char *path;
  int fd;
  bool ended; /* of the file on disk */
  bool seekable;
  gy_compression compression;
  uint64_t size, position;
  gy_content_hash *hash; /* NULL once bytes were passed over */
  z_stream gzip;
  ZSTD_DStream *zstd;
  lzma_stream xz;
  gy_postgres_stream *postgres; /* or a table of a server */
  bool in_frame;                /* a gzip member or zstd frame has begun and not ended */
  size_t begin, end;            /* unread part of `input` */
  char input[INPUT_BYTES];
};

static gy_status read_file(gy_raw_stream *s, char *data, size_t capacity, size_t *length, gy_error *err) {
  *length = 0;
  if (s->postgres != NULL) {
    gy_status status = gy_postgres_read(s->postgres, data, capacity, length, err);
    s->ended = status == GY_OK && *length < capacity;
    s->position = gy_postgres_position(s->postgres);
    return status;
  }
  while (*length < capacity && !s->ended) {
    ssize_t got = read(s->fd, data + *length, capacity - *length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return gy_fail_errno(err, "read", s->path);
    if (got == 0) s->ended = true;
    if (s->hash != NULL) gy_content_hash_update(s->hash, data + *length, (size_t)got);
    *length += (size_t)got;
    s->position += (uint64_t)got;
  }
  return GY_OK;
}

static gy_status refill(gy_raw_stream *s, gy_error *err) {
  if (s->begin < s->end || s->ended) return GY_OK;
  s->begin = 0;
  return read_file(s, s->input, sizeof s->input, &s->end, err);
}

static gy_status read_plain(gy_raw_stream *s, char *data, size_t capacity, size_t *length, gy_error *err) {
  size_t held = s->end - s->begin < capacity ? s->end - s->begin : capacity;
  memcpy(data, s->input + s->begin, held);
  s->begin += held;
  size_t more = 0;
  gy_status status = read_file(s, data + held, capacity - held, &more, err);
  *length = held + more;
  return status;
}

static gy_status damaged(const gy_raw_stream *s, const char *what, gy_error *err) {
  return gy_fail(err, GY_EPARSE,
                 "%s: the %s data is damaged or cut off after byte %llu; fetch the file again", s->path, what,
                 (unsigned long long)(s->position - (s->end - s->begin)));
}

/* The next member of a gzip file begins where the last one ended; padding after the last is left alone. */
static bool next_member(gy_raw_stream *s) {
  if (s->end - s->begin < 2 || memcmp(s->input + s->begin, "\x1f\x8b", 2) != 0) {
    s->ended = true;
    s->begin = s->end = 0;
    return false;
  }
  s->in_frame = inflateReset(&s->gzip) == Z_OK;
  return s->in_frame;
}

static gy_status read_gzip(gy_raw_stream *s, char *data, size_t capacity, size_t *length, gy_error *err) {
  s->gzip.next_out = (Bytef *)data;
  s->gzip.avail_out = (uInt)capacity;
  while (s->gzip.avail_out > 0) {
    gy_status status = refill(s, err);
    if (status != GY_OK) return status;
    if (s->begin == s->end) {
      if (s->in_frame) return damaged(s, "gzip", err);
      break;
    }
    if (!s->in_frame && !next_member(s)) break;
    s->gzip.next_in = (Bytef *)s->input + s->begin;
    s->gzip.avail_in = (uInt)(s->end - s->begin);
    int code = inflate(&s->gzip, Z_NO_FLUSH);
    s->begin = s->end - s->gzip.avail_in;
    if (code == Z_MEM_ERROR) return gy_fail(err, GY_ENOMEM, "out of memory while unpacking %s", s->path);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return damaged(s, "gzip", err);
    if (code == Z_STREAM_END) s->in_frame = false;
  }
  *length = capacity - s->gzip.avail_out;
  return GY_OK;
}

static gy_status read_zstd(gy_raw_stream *s, char *data, size_t capacity, size_t *length, gy_error *err) {
  ZSTD_outBuffer out = {data, capacity, 0};
  while (out.pos < out.size) {
    gy_status status = refill(s, err);
    if (status != GY_OK) return status;
    bool starved = s->begin == s->end;
    if (starved && !s->in_frame) break;
    size_t before = out.pos;
    ZSTD_inBuffer in = {s->input + s->begin, s->end - s->begin, 0};
    size_t code = ZSTD_decompressStream(s->zstd, &out, &in);
    s->begin += in.pos;
    if (ZSTD_isError(code) || (starved && out.pos == before && code != 0)) return damaged(s, "zstd", err);
    s->in_frame = code != 0;
  }
  *length = out.pos;
  return GY_OK;
}

static gy_status read_xz(gy_raw_stream *s, char *data, size_t capacity, size_t *length, gy_error *err) {
  s->xz.next_out = (uint8_t *)data;
  s->xz.avail_out = capacity;
  while (s->xz.avail_out > 0 && s->in_frame) {
    gy_status status = refill(s, err);
    if (status != GY_OK) return status;
    s->xz.next_in = (const uint8_t *)s->input + s->begin;
    s->xz.avail_in = s->end - s->begin;
    lzma_ret code = lzma_code(&s->xz, s->begin == s->end ? LZMA_FINISH : LZMA_RUN);
    s->begin = s->end - s->xz.avail_in;
    if (code == LZMA_MEM_ERROR || code == LZMA_MEMLIMIT_ERROR)
      return gy_fail(err, GY_ENOMEM, "out of memory while unpacking %s", s->path);
    if (code != LZMA_OK && code != LZMA_STREAM_END) return damaged(s, "xz", err);
    s->in_frame = code != LZMA_STREAM_END;
  }
  *length = capacity - s->xz.avail_out;
  return GY_OK;
}

gy_status gy_raw_stream_read(gy_raw_stream *s, char *data, size_t capacity, size_t *length, gy_error *err) {
  const size_t most = 1u << 30; /* zlib counts in 32 bits */
  if (capacity > most) capacity = most;
  switch (s->compression) {
    case GY_COMPRESSION_GZIP:
      return read_gzip(s, data, capacity, length, err);
    case GY_COMPRESSION_ZSTD:
      return read_zstd(s, data, capacity, length, err);
    case GY_COMPRESSION_XZ:
      return read_xz(s, data, capacity, length, err);
    default:
      return read_plain(s, data, capacity, length, err);
  }
}

static gy_status open_file(gy_raw_stream *s, gy_error *err) {
  s->fd = open(s->path, O_RDONLY | O_CLOEXEC);
  if (s->fd < 0) return gy_fail_errno(err, "open", s->path);
  struct stat info;
  if (fstat(s->fd, &info) != 0) return gy_fail_errno(err, "examine", s->path);
  if (S_ISDIR(info.st_mode)) {
    return gy_fail(err, GY_EUSAGE, "%s is a folder; name the files in it, for example %s/*.csv", s->path,
                   s->path);
  }
  s->seekable = S_ISREG(info.st_mode);
  if (s->seekable) {
    s->size = (uint64_t)info.st_size;
    posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  return GY_OK;
}

static gy_status start_unpacking(gy_raw_stream *s, gy_error *err) {
  if (s->end >= 2 && memcmp(s->input, "\x1f\x8b", 2) == 0) {
    const int gzip_windows = 15 + 16; /* zlib: largest window, gzip wrapper only */
    if (inflateInit2(&s->gzip, gzip_windows) != Z_OK) {
      return gy_fail(err, GY_ENOMEM, "out of memory while opening %s", s->path);
    }
    s->compression = GY_COMPRESSION_GZIP;
    s->in_frame = true;
  } else if (s->end >= 4 && memcmp(s->input, "\x28\xb5\x2f\xfd", 4) == 0) {
    s->zstd = ZSTD_createDStream();
    if (s->zstd == NULL || ZSTD_isError(ZSTD_initDStream(s->zstd))) {
      return gy_fail(err, GY_ENOMEM, "out of memory while opening %s", s->path);
    }
    s->compression = GY_COMPRESSION_ZSTD;
  } else if (s->end >= 6 && memcmp(s->input,
                                   "\xfd"
                                   "7zXZ",
                                   6) == 0) {
    if (lzma_stream_decoder(&s->xz, XZ_MEMORY_BYTES, LZMA_CONCATENATED) != LZMA_OK) {
      return gy_fail(err, GY_ENOMEM, "out of memory while opening %s", s->path);
    }
    s->compression = GY_COMPRESSION_XZ;
    s->in_frame = true;
  }
  return GY_OK;
}

gy_status gy_raw_stream_open(const char *path, gy_raw_stream **stream, gy_error *err) {
  gy_raw_stream *s = calloc(1, sizeof *s);
  if (s == NULL) return gy_fail(err, GY_ENOMEM, "out of memory while opening %s", path);
  s->fd = -1;
  s->path = strdup(path);
  s->hash = gy_content_hash_create();
  gy_status status = s->path != NULL && s->hash != NULL
                         ? GY_OK
                         : gy_fail(err, GY_ENOMEM, "out of memory while opening %s", path);
  if (status == GY_OK)
    status = gy_postgres_is_address(path) ? gy_postgres_open(path, &s->postgres, err) : open_file(s, err);
  if (status == GY_OK) status = refill(s, err);
  if (status == GY_OK) status = start_unpacking(s, err);
  if (status == GY_OK) {
    *stream = s;
  } else {
    gy_raw_stream_close(s);
  }
  return status;
}

void gy_raw_stream_close(gy_raw_stream *s) {
  if (s == NULL) return;
  if (s->fd >= 0) close(s->fd);
  gy_postgres_close(s->postgres);
  if (s->compression == GY_COMPRESSION_GZIP) inflateEnd(&s->gzip);
  if (s->compression == GY_COMPRESSION_XZ) lzma_end(&s->xz);
  ZSTD_freeDStream(s->zstd);
  gy_content_hash_destroy(s->hash);
  free(s->path);
  free(s);
}

size_t gy_raw_stream_peek(const gy_raw_stream *s, uint64_t offset, char *data, size_t capacity) {
  if (!s->seekable || s->compression != GY_COMPRESSION_NONE) return 0;
  ssize_t got = pread(s->fd, data, capacity, (off_t)offset);
  return got > 0 ? (size_t)got : 0;
}

bool gy_raw_stream_seek(gy_raw_stream *s, uint64_t offset) {
  if (!s->seekable || s->compression != GY_COMPRESSION_NONE) return false;
  if (lseek(s->fd, (off_t)offset, SEEK_SET) < 0) return false;
  gy_content_hash_destroy(s->hash);
  s->hash = NULL;
  s->position = offset;
  s->begin = s->end = 0;
  s->ended = false;
  return true;
}

bool gy_raw_stream_content(const gy_raw_stream *s, char *hex) {
  if (s->hash == NULL || s->position != s->size) return false;
  gy_content_hash_text(s->hash, hex);
  return true;
}

const char *gy_raw_stream_path(const gy_raw_stream *s) { return s->path; }
gy_compression gy_raw_stream_compression(const gy_raw_stream *s) { return s->compression; }
uint64_t gy_raw_stream_size(const gy_raw_stream *s) { return s->size; }
uint64_t gy_raw_stream_position(const gy_raw_stream *s) { return s->position; }
