/* SPDX-License-Identifier: Apache-2.0
 *
 * One part's rows, grouped by customer and sorted.
 *
 * A part is small enough for the cache, so grouping is: a hash table from customer to group, a counting sort
 * of the rows by group, and a sort of each customer's few rows by time. That is the order in which they
 * mostly came, so a few runs are merged. Rows of one time are put in an order that only their values decide,
 * but for few of them that all differ: nothing that is computed depends on the order of these. Rows that are
 * equal come together; so what is computed from sorted rows cannot depend on the order in which they arrived.
 * Customers come in the order of their hash (then their text); parts are ranges of the same hash, so this
 * order is one order over all parts, whatever their number. Slots are chosen by the hash bits below those
 * that chose the part. */
#ifndef GYEOL_FEATURE_CUSTOMER_ROWS_H
#define GYEOL_FEATURE_CUSTOMER_ROWS_H

#include "feature/row_partition.h"

typedef struct gy_customer_group {
  uint64_t hash;
  uint64_t key; /* id or text hash */
  const gy_row_text *text;
  size_t n_rows;
  size_t n_ordered; /* rows that make orders */
  size_t offset;    /* of its first row, once gathered */
} gy_customer_group;

/* A row's place in the sorted order: word 0 and where the rest is. */
typedef struct gy_row_key {
  int64_t word0;
  uint64_t row;
} gy_row_key;

typedef struct gy_row_slot {
  uint64_t key;
  uint64_t group; /* 0: free; else group + 1 */
} gy_row_slot;

/* Scratch of one thread, reused from part to part. Zero-initialise. */
typedef struct gy_part_rows {
  const gy_row_partition *partition;
  size_t n_rows;
  size_t n_groups;
  size_t n_customers;        /* groups with orders; the first so many of `ranked` */
  gy_customer_group *groups; /* in order of appearance */
  uint32_t *ranked;   /* groups in customer order: those with orders, then the others, then no customer */
  uint64_t *rows;     /* gathered by group */
  uint32_t *group_of; /* per row, in chain order */
  gy_row_key *keys, *spare_keys;
  gy_row_slot *slots;
  size_t row_capacity, group_capacity, key_capacity;
  int slot_bits;
  size_t no_customer; /* its group, SIZE_MAX while there is none */
} gy_part_rows;

void gy_part_rows_clear(gy_part_rows *part);

/* Groups the rows that `writers` hold in part `index`; n_customers and ranked are valid after it. */
GY_MUST_USE gy_status gy_part_rows_group(gy_part_rows *part, const gy_row_partition *partition,
                                         gy_row_writer *writers, size_t index, gy_error *err);

/* Brings each group's rows together. */
GY_MUST_USE gy_status gy_part_rows_gather(gy_part_rows *part, gy_row_writer *writers, size_t index,
                                          gy_error *err);

/* Sorts one group's rows by time, equal ones together; lends the keys until the next call. */
const gy_row_key *gy_part_rows_sort(gy_part_rows *part, const gy_customer_group *group);

/* True when two rows are equal in all but their customer. */
static inline bool gy_rows_equal(const gy_row_layout *layout, const uint64_t *a, const uint64_t *b) {
  if (a[0] != b[0]) return false;
  for (int w = layout->first_value; w < layout->n_words; w++) {
    if (a[w] != b[w]) return false;
  }
  return true;
}

static inline const uint64_t *gy_part_row(const gy_part_rows *part, const gy_row_key *key) {
  return part->rows + key->row * (size_t)part->partition->layout.n_words;
}

#endif
