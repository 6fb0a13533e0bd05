/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts find each other by relations (ECMA-376 part 2, 9.3), whose targets are paths within the archive. A
 * target that leads out of it, or out into the world, is refused. */
#include "data/xlsx_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/xlsx_xml.h"

enum { PART_NAME_MAX = 512, NAMES_BYTES_MAX = 16 << 20, NAMES_SHOWN = 20 };
static const size_t STRINGS_BYTES = (size_t)1 << 30;

typedef struct {
  gy_xlsx_book *book;
  gy_xlsx_xml *xml;
  const char *folder; /* of the part whose relations these are, with a slash at its end */
  const char *workbook, *strings, *styles;
} reader;

static bool ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && strcmp(text + n - m, end) == 0;
}

/* The part that `target` means from within `folder`; false when it leads out of the archive. */
static bool resolve(const char *folder, const char *target, char joined[PART_NAME_MAX]) {
  char path[PART_NAME_MAX], *parts[64];
  size_t n = 0;
  int length = target[0] == '/' ? snprintf(path, sizeof path, "%s", target + 1)
                                : snprintf(path, sizeof path, "%s%s", folder, target);
  if (length < 0 || (size_t)length >= sizeof path || strchr(target, '\\') != NULL) return false;
  char *rest = path;
  for (char *each = strsep(&rest, "/"); each != NULL; each = strsep(&rest, "/")) {
    if (strcmp(each, "..") == 0 && n == 0) return false;
    if (strcmp(each, "..") == 0) {
      n--;
    } else if (each[0] != '\0' && strcmp(each, ".") != 0) {
      if (n == sizeof parts / sizeof *parts) return false;
      parts[n++] = each;
    }
  }
  size_t used = 0;
  for (size_t i = 0; i < n; i++)
    used += (size_t)snprintf(joined + used, PART_NAME_MAX - used, "%s%s", i > 0 ? "/" : "", parts[i]);
  return n > 0;
}

static void on_relation(void *user, const char *name, const char **attributes) {
  reader *r = user;
  if (strcmp(name, "Relationship") != 0) return;
  const char *id = gy_xlsx_attribute(attributes, "Id"), *type = gy_xlsx_attribute(attributes, "Type"),
             *target = gy_xlsx_attribute(attributes, "Target"),
             *mode = gy_xlsx_attribute(attributes, "TargetMode");
  bool is_ours = type != NULL && (ends_with(type, "/officeDocument") || ends_with(type, "/worksheet") ||
                                  ends_with(type, "/sharedStrings") || ends_with(type, "/styles"));
  if (!is_ours || id == NULL || target == NULL) return;
  char path[PART_NAME_MAX];
  bool is_outside = mode != NULL && strcasecmp(mode, "External") == 0;
  if (is_outside || !resolve(r->folder, target, path)) {
    gy_xlsx_xml_fail(r->xml, GY_EPARSE, "its part %.200s would lie outside of the workbook; it is not read",
                     target);
    return;
  }
  const char *part = gy_arena_strndup(&r->book->arena, path, strlen(path));
  if (part == NULL) {
    gy_xlsx_xml_fail(r->xml, GY_ENOMEM, "no memory for its relations");
    return;
  }
  if (ends_with(type, "/officeDocument")) r->workbook = part;
  if (ends_with(type, "/sharedStrings")) r->strings = part;
  if (ends_with(type, "/styles")) r->styles = part;
  for (size_t i = 0; i < r->book->n_sheets && ends_with(type, "/worksheet"); i++)
    if (strcmp(r->book->sheets[i].relation, id) == 0) r->book->sheets[i].part = part;
}

