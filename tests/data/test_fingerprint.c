/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/fingerprint.h"

enum { BYTES = 2 << 20 };

static gy_file_fingerprint of_bytes(const char *path, const char *bytes, size_t length) {
  FILE *file = fopen(path, "wb");
  cr_assert_not_null(file);
  cr_assert_eq(fwrite(bytes, 1, length, file), length);
  fclose(file);
  gy_file_fingerprint fingerprint;
  gy_error err = {0};
  cr_assert_eq(gy_file_fingerprint_take(path, &fingerprint, &err), GY_OK, "%s", err.text);
  return fingerprint;
}

Test(fingerprint, changes_with_size_ends_and_middle_but_not_with_rewriting) {
  char path[64];
  snprintf(path, sizeof path, "/tmp/gyeol-fingerprint-%d", (int)getpid());
  char *bytes = calloc(1, BYTES);
  gy_file_fingerprint first = of_bytes(path, bytes, BYTES);
  cr_assert_str_eq(of_bytes(path, bytes, BYTES).content, first.content);
  cr_assert_str_neq(of_bytes(path, bytes, BYTES - 1).content, first.content);
  const size_t PLACES[] = {0, BYTES / 2, BYTES - 1};
  for (size_t i = 0; i < 3; i++) {
    bytes[PLACES[i]] = 1;
    cr_assert_str_neq(of_bytes(path, bytes, BYTES).content, first.content, "place %zu", PLACES[i]);
    bytes[PLACES[i]] = 0;
  }
  cr_assert_str_neq(of_bytes(path, "", 0).content, of_bytes(path, "x", 1).content);
  char text[GY_FINGERPRINT_TEXT_MAX];
  gy_file_fingerprint_text(&first, text);
  cr_assert_eq(strncmp(text, "2097152:", 8), 0, "%s", text);
  unlink(path);
  free(bytes);
}

Test(fingerprint, what_is_no_file_is_refused) {
  gy_file_fingerprint fingerprint;
  gy_error err = {0};
  cr_assert_eq(gy_file_fingerprint_take("/nowhere/file", &fingerprint, &err), GY_ENOTFOUND);
  cr_assert_eq(gy_file_fingerprint_take("/tmp", &fingerprint, &err), GY_EUSAGE, "%s", err.text);
}
