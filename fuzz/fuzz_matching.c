/* SPDX-License-Identifier: Apache-2.0
 *
 * Any two labelings: a table that adds up and fates that point at each other, or a sentence. */
#include <gyeol/matching.h>

#include "fuzz_points.h"

static void check(const gy_matching *m, size_t n) {
  int64_t sum = 0, kept = 0;
  for (size_t i = 0; i < ((size_t)m->k_before + 1) * ((size_t)m->k_after + 1); i++) sum += m->counts[i];
  must(sum == (int64_t)n && m->n_kept <= m->n_both && m->n_both <= sum);
  for (int32_t a = 0; a < m->k_before; a++) {
    const gy_cluster_fate *fate = &m->before[a];
    must(fate->other >= -1 && fate->other < m->k_after && fate->share >= 0 && fate->share <= 1);
    if (fate->change != GY_CLUSTER_CONTINUES) continue;
    must(m->after[fate->other].change == GY_CLUSTER_CONTINUES && m->after[fate->other].other == a);
    kept += fate->shared;
  }
  must(kept == m->n_kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  int32_t k_before = (int32_t)fuzz_below(&bytes, 12), k_after = (int32_t)fuzz_below(&bytes, 12);
  gy_matching_options options = {fuzz_below(&bytes, 101) / 100.0, fuzz_below(&bytes, 101) / 100.0};
  size_t n = 0;
  int32_t before[256], after[256];
  while (bytes.size > 0 && n < 256) {
    before[n] = (int32_t)fuzz_below(&bytes, 13) - 1;
    after[n++] = (int32_t)fuzz_below(&bytes, 13) - 1;
  }
  gy_matching m;
  gy_error err = {0};
  gy_status status = gy_matching_find(before, k_before, after, k_after, n, &options, &m, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check(&m, n);
    gy_matching_clear(&m);
  }
  return 0;
}
