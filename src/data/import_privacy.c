/* SPDX-License-Identifier: Apache-2.0
 *
 * The cache is a table of one way: a value's place is told by its hash, and a newer value takes the place of
 * an older one. It holds only values that are in this worker's vault writer, so that a hit needs nothing
 * more. */
#include "data/import_privacy.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { CACHE_SLOTS = 1 << 14, CACHED_TEXT = 38, JUDGED_SLOTS = 1 << 16 };
enum { WRITER_LEAST = 16 << 20, WRITER_MOST = 256 << 20 };

typedef struct {
  uint64_t hash; /* never 0 of a used slot */
  gy_pseudonym pseudonym;
  uint8_t normal, length;
  char text[CACHED_TEXT];
} cache_slot; /* a cache line */

struct gy_pseudonym_worker {
  gy_pseudonymiser *owner;
  const gy_pseudonym_key *key; /* NULL until it is needed */
  gy_vault_writer *writer;
  cache_slot *caches[GY_IDENTIFIER_COUNT];
  uint64_t *judged; /* hashes of values by their place, the lowest bit set where it was forgotten */
  bool is_taken;
  gy_pseudonym_worker *next;
};

struct gy_pseudonymiser {
  const gy_import_privacy *privacy;
  size_t budget;        /* of a worker's vault writer */
  pthread_mutex_t lock; /* guards all below */
  gy_key_ring *ring;
  gy_vault *vault;
  gy_pseudonym_worker *workers;
};

/* A sixteenth of the memory is the writers': what does not fit is sealed twice. 0: theirs to choose. */
static size_t budget_of(const gy_task *task) {
  size_t memory = gy_task_memory(task), budget = memory / 16 / (size_t)gy_task_threads(task);
  if (memory == SIZE_MAX) return 0;
  return budget < WRITER_LEAST ? WRITER_LEAST : budget > WRITER_MOST ? WRITER_MOST : budget;
}

gy_status gy_pseudonymiser_create(const gy_import_privacy *privacy, const gy_task *task,
                                  gy_pseudonymiser **made, gy_error *err) {
  gy_pseudonymiser *p = calloc(1, sizeof *p);
  if (p == NULL) return gy_fail(err, GY_ENOMEM, "no memory for pseudonyms");
  p->privacy = privacy;
  p->budget = budget_of(task);
  pthread_mutex_init(&p->lock, NULL);
  *made = p;
  return GY_OK;
}

gy_status gy_pseudonymiser_take(gy_pseudonymiser *p, gy_pseudonym_worker **worker, gy_error *err) {
  pthread_mutex_lock(&p->lock);
  gy_pseudonym_worker *w = p->workers;
  while (w != NULL && w->is_taken) w = w->next;
  if (w == NULL && (w = calloc(1, sizeof *w)) != NULL) {
    *w = (gy_pseudonym_worker){.owner = p, .next = p->workers};
    p->workers = w;
  }
  if (w != NULL) w->is_taken = true;
  pthread_mutex_unlock(&p->lock);
  *worker = w;
  return w != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for pseudonyms");
}

void gy_pseudonymiser_give_back(gy_pseudonymiser *p, gy_pseudonym_worker *worker) {
  if (worker == NULL) return;
  pthread_mutex_lock(&p->lock);
  worker->is_taken = false;
  pthread_mutex_unlock(&p->lock);
}

void gy_pseudonymiser_reset(gy_pseudonymiser *p) {
  while (p->workers != NULL) {
    gy_pseudonym_worker *worker = p->workers;
    p->workers = worker->next;
    gy_vault_writer_destroy(worker->writer);
    for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++) free(worker->caches[kind]);
    free(worker->judged);
    free(worker);
  }
}

void gy_pseudonymiser_destroy(gy_pseudonymiser *p) {
  if (p == NULL) return;
  gy_pseudonymiser_reset(p);
  pthread_mutex_destroy(&p->lock);
  free(p);
}

