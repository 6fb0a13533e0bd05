/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/distinct_rows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"

/* A power of two, at least twice as many places as rows. */
static size_t table_size(size_t n) {
  size_t size = 16;
  while (size < 2 * n) size *= 2;
  return size;
}

static uint64_t mix(uint64_t h) {
  h ^= h >> 32;
  h *= 0xd6e8feb86659fd93u;
  h ^= h >> 32;
  return h;
}

static uint64_t hash_row(const float *row, size_t d) {
  uint64_t h = 0;
  for (size_t j = 0; j < d; j++) {
    float value = row[j] + 0.0f; /* -0 becomes 0 */
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    h = (h ^ bits) * 0x9e3779b97f4a7c15u;
    h ^= h >> 29;
  }
  return mix(h);
}

static bool rows_equal(const float *a, const float *b, size_t d) {
  for (size_t j = 0; j < d; j++)
    if (a[j] != b[j]) return false;
  return true;
}

static size_t lay_out(gy_distinct_rows *rows, size_t n, void *base) {
  gy_layout at = {.base = base};
  rows->number = gy_layout_take(&at, n, sizeof *rows->number);
  rows->first = gy_layout_take(&at, n, sizeof *rows->first);
  rows->counts = gy_layout_take(&at, n, sizeof *rows->counts);
  return gy_layout_bytes(&at);
}

size_t gy_distinct_rows_memory(size_t n) {
  if (n > SIZE_MAX / 64) return SIZE_MAX;
  return lay_out(&(gy_distinct_rows){0}, n, NULL) + table_size(n) * sizeof(uint32_t);
}

/* Where `row` stands in the table, or the free place where it belongs. */
static size_t find(gy_matrix x, const gy_distinct_rows *rows, const uint32_t *table, size_t mask,
                   size_t row) {
  const float *values = gy_matrix_row(x, row);
  size_t place = (size_t)hash_row(values, x.n_columns) & mask;
  while (table[place] != UINT32_MAX &&
         !rows_equal(gy_matrix_row(x, rows->first[table[place]]), values, x.n_columns))
    place = (place + 1) & mask;
  return place;
}

gy_status gy_distinct_rows_find(gy_matrix x, gy_distinct_rows *rows, gy_error *err) {
  gy_distinct_rows found = {0};
  size_t n = x.n_rows, size = table_size(n);
  uint32_t *table = malloc(size * sizeof *table);
  found.storage = aligned_alloc(GY_LAYOUT_ALIGNMENT, lay_out(&found, n, NULL) + GY_LAYOUT_ALIGNMENT);
  if (table == NULL || found.storage == NULL) {
    free(table);
    free(found.storage);
    return gy_fail(err, GY_ENOMEM, "out of memory while looking for equal ones among %zu rows", n);
  }
  lay_out(&found, n, found.storage);
  memset(table, 0xff, size * sizeof *table);
  for (size_t i = 0; i < n; i++) {
    size_t place = find(x, &found, table, size - 1, i);
    if (table[place] == UINT32_MAX) {
      table[place] = (uint32_t)found.n;
      found.first[found.n] = (uint32_t)i;
      found.counts[found.n++] = 0;
    }
    found.number[i] = table[place];
    found.counts[table[place]]++;
  }
  free(table);
  *rows = found;
  return GY_OK;
}

gy_status gy_distinct_matrix(gy_matrix x, gy_distinct_rows *rows, float **copy, gy_matrix *distinct,
                             gy_error *err) {
  size_t d = x.n_columns;
  *copy = NULL;
  *distinct = x;
  gy_status status = gy_distinct_rows_find(x, rows, err);
  if (status != GY_OK || rows->n == x.n_rows) return status;
  float *values = *copy = malloc(rows->n * d * sizeof *values);
  if (values == NULL) {
    gy_distinct_rows_clear(rows);
    return gy_fail(err, GY_ENOMEM, "out of memory for %zu distinct rows of %zu columns", rows->n, d);
  }
  for (size_t i = 0; i < rows->n; i++)
    memcpy(values + i * d, gy_matrix_row(x, rows->first[i]), d * sizeof *values);
  *distinct = (gy_matrix){values, rows->n, d};
  return GY_OK;
}

void gy_distinct_rows_clear(gy_distinct_rows *rows) {
  if (rows == NULL) return;
  free(rows->storage);
  *rows = (gy_distinct_rows){0};
}
