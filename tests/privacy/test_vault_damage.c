/* SPDX-License-Identifier: Apache-2.0
 *
 * Vault files that are damaged, cut off, exchanged or put back: found, and named in one sentence. Allocations
 * that fail leave a vault as it was. */
#include "vault_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "support/alloc_fail.h"

TestSuite(vault_damage, .fini = state_remove, .timeout = 240);

static bool all(int i) { return i >= 0; }

/* Opens and reads everything; the status of what failed first. */
static gy_status read_all(gy_error *err) {
  gy_key_ring *ring = NULL;
  gy_vault *vault = NULL;
  gy_status status = gy_key_ring_open(in_state("."), NULL, false, &ring, err);
  if (status == GY_OK) status = gy_vault_open(ring, &vault, err);
  if (status == GY_OK) status = gy_vault_check(vault, err);
  gy_vault_close(vault);
  gy_key_ring_close(ring);
  return status;
}

static void expect_found(const char *file, const char *when) {
  gy_error err = {0};
  cr_expect_eq(read_all(&err), GY_ECORRUPT, "%s: %s", when, err.text);
  cr_expect_not_null(strstr(err.text, file), "%s: %s is not named: %s", when, file, err.text);
  cr_expect_null(strchr(err.text, '\n'), "%s: more than one sentence: %s", when, err.text);
}

static void make_vault(int first, int n) {
  gy_key_ring *ring = ring_open(NULL);
  gy_vault *vault = vault_open(ring);
  vault_add(vault, ring, first, n);
  gy_vault_close(vault);
  gy_key_ring_close(ring);
}

static void flip(int fd, size_t at) {
  uint8_t byte;
  cr_assert_eq(pread(fd, &byte, 1, (off_t)at), 1);
  byte ^= (uint8_t)(1 << at % 8);
  cr_assert_eq(pwrite(fd, &byte, 1, (off_t)at), 1);
}

Test(vault_damage, every_flipped_byte_is_found) {
  static const char *const FILES[] = {"vault/manifest", "vault/00000001.seg"};
  state_make();
  make_vault(0, 20);
  gy_key_ring *ring = ring_open(NULL);
  for (size_t f = 0; f < 2; f++) {
    size_t length;
    free(file_bytes(in_state("%s", FILES[f]), &length));
    int fd = open(in_state("%s", FILES[f]), O_RDWR);
    for (size_t i = 0; i < length; i++) {
      flip(fd, i);
      gy_vault *vault = NULL;
      gy_error err = {0};
      gy_status status = gy_vault_open(ring, &vault, &err);
      if (status == GY_OK) status = gy_vault_check(vault, &err);
      cr_assert_eq(status, GY_ECORRUPT, "byte %zu of %s: %s", i, FILES[f], err.text);
      cr_assert_not_null(strstr(err.text, FILES[f]), "%s", err.text);
      gy_vault_close(vault);
      flip(fd, i);
    }
    close(fd);
  }
  gy_error err = {0};
  cr_expect_eq(read_all(&err), GY_OK, "%s", err.text);
  gy_key_ring_close(ring);
}

Test(vault_damage, cut_off_or_longer_files_are_found) {
  static const char *const FILES[] = {"vault/manifest", "vault/00000001.seg"};
  state_make();
  make_vault(0, 2000);
  for (size_t f = 0; f < 2; f++) {
    size_t length;
    char *bytes = file_bytes(in_state("%s", FILES[f]), &length);
    const size_t cuts[] = {0, 1, 15, 16, length / 2, 32784, length - 1};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
      if (cuts[i] >= length) continue;
      put_file(in_state("%s", FILES[f]), bytes, cuts[i]);
      expect_found(FILES[f], "cut off");
    }
    bytes = realloc(bytes, length + 1);
    bytes[length] = 'x';
    put_file(in_state("%s", FILES[f]), bytes, length + 1);
    expect_found(FILES[f], "a byte more");
    unlink(in_state("%s", FILES[f]));
    expect_found(FILES[f], "gone");
    put_file(in_state("%s", FILES[f]), bytes, length);
    free(bytes);
  }
  gy_error err = {0};
  cr_expect_eq(read_all(&err), GY_OK, "%s", err.text);
}

/* The larger first, so that nothing is folded together. */
Test(vault_damage, exchanged_files_are_found) {
  state_make();
  make_vault(0, 4000);
  size_t old_length, length, first_length, second_length, old_ring_length;
  char *old = file_bytes(in_state("vault/manifest"), &old_length),
       *old_ring = file_bytes(in_state("vault/ring"), &old_ring_length);
  make_vault(10000, 500);
  make_vault(20000, 500);
  char *manifest = file_bytes(in_state("vault/manifest"), &length),
       *first = file_bytes(in_state("vault/00000001.seg"), &first_length),
       *third = file_bytes(in_state("vault/00000003.seg"), &second_length);
  put_file(in_state("vault/manifest"), old, old_length);
  expect_found("vault/manifest", "an older manifest");
  put_file(in_state("vault/manifest"), manifest, length);
  put_file(in_state("vault/ring"), old_ring, old_ring_length);
  expect_found("vault/manifest", "an older ring");
  char other_key[128];
  size_t key_length;
  char *key = file_bytes(in_state("vault.key"), &key_length);
  memcpy(other_key, key, key_length);
  state_remove();
  state_make();
  put_file(in_state("vault.key"), other_key, key_length); /* two projects under one key */
  cr_assert_eq(chmod(in_state("vault.key"), 0600), 0);
  make_vault(0, 4000);
  put_file(in_state("vault/00000001.seg"), first, first_length);
  expect_found("vault/00000001.seg", "a segment of another project");
  put_file(in_state("vault/00000001.seg"), third, second_length);
  expect_found("vault/00000001.seg", "another segment of another project");
  put_file(in_state("vault/manifest"), old, old_length);
  expect_found("vault/manifest", "a manifest of another project");
  free(old);
  free(old_ring);
  free(manifest);
  free(first);
  free(third);
  free(key);
}

