/* SPDX-License-Identifier: Apache-2.0
 *
 * Workbooks: any bytes as the archive, or as one of the parts of a sound one (put together here, unpacked,
 * with right checksums, so that what is inside is reached). What must hold: a failure has a sentence; records
 * lie within their text, are UTF-8 and ascend by row; an import accounts for every row. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "data/import.h"
#include "data/sniff.h"
#include "data/utf8.h"
#include "data/xlsx_table.h"
#include "fuzz_engine.h"
#include "fuzz_file.h"

#define RELATION(id, type, target) "<Relationship Id=\"" id "\" Type=\"x/" type "\" Target=\"" target "\"/>"

typedef struct {
  const char *name, *text;
} part;

static const part PARTS[] = {
    {"xl/worksheets/sheet1.xml",
     "<worksheet><sheetData><row r=\"1\"><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row><row r=\"2\"><c "
     "s=\"1\">"
     "<v>40886.5</v></c><c t=\"e\"><v>#N/A</v></c></row></sheetData></worksheet>"},
    {"xl/sharedStrings.xml", "<sst><si><t>t</t></si><si><t>o</t></si></sst>"},
    {"xl/styles.xml", "<styleSheet><cellXfs><xf/><xf numFmtId=\"22\"/></cellXfs></styleSheet>"},
    {"xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" r:id=\"1\"/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels", "<Relationships>" RELATION("1", "worksheet", "worksheets/sheet1.xml")
                                       RELATION("2", "sharedStrings", "sharedStrings.xml")
                                           RELATION("3", "styles", "styles.xml") "</Relationships>"},
    {"_rels/.rels", "<Relationships>" RELATION("1", "officeDocument", "xl/workbook.xml") "</Relationships>"}};
enum { N_PARTS = sizeof PARTS / sizeof *PARTS, HEAD = 30, ENTRY = 46, END = 22 };

static void put(unsigned char *at, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; i++) at[i] = (unsigned char)(value >> (8 * i));
}

/* What a local header and an entry of the directory have in common, from `at` on (APPNOTE 4.3.7, 4.3.12). */
static void put_common(unsigned char *at, const void *data, size_t size, const char *name) {
  put(at, 20, 2);
  put(at + 10, (uint32_t)crc32(0, data, (uInt)size), 4);
  put(at + 14, (uint32_t)size, 4);
  put(at + 18, (uint32_t)size, 4);
  put(at + 22, (uint32_t)strlen(name), 2);
}

/* A stored archive of the parts, number `which` with these bytes instead; free() it. */
static unsigned char *make_archive(size_t which, const uint8_t *data, size_t size, size_t *length) {
  unsigned char *made = calloc(1, size + (1 << 13)), *directory = calloc(1, 1 << 13);
  must(made != NULL && directory != NULL);
  size_t at = 0, n = 0;
  for (size_t i = 0; i < N_PARTS; i++) {
    const void *bytes = i == which ? (const void *)data : PARTS[i].text;
    size_t n_bytes = i == which ? size : strlen(PARTS[i].text), n_name = strlen(PARTS[i].name);
    memcpy(directory + n, "PK\x01\x02", 4);
    put_common(directory + n + 6, bytes, n_bytes, PARTS[i].name);
    put(directory + n + 42, (uint32_t)at, 4);
    memcpy(directory + n + ENTRY, PARTS[i].name, n_name);
    n += ENTRY + n_name;
    memcpy(made + at, "PK\x03\x04", 4);
    put_common(made + at + 4, bytes, n_bytes, PARTS[i].name);
    memcpy(made + at + HEAD, PARTS[i].name, n_name);
    if (n_bytes > 0) memcpy(made + at + HEAD + n_name, bytes, n_bytes);
    at += HEAD + n_name + n_bytes;
  }
  memcpy(made + at, directory, n);
  memcpy(made + at + n, "PK\x05\x06", 4);
  put(made + at + n + 8, N_PARTS, 2);
  put(made + at + n + 10, N_PARTS, 2);
  put(made + at + n + 12, (uint32_t)n, 4);
  put(made + at + n + 16, (uint32_t)at, 4);
  *length = at + n + END;
  free(directory);
  return made;
}

