/* SPDX-License-Identifier: Apache-2.0 */
#include "vault_fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

static char state_dir[64];

const char *state_make(void) {
  strcpy(state_dir, "/tmp/gyeol-vault-XXXXXX");
  cr_assert_not_null(mkdtemp(state_dir));
  return state_dir;
}

void state_remove(void) {
  if (state_dir[0] != '\0') (void)!gy_dir_remove(state_dir, NULL);
}

const char *in_state(const char *format, ...) {
  static char paths[8][512];
  static int next;
  char *path = paths[next++ % 8];
  int used = snprintf(path, 512, "%s/", state_dir);
  va_list args;
  va_start(args, format);
  vsnprintf(path + used, 512 - (size_t)used, format, args);
  va_end(args);
  return path;
}

gy_key_ring *ring_open(const char *source) {
  gy_key_ring *ring = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_key_ring_open(state_dir, source, true, &ring, &err), GY_OK, "%s", err.text);
  return ring;
}

gy_vault *vault_open(gy_key_ring *ring) {
  gy_vault *vault = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_vault_open(ring, &vault, &err), GY_OK, "%s", err.text);
  return vault;
}

gy_vault_record original(const gy_key_ring *ring, int i, char text[64]) {
  gy_vault_record record = {.text = text};
  record.key.kind = i % 7 == 0 ? GY_IDENTIFIER_PHONE : GY_IDENTIFIER_EMAIL;
  record.length = (size_t)snprintf(text, 64, i % 7 == 0 ? "010-%08d" : "person.%d@example.org", i);
  gy_pseudonym_make(gy_key_ring_pseudonyms(ring), record.key.kind, text, record.length,
                    &record.key.pseudonym);
  return record;
}

uint64_t vault_add(gy_vault *vault, gy_key_ring *ring, int first, int n) {
  gy_vault_writer *writer = NULL;
  gy_error err = {0};
  char text[64];
  uint64_t added = 0;
  cr_assert_eq(gy_vault_writer_create(vault, 0, &writer, &err), GY_OK, "%s", err.text);
  for (int i = first; i < first + n; i++) {
    gy_vault_record r = original(ring, i, text);
    cr_assert_eq(gy_vault_writer_add(writer, r.key.kind, &r.key.pseudonym, r.text, r.length, &err), GY_OK,
                 "%s", err.text);
  }
  cr_assert_eq(gy_vault_writers_commit(vault, &writer, 1, &added, &err), GY_OK, "%s", err.text);
  gy_vault_writer_destroy(writer);
  return added;
}

typedef struct {
  uint64_t n;
  bool has_last;
  gy_vault_key last;
} walk;

static gy_status count_rising(void *context, const gy_vault_record *record, gy_error *err) {
  walk *w = context;
  (void)err;
  bool rises = !w->has_last || w->last.kind < record->key.kind ||
               (w->last.kind == record->key.kind &&
                memcmp(&w->last.pseudonym, &record->key.pseudonym, sizeof w->last.pseudonym) < 0);
  cr_assert(rises, "record %llu of a scan does not rise", (unsigned long long)w->n);
  *w = (walk){w->n + 1, true, record->key};
  return GY_OK;
}

void expect_vault(const gy_vault *vault, const gy_key_ring *ring, int n, bool (*holds)(int i),
                  const char *when) {
  gy_error err = {0};
  uint64_t expected = 0;
  for (int i = 0; i < n; i++) {
    char text[64];
    expected += holds(i);
    if (n > 5000 && i % 50 != 0) continue;
    gy_vault_record r = original(ring, i, text);
    gy_buffer got;
    gy_buffer_init(&got, 1 << 14);
    bool found = false;
    cr_assert_eq(gy_vault_get(vault, &r.key, &got, &found, &err), GY_OK, "%s: %s", when, err.text);
    cr_assert_eq(found, holds(i), "%s: original %d is %s", when, i, found ? "there" : "not there");
    if (found) cr_assert(got.length == r.length && memcmp(got.data, text, r.length) == 0, "%s: %d", when, i);
    gy_buffer_clear(&got);
  }
  walk w = {0};
  cr_assert_eq(gy_vault_scan(vault, GY_IDENTIFIER_COUNT, count_rising, &w, &err), GY_OK, "%s: %s", when,
               err.text);
  cr_assert_eq(w.n, expected, "%s: a scan finds %llu records instead of %llu", when, (unsigned long long)w.n,
               (unsigned long long)expected);
  cr_assert_eq(gy_vault_look(vault).n_records, expected, "%s", when);
  cr_assert_eq(gy_vault_check(vault, &err), GY_OK, "%s: %s", when, err.text);
}

char *file_bytes(const char *path, size_t *length) {
  gy_buffer bytes;
  gy_error err = {0};
  gy_buffer_init(&bytes, 64 << 20);
  cr_assert_eq(gy_file_read(path, &bytes, &err), GY_OK, "%s", err.text);
  *length = bytes.length;
  return gy_buffer_take(&bytes);
}

void put_file(const char *path, const void *bytes, size_t length) {
  FILE *file = fopen(path, "wb");
  cr_assert_not_null(file, "%s", path);
  cr_assert_eq(fwrite(bytes, 1, length, file), length);
  fclose(file);
}