Test(vault_damage, exchanged_segments_and_pages_are_found) {
  state_make();
  make_vault(0, 4000);
  make_vault(10000, 1000);
  size_t a_length, b_length;
  char *a = file_bytes(in_state("vault/00000001.seg"), &a_length),
       *b = file_bytes(in_state("vault/00000002.seg"), &b_length);
  enum { STRIDE = (32 << 10) + 16 };
  cr_assert(a_length > 2 * STRIDE && b_length >= STRIDE && a_length > b_length);
  char *changed = malloc(a_length);
  memcpy(changed, a, a_length);
  memcpy(changed, a + STRIDE, STRIDE);
  memcpy(changed + STRIDE, a, STRIDE);
  put_file(in_state("vault/00000001.seg"), changed, a_length);
  expect_found("vault/00000001.seg", "two pages exchanged");
  memcpy(changed, a, a_length);
  memcpy(changed, b, STRIDE);
  put_file(in_state("vault/00000001.seg"), changed, a_length);
  expect_found("vault/00000001.seg", "a page of another segment");
  put_file(in_state("vault/00000001.seg"), a, a_length);
  put_file(in_state("vault/00000002.seg"), a, b_length);
  expect_found("vault/00000002.seg", "the beginning of another segment");
  put_file(in_state("vault/00000002.seg"), b, b_length);
  gy_error err = {0};
  cr_expect_eq(read_all(&err), GY_OK, "%s", err.text);
  free(a);
  free(b);
  free(changed);
}

/* ---- crashes between the steps of a commit ---- */

Test(vault_damage, what_a_crash_leaves_is_settled) {
  state_make();
  make_vault(0, 100);
  size_t ring_length;
  char *old_ring = file_bytes(in_state("vault/ring"), &ring_length);
  make_vault(100, 100);
  put_file(in_state("vault/ring"), old_ring, ring_length); /* the ring had not heard of the commit yet */
  put_file(in_state("vault/00000077.seg"), "half", 4);     /* a segment that no manifest names */
  gy_key_ring *ring = ring_open(NULL);
  gy_vault *vault = vault_open(ring);
  expect_vault(vault, ring, 200, all, "after a crash");
  vault_add(vault, ring, 200, 100);
  expect_vault(vault, ring, 300, all, "and after the next commit");
  cr_expect_not(gy_path_exists(in_state("vault/00000077.seg")), "a stray segment stays");
  gy_vault_close(vault);
  gy_key_ring_close(ring);
  free(old_ring);
}

/* ---- failed allocations ---- */

static gy_status use_a_vault(void *user, gy_error *err) {
  (void)user;
  gy_key_ring *ring = NULL;
  gy_vault *vault = NULL;
  gy_vault_writer *writer = NULL;
  gy_buffer got;
  gy_buffer_init(&got, 1 << 14);
  uint64_t n = 0;
  bool found = false;
  gy_pseudonym pseudonym = {{7}};
  gy_vault_key key = {GY_IDENTIFIER_EMAIL, pseudonym};
  gy_status status = gy_key_ring_open(in_state("."), NULL, false, &ring, err);
  if (status == GY_OK) status = gy_vault_open(ring, &vault, err);
  if (status == GY_OK) status = gy_vault_writer_create(vault, 0, &writer, err);
  if (status == GY_OK) status = gy_vault_writer_add(writer, key.kind, &pseudonym, "a@b.kr", 6, err);
  if (status == GY_OK) status = gy_vault_writers_commit(vault, &writer, 1, &n, err);
  if (status == GY_OK) status = gy_vault_get(vault, &key, &got, &found, err);
  if (status == GY_OK) status = gy_vault_rotate(vault, err);
  if (status == GY_OK) status = gy_vault_remove(vault, &key, 1, &n, err);
  gy_vault_writer_destroy(writer);
  gy_vault_close(vault);
  gy_key_ring_close(ring);
  gy_buffer_clear(&got);
  return status;
}

Test(vault_damage, failed_allocations_lose_nothing) {
  state_make();
  make_vault(0, 50);
  int n = alloc_fail_each("a vault", use_a_vault, NULL);
  cr_expect_geq(n, 50, "only %d allocations", n);
  gy_key_ring *ring = ring_open(NULL);
  gy_vault *vault = vault_open(ring);
  expect_vault(vault, ring, 50, all, "after failed allocations");
  gy_vault_close(vault);
  gy_key_ring_close(ring);
}
