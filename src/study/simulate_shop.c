/* SPDX-License-Identifier: Apache-2.0
 *
 * A run of the shop simulator into a directory: nothing gets its name before everything is written and
 * durable, so a run that fails or is stopped leaves the directory as it was. */
#include "study/simulate_shop.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

/* All names change at once as far as a file system allows: every file is finished before the first does. */
static gy_status publish_files(gy_shop_run *run, gy_error *err) {
  for (int f = 0; f <= GY_SHOP_TABLE_COUNT; f++) {
    gy_output_file *file = &run->files[f];
    if (file->partial[0] == '\0') continue;
    gy_status status = gy_output_file_publish(file, err);
    if (status != GY_OK) return status;
    if (f < GY_SHOP_TABLE_COUNT) run->summary.bytes[f] = file->bytes;
  }
  int directory = open(run->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    (void)fsync(directory);
    close(directory);
  }
  return GY_OK;
}

static void expect_orders(gy_shop_run *run) {
  for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++)
    run->summary.expected_orders += gy_shop_types(run->shop)[k].share * gy_shop_expected_orders(run->shop, k);
}

gy_status gy_simulate_shop(const gy_shop_options *options, const char *out_dir, const gy_task *task,
                           gy_shop_summary *summary, gy_error *err) {
  double start = gy_clock_seconds();
  gy_shop *shop = NULL;
  gy_shop_run run = {.options = options, .dir = out_dir, .task = task};
  for (int f = 0; f <= GY_SHOP_TABLE_COUNT; f++) run.files[f].descriptor = -1;
  gy_status status = GY_OK;
  if (options->format == GY_SHOP_PARQUET && options->dirty_share > 0)
    status =
        gy_fail(err, GY_EUSAGE, "dirty rows are text that does not fit Parquet's types; use CSV for them");
  if (status == GY_OK && options->format == GY_SHOP_PARQUET && options->encoding != GY_SHOP_UTF8)
    status = gy_fail(err, GY_EUSAGE, "Parquet holds UTF-8 only; use CSV for CP949");
  if (status == GY_OK) status = gy_shop_create(options, &shop, err);
  if (status != GY_OK) goto done;
  run.shop = shop;
  expect_orders(&run);
  if ((status = gy_dir_create(out_dir, err)) != GY_OK) goto done;
  status =
      options->format == GY_SHOP_PARQUET ? gy_shop_write_parquet(&run, err) : gy_shop_write_csv(&run, err);
  if (status == GY_OK) status = gy_shop_write_truth(&run, err);
  if (status == GY_OK) status = publish_files(&run, err);

done:
  for (int f = 0; f <= GY_SHOP_TABLE_COUNT; f++) gy_output_file_abandon(&run.files[f]);
  gy_shop_destroy(shop);
  if (status != GY_OK) {
    gy_error_prefix(err, "simulate shop");
    return status;
  }
  run.summary.seconds = gy_clock_seconds() - start;
  *summary = run.summary;
  return GY_OK;
}
