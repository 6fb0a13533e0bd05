/* SPDX-License-Identifier: Apache-2.0
 *
 * Changing a vault. Commit, removal, compaction and rotation are one thing: some segments and runs are merged
 * into one new segment, less what is removed and what other segments hold; then the manifest that names it in
 * their place is put where the old one was. Before that moment nothing has changed, after it everything has.
 *
 *   new segment -> manifest (the commit) -> ring is told -> old segments are deleted
 *
 * Whatever a crash leaves of these steps is settled when the next writer begins. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "privacy/vault_lock.h"
#include "privacy/vault_work.h"

typedef struct {
  gy_vault *vault;
  int lock;
  bool *folds;             /* of the manifest's segments: this one is merged into the new one */
  const gy_segment **runs; /* lent */
  size_t n_runs;
  gy_vault_writer *const *writers; /* lent, sorted */
  size_t n_writers;
  const gy_vault_key *removed; /* rising */
  size_t n_removed;
  uint32_t key_number; /* of the new segment */
} change;

/* ---- beginning ---- */

static bool is_listed(const gy_vault_manifest *manifest, uint64_t id) {
  for (size_t i = 0; i < manifest->n_segments; i++)
    if (manifest->segments[i].seal.id == id) return true;
  return false;
}

/* Deletes segments that no manifest names: of a change that did not come to its end. */
static void delete_strays(const gy_vault *vault) {
  const char *folder = gy_key_ring_folder(vault->ring);
  DIR *dir = opendir(folder);
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    char *end = NULL;
    uint64_t id = strtoull(entry->d_name, &end, 10);
    if (end == entry->d_name || strcmp(end, ".seg") != 0 || is_listed(&vault->manifest, id)) continue;
    unlinkat(dirfd(dir), entry->d_name, 0);
  }
  if (dir != NULL) closedir(dir);
}

/* Takes the lock, reads what others may have changed, and ends what a crash interrupted. */
static gy_status change_begin(gy_vault *vault, change *c, gy_error *err) {
  *c = (change){.vault = vault, .lock = -1};
  gy_status status = gy_vault_lock_take(gy_key_ring_folder(vault->ring), GY_VAULT_WRITES, &c->lock, err);
  if (status == GY_OK) status = gy_vault_load(vault, err);
  if (status != GY_OK) return status;
  const gy_vault_manifest *manifest = &vault->manifest;
  if (gy_key_ring_is_rotating(vault->ring) || gy_key_ring_generation(vault->ring) != manifest->generation)
    status = gy_key_ring_settle(vault->ring, manifest->key_number, manifest->generation, err);
  if (status != GY_OK) return status;
  delete_strays(vault);
  c->key_number = manifest->key_number;
  c->folds = calloc(manifest->n_segments + 1, sizeof *c->folds);
  return c->folds != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to change the vault");
}

static void change_clear(change *c) {
  free(c->folds);
  free(c->runs);
  gy_vault_lock_release(c->lock);
}

/* ---- the new segment ---- */

static gy_status open_merges(const change *c, gy_vault_merge *kept, gy_vault_merge *others, gy_error *err) {
  const gy_vault_manifest *manifest = &c->vault->manifest;
  gy_status status = gy_vault_merge_init(kept, manifest->n_segments + c->n_runs + c->n_writers, err);
  if (status == GY_OK) status = gy_vault_merge_init(others, manifest->n_segments, err);
  for (size_t i = 0; i < manifest->n_segments && status == GY_OK; i++) {
    if (c->folds[i])
      status = gy_vault_merge_add(kept, &manifest->segments[i], 0, err);
    else if (c->n_runs + c->n_writers > 0)
      status = gy_vault_merge_add(others, &manifest->segments[i], 0, err);
  }
  for (size_t i = 0; i < c->n_runs && status == GY_OK; i++)
    status = gy_vault_merge_add(kept, c->runs[i], 1, err);
  for (size_t w = 0; w < c->n_writers && status == GY_OK; w++)
    gy_vault_merge_add_held(kept, c->writers[w], 1);
  return status;
}

static bool is_removed(const change *c, size_t *at, const gy_vault_key *key) {
  while (*at < c->n_removed && gy_vault_key_compare(&c->removed[*at], key) < 0) (*at)++;
  return *at < c->n_removed && gy_vault_key_compare(&c->removed[*at], key) == 0;
}

static gy_status merge_into(const change *c, gy_segment_writer *out, gy_error *err) {
  gy_vault_merge kept = {0}, others = {0};
  gy_status status = open_merges(c, &kept, &others, err);
  size_t removed_at = 0;
  const gy_vault_record *record, *other;
  while (status == GY_OK && (record = gy_vault_merge_peek(&kept)) != NULL) {
    status = gy_vault_merge_seek(&others, &record->key, err);
    if (status != GY_OK) break;
    other = gy_vault_merge_peek(&others);
    bool is_there = other != NULL && gy_vault_key_compare(&other->key, &record->key) == 0;
    if (!is_there && !is_removed(c, &removed_at, &record->key))
      status = gy_segment_writer_add(out, record, err);
    if (status == GY_OK) status = gy_vault_merge_next(&kept, err);
  }
  gy_vault_merge_clear(&kept);
  gy_vault_merge_clear(&others);
  return status;
}

