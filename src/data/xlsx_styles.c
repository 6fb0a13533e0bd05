/* SPDX-License-Identifier: Apache-2.0
 *
 * numFmts come before cellXfs in the part, so one pass settles every style. */
#include "data/xlsx_styles.h"

#include <stdlib.h>
#include <string.h>

#include "data/xlsx_xml.h"

typedef struct {
  uint32_t id;
  gy_xlsx_format format;
} own_format;

typedef struct {
  gy_xlsx_styles *styles;
  gy_xlsx_xml *xml;
  own_format *own;
  size_t n_own, own_capacity;
  bool in_cell_styles;
} reader;

/* Room for one more in a list of `n`; false after failing. */
static bool make_room(reader *r, void **list, size_t n, size_t *capacity, size_t size) {
  if (n < *capacity) return true;
  if (n == GY_XLSX_STYLES_MAX) {
    gy_xlsx_xml_fail(r->xml, GY_ELIMIT, "more than %d styles", GY_XLSX_STYLES_MAX);
    return false;
  }
  size_t more = *capacity == 0 ? 64 : 2 * *capacity;
  void *grown = realloc(*list, more * size);
  if (grown == NULL) {
    gy_xlsx_xml_fail(r->xml, GY_ENOMEM, "no memory for its styles");
    return false;
  }
  *list = grown;
  *capacity = more;
  return true;
}

static uint32_t number_of(const char **attributes, const char *name) {
  const char *text = gy_xlsx_attribute(attributes, name);
  return text != NULL ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

static void add_own(reader *r, const char **attributes) {
  const char *code = gy_xlsx_attribute(attributes, "formatCode");
  if (code == NULL || !make_room(r, (void **)&r->own, r->n_own, &r->own_capacity, sizeof *r->own)) return;
  r->own[r->n_own++] = (own_format){number_of(attributes, "numFmtId"), gy_xlsx_custom_format(code)};
}

static void add_style(reader *r, const char **attributes) {
  gy_xlsx_styles *s = r->styles;
  if (!make_room(r, (void **)&s->formats, s->n, &s->capacity, sizeof *s->formats)) return;
  uint32_t id = number_of(attributes, "numFmtId");
  gy_xlsx_format format = gy_xlsx_builtin_format(id);
  for (size_t i = 0; i < r->n_own; i++)
    if (r->own[i].id == id) format = r->own[i].format;
  s->formats[s->n++] = (unsigned char)format;
}

static void on_start(void *user, const char *name, const char **attributes) {
  reader *r = user;
  if (strcmp(name, "numFmt") == 0) {
    add_own(r, attributes);
  } else if (strcmp(name, "cellXfs") == 0) {
    r->in_cell_styles = true;
  } else if (r->in_cell_styles && strcmp(name, "xf") == 0) {
    add_style(r, attributes);
  }
}

static void on_end(void *user, const char *name) {
  reader *r = user;
  if (strcmp(name, "cellXfs") == 0) r->in_cell_styles = false;
}

gy_status gy_xlsx_styles_read(gy_xlsx_archive *archive, const char *part, gy_xlsx_styles *styles,
                              gy_error *err) {
  static const gy_xlsx_handlers HANDLERS = {on_start, on_end, NULL};
  reader r = {.styles = styles};
  gy_status status = gy_xlsx_xml_read(archive, part, &HANDLERS, &r, &r.xml, err);
  free(r.own);
  return status;
}

void gy_xlsx_styles_clear(gy_xlsx_styles *styles) {
  free(styles->formats);
  *styles = (gy_xlsx_styles){0};
}
