/* SPDX-License-Identifier: Apache-2.0
 *
 * A simulated shop as CSV files. Threads take parts of a table and turn them into text, each into its own
 * buffer; the buffers of a round are then written in order of their parts, so the file does not depend on
 * the threads. All tables that follow the schedule are written in one pass over it. */
#include <stdio.h>
#include <stdlib.h>

#include "num/threads.h"
#include "study/shop_csv.h"
#include "study/simulate_shop.h"

enum { ROUNDS_PARTS = 4 };
static const size_t part_bytes_max = (size_t)1 << 30;

/* The text of one part in each table that is being written. */
typedef struct part_text {
  gy_buffer texts[GY_SHOP_TABLE_COUNT];
  uint64_t rows[GY_SHOP_TABLE_COUNT];
  uint64_t returns;
  uint64_t defects[GY_SHOP_DEFECT_COUNT];
  bool failed;
} part_text;

typedef struct csv_writer {
  gy_shop_run *run;
  int n_threads;
  gy_shop_block **blocks; /* n_threads x GY_SHOP_TABLE_COUNT */
  size_t n_slots;
  part_text *slots;
} csv_writer;

static void render_part(csv_writer *w, const gy_shop_schedule *schedule, gy_shop_table table, size_t part,
                        gy_shop_block *block, part_text *slot) {
  const gy_shop *shop = w->run->shop;
  gy_shop_cursor cursor;
  size_t n_fields;
  const gy_shop_field *fields = gy_shop_fields(shop, table, &n_fields);
  gy_shop_cursor_open(shop, schedule, table, part, &cursor);
  for (;;) {
    gy_shop_fill(shop, schedule, table, &cursor, block);
    if (block->n_rows == 0) break;
    slot->rows[table] += block->n_rows;
    slot->returns += block->return_rows;
    for (int d = 0; d < GY_SHOP_DEFECT_COUNT; d++) slot->defects[d] += block->defect_rows[d];
    if (!gy_shop_csv_rows(fields, block, &slot->texts[table])) slot->failed = true;
  }
  bool is_cp949 = w->run->options->encoding == GY_SHOP_CP949;
  if (is_cp949 && !slot->failed && !gy_shop_csv_to_cp949(&slot->texts[table])) slot->failed = true;
}

static void slot_reset(part_text *slot) {
  for (int t = 0; t < GY_SHOP_TABLE_COUNT; t++) {
    slot->texts[t].length = 0;
    slot->rows[t] = 0;
  }
  slot->returns = 0;
  for (int d = 0; d < GY_SHOP_DEFECT_COUNT; d++) slot->defects[d] = 0;
  slot->failed = false;
}

static void render_round(csv_writer *w, const gy_shop_schedule *schedule, unsigned tables, size_t first,
                         size_t n) {
#pragma omp parallel for num_threads(w->n_threads) schedule(dynamic)
  for (size_t i = 0; i < n; i++) {
    part_text *slot = &w->slots[i];
    slot_reset(slot);
    for (int t = 0; t < GY_SHOP_TABLE_COUNT; t++) {
      if (!(tables >> t & 1) || gy_task_cancelled(w->run->task)) continue;
      gy_shop_block *block = w->blocks[gy_thread_number() * GY_SHOP_TABLE_COUNT + t];
      render_part(w, schedule, (gy_shop_table)t, first + i, block, slot);
    }
  }
}

static gy_status write_slot(gy_shop_run *run, const part_text *slot, unsigned tables, gy_error *err) {
  if (slot->failed) return gy_fail(err, GY_ENOMEM, "no memory for the text of a part of the shop");
  for (int t = 0; t < GY_SHOP_TABLE_COUNT; t++) {
    if (!(tables >> t & 1)) continue;
    gy_status status = gy_output_file_write(&run->files[t], slot->texts[t].data, slot->texts[t].length, err);
    if (status != GY_OK) return status;
    run->summary.rows[t] += slot->rows[t];
  }
  run->summary.returns += slot->returns;
  for (int d = 0; d < GY_SHOP_DEFECT_COUNT; d++) run->summary.defects[d] += slot->defects[d];
  return GY_OK;
}

