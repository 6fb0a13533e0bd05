/* SPDX-License-Identifier: Apache-2.0
 *
 * The vault against what a plain set would hold, whatever the order of commits, removals and rotations. */
#include "vault_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

TestSuite(vault, .fini = state_remove, .timeout = 120);

static bool all(int i) { return i >= 0; }
static bool not_thirds(int i) { return i % 3 != 0; }

Test(vault, pseudonyms_are_the_same_always_and_read_back) {
  state_make();
  gy_key_ring *ring = ring_open(NULL), *again = ring_open("file");
  gy_pseudonym a, b, c, parsed;
  gy_pseudonym_make(gy_key_ring_pseudonyms(ring), GY_IDENTIFIER_EMAIL, "a@b.kr", 6, &a);
  gy_pseudonym_make(gy_key_ring_pseudonyms(again), GY_IDENTIFIER_EMAIL, "a@b.kr", 6, &b);
  gy_pseudonym_make(gy_key_ring_pseudonyms(again), GY_IDENTIFIER_PHONE, "a@b.kr", 6, &c);
  cr_expect_eq(memcmp(&a, &b, sizeof a), 0, "another opening, another pseudonym");
  cr_expect_neq(memcmp(&a, &c, sizeof a), 0, "two kinds share a pseudonym");
  char text[GY_PSEUDONYM_CHARS + 1];
  gy_pseudonym_text(&a, text);
  cr_expect(gy_pseudonym_parse(text, strlen(text), &parsed) && memcmp(&a, &parsed, sizeof a) == 0);
  static const char *const BAD[] = {"", "0f8fad5b-d9cb-469f-a165-7086772895",
                                    "0f8fad5bxd9cb-469f-a165-70867728950e",
                                    "0f8fad5b-d9cb-469f-a165-7086772895zz"};
  for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
    cr_expect_not(gy_pseudonym_parse(BAD[i], strlen(BAD[i]), &parsed), "'%s' is read", BAD[i]);
  gy_key_ring_close(ring);
  gy_key_ring_close(again);
}

Test(vault, pseudonyms_of_a_batch_are_those_of_each) {
  enum { N = GY_IDENTIFIER_MAX + 1 };
  static char text[N];
  static gy_normal_form forms[N];
  static gy_pseudonym many[N], alone;
  gy_pseudonym_key key;
  uint8_t root[GY_PSEUDONYM_KEY_BYTES];
  for (size_t i = 0; i < sizeof root; i++) root[i] = (uint8_t)(7 * i + 1);
  for (size_t i = 0; i < N; i++) text[i] = (char)(i * i + 3 * i);
  gy_pseudonym_key_derive(root, &key);
  for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++) {
    for (size_t i = 0; i < N; i++)
      forms[i] = (gy_normal_form){text + i % 5, (i * 37 + (size_t)kind) % (N - 5)};
    size_t n = N - (size_t)kind; /* also what fills no whole group */
    memset(many, 0, sizeof many);
    gy_pseudonym_make_many(&key, (gy_identifier)kind, forms, n, many);
    for (size_t i = 0; i < n; i++) {
      gy_pseudonym_make(&key, (gy_identifier)kind, forms[i].text, forms[i].length, &alone);
      cr_assert_eq(memcmp(&many[i], &alone, sizeof alone), 0, "kind %d, %zu bytes", kind, forms[i].length);
    }
  }
}

