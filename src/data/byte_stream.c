/* SPDX-License-Identifier: Apache-2.0
 *
 * The upper half of a byte stream: settles the encoding on the file's beginning, then hands UTF-8 through
 * untouched and converts the rest with iconv, which plain ASCII stretches of CP949 and Windows-1252 skip. */
#include "data/byte_stream.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/raw_stream.h"
#include "data/text_kind.h"

enum { HEAD_BYTES = 256 * 1024, SAMPLE_BYTES = 64 * 1024, LONGEST_CHARACTER = 4, INVALID_BYTE = 0xFF };

struct gy_byte_stream {
  gy_raw_stream *raw;
  gy_encoding encoding;
  bool has_iconv;
  bool raw_ended;
  iconv_t iconv;
  uint64_t invalid;
  size_t begin, end; /* unread part of `head`: the file's beginning, then iconv's input */
  char head[HEAD_BYTES];
};

static const char *const NAMES[GY_ENCODING_COUNT] = {
#define GY_ENCODING_NAME(code, name, iconv_name) name,
    GY_ENCODING_TABLE(GY_ENCODING_NAME)
#undef GY_ENCODING_NAME
};

static const char *const ICONV_NAMES[GY_ENCODING_COUNT] = {
#define GY_ENCODING_ICONV(code, name, iconv_name) iconv_name,
    GY_ENCODING_TABLE(GY_ENCODING_ICONV)
#undef GY_ENCODING_ICONV
};

const char *gy_encoding_name(gy_encoding encoding) {
  return encoding < GY_ENCODING_COUNT ? NAMES[encoding] : "unknown";
}

bool gy_encoding_parse(const char *name, gy_encoding *encoding) {
  static const struct {
    const char *name;
    gy_encoding encoding;
  } ALIASES[] = {{"utf8", GY_ENCODING_UTF8},      {"utf-8-sig", GY_ENCODING_UTF8},
                 {"ascii", GY_ENCODING_UTF8},     {"utf-16", GY_ENCODING_UTF16LE},
                 {"utf16", GY_ENCODING_UTF16LE},  {"euc-kr", GY_ENCODING_CP949},
                 {"euckr", GY_ENCODING_CP949},    {"uhc", GY_ENCODING_CP949},
                 {"ms949", GY_ENCODING_CP949},    {"ks_c_5601-1987", GY_ENCODING_CP949},
                 {"latin1", GY_ENCODING_CP1252},  {"iso-8859-1", GY_ENCODING_CP1252},
                 {"latin-1", GY_ENCODING_CP1252}, {"windows-1252", GY_ENCODING_CP1252}};
  for (int i = 0; i < GY_ENCODING_COUNT; i++) {
    if (strcasecmp(name, NAMES[i]) == 0) {
      *encoding = (gy_encoding)i;
      return true;
    }
  }
  for (size_t i = 0; i < sizeof ALIASES / sizeof ALIASES[0]; i++) {
    if (strcasecmp(name, ALIASES[i].name) == 0) {
      *encoding = ALIASES[i].encoding;
      return true;
    }
  }
  return false;
}

/* A beginning of plain ASCII says little: look at the middle and the end as well. */
static void score_further(gy_byte_stream *s, gy_encoding_score *score, char *sample) {
  uint64_t size = gy_raw_stream_size(s->raw);
  if (size <= HEAD_BYTES + SAMPLE_BYTES) return;
  for (uint64_t part = 1; part <= 8; part++) {
    uint64_t offset = (size - SAMPLE_BYTES) / 8 * part;
    size_t got = gy_raw_stream_peek(s->raw, offset, sample, SAMPLE_BYTES);
    gy_encoding_score_add(score, sample, got, true);
  }
}

static gy_status guess_encoding(gy_byte_stream *s, gy_error *err) {
  gy_encoding_score score = {0};
  gy_encoding_score_add(&score, s->head, s->end, false);
  if (score.high_bytes == 0 && score.nul_even + score.nul_odd == 0) {
    char *sample = malloc(SAMPLE_BYTES);
    if (sample == NULL) return gy_fail(err, GY_ENOMEM, "out of memory while looking at a file's encoding");
    score_further(s, &score, sample);
    free(sample);
  }
  s->encoding = gy_encoding_score_best(&score);
  return GY_OK;
}

