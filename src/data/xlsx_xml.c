/* SPDX-License-Identifier: Apache-2.0
 *
 * expat, fed from a part in pieces that it may stop within. */
#include "data/xlsx_xml.h"

#include <expat.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 64 << 10, TAG_BYTES_MAX = 1 << 20, DEPTH_MAX = 64 };

struct gy_xlsx_xml {
  gy_xlsx_part *part;
  XML_Parser parser;
  gy_xlsx_handlers handlers;
  void *user;
  int depth;
  uint64_t fed;
  bool paused, last_fed;
  gy_error failure; /* of a handler */
};

static const char *local(const char *name) {
  const char *colon = strchr(name, ':');
  return colon != NULL ? colon + 1 : name;
}

static void on_start(void *user, const char *name, const char **attributes) {
  gy_xlsx_xml *x = user;
  if (x->failure.code != GY_OK) return;
  if (++x->depth > DEPTH_MAX) {
    gy_xlsx_xml_fail(x, GY_EPARSE, "elements within elements, more than %d deep", DEPTH_MAX);
  } else {
    x->handlers.start(x->user, local(name), attributes);
  }
}

static void on_end(void *user, const char *name) {
  gy_xlsx_xml *x = user;
  if (x->failure.code != GY_OK) return;
  x->depth--;
  if (x->handlers.end != NULL) x->handlers.end(x->user, local(name));
}

static void on_text(void *user, const char *text, int length) {
  gy_xlsx_xml *x = user;
  if (x->failure.code == GY_OK) x->handlers.text(x->user, text, length);
}

static void on_doctype(void *user, const char *name, const char *system_id, const char *public_id,
                       int has_subset) {
  (void)name, (void)system_id, (void)public_id, (void)has_subset;
  gy_xlsx_xml_fail(user, GY_EPARSE, "it declares a document type, as no workbook does; it is not read");
}

static void on_entity(void *user, const char *name, int is_parameter, const char *value, int length,
                      const char *base, const char *system_id, const char *public_id, const char *notation) {
  (void)name, (void)is_parameter, (void)value, (void)length, (void)base;
  (void)system_id, (void)public_id, (void)notation;
  gy_xlsx_xml_fail(user, GY_EPARSE, "it declares an entity, as no workbook does; it is not read");
}

gy_status gy_xlsx_xml_open(gy_xlsx_archive *archive, const char *part, const gy_xlsx_handlers *handlers,
                           void *user, gy_xlsx_xml **xml, gy_error *err) {
  gy_xlsx_xml *x = calloc(1, sizeof *x);
  if (x != NULL) x->parser = XML_ParserCreate(NULL);
  if (x == NULL || x->parser == NULL) {
    free(x);
    return gy_fail(err, GY_ENOMEM, "no memory to read %s", gy_xlsx_archive_path(archive));
  }
  gy_status status = gy_xlsx_part_open(archive, part, &x->part, err);
  if (status != GY_OK) {
    gy_xlsx_xml_close(x);
    return status;
  }
  x->handlers = *handlers;
  x->user = user;
  XML_SetUserData(x->parser, x);
  XML_SetElementHandler(x->parser, on_start, on_end);
  XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
  XML_SetEntityDeclHandler(x->parser, on_entity);
  *xml = x;
  return GY_OK;
}

void gy_xlsx_xml_close(gy_xlsx_xml *x) {
  if (x == NULL) return;
  XML_ParserFree(x->parser);
  gy_xlsx_part_close(x->part);
  free(x);
}

void gy_xlsx_xml_want_text(gy_xlsx_xml *x, bool wanted) {
  XML_SetCharacterDataHandler(x->parser, wanted && x->handlers.text != NULL ? on_text : NULL);
}

void gy_xlsx_xml_pause(gy_xlsx_xml *x) {
  if (!x->paused) XML_StopParser(x->parser, XML_TRUE);
  x->paused = true;
}

void gy_xlsx_xml_fail(gy_xlsx_xml *x, gy_status status, const char *format, ...) {
  if (x->failure.code != GY_OK) return;
  char sentence[GY_ERROR_TEXT_MAX];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(sentence, sizeof sentence, format, arguments);
  va_end(arguments);
  gy_fail(&x->failure, status, "%s", sentence);
  XML_StopParser(x->parser, XML_FALSE);
}

void gy_xlsx_xml_fail_room(gy_xlsx_xml *x, const gy_buffer *buffer, size_t extra, const char *limit) {
  bool passes = extra >= buffer->max || buffer->length >= buffer->max - extra;
  gy_xlsx_xml_fail(x, passes ? GY_ELIMIT : GY_ENOMEM, "%s", passes ? limit : "no memory to read it");
}

static const char *path_of(const gy_xlsx_xml *x) {
  return gy_xlsx_archive_path(gy_xlsx_part_archive(x->part));
}

