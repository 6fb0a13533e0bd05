/* SPDX-License-Identifier: Apache-2.0 */
#include "segment/overlap.h"

#include <roaring/roaring.h>
#include <stdatomic.h>
#include <stdlib.h>

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

uint64_t gy_member_sets_size(const gy_member_sets *sets, size_t set) {
  return roaring_bitmap_get_cardinality(sets->sets[set]);
}

gy_status gy_member_sets_overlap(const gy_member_sets *sets, const gy_task *task, uint64_t *shared,
                                 gy_error *err) {
  size_t n = sets->n;
  atomic_bool stopped = false;
#pragma omp parallel for schedule(dynamic, 1) num_threads(gy_task_threads(task))
  for (size_t a = 0; a < n; a++) {
    if (atomic_load(&stopped)) continue;
    if (gy_task_check(task, NULL) != GY_OK) atomic_store(&stopped, true);
    for (size_t b = a; b < n; b++) {
      uint64_t both = roaring_bitmap_and_cardinality(sets->sets[a], sets->sets[b]);
      shared[a * n + b] = shared[b * n + a] = both;
    }
  }
  return stopped ? gy_task_check(task, err) : GY_OK;
}
