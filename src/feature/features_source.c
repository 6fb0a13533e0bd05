/* SPDX-License-Identifier: Apache-2.0
 *
 * The features as a table: chunks of GY_CHUNK_ROWS customers, taken by whichever thread asks next. */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "feature/customer_features.h"

typedef struct features_view {
  const gy_customer_features *features;
  gy_source_column columns[GY_FEATURE_MAX + 2];
  atomic_size_t next; /* customer */
} features_view;

static void fill_floats(gy_chunk_writer *writer, size_t column, const float *values, size_t n) {
  memcpy(writer->data[column], values, n * sizeof *values);
  for (size_t i = 0; i < n; i++) {
    if (isnan(values[i])) gy_writer_null(writer, column, i);
  }
}

static gy_status fill_features(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                               gy_error *err) {
  (void)local;
  (void)err;
  features_view *view = shared;
  const gy_customer_features *features = view->features;
  size_t first = atomic_fetch_add(&view->next, GY_CHUNK_ROWS);
  size_t n = first >= features->n_customers ? 0 : features->n_customers - first;
  if (n > GY_CHUNK_ROWS) n = GY_CHUNK_ROWS;
  for (size_t i = 0; i < n; i++) ((int32_t *)writer->data[0])[i] = (int32_t)(first + i);
  if (features->ids != NULL) {
    if (n > 0) memcpy(writer->data[1], features->ids + first, n * sizeof(int64_t));
  } else {
    for (size_t i = 0; i < n; i++) {
      gy_writer_text(writer, 1, i, features->text_ids[first + i].data, features->text_ids[first + i].length);
    }
  }
  for (size_t f = 0; f < features->set->n && n > 0; f++) {
    const char *values = features->columns[f];
    gy_type type = features->set->items[f].type;
    if (values == NULL) {
      for (size_t i = 0; i < n; i++) gy_writer_null(writer, f + 2, i);
    } else if (type == GY_TYPE_FLOAT) {
      fill_floats(writer, f + 2, (const float *)(const void *)values + first, n);
    } else {
      memcpy(writer->data[f + 2], values + first * gy_feature_type_bytes(type),
             n * gy_feature_type_bytes(type));
    }
  }
  *n_rows = n;
  return GY_OK;
}

gy_status gy_features_source(const gy_customer_features *features, gy_source *source, gy_error *err) {
  features_view *view = calloc(1, sizeof *view);
  if (view == NULL) return gy_fail(err, GY_ENOMEM, "no memory to publish customer features");
  view->features = features;
  view->columns[0] = (gy_source_column){"customer_no", GY_TYPE_INT32};
  view->columns[1] = (gy_source_column){"customer_id", features->ids != NULL ? GY_TYPE_INT64 : GY_TYPE_TEXT};
  for (size_t f = 0; f < features->set->n; f++) {
    view->columns[f + 2] = (gy_source_column){features->set->items[f].name, features->set->items[f].type};
  }
  *source = (gy_source){.shared = view,
                        .columns = view->columns,
                        .n_columns = features->set->n + 2,
                        .expected_rows = features->n_customers,
                        .fill = fill_features};
  return GY_OK;
}

void gy_features_source_clear(gy_source *source) {
  free(source->shared);
  *source = (gy_source){0};
}