Test(vault, holds_what_was_committed_and_nothing_else) {
  state_make();
  gy_key_ring *ring = ring_open(NULL);
  gy_vault *vault = vault_open(ring);
  cr_expect_eq(vault_add(vault, ring, 0, 3000), 3000);
  cr_expect_eq(vault_add(vault, ring, 1000, 2500), 500, "known keys are added again");
  cr_expect_eq(vault_add(vault, ring, 0, 100), 0);
  gy_vault_writer *writer = NULL;
  cr_assert_eq(gy_vault_writer_create(vault, 0, &writer, NULL), GY_OK);
  char text[64];
  gy_vault_record r = original(ring, 9999, text);
  cr_assert_eq(gy_vault_writer_add(writer, r.key.kind, &r.key.pseudonym, text, r.length, NULL), GY_OK);
  gy_vault_writer_destroy(writer);
  expect_vault(vault, ring, 3500, all, "as written");
  gy_vault_close(vault);
  vault = vault_open(ring);
  expect_vault(vault, ring, 3500, all, "opened again");
  gy_vault_close(vault);
  gy_key_ring_close(ring);
}

Test(vault, removal_and_rotation_keep_the_rest) {
  state_make();
  gy_key_ring *ring = ring_open(NULL);
  gy_vault *vault = vault_open(ring);
  enum { N = 3000 };
  for (int first = 0; first < N; first += 500) vault_add(vault, ring, first, 500);
  gy_vault_key *keys = calloc(N, sizeof *keys);
  size_t n = 0;
  char text[64];
  for (int i = 0; i < N; i += 3) keys[n++] = original(ring, i, text).key;
  uint64_t removed = 0;
  gy_error err = {0};
  cr_assert_eq(gy_vault_remove(vault, keys, n, &removed, &err), GY_OK, "%s", err.text);
  cr_expect_eq(removed, n);
  expect_vault(vault, ring, N, not_thirds, "after a removal");
  cr_assert_eq(gy_vault_remove(vault, keys, n, &removed, &err), GY_OK, "%s", err.text);
  cr_expect_eq(removed, 0, "removed twice");
  uint32_t before = gy_vault_look(vault).key_number;
  cr_assert_eq(gy_vault_rotate(vault, &err), GY_OK, "%s", err.text);
  cr_expect_eq(gy_vault_look(vault).key_number, before + 1);
  expect_vault(vault, ring, N, not_thirds, "after a rotation");
  gy_vault_close(vault);
  gy_key_ring_close(ring);
  ring = ring_open(NULL);
  vault = vault_open(ring);
  expect_vault(vault, ring, N, not_thirds, "after a rotation, opened again");
  cr_expect_eq(vault_add(vault, ring, 0, N), n, "what was removed can come back");
  gy_vault_close(vault);
  gy_key_ring_close(ring);
  free(keys);
}

/* ---- several writers, small budgets ---- */

enum { THREADS = 4, PER_THREAD = 20000 };

typedef struct {
  gy_vault_writer *writer;
  const gy_key_ring *ring;
  int first;
} load;

/* Neighbours overlap by half. */
static void *write_load(void *context) {
  load *l = context;
  char text[64];
  for (int i = l->first; i < l->first + PER_THREAD; i++) {
    gy_vault_record r = original(l->ring, i, text);
    gy_error err = {0};
    cr_assert_eq(gy_vault_writer_add(l->writer, r.key.kind, &r.key.pseudonym, text, r.length, &err), GY_OK,
                 "%s", err.text);
  }
  return NULL;
}

Test(vault, writers_in_threads_spill_and_agree) {
  state_make();
  gy_key_ring *ring = ring_open(NULL);
  gy_vault *vault = vault_open(ring);
  gy_vault_writer *writers[THREADS];
  pthread_t threads[THREADS];
  load loads[THREADS];
  for (int t = 0; t < THREADS; t++) {
    cr_assert_eq(gy_vault_writer_create(vault, 1 << 18, &writers[t], NULL), GY_OK);
    loads[t] = (load){writers[t], ring, t * PER_THREAD / 2};
    cr_assert_eq(pthread_create(&threads[t], NULL, write_load, &loads[t]), 0);
  }
  for (int t = 0; t < THREADS; t++) pthread_join(threads[t], NULL);
  uint64_t added = 0;
  gy_error err = {0};
  cr_assert_eq(gy_vault_writers_commit(vault, writers, THREADS, &added, &err), GY_OK, "%s", err.text);
  for (int t = 0; t < THREADS; t++) gy_vault_writer_destroy(writers[t]);
  enum { DISTINCT = (THREADS + 1) * PER_THREAD / 2 };
  cr_expect_eq(added, DISTINCT);
  expect_vault(vault, ring, DISTINCT, all, "all");
  gy_vault_close(vault);
  gy_key_ring_close(ring);
}

