/* SPDX-License-Identifier: Apache-2.0
 *
 * Archives: what went in comes out, any change of a byte is found, and no path leaves its folder. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "privacy/archive.h"
#include "support/alloc_fail.h"

enum { BIG = 200000 };

static const uint8_t KEY[GY_ARCHIVE_KEY_BYTES] = {1, 2, 3};
static char path[64];

static void make_path(void) { snprintf(path, sizeof path, "/tmp/gyeol-archive-%ld", (long)getpid()); }
static void remove_path(void) { unlink(path); }

TestSuite(archive, .init = make_path, .fini = remove_path);

static gy_status write_one(size_t n, gy_error *err) {
  const gy_archive_header header = {.lock = GY_ARCHIVE_KEY};
  gy_archive_writer *writer = NULL;
  static char bytes[BIG];
  for (size_t i = 0; i < n; i++) bytes[i] = (char)(i * 31 % 251);
  gy_status status = gy_archive_create(path, &header, KEY, NULL, 0, &writer, err);
  if (status == GY_OK) status = gy_archive_add_bytes(writer, "a", "one", 3, err);
  if (status == GY_OK) status = gy_archive_add_bytes(writer, "b/c/데이터.bin", bytes, n, err);
  if (status == GY_OK) status = gy_archive_add_bytes(writer, "empty", "", 0, err);
  if (status == GY_OK) status = gy_archive_finish(writer, err);
  gy_archive_writer_destroy(writer);
  return status;
}

/* Reads all of it; *bytes counts. */
static gy_status read_bytes(const void *data, size_t n, size_t *entries, size_t *bytes, gy_error *err) {
  gy_archive_reader *reader = NULL;
  gy_archive_header header;
  gy_archive_entry entry;
  bool more = true;
  *entries = *bytes = 0;
  gy_status status = gy_archive_open_bytes("archive", data, n, &reader, &header, err);
  if (status == GY_OK) status = gy_archive_start(reader, KEY, err);
  while (status == GY_OK) {
    status = gy_archive_next(reader, &entry, &more, err);
    if (status != GY_OK || !more) break;
    ++*entries;
    uint8_t part[1000];
    for (size_t got = 1; status == GY_OK && got > 0; *bytes += got)
      status = gy_archive_read(reader, part, sizeof part, &got, err);
  }
  gy_archive_reader_destroy(reader);
  return status;
}

/* Sizes around those of blocks. */
Test(archive, what_goes_in_comes_out) {
  for (int extra = -80; extra <= 10; extra++) {
    size_t sizes[] = {0, (size_t)(GY_ARCHIVE_BLOCK_BYTES + extra),
                      (size_t)(2 * GY_ARCHIVE_BLOCK_BYTES + extra)};
    for (size_t i = extra == 0 ? 0 : 1; i < 3; i++) {
      gy_error err = {0};
      gy_buffer file;
      size_t entries, bytes;
      cr_assert_eq(write_one(sizes[i], &err), GY_OK, "%s", err.text);
      gy_buffer_init(&file, 1 << 20);
      cr_assert_eq(gy_file_read(path, &file, &err), GY_OK);
      cr_expect_eq(read_bytes(file.data, file.length, &entries, &bytes, &err), GY_OK, "%zu: %s", sizes[i],
                   err.text);
      cr_expect_eq(entries, 3);
      cr_expect_eq(bytes, sizes[i] + 3, "%zu", sizes[i]);
      gy_buffer_clear(&file);
    }
  }
}

Test(archive, every_changed_or_missing_byte_is_found) {
  gy_error err = {0};
  gy_buffer file;
  size_t entries, bytes;
  cr_assert_eq(write_one(100000, &err), GY_OK, "%s", err.text);
  gy_buffer_init(&file, 1 << 20);
  cr_assert_eq(gy_file_read(path, &file, &err), GY_OK);
  for (size_t at = 0; at < file.length; at += at < 200 || at + 200 > file.length ? 1 : 997) {
    file.data[at] ^= 1;
    cr_expect_neq(read_bytes(file.data, file.length, &entries, &bytes, &err), GY_OK, "byte %zu changed", at);
    file.data[at] ^= 1;
    cr_expect_neq(read_bytes(file.data, at, &entries, &bytes, &err), GY_OK, "cut at %zu", at);
  }
  cr_expect_eq(read_bytes(file.data, file.length, &entries, &bytes, &err), GY_OK, "%s", err.text);
  gy_buffer_clear(&file);
}

Test(archive, only_paths_below_a_folder_are_safe) {
  static const struct {
    const char *path;
    bool safe;
  } CASES[] = {{"a", true},         {".gyeol/vault/ring", true},
               {"한글/파일", true}, {"..a", true},
               {"", false},         {"/etc/passwd", false},
               {"../x", false},     {"a/../b", false},
               {"a/..", false},     {"a//b", false},
               {"a/", false},       {".", false},
               {"a/./b", false},    {"a\nb", false},
               {"a\\b", false}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
    cr_expect_eq(gy_archive_path_is_safe(CASES[i].path, strlen(CASES[i].path)), CASES[i].safe, "'%s'",
                 CASES[i].path);
  const gy_archive_header header = {.lock = GY_ARCHIVE_KEY};
  gy_archive_writer *writer = NULL;
  cr_assert_eq(gy_archive_create(path, &header, KEY, NULL, 0, &writer, NULL), GY_OK);
  cr_expect_eq(gy_archive_add_bytes(writer, "../x", "x", 1, NULL), GY_ELIMIT);
  gy_archive_writer_destroy(writer);
  cr_expect_not(gy_path_exists(path), "an archive that was not finished is left");
}

/* A hostile file with a known key: the same file twice. */
Test(archive, a_file_twice_is_refused) {
  const gy_archive_header header = {.lock = GY_ARCHIVE_KEY};
  gy_archive_writer *writer = NULL;
  gy_error err = {0};
  gy_buffer file;
  size_t entries, bytes;
  cr_assert_eq(gy_archive_create(path, &header, KEY, NULL, 0, &writer, &err), GY_OK);
  for (int i = 0; i < 2; i++) cr_assert_eq(gy_archive_add_bytes(writer, "a", "x", 1, &err), GY_OK);
  cr_assert_eq(gy_archive_finish(writer, &err), GY_OK);
  gy_archive_writer_destroy(writer);
  gy_buffer_init(&file, 1 << 20);
  cr_assert_eq(gy_file_read(path, &file, &err), GY_OK);
  cr_expect_eq(read_bytes(file.data, file.length, &entries, &bytes, &err), GY_ECORRUPT);
  cr_expect_not_null(strstr(err.text, "twice"), "%s", err.text);
  gy_buffer_clear(&file);
}

static gy_status write_and_read(void *user, gy_error *err) {
  (void)user;
  gy_archive_reader *reader = NULL;
  gy_archive_header header;
  gy_archive_entry entry;
  bool more = true;
  gy_status status = write_one(100, err);
  if (status == GY_OK) status = gy_archive_open(path, &reader, &header, err);
  if (status == GY_OK) status = gy_archive_start(reader, KEY, err);
  while (status == GY_OK && more) status = gy_archive_next(reader, &entry, &more, err);
  gy_archive_reader_destroy(reader);
  return status;
}

Test(archive, failed_allocations) { cr_expect_gt(alloc_fail_each("an archive", write_and_read, NULL), 5); }