gy_status gy_pseudonymiser_commit(gy_pseudonymiser *p, gy_error *err) {
  size_t n = 0, most = 0;
  for (gy_pseudonym_worker *w = p->workers; w != NULL; w = w->next) most++;
  gy_vault_writer **writers = calloc(most + 1, sizeof *writers);
  if (writers == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the vault");
  for (gy_pseudonym_worker *w = p->workers; w != NULL; w = w->next)
    if (w->writer != NULL) writers[n++] = w->writer;
  bool keeps = n > 0 && !p->privacy->keeps_no_originals;
  gy_status status = keeps ? gy_vault_writers_commit(p->vault, writers, n, NULL, err) : GY_OK;
  free(writers);
  gy_pseudonymiser_reset(p);
  return status;
}

static gy_status open_locked(gy_pseudonymiser *p, gy_error *err) {
  if (p->ring != NULL) return GY_OK;
  gy_key_ring *ring = NULL;
  gy_vault *vault = NULL;
  gy_status status = p->privacy->open(p->privacy->context, &ring, &vault, err);
  if (status != GY_OK) return status;
  p->ring = ring;
  p->vault = vault;
  return GY_OK;
}

gy_status gy_pseudonymiser_ring(gy_pseudonymiser *p, gy_key_ring **ring, gy_error *err) {
  pthread_mutex_lock(&p->lock);
  gy_status status = open_locked(p, err);
  pthread_mutex_unlock(&p->lock);
  if (status == GY_OK) *ring = p->ring;
  return status;
}

static gy_status get_key(gy_pseudonym_worker *worker, gy_error *err) {
  gy_key_ring *ring;
  gy_status status = gy_pseudonymiser_ring(worker->owner, &ring, err);
  if (status == GY_OK) worker->key = gy_key_ring_pseudonyms(ring);
  return status;
}

static gy_status get_ready(gy_pseudonym_worker *worker, gy_error *err) {
  gy_status status = get_key(worker, err);
  return status == GY_OK
             ? gy_vault_writer_create(worker->owner->vault, worker->owner->budget, &worker->writer, err)
             : status;
}

/* Its place in the kind's cache; NULL where the value is too long for it. */
static gy_status find_slot(gy_pseudonym_worker *worker, gy_identifier kind, uint64_t hash, size_t n,
                           cache_slot **slot, gy_error *err) {
  *slot = NULL;
  if (n > CACHED_TEXT) return GY_OK;
  cache_slot **cache = &worker->caches[kind];
  if (*cache == NULL) *cache = calloc(CACHE_SLOTS, sizeof **cache);
  if (*cache == NULL) return gy_fail(err, GY_ENOMEM, "no memory for pseudonyms");
  *slot = &(*cache)[hash % CACHE_SLOTS];
  return GY_OK;
}

/* Values of a batch that the cache does not have. */
typedef struct {
  size_t n; /* of cells; all arrays are of these */
  size_t cells[GY_IDENTIFIER_BATCH];
  size_t n_forms; /* of those that have a normal form, by their place in `cells` */
  size_t places[GY_IDENTIFIER_BATCH];
  gy_normal_form forms[GY_IDENTIFIER_BATCH];
  gy_pseudonym pseudonyms[GY_IDENTIFIER_BATCH];
  char texts[GY_IDENTIFIER_BATCH][GY_IDENTIFIER_MAX];
} missing_values;

static gy_status add_forms(gy_pseudonym_worker *worker, gy_identifier kind, gy_identifier_cell *cells,
                           missing_values *m, gy_error *err) {
  gy_status status = worker->writer != NULL ? GY_OK : get_ready(worker, err);
  if (status != GY_OK) return status;
  gy_pseudonym_make_many(worker->key, kind, m->forms, m->n_forms, m->pseudonyms);
  for (size_t f = 0; f < m->n_forms; f++) gy_vault_writer_expect(worker->writer, kind, &m->pseudonyms[f]);
  for (size_t f = 0; f < m->n_forms && status == GY_OK; f++) {
    gy_identifier_cell *cell = &cells[m->places[f]];
    bool fits = cell->length <= GY_VAULT_TEXT_MOST;
    cell->pseudonym = m->pseudonyms[f];
    status = gy_vault_writer_add(worker->writer, kind, &cell->pseudonym, fits ? cell->text : m->forms[f].text,
                                 fits ? cell->length : m->forms[f].length, err);
  }
  return status;
}

static gy_status make_missing(gy_pseudonym_worker *worker, gy_identifier kind, gy_identifier_cell *cells,
                              missing_values *m, gy_error *err) {
  m->n_forms = 0;
  for (size_t i = 0; i < m->n; i++) {
    gy_identifier_cell *cell = &cells[m->cells[i]];
    size_t form_n = 0;
    cell->normal = gy_identifier_normalise(kind, cell->text, cell->length, m->texts[i], &form_n);
    if (cell->normal != GY_NORMAL_VALUE) continue;
    m->places[m->n_forms] = m->cells[i];
    m->forms[m->n_forms++] = (gy_normal_form){m->texts[i], form_n};
  }
  return m->n_forms > 0 ? add_forms(worker, kind, cells, m, err) : GY_OK;
}

static bool take_cached(const cache_slot *slot, uint64_t hash, gy_identifier_cell *cell) {
  if (slot == NULL || slot->hash != hash || slot->length != cell->length ||
      memcmp(slot->text, cell->text, cell->length) != 0)
    return false;
  cell->normal = (gy_normal)slot->normal;
  cell->pseudonym = slot->pseudonym;
  return true;
}

static void keep_cached(cache_slot *slot, uint64_t hash, const gy_identifier_cell *cell) {
  if (slot == NULL) return;
  slot->hash = hash;
  slot->normal = (uint8_t)cell->normal;
  slot->length = (uint8_t)cell->length;
  memcpy(slot->text, cell->text, cell->length);
  if (cell->normal == GY_NORMAL_VALUE) slot->pseudonym = cell->pseudonym;
}

gy_status gy_pseudonym_worker_values(gy_pseudonym_worker *worker, gy_identifier kind,
                                     gy_identifier_cell *cells, size_t n, gy_error *err) {
  uint64_t hashes[GY_IDENTIFIER_BATCH];
  cache_slot *slots[GY_IDENTIFIER_BATCH];
  missing_values missing;
  gy_status status = GY_OK;
  missing.n = 0;
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    hashes[i] = XXH3_64bits(cells[i].text, cells[i].length) | 1;
    status = find_slot(worker, kind, hashes[i] >> 1, cells[i].length, &slots[i], err);
    if (status == GY_OK && slots[i] != NULL) __builtin_prefetch(slots[i], 1);
  }
  if (status != GY_OK) return status;
  for (size_t i = 0; i < n; i++)
    if (!take_cached(slots[i], hashes[i], &cells[i])) missing.cells[missing.n++] = i;
  if (missing.n == 0) return GY_OK;
  status = make_missing(worker, kind, cells, &missing, err);
  for (size_t i = 0; i < missing.n && status == GY_OK; i++)
    keep_cached(slots[missing.cells[i]], hashes[missing.cells[i]], &cells[missing.cells[i]]);
  return status;
}

