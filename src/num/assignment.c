/* SPDX-License-Identifier: Apache-2.0
 *
 * The Hungarian method with shortest augmenting paths (Kuhn 1955; Jonker and Volgenant 1987). Rows join one
 * by one. Each finds its cheapest chain of reassignments to a free column by Dijkstra's search on reduced
 * costs, which the prices of rows and columns keep from going below zero. */
#include "num/assignment.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FREE SIZE_MAX

typedef struct {
  const double *values;
  size_t n_rows, given_columns, n_columns;
  double *row_price, *column_price;
  double *shortest; /* to each column */
  size_t *before;   /* the column from which each was reached; FREE: from the row that joins */
  size_t *row_of;   /* of each column */
  bool *seen;
} search;

static double cost(const search *s, size_t row, size_t column) {
  double value = column < s->given_columns ? s->values[row * s->given_columns + column] : 0;
  return -value - s->row_price[row] - s->column_price[column];
}

/* The free column at the end of the cheapest chain that begins with `joining`. */
static size_t find_free(search *s, size_t joining, double *length) {
  size_t row = joining, from = FREE;
  *length = 0;
  for (size_t c = 0; c < s->n_columns; c++) {
    s->shortest[c] = INFINITY;
    s->seen[c] = false;
  }
  for (;;) {
    size_t nearest = FREE;
    for (size_t c = 0; c < s->n_columns; c++) {
      if (s->seen[c]) continue;
      double reached = *length + cost(s, row, c);
      if (reached < s->shortest[c]) {
        s->shortest[c] = reached;
        s->before[c] = from;
      }
      if (nearest == FREE || s->shortest[c] < s->shortest[nearest]) nearest = c;
    }
    s->seen[nearest] = true;
    *length = s->shortest[nearest];
    if (s->row_of[nearest] == FREE) return nearest;
    from = nearest;
    row = s->row_of[nearest];
  }
}

static void join(search *s, size_t joining) {
  double length;
  size_t column = find_free(s, joining, &length);
  s->row_price[joining] += length;
  for (size_t c = 0; c < s->n_columns; c++) {
    if (!s->seen[c] || c == column) continue;
    s->row_price[s->row_of[c]] += length - s->shortest[c];
    s->column_price[c] -= length - s->shortest[c];
  }
  while (s->before[column] != FREE) {
    s->row_of[column] = s->row_of[s->before[column]];
    column = s->before[column];
  }
  s->row_of[column] = joining;
}

gy_status gy_assign_most(const double *values, size_t n_rows, size_t n_columns, size_t *column_of,
                         gy_error *err) {
  size_t wide = n_columns > n_rows ? n_columns : n_rows;
  search s = {.values = values, .n_rows = n_rows, .given_columns = n_columns, .n_columns = wide};
  gy_status status = GY_OK;
  s.row_price = calloc(n_rows + 2 * wide + 1, sizeof(double));
  s.before = malloc((2 * wide + 1) * sizeof *s.before);
  s.seen = malloc(wide + 1);
  if (s.row_price == NULL || s.before == NULL || s.seen == NULL) {
    status = gy_fail(err, GY_ENOMEM, "assignment: out of memory for %zu x %zu", n_rows, n_columns);
    goto done;
  }
  s.column_price = s.row_price + n_rows;
  s.shortest = s.column_price + wide;
  s.row_of = s.before + wide;
  for (size_t c = 0; c < wide; c++) s.row_of[c] = FREE;
  for (size_t row = 0; row < n_rows; row++) join(&s, row);
  for (size_t c = 0; c < wide; c++)
    if (s.row_of[c] != FREE) column_of[s.row_of[c]] = c;
done:
  free(s.seen);
  free(s.before);
  free(s.row_price);
  return status;
}
