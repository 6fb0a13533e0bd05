/* SPDX-License-Identifier: Apache-2.0
 *
 * The search that other tests trust: it finds every form, at any place, and nothing where there is nothing.
 */
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "support/byte_search.h"

static char folder[64];

static void put(const void *bytes, size_t n) {
  char path[96];
  snprintf(path, sizeof path, "%s/below/file", folder);
  cr_assert_eq(gy_file_replace(path, bytes, n, &(gy_error){0}), GY_OK);
}

static void make_folder(void) {
  char below[80];
  strcpy(folder, "/tmp/gyeol-bytes-XXXXXX");
  cr_assert_not_null(mkdtemp(folder));
  snprintf(below, sizeof below, "%s/below", folder);
  cr_assert_eq(gy_dir_create(below, &(gy_error){0}), GY_OK);
}

static void remove_folder(void) { cr_assert_eq(gy_dir_remove(folder, &(gy_error){0}), GY_OK); }

Test(byte_search, finds_every_form, .init = make_folder, .fini = remove_folder) {
  static const char TEXT[] = "Kim@shop.kr", KOREAN[] = "홍길동전";
  char where[256], bytes[256], coded[256];
  put("nothing Kim@shop.k", 18);
  cr_expect(!byte_search(folder, TEXT, where, sizeof where));
  put("x\0\xFFKim@shop.kr", 14);
  cr_expect(byte_search(folder, TEXT, where, sizeof where));
  cr_expect_eq(strncmp(where, "plain in ", 9), 0, "%s", where);
  put("xkim@shop.kr", 12);
  cr_expect(byte_search(folder, TEXT, where, sizeof where), "lower case");
  put("K\0i\0m\0@\0s\0h\0o\0p\0.\0k\0r\0", 22);
  cr_expect(byte_search(folder, TEXT, where, sizeof where), "UTF-16");
  put("\xAE\x30\x00\xD6", 4);
  cr_expect(!byte_search(folder, KOREAN, where, sizeof where));
  put("\xD6\x4D\xAE\x38\xB3\xD9\xC8\x04", 8);
  cr_expect(byte_search(folder, KOREAN, where, sizeof where), "UTF-16 of Hangul");
  for (size_t before = 0; before < 7; before++) {
    memset(bytes, 'z', sizeof bytes);
    memcpy(bytes + before, TEXT, strlen(TEXT));
    sodium_bin2base64(coded, sizeof coded, (const unsigned char *)bytes, before + strlen(TEXT) + 5,
                      sodium_base64_VARIANT_ORIGINAL);
    put(coded, strlen(coded));
    cr_expect(byte_search(folder, TEXT, where, sizeof where), "base64 behind %zu bytes: %s", before, coded);
  }
  const char *const several[] = {"nobody@shop.kr", TEXT};
  size_t which = 9;
  cr_expect(byte_search_any(folder, several, 2, &which, NULL, 0));
  cr_expect_eq(which, 1);
}