gy_status gy_pseudonym_worker_value(gy_pseudonym_worker *worker, gy_identifier kind, const char *text,
                                    size_t n, gy_normal *normal, gy_pseudonym *pseudonym, gy_error *err) {
  gy_identifier_cell cell = {.text = text, .length = n};
  gy_status status = gy_pseudonym_worker_values(worker, kind, &cell, 1, err);
  if (status != GY_OK) return status;
  *normal = cell.normal;
  if (cell.normal == GY_NORMAL_VALUE) *pseudonym = cell.pseudonym;
  return GY_OK;
}

/* Codes of digits alone are phones only with the 0 or '+' that leads those; that of most ids is told by their
 * first letter. */
static bool may_be_direct(const char *text, size_t n) {
  if (n < 6 || n > GY_IDENTIFIER_MAX) return false;
  char first = text[0];
  if (first == '0' || first == '+' || first == '(' || (unsigned char)first >= 0x80) return true;
  if (memchr(text, '@', n) != NULL) return true;
  bool is_digit = first >= '1' && first <= '9';
  return is_digit &&
         (memchr(text, '-', n) != NULL || memchr(text, ' ', n) != NULL || memchr(text, '.', n) != NULL);
}

static bool look(const char *text, size_t n, gy_identifier *kind) {
  return may_be_direct(text, n) && gy_identifier_look(text, n, kind) && *kind != GY_IDENTIFIER_CARD_NUMBER;
}