static gy_status settle_encoding(gy_byte_stream *s, gy_encoding wanted, gy_error *err) {
  const char *path = gy_raw_stream_path(s->raw);
  size_t bom_length;
  gy_encoding marked = gy_bom_encoding(s->head, s->end, &bom_length);
  s->begin = bom_length;
  if (s->begin == s->end) {
    return gy_fail(err, GY_EDATA, "%s is empty; expected a line of column names and rows below it", path);
  }
  s->encoding = marked != GY_ENCODING_AUTO ? marked : wanted;
  if (s->encoding == GY_ENCODING_AUTO) {
    gy_status status = guess_encoding(s, err);
    if (status != GY_OK) return status;
  }
  bool wide = s->encoding == GY_ENCODING_UTF16LE || s->encoding == GY_ENCODING_UTF16BE;
  const char *other = wide ? NULL : gy_not_text(s->head, s->end);
  if (other != NULL) return gy_fail(err, GY_EPARSE, "%s is not text: it looks like %s", path, other);
  if (ICONV_NAMES[s->encoding] != NULL) {
    s->iconv = iconv_open("UTF-8", ICONV_NAMES[s->encoding]);
    s->has_iconv = s->iconv != (iconv_t)-1;
    if (!s->has_iconv) {
      return gy_fail(err, GY_EIO, "%s: this system's iconv does not know %s", path, ICONV_NAMES[s->encoding]);
    }
  }
  return GY_OK;
}

gy_status gy_byte_stream_open(const char *path, gy_encoding encoding, gy_byte_stream **stream,
                              gy_error *err) {
  gy_byte_stream *s = malloc(sizeof *s);
  if (s == NULL) return gy_fail(err, GY_ENOMEM, "out of memory while opening %s", path);
  memset(s, 0, offsetof(gy_byte_stream, head));
  gy_status status = gy_raw_stream_open(path, &s->raw, err);
  if (status == GY_OK) status = gy_raw_stream_read(s->raw, s->head, sizeof s->head, &s->end, err);
  if (status == GY_OK) status = settle_encoding(s, encoding, err);
  if (status == GY_OK) {
    *stream = s;
  } else {
    gy_byte_stream_close(s);
  }
  return status;
}

void gy_byte_stream_close(gy_byte_stream *s) {
  if (s == NULL) return;
  if (s->has_iconv) iconv_close(s->iconv);
  gy_raw_stream_close(s->raw);
  free(s);
}

static gy_status read_as_it_is(gy_byte_stream *s, char *data, size_t capacity, size_t *length,
                               gy_error *err) {
  size_t held = s->end - s->begin < capacity ? s->end - s->begin : capacity;
  memcpy(data, s->head + s->begin, held);
  s->begin += held;
  size_t more = 0;
  gy_status status = GY_OK;
  if (held < capacity) status = gy_raw_stream_read(s->raw, data + held, capacity - held, &more, err);
  *length = held + more;
  return status;
}

static gy_status refill(gy_byte_stream *s, gy_error *err) {
  size_t held = s->end - s->begin, more = 0;
  memmove(s->head, s->head + s->begin, held);
  gy_status status = gy_raw_stream_read(s->raw, s->head + held, sizeof s->head - held, &more, err);
  s->begin = 0;
  s->end = held + more;
  if (more == 0) s->raw_ended = true;
  return status;
}

static size_t ascii_run(const char *text, size_t length) {
  size_t at = 0;
  for (uint64_t word; at + sizeof word <= length; at += sizeof word) {
    memcpy(&word, text + at, sizeof word);
    if ((word & UINT64_C(0x8080808080808080)) != 0) break;
  }
  while (at < length && (unsigned char)text[at] < 0x80) at++;
  return at;
}

/* Bytes up to the next ASCII byte that no CP949 sequence can hold: what iconv has to look at. */
static size_t foreign_run(const char *text, size_t length) {
  size_t at = 0;
  while (at < length && ((unsigned char)text[at] >= 0x80 || isalpha((unsigned char)text[at]))) at++;
  return at;
}

static bool is_wide(const gy_byte_stream *s) {
  return s->encoding == GY_ENCODING_UTF16LE || s->encoding == GY_ENCODING_UTF16BE;
}

static void replace_invalid(gy_byte_stream *s, char **out, size_t *room) {
  size_t unit = is_wide(s) ? 2 : 1;
  size_t held = s->end - s->begin;
  s->begin += held < unit ? held : unit;
  s->invalid++;
  *(*out)++ = (char)INVALID_BYTE;
  --*room;
}

