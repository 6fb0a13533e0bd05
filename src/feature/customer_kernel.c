/* SPDX-License-Identifier: Apache-2.0
 *
 * The plan, the rows that come in, and the totals at the end. */
#include <stdlib.h>
#include <string.h>

#include "feature/kernel_work.h"

enum {
  PART_BYTES = 1 << 19, /* a part, its gathered copy and its tables stay near the core */
  MAX_PART_BITS = 11,
  MAX_PASSES = 64,
  TEXT_CUSTOMER_BYTES = 3 + 7 + 16, /* a longer hash, a pointer, the text for every few rows */
  SMALL_BLOCK_BYTES = 4 << 10,
  BLOCK_BYTES = 64 << 10,
};

gy_customer_kernel_options gy_customer_kernel_defaults(void) {
  gy_customer_kernel_options options = {
      .exclude_mask = GY_LINE_NO_CUSTOMER | GY_LINE_CANCELLED | GY_LINE_RETURN | GY_LINE_ZERO_PRICE |
                      GY_LINE_NEGATIVE_PRICE,
      .window_days = GY_FEATURE_DEFAULT_WINDOWS,
      .n_windows = GY_FEATURE_DEFAULT_N_WINDOWS,
      .trend_days = GY_FEATURE_DEFAULT_TREND_DAYS,
  };
  for (int role = 0; role < GY_ROW_ROLES; role++) options.column[role] = -1;
  return options;
}

/* ---- the plan ---- */

static gy_status check_options(const gy_customer_kernel_options *options, gy_error *err) {
  const int *column = options->column;
  bool has_amount = column[GY_ROW_AMOUNT] >= 0 || (options->has_rules && column[GY_ROW_PRICE] >= 0);
  if (column[GY_ROW_CUSTOMER] < 0 || column[GY_ROW_TIME] < 0 || !has_amount) {
    return gy_fail(err, GY_ECONFIG, "features need a customer, a time and an amount column; map all three");
  }
  if (options->trend_days < 1 || options->trend_days > 36500) {
    return gy_fail(err, GY_ECONFIG, "a trend window of %d days does not fit: give 1 to 36500",
                   options->trend_days);
  }
  return GY_OK;
}

/* Bytes that a packed row takes at most in all but unusual data: whole seconds or recent microseconds, ids
 * below 2^39 or hashes, money below 200,000. */
static size_t usual_row_bytes(const gy_row_layout *layout) {
  static const uint8_t BYTES[GY_ROW_ROLES] = {
      [GY_ROW_TIME] = 7,     [GY_ROW_ORDER] = 8,  [GY_ROW_PRODUCT] = 8,
      [GY_ROW_QUANTITY] = 3, [GY_ROW_AMOUNT] = 4, [GY_ROW_CATEGORY] = 8,
      [GY_ROW_DISCOUNT] = 4, [GY_ROW_EXTRA] = 8,  [GY_ROW_CUSTOMER] = 5};
  size_t bytes = gy_pack_header_bytes(layout->n_words);
  for (int role = 0; role < GY_ROW_ROLES; role++) bytes += layout->word[role] >= 0 ? BYTES[role] : 0;
  return bytes + (layout->customer_is_text ? TEXT_CUSTOMER_BYTES : 0);
}

/* Parts of about PART_BYTES unpacked; blocks small enough that half-empty ones do not matter. */
static void plan_parts(gy_customer_kernel *kernel) {
  gy_row_partition *partition = &kernel->partition;
  uint64_t rows = kernel->options.expected_rows;
  uint64_t bytes = rows * (uint64_t)partition->layout.n_words * sizeof(uint64_t);
  partition->part_bits = 1;
  while (partition->part_bits < MAX_PART_BITS && bytes >> partition->part_bits > PART_BYTES)
    partition->part_bits++;
  uint64_t packed = rows * usual_row_bytes(&partition->layout);
  size_t chain = (packed >> partition->part_bits) / (size_t)kernel->n_threads / 16;
  partition->block_bytes = chain < SMALL_BLOCK_BYTES ? SMALL_BLOCK_BYTES
                           : chain > BLOCK_BYTES     ? BLOCK_BYTES
                                                     : chain;
}