static gy_status failed(gy_xlsx_xml *x, gy_error *err) {
  const char *part = gy_xlsx_part_name(x->part);
  if (x->failure.code != GY_OK)
    return gy_fail(err, x->failure.code, "%s, part %s: %s", path_of(x), part, x->failure.text);
  enum XML_Error code = XML_GetErrorCode(x->parser);
  if (code == XML_ERROR_NO_MEMORY) return gy_fail(err, GY_ENOMEM, "no memory to read %s", path_of(x));
  return gy_fail(err, GY_EPARSE, "%s, part %s, line %lu: %s; save the workbook again", path_of(x), part,
                 (unsigned long)XML_GetCurrentLineNumber(x->parser), XML_ErrorString(code));
}

static gy_status feed(gy_xlsx_xml *x, enum XML_Status *result, gy_error *err) {
  void *piece = XML_GetBuffer(x->parser, PIECE_BYTES);
  size_t got = 0;
  if (piece == NULL) return gy_fail(err, GY_ENOMEM, "no memory to read %s", path_of(x));
  gy_status status = gy_xlsx_part_read(x->part, piece, PIECE_BYTES, &got, err);
  if (status != GY_OK) return status;
  x->fed += got;
  x->last_fed = got == 0;
  *result = XML_ParseBuffer(x->parser, (int)got, got == 0);
  XML_Index at = XML_GetCurrentByteIndex(x->parser);
  if (*result == XML_STATUS_OK && at >= 0 && x->fed - (uint64_t)at > TAG_BYTES_MAX + PIECE_BYTES)
    return gy_fail(err, GY_EPARSE, "%s, part %s: a tag of more than %d bytes", path_of(x),
                   gy_xlsx_part_name(x->part), TAG_BYTES_MAX);
  return GY_OK;
}

gy_status gy_xlsx_xml_run(gy_xlsx_xml *x, bool *ended, gy_error *err) {
  enum XML_Status result = XML_STATUS_OK;
  if (x->paused) {
    x->paused = false;
    result = XML_ResumeParser(x->parser);
  }
  while (result == XML_STATUS_OK && !x->last_fed) {
    gy_status status = feed(x, &result, err);
    if (status != GY_OK) return status;
  }
  if (result == XML_STATUS_ERROR || x->failure.code != GY_OK) return failed(x, err);
  *ended = result == XML_STATUS_OK;
  return GY_OK;
}

gy_status gy_xlsx_xml_read(gy_xlsx_archive *archive, const char *part, const gy_xlsx_handlers *handlers,
                           void *user, gy_xlsx_xml **xml, gy_error *err) {
  gy_xlsx_xml *x = NULL;
  gy_status status = gy_xlsx_xml_open(archive, part, handlers, user, &x, err);
  if (status != GY_OK) return status;
  if (xml != NULL) *xml = x;
  bool ended = false;
  while (status == GY_OK && !ended) status = gy_xlsx_xml_run(x, &ended, err);
  gy_xlsx_xml_close(x);
  if (xml != NULL) *xml = NULL;
  return status;
}

double gy_xlsx_xml_progress(const gy_xlsx_xml *x) { return gy_xlsx_part_progress(x->part); }

const char *gy_xlsx_attribute(const char **attributes, const char *name) {
  for (; *attributes != NULL; attributes += 2)
    if (strcmp(local(attributes[0]), name) == 0) return attributes[1];
  return NULL;
}

/* `_xHHHH_` at `text`; -1 when it is something else. */
static long escaped_unit(const char *text, size_t length) {
  if (length < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_') return -1;
  long unit = 0;
  for (int i = 2; i < 6; i++) {
    char c = text[i];
    int digit = c >= '0' && c <= '9'                 ? c - '0'
                : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                     : -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

static size_t write_utf8(char *out, uint32_t point) {
  if (point < 0x80) {
    out[0] = (char)point;
    return 1;
  }
  size_t n = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  static const unsigned char LEAD[] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = n - 1; i > 0; i--, point >>= 6) out[i] = (char)(0x80 | (point & 0x3F));
  out[0] = (char)(LEAD[n] | point);
  return n;
}

size_t gy_xlsx_unescape(char *text, size_t length) {
  if (memmem(text, length, "_x", 2) == NULL) return length;
  size_t out = 0;
  for (size_t at = 0; at < length;) {
    long unit = escaped_unit(text + at, length - at);
    if (unit <= 0) { /* a NUL stays as it is written: no text of the store holds one */
      text[out++] = text[at++];
      continue;
    }
    at += 7;
    uint32_t point = (uint32_t)unit;
    long low = point >= 0xD800 && point < 0xDC00 ? escaped_unit(text + at, length - at) : -1;
    if (low >= 0xDC00 && low < 0xE000) {
      point = 0x10000 + ((point - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
      at += 7;
    } else if (point >= 0xD800 && point < 0xE000) {
      point = 0xFFFD;
    }
    out += write_utf8(text + out, point);
  }
  return out;
}
