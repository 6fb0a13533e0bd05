/* SPDX-License-Identifier: Apache-2.0
 *
 * How many customers each two of 100 segments share, out of bitmaps in memory: a mix of rare, common, half
 * and contiguous segments. bench_segments [CUSTOMERS [SEGMENTS [ROUNDS]]]      default 10000000 100 3
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/rng.h"
#include "segment/overlap.h"

static void must(gy_status status, const gy_error *err) {
  if (status == GY_OK) return;
  fprintf(stderr, "bench_segments: %s\n", err->text);
  exit(1);
}

static void fill(gy_member_sets *sets, size_t n, uint32_t customers) {
  enum { ROOM = 4096 };
  static const unsigned KEEP[] = {1000, 100, 20, 10, 5, 4, 3, 2};
  uint32_t room[ROOM];
  for (size_t s = 0; s < n; s++) {
    gy_rng rng;
    gy_rng_init(&rng, 1, s);
    size_t filled = 0;
    uint32_t from = s % 9 == 8 ? customers / 3 : 0, end = s % 9 == 8 ? customers / 2 : customers;
    unsigned keep = s % 9 == 8 ? 1 : KEEP[s % 9];
    for (uint32_t c = from; c < end; c++) {
      if (keep > 1 && gy_rng_below(&rng, keep) != 0) continue;
      room[filled++] = c;
      if (filled < ROOM) continue;
      gy_member_sets_add(sets, s, room, filled);
      filled = 0;
    }
    gy_member_sets_add(sets, s, room, filled);
  }
}

int main(int n_arguments, char **arguments) {
  uint32_t customers = n_arguments > 1 ? (uint32_t)strtoul(arguments[1], NULL, 10) : 10000000;
  size_t n = n_arguments > 2 ? strtoul(arguments[2], NULL, 10) : 100;
  int rounds = n_arguments > 3 ? atoi(arguments[3]) : 3;
  gy_member_sets *sets = NULL;
  gy_error err = {0};
  uint64_t *shared = calloc(n * n + 1, sizeof *shared), members = 0;
  must(shared != NULL ? GY_OK : GY_ENOMEM, &err);
  must(gy_member_sets_create(n, &sets, &err), &err);
  fill(sets, n, customers);
  for (size_t s = 0; s < n; s++) members += gy_member_sets_size(sets, s);
  printf("%zu segments of %u customers, %llu memberships\n", n, customers, (unsigned long long)members);
  for (int round = 0; round < rounds; round++) {
    double start = gy_clock_seconds();
    clock_t spent = clock();
    must(gy_member_sets_overlap(sets, NULL, shared, &err), &err);
    printf("overlap %.3f s, %.3f s of processors\n", gy_clock_seconds() - start,
           (double)(clock() - spent) / CLOCKS_PER_SEC);
  }
  gy_member_sets_destroy(sets);
  free(shared);
  return 0;
}