/* Writes it and flushes it to disk. */
static gy_status write_segment(const change *c, gy_segment *segment, gy_error *err) {
  const gy_vault *vault = c->vault;
  gy_segment_seal seal = {.key = gy_key_ring_vault_key(vault->ring, c->key_number),
                          .id = vault->manifest.next_id};
  memcpy(seal.vault_id, gy_key_ring_vault_id(vault->ring), sizeof seal.vault_id);
  char *path = gy_vault_segment_path(vault->ring, seal.id);
  if (path == NULL) return gy_fail(err, GY_ENOMEM, "no memory to change the vault");
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    gy_status status = gy_fail_errno(err, "write the vault file", path);
    free(path);
    return status;
  }
  gy_segment_writer out;
  gy_status status = gy_segment_writer_init(&out, &seal, fd, path, err);
  if (status == GY_OK) status = merge_into(c, &out, err);
  if (status == GY_OK) status = gy_segment_writer_finish(&out, segment, err);
  if (status == GY_OK && fsync(segment->fd) != 0) status = gy_fail_errno(err, "write", segment->path);
  if (status == GY_OK) gy_file_flush_folder(segment->path);
  gy_segment_writer_clear(&out);
  return status;
}

/* ---- the commit ---- */

static gy_status save_manifest(const change *c, const gy_segment *segment, gy_error *err) {
  const gy_vault_manifest *old = &c->vault->manifest;
  gy_vault_manifest fresh = {.key_number = c->key_number,
                             .generation = old->generation + 1,
                             .next_id = old->next_id + 1,
                             .segments = malloc((old->n_segments + 1) * sizeof *fresh.segments)};
  if (fresh.segments == NULL) return gy_fail(err, GY_ENOMEM, "no memory to change the vault");
  for (size_t i = 0; i < old->n_segments; i++)
    if (!c->folds[i]) fresh.segments[fresh.n_segments++] = old->segments[i];
  if (segment->n_pages > 0) fresh.segments[fresh.n_segments++] = *segment;
  gy_status status = fresh.n_segments > GY_MANIFEST_SEGMENTS_MOST
                         ? gy_fail(err, GY_ELIMIT, "the vault would have too many files")
                         : gy_vault_manifest_save(c->vault->ring, &fresh, err);
  free(fresh.segments); /* the segments themselves are lent */
  return status;
}

static void delete_replaced(const change *c, const gy_segment *segment) {
  const gy_vault_manifest *old = &c->vault->manifest;
  for (size_t i = 0; i < old->n_segments; i++)
    if (c->folds[i]) unlink(old->segments[i].path);
  if (segment->n_pages == 0 && segment->path != NULL) unlink(segment->path);
  gy_file_flush_folder(segment->path);
}

/* Makes the change, unless the new segment would hold what there was (`n_before`: records of what is folded)
 * and nothing is asked for but that. `n_after`: records of the new segment. */
static gy_status change_commit(change *c, bool always, uint64_t n_before, uint64_t *n_after, gy_error *err) {
  gy_segment segment = {.fd = -1};
  gy_status status = write_segment(c, &segment, err);
  if (status != GY_OK) {
    delete_strays(c->vault);
    gy_segment_close(&segment);
    return status;
  }
  *n_after = gy_segment_n_records(&segment);
  if (*n_after == n_before && !always) {
    unlink(segment.path);
  } else {
    status = save_manifest(c, &segment, err);
    if (status == GY_OK) {
      status = gy_key_ring_settle(c->vault->ring, c->key_number, c->vault->manifest.generation + 1, err);
      delete_replaced(c, &segment);
    } else {
      unlink(segment.path);
    }
    if (status == GY_OK) status = gy_vault_load(c->vault, err);
  }
  gy_segment_close(&segment);
  return status;
}

/* ---- what is changed ---- */

static uint64_t count_folded(const change *c) {
  uint64_t n = 0;
  for (size_t i = 0; i < c->vault->manifest.n_segments; i++)
    if (c->folds[i]) n += gy_segment_n_records(&c->vault->manifest.segments[i]);
  return n;
}

/* Compaction: segments join the new one, the smallest first, as long as each is at most twice of what has
 * come together. So sizes stay a geometric row, and a record is written anew a logarithmic number of times.
 */
static void fold_small(change *c, uint64_t n_pages) {
  const gy_vault_manifest *manifest = &c->vault->manifest;
  for (;;) {
    size_t least = manifest->n_segments;
    for (size_t i = 0; i < manifest->n_segments; i++)
      if (!c->folds[i] && (least == manifest->n_segments ||
                           manifest->segments[i].n_pages < manifest->segments[least].n_pages))
        least = i;
    if (least == manifest->n_segments || manifest->segments[least].n_pages > 2 * n_pages) return;
    c->folds[least] = true;
    n_pages += manifest->segments[least].n_pages;
  }
}

