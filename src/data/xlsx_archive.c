/* SPDX-License-Identifier: Apache-2.0
 *
 * libzip behind limits, and sentences for what is no workbook. */
#include "data/xlsx_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "base/file.h"

enum { ENTRIES_MAX = 10000, RATIO_MAX = 200, OLE_SECTOR_SHIFT_MAX = 12 };

static const uint64_t PART_BYTES_MAX = UINT64_C(16) << 30;
static const uint64_t RATIO_FREE_BYTES = UINT64_C(64) << 20;

struct gy_xlsx_archive {
  zip_t *zip;
  char path[];
};

struct gy_xlsx_part {
  gy_xlsx_archive *archive;
  zip_file_t *file;
  uint64_t packed, size; /* as the directory has them */
  uint64_t position;
  char name[];
};

typedef enum { OTHER_FILE, ZIP_FILE, OLE_FILE } container;

static container container_of(const char *path) {
  char head[4] = "";
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return OTHER_FILE;
  ssize_t got = pread(fd, head, sizeof head, 0);
  close(fd);
  if (got != sizeof head) return OTHER_FILE;
  if (memcmp(head, "\xD0\xCF\x11\xE0", 4) == 0) return OLE_FILE;
  bool is_zip = memcmp(head, "PK\x03\x04", 4) == 0 || memcmp(head, "PK\x05\x06", 4) == 0;
  return is_zip ? ZIP_FILE : OTHER_FILE;
}

bool gy_xlsx_is_archive(const char *path) { return container_of(path) != OTHER_FILE; }

/* Office keeps a workbook under a password as the stream EncryptedPackage of an OLE container; its name, in
 * UTF-16, stands in the first sector of the directory (MS-CFB 2.2, 2.6). */
static bool is_encrypted(const char *path) {
  static const char NAME[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
  unsigned char head[64];
  char sector[1 << OLE_SECTOR_SHIFT_MAX];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool found = false;
  if (pread(fd, head, sizeof head, 0) == sizeof head && head[30] <= OLE_SECTOR_SHIFT_MAX) {
    uint32_t first = head[48] | (uint32_t)head[49] << 8 | (uint32_t)head[50] << 16 | (uint32_t)head[51] << 24;
    ssize_t got = pread(fd, sector, sizeof sector, (off_t)(((uint64_t)first + 1) << head[30]));
    found = got > 0 && memmem(sector, (size_t)got, NAME, sizeof NAME) != NULL;
  }
  close(fd);
  return found;
}

static gy_status not_zip(const char *path, container kind, gy_error *err) {
  if (kind == OTHER_FILE)
    return gy_fail(err, GY_EPARSE, "%s is no Excel workbook (.xlsx); what is its format?", path);
  if (kind == ZIP_FILE)
    return gy_fail(err, GY_EPARSE,
                   "%s is cut off or damaged: its archive has no directory at the end; save or copy it again",
                   path);
  if (is_encrypted(path))
    return gy_fail(
        err, GY_EPARSE,
        "%s is protected by a password; open it, take the password off (in Excel: File, Info, Protect "
        "Workbook) and save it again",
        path);
  return gy_fail(
      err, GY_EPARSE,
      "%s is a workbook of the old format (.xls); open it in Excel or LibreOffice and save it as .xlsx",
      path);
}

gy_status gy_xlsx_archive_open(const char *path, gy_xlsx_archive **archive, gy_error *err) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return gy_fail_errno(err, "open", path);
  close(fd);
  container kind = container_of(path);
  if (kind != ZIP_FILE) return not_zip(path, kind, err);
  int code = 0;
  zip_t *zip = zip_open(path, ZIP_RDONLY, &code);
  if (zip == NULL && code == ZIP_ER_MEMORY) return gy_fail(err, GY_ENOMEM, "no memory to read %s", path);
  if (zip == NULL) return not_zip(path, kind, err);
  gy_xlsx_archive *made = calloc(1, sizeof *made + strlen(path) + 1);
  zip_int64_t n = zip_get_num_entries(zip, 0);
  gy_status status = made != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to read %s", path);
  if (status == GY_OK && n > ENTRIES_MAX)
    status = gy_fail(err, GY_ELIMIT, "%s holds %lld files; a workbook with more than %d is not read", path,
                     (long long)n, ENTRIES_MAX);
  if (status == GY_OK) {
    made->zip = zip;
    memcpy(made->path, path, strlen(path) + 1);
    *archive = made;
    return GY_OK;
  }
  zip_discard(zip);
  free(made);
  return status;
}

