/* SPDX-License-Identifier: Apache-2.0
 *
 * Pseudonyms and the vault, in processor time, so that a busy machine tells little:
 *   bench_vault [MILLIONS]     e-mail addresses, default 1
 * First what so many values, half of them phones, cost at the least, whatever keeps them: to be hashed,
 * sealed once in pages, and written. */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "privacy/vault.h"
#include "privacy/vault_segment.h"

static double processor_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(gy_status status, const gy_error *err) {
  if (status == GY_OK) return;
  fprintf(stderr, "bench_vault: %s\n", err->text);
  exit(1);
}

static void tell(const char *what, double since, double n) {
  double seconds = processor_seconds() - since;
  printf("%-28s %8.3f s %8.0f ns each\n", what, seconds, seconds / n * 1e9);
}

static size_t address_of(char text[64], long i) {
  return (size_t)snprintf(text, 64, "person.%ld@example%ld.org", i, i % 13);
}

static gy_status ignore_record(void *context, const gy_vault_record *record, gy_error *err) {
  (void)err;
  *(size_t *)context += record->length;
  return GY_OK;
}

static void bench(gy_vault *vault, const gy_pseudonym_key *key, long n, gy_error *err) {
  gy_pseudonym *pseudonyms = malloc((size_t)n * sizeof *pseudonyms);
  char text[64];
  if (pseudonyms == NULL) exit(1);
  double since = processor_seconds();
  for (long i = 0; i < n; i++)
    gy_pseudonym_make(key, GY_IDENTIFIER_EMAIL, text, address_of(text, i), &pseudonyms[i]);
  tell("print and pseudonymise", since, (double)n);
  gy_vault_writer *writer = NULL;
  must(gy_vault_writer_create(vault, 0, &writer, err), err);
  since = processor_seconds();
  for (long i = 0; i < n; i++)
    must(gy_vault_writer_add(writer, GY_IDENTIFIER_EMAIL, &pseudonyms[i], text, address_of(text, i), err),
         err);
  tell("print and collect", since, (double)n);
  since = processor_seconds();
  must(gy_vault_writers_commit(vault, &writer, 1, NULL, err), err);
  tell("commit", since, (double)n);
  gy_vault_writer_destroy(writer);
  since = processor_seconds();
  size_t bytes = 0;
  must(gy_vault_scan(vault, GY_IDENTIFIER_COUNT, ignore_record, &bytes, err), err);
  tell("scan", since, (double)n);
  since = processor_seconds();
  must(gy_vault_rotate(vault, err), err);
  tell("rotate", since, (double)n);
  since = processor_seconds();
  for (long i = 0; i < 1000; i++) {
    gy_buffer original;
    gy_buffer_init(&original, 2 * GY_VAULT_TEXT_MOST);
    bool found = false;
    const gy_vault_key wanted = {GY_IDENTIFIER_EMAIL, pseudonyms[i * (n / 1000)]};
    must(gy_vault_get(vault, &wanted, &original, &found, err), err);
    gy_buffer_clear(&original);
  }
  tell("get", since, 1000);
  printf("%zu bytes of originals, %llu of the vault\n", bytes,
         (unsigned long long)gy_vault_look(vault).bytes);
  free(pseudonyms);
}

/* ---- at the least ---- */

enum { BATCH = 64, FORM_BYTES = 32, RECORD_HEAD_BYTES = 1 + sizeof(gy_pseudonym) + 2 };

static void tell_least(const char *what, double wall, double processor, double n) {
  double seconds = processor_seconds() - processor;
  printf("at the least, %-14s %8.3f s %8.3f s of processors %6.0f ns each\n", what, gy_clock_seconds() - wall,
         seconds, seconds / n * 1e9);
}

/* Normal forms of e-mails, then of phones; gives the bytes that their records have. */
static size_t make_forms(long n, char (*texts)[FORM_BYTES], gy_normal_form *forms) {
  size_t bytes = 0;
  for (long i = 0; i < n; i++) {
    int length = i < n / 2 ? snprintf(texts[i], FORM_BYTES, "u%ld.%ld@example.org", i, i % 1000)
                           : snprintf(texts[i], FORM_BYTES, "+8210%08ld", i - n / 2);
    forms[i] = (gy_normal_form){texts[i], (size_t)length};
    bytes += RECORD_HEAD_BYTES + (size_t)length;
  }
  return bytes;
}