static void add_sheet(reader *r, const char **attributes) {
  gy_xlsx_book *b = r->book;
  const char *name = gy_xlsx_attribute(attributes, "name"), *id = NULL,
             *state = gy_xlsx_attribute(attributes, "state");
  for (const char **a = attributes; *a != NULL; a += 2) /* r:id, beside which no other id stands */
    if (ends_with(*a, ":id")) id = a[1];
  if (name == NULL || id == NULL) return;
  if (b->n_sheets == GY_XLSX_SHEETS_MAX) {
    gy_xlsx_xml_fail(r->xml, GY_ELIMIT, "more than %d sheets", GY_XLSX_SHEETS_MAX);
    return;
  }
  gy_xlsx_sheet_info *sheet = &b->sheets[b->n_sheets];
  *sheet = (gy_xlsx_sheet_info){.name = gy_arena_strndup(&b->arena, name, strlen(name)),
                                .relation = gy_arena_strndup(&b->arena, id, strlen(id)),
                                .is_hidden = state != NULL && strcmp(state, "visible") != 0};
  if (sheet->name != NULL && sheet->relation != NULL) {
    b->n_sheets++;
  } else {
    gy_xlsx_xml_fail(r->xml, GY_ENOMEM, "no memory for its sheets");
  }
}

static bool is_true(const char *text) {
  return text != NULL && (strcmp(text, "1") == 0 || strcasecmp(text, "true") == 0);
}

static void on_workbook(void *user, const char *name, const char **attributes) {
  reader *r = user;
  if (strcmp(name, "sheet") == 0) add_sheet(r, attributes);
  if (strcmp(name, "workbookPr") == 0) r->book->is_1904 = is_true(gy_xlsx_attribute(attributes, "date1904"));
}

/* A zip archive that is no workbook. */
static gy_status other_archive(const gy_xlsx_archive *a, gy_error *err) {
  static const struct {
    const char *part, *what;
  } KINDS[] = {
      {"xl/workbook.bin", "a binary workbook (.xlsb); open it in Excel and save it as .xlsx"},
      {"word/document.xml", "a Word document"},
      {"ppt/presentation.xml", "a presentation"},
      {"Index/Document.iwa", "a document of Numbers or Pages; export it as .xlsx or CSV"},
      {"mimetype", "an OpenDocument file (.ods); open it in LibreOffice or Excel and save it as .xlsx"}};
  for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
    if (gy_xlsx_archive_has(a, KINDS[i].part))
      return gy_fail(err, GY_EPARSE, "%s is %s", gy_xlsx_archive_path(a), KINDS[i].what);
  return gy_fail(err, GY_EPARSE, "%s is a zip archive, but no workbook; unpack it", gy_xlsx_archive_path(a));
}

static gy_status find_workbook(reader *r, gy_error *err) {
  static const gy_xlsx_handlers RELATIONS = {on_relation, NULL, NULL};
  gy_xlsx_archive *a = r->book->archive;
  if (gy_xlsx_archive_has(a, "xl/workbook.bin") || !gy_xlsx_archive_has(a, "_rels/.rels"))
    return other_archive(a, err);
  r->folder = "";
  gy_status status = gy_xlsx_xml_read(a, "_rels/.rels", &RELATIONS, r, &r->xml, err);
  if (status != GY_OK) return status;
  bool is_word =
      r->workbook != NULL && strncasecmp(r->workbook, "xl/", 3) != 0 &&
      (gy_xlsx_archive_has(a, "word/document.xml") || gy_xlsx_archive_has(a, "ppt/presentation.xml"));
  return r->workbook == NULL || is_word ? other_archive(a, err) : GY_OK;
}

/* "xl/_rels/workbook.xml.rels" of "xl/workbook.xml". */
static gy_status read_relations(reader *r, gy_error *err) {
  static const gy_xlsx_handlers RELATIONS = {on_relation, NULL, NULL};
  char folder[PART_NAME_MAX], part[2 * PART_NAME_MAX];
  const char *slash = strrchr(r->workbook, '/');
  snprintf(folder, sizeof folder, "%.*s", slash != NULL ? (int)(slash - r->workbook) + 1 : 0, r->workbook);
  snprintf(part, sizeof part, "%s_rels/%s.rels", folder, slash != NULL ? slash + 1 : r->workbook);
  r->folder = folder;
  return gy_xlsx_xml_read(r->book->archive, part, &RELATIONS, r, &r->xml, err);
}

