/* SPDX-License-Identifier: Apache-2.0
 *
 * An import with identifiers that finds the disk full: while rows are staged, while the vault is written,
 * while the store commits. The room that each takes is found by halving. Afterwards the store opens (what its
 * log holds is replayable) and has the last run, every pseudonym in it has its original, and with room again
 * the next run completes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "base/file.h"
#include "privacy/vault.h"
#include "project_fixture.h"

enum { FEW = 2000, MANY = 20000 };
enum { MOST_ROOM = 1 << 14, FINEST = 32, SAMPLES = 6 }; /* KiB */

static void leave(void) {
  (void)!umount(in_workspace("full"));
  workspace_remove();
}

TestSuite(identifier_disk, .fini = leave, .timeout = 400);

static void resize_disk(size_t kilobytes) {
  char size[64];
  snprintf(size, sizeof size, "size=%zuk", kilobytes);
  cr_assert_eq(mount("tmpfs", in_workspace("full"), "tmpfs", MS_REMOUNT, size), 0, "%s", size);
}

static size_t used_kilobytes(void) {
  struct statvfs disk;
  cr_assert_eq(statvfs(in_workspace("full"), &disk), 0);
  return (disk.f_blocks - disk.f_bfree) * disk.f_frsize >> 10;
}

static void write_people(const char *file, int n) {
  FILE *out = fopen(in_workspace("%s", file), "w");
  cr_assert_not_null(out);
  fputs("customer_id,email,phone\n", out);
  for (int i = 1; i <= n; i++)
    fprintf(out, "%d,%d.p%d@shop.kr,010-%04d-%04d\n", i, n, i, 2000 + i / 9000, 1000 + i % 9000);
  fclose(out);
}

/* What of the customers the store holds. */
static void expect_rows(const char *when, int n) {
  char expected[64];
  snprintf(expected, sizeof expected, "%d,%d", n, n);
  char *rows = project_rows("full/shop",
                            "SELECT count(*) AS n, count(DISTINCT email) AS emails FROM source_customers");
  cr_expect_str_eq(rows, expected, "%s: %s, not %s", when, rows, expected);
  free(rows);
}

typedef struct {
  const gy_key_ring *ring;
  int file, n_found;
} count;

/* Counts the e-mails of people of a file, each once for it is under its own pseudonym alone. */
static gy_status count_original(void *context, const gy_vault_record *record, gy_error *err) {
  (void)err;
  count *c = context;
  char text[64];
  int file = 0, person = 0;
  snprintf(text, sizeof text, "%.*s", (int)record->length, record->text);
  if (sscanf(text, "%d.p%d@shop.kr", &file, &person) != 2 || file != c->file) return GY_OK;
  gy_pseudonym pseudonym;
  gy_pseudonym_make(gy_key_ring_pseudonyms(c->ring), GY_IDENTIFIER_EMAIL, text, record->length, &pseudonym);
  c->n_found +=
      person >= 1 && person <= file && memcmp(&pseudonym, &record->key.pseudonym, sizeof pseudonym) == 0;
  return GY_OK;
}

/* All originals of the file of n people; every page is authenticated. How many records there are. */
static uint64_t expect_originals(const char *when, int n) {
  gy_key_ring *ring = NULL;
  gy_vault *vault = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_key_ring_open(in_workspace("full/shop/.gyeol"), NULL, false, &ring, &err), GY_OK, "%s: %s",
               when, err.text);
  cr_assert_eq(gy_vault_open(ring, &vault, &err), GY_OK, "%s: %s", when, err.text);
  cr_expect_eq(gy_vault_check(vault, &err), GY_OK, "%s: %s", when, err.text);
  count c = {.ring = ring, .file = n};
  cr_assert_eq(gy_vault_scan(vault, GY_IDENTIFIER_EMAIL, count_original, &c, &err), GY_OK, "%s: %s", when,
               err.text);
  cr_expect_eq(c.n_found, n, "%s: %d originals of %d", when, c.n_found, n);
  uint64_t n_records = gy_vault_look(vault).n_records;
  gy_vault_close(vault);
  gy_key_ring_close(ring);
  return n_records;
}

typedef enum { FAILED, FAILED_BETWEEN, COMPLETED } outcome; /* between: the vault had committed */

/* A project of the few, run; then the many with so much room. */
static outcome run_with_room(size_t kilobytes, uint64_t n_few) {
  char when[64], command[512];
  snprintf(when, sizeof when, "with room for %zu KiB", kilobytes);
  resize_disk(1 << 18);
  snprintf(command, sizeof command, "rm -rf '%s' && cp -r '%s' '%s'", in_workspace("full/shop"),
           in_workspace("kept/shop"), in_workspace("full/shop"));
  cr_assert_eq(system(command), 0);
  resize_disk(used_kilobytes() + kilobytes);
  process_result result = run_gyeol("run full/shop --threads 2 --until import --quiet");
  bool completed = result.exit_code == 0;
  cr_expect(completed || result.exit_code == 1, "%s: ended with %d: %s", when, result.exit_code, result.err);
  bool told = strstr(result.err, "is full") != NULL ||
              strstr(result.err, "No space left on device") != NULL ||
              strstr(result.err, "no room on disk") != NULL;
  cr_expect(completed || told, "%s: did not tell of the full disk: %s", when, result.err);
  process_clear(&result);
  resize_disk(1 << 18); /* to look */
  expect_rows(when, completed ? MANY : FEW);
  if (expect_originals(when, completed ? MANY : FEW) == n_few) return FAILED;
  return completed ? COMPLETED : FAILED_BETWEEN;
}

/* The least room, by KiB, that gives this or better; everything below `low` gives less. */
static size_t least_room(outcome wanted, size_t low, uint64_t n_few) {
  size_t high = MOST_ROOM;
  while (high - low > FINEST) {
    size_t middle = low + (high - low) / 2;
    if (run_with_room(middle, n_few) >= wanted)
      high = middle;
    else
      low = middle;
  }
  return high;
}

Test(identifier_disk, a_full_disk_at_any_step_loses_nothing) {
  gy_error err = {0};
  cr_assert_eq(gy_dir_create(in_workspace("full"), &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_dir_create(in_workspace("kept"), &err), GY_OK, "%s", err.text);
  if (mount("tmpfs", in_workspace("full"), "tmpfs", 0, "size=64m") != 0)
    cr_skip_test("a small file system needs root to mount");
  write_small_shop(in_workspace("orders.csv"), 900, 1);
  write_people("few.csv", FEW);
  write_people("many.csv", MANY);
  project_make("full/shop", "orders.csv few.csv");
  json_decref(project_run("full/shop", "--until import"));
  uint64_t n_few = expect_originals("at first", FEW);
  project_set("full/shop", "few.csv", "many.csv");
  char command[512];
  snprintf(command, sizeof command, "cp -r '%s' '%s'", in_workspace("full/shop"), in_workspace("kept/shop"));
  cr_assert_eq(system(command), 0);
  size_t for_vault = least_room(FAILED_BETWEEN, 64, n_few);
  size_t for_all = least_room(COMPLETED, for_vault - FINEST, n_few);
  int n_between = 0;
  for (size_t room = for_vault; room < for_all; room += (for_all - for_vault) / SAMPLES + 1) {
    n_between += run_with_room(room, n_few) == FAILED_BETWEEN;
    json_decref(project_run("full/shop", "--until import"));
    expect_rows("with room again", MANY);
    expect_originals("with room again", MANY);
  }
  cr_expect_gt(n_between, 0, "no run failed between vault and store: %zu, %zu", for_vault, for_all);
}
