/* SPDX-License-Identifier: Apache-2.0
 *
 * What the feature kernel hands over: one array a feature, indexed by customer number, and the counts
 * over all lines that a cleaning report needs. */
#ifndef GYEOL_FEATURE_CUSTOMER_FEATURES_H
#define GYEOL_FEATURE_CUSTOMER_FEATURES_H

#include "base/arena.h"
#include "feature/catalogue.h"
#include "feature/feature_compute.h"

typedef struct gy_customer_features {
  size_t n_customers;
  const int64_t *ids;      /* NULL when ids are text */
  const gy_text *text_ids; /* NULL when they are integers */
  const gy_feature_set *set;
  /* Arrays of the feature's type, in the order of the set; NaN is NULL in FLOAT columns. A NULL
   * pointer: the source has no such column, the feature is NULL for everybody. */
  const void *columns[GY_FEATURE_MAX];
  int64_t as_of_us;

  /* Over all lines given, with and without customer. */
  gy_row_totals lines;            /* by flag combination, duplicates included */
  gy_duplicate_counts duplicates; /* the second and further of equal lines, by flag combination */
  uint64_t n_lines;
  uint64_t kept_lines; /* not excluded; no duplicate either where these are excluded */
  int64_t kept_amount;
  uint64_t kept_orders; /* distinct; an order under two customers counts once */
  uint64_t duplicate_lines;
  int64_t first_order_us, last_order_us; /* 0 when there is no order */
  gy_calendar_months months;             /* n = 0: the orders span too many months */
  const gy_calendar_cell *cells;         /* months.n x months.n, cohort by month; NULL without orders */
  size_t peak_bytes;                     /* that the kernel held at most */
  size_t row_bytes;                      /* of packed rows, over all passes */

  struct gy_feature_storage *storage;
} gy_customer_features;

void gy_customer_features_destroy(gy_customer_features *features); /* NULL-safe */

/* Lines, and their amount, with any of the flags in `mask`; duplicates included. */
uint64_t gy_customer_features_flagged(const gy_customer_features *features, int mask, int64_t *amount);

/* A source of `customer_no, customer_id, <features>` in customer order, to be published to the engine. Lends
 * the features; free with gy_features_source_clear once the publication is gone. It is read once: publish a
 * fresh one for the next query. */
GY_MUST_USE gy_status gy_features_source(const gy_customer_features *features, gy_source *source,
                                         gy_error *err);
void gy_features_source_clear(gy_source *source);

/* ---- for the kernel ---- */

typedef struct gy_feature_storage {
  gy_customer_features features;
  gy_feature_set set;
  size_t capacity; /* customers that fit */
  size_t n_mapped;
  struct {
    void *pages;
    size_t bytes;
  } mapped[GY_FEATURE_MAX + 1];
  void *columns[GY_FEATURE_MAX];
  int64_t *ids;
  gy_text *text_ids;
  gy_calendar_cell *cells;
  gy_arena *text_arenas; /* one a thread */
  size_t n_text_arenas;
} gy_feature_storage;

GY_MUST_USE gy_status gy_feature_storage_create(const int *window_days, size_t n_windows, int n_threads,
                                                gy_feature_storage **storage, gy_error *err);
void gy_feature_storage_destroy(gy_feature_storage *storage);

/* Address space for up to `capacity` customers; memory comes with use. */
GY_MUST_USE gy_status gy_feature_storage_reserve(gy_feature_storage *storage, size_t capacity,
                                                 const gy_row_layout *layout, gy_error *err);

size_t gy_feature_type_bytes(gy_type type);

/* Bytes that one customer takes. */
size_t gy_feature_storage_customer_bytes(const gy_feature_storage *storage);

#endif
