/* SPDX-License-Identifier: Apache-2.0
 *
 * Merging sorted segments and what writers have in memory: a heap of cursors, the least record on top. */
#include <stdlib.h>
#include <string.h>

#include "privacy/vault_work.h"

gy_status gy_vault_merge_init(gy_vault_merge *merge, size_t n_most, gy_error *err) {
  *merge = (gy_vault_merge){.cursors = calloc(n_most + 1, sizeof *merge->cursors),
                            .ranks = calloc(n_most + 1, sizeof *merge->ranks),
                            .held = calloc(n_most + 1, sizeof *merge->held),
                            .held_at = calloc(n_most + 1, sizeof *merge->held_at),
                            .heap = calloc(n_most + 1, sizeof *merge->heap)};
  if (merge->held == NULL || merge->held_at == NULL || merge->cursors == NULL || merge->ranks == NULL ||
      merge->heap == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory to merge %zu files of the vault", n_most);
  return GY_OK;
}

static bool is_before(const gy_vault_merge *merge, size_t a, size_t b) {
  const gy_vault_record *x = &merge->cursors[a].record, *y = &merge->cursors[b].record;
  int order = gy_vault_key_compare(&x->key, &y->key);
  if (order != 0) return order < 0;
  if (merge->ranks[a] != merge->ranks[b]) return merge->ranks[a] < merge->ranks[b];
  size_t common = x->length < y->length ? x->length : y->length;
  order = common > 0 ? memcmp(x->text, y->text, common) : 0;
  return order != 0 ? order < 0 : x->length < y->length;
}

static void swap(size_t *a, size_t *b) {
  size_t kept = *a;
  *a = *b;
  *b = kept;
}

static void sift_down(gy_vault_merge *merge) {
  for (size_t at = 0;;) {
    size_t least = at;
    for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < merge->n_heap; child++)
      if (is_before(merge, merge->heap[child], merge->heap[least])) least = child;
    if (least == at) return;
    swap(&merge->heap[at], &merge->heap[least]);
    at = least;
  }
}

/* A cursor that is at its first record finds its place. */
static void enter(gy_vault_merge *merge, size_t cursor) {
  size_t at = merge->n_heap++;
  merge->heap[at] = cursor;
  for (; at > 0 && is_before(merge, merge->heap[at], merge->heap[(at - 1) / 2]); at = (at - 1) / 2)
    swap(&merge->heap[at], &merge->heap[(at - 1) / 2]);
}

gy_status gy_vault_merge_add(gy_vault_merge *merge, const gy_segment *segment, int rank, gy_error *err) {
  size_t cursor = merge->n_cursors++;
  merge->ranks[cursor] = rank;
  gy_status status = gy_segment_cursor_init(&merge->cursors[cursor], segment, err);
  if (status == GY_OK && !merge->cursors[cursor].ended) enter(merge, cursor);
  return status;
}

static void next_held(gy_vault_merge *merge, size_t cursor) {
  gy_segment_cursor *c = &merge->cursors[cursor];
  c->ended = !gy_vault_writer_record(merge->held[cursor], &merge->held_at[cursor], &c->record);
}

void gy_vault_merge_add_held(gy_vault_merge *merge, const gy_vault_writer *writer, int rank) {
  size_t cursor = merge->n_cursors++;
  merge->ranks[cursor] = rank;
  merge->held[cursor] = writer;
  next_held(merge, cursor);
  if (!merge->cursors[cursor].ended) enter(merge, cursor);
}

const gy_vault_record *gy_vault_merge_peek(const gy_vault_merge *merge) {
  return merge->n_heap > 0 ? &merge->cursors[merge->heap[0]].record : NULL;
}

/* The top has moved on: it finds its place. */
static void settle_top(gy_vault_merge *merge) {
  if (merge->cursors[merge->heap[0]].ended) merge->heap[0] = merge->heap[--merge->n_heap];
  sift_down(merge);
}

gy_status gy_vault_merge_next(gy_vault_merge *merge, gy_error *err) {
  gy_vault_key key = gy_vault_merge_peek(merge)->key;
  const gy_vault_record *record;
  while ((record = gy_vault_merge_peek(merge)) != NULL && gy_vault_key_compare(&record->key, &key) == 0) {
    size_t top = merge->heap[0];
    gy_status status = GY_OK;
    if (merge->held[top] != NULL)
      next_held(merge, top);
    else
      status = gy_segment_cursor_next(&merge->cursors[top], err);
    if (status != GY_OK) return status;
    settle_top(merge);
  }
  return GY_OK;
}

gy_status gy_vault_merge_seek(gy_vault_merge *merge, const gy_vault_key *key, gy_error *err) {
  const gy_vault_record *record;
  while ((record = gy_vault_merge_peek(merge)) != NULL && gy_vault_key_compare(&record->key, key) < 0) {
    size_t top = merge->heap[0];
    gy_status status = GY_OK;
    if (merge->held[top] != NULL)
      next_held(merge, top);
    else
      status = gy_segment_cursor_seek(&merge->cursors[top], key, err);
    if (status != GY_OK) return status;
    settle_top(merge);
  }
  return GY_OK;
}

void gy_vault_merge_clear(gy_vault_merge *merge) {
  for (size_t i = 0; i < merge->n_cursors; i++) gy_segment_cursor_clear(&merge->cursors[i]);
  free(merge->cursors);
  free(merge->ranks);
  free(merge->held);
  free(merge->held_at);
  free(merge->heap);
  *merge = (gy_vault_merge){0};
}
