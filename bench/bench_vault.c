/* SPDX-License-Identifier: Apache-2.0
 *
 * Pseudonyms and the vault, in processor time, so that a busy machine tells little:
 *   bench_vault [MILLIONS]     e-mail addresses, default 1 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "privacy/vault.h"

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

int main(int argc, char **argv) {
  long n = (long)(1e6 * (argc > 1 ? atof(argv[1]) : 1));
  char state[] = "/tmp/gyeol-bench-XXXXXX";
  gy_error err = {0};
  gy_key_ring *ring = NULL;
  gy_vault *vault = NULL;
  if (n < 1000 || mkdtemp(state) == NULL) return 1;
  must(gy_key_ring_open(state, NULL, true, &ring, &err), &err);
  must(gy_vault_open(ring, &vault, &err), &err);
  bench(vault, gy_key_ring_pseudonyms(ring), n, &err);
  gy_vault_close(vault);
  gy_key_ring_close(ring);
  return gy_dir_remove(state, &err) == GY_OK ? 0 : 1;
}