/* Passes such that packed rows, half-empty blocks, the orders seen and scratch stay within the budget. */
static gy_status plan_passes(gy_customer_kernel *kernel, gy_error *err) {
  const gy_row_partition *partition = &kernel->partition;
  double n_parts = (double)((size_t)1 << partition->part_bits), n_threads = kernel->n_threads;
  double rows = (double)kernel->options.expected_rows, budget = (double)kernel->budget.max_bytes;
  double unpacked = (double)partition->layout.n_words * sizeof(uint64_t) + 2 * sizeof(gy_row_key);
  double slack = (double)partition->block_bytes / 2 * n_parts * n_threads;
  double scratch = (2.0 * rows * unpacked / n_parts + (1 << 20)) * n_threads;
  double slabs = (partition->layout.customer_is_text ? 3.0 : 2.0) * GY_ROW_SLAB_BYTES * n_threads;
  double fixed = slack + scratch + slabs + rows * sizeof(uint64_t) / 2;
  double needed = rows * (double)usual_row_bytes(&partition->layout);
  size_t passes = 1;
  while ((double)passes < n_parts && passes < MAX_PASSES && fixed + needed / (double)passes > budget)
    passes++;
  if (fixed + needed / (double)passes > budget) {
    return gy_fail(err, GY_ELIMIT,
                   "features of %.0f lines need at least %.0f MB and the budget is %.0f MB; raise --memory",
                   rows, (fixed + needed / (double)passes) / 1e6, budget / 1e6);
  }
  kernel->n_passes = passes;
  return GY_OK;
}

static void begin_pass(gy_customer_kernel *kernel) {
  size_t n_parts = (size_t)1 << kernel->partition.part_bits;
  kernel->partition.first_part = n_parts * kernel->pass / kernel->n_passes;
  kernel->partition.end_part = n_parts * (kernel->pass + 1) / kernel->n_passes;
  kernel->partition.count_totals = kernel->pass == 0;
}

gy_status gy_customer_kernel_create(const gy_customer_kernel_options *options, const gy_task *task,
                                    gy_customer_kernel **kernel, gy_error *err) {
  gy_status status = check_options(options, err);
  if (status != GY_OK) return status;
  gy_customer_kernel *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the feature kernel");
  made->options = *options;
  made->n_threads = gy_task_threads(task);
  made->budget.max_bytes = gy_task_memory(task);
  pthread_mutex_init(&made->lock, NULL);
  pthread_cond_init(&made->numbered, NULL);
  gy_row_partition *partition = &made->partition;
  memcpy(partition->column, options->column, sizeof partition->column);
  gy_row_layout_init(&partition->layout, options->column, options->customer_is_text);
  partition->rules = options->has_rules ? &made->options.rules : NULL;
  partition->exclude_mask = options->exclude_mask | GY_LINE_NO_TIME | GY_LINE_FUTURE;
  partition->order_mask = partition->exclude_mask | GY_LINE_MAKES_NO_ORDER;
  partition->has_as_of = options->has_as_of;
  partition->as_of_us = options->as_of_us;
  partition->budget = &made->budget;
  plan_parts(made);
  size_t n_parts = (size_t)1 << partition->part_bits;
  made->threads = calloc((size_t)made->n_threads, sizeof *made->threads);
  made->first_customer = malloc((n_parts + 1) * sizeof *made->first_customer);
  if (made->threads == NULL || made->first_customer == NULL) {
    status = gy_fail(err, GY_ENOMEM, "no memory for the feature kernel");
  }
  for (size_t p = 0; status == GY_OK && p <= n_parts; p++) made->first_customer[p] = SIZE_MAX;
  if (status == GY_OK) status = plan_passes(made, err);
  if (status == GY_OK)
    status = gy_feature_set_init(&made->set, options->window_days, options->n_windows, err);
  for (int t = 0; status == GY_OK && t < made->n_threads; t++) {
    made->threads[t].compute.plan = &made->plan;
    made->threads[t].next_idle = made->idle_threads;
    made->idle_threads = &made->threads[t];
    status =
        gy_word_log_init(&made->threads[t].compute.order_log, &made->budget, options->expected_rows / 2, err);
  }
  if (status != GY_OK) {
    gy_customer_kernel_destroy(made);
    return status;
  }
  begin_pass(made);
  *kernel = made;
  return GY_OK;
}

static void destroy_writers(gy_row_writer *writer) {
  while (writer != NULL) {
    gy_row_writer *next = writer->next;
    gy_row_writer_destroy(writer);
    writer = next;
  }
}

void gy_customer_kernel_destroy(gy_customer_kernel *kernel) {
  if (kernel == NULL) return;
  for (int t = 0; kernel->threads != NULL && t < kernel->n_threads; t++) {
    gy_part_rows_clear(&kernel->threads[t].part);
    gy_compute_clear(&kernel->threads[t].compute);
  }
  destroy_writers(kernel->idle);
  destroy_writers(kernel->filled);
  gy_customer_totals_clear(&kernel->totals);
  free(kernel->threads);
  free(kernel->first_customer);
  pthread_mutex_destroy(&kernel->lock);
  pthread_cond_destroy(&kernel->numbered);
  free(kernel);
}

size_t gy_customer_kernel_passes(const gy_customer_kernel *kernel) { return kernel->n_passes; }

