/* SPDX-License-Identifier: Apache-2.0
 *
 * A simulated shop as Parquet files: each table is published to the engine as a source and copied out.
 *
 * The engine keeps the order of rows only on a single thread, so one thread writes; the schedule behind it
 * is still made on all of the task's. Times are local timestamps without a zone, as in the CSV. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/engine.h"
#include "study/simulate_shop.h"

_Static_assert((int)GY_SHOP_BLOCK_ROWS == (int)GY_CHUNK_ROWS,
               "a block of the simulator is a chunk of the engine");

/* The reading of one table, from its first row to its last. */
typedef struct table_reader {
  gy_shop_run *run;
  gy_shop_table table;
  const gy_shop_field *fields;
  gy_source_column columns[GY_SHOP_COLUMNS_MAX];
  size_t n_columns;
  gy_shop_block *block;
  gy_shop_schedule *schedule; /* NULL for tables that do not follow it */
  gy_shop_cursor cursor;
  size_t part, n_parts;
  bool in_part;
} table_reader;

/* Moves to the next part; `*more` is false behind the last. */
static gy_status next_part(table_reader *r, bool *more, gy_error *err) {
  *more = true;
  while (r->part == r->n_parts) {
    if (r->schedule == NULL)
      *more = false;
    else {
      gy_status status = gy_shop_schedule_next(r->schedule, r->run->task, more, err);
      if (status != GY_OK) return status;
    }
    if (!*more) return GY_OK;
    r->part = 0;
    r->n_parts = gy_shop_parts(r->run->shop, r->schedule, r->table);
  }
  gy_shop_cursor_open(r->run->shop, r->schedule, r->table, r->part++, &r->cursor);
  r->in_part = true;
  return GY_OK;
}

static void put_column(const table_reader *r, size_t c, gy_chunk_writer *writer) {
  const gy_shop_block *block = r->block;
  double scale = pow(10, r->fields[c].decimals);
  for (size_t row = 0; row < block->n_rows; row++) {
    if (r->fields[c].kind == GY_SHOP_TEXT) {
      gy_shop_text text = block->texts[c][row];
      if (text.data == NULL)
        gy_writer_null(writer, c, row);
      else
        gy_writer_text(writer, c, row, text.data, text.length);
      continue;
    }
    int64_t value = block->values[c][row];
    if (value == GY_SHOP_NULL)
      gy_writer_null(writer, c, row);
    else if (r->fields[c].kind == GY_SHOP_DECIMAL)
      ((double *)writer->data[c])[row] = (double)value / scale;
    else
      ((int64_t *)writer->data[c])[row] = r->fields[c].kind == GY_SHOP_TIME ? value * 1000000 : value;
  }
}

static gy_status fill_rows(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                           gy_error *err) {
  (void)local;
  table_reader *r = shared;
  gy_shop_summary *summary = &r->run->summary;
  bool more = true;
  for (r->block->n_rows = 0; more && r->block->n_rows == 0;) {
    if (!r->in_part) {
      gy_status status = next_part(r, &more, err);
      if (status != GY_OK) return status;
      continue;
    }
    gy_shop_fill(r->run->shop, r->schedule, r->table, &r->cursor, r->block);
    r->in_part = r->block->n_rows > 0;
  }
  *n_rows = r->block->n_rows;
  if (*n_rows == 0) return GY_OK;
  for (size_t c = 0; c < r->n_columns; c++) put_column(r, c, writer);
  summary->rows[r->table] += *n_rows;
  summary->returns += r->block->return_rows;
  return GY_OK;
}

static gy_status reader_open(table_reader *r, gy_shop_run *run, gy_shop_table table, gy_error *err) {
  static const gy_type types[] = {[GY_SHOP_INTEGER] = GY_TYPE_INT64,
                                  [GY_SHOP_DECIMAL] = GY_TYPE_DOUBLE,
                                  [GY_SHOP_TIME] = GY_TYPE_TIMESTAMP,
                                  [GY_SHOP_TEXT] = GY_TYPE_TEXT};
  *r = (table_reader){.run = run, .table = table};
  r->fields = gy_shop_fields(run->shop, table, &r->n_columns);
  for (size_t c = 0; c < r->n_columns; c++)
    r->columns[c] =
        (gy_source_column){gy_shop_field_name(run->shop, &r->fields[c]), types[r->fields[c].kind]};
  gy_status status = gy_shop_block_create(run->shop, table, &r->block, err);
  if (status != GY_OK) return status;
  if (!gy_shop_is_scheduled(table)) {
    r->n_parts = gy_shop_parts(run->shop, NULL, table);
    return GY_OK;
  }
  status = gy_shop_schedule_create(run->shop, table == GY_SHOP_EVENTS, run->task, &r->schedule, err);
  if (status == GY_OK) run->summary.orders = gy_shop_schedule_orders(r->schedule);
  return status;
}

static void reader_close(table_reader *r) {
  gy_shop_block_destroy(r->block);
  gy_shop_schedule_destroy(r->schedule);
}

static gy_status copy_table(gy_engine *engine, gy_shop_run *run, gy_shop_table table, gy_error *err) {
  char name[64], *path = NULL, *sql = NULL;
  table_reader reader;
  gy_output_file *file = &run->files[table];
  snprintf(name, sizeof name, "%s.parquet", gy_shop_table_name(table));
  gy_status status = reader_open(&reader, run, table, err);
  gy_source source = {.shared = &reader,
                      .columns = reader.columns,
                      .n_columns = reader.n_columns,
                      .max_threads = 1,
                      .fill = fill_rows};
  if (status == GY_OK) status = gy_engine_publish(engine, "simulated_shop", &source, err);
  if (status == GY_OK) status = gy_output_file_name(file, run->dir, name, err);
  if (status != GY_OK) goto done;
  path = gy_sql_literal(file->partial);
  if (path == NULL ||
      asprintf(&sql, "COPY (FROM simulated_shop()) TO %s (FORMAT parquet, COMPRESSION zstd)", path) < 0) {
    sql = NULL;
    status = gy_fail(err, GY_ENOMEM, "no memory for a statement");
    goto done;
  }
  status = gy_engine_execute(engine, sql, NULL, 0, "simulate", run->task, NULL, err);
  if (status == GY_OK) status = gy_output_file_finish(file, err);

done:
  free(path);
  free(sql);
  reader_close(&reader);
  return status;
}

gy_status gy_shop_write_parquet(gy_shop_run *run, gy_error *err) {
  gy_engine *engine = NULL;
  size_t budget = run->task != NULL ? run->task->memory_bytes : 0;
  gy_engine_options options = {.n_threads = 1, .memory_bytes = budget};
  gy_status status = gy_engine_open(&options, &engine, err);
  for (int t = 0; t < GY_SHOP_TABLE_COUNT && status == GY_OK; t++)
    if (gy_shop_run_wants(run, (gy_shop_table)t)) status = copy_table(engine, run, (gy_shop_table)t, err);
  gy_engine_close(engine);
  return status;
}
