/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/content_hash.h"

enum { BLOCK = GY_CONTENT_BLOCK_BYTES, BYTES = 3 * BLOCK + 17 };

static char path[64];
static char *bytes;

static void make_file(void) {
  snprintf(path, sizeof path, "/tmp/gyeol-hash-%d", (int)getpid());
  bytes = malloc(BYTES);
  for (size_t i = 0; i < BYTES; i++) bytes[i] = (char)(i * 2654435761u >> 24);
  FILE *file = fopen(path, "wb");
  cr_assert_not_null(file);
  cr_assert_eq(fwrite(bytes, 1, BYTES, file), BYTES);
  fclose(file);
}

static void remove_file(void) {
  unlink(path);
  free(bytes);
}

TestSuite(content_hash, .init = make_file, .fini = remove_file);

/* As it is taken while a file streams by, in pieces of any size. */
static void hash_stream(size_t length, size_t piece, char hex[GY_CONTENT_HASH_CHARS + 1]) {
  gy_content_hash *hash = gy_content_hash_create();
  for (size_t at = 0; at < length; at += piece)
    gy_content_hash_update(hash, bytes + at, length - at < piece ? length - at : piece);
  gy_content_hash_text(hash, hex);
  gy_content_hash_destroy(hash);
}

Test(content_hash, of_a_stream_and_of_a_file_at_once_or_in_the_background_is_one) {
  static const size_t LENGTHS[] = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, BYTES - 1, BYTES};
  enum { N = sizeof LENGTHS / sizeof *LENGTHS };
  char expected[N][GY_CONTENT_HASH_CHARS + 1], prefix[GY_CONTENT_HASH_CHARS + 1];
  char whole[GY_CONTENT_HASH_CHARS + 1];
  for (size_t i = 0; i < N; i++) hash_stream(LENGTHS[i], 100003, expected[i]);
  for (int n_threads = 1; n_threads <= 4; n_threads++) {
    gy_task task = {.n_threads = n_threads};
    for (size_t i = 0; i < N * N; i++) {
      size_t a = i / N, b = i % N;
      if (LENGTHS[a] > LENGTHS[b]) continue;
      gy_content_hashing *hashing = NULL;
      gy_error err = {0};
      cr_assert_eq(gy_content_hash_start(path, LENGTHS[a], LENGTHS[b], &task, &hashing, &err), GY_OK);
      cr_assert_eq(gy_content_hash_finish(hashing, prefix, whole, &err), GY_OK, "%s", err.text);
      cr_expect_str_eq(prefix, expected[a], "first %zu bytes, %d threads", LENGTHS[a], n_threads);
      cr_expect_str_eq(whole, expected[b], "%zu bytes, %d threads", LENGTHS[b], n_threads);
    }
  }
  for (size_t i = 1; i < N; i++) cr_expect_str_neq(expected[i], expected[i - 1], "length %zu", LENGTHS[i]);
}

Test(content_hash, any_byte_counts) {
  char before[GY_CONTENT_HASH_CHARS + 1], after[GY_CONTENT_HASH_CHARS + 1];
  hash_stream(BYTES, BYTES, before);
  for (size_t at = 0; at < BYTES; at += BYTES / 7) {
    bytes[at] ^= 1;
    hash_stream(BYTES, BYTES, after);
    bytes[at] ^= 1;
    cr_expect_str_neq(after, before, "byte %zu", at);
  }
}

Test(content_hash, short_files_and_requests_to_stop_are_told_and_a_hashing_can_be_given_up) {
  char prefix[GY_CONTENT_HASH_CHARS + 1], whole[GY_CONTENT_HASH_CHARS + 1];
  atomic_bool stop = true;
  gy_task task = {.n_threads = 3}, stopped = {.n_threads = 3, .cancel = &stop};
  gy_error err = {0};
  cr_expect_eq(gy_content_hash_file(path, 5, BYTES + 1, &task, prefix, whole, &err), GY_EIO);
  cr_expect_not_null(strstr(err.text, "could not be read to its end"), "%s", err.text);
  cr_expect_eq(gy_content_hash_file(path, 5, BYTES, &stopped, prefix, whole, &err), GY_ECANCELLED);
  cr_expect_eq(gy_content_hash_file("/nowhere/file", 5, BYTES, &task, prefix, whole, &err), GY_ENOTFOUND);
  for (int i = 0; i < 20; i++) {
    gy_content_hashing *hashing = NULL;
    cr_assert_eq(gy_content_hash_start(path, 5, BYTES, &task, &hashing, &err), GY_OK);
    gy_content_hash_abandon(hashing);
  }
  gy_content_hash_abandon(NULL);
}