/* ---- rows in ---- */

static gy_status sink_open(void *shared, void **local, gy_error *err) {
  gy_customer_kernel *kernel = shared;
  pthread_mutex_lock(&kernel->lock);
  gy_row_writer *writer = kernel->idle;
  if (writer != NULL) kernel->idle = writer->next;
  pthread_mutex_unlock(&kernel->lock);
  if (writer == NULL) {
    gy_status status = gy_row_writer_create(&kernel->partition, &writer, err);
    if (status != GY_OK) return status;
  }
  pthread_mutex_lock(&kernel->lock);
  writer->next = kernel->filled;
  kernel->filled = writer;
  pthread_mutex_unlock(&kernel->lock);
  *local = writer;
  return GY_OK;
}

static gy_status sink_consume(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)shared;
  return gy_row_writer_add(local, chunk, err);
}

gy_sink gy_customer_kernel_sink(gy_customer_kernel *kernel) {
  return (gy_sink){.shared = kernel, .open = sink_open, .consume = sink_consume};
}

/* ---- totals ---- */

static gy_status merge_totals(gy_customer_kernel *kernel, gy_error *err) {
  gy_customer_totals *out = &kernel->totals;
  out->lines = (gy_row_totals){.min_order_us = INT64_MAX, .max_order_us = INT64_MIN};
  for (const gy_row_writer *writer = kernel->filled; writer != NULL; writer = writer->next) {
    for (int k = 0; k < 3; k++) {
      int64_t *sum = &out->lines.magnitude[k];
      if (__builtin_add_overflow(*sum, writer->totals.magnitude[k], sum)) {
        return gy_fail(err, GY_EDATA,
                       "money or quantities of the order lines add up to more than 900 trillion");
      }
    }
    for (int flags = 0; flags < GY_FLAG_COMBINATIONS; flags++) {
      out->lines.rows[flags] += writer->totals.rows[flags];
      out->lines.amount[flags] += writer->totals.amount[flags];
    }
    if (writer->totals.min_order_us < out->lines.min_order_us)
      out->lines.min_order_us = writer->totals.min_order_us;
    if (writer->totals.max_order_us > out->lines.max_order_us)
      out->lines.max_order_us = writer->totals.max_order_us;
  }
  return GY_OK;
}

static int64_t days_before(int64_t time_us, int64_t days) { return time_us - days * GY_DAY_US; }

/* Counts distinct orders where the writers' maps could hold them; else they are logged as they are computed.
 */
static gy_status count_orders(gy_customer_kernel *kernel, gy_error *err) {
  size_t n = 0;
  for (const gy_row_writer *writer = kernel->filled; writer != NULL; writer = writer->next) n++;
  const gy_id_map **maps = malloc((n + 1) * sizeof *maps);
  if (maps == NULL) return gy_fail(err, GY_ENOMEM, "no memory to count distinct orders");
  n = 0;
  for (const gy_row_writer *writer = kernel->filled; writer != NULL; writer = writer->next)
    maps[n++] = &writer->orders;
  kernel->plan.log_orders = kernel->partition.layout.word[GY_ROW_ORDER] < 0 ||
                            !gy_id_maps_count(maps, n, &kernel->totals.kept_orders);
  free(maps);
  return GY_OK;
}

/* After the first pass the last order, and with it the as-of instant, is known. */
static gy_status plan_compute(gy_customer_kernel *kernel, gy_error *err) {
  gy_status status = merge_totals(kernel, err);
  if (status != GY_OK) return status;
  gy_customer_totals *out = &kernel->totals;
  const gy_customer_kernel_options *options = &kernel->options;
  bool any = out->lines.max_order_us != INT64_MIN;
  if (any) {
    out->first_order_us = out->lines.min_order_us;
    out->last_order_us = out->lines.max_order_us;
  }
  int64_t latest_us = out->last_order_us;
  if (options->has_latest && (!any || options->latest_us > latest_us)) latest_us = options->latest_us;
  out->as_of_us = options->has_as_of ? options->as_of_us : latest_us + GY_DAY_US;
  kernel->plan = (gy_compute_plan){.partition = &kernel->partition,
                                   .drop_duplicates = options->exclude_mask & GY_LINE_DUPLICATE,
                                   .as_of_us = out->as_of_us,
                                   .local_time = options->local_time,
                                   .n_windows = options->n_windows};
  for (size_t w = 0; w < options->n_windows; w++) {
    kernel->plan.window_start_us[w] = days_before(out->as_of_us, options->window_days[w]);
  }
  kernel->plan.trend_start_us = days_before(out->as_of_us, options->trend_days);
  kernel->plan.trend_previous_us = days_before(out->as_of_us, 2 * (int64_t)options->trend_days);
  if (any)
    gy_calendar_months_init(&kernel->plan.months, &options->local_time, out->first_order_us,
                            out->last_order_us);
  kernel->first_customer[0] = 0;
  return count_orders(kernel, err);
}

