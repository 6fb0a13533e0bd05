/* SPDX-License-Identifier: Apache-2.0
 *
 * Collecting originals: records one after the other in memory, and a hash table of where they begin, so that
 * a key is held once. What passes the budget is sorted and sealed into a file without a name, under a key
 * that only this writer has: whatever ends the process, nothing readable stays. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "privacy/box.h"
#include "privacy/vault_work.h"

enum {
  BUDGET_DEFAULT = 64 << 20,
  BUDGET_LEAST = 1 << 16,
  BUDGET_MOST = 1 << 30, /* offsets are 32 bits */
  BYTES_A_RECORD = 32,   /* in the table and while sorting */
  TABLE_LEAST = 1 << 8,
};

/* As it lies in `bytes`, unaligned; the text follows. */
typedef struct {
  uint8_t kind;
  gy_pseudonym pseudonym;
  uint8_t length[2];
} held_record;

struct gy_vault_writer {
  const gy_key_ring *ring;
  uint8_t *key; /* of the runs; locked memory */
  size_t budget;
  gy_buffer bytes;
  uint32_t *table;           /* offset + 1 of a record, by its key; 0: free */
  size_t n_slots, n_records; /* with those that a better text replaced */
  gy_segment *runs;
  size_t n_runs;
};

gy_status gy_vault_writer_create(gy_vault *vault, size_t budget_bytes, gy_vault_writer **writer,
                                 gy_error *err) {
  if (budget_bytes == 0) budget_bytes = BUDGET_DEFAULT;
  gy_vault_writer *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory to write to the vault");
  made->ring = vault->ring;
  made->budget = budget_bytes < BUDGET_LEAST  ? BUDGET_LEAST
                 : budget_bytes > BUDGET_MOST ? BUDGET_MOST
                                              : budget_bytes;
  made->key = sodium_malloc(GY_DATA_KEY_BYTES);
  gy_buffer_init(&made->bytes, made->budget + 2 * GY_VAULT_TEXT_MOST);
  if (made->key == NULL) {
    gy_vault_writer_destroy(made);
    return gy_fail(err, GY_ENOMEM, "no locked memory to write to the vault");
  }
  randombytes_buf(made->key, GY_DATA_KEY_BYTES);
  *writer = made;
  return GY_OK;
}

void gy_vault_writer_destroy(gy_vault_writer *writer) {
  if (writer == NULL) return;
  for (size_t i = 0; i < writer->n_runs; i++) gy_segment_close(&writer->runs[i]);
  free(writer->runs);
  free(writer->table);
  gy_buffer_wipe(&writer->bytes);
  sodium_free(writer->key);
  free(writer);
}

/* ---- the table ---- */

static size_t slot_of(const gy_vault_writer *writer, gy_identifier kind, const gy_pseudonym *pseudonym) {
  uint64_t hash;
  memcpy(&hash, pseudonym->bytes, sizeof hash); /* is one already */
  return (size_t)(hash + (uint64_t)kind * 0x9E3779B97F4A7C15u) & (writer->n_slots - 1);
}

