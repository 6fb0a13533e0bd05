/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys that are missing, wrong, readable by others or no keys: each is one clear sentence. */
#include "vault_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "privacy/seal.h"

TestSuite(vault_keys, .fini = state_remove, .timeout = 120);

static const char KEY[] = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
static const char OTHER[] = "10112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

/* Opens the ring there is; it must fail so. */
static void expect_refused(const char *source, gy_status status, const char *part, const char *when) {
  gy_key_ring *ring = NULL;
  gy_error err = {0};
  gy_status got = gy_key_ring_open(in_state(".") /* STATE/. */, source, false, &ring, &err);
  cr_expect_eq(got, status, "%s: %s: %s", when, gy_status_name(got), err.text);
  cr_expect_not_null(strstr(err.text, part), "%s: no '%s' in: %s", when, part, err.text);
  cr_expect_null(strstr(err.text, "00112233"), "%s: a key in: %s", when, err.text);
  gy_key_ring_close(ring);
}

Test(vault_keys, of_a_file) {
  state_make();
  expect_refused("file", GY_ENOTFOUND, "there is no vault", "nothing yet");
  gy_key_ring_close(ring_open("file"));
  struct stat info;
  cr_assert_eq(stat(in_state("vault.key"), &info), 0);
  cr_expect_eq(info.st_mode & 0777, 0600, "a fresh key file has mode %o", info.st_mode & 0777);
  cr_assert_eq(stat(in_state("vault"), &info), 0);
  cr_expect_eq(info.st_mode & 0777, 0700);
  static const int MODES[] = {0644, 0640, 0604, 0620, 0602, 0660, 0777};
  for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
    char mode[32];
    snprintf(mode, sizeof mode, "(mode %03o)", MODES[i]);
    chmod(in_state("vault.key"), (mode_t)MODES[i]);
    expect_refused("file", GY_ECONFIG, "chmod 600 ", "readable by others");
    expect_refused("file", GY_ECONFIG, mode, "readable by others");
  }
  static const struct {
    const char *text, *part;
  } BAD[] = {
      {"", "holds no key"},
      {"secret\n", "holds no key"},
      {"0011", "holds no key"},
      {"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFG", "holds no key"},
      {"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF00", "holds no key"},
      {"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF", "it is the key of another"}};
  for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
    put_file(in_state("vault.key"), BAD[i].text, strlen(BAD[i].text));
    chmod(in_state("vault.key"), 0600);
    expect_refused("file", GY_ECONFIG, BAD[i].part, BAD[i].text);
  }
  unlink(in_state("vault.key"));
  expect_refused("file", GY_ENOTFOUND, "vault.key is missing", "no key file");
  cr_assert_eq(mkdir(in_state("vault.key"), 0700), 0);
  expect_refused("file", GY_ECONFIG, "is no plain file", "a folder");
  expect_refused("nonsense", GY_ECONFIG, "privacy.key is 'nonsense'", "no setting");
  expect_refused("passphrase", GY_ECONFIG, "was made with a key", "a passphrase instead");
}

Test(vault_keys, of_a_file_elsewhere_and_of_a_variable) {
  state_make();
  char source[600];
  snprintf(source, sizeof source, "file:%s", in_state("stick.key"));
  gy_key_ring_close(ring_open(source));
  cr_expect(gy_path_exists(in_state("stick.key")) && !gy_path_exists(in_state("vault.key")));
  gy_key_ring_close(ring_open(source));
  unlink(in_state("stick.key"));
  expect_refused(source, GY_ENOTFOUND, "stick.key is missing", "the stick is out");
  state_remove();
  state_make();
  setenv("GYEOL_TEST_KEY", KEY, 1);
  gy_key_ring_close(ring_open("env:GYEOL_TEST_KEY"));
  gy_key_ring_close(ring_open("env:GYEOL_TEST_KEY"));
  setenv("GYEOL_TEST_KEY", OTHER, 1);
  expect_refused("env:GYEOL_TEST_KEY", GY_ECONFIG, "it is the key of another", "another key");
  setenv("GYEOL_TEST_KEY", "00112233", 1);
  expect_refused("env:GYEOL_TEST_KEY", GY_ECONFIG, "GYEOL_TEST_KEY, which privacy.key names, holds no key",
                 "short");
  unsetenv("GYEOL_TEST_KEY");
  expect_refused("env:GYEOL_TEST_KEY", GY_ECONFIG, "GYEOL_TEST_KEY, which privacy.key names, is not set",
                 "unset");
}