/* Converts some of the held bytes; true when it needs more input to go on. */
static bool convert_some(gy_byte_stream *s, char **out, size_t *room) {
  size_t held = s->end - s->begin;
  bool has_ascii = s->encoding == GY_ENCODING_CP949 || s->encoding == GY_ENCODING_CP1252;
  size_t run = has_ascii ? ascii_run(s->head + s->begin, held < *room ? held : *room) : 0;
  memcpy(*out, s->head + s->begin, run);
  *out += run;
  *room -= run;
  s->begin += run;
  if (run == held || *room < LONGEST_CHARACTER) return false;
  char *in = s->head + s->begin;
  size_t part = has_ascii ? foreign_run(in, held - run) : held - run;
  size_t left = part;
  size_t code = iconv(s->iconv, &in, &left, out, room);
  int reason = errno;
  s->begin += part - left;
  if (code != (size_t)-1) return false;
  if (reason == E2BIG) {
    *room = 0;
    return false;
  }
  bool cut_by_end = reason == EINVAL && part == held - run;
  if (cut_by_end && !s->raw_ended) return true;
  if (*room > 0) replace_invalid(s, out, room);
  return false;
}

static gy_status read_converted(gy_byte_stream *s, char *data, size_t capacity, size_t *length,
                                gy_error *err) {
  char *out = data;
  bool starved = false;
  for (size_t room = capacity; room >= LONGEST_CHARACTER;) {
    if (s->begin == s->end || starved) {
      if (s->raw_ended && s->begin == s->end) break;
      gy_status status = refill(s, err);
      if (status != GY_OK) return status;
    }
    starved = convert_some(s, &out, &room);
  }
  *length = (size_t)(out - data);
  return GY_OK;
}

gy_status gy_byte_stream_read(gy_byte_stream *s, char *data, size_t capacity, size_t *length, gy_error *err) {
  return s->has_iconv ? read_converted(s, data, capacity, length, err)
                      : read_as_it_is(s, data, capacity, length, err);
}

bool gy_byte_stream_seek(gy_byte_stream *s, uint64_t offset) {
  if (!gy_raw_stream_seek(s->raw, offset)) return false;
  if (s->has_iconv) iconv(s->iconv, NULL, NULL, NULL, NULL);
  s->begin = s->end = 0;
  s->raw_ended = false;
  return true;
}

/* Whether a newline is at data[at]; in wide encodings `at` is even. */
static bool is_newline(const gy_byte_stream *s, const char *data, size_t at, char newline) {
  if (s->encoding == GY_ENCODING_UTF16LE) return data[at] == newline && data[at + 1] == '\0';
  if (s->encoding == GY_ENCODING_UTF16BE) return data[at] == '\0' && data[at + 1] == newline;
  return data[at] == newline;
}

bool gy_byte_stream_line_from_end(const gy_byte_stream *s, char newline, uint64_t n_lines, uint64_t *offset) {
  const size_t unit = is_wide(s) ? 2 : 1;
  char sample[4096];
  uint64_t begin = gy_raw_stream_size(s->raw) / unit * unit;
  while (begin > 0) {
    size_t length = begin < sizeof sample ? (size_t)begin : sizeof sample;
    begin -= length;
    if (gy_raw_stream_peek(s->raw, begin, sample, length) != length) return false;
    for (size_t at = length; at > 0; at -= unit) {
      if (!is_newline(s, sample, at - unit, newline) || n_lines-- > 0) continue;
      *offset = begin + at;
      return true;
    }
  }
  return false;
}

bool gy_byte_stream_content(const gy_byte_stream *s, char *hex) { return gy_raw_stream_content(s->raw, hex); }

gy_encoding gy_byte_stream_encoding(const gy_byte_stream *s) { return s->encoding; }
gy_compression gy_byte_stream_compression(const gy_byte_stream *s) {
  return gy_raw_stream_compression(s->raw);
}
uint64_t gy_byte_stream_size(const gy_byte_stream *s) { return gy_raw_stream_size(s->raw); }
uint64_t gy_byte_stream_position(const gy_byte_stream *s) { return gy_raw_stream_position(s->raw); }
uint64_t gy_byte_stream_invalid(const gy_byte_stream *s) { return s->invalid; }
