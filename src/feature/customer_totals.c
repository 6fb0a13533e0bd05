/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/customer_totals.h"

#include <stdlib.h>

void gy_customer_totals_clear(gy_customer_totals *totals) {
  free(totals->cells);
  *totals = (gy_customer_totals){0};
}

uint64_t gy_customer_totals_flagged(const gy_customer_totals *totals, int mask, int64_t *amount) {
  uint64_t rows = 0;
  int64_t sum = 0;
  for (int flags = 0; flags < GY_FLAG_COMBINATIONS; flags++) {
    if ((flags & mask) == 0) continue;
    rows += totals->lines.rows[flags];
    sum += totals->lines.amount[flags];
  }
  if (amount != NULL) *amount = sum;
  return rows;
}
