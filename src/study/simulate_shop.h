/* SPDX-License-Identifier: Apache-2.0
 *
 * What the writers of a simulated shop share. */
#ifndef GYEOL_STUDY_SIMULATE_SHOP_H
#define GYEOL_STUDY_SIMULATE_SHOP_H

#include "simulate/shop.h"
#include "study/output_file.h"

/* A run of the simulator: one file a table, `truth.json` behind them. */
typedef struct gy_shop_run {
  const gy_shop *shop;
  const gy_shop_options *options;
  const char *dir;
  const gy_task *task;
  gy_output_file files[GY_SHOP_TABLE_COUNT + 1];
  gy_shop_summary summary;
} gy_shop_run;

static inline bool gy_shop_run_wants(const gy_shop_run *run, gy_shop_table table) {
  return run->options->tables >> table & 1;
}

/* Writes and finishes all tables of the run; the files are left unpublished. */
GY_MUST_USE gy_status gy_shop_write_csv(gy_shop_run *run, gy_error *err);
GY_MUST_USE gy_status gy_shop_write_parquet(gy_shop_run *run, gy_error *err);
/* Writes and finishes truth.json from the shop and the run's summary. */
GY_MUST_USE gy_status gy_shop_write_truth(gy_shop_run *run, gy_error *err);

#endif
