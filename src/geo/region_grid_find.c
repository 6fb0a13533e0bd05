/* SPDX-License-Identifier: Apache-2.0 */
#include "geo/region_grid.h"

/* Whether the place, moved, is below an edge that straddles its longitude. */
static bool is_below(gy_place a, gy_place b, gy_place p) {
  if (a.x > b.x) {
    gy_place swapped = a;
    a = b;
    b = swapped;
  }
  int side = gy_orientation(a, b, p);
  return side != 0 ? side < 0 : b.y > a.y;
}

static bool is_between(double v, double a, double b) { return a < b ? v >= a && v <= b : v >= b && v <= a; }

/* On an edge that does not straddle the latitude, moved up, of p: level with p, or ending there. */
static bool is_on_level_edge(gy_place a, gy_place b, gy_place p) {
  if (a.y == b.y) return p.y == a.y && is_between(p.x, a.x, b.x);
  return (p.y == a.y && p.x == a.x) || (p.y == b.y && p.x == b.x);
}

typedef struct way {
  gy_place p, q, r; /* q: at p's latitude on the right side; r: the corner above it */
} way;

typedef enum crossing { CROSSES_NOT, CROSSES, ON_EDGE } crossing;

/* p -> q against an edge that straddles its latitude. */
static inline crossing level_crossing(gy_place a, gy_place b, const way *w) {
  double least = a.x < b.x ? a.x : b.x, most = a.x < b.x ? b.x : a.x;
  if (most < w->p.x || least > w->q.x) return CROSSES_NOT;
  if (least > w->p.x && most <= w->q.x) return CROSSES;
  int side = a.y < b.y ? gy_orientation(a, b, w->p) : gy_orientation(b, a, w->p);
  if (side == 0) return ON_EDGE;
  bool q_left = most > w->q.x && gy_edge_is_right_of(a, b, w->q);
  return (side > 0) != q_left ? CROSSES : CROSSES_NOT;
}

/* q -> r against an edge that straddles its longitude. */
static bool crosses_up(gy_place a, gy_place b, const way *w) {
  double least = a.y < b.y ? a.y : b.y, most = a.y < b.y ? b.y : a.y;
  if (most < w->q.y || least > w->r.y) return false;
  return is_below(a, b, w->q) != is_below(a, b, w->r);
}

static bool holds(const gy_region_grid *grid, const gy_cell_region *of, const way *w) {
  bool inside = of->corner_inside;
  const uint32_t *edges = grid->edges + of->first_edge;
  for (uint32_t i = 0; i < of->n_edges; i++) {
    gy_place a = grid->places[edges[i]], b = grid->places[edges[i] + 1];
    if ((a.y > w->p.y) != (b.y > w->p.y)) {
      crossing c = level_crossing(a, b, w);
      if (c == ON_EDGE) return true;
      inside ^= c == CROSSES;
    } else if (is_on_level_edge(a, b, w->p)) {
      return true;
    }
    if ((a.x > w->q.x) != (b.x > w->q.x)) inside ^= crosses_up(a, b, w);
  }
  return inside;
}

/* The cell's number along one axis: sides[i] <= v, and v < sides[i + 1] but in the last. */
static inline size_t cell_of(const double *sides, size_t n, double scale, double v) {
  double at = (v - sides[0]) * scale;
  size_t i = at >= (double)n ? n - 1 : (size_t)at;
  while (i > 0 && v < sides[i]) i--;
  while (i + 1 < n && v >= sides[i + 1]) i++;
  return i;
}

int32_t gy_region_grid_find(const gy_region_grid *grid, double x, double y) {
  if (!(x >= grid->x[0] && x <= grid->x[grid->n_columns] && y >= grid->y[0] && y <= grid->y[grid->n_rows]))
    return -1;
  size_t column = cell_of(grid->x, grid->n_columns, grid->x_scale, x),
         row = cell_of(grid->y, grid->n_rows, grid->y_scale, y);
  uint32_t state = grid->states[row * grid->n_columns + column];
  if (!(state & GY_CELL_MIXED)) return (int32_t)state - 1;
  double right = grid->x[column + 1];
  const way w = {{x, y}, {right, y}, {right, grid->y[row + 1]}};
  for (const gy_cell_region *of = grid->mixed + (state & ~GY_CELL_MIXED);; of++) {
    if (holds(grid, of, &w)) return of->region;
    if (of->is_last) return -1;
  }
}