/* What all writers have, spilled and in memory; how many pages that is. */
static gy_status collect_runs(change *c, gy_vault_writer *const *writers, size_t n_writers, uint64_t *n_pages,
                              gy_error *err) {
  size_t n_all = 0;
  for (size_t w = 0; w < n_writers; w++) {
    size_t n = 0;
    gy_vault_writer_runs(writers[w], &n);
    n_all += n;
    *n_pages += gy_vault_writer_pages(writers[w]);
  }
  c->writers = writers;
  c->n_writers = n_writers;
  c->runs = calloc(n_all + 1, sizeof *c->runs);
  if (c->runs == NULL) return gy_fail(err, GY_ENOMEM, "no memory to change the vault");
  for (size_t w = 0; w < n_writers; w++) {
    size_t n = 0;
    const gy_segment *runs = gy_vault_writer_runs(writers[w], &n);
    for (size_t i = 0; i < n; i++) {
      c->runs[c->n_runs++] = &runs[i];
      *n_pages += runs[i].n_pages;
    }
  }
  return GY_OK;
}

static gy_status sort_writers(gy_vault_writer *const *writers, size_t n_writers, gy_error *err) {
  bool failed = false;
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)n_writers) if (n_writers > 1) \
    reduction(||                                                                             \
              : failed)
  for (size_t w = 0; w < n_writers; w++) failed = gy_vault_writer_sort(writers[w], NULL) != GY_OK || failed;
  return failed ? gy_fail(err, GY_ENOMEM, "no memory to write to the vault") : GY_OK;
}

gy_status gy_vault_writers_commit(gy_vault *vault, gy_vault_writer *const *writers, size_t n_writers,
                                  uint64_t *added, gy_error *err) {
  change c = {.lock = -1};
  uint64_t n_pages = 0, n_before = 0, n_after = 0;
  gy_status status = sort_writers(writers, n_writers, err);
  if (status == GY_OK) status = change_begin(vault, &c, err);
  if (status == GY_OK) status = collect_runs(&c, writers, n_writers, &n_pages, err);
  if (status == GY_OK && n_pages > 0) {
    fold_small(&c, n_pages);
    n_before = count_folded(&c);
    status = change_commit(&c, false, n_before, &n_after, err);
  }
  change_clear(&c);
  if (status == GY_OK && added != NULL) *added = n_after - n_before;
  return status;
}

static int compare_keys(const void *a, const void *b) { return gy_vault_key_compare(a, b); }

/* Marks the segments that hold one of the keys. */
static gy_status fold_concerned(change *c, gy_error *err) {
  gy_status status = GY_OK;
  const gy_vault_manifest *manifest = &c->vault->manifest;
  for (size_t i = 0; i < manifest->n_segments && status == GY_OK; i++) {
    gy_segment_cursor cursor;
    status = gy_segment_cursor_init(&cursor, &manifest->segments[i], err);
    for (size_t k = 0; k < c->n_removed && status == GY_OK && !c->folds[i] && !cursor.ended; k++) {
      status = gy_segment_cursor_seek(&cursor, &c->removed[k], err);
      c->folds[i] =
          status == GY_OK && !cursor.ended && gy_vault_key_compare(&cursor.record.key, &c->removed[k]) == 0;
    }
    gy_segment_cursor_clear(&cursor);
  }
  return status;
}

gy_status gy_vault_remove(gy_vault *vault, const gy_vault_key *keys, size_t n_keys, uint64_t *removed,
                          gy_error *err) {
  change c = {.lock = -1};
  uint64_t n_before = 0, n_after = 0;
  gy_vault_key *sorted = malloc((n_keys + 1) * sizeof *sorted);
  if (sorted == NULL) return gy_fail(err, GY_ENOMEM, "no memory to remove %zu keys from the vault", n_keys);
  if (n_keys > 0) memcpy(sorted, keys, n_keys * sizeof *sorted);
  qsort(sorted, n_keys, sizeof *sorted, compare_keys);
  gy_status status = change_begin(vault, &c, err);
  if (status == GY_OK) {
    c.removed = sorted;
    c.n_removed = n_keys;
    status = fold_concerned(&c, err);
    n_before = count_folded(&c);
  }
  if (status == GY_OK && n_before > 0) status = change_commit(&c, false, n_before, &n_after, err);
  change_clear(&c);
  free(sorted);
  if (status == GY_OK && removed != NULL) *removed = n_before - n_after;
  return status;
}

gy_status gy_vault_rotate(gy_vault *vault, gy_error *err) {
  change c = {.lock = -1};
  uint64_t n_after = 0;
  gy_status status = change_begin(vault, &c, err);
  if (status == GY_OK) status = gy_key_ring_begin_rotation(vault->ring, &c.key_number, err);
  if (status == GY_OK) {
    for (size_t i = 0; i < vault->manifest.n_segments; i++) c.folds[i] = true;
    status = change_commit(&c, true, count_folded(&c), &n_after, err);
  }
  change_clear(&c);
  return status;
}
