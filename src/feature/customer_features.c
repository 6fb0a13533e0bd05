/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/customer_features.h"

#include <stdlib.h>

enum { HUGE_FROM_CUSTOMERS = 1 << 18 };

size_t gy_feature_type_bytes(gy_type type) {
  switch (type) {
    case GY_TYPE_INT32:
    case GY_TYPE_FLOAT:
      return 4;
    default:
      return 8;
  }
}

gy_status gy_feature_storage_create(const int *window_days, size_t n_windows, int n_threads,
                                    gy_feature_storage **storage, gy_error *err) {
  gy_feature_storage *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory for customer features");
  gy_status status = gy_feature_set_init(&made->set, window_days, n_windows, err);
  made->text_arenas = status == GY_OK ? calloc((size_t)n_threads, sizeof(gy_arena)) : NULL;
  if (status == GY_OK && made->text_arenas == NULL) {
    status = gy_fail(err, GY_ENOMEM, "no memory for customer features");
  }
  if (status != GY_OK) {
    gy_feature_storage_destroy(made);
    return status;
  }
  made->n_text_arenas = (size_t)n_threads;
  for (size_t i = 0; i < made->n_text_arenas; i++) gy_arena_init(&made->text_arenas[i], 1 << 20, 0);
  made->features.set = &made->set;
  made->features.storage = made;
  *storage = made;
  return GY_OK;
}

void gy_feature_storage_destroy(gy_feature_storage *storage) {
  if (storage == NULL) return;
  for (size_t i = 0; i < storage->n_mapped; i++)
    gy_page_release(storage->mapped[i].pages, storage->mapped[i].bytes);
  for (size_t i = 0; i < storage->n_text_arenas; i++) gy_arena_clear(&storage->text_arenas[i]);
  free(storage->text_arenas);
  free(storage->cells);
  free(storage);
}

void gy_customer_features_destroy(gy_customer_features *features) {
  if (features != NULL) gy_feature_storage_destroy(features->storage);
}

static void *reserve(gy_feature_storage *storage, size_t item_bytes) {
  size_t bytes = (storage->capacity + 1) * item_bytes;
  void *pages = gy_page_reserve(bytes, storage->capacity >= HUGE_FROM_CUSTOMERS);
  if (pages == NULL) return NULL;
  storage->mapped[storage->n_mapped].pages = pages;
  storage->mapped[storage->n_mapped++].bytes = bytes;
  return pages;
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

gy_status gy_feature_storage_reserve(gy_feature_storage *storage, size_t capacity,
                                     const gy_row_layout *layout, gy_error *err) {
  storage->capacity = capacity;
  void *ids = reserve(storage, layout->customer_is_text ? sizeof(gy_text) : sizeof(int64_t));
  bool failed = ids == NULL;
  if (layout->customer_is_text)
    storage->text_ids = ids;
  else
    storage->ids = ids;
  for (size_t i = 0; i < storage->set.n && !failed; i++) {
    int role = needed_role(storage->set.items[i].id);
    if (role >= 0 && layout->word[role] < 0) continue;
    storage->columns[i] = reserve(storage, gy_feature_type_bytes(storage->set.items[i].type));
    failed = storage->columns[i] == NULL;
  }
  if (failed) return gy_fail(err, GY_ENOMEM, "no address space for the features of %zu customers", capacity);
  return GY_OK;
}

size_t gy_feature_storage_customer_bytes(const gy_feature_storage *storage) {
  size_t bytes = sizeof(gy_text);
  for (size_t i = 0; i < storage->set.n; i++) bytes += gy_feature_type_bytes(storage->set.items[i].type);
  return bytes;
}

uint64_t gy_customer_features_flagged(const gy_customer_features *features, int mask, int64_t *amount) {
  uint64_t rows = 0;
  int64_t sum = 0;
  for (int flags = 0; flags < GY_FLAG_COMBINATIONS; flags++) {
    if ((flags & mask) == 0) continue;
    rows += features->lines.rows[flags];
    sum += features->lines.amount[flags];
  }
  if (amount != NULL) *amount = sum;
  return rows;
}