gy_status gy_customer_kernel_end_rows(gy_customer_kernel *kernel, gy_error *err) {
  if (kernel->pass == 0) {
    gy_status status = plan_compute(kernel, err);
    if (status != GY_OK) return status;
  }
  for (gy_row_writer *writer = kernel->filled; writer != NULL; writer = writer->next)
    kernel->totals.row_bytes += gy_row_writer_seal(writer);
  kernel->next_part = kernel->parts_done = kernel->partition.first_part;
  return GY_OK;
}

gy_status gy_customer_kernel_end_pass(gy_customer_kernel *kernel, gy_error *err) {
  if (kernel->parts_done != kernel->partition.end_part)
    return gy_fail(err, GY_EINTERNAL, "%zu parts of the customers were not read",
                   kernel->partition.end_part - kernel->parts_done);
  while (kernel->filled != NULL) {
    gy_row_writer *writer = kernel->filled;
    kernel->filled = writer->next;
    gy_row_writer_reset(writer);
    writer->next = kernel->idle;
    kernel->idle = writer;
  }
  kernel->pass++;
  if (kernel->pass < kernel->n_passes) begin_pass(kernel);
  return GY_OK;
}

/* Adds up the threads' calendars. */
static gy_status finish_calendar(gy_customer_kernel *kernel, gy_customer_totals *out, gy_error *err) {
  size_t n = kernel->plan.months.n;
  if (n == 0) return GY_OK;
  gy_calendar_cell *cells = calloc(n * n, sizeof *cells);
  if (cells == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the calendar of %zu months", n);
  for (int t = 0; t < kernel->n_threads; t++) {
    const gy_calendar_cell *own = kernel->threads[t].compute.cells;
    for (size_t i = 0; own != NULL && i < n * n; i++) {
      cells[i].customers += own[i].customers;
      cells[i].orders += own[i].orders;
      cells[i].amount += own[i].amount;
    }
  }
  out->months = kernel->plan.months;
  out->cells = cells;
  return GY_OK;
}

static gy_status finish_counts(gy_customer_kernel *kernel, gy_customer_totals *out, gy_error *err) {
  for (int t = 0; t < kernel->n_threads; t++) {
    const gy_duplicate_counts *seen = &kernel->threads[t].compute.duplicates;
    out->customer_orders += kernel->threads[t].compute.customer_orders;
    for (int flags = 0; flags < GY_FLAG_COMBINATIONS; flags++) {
      out->duplicates.rows[flags] += seen->rows[flags];
      out->duplicates.amount[flags] += seen->amount[flags];
    }
  }
  for (int flags = 0; flags < GY_FLAG_COMBINATIONS; flags++) {
    out->n_lines += out->lines.rows[flags];
    out->duplicate_lines += out->duplicates.rows[flags];
    if (flags & kernel->partition.exclude_mask) continue;
    bool drop = kernel->options.exclude_mask & GY_LINE_DUPLICATE;
    out->kept_lines += out->lines.rows[flags] - (drop ? out->duplicates.rows[flags] : 0);
    out->kept_amount += out->lines.amount[flags] - (drop ? out->duplicates.amount[flags] : 0);
  }
  if (!kernel->plan.log_orders) return GY_OK;
  gy_word_log **logs = malloc((size_t)kernel->n_threads * sizeof(gy_word_log *));
  if (logs == NULL) return gy_fail(err, GY_ENOMEM, "no memory to count distinct orders");
  for (int t = 0; t < kernel->n_threads; t++) logs[t] = &kernel->threads[t].compute.order_log;
  gy_status status =
      gy_word_log_count(logs, (size_t)kernel->n_threads, kernel->n_threads, &out->kept_orders, err);
  free(logs);
  return status;
}

gy_status gy_customer_kernel_finish(gy_customer_kernel *kernel, gy_customer_totals *totals, gy_error *err) {
  if (kernel->pass != kernel->n_passes) {
    return gy_fail(err, GY_EINTERNAL, "features were asked for before pass %zu of %zu was fed",
                   kernel->pass + 1, kernel->n_passes);
  }
  gy_customer_totals *out = &kernel->totals;
  gy_status status = finish_counts(kernel, out, err);
  if (status == GY_OK) status = finish_calendar(kernel, out, err);
  if (status != GY_OK) return status;
  out->n_customers = kernel->first_customer[(size_t)1 << kernel->partition.part_bits];
  out->peak_bytes = atomic_load(&kernel->budget.held_bytes);
  *totals = *out;
  *out = (gy_customer_totals){0};
  return GY_OK;
}
