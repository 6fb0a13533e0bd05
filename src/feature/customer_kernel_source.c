/* SPDX-License-Identifier: Apache-2.0
 *
 * Features out. Whoever reads the source computes: a reader takes the next part, groups its rows, and
 * computes each customer into the columns of the chunk that it was asked to fill. So the features of a part
 * are on their way into the store while the next one is computed, and no array of all customers exists.
 *
 * Customers are numbered through all parts. A part's first number is known once the parts before it are
 * grouped; those were all taken before it, and a reader numbers its part before it returns, so that the wait
 * is short and always ends. */
#include <math.h>

#include "feature/kernel_work.h"

/* ---- parts ---- */

/* The customer number with which part `p` begins, SIZE_MAX after a failure. */
static size_t wait_for_number(gy_customer_kernel *kernel, size_t p) {
  pthread_mutex_lock(&kernel->lock);
  while (kernel->first_customer[p] == SIZE_MAX && !kernel->failed)
    pthread_cond_wait(&kernel->numbered, &kernel->lock);
  size_t number = kernel->failed ? SIZE_MAX : kernel->first_customer[p];
  pthread_mutex_unlock(&kernel->lock);
  return number;
}

static void publish_number(gy_customer_kernel *kernel, size_t p, size_t number) {
  pthread_mutex_lock(&kernel->lock);
  kernel->first_customer[p] = number;
  pthread_cond_broadcast(&kernel->numbered);
  pthread_mutex_unlock(&kernel->lock);
}

/* The next part to compute; SIZE_MAX when none is left or another thread failed. */
static size_t take_part(gy_customer_kernel *kernel) {
  pthread_mutex_lock(&kernel->lock);
  bool left = !kernel->failed && kernel->next_part < kernel->partition.end_part;
  size_t part = left ? kernel->next_part++ : SIZE_MAX;
  pthread_mutex_unlock(&kernel->lock);
  return part;
}

static void count_part(gy_customer_kernel *kernel) {
  pthread_mutex_lock(&kernel->lock);
  size_t done = ++kernel->parts_done;
  pthread_mutex_unlock(&kernel->lock);
  gy_task_progress(kernel->task, "features", done, (size_t)1 << kernel->partition.part_bits, "parts");
}

static void give_up(gy_customer_kernel *kernel) {
  pthread_mutex_lock(&kernel->lock);
  kernel->failed = true;
  pthread_cond_broadcast(&kernel->numbered);
  pthread_mutex_unlock(&kernel->lock);
}

/* Moves the reader to its next part, if one is left. */
static gy_status begin_part(gy_customer_kernel *kernel, kernel_thread *own, gy_error *err) {
  size_t p = take_part(kernel);
  if (p == SIZE_MAX) return GY_OK;
  gy_status status = gy_task_check(kernel->task, err);
  if (status == GY_OK) status = gy_part_rows_group(&own->part, &kernel->partition, kernel->filled, p, err);
  if (status != GY_OK) return status;
  size_t first = wait_for_number(kernel, p);
  if (first == SIZE_MAX) return GY_OK;
  publish_number(kernel, p + 1, first + own->part.n_customers);
  own->first_customer = first;
  own->next = 0;
  own->in_part = true;
  return gy_part_rows_gather(&own->part, kernel->filled, p, err);
}

/* Rows without a place among the customers come last in a part. */
static gy_status end_part(gy_customer_kernel *kernel, kernel_thread *own, gy_error *err) {
  gy_part_rows *part = &own->part;
  gy_status status = GY_OK;
  for (; own->next < part->n_groups && status == GY_OK; own->next++) {
    const gy_customer_group *group = &part->groups[part->ranked[own->next]];
    const gy_row_key *keys = gy_part_rows_sort(part, group);
    status = gy_compute_others(&own->compute, part, keys, group->n_rows, err);
  }
  own->in_part = false;
  count_part(kernel);
  return status;
}

/* ---- the chunk ---- */

static gy_status put_customer(gy_customer_kernel *kernel, kernel_thread *own, gy_chunk_writer *writer,
                              void *const *columns, size_t at, gy_error *err) {
  gy_part_rows *part = &own->part;
  const gy_customer_group *group = &part->groups[part->ranked[own->next]];
  ((int32_t *)writer->data[0])[at] = (int32_t)(own->first_customer + own->next);
  if (kernel->partition.layout.customer_is_text)
    gy_writer_text(writer, 1, at, group->text->bytes, group->text->length);
  else
    ((int64_t *)writer->data[1])[at] = (int64_t)group->key;
  own->next++;
  const gy_row_key *keys = gy_part_rows_sort(part, group);
  return gy_compute_customer(&own->compute, part, keys, group->n_rows, columns, at, err);
}