bool gy_id_is_direct(const char *text, size_t n) {
  gy_identifier kind;
  return look(text, n, &kind);
}

gy_status gy_pseudonym_worker_id(gy_pseudonym_worker *worker, const char *text, size_t n, bool *is_direct,
                                 gy_normal *normal, gy_pseudonym *pseudonym, gy_error *err) {
  gy_identifier kind;
  *is_direct = look(text, n, &kind);
  return *is_direct ? gy_pseudonym_worker_value(worker, kind, text, n, normal, pseudonym, err) : GY_OK;
}

bool gy_import_forgets(const gy_import_privacy *privacy) {
  return privacy != NULL && privacy->tombstones != NULL && gy_tombstones_count(privacy->tombstones) > 0;
}

static bool is_tombstoned(const gy_pseudonym_worker *worker, gy_identifier kind, const char *text, size_t n,
                          gy_vault_key *key) {
  return gy_tombstone_key(worker->key, kind, text, n, key) &&
         gy_tombstones_contains(worker->owner->privacy->tombstones, key);
}

/* An id may be known by its text, by what it looks like, or by the pseudonym that the store has of that. */
static bool judge(const gy_pseudonym_worker *worker, int of, const char *text, size_t n) {
  gy_vault_key key;
  gy_identifier looks, kind = (gy_identifier)of;
  if (of == GY_OF_ORDER)
    return gy_tombstone_order(worker->key, text, n, &key) &&
           gy_tombstones_contains(worker->owner->privacy->tombstones, &key);
  if (is_tombstoned(worker, kind, text, n, &key)) return true;
  if (gy_identifier_is_direct(kind) || !look(text, n, &looks)) return false;
  if (is_tombstoned(worker, looks, text, n, &key)) return true;
  char uuid[GY_PSEUDONYM_CHARS + 1];
  gy_pseudonym_text(&key.pseudonym, uuid);
  return is_tombstoned(worker, kind, uuid, GY_PSEUDONYM_CHARS, &key);
}

gy_status gy_pseudonym_worker_forgotten(gy_pseudonym_worker *worker, int kind, const char *text, size_t n,
                                        bool *forgotten, gy_error *err) {
  uint64_t hash = XXH3_64bits_withSeed(text, n, (uint64_t)kind) & ~UINT64_C(1);
  if (worker->judged == NULL) worker->judged = calloc(JUDGED_SLOTS, sizeof *worker->judged);
  if (worker->judged == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory to look for people who were forgotten");
  uint64_t *slot = &worker->judged[(hash >> 1) % JUDGED_SLOTS];
  if ((*slot & ~UINT64_C(1)) == hash && *slot != 0) {
    *forgotten = (*slot & 1) != 0;
    return GY_OK;
  }
  gy_status status = worker->key != NULL ? GY_OK : get_key(worker, err);
  if (status != GY_OK) return status;
  *forgotten = judge(worker, kind, text, n);
  *slot = hash | *forgotten;
  return GY_OK;
}
