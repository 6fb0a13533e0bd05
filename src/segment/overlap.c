/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets two by two would read every bitmap once for each other one, out of memory. Here all of them are
 * counted a block of 65,536 customers at a time: the block of each set becomes 8 KB of bits, so that those of
 * 100 sets stay in a core's cache while each meets each. Two sets share the bits that are set in both; a set
 * with few members in the block looks those up in the other instead. */
#include "segment/overlap.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/simd.h"
#include "num/threads.h"
#include "segment/overlap_block.h"

/* Members up to which looking up is quicker than counting 1,024 words; sets that meet others while in cache.
 */
enum { FEW = 128, TILE = 32 };

struct gy_member_sets {
  size_t n;
  roaring_bitmap_t *sets[];
};

gy_status gy_member_sets_create(size_t n, gy_member_sets **sets, gy_error *err) {
  gy_member_sets *made = calloc(1, sizeof *made + n * sizeof *made->sets);
  for (size_t i = 0; made != NULL && i < n; i++) {
    made->sets[i] = roaring_bitmap_create();
    made->n = i + 1;
    if (made->sets[i] != NULL) continue;
    gy_member_sets_destroy(made);
    made = NULL;
  }
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu sets of customers", n);
  *sets = made;
  return GY_OK;
}

void gy_member_sets_destroy(gy_member_sets *sets) {
  for (size_t i = 0; sets != NULL && i < sets->n; i++)
    if (sets->sets[i] != NULL) roaring_bitmap_free(sets->sets[i]);
  free(sets);
}

void gy_member_sets_add(gy_member_sets *sets, size_t set, const uint32_t *members, size_t n) {
  roaring_bitmap_add_many(sets->sets[set], n, members);
}

void gy_member_sets_join(gy_member_sets *sets, const gy_member_sets *more) {
  for (size_t i = 0; i < sets->n; i++) roaring_bitmap_or_inplace(sets->sets[i], more->sets[i]);
}

void gy_member_sets_compress(gy_member_sets *sets) {
  for (size_t i = 0; i < sets->n; i++) roaring_bitmap_run_optimize(sets->sets[i]);
}

uint64_t gy_member_sets_size(const gy_member_sets *sets, size_t set) {
  return roaring_bitmap_get_cardinality(sets->sets[set]);
}

/* ---- one block ---- */

/* A set within the block. */
typedef struct part {
  uint64_t words[GY_BLOCK_WORDS];
  uint16_t few[FEW]; /* the members, where there are no more */
  uint32_t n;
  uint32_t set;
} part;

typedef struct counting {
  size_t n;
  gy_blocks *blocks; /* of each set */
  part **parts;      /* of each thread, room for each set */
  uint64_t **counts; /* of each thread, n * n */
  int n_threads;
} counting;

static void list_few(part *p) {
  for (uint32_t w = 0, n = 0; n < p->n; w++)
    for (uint64_t left = p->words[w]; left != 0; left &= left - 1)
      p->few[n++] = (uint16_t)(w * 64 + (uint32_t)__builtin_ctzll(left));
}

static size_t take_parts(const counting *c, uint16_t key, part *parts) {
  size_t n = 0;
  for (size_t s = 0; s < c->n; s++) {
    const gy_block *block = gy_blocks_find(&c->blocks[s], key);
    if (block == NULL) continue;
    part *p = &parts[n++];
    p->set = (uint32_t)s;
    p->n = block->n;
    gy_block_expand(block, p->words);
    if (p->n <= FEW) list_few(p);
  }
  return n;
}

GY_SIMD_CLONES static uint64_t count_common(const uint64_t *restrict a, const uint64_t *restrict b) {
  uint64_t n = 0;
  for (size_t w = 0; w < GY_BLOCK_WORDS; w++) n += (uint64_t)__builtin_popcountll(a[w] & b[w]);
  return n;
}

static uint64_t look_up(const part *few, const part *in) {
  uint64_t n = 0;
  for (uint32_t i = 0; i < few->n; i++) n += in->words[few->few[i] / 64] >> few->few[i] % 64 & 1;
  return n;
}

