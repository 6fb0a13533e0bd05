/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two halves of the customer kernel share: rows in (customer_kernel.c), features out
 * (customer_kernel_source.c). */
#ifndef GYEOL_FEATURE_KERNEL_WORK_H
#define GYEOL_FEATURE_KERNEL_WORK_H

#include <pthread.h>

#include "feature/customer_kernel.h"

enum { KERNEL_SOURCE_COLUMNS = GY_FEATURE_MAX + 2 }; /* customer_no, customer_id, the features */

/* One reader of the features: the part it is in, and its scratch. */
typedef struct kernel_thread {
  gy_part_rows part;
  gy_compute compute;
  bool in_part;
  size_t next;           /* of the part's groups in customer order */
  size_t first_customer; /* number of the part's first customer */
  struct kernel_thread *next_idle;
} kernel_thread;

struct gy_customer_kernel {
  gy_customer_kernel_options options;
  gy_feature_set set;
  gy_row_partition partition;
  gy_page_budget budget;
  const gy_task *task;  /* of the pass that is read */
  pthread_mutex_t lock; /* guards the lists and what parts share */
  gy_row_writer *idle;  /* writers without rows */
  gy_row_writer *filled;
  size_t n_passes, pass;
  int n_threads;
  gy_compute_plan plan;
  kernel_thread *threads, *idle_threads;
  gy_customer_totals totals;
  gy_source_column columns[KERNEL_SOURCE_COLUMNS];
  size_t *first_customer; /* per part; SIZE_MAX: not known yet */
  size_t next_part, parts_done;
  bool failed;
  pthread_cond_t numbered; /* a part's first customer became known */
};

#endif