/* ---- different texts of one key ---- */

enum { KEYS = 6000, TEXTS = 9 };

typedef struct {
  int least[KEYS], n_seen, n_wrong;
} expected_texts;

static gy_status check_text(void *context, const gy_vault_record *record, gy_error *err) {
  (void)err;
  expected_texts *expected = context;
  char text[64];
  int which = 0, key = 0;
  snprintf(text, sizeof text, "%.*s", (int)record->length, record->text);
  bool is_read = sscanf(text, "text %d of %d", &which, &key) == 2 && key >= 0 && key < KEYS;
  expected->n_seen++;
  expected->n_wrong += !is_read || expected->least[key] != which;
  return GY_OK;
}

static void add_text(gy_vault_writer *writer, const gy_key_ring *ring, int key, int which) {
  char text[64];
  gy_vault_record r = original(ring, key, text);
  size_t n = (size_t)snprintf(text, sizeof text, "text %d of %d", which, key);
  cr_assert_eq(gy_vault_writer_add(writer, r.key.kind, &r.key.pseudonym, text, n, NULL), GY_OK);
}

/* Of the texts that a commit has of a key the first by its bytes stays, wherever writers hold them: in
 * memory, spilled, or in both; what the vault has already stays before all. */
Test(vault, of_different_texts_the_first_stays_in_memory_or_spilled) {
  static const size_t BUDGETS[][2] = {{0, 0}, {1 << 16, 0}, {1 << 16, 1 << 18}};
  for (size_t b = 0; b < sizeof BUDGETS / sizeof *BUDGETS; b++) {
    state_make();
    gy_key_ring *ring = ring_open(NULL);
    gy_vault *vault = vault_open(ring);
    expected_texts expected = {{0}, 0, 0};
    unsigned random = 7;
    for (int commit = 0; commit < 2; commit++) {
      gy_vault_writer *writers[2];
      gy_error err = {0};
      for (int w = 0; w < 2; w++)
        cr_assert_eq(gy_vault_writer_create(vault, BUDGETS[b][w], &writers[w], NULL), GY_OK);
      for (int i = 0; i < 5 * KEYS; i++) {
        random = random * 1664525u + 1013904223u;
        int key = (int)(random >> 8) % KEYS, which = 1 + (int)(random >> 24) % TEXTS;
        if (i < KEYS) key = i; /* each once at least */
        add_text(writers[(random >> 5) & 1], ring, key, which);
        bool is_better = expected.least[key] == 0 || which < expected.least[key];
        if (commit == 0 && is_better) expected.least[key] = which;
      }
      cr_assert_eq(gy_vault_writers_commit(vault, writers, 2, NULL, &err), GY_OK, "%s", err.text);
      for (int w = 0; w < 2; w++) gy_vault_writer_destroy(writers[w]);
      expected.n_seen = expected.n_wrong = 0;
      cr_assert_eq(gy_vault_scan(vault, GY_IDENTIFIER_COUNT, check_text, &expected, &err), GY_OK, "%s",
                   err.text);
      cr_expect_eq(expected.n_seen, KEYS, "budgets %zu, commit %d: %d keys", b, commit, expected.n_seen);
      cr_expect_eq(expected.n_wrong, 0, "budgets %zu, commit %d: %d wrong", b, commit, expected.n_wrong);
    }
    gy_vault_close(vault);
    gy_key_ring_close(ring);
    state_remove();
  }
}