static gy_status write_parts(csv_writer *w, const gy_shop_schedule *schedule, unsigned tables, size_t n_parts,
                             gy_error *err) {
  for (size_t first = 0; first < n_parts; first += w->n_slots) {
    size_t n = n_parts - first < w->n_slots ? n_parts - first : w->n_slots;
    render_round(w, schedule, tables, first, n);
    gy_status status = gy_task_check(w->run->task, err);
    for (size_t i = 0; i < n && status == GY_OK; i++) status = write_slot(w->run, &w->slots[i], tables, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

static gy_status write_scheduled(csv_writer *w, unsigned tables, gy_error *err) {
  gy_shop_run *run = w->run;
  gy_shop_schedule *schedule = NULL;
  bool more = true;
  gy_status status =
      gy_shop_schedule_create(run->shop, gy_shop_run_wants(run, GY_SHOP_EVENTS), run->task, &schedule, err);
  if (status != GY_OK) return status;
  uint64_t total = run->summary.orders = gy_shop_schedule_orders(schedule);
  while (status == GY_OK && more) {
    status = gy_shop_schedule_next(schedule, run->task, &more, err);
    if (status == GY_OK && more)
      status = write_parts(w, schedule, tables, gy_shop_parts(run->shop, schedule, GY_SHOP_ORDERS), err);
    gy_task_progress(run->task, "simulate orders", gy_shop_schedule_done(schedule), total, "orders");
  }
  gy_shop_schedule_destroy(schedule);
  return status;
}

static gy_status open_files(gy_shop_run *run, gy_error *err) {
  for (int t = 0; t < GY_SHOP_TABLE_COUNT; t++) {
    if (!gy_shop_run_wants(run, (gy_shop_table)t)) continue;
    char name[64];
    size_t n_fields;
    const gy_shop_field *fields = gy_shop_fields(run->shop, (gy_shop_table)t, &n_fields);
    snprintf(name, sizeof name, "%s.csv", gy_shop_table_name((gy_shop_table)t));
    gy_status status = gy_output_file_open(&run->files[t], run->dir, name, err);
    if (status != GY_OK) return status;
    gy_buffer header;
    gy_buffer_init(&header, 4096);
    bool is_cp949 = run->options->encoding == GY_SHOP_CP949;
    if (!gy_shop_csv_header(run->shop, fields, n_fields, &header) ||
        (is_cp949 && !gy_shop_csv_to_cp949(&header)))
      status = gy_fail(err, GY_ENOMEM, "no memory for a header");
    else
      status = gy_output_file_write(&run->files[t], header.data, header.length, err);
    gy_buffer_clear(&header);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

static gy_status writer_create(gy_shop_run *run, csv_writer *w, gy_error *err) {
  *w = (csv_writer){.run = run, .n_threads = gy_task_threads(run->task)};
  w->n_slots = w->n_threads > 1 ? (size_t)w->n_threads * ROUNDS_PARTS : 1;
  w->slots = calloc(w->n_slots, sizeof *w->slots);
  w->blocks = calloc((size_t)w->n_threads * GY_SHOP_TABLE_COUNT, sizeof *w->blocks);
  if (w->slots == NULL || w->blocks == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the writers");
  for (size_t i = 0; i < w->n_slots; i++)
    for (int t = 0; t < GY_SHOP_TABLE_COUNT; t++) gy_buffer_init(&w->slots[i].texts[t], part_bytes_max);
  for (int i = 0; i < w->n_threads * GY_SHOP_TABLE_COUNT; i++) {
    gy_shop_table table = (gy_shop_table)(i % GY_SHOP_TABLE_COUNT);
    if (!gy_shop_run_wants(run, table)) continue;
    gy_status status = gy_shop_block_create(run->shop, table, &w->blocks[i], err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

static void writer_clear(csv_writer *w) {
  for (size_t i = 0; w->slots != NULL && i < w->n_slots; i++)
    for (int t = 0; t < GY_SHOP_TABLE_COUNT; t++) gy_buffer_clear(&w->slots[i].texts[t]);
  for (int i = 0; w->blocks != NULL && i < w->n_threads * GY_SHOP_TABLE_COUNT; i++)
    gy_shop_block_destroy(w->blocks[i]);
  free(w->slots);
  free(w->blocks);
}

gy_status gy_shop_write_csv(gy_shop_run *run, gy_error *err) {
  csv_writer w;
  unsigned scheduled = 0;
  gy_status status = writer_create(run, &w, err);
  if (status == GY_OK) status = open_files(run, err);
  for (int t = 0; t < GY_SHOP_TABLE_COUNT && status == GY_OK; t++) {
    gy_shop_table table = (gy_shop_table)t;
    if (!gy_shop_run_wants(run, table)) continue;
    if (gy_shop_is_scheduled(table))
      scheduled |= 1u << t;
    else
      status = write_parts(&w, NULL, 1u << t, gy_shop_parts(run->shop, NULL, table), err);
  }
  if (status == GY_OK && scheduled != 0) status = write_scheduled(&w, scheduled, err);
  for (int t = 0; t < GY_SHOP_TABLE_COUNT && status == GY_OK; t++)
    if (gy_shop_run_wants(run, (gy_shop_table)t)) status = gy_output_file_finish(&run->files[t], err);
  writer_clear(&w);
  return status;
}
