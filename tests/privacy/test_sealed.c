/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealed texts and tombstones: what goes in comes out, and nothing else does. */
#include "vault_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "privacy/seal.h"
#include "privacy/tombstones.h"

TestSuite(sealed, .fini = state_remove, .timeout = 60);

static gy_buffer seal(const gy_key_ring *ring, const char *text, size_t n) {
  gy_buffer sealed;
  gy_error err = {0};
  gy_buffer_init(&sealed, 1 << 20);
  cr_assert_eq(gy_seal_text(ring, text, n, &sealed, &err), GY_OK, "%s", err.text);
  return sealed;
}

Test(sealed, texts_come_back_also_after_a_rotation) {
  static const char *const TEXTS[] = {"", "a", "홍길동,010-1234-5678", "{\"email\":\"kim@example.org\"}"};
  state_make();
  gy_key_ring *ring = ring_open(NULL);
  gy_vault *vault = vault_open(ring);
  for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
    size_t n = strlen(TEXTS[i]);
    gy_buffer sealed = seal(ring, TEXTS[i], n), opened;
    cr_expect(gy_text_is_sealed(sealed.data, sealed.length));
    if (n > 3) cr_expect_null(memmem(sealed.data, sealed.length, TEXTS[i], n));
    gy_error err = {0};
    if (i == 2) cr_assert_eq(gy_vault_rotate(vault, &err), GY_OK, "%s", err.text);
    gy_buffer_init(&opened, 1 << 20);
    cr_assert_eq(gy_unseal_text(ring, sealed.data, sealed.length, &opened, &err), GY_OK, "%s", err.text);
    cr_expect(opened.length == n && memcmp(opened.data, TEXTS[i], n) == 0, "'%s'", TEXTS[i]);
    gy_buffer_clear(&opened);
    gy_buffer_clear(&sealed);
  }
  cr_expect_not(gy_text_is_sealed("sealed:", 7));
  cr_expect_not(gy_text_is_sealed("plain", 5));
  gy_vault_close(vault);
  gy_key_ring_close(ring);
}

Test(sealed, a_changed_text_does_not_open) {
  state_make();
  gy_key_ring *ring = ring_open(NULL);
  gy_buffer sealed = seal(ring, "010-1234-5678", 13), opened;
  gy_buffer_init(&opened, 1 << 20);
  for (size_t i = 0; i < sealed.length; i++) {
    gy_error err = {0};
    sealed.data[i] ^= 2;
    cr_expect_eq(gy_unseal_text(ring, sealed.data, sealed.length, &opened, &err), GY_ECORRUPT, "byte %zu", i);
    cr_expect(err.text[0] != '\0');
    sealed.data[i] ^= 2;
  }
  for (size_t n = 0; n < sealed.length; n++)
    cr_expect_eq(gy_unseal_text(ring, sealed.data, n, &opened, NULL), GY_ECORRUPT, "%zu bytes", n);
  gy_buffer_clear(&opened);
  gy_buffer_clear(&sealed);
  gy_key_ring_close(ring);
}

static gy_tombstones *load(gy_key_ring *ring) {
  gy_tombstones *tombstones = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_tombstones_load(ring, &tombstones, &err), GY_OK, "%s", err.text);
  return tombstones;
}