void gy_xlsx_archive_close(gy_xlsx_archive *a) {
  if (a == NULL) return;
  zip_discard(a->zip);
  free(a);
}

const char *gy_xlsx_archive_path(const gy_xlsx_archive *a) { return a->path; }

bool gy_xlsx_archive_has(const gy_xlsx_archive *a, const char *part) {
  return zip_name_locate(a->zip, part, ZIP_FL_NOCASE) >= 0;
}

static gy_status damaged(const gy_xlsx_archive *a, const char *name, const char *why, gy_error *err) {
  return gy_fail(err, GY_EPARSE, "%s: its part %s cannot be unpacked (%s); save or copy it again", a->path,
                 name, why);
}

gy_status gy_xlsx_part_open(gy_xlsx_archive *a, const char *name, gy_xlsx_part **part, gy_error *err) {
  zip_int64_t index = zip_name_locate(a->zip, name, ZIP_FL_NOCASE);
  if (index < 0) return gy_fail(err, GY_EPARSE, "%s has no part %s; save it again in Excel", a->path, name);
  zip_stat_t stat;
  if (zip_stat_index(a->zip, (zip_uint64_t)index, 0, &stat) != 0)
    return damaged(a, name, zip_strerror(a->zip), err);
  if (stat.encryption_method != ZIP_EM_NONE)
    return gy_fail(err, GY_EPARSE, "%s is protected by a password; take it off and save it again", a->path);
  gy_xlsx_part *made = calloc(1, sizeof *made + strlen(name) + 1);
  zip_file_t *file = zip_fopen_index(a->zip, (zip_uint64_t)index, 0);
  if (made != NULL && file != NULL) {
    *made = (gy_xlsx_part){.archive = a, .file = file, .packed = stat.comp_size, .size = stat.size};
    memcpy(made->name, name, strlen(name) + 1);
    *part = made;
    return GY_OK;
  }
  gy_status status = made == NULL ? gy_fail(err, GY_ENOMEM, "no memory to read %s", a->path)
                                  : damaged(a, name, zip_strerror(a->zip), err);
  if (file != NULL) zip_fclose(file);
  free(made);
  return status;
}

void gy_xlsx_part_close(gy_xlsx_part *part) {
  if (part == NULL) return;
  zip_fclose(part->file);
  free(part);
}

gy_status gy_xlsx_part_read(gy_xlsx_part *part, void *data, size_t capacity, size_t *length, gy_error *err) {
  zip_int64_t got = zip_fread(part->file, data, capacity);
  if (got < 0) return damaged(part->archive, part->name, zip_file_strerror(part->file), err);
  part->position += (uint64_t)got;
  bool is_bomb = part->position > RATIO_FREE_BYTES && part->position / RATIO_MAX > part->packed;
  if (is_bomb || part->position > PART_BYTES_MAX)
    return gy_fail(
        err, GY_ELIMIT,
        "%s: its part %s unpacks to more than %llu MB from %llu kB, as no sheet does; it is not read",
        part->archive->path, part->name, (unsigned long long)(part->position >> 20),
        (unsigned long long)(part->packed >> 10));
  *length = (size_t)got;
  return GY_OK;
}

const gy_xlsx_archive *gy_xlsx_part_archive(const gy_xlsx_part *part) { return part->archive; }
const char *gy_xlsx_part_name(const gy_xlsx_part *part) { return part->name; }

double gy_xlsx_part_progress(const gy_xlsx_part *part) {
  if (part->size == 0 || part->position >= part->size) return 1;
  return (double)part->position / (double)part->size;
}