static held_record *record_at(const gy_vault_writer *writer, uint32_t offset) {
  return (held_record *)(void *)(writer->bytes.data + offset);
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t *find_slot(const gy_vault_writer *writer, gy_identifier kind, const gy_pseudonym *pseudonym) {
  for (size_t at = slot_of(writer, kind, pseudonym);; at = (at + 1) & (writer->n_slots - 1)) {
    uint32_t *slot = &writer->table[at];
    if (*slot == 0) return slot;
    const held_record *held = record_at(writer, *slot - 1);
    if (held->kind == (uint8_t)kind && memcmp(&held->pseudonym, pseudonym, sizeof *pseudonym) == 0)
      return slot;
  }
}

static gy_status grow_table(gy_vault_writer *writer, gy_error *err) {
  if (writer->n_slots > 0 && writer->n_records * 2 < writer->n_slots) return GY_OK;
  size_t n_slots = writer->n_slots > 0 ? writer->n_slots * 2 : TABLE_LEAST;
  uint32_t *table = calloc(n_slots, sizeof *table), *old = writer->table;
  if (table == NULL) return gy_fail(err, GY_ENOMEM, "no memory to write to the vault");
  size_t n_old = writer->n_slots;
  writer->table = table;
  writer->n_slots = n_slots;
  for (size_t i = 0; i < n_old; i++) {
    if (old[i] == 0) continue;
    const held_record *held = record_at(writer, old[i] - 1);
    *find_slot(writer, (gy_identifier)held->kind, &held->pseudonym) = old[i];
  }
  free(old);
  return GY_OK;
}

static size_t length_of(const held_record *held) {
  return (size_t)held->length[0] | (size_t)held->length[1] << 8;
}

static bool is_same_text(const held_record *held, const char *text, size_t n) {
  return length_of(held) == n && memcmp(held + 1, text, n) == 0;
}

static int compare_texts(const held_record *a, const held_record *b) {
  size_t x = length_of(a), y = length_of(b);
  int order = memcmp(a + 1, b + 1, x < y ? x : y);
  return order != 0 ? order : (x > y) - (x < y);
}

gy_status gy_vault_writer_add(gy_vault_writer *writer, gy_identifier kind, const gy_pseudonym *pseudonym,
                              const char *text, size_t n, gy_error *err) {
  if (n > GY_VAULT_TEXT_MOST)
    return gy_fail(err, GY_ELIMIT, "a value of %zu bytes is too long for the vault; the limit is %d", n,
                   GY_VAULT_TEXT_MOST);
  gy_status status = GY_OK;
  if (writer->bytes.length + writer->n_records * BYTES_A_RECORD > writer->budget)
    status = gy_vault_writer_flush(writer, err);
  if (status == GY_OK) status = grow_table(writer, err);
  if (status != GY_OK) return status;
  uint32_t *slot = find_slot(writer, kind, pseudonym), offset = (uint32_t)writer->bytes.length;
  held_record held = {
      .kind = (uint8_t)kind, .pseudonym = *pseudonym, .length = {(uint8_t)n, (uint8_t)(n >> 8)}};
  if (*slot != 0 && is_same_text(record_at(writer, *slot - 1), text, n)) return GY_OK;
  if (!gy_buffer_reserve(&writer->bytes, sizeof held + n)) {
    writer->bytes.failed = false;
    return gy_fail(err, GY_ENOMEM, "no memory to write to the vault");
  }
  gy_buffer_append(&writer->bytes, &held, sizeof held);
  gy_buffer_append(&writer->bytes, text, n);
  /* Of two texts the one that is first by its bytes stays: threads change nothing. */
  if (*slot != 0 && compare_texts(record_at(writer, *slot - 1), record_at(writer, offset)) < 0) {
    writer->bytes.length = offset;
    return GY_OK;
  }
  *slot = offset + 1;
  writer->n_records++;
  return GY_OK;
}

/* ---- runs ---- */

static int compare_held(const void *a, const void *b) {
  const held_record *x = *(held_record *const *)a, *y = *(held_record *const *)b;
  if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
  int order = memcmp(&x->pseudonym, &y->pseudonym, sizeof x->pseudonym);
  return order != 0 ? order : compare_texts(x, y);
}

static bool is_same_key(const held_record *a, const held_record *b) {
  return a->kind == b->kind && memcmp(&a->pseudonym, &b->pseudonym, sizeof a->pseudonym) == 0;
}

/* Gives the records in order of their keys; NULL when memory is spent. */
static held_record **sort_records(const gy_vault_writer *writer) {
  held_record **sorted = malloc((writer->n_records + 1) * sizeof(held_record *));
  if (sorted == NULL) return NULL;
  size_t at = 0;
  for (size_t i = 0; i < writer->n_records; i++) {
    sorted[i] = record_at(writer, (uint32_t)at);
    at += sizeof(held_record) + length_of(sorted[i]);
  }
  qsort(sorted, writer->n_records, sizeof(held_record *), compare_held);
  return sorted;
}

/* A file that is gone as soon as it is closed. */
static gy_status open_nameless(const char *folder, int *fd, gy_error *err) {
  *fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (*fd >= 0) return GY_OK;
  char *path = gy_path_join(folder, "spill.XXXXXX");
  if (path == NULL) return gy_fail(err, GY_ENOMEM, "no memory to write to the vault");
  *fd = mkostemp(path, O_CLOEXEC);
  gy_status status = *fd < 0 ? gy_fail_errno(err, "write to", folder) : GY_OK;
  if (*fd >= 0) unlink(path);
  free(path);
  return status;
}

static gy_status write_run(const gy_vault_writer *writer, held_record *const *sorted, gy_segment *run,
                           gy_error *err) {
  gy_segment_seal seal = {.key = writer->key};
  memcpy(seal.vault_id, gy_key_ring_vault_id(writer->ring), sizeof seal.vault_id);
  gy_segment_writer out = {.segment = {.fd = -1}};
  int fd = -1;
  gy_status status = open_nameless(gy_key_ring_folder(writer->ring), &fd, err);
  if (status == GY_OK) status = gy_segment_writer_init(&out, &seal, fd, NULL, err);
  for (size_t i = 0; i < writer->n_records && status == GY_OK; i++) {
    if (i > 0 && is_same_key(sorted[i - 1], sorted[i])) continue;
    const gy_vault_record record = {
        .key = {.kind = (gy_identifier)sorted[i]->kind, .pseudonym = sorted[i]->pseudonym},
        .text = (const char *)(sorted[i] + 1),
        .length = length_of(sorted[i])};
    status = gy_segment_writer_add(&out, &record, err);
  }
  if (status == GY_OK) status = gy_segment_writer_finish(&out, run, err);
  gy_segment_writer_clear(&out);
  return status;
}

gy_status gy_vault_writer_flush(gy_vault_writer *writer, gy_error *err) {
  if (writer->n_records == 0) return GY_OK;
  gy_segment *runs = realloc(writer->runs, (writer->n_runs + 1) * sizeof *runs);
  if (runs == NULL) return gy_fail(err, GY_ENOMEM, "no memory to write to the vault");
  writer->runs = runs;
  held_record **sorted = sort_records(writer);
  gy_status status = sorted != NULL ? write_run(writer, sorted, &runs[writer->n_runs], err)
                                    : gy_fail(err, GY_ENOMEM, "no memory to write to the vault");
  free(sorted);
  if (status != GY_OK) return status;
  writer->n_runs++;
  writer->bytes.length = 0;
  writer->n_records = 0;
  memset(writer->table, 0, writer->n_slots * sizeof *writer->table);
  return GY_OK;
}

const gy_segment *gy_vault_writer_runs(const gy_vault_writer *writer, size_t *n_runs) {
  *n_runs = writer->n_runs;
  return writer->runs;
}
