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
  BYTES_A_RECORD = 48,   /* in the table and while sorting */
  TABLE_LEAST = 1 << 8,
};

/* As it lies in `bytes`, unaligned; the text follows. */
typedef struct {
  uint8_t kind;
  gy_pseudonym pseudonym;
  uint8_t length[2];
} held_record;

/* Where a record begins, by its key. The tag lets most look-ups, and all growing, do without the record,
 * which is a miss of the cache. */
typedef struct {
  uint32_t tag;
  uint32_t next; /* offset + 1; 0: free */
} table_slot;

/* A record by the beginning of its key. */
typedef struct {
  uint64_t prefix; /* kind, then the pseudonym's first 60 bits */
  const held_record *held;
} sort_entry;

struct gy_vault_writer {
  const gy_key_ring *ring;
  uint8_t *key; /* of the runs; locked memory */
  size_t budget;
  gy_buffer bytes;
  table_slot *table;
  size_t n_slots, n_records; /* with those that a better text replaced */
  sort_entry *sorted;        /* all records, when a commit has begun */
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
  free(writer->sorted);
  gy_buffer_wipe(&writer->bytes);
  sodium_free(writer->key);
  free(writer);
}

/* ---- the table ---- */

static uint32_t tag_of(gy_identifier kind, const gy_pseudonym *pseudonym) {
  uint32_t hash;
  memcpy(&hash, pseudonym->bytes, sizeof hash); /* is one already */
  return hash + (uint32_t)kind * 0x9E3779B9u;
}

static held_record *record_at(const gy_vault_writer *writer, uint32_t offset) {
  return (held_record *)(void *)(writer->bytes.data + offset);
}

/* The slot that holds the key, or the free one where it belongs. */
static table_slot *find_slot(const gy_vault_writer *writer, uint32_t tag, gy_identifier kind,
                             const gy_pseudonym *pseudonym) {
  for (size_t at = tag;; at++) {
    table_slot *slot = &writer->table[at & (writer->n_slots - 1)];
    if (slot->next == 0) return slot;
    if (slot->tag != tag) continue;
    const held_record *held = record_at(writer, slot->next - 1);
    if (held->kind == (uint8_t)kind && memcmp(&held->pseudonym, pseudonym, sizeof *pseudonym) == 0)
      return slot;
  }
}