static void check(const gy_xlsx_records *r, size_t width, uint64_t *line) {
  for (size_t i = 0; i < r->n; i++) {
    must(r->lines[i] > *line);
    *line = r->lines[i];
    for (size_t f = 0; f < width; f++) {
      const gy_csv_slice *cell = &r->fields[i * width + f];
      must((size_t)cell->begin + cell->length <= r->text.length);
      must(gy_utf8_valid_prefix(r->text.data + cell->begin, cell->length) == cell->length);
    }
  }
  for (size_t e = 0; e < r->n_faults; e++) must(r->faults[e].record < r->n && r->faults[e].field < width);
}

static gy_status read_table(gy_xlsx_table *t, gy_error *err) {
  size_t width = t->header.n_columns, *columns = calloc(width, sizeof *columns);
  bool *fills = calloc(width, sizeof *fills);
  must(columns != NULL && fills != NULL && width > 0);
  for (size_t c = 0; c < width; c++) {
    columns[c] = width - 1 - c;
    fills[c] = true;
  }
  gy_xlsx_records records = {0};
  uint64_t line = 0;
  gy_status status = gy_xlsx_table_start(t, columns, fills, width, err);
  do {
    if (status == GY_OK) status = gy_xlsx_table_next(t, 7, &records, err);
    if (status == GY_OK) check(&records, width, &line);
  } while (status == GY_OK && records.n > 0);
  gy_xlsx_records_clear(&records);
  free(columns);
  free(fills);
  return status;
}

static void read_book(const char *path, const gy_xlsx_place *place) {
  gy_xlsx_book *book = NULL;
  gy_xlsx_table *table = NULL;
  gy_error err = {0};
  gy_status status = gy_xlsx_book_open(path, 1 << 20, &book, &err);
  if (status == GY_OK) status = gy_xlsx_table_open(book, place, &table, &err);
  if (status == GY_OK) status = read_table(table, &err);
  must(status == GY_OK || (err.text[0] != '\0' && status != GY_EINTERNAL));
  gy_xlsx_table_close(table);
  gy_xlsx_book_close(book);
}

static void import(const char *path, const gy_xlsx_place *place) {
  static gy_zone *zone;
  if (zone == NULL) must(gy_zone_load("UTC", &zone, NULL) == GY_OK);
  const gy_import_column columns[] = {
      {.source = "t", .target = "ordered_at", .kind = GY_IMPORT_TIME, .required = true},
      {.source = "o", .target = "order_id", .kind = GY_IMPORT_ID}};
  gy_import_spec spec = {
      .source = "orders", .table = "order_items", .paths = &path, .n_paths = 1, .columns = columns};
  spec.n_columns = sizeof columns / sizeof *columns;
  spec.place = *place;
  spec.zone = zone;
  spec.rejects_stored = 3;
  gy_engine *engine = NULL;
  gy_import_result result = {0};
  gy_error err = {0};
  must(gy_engine_open(NULL, &engine, NULL) == GY_OK);
  gy_status status = gy_import_run(engine, &spec, NULL, &result, &err);
  must(status == GY_OK || (err.text[0] != '\0' && status != GY_EINTERNAL));
  if (status == GY_OK) must(result.n_read == result.n_accepted + result.n_rejected);
  gy_import_result_clear(&result);
  gy_engine_close(engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  size_t which = data[0] % 8, length = size - 1;
  unsigned char *archive = NULL;
  if (which < N_PARTS) archive = make_archive(which, data + 1, size - 1, &length);
  const char *path = fuzz_file(archive != NULL ? archive : data + 1, length);
  free(archive);
  gy_xlsx_place place = {
      .is_known = data[0] / 8 % 2 == 1, .skip_lines = data[0] / 16 % 2, .header_rows = data[0] / 16 % 3};
  if (!gy_xlsx_is_archive(path)) return 0;
  if (data[0] >= 128) {
    import(path, &place);
  } else {
    read_book(path, &place);
  }
  return 0;
}
