/* SPDX-License-Identifier: Apache-2.0 */
#include "study/simulate_shop.h"

gy_status gy_shop_write_parquet(gy_shop_run *run, gy_error *err) {
  (void)run;
  return gy_fail(err, GY_EUSAGE, "Parquet is not written yet; use CSV");
}