static void hash_at_least(const gy_pseudonym_key *key, const gy_normal_form *forms, long n,
                          gy_pseudonym *pseudonyms) {
  double wall = gy_clock_seconds(), processor = processor_seconds();
  for (long at = 0; at < n; at += BATCH) {
    gy_identifier kind = at < n / 2 ? GY_IDENTIFIER_EMAIL : GY_IDENTIFIER_PHONE;
    size_t some = n - at < BATCH ? (size_t)(n - at) : BATCH;
    gy_pseudonym_make_many(key, kind, forms + at, some, pseudonyms + at);
  }
  tell_least("hashing", wall, processor, (double)n);
}

static void seal_and_write_at_least(const char *folder, size_t bytes, long n) {
  size_t n_pages = bytes / GY_SEGMENT_PAGE_BYTES + 1;
  uint8_t *pages = calloc(n_pages, GY_SEGMENT_STRIDE), *page = pages;
  uint8_t key[crypto_aead_xchacha20poly1305_ietf_KEYBYTES] = {1};
  uint8_t nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES] = {0};
  char *path = gy_path_join(folder, "least");
  int fd = path != NULL ? open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600) : -1;
  if (pages == NULL || fd < 0) exit(1);
  for (size_t i = 0; i < n_pages; i++) pages[i * GY_SEGMENT_STRIDE] = 1; /* not the first touch */
  double wall = gy_clock_seconds(), processor = processor_seconds();
  for (size_t i = 0; i < n_pages; i++, page += GY_SEGMENT_STRIDE)
    crypto_aead_xchacha20poly1305_ietf_encrypt(page, NULL, page, GY_SEGMENT_PAGE_BYTES, NULL, 0, NULL, nonce,
                                               key);
  tell_least("sealing", wall, processor, (double)n);
  wall = gy_clock_seconds(), processor = processor_seconds();
  for (size_t put = 0; put < n_pages * GY_SEGMENT_STRIDE;) {
    ssize_t some = write(fd, pages + put, n_pages * GY_SEGMENT_STRIDE - put);
    if (some <= 0) exit(1);
    put += (size_t)some;
  }
  if (fsync(fd) != 0) exit(1);
  tell_least("writing", wall, processor, (double)n);
  close(fd);
  free(path);
  free(pages);
}

static void bench_least(const char *folder, const gy_pseudonym_key *key, long n) {
  char(*texts)[FORM_BYTES] = malloc((size_t)n * sizeof *texts);
  gy_normal_form *forms = malloc((size_t)n * sizeof *forms);
  gy_pseudonym *pseudonyms = calloc((size_t)n, sizeof *pseudonyms);
  if (texts == NULL || forms == NULL || pseudonyms == NULL) exit(1);
  size_t bytes = make_forms(n, texts, forms);
  hash_at_least(key, forms, n, pseudonyms);
  seal_and_write_at_least(folder, bytes, n);
  free(texts);
  free(forms);
  free(pseudonyms);
}

int main(int argc, char **argv) {
  long n = (long)(1e6 * (argc > 1 ? atof(argv[1]) : 1));
  char state[] = "/tmp/gyeol-bench-XXXXXX";
  gy_error err = {0};
  gy_key_ring *ring = NULL;
  gy_vault *vault = NULL;
  if (n < 1000 || mkdtemp(state) == NULL) return 1;
  must(gy_key_ring_open(state, NULL, true, &ring, &err), &err);
  must(gy_vault_open(ring, &vault, &err), &err);
  bench_least(state, gy_key_ring_pseudonyms(ring), n);
  bench(vault, gy_key_ring_pseudonyms(ring), n, &err);
  gy_vault_close(vault);
  gy_key_ring_close(ring);
  return gy_dir_remove(state, &err) == GY_OK ? 0 : 1;
}
