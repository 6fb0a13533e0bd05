/* SPDX-License-Identifier: Apache-2.0
 *
 * The XML of one part, parsed by expat as it is unpacked. Names are given without their prefix (`x:row` is
 * `row`). A part that declares a document type is refused before any of its entities can be used, so no text
 * can grow out of another; nesting and the length of one tag are bounded. */
#ifndef GYEOL_DATA_XLSX_XML_H
#define GYEOL_DATA_XLSX_XML_H

#include <stdbool.h>

#include "base/buffer.h"
#include "data/xlsx_archive.h"

typedef struct gy_xlsx_xml gy_xlsx_xml;

/* `attributes` are names and values in turn, NULL behind the last. `text` may come in pieces, and only while
 * it is wanted. */
typedef struct gy_xlsx_handlers {
  void (*start)(void *user, const char *name, const char **attributes);
  void (*end)(void *user, const char *name);
  void (*text)(void *user, const char *text, int length); /* NULL: no text is wanted */
} gy_xlsx_handlers;

GY_MUST_USE gy_status gy_xlsx_xml_open(gy_xlsx_archive *archive, const char *part,
                                       const gy_xlsx_handlers *handlers, void *user, gy_xlsx_xml **xml,
                                       gy_error *err);
void gy_xlsx_xml_close(gy_xlsx_xml *xml); /* NULL-safe */

/* Parses to where a handler pauses, or to the end. */
GY_MUST_USE gy_status gy_xlsx_xml_run(gy_xlsx_xml *xml, bool *ended, gy_error *err);

/* All of a part. `make` is told the parser before it begins, for the calls below; it may be NULL. */
GY_MUST_USE gy_status gy_xlsx_xml_read(gy_xlsx_archive *archive, const char *part,
                                       const gy_xlsx_handlers *handlers, void *user, gy_xlsx_xml **xml,
                                       gy_error *err);

/* For handlers. After a pause, which an end handler asks for, run goes on behind it. After a failure no
 * handler is called again and run returns this status and sentence. */
void gy_xlsx_xml_want_text(gy_xlsx_xml *xml, bool wanted);
void gy_xlsx_xml_pause(gy_xlsx_xml *xml);
void gy_xlsx_xml_fail(gy_xlsx_xml *xml, gy_status status, const char *format, ...) GY_PRINTF(3, 4);

/* Fails for a buffer that could not grow by `extra`: GY_ELIMIT with this sentence where its maximum is
 * passed, GY_ENOMEM otherwise. */
void gy_xlsx_xml_fail_room(gy_xlsx_xml *xml, const gy_buffer *buffer, size_t extra, const char *limit);

double gy_xlsx_xml_progress(const gy_xlsx_xml *xml);

/* The value of an attribute by its name without prefix; NULL when it is absent. */
const char *gy_xlsx_attribute(const char **attributes, const char *name);

/* `_x000D_` and the like become the characters they stand for (ECMA-376 part 1, 22.9.2.19). The text may only
 * shrink; returns its new length. */
size_t gy_xlsx_unescape(char *text, size_t length);

#endif
