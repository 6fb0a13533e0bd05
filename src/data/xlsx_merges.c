/* SPDX-License-Identifier: Apache-2.0 */
#include "data/xlsx_merges.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "data/xlsx_xml.h"

enum { PIECE_BYTES = 64 << 10, OVERLAP = 64, COLUMNS_MAX = 1 << 14 };

const char *gy_xlsx_reference(const char *text, uint32_t *column, uint32_t *row) {
  uint32_t letters = 0, digits = 0;
  const char *at = text;
  for (; *at >= 'A' && *at <= 'Z' && letters <= COLUMNS_MAX; at++)
    letters = letters * 26 + (uint32_t)(*at - 'A') + 1;
  if (letters == 0 || letters > COLUMNS_MAX || *at < '1' || *at > '9') return NULL;
  for (; *at >= '0' && *at <= '9'; at++) {
    if (digits > (UINT32_MAX >> 1) / 10 - 1) return NULL;
    digits = digits * 10 + (uint32_t)(*at - '0');
  }
  *column = letters - 1;
  *row = digits;
  return at;
}

void gy_xlsx_letters(uint32_t column, char letters[GY_XLSX_LETTERS]) {
  char reversed[GY_XLSX_LETTERS];
  size_t n = 0;
  for (uint64_t rest = (uint64_t)column + 1; rest > 0 && n + 1 < GY_XLSX_LETTERS; rest = (rest - 1) / 26)
    reversed[n++] = (char)('A' + (rest - 1) % 26);
  for (size_t i = 0; i < n; i++) letters[i] = reversed[n - 1 - i];
  letters[n] = '\0';
}

typedef struct {
  gy_xlsx_merges *merges;
  XML_Parser parser;
  gy_status status;
} reader;

static void stop(reader *r, gy_status status) {
  r->status = status;
  XML_StopParser(r->parser, XML_FALSE);
}

static void on_start(void *user, const char *name, const char **attributes) {
  reader *r = user;
  gy_xlsx_merges *m = r->merges;
  const char *colon = strchr(name, ':'), *area = gy_xlsx_attribute(attributes, "ref");
  if (r->status != GY_OK || strcmp(colon != NULL ? colon + 1 : name, "mergeCell") != 0 || area == NULL)
    return;
  gy_xlsx_merge made;
  const char *at = gy_xlsx_reference(area, &made.first_column, &made.first_row);
  if (at == NULL || *at != ':' || gy_xlsx_reference(at + 1, &made.last_column, &made.last_row) == NULL)
    return;
  if (made.last_row < made.first_row || made.last_column < made.first_column) return;
  if (m->n == GY_XLSX_MERGES_MAX) {
    stop(r, GY_ELIMIT);
    return;
  }
  if (m->n == m->capacity) {
    size_t capacity = m->capacity == 0 ? 64 : 2 * m->capacity;
    gy_xlsx_merge *grown = realloc(m->list, capacity * sizeof *grown);
    if (grown == NULL) {
      stop(r, GY_ENOMEM);
      return;
    }
    m->list = grown;
    m->capacity = capacity;
  }
  m->list[m->n++] = made;
}

/* Behind the end tag of sheetData, whatever its prefix; NULL when it is not in the text. */
static const char *behind_cells(const char *text, size_t length) {
  static const char TAG[] = "sheetData>";
  const char *at = text, *end = text + length;
  while ((at = memmem(at, (size_t)(end - at), TAG, sizeof TAG - 1)) != NULL) {
    const char *before = at;
    while (before > text && before[-1] != '<' && before[-1] != '/' && at - before < OVERLAP / 2) before--;
    at += sizeof TAG - 1;
    if (before > text && before[-1] == '/') return at;
  }
  return NULL;
}

/* Unpacks up to behind the cells; gives what of the last piece follows them, none where there are no cells.
 */
static gy_status pass_cells(gy_xlsx_part *part, char *piece, const char **rest, size_t *length,
                            gy_error *err) {
  size_t kept = 0, got = 1;
  *rest = NULL;
  while (*rest == NULL && got > 0) {
    gy_status status = gy_xlsx_part_read(part, piece + kept, PIECE_BYTES, &got, err);
    if (status != GY_OK) return status;
    size_t held = kept + got;
    *rest = behind_cells(piece, held);
    if (*rest != NULL) *length = (size_t)(piece + held - *rest);
    kept = held < OVERLAP ? held : OVERLAP;
    if (*rest == NULL) memmove(piece, piece + held - kept, kept);
  }
  return GY_OK;
}

static gy_status read_rest(gy_xlsx_part *part, reader *r, const char *rest, size_t length, char *piece,
                           gy_error *err) {
  gy_status status = GY_OK;
  bool goes_on = XML_Parse(r->parser, "<rest>", 6, false) == XML_STATUS_OK;
  while (status == GY_OK && goes_on && length > 0) {
    goes_on = XML_Parse(r->parser, rest, (int)length, false) == XML_STATUS_OK;
    if (goes_on) status = gy_xlsx_part_read(part, piece, PIECE_BYTES, &length, err);
    rest = piece;
  }
  return status;
}

static int by_place(const void *a, const void *b) {
  const gy_xlsx_merge *x = a, *y = b;
  if (x->first_row != y->first_row) return x->first_row < y->first_row ? -1 : 1;
  return (x->first_column > y->first_column) - (x->first_column < y->first_column);
}

gy_status gy_xlsx_merges_read(gy_xlsx_archive *archive, const char *name, gy_xlsx_merges *merges,
                              gy_error *err) {
  const char *path = gy_xlsx_archive_path(archive), *rest = NULL;
  size_t length = 0;
  gy_xlsx_part *part = NULL;
  char *piece = malloc(PIECE_BYTES + OVERLAP);
  reader r = {.merges = merges, .parser = XML_ParserCreate(NULL), .status = GY_OK};
  gy_status status = piece != NULL && r.parser != NULL
                         ? gy_xlsx_part_open(archive, name, &part, err)
                         : gy_fail(err, GY_ENOMEM, "no memory to read %s", path);
  if (status == GY_OK) {
    XML_SetUserData(r.parser, &r);
    XML_SetStartElementHandler(r.parser, on_start);
    status = pass_cells(part, piece, &rest, &length, err);
  }
  if (status == GY_OK && rest != NULL) status = read_rest(part, &r, rest, length, piece, err);
  if (status == GY_OK && r.status == GY_ENOMEM)
    status = gy_fail(err, GY_ENOMEM, "no memory to read %s", path);
  if (status == GY_OK && r.status == GY_ELIMIT)
    status = gy_fail(err, GY_ELIMIT,
                     "%s, part %s: more than %d merged areas; take the merging off, or save the sheet as CSV",
                     path, name, GY_XLSX_MERGES_MAX);
  if (status == GY_OK && merges->n > 0) qsort(merges->list, merges->n, sizeof *merges->list, by_place);
  if (r.parser != NULL) XML_ParserFree(r.parser);
  gy_xlsx_part_close(part);
  free(piece);
  return status;
}

void gy_xlsx_merges_clear(gy_xlsx_merges *merges) {
  free(merges->list);
  *merges = (gy_xlsx_merges){0};
}