Test(vault_keys, of_a_passphrase) {
  state_make();
  gy_key_ring *ring = NULL;
  gy_error err = {0};
  setenv("GYEOL_PASSPHRASE", "short", 1);
  cr_expect_eq(gy_key_ring_open(in_state("."), "passphrase", true, &ring, &err), GY_EUSAGE, "%s", err.text);
  cr_expect_not_null(strstr(err.text, "at least 8 bytes"), "%s", err.text);
  cr_expect_not(gy_key_ring_exists(in_state(".")), "a ring was made");
  setenv("GYEOL_PASSPHRASE", "말 네 마리와 소 한 마리", 1);
  gy_key_ring_close(ring_open("passphrase"));
  gy_key_ring_close(ring_open("passphrase"));
  cr_expect_not(gy_path_exists(in_state("vault.key")));
  setenv("GYEOL_PASSPHRASE", "말 네 마리와 소 두 마리", 1);
  expect_refused("passphrase", GY_ECONFIG, "the passphrase does not open the vault", "another one");
  expect_refused("file", GY_ECONFIG, "was made with a passphrase", "a file instead");
  /* A ring that asks for terabytes of memory: refused before a byte is taken. */
  size_t length;
  char *bytes = file_bytes(in_state("vault/ring"), &length);
  memset(bytes + 8 + 4 + 16 + 1 + 16 + 8, 0xff, 8);
  put_file(in_state("vault/ring"), bytes, length);
  expect_refused("passphrase", GY_ECORRUPT, "at a cost that gyeol never writes", "an absurd cost");
  free(bytes);
}

Test(vault_keys, a_ring_that_is_gone_or_spoilt) {
  state_make();
  gy_key_ring *ring = ring_open(NULL);
  gy_vault *vault = vault_open(ring);
  vault_add(vault, ring, 0, 10);
  gy_vault_close(vault);
  gy_key_ring_close(ring);
  size_t length;
  char *bytes = file_bytes(in_state("vault/ring"), &length);
  for (size_t i = 0; i < length; i++) {
    bytes[i] ^= 1 << i % 8;
    put_file(in_state("vault/ring"), bytes, length);
    gy_error err = {0};
    gy_status status = gy_key_ring_open(in_state("."), NULL, true, &ring, &err);
    cr_expect(status == GY_ECORRUPT || status == GY_ECONFIG, "byte %zu of the ring: %s", i, err.text);
    if (status == GY_OK) gy_key_ring_close(ring);
    bytes[i] ^= 1 << i % 8;
  }
  for (size_t cut = 0; cut < length; cut++) {
    put_file(in_state("vault/ring"), bytes, cut);
    gy_error err = {0};
    gy_status status = gy_key_ring_open(in_state("."), NULL, true, &ring, &err);
    cr_expect(status == GY_ECORRUPT || status == GY_ECONFIG, "%zu bytes of the ring: %s", cut, err.text);
  }
  unlink(in_state("vault/ring"));
  gy_error err = {0};
  cr_expect_eq(gy_key_ring_open(in_state("."), NULL, true, &ring, &err), GY_ECORRUPT,
               "a second ring is made");
  cr_expect_not_null(strstr(err.text, "is missing beside a vault"), "%s", err.text);
  free(bytes);
}