static gy_status read_book(gy_xlsx_book *b, const char *path, size_t strings_bytes, gy_error *err) {
  static const gy_xlsx_handlers WORKBOOK = {on_workbook, NULL, NULL};
  reader r = {.book = b};
  b->sheets = gy_arena_calloc(&b->arena, GY_XLSX_SHEETS_MAX, sizeof *b->sheets);
  if (b->sheets == NULL) return gy_fail(err, GY_ENOMEM, "no memory to read %s", path);
  gy_status status = gy_xlsx_archive_open(path, &b->archive, err);
  if (status == GY_OK) status = find_workbook(&r, err);
  if (status == GY_OK) status = gy_xlsx_xml_read(b->archive, r.workbook, &WORKBOOK, &r, &r.xml, err);
  if (status == GY_OK) status = read_relations(&r, err);
  if (status == GY_OK && r.styles != NULL)
    status = gy_xlsx_styles_read(b->archive, r.styles, &b->styles, err);
  /* writers without a text leave the part out that their relations name */
  if (status == GY_OK && r.strings != NULL && gy_xlsx_archive_has(b->archive, r.strings))
    status = gy_xlsx_strings_read(b->archive, r.strings, strings_bytes > 0 ? strings_bytes : STRINGS_BYTES,
                                  &b->strings, err);
  if (status == GY_OK && b->n_sheets == 0)
    status = gy_fail(err, GY_EPARSE, "%s names no sheet; save it again in Excel", path);
  return status;
}

gy_status gy_xlsx_book_open(const char *path, size_t strings_bytes, gy_xlsx_book **book, gy_error *err) {
  gy_xlsx_book *b = calloc(1, sizeof *b);
  if (b == NULL) return gy_fail(err, GY_ENOMEM, "no memory to read %s", path);
  gy_arena_init(&b->arena, 0, NAMES_BYTES_MAX);
  gy_status status = read_book(b, path, strings_bytes, err);
  if (status == GY_OK) {
    *book = b;
  } else {
    gy_xlsx_book_close(b);
  }
  return status;
}

void gy_xlsx_book_close(gy_xlsx_book *b) {
  if (b == NULL) return;
  gy_xlsx_styles_clear(&b->styles);
  gy_xlsx_strings_clear(&b->strings);
  gy_xlsx_archive_close(b->archive);
  gy_arena_clear(&b->arena);
  free(b);
}

const char *gy_xlsx_book_path(const gy_xlsx_book *book) { return gy_xlsx_archive_path(book->archive); }

gy_status gy_xlsx_book_find(const gy_xlsx_book *b, const char *sheet, size_t *index, gy_error *err) {
  char *end = NULL;
  unsigned long number = strtoul(sheet, &end, 10);
  bool is_number = sheet[0] >= '1' && sheet[0] <= '9' && *end == '\0' && number <= b->n_sheets;
  size_t found = is_number ? number - 1 : b->n_sheets;
  for (size_t i = 0; i < b->n_sheets; i++)
    if (strcmp(b->sheets[i].name, sheet) == 0) found = i;
  if (found < b->n_sheets && b->sheets[found].part != NULL) {
    *index = found;
    return GY_OK;
  }
  if (found < b->n_sheets)
    return gy_fail(err, GY_ECONFIG, "%s: sheet '%s' holds no cells (a chart?)", gy_xlsx_book_path(b), sheet);
  gy_buffer names;
  gy_buffer_init(&names, GY_ERROR_TEXT_MAX);
  for (size_t i = 0; i < b->n_sheets && i < NAMES_SHOWN; i++)
    gy_buffer_printf(&names, "%s%s", i > 0 ? ", " : "", b->sheets[i].name);
  gy_status status = gy_fail(err, GY_ECONFIG, "%s has no sheet '%s'; it has %s", gy_xlsx_book_path(b), sheet,
                             names.data != NULL ? names.data : "none");
  gy_buffer_clear(&names);
  return status;
}