static gy_status grow_table(gy_vault_writer *writer, gy_error *err) {
  if (writer->n_slots > 0 && writer->n_records * 2 < writer->n_slots) return GY_OK;
  size_t n_old = writer->n_slots, n_slots = n_old > 0 ? n_old * 2 : TABLE_LEAST;
  table_slot *table = calloc(n_slots, sizeof *table);
  if (table == NULL) return gy_fail(err, GY_ENOMEM, "no memory to write to the vault");
  for (size_t i = 0; i < n_old; i++) {
    if (writer->table[i].next == 0) continue;
    size_t at = writer->table[i].tag;
    while (table[at & (n_slots - 1)].next != 0) at++;
    table[at & (n_slots - 1)] = writer->table[i];
  }
  free(writer->table);
  writer->table = table;
  writer->n_slots = n_slots;
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

static gy_status spill(gy_vault_writer *writer, gy_error *err);

gy_status gy_vault_writer_add(gy_vault_writer *writer, gy_identifier kind, const gy_pseudonym *pseudonym,
                              const char *text, size_t n, gy_error *err) {
  if (n > GY_VAULT_TEXT_MOST)
    return gy_fail(err, GY_ELIMIT, "a value of %zu bytes is too long for the vault; the limit is %d", n,
                   GY_VAULT_TEXT_MOST);
  gy_status status = GY_OK;
  if (writer->bytes.length + writer->n_records * BYTES_A_RECORD > writer->budget) status = spill(writer, err);
  if (status == GY_OK) status = grow_table(writer, err);
  if (status != GY_OK) return status;
  uint32_t tag = tag_of(kind, pseudonym), offset = (uint32_t)writer->bytes.length;
  table_slot *slot = find_slot(writer, tag, kind, pseudonym);
  held_record held = {
      .kind = (uint8_t)kind, .pseudonym = *pseudonym, .length = {(uint8_t)n, (uint8_t)(n >> 8)}};
  if (slot->next != 0 && is_same_text(record_at(writer, slot->next - 1), text, n)) return GY_OK;
  if (!gy_buffer_reserve(&writer->bytes, sizeof held + n)) {
    writer->bytes.failed = false;
    return gy_fail(err, GY_ENOMEM, "no memory to write to the vault");
  }
  gy_buffer_append(&writer->bytes, &held, sizeof held);
  gy_buffer_append(&writer->bytes, text, n);
  /* Of two texts the one that is first by its bytes stays: threads change nothing. */
  if (slot->next != 0 && compare_texts(record_at(writer, slot->next - 1), record_at(writer, offset)) < 0) {
    writer->bytes.length = offset;
    return GY_OK;
  }
  *slot = (table_slot){tag, offset + 1};
  writer->n_records++;
  return GY_OK;
}

void gy_vault_writer_expect(const gy_vault_writer *writer, gy_identifier kind,
                            const gy_pseudonym *pseudonym) {
  if (writer->n_slots > 0)
    __builtin_prefetch(&writer->table[tag_of(kind, pseudonym) & (writer->n_slots - 1)], 1);
}

/* ---- runs ---- */

static int compare_held(const held_record *x, const held_record *y) {
  if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
  int order = memcmp(&x->pseudonym, &y->pseudonym, sizeof x->pseudonym);
  return order != 0 ? order : compare_texts(x, y);
}

static bool is_same_key(const held_record *a, const held_record *b) {
  return a->kind == b->kind && memcmp(&a->pseudonym, &b->pseudonym, sizeof a->pseudonym) == 0;
}

enum { AHEAD = 8 }; /* records, which lie anywhere, are fetched that early */
enum { DIGIT_BITS = 11, N_DIGITS = 1 << DIGIT_BITS, FIRST_DIGIT = 64 - 3 * DIGIT_BITS };
_Static_assert(GY_IDENTIFIER_COUNT <= 16, "a kind takes four bits of a prefix");

static uint64_t prefix_of(const held_record *held) {
  uint64_t first = 0;
  for (int i = 0; i < 8; i++) first = first << 8 | held->pseudonym.bytes[i];
  return (uint64_t)held->kind << 60 | first >> 4;
}

static void sort_by_digit(const sort_entry *from, sort_entry *to, size_t n, int shift) {
  size_t begins[N_DIGITS + 1] = {0};
  for (size_t i = 0; i < n; i++) begins[(from[i].prefix >> shift & (N_DIGITS - 1)) + 1]++;
  for (size_t d = 0; d < N_DIGITS; d++) begins[d + 1] += begins[d];
  for (size_t i = 0; i < n; i++) to[begins[from[i].prefix >> shift & (N_DIGITS - 1)]++] = from[i];
}

/* Pseudonyms are as good as random: few share three digits, and these lie side by side then. */
static void sort_neighbours(sort_entry *entries, size_t n) {
  for (size_t i = 1; i < n; i++) {
    sort_entry moved = entries[i];
    size_t at = i;
    for (; at > 0 && entries[at - 1].prefix >> FIRST_DIGIT == moved.prefix >> FIRST_DIGIT &&
           compare_held(entries[at - 1].held, moved.held) > 0;
         at--)
      entries[at] = entries[at - 1];
    entries[at] = moved;
  }
}

/* Gives the records in order of their keys, and then of their texts; NULL when memory is spent. */
static sort_entry *sort_records(const gy_vault_writer *writer) {
  size_t n = writer->n_records, at = 0;
  sort_entry *sorted = malloc((n + 1) * sizeof *sorted), *other = calloc(n + 1, sizeof *other);
  if (sorted != NULL && other != NULL) {
    for (size_t i = 0; i < n; i++) {
      const held_record *held = record_at(writer, (uint32_t)at);
      other[i] = (sort_entry){prefix_of(held), held};
      at += sizeof *held + length_of(held);
    }
    sort_by_digit(other, sorted, n, FIRST_DIGIT);
    sort_by_digit(sorted, other, n, FIRST_DIGIT + DIGIT_BITS);
    sort_by_digit(other, sorted, n, FIRST_DIGIT + 2 * DIGIT_BITS);
    sort_neighbours(sorted, n);
  } else {
    free(sorted);
    sorted = NULL;
  }
  free(other);
  return sorted;
}

gy_status gy_vault_writer_sort(gy_vault_writer *writer, gy_error *err) {
  free(writer->sorted);
  writer->sorted = sort_records(writer);
  return writer->sorted != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to write to the vault");
}

bool gy_vault_writer_record(const gy_vault_writer *writer, size_t *at, gy_vault_record *record) {
  const sort_entry *sorted = writer->sorted;
  size_t n = writer->n_records, i = *at;
  while (i > 0 && i < n && sorted[i - 1].prefix == sorted[i].prefix &&
         is_same_key(sorted[i - 1].held, sorted[i].held))
    i++;
  if (i >= n) return false;
  __builtin_prefetch(sorted[i + AHEAD < n ? i + AHEAD : n - 1].held);
  const held_record *held = sorted[i].held;
  *record = (gy_vault_record){.key = {.kind = (gy_identifier)held->kind, .pseudonym = held->pseudonym},
                              .text = (const char *)(held + 1),
                              .length = length_of(held)};
  *at = i + 1;
  return true;
}

uint64_t gy_vault_writer_pages(const gy_vault_writer *writer) {
  return (writer->bytes.length + GY_SEGMENT_PAGE_BYTES - 1) / GY_SEGMENT_PAGE_BYTES;
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

static gy_status write_run(const gy_vault_writer *writer, gy_segment *run, gy_error *err) {
  gy_segment_seal seal = {.key = writer->key};
  memcpy(seal.vault_id, gy_key_ring_vault_id(writer->ring), sizeof seal.vault_id);
  gy_segment_writer out = {.segment = {.fd = -1}};
  int fd = -1;
  gy_status status = open_nameless(gy_key_ring_folder(writer->ring), &fd, err);
  if (status == GY_OK) status = gy_segment_writer_init(&out, &seal, fd, NULL, err);
  gy_vault_record record;
  for (size_t at = 0; status == GY_OK && gy_vault_writer_record(writer, &at, &record);)
    status = gy_segment_writer_add(&out, &record, err);
  if (status == GY_OK) status = gy_segment_writer_finish(&out, run, err);
  gy_segment_writer_clear(&out);
  return status;
}

/* What passes the budget becomes a run. */
static gy_status spill(gy_vault_writer *writer, gy_error *err) {
  if (writer->n_records == 0) return GY_OK;
  gy_segment *runs = realloc(writer->runs, (writer->n_runs + 1) * sizeof *runs);
  if (runs == NULL) return gy_fail(err, GY_ENOMEM, "no memory to write to the vault");
  writer->runs = runs;
  gy_status status = gy_vault_writer_sort(writer, err);
  if (status == GY_OK) status = write_run(writer, &runs[writer->n_runs], err);
  free(writer->sorted);
  writer->sorted = NULL;
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