/* The role a feature cannot do without, or -1. */
static int needed_role(gy_feature_id id) {
  switch (id) {
    case GY_FEATURE_BASKET_QUANTITY:
      return GY_ROW_QUANTITY;
    case GY_FEATURE_PRODUCTS:
      return GY_ROW_PRODUCT;
    case GY_FEATURE_CATEGORIES:
      return GY_ROW_CATEGORY;
    case GY_FEATURE_DISCOUNT_SHARE:
    case GY_FEATURE_DISCOUNTED_LINE_SHARE:
      return GY_ROW_DISCOUNT;
    default:
      return -1;
  }
}

static bool is_absent(const gy_customer_kernel *kernel, size_t feature) {
  int role = needed_role(kernel->set.items[feature].id);
  return role >= 0 && kernel->partition.layout.word[role] < 0;
}

static void mark_nulls(const gy_customer_kernel *kernel, gy_chunk_writer *writer, size_t n) {
  for (size_t f = 0; f < kernel->set.n; f++) {
    bool absent = is_absent(kernel, f);
    if (!absent && kernel->set.items[f].type != GY_TYPE_FLOAT) continue;
    const float *values = writer->data[f + 2];
    for (size_t i = 0; i < n; i++) {
      if (absent || isnan(values[i])) gy_writer_null(writer, f + 2, i);
    }
  }
}

static gy_status fill_chunk(gy_customer_kernel *kernel, kernel_thread *own, gy_chunk_writer *writer,
                            size_t *n_rows, gy_error *err) {
  void *columns[GY_FEATURE_MAX];
  for (size_t f = 0; f < kernel->set.n; f++) columns[f] = is_absent(kernel, f) ? NULL : writer->data[f + 2];
  gy_status status = GY_OK;
  size_t n = 0;
  while (n < GY_CHUNK_ROWS && status == GY_OK) {
    if (own->in_part && own->next < own->part.n_customers) {
      status = put_customer(kernel, own, writer, columns, n++, err);
    } else if (own->in_part) {
      status = end_part(kernel, own, err);
    } else {
      status = begin_part(kernel, own, err);
      if (!own->in_part) break;
    }
  }
  if (status == GY_OK) mark_nulls(kernel, writer, n);
  *n_rows = n;
  return status;
}

/* ---- the source ---- */

static gy_status open_reader(void *shared, void **local, gy_error *err) {
  gy_customer_kernel *kernel = shared;
  pthread_mutex_lock(&kernel->lock);
  kernel_thread *taken = kernel->idle_threads;
  if (taken != NULL) kernel->idle_threads = taken->next_idle;
  pthread_mutex_unlock(&kernel->lock);
  *local = taken;
  return taken != NULL ? GY_OK : gy_fail(err, GY_EINTERNAL, "more threads read features than were planned");
}

static void close_reader(void *shared, void *local) {
  gy_customer_kernel *kernel = shared;
  kernel_thread *own = local;
  pthread_mutex_lock(&kernel->lock);
  own->next_idle = kernel->idle_threads;
  kernel->idle_threads = own;
  pthread_mutex_unlock(&kernel->lock);
}

static gy_status fill_features(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                               gy_error *err) {
  gy_status status = fill_chunk(shared, local, writer, n_rows, err);
  if (status != GY_OK) give_up(shared);
  return status;
}

gy_source gy_customer_kernel_source(gy_customer_kernel *kernel, const gy_task *task) {
  kernel->task = task;
  gy_type id = kernel->partition.layout.customer_is_text ? GY_TYPE_TEXT : GY_TYPE_INT64;
  kernel->columns[0] = (gy_source_column){"customer_no", GY_TYPE_INT32};
  kernel->columns[1] = (gy_source_column){"customer_id", id};
  for (size_t f = 0; f < kernel->set.n; f++)
    kernel->columns[f + 2] = (gy_source_column){kernel->set.items[f].name, kernel->set.items[f].type};
  return (gy_source){.shared = kernel,
                     .columns = kernel->columns,
                     .n_columns = kernel->set.n + 2,
                     .max_threads = kernel->n_threads,
                     .open = open_reader,
                     .fill = fill_features,
                     .close = close_reader};
}