Test(sealed, tombstones_hold_those_who_were_added) {
  enum { N = 2000 };
  state_make();
  char text[64];
  gy_key_ring *ring = ring_open(NULL);
  gy_tombstones *t = load(ring), *beside = load(ring);
  gy_vault_key odd = original(ring, 1, text).key;
  cr_expect_not(gy_tombstones_contains(NULL, &odd));
  for (int i = 0; i < N; i += 2) {
    gy_vault_key key = original(ring, i, text).key;
    cr_assert_eq(gy_tombstones_add(t, &key, 1, NULL), GY_OK);
    cr_assert_eq(gy_tombstones_add(t, &key, 1, NULL), GY_OK);
  }
  gy_error err = {0};
  cr_assert_eq(gy_tombstones_save(t, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_tombstones_add(beside, &odd, 1, NULL), GY_OK);
  cr_assert_eq(gy_tombstones_save(beside, &err), GY_OK, "%s", err.text);
  gy_tombstones_destroy(t);
  gy_tombstones_destroy(beside);
  t = load(ring);
  cr_expect_eq(gy_tombstones_count(t), N / 2 + 1, "two savers lose nobody");
  for (int i = 0; i < N; i++) {
    gy_vault_key key = original(ring, i, text).key;
    cr_expect_eq(gy_tombstones_contains(t, &key), i % 2 == 0 || i == 1, "%d", i);
  }
  gy_tombstones_destroy(t);
  gy_key_ring_close(ring);
}

/* A customer may be called 0; an order and a customer of the same number are two; what is too long has none.
 */
Test(sealed, tombstones_know_ids_and_orders_by_what_they_say) {
  enum { LONG = 4000 };
  static const struct {
    gy_identifier kind;
    const char *a, *b;
    bool same;
  } PAIRS[] = {
      {GY_IDENTIFIER_CUSTOMER_ID, "0", "0", true},
      {GY_IDENTIFIER_CUSTOMER_ID, "0", "-1", false},
      {GY_IDENTIFIER_CUSTOMER_ID, "none", "None", false},
      {GY_IDENTIFIER_CUSTOMER_ID, "C-1", "c-1", false},
      {GY_IDENTIFIER_EMAIL, "A@b.kr", "a@B.KR", true},
      {GY_IDENTIFIER_PHONE, "010-1234-5679", "+821012345679", true},
  };
  state_make();
  char text[LONG];
  memset(text, 'x', sizeof text);
  gy_key_ring *ring = ring_open(NULL);
  const gy_pseudonym_key *key = gy_key_ring_pseudonyms(ring);
  gy_vault_key a, b;
  for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
    cr_assert(gy_tombstone_key(key, PAIRS[i].kind, PAIRS[i].a, strlen(PAIRS[i].a), &a), "%s", PAIRS[i].a);
    cr_assert(gy_tombstone_key(key, PAIRS[i].kind, PAIRS[i].b, strlen(PAIRS[i].b), &b), "%s", PAIRS[i].b);
    cr_expect_eq(memcmp(&a.pseudonym, &b.pseudonym, sizeof a.pseudonym) == 0, PAIRS[i].same, "%s and %s",
                 PAIRS[i].a, PAIRS[i].b);
  }
  cr_expect_not(gy_tombstone_key(key, GY_IDENTIFIER_CUSTOMER_ID, "", 0, &a));
  cr_expect_not(gy_tombstone_key(key, GY_IDENTIFIER_EMAIL, "test@test.com", 13, &a), "nobody's address");
  cr_expect(gy_tombstone_key(key, GY_IDENTIFIER_CUSTOMER_ID, text, sizeof text, &a), "a long id");
  cr_expect_not(gy_tombstone_order(key, text, sizeof text, &a), "an order too long for one");
  cr_expect_not(gy_tombstone_order(key, "", 0, &a));
  cr_assert(gy_tombstone_order(key, "17", 2, &a) && gy_tombstone_order(key, "17", 2, &b));
  cr_expect_eq(memcmp(&a, &b, sizeof a), 0);
  cr_assert(gy_tombstone_key(key, GY_IDENTIFIER_CUSTOMER_ID, "17", 2, &b));
  cr_expect_neq(memcmp(&a.pseudonym, &b.pseudonym, sizeof a.pseudonym), 0, "an order is a customer");
  gy_key_ring_close(ring);
}

static void expect_no_tombstones(gy_key_ring *ring, const char *when) {
  gy_tombstones *t = NULL;
  gy_error err = {0};
  cr_expect_eq(gy_tombstones_load(ring, &t, &err), GY_ECORRUPT, "%s: %s", when, err.text);
  cr_expect_not_null(strstr(err.text, "vault/tombstones"), "%s: %s", when, err.text);
}

Test(sealed, tombstones_that_are_gone_old_or_changed_are_found) {
  state_make();
  char text[64];
  gy_key_ring *ring = ring_open(NULL);
  gy_tombstones *t = load(ring);
  size_t lengths[3];
  char *versions[3];
  for (int i = 0; i < 3; i++) {
    gy_vault_key key = original(ring, i, text).key;
    cr_assert_eq(gy_tombstones_add(t, &key, 1, NULL), GY_OK);
    cr_assert_eq(gy_tombstones_save(t, NULL), GY_OK);
    versions[i] = file_bytes(in_state("vault/tombstones"), &lengths[i]);
  }
  gy_tombstones_destroy(t);
  put_file(in_state("vault/tombstones"), versions[1], lengths[1]);
  expect_no_tombstones(ring, "an older file");
  for (size_t i = 0; i < lengths[2]; i++) {
    versions[2][i] ^= 4;
    put_file(in_state("vault/tombstones"), versions[2], lengths[2]);
    expect_no_tombstones(ring, "a changed byte");
    versions[2][i] ^= 4;
  }
  unlink(in_state("vault/tombstones"));
  expect_no_tombstones(ring, "no file");
  put_file(in_state("vault/tombstones"), versions[2], lengths[2]);
  gy_tombstones_destroy(load(ring));
  for (int i = 0; i < 3; i++) free(versions[i]);
  gy_key_ring_close(ring);
}
