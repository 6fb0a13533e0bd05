/* SPDX-License-Identifier: Apache-2.0 */
#include "data/xlsx_strings.h"

#include <stdio.h>
#include <string.h>

#include "data/xlsx_xml.h"

typedef struct {
  gy_xlsx_strings *strings;
  gy_xlsx_xml *xml;
  int in_phonetic;
  size_t max_bytes;
} reader;

static void spent(reader *r, const gy_buffer *buffer, size_t extra) {
  char limit[160];
  snprintf(limit, sizeof limit,
           "its texts take more than %zu MB of memory; allow more with --memory, or save the sheet as CSV",
           r->max_bytes >> 20);
  gy_xlsx_xml_fail_room(r->xml, buffer, extra, limit);
}

static void on_start(void *user, const char *name, const char **attributes) {
  (void)attributes;
  reader *r = user;
  if (strcmp(name, "rPh") == 0) r->in_phonetic++;
  if (strcmp(name, "t") == 0 && r->in_phonetic == 0) gy_xlsx_xml_want_text(r->xml, true);
}

static void on_text(void *user, const char *text, int length) {
  reader *r = user;
  if (!gy_buffer_append(&r->strings->text, text, (size_t)length)) spent(r, &r->strings->text, (size_t)length);
}

static void on_end(void *user, const char *name) {
  reader *r = user;
  if (strcmp(name, "t") == 0) gy_xlsx_xml_want_text(r->xml, false);
  if (strcmp(name, "rPh") == 0 && r->in_phonetic > 0) r->in_phonetic--;
  if (strcmp(name, "si") != 0) return;
  gy_xlsx_strings *s = r->strings;
  uint32_t begin = 0;
  if (s->ends.length > 0) memcpy(&begin, s->ends.data + s->ends.length - sizeof begin, sizeof begin);
  if (s->text.length > begin)
    s->text.length = begin + gy_xlsx_unescape(s->text.data + begin, s->text.length - begin);
  uint32_t end = (uint32_t)s->text.length;
  if (!gy_buffer_append(&s->ends, &end, sizeof end)) spent(r, &s->ends, sizeof end);
}

gy_status gy_xlsx_strings_read(gy_xlsx_archive *archive, const char *part, size_t max_bytes,
                               gy_xlsx_strings *strings, gy_error *err) {
  static const gy_xlsx_handlers HANDLERS = {on_start, on_end, on_text};
  if (max_bytes > UINT32_MAX) max_bytes = UINT32_MAX;
  gy_xlsx_strings_clear(strings);
  gy_buffer_init(&strings->text, max_bytes);
  gy_buffer_init(&strings->ends, max_bytes);
  reader r = {.strings = strings, .max_bytes = max_bytes};
  return gy_xlsx_xml_read(archive, part, &HANDLERS, &r, &r.xml, err);
}

void gy_xlsx_strings_clear(gy_xlsx_strings *s) {
  gy_buffer_clear(&s->text);
  gy_buffer_clear(&s->ends);
}

bool gy_xlsx_strings_get(const gy_xlsx_strings *s, size_t index, const char **text, size_t *length) {
  uint32_t begin = 0, end;
  if (index >= s->ends.length / sizeof end) return false;
  const char *ends = s->ends.data + index * sizeof end;
  if (index > 0) memcpy(&begin, ends - sizeof begin, sizeof begin);
  memcpy(&end, ends, sizeof end);
  *text = s->text.data != NULL ? s->text.data + begin : "";
  *length = end - begin;
  return true;
}
