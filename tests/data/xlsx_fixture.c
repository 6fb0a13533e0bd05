/* SPDX-License-Identifier: Apache-2.0 */
#include "xlsx_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

void xlsx_archive_write(const char *path, const xlsx_part *parts, size_t n) {
  int code = 0;
  unlink(path);
  zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
  cr_assert_not_null(zip, "%s: %d", path, code);
  for (size_t i = 0; i < n; i++) {
    if (parts[i].text == NULL) continue;
    zip_source_t *source = zip_source_buffer(zip, parts[i].text, strlen(parts[i].text), 0);
    cr_assert_geq(zip_file_add(zip, parts[i].name, source, ZIP_FL_ENC_UTF_8), 0, "%s", zip_strerror(zip));
  }
  cr_assert_eq(zip_close(zip), 0, "%s", zip_strerror(zip));
}

#define RELATIONS "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define TYPE      "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static const xlsx_part USUAL[] = {
    {"[Content_Types].xml", "<Types/>"},
    {"_rels/.rels", RELATIONS "<Relationship Id=\"rId1\" Type=\"" TYPE
                              "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
    {XLSX_BOOK,
     "<workbook xmlns:r=\"" TYPE "\"><sheets><sheet name=\"주문\" sheetId=\"1\" r:id=\"rId1\"/></sheets>"
     "</workbook>"},
    {XLSX_LINKS,
     RELATIONS "<Relationship Id=\"rId1\" Type=\"" TYPE
               "/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"" TYPE
               "/styles\" Target=\"styles.xml\"/><Relationship Id=\"rId3\" Type=\"" TYPE
               "/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/></Relationships>"},
    {XLSX_STYLES,
     "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;년&quot; m&quot;월&quot;\"/>"
     "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"
     "<xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"164\"/><xf numFmtId=\"46\"/></cellXfs>"
     "</styleSheet>"},
    {XLSX_SHEET, "<worksheet><sheetData/></worksheet>"},
};
enum { N_USUAL = sizeof USUAL / sizeof *USUAL, MOST = 32 };

void xlsx_book_write(const char *path, const xlsx_part *parts, size_t n) {
  xlsx_part all[MOST];
  size_t n_all = N_USUAL;
  memcpy(all, USUAL, sizeof USUAL);
  for (size_t i = 0; i < n; i++) {
    size_t at = 0;
    while (at < n_all && strcmp(all[at].name, parts[i].name) != 0) at++;
    cr_assert_lt(at, MOST);
    all[at] = parts[i];
    if (at == n_all) n_all++;
  }
  xlsx_archive_write(path, all, n_all);
}

const char *xlsx_sheet_xml(char *out, size_t room, const char *rows, const char *behind) {
  int length = snprintf(
      out, room,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet><cols><col min=\"1\"/></cols><sheetData>%s"
      "</sheetData>%s</worksheet>",
      rows, behind);
  cr_assert_lt((size_t)length, room);
  return out;
}