static uint64_t meet(const part *a, const part *b) {
  const part *smaller = a->n <= b->n ? a : b;
  if (smaller->n <= FEW) return look_up(smaller, smaller == a ? b : a);
  return count_common(a->words, b->words);
}

/* Each with each, a tile of sets at a time. Sets of later parts have greater numbers. */
static void count_block(const counting *c, uint16_t key, part *parts, uint64_t *counts) {
  size_t n = take_parts(c, key, parts);
  for (size_t from_a = 0; from_a < n; from_a += TILE)
    for (size_t from_b = from_a; from_b < n; from_b += TILE)
      for (size_t a = from_a; a < n && a < from_a + TILE; a++) {
        uint64_t *row = counts + parts[a].set * c->n;
        for (size_t b = a + 1 > from_b ? a + 1 : from_b; b < n && b < from_b + TILE; b++)
          row[parts[b].set] += meet(&parts[a], &parts[b]);
        if (from_b == from_a) row[parts[a].set] += parts[a].n;
      }
}

/* ---- all blocks ---- */

static void close_counting(counting *c) {
  for (size_t s = 0; c->blocks != NULL && s < c->n; s++) gy_blocks_clear(&c->blocks[s]);
  for (int t = 0; t < c->n_threads; t++) {
    if (c->parts != NULL) free(c->parts[t]);
    if (c->counts != NULL) free(c->counts[t]);
  }
  free(c->blocks);
  free(c->parts);
  free(c->counts);
}

static gy_status open_counting(counting *c, const gy_member_sets *sets, gy_error *err) {
  size_t n = sets->n, n_threads = (size_t)c->n_threads;
  c->n = n;
  c->blocks = calloc(n + 1, sizeof *c->blocks);
  c->parts = calloc(n_threads, sizeof *c->parts);
  c->counts = calloc(n_threads, sizeof *c->counts);
  bool whole = c->blocks != NULL && c->parts != NULL && c->counts != NULL;
  for (size_t t = 0; whole && t < n_threads; t++) {
    c->parts[t] = malloc((n + 1) * sizeof **c->parts);
    c->counts[t] = calloc(n * n + 1, sizeof **c->counts);
    whole = c->parts[t] != NULL && c->counts[t] != NULL;
  }
  if (!whole) return gy_fail(err, GY_ENOMEM, "no memory to compare %zu sets of customers", n);
  gy_status status = GY_OK;
  for (size_t s = 0; status == GY_OK && s < n; s++)
    status = gy_blocks_init(&c->blocks[s], sets->sets[s], err);
  return status;
}

/* The last block that anybody has, and one. */
static uint32_t end_of_keys(const counting *c) {
  uint32_t end = 0;
  for (size_t s = 0; s < c->n; s++) {
    const gy_blocks *blocks = &c->blocks[s];
    uint32_t mine = blocks->n > 0 ? (uint32_t)blocks->blocks[blocks->n - 1].key + 1 : 0;
    if (mine > end) end = mine;
  }
  return end;
}

static void add_up(const counting *c, uint64_t *shared) {
  for (size_t a = 0; a < c->n; a++)
    for (size_t b = a; b < c->n; b++) {
      uint64_t both = 0;
      for (int t = 0; t < c->n_threads; t++) both += c->counts[t][a * c->n + b];
      shared[a * c->n + b] = shared[b * c->n + a] = both;
    }
}

gy_status gy_member_sets_overlap(const gy_member_sets *sets, const gy_task *task, uint64_t *shared,
                                 gy_error *err) {
  counting c = {.n_threads = gy_task_threads(task)};
  gy_status status = open_counting(&c, sets, err);
  uint32_t end = status == GY_OK ? end_of_keys(&c) : 0;
  atomic_bool stopped = false;
#pragma omp parallel for schedule(dynamic, 1) num_threads(c.n_threads)
  for (uint32_t key = 0; key < end; key++) {
    if (atomic_load(&stopped)) continue;
    if (gy_task_cancelled(task)) atomic_store(&stopped, true);
    size_t t = gy_thread_number();
    count_block(&c, (uint16_t)key, c.parts[t], c.counts[t]);
  }
  if (status == GY_OK && stopped) status = gy_task_check(task, err);
  if (status == GY_OK) add_up(&c, shared);
  close_counting(&c);
  return status;
}
