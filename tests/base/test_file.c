/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

static char folder[64];

static void make_folder(void) {
  strcpy(folder, "/tmp/gyeol_test_file_XXXXXX");
  cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void) { cr_assert_eq(gy_dir_remove(folder, NULL), GY_OK); }

static size_t entries(void) {
  size_t count = 0;
  DIR *dir = opendir(folder);
  while (readdir(dir) != NULL) count++;
  closedir(dir);
  return count - 2;
}

TestSuite(file, .init = make_folder, .fini = remove_folder);

Test(file, replaced_bytes_come_back_and_nothing_else_stays) {
  char *path = gy_path_join(folder, "a.txt");
  gy_error err = {0};
  for (int round = 0; round < 3; round++) {
    cr_assert_eq(gy_file_replace(path, "hello", (size_t)(round + 3), &err), GY_OK, "%s", err.text);
    gy_buffer buffer;
    gy_buffer_init(&buffer, 1 << 20);
    cr_assert_eq(gy_file_read(path, &buffer, &err), GY_OK, "%s", err.text);
    cr_assert_eq(buffer.length, (size_t)(round + 3));
    cr_assert_eq(memcmp(buffer.data, "hello", buffer.length), 0);
    gy_buffer_clear(&buffer);
  }
  cr_assert_eq(entries(), 1u);
  free(path);
}

Test(file, errors_name_the_path) {
  gy_error err = {0};
  gy_buffer buffer;
  gy_buffer_init(&buffer, 100);
  cr_assert_eq(gy_file_read("/nowhere/x", &buffer, &err), GY_ENOTFOUND);
  cr_assert_not_null(strstr(err.text, "/nowhere/x"));
  cr_assert_eq(gy_file_replace("/nowhere/x", "a", 1, &err), GY_ENOTFOUND);
  cr_assert_eq(gy_file_replace("/dev/full/x", "a", 1, &err), GY_EIO);
  gy_buffer_clear(&buffer);
}

Test(file, limit_of_a_read_is_kept) {
  char *path = gy_path_join(folder, "big");
  char *bytes = calloc(1, 300000);
  gy_error err = {0};
  cr_assert_eq(gy_file_replace(path, bytes, 300000, &err), GY_OK);
  gy_buffer buffer;
  gy_buffer_init(&buffer, 100000);
  cr_assert_eq(gy_file_read(path, &buffer, &err), GY_ELIMIT);
  gy_buffer_clear(&buffer);
  free(bytes);
  free(path);
}

Test(file, folders_are_made_with_parents_and_removed_whole) {
  char *deep = gy_path_join(folder, "a/b/c");
  gy_error err = {0};
  cr_assert_eq(gy_dir_create(deep, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_dir_create(deep, &err), GY_OK, "%s", err.text);
  cr_assert(gy_path_is_dir(deep));
  char *file = gy_path_join(deep, "f");
  cr_assert_eq(gy_file_replace(file, "x", 1, &err), GY_OK);
  cr_assert_eq(gy_dir_create(file, &err), GY_EEXISTS);
  char *top = gy_path_join(folder, "a");
  cr_assert_eq(gy_dir_remove(top, &err), GY_OK, "%s", err.text);
  cr_assert_not(gy_path_exists(top));
  cr_assert_eq(gy_dir_remove(top, &err), GY_OK);
  free(top);
  free(file);
  free(deep);
}

Test(clock, rfc3339_of_known_moments) {
  char text[32];
  gy_clock_rfc3339(0, text);
  cr_assert_str_eq(text, "1970-01-01T00:00:00Z");
  gy_clock_rfc3339(1323435000000000, text);
  cr_assert_str_eq(text, "2011-12-09T12:50:00Z");
  gy_clock_rfc3339(-1, text);
  cr_assert_str_eq(text, "1969-12-31T23:59:59Z");
}
