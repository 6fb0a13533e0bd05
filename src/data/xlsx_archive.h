/* SPDX-License-Identifier: Apache-2.0
 *
 * A workbook's archive: parts (ECMA-376 part 2) in a zip file, read one after the other and never unpacked to
 * disk. The archive is not trusted: what its directory states is only compared with, never believed.
 *
 *   entries     at most 10,000
 *   one part    at most 16 GiB, and from 64 MiB on at most 200 times its packed size
 *
 * Sheets of real workbooks shrink 5 to 60 times; a bomb about 1,000 times. An archive is used by one thread
 * at a time. */
#ifndef GYEOL_DATA_XLSX_ARCHIVE_H
#define GYEOL_DATA_XLSX_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

typedef struct gy_xlsx_archive gy_xlsx_archive;
typedef struct gy_xlsx_part gy_xlsx_part;

/* Whether a file begins as a zip archive or as an OLE container does (.xls, and .xlsx under a password): not
 * what it is, but that only gy_xlsx_archive_open can say why it cannot be read. False also where it cannot be
 * opened. */
bool gy_xlsx_is_archive(const char *path);

/* GY_ENOTFOUND, GY_EIO; GY_EPARSE for whatever is no zip archive, with what it is and what to do; GY_ELIMIT
 * for too many entries. */
GY_MUST_USE gy_status gy_xlsx_archive_open(const char *path, gy_xlsx_archive **archive, gy_error *err);
void gy_xlsx_archive_close(gy_xlsx_archive *archive); /* NULL-safe; after its parts */

const char *gy_xlsx_archive_path(const gy_xlsx_archive *archive);
/* Names of parts are compared without case, as the standard has it. */
bool gy_xlsx_archive_has(const gy_xlsx_archive *archive, const char *part);

/* GY_EPARSE when the part is absent or cannot be unpacked. */
GY_MUST_USE gy_status gy_xlsx_part_open(gy_xlsx_archive *archive, const char *name, gy_xlsx_part **part,
                                        gy_error *err);
void gy_xlsx_part_close(gy_xlsx_part *part); /* NULL-safe */

/* Up to `capacity` bytes; none only at the end, where its checksum has been compared. GY_EPARSE, GY_ELIMIT.
 */
GY_MUST_USE gy_status gy_xlsx_part_read(gy_xlsx_part *part, void *data, size_t capacity, size_t *length,
                                        gy_error *err);

const gy_xlsx_archive *gy_xlsx_part_archive(const gy_xlsx_part *part);
const char *gy_xlsx_part_name(const gy_xlsx_part *part);
/* How far it is read, 0 to 1, as its directory would have it. */
double gy_xlsx_part_progress(const gy_xlsx_part *part);

#endif
