/* SPDX-License-Identifier: Apache-2.0
 *
 * Disjoint sets that threads join at once without locks (Anderson and Woll 1991). A member points to a lower
 * member of its set, a root to itself; joining puts the higher root under the lower with one
 * compare-and-swap, and finding shortens the way by halves. The root of a finished set is its lowest member,
 * whatever the order of the joins: results do not depend on the threads. */
#ifndef GYEOL_NUM_DISJOINT_SETS_H
#define GYEOL_NUM_DISJOINT_SETS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Pointers to lower members; each begins as its own. */
typedef _Atomic uint32_t gy_set_member;

static inline uint32_t gy_sets_find(gy_set_member *sets, uint32_t member) {
  uint32_t up = atomic_load_explicit(&sets[member], memory_order_relaxed);
  while (up != member) {
    uint32_t further = atomic_load_explicit(&sets[up], memory_order_relaxed);
    /* Only members that are no roots are written, and always to one above them: a late write does no harm. */
    if (further != up) atomic_store_explicit(&sets[member], further, memory_order_relaxed);
    member = up;
    up = further;
  }
  return member;
}

/* False where they were in one set already. */
static inline bool gy_sets_join(gy_set_member *sets, uint32_t a, uint32_t b) {
  for (;;) {
    a = gy_sets_find(sets, a);
    b = gy_sets_find(sets, b);
    if (a == b) return false;
    uint32_t low = a < b ? a : b, high = a < b ? b : a, expected = high;
    if (atomic_compare_exchange_weak_explicit(&sets[high], &expected, low, memory_order_relaxed,
                                              memory_order_relaxed))
      return true;
  }
}

#endif
