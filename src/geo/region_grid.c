/* SPDX-License-Identifier: Apache-2.0
 *
 * Building the grid: edges are counted and then put into the cells they meet; each region, in file order,
 * then finds out which corners it holds, one row of the grid at a time, and becomes the answer of a cell or
 * an entry in its list. A grid that would be too large for its regions (long edges, many wide regions) is
 * halved until it is not. */
#include "geo/region_grid.h"

#include <stdlib.h>
#include <string.h>

static const size_t CELLS_MOST = 4 << 20, CELLS_LEAST = 64;
/* At most so many entries of edges, and of cells under the boxes of regions, beyond a few an edge. */
static const size_t ENTRIES_MOST = 32 << 20, ENTRIES_EACH = 8;
/* Narrower cells (0.1 mm) would be beside the rounding of what is computed about them. */
static const double NARROWEST_DEGREES = 1e-9, ROUNDING_DEGREES = 1e-12;

typedef struct entry {
  uint32_t cell;
  gy_cell_region of;
} entry;

typedef struct builder {
  gy_region_grid *grid;
  const gy_rings *rings;
  const gy_region_span *regions;
  size_t n_regions, n_entries_most;
  double slack_x, slack_y;
  uint32_t *ends;    /* a cell: where its edges end; while counting, how many they are */
  uint32_t *cursors; /* the next edge that no region took */
  uint8_t *closed;   /* whether a region holds the whole cell */
  uint8_t *corners;  /* of the region at hand: whether it holds the corner of a cell under its box */
  entry *entries;
  size_t n_entries, entry_room;
} builder;

typedef struct box {
  size_t c0, c1, r0, r1; /* cells, both ends in */
} box;

static size_t side_of(const double *sides, size_t n, double scale, double v) {
  double at = (v - sides[0]) * scale;
  return !(at > 0) ? 0 : at >= (double)n ? n - 1 : (size_t)at;
}

/* Every cell that what lies between these may meet: one more where rounding could decide. */
static void span_of(const double *sides, size_t n, double scale, double slack, double from, double to,
                    size_t *first, size_t *last) {
  *first = side_of(sides, n, scale, from - slack);
  *last = side_of(sides, n, scale, to + slack);
  if (*first > 0 && from - slack < sides[*first]) --*first;
  if (*last + 1 < n && to + slack >= sides[*last + 1]) ++*last;
}

static box box_of(const builder *b, double x0, double y0, double x1, double y1) {
  const gy_region_grid *g = b->grid;
  box cells;
  span_of(g->x, g->n_columns, g->x_scale, b->slack_x, x0, x1, &cells.c0, &cells.c1);
  span_of(g->y, g->n_rows, g->y_scale, b->slack_y, y0, y1, &cells.r0, &cells.r1);
  return cells;
}

static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a < b ? b : a; }

/* The part of an edge within a row, and a little beyond. */
static void clip_to_row(const builder *b, gy_place from, gy_place to, size_t row, double *x0, double *x1) {
  *x0 = least(from.x, to.x);
  *x1 = most(from.x, to.x);
  if (from.y == to.y) return;
  double slope = (to.x - from.x) / (to.y - from.y);
  double below = most(b->grid->y[row] - b->slack_y, least(from.y, to.y)),
         above = least(b->grid->y[row + 1] + b->slack_y, most(from.y, to.y));
  double at_below = from.x + (below - from.y) * slope, at_above = from.x + (above - from.y) * slope;
  *x0 = most(*x0, least(at_below, at_above));
  *x1 = least(*x1, most(at_below, at_above));
}

/* Counts an edge in the cells it may meet, or where `edges` is there writes it into them. */
static size_t put_edge(builder *b, size_t edge, uint32_t *places, uint32_t *edges) {
  gy_place from = b->rings->places[edge], to = b->rings->places[edge + 1];
  box cells = box_of(b, least(from.x, to.x), least(from.y, to.y), most(from.x, to.x), most(from.y, to.y));
  size_t n = 0;
  for (size_t row = cells.r0; row <= cells.r1; row++) {
    size_t c0 = cells.c0, c1 = cells.c1;
    double x0, x1;
    if (cells.r0 < cells.r1 && c0 < c1) {
      clip_to_row(b, from, to, row, &x0, &x1);
      span_of(b->grid->x, b->grid->n_columns, b->grid->x_scale, b->slack_x, least(x0, x1), most(x0, x1), &c0,
              &c1);
    }
    for (size_t c = c0; c <= c1; c++) {
      uint32_t *at = &places[row * b->grid->n_columns + c];
      if (edges != NULL) edges[*at] = (uint32_t)edge;
      ++*at;
    }
    n += c1 - c0 + 1;
  }
  return n;
}

/* False: more entries than this grid may have. */
static bool put_edges(builder *b, uint32_t *places, uint32_t *edges, size_t *n) {
  *n = 0;
  for (size_t r = 0; r < b->rings->n_rings; r++) {
    const gy_ring *ring = &b->rings->rings[r];
    for (size_t i = 0; i + 1 < ring->count && *n <= b->n_entries_most; i++)
      *n += put_edge(b, ring->first + i, places, edges);
  }
  return *n <= b->n_entries_most;
}

/* Marks, in each row, how far to the right the corners left of this edge go: mark i for i of them. */
static void mark_corners(builder *b, const box *cells, size_t edge) {
  const gy_region_grid *g = b->grid;
  gy_place from = b->rings->places[edge], to = b->rings->places[edge + 1];
  size_t width = cells->c1 - cells->c0 + 1;
  box own = box_of(b, from.x, least(from.y, to.y), from.x, most(from.y, to.y));
  for (size_t row = own.r0; row <= own.r1; row++) {
    double y = g->y[row + 1];
    if ((from.y > y) == (to.y > y)) continue;
    double x = from.x + (y - from.y) * ((to.x - from.x) / (to.y - from.y));
    size_t column = side_of(g->x, g->n_columns, g->x_scale, x);
    size_t n = column < cells->c0 ? 0 : column - cells->c0 > width ? width : column - cells->c0;
    while (n < width && gy_edge_is_right_of(from, to, (gy_place){g->x[cells->c0 + n + 1], y})) n++;
    while (n > 0 && !gy_edge_is_right_of(from, to, (gy_place){g->x[cells->c0 + n], y})) n--;
    b->corners[(row - cells->r0) * (width + 1) + n] ^= 1;
  }
}

/* A corner is inside when an odd number of its region's edges are right of it. */
static void find_corners(builder *b, const gy_region_span *region, const box *cells) {
  size_t width = cells->c1 - cells->c0 + 1, height = cells->r1 - cells->r0 + 1;
  memset(b->corners, 0, (width + 1) * height);
  for (size_t r = 0; r < region->n_rings; r++) {
    const gy_ring *ring = &b->rings->rings[region->first_ring + r];
    for (size_t i = 0; i + 1 < ring->count; i++) mark_corners(b, cells, ring->first + i);
  }
  for (size_t row = 0; row < height; row++) {
    uint8_t *line = b->corners + row * (width + 1), inside = 0;
    for (size_t c = width; c > 0; c--) {
      uint8_t here = line[c];
      line[c] = inside; /* marks beyond c are of edges right of its corner */
      inside ^= here;
    }
    line[0] = inside;
  }
}

static gy_status add_entry(builder *b, size_t cell, gy_cell_region of, gy_error *err) {
  if (b->n_entries == b->entry_room) {
    size_t room = b->entry_room == 0 ? 4096 : 2 * b->entry_room;
    entry *entries = realloc(b->entries, room * sizeof *entries);
    if (entries == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu cells on borders", room);
    b->entries = entries;
    b->entry_room = room;
  }
  b->entries[b->n_entries++] = (entry){(uint32_t)cell, of};
  b->grid->states[cell] = GY_CELL_MIXED;
  return GY_OK;
}

/* What a region is to a cell that no earlier region holds wholly. */
static gy_status take_cell(builder *b, size_t number, size_t places_end, size_t cell, bool inside,
                           gy_error *err) {
  uint32_t first = b->cursors[cell], end = first;
  while (end < b->ends[cell] && b->grid->edges[end] < places_end) end++;
  b->cursors[cell] = end;
  gy_cell_region of = {(int32_t)number, first, end - first, inside, false};
  if (end > first) return add_entry(b, cell, of, err);
  if (!inside) return GY_OK;
  b->closed[cell] = 1;
  if (b->grid->states[cell] != 0) return add_entry(b, cell, of, err);
  b->grid->states[cell] = (uint32_t)number + 1;
  return GY_OK;
}

static gy_status take_cells(builder *b, size_t number, gy_error *err) {
  const gy_region_span *region = &b->regions[number];
  const gy_ring *last = &b->rings->rings[region->first_ring + region->n_rings - 1];
  box cells = box_of(b, region->x_min, region->y_min, region->x_max, region->y_max);
  size_t width = cells.c1 - cells.c0 + 1;
  find_corners(b, region, &cells);
  for (size_t row = cells.r0; row <= cells.r1; row++)
    for (size_t c = cells.c0; c <= cells.c1; c++) {
      size_t cell = row * b->grid->n_columns + c;
      if (b->closed[cell]) continue;
      bool inside = b->corners[(row - cells.r0) * (width + 1) + c - cells.c0];
      gy_status status = take_cell(b, number, last->first + last->count, cell, inside, err);
      if (status != GY_OK) return status;
    }
  return GY_OK;
}

/* From region by region to cell by cell, regions of a cell in their order. */
static gy_status sort_entries(builder *b, gy_error *err) {
  gy_region_grid *g = b->grid;
  size_t n_cells = g->n_columns * g->n_rows;
  g->mixed = malloc((b->n_entries + 1) * sizeof *g->mixed);
  if (g->mixed == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu cells on borders", b->n_entries);
  uint32_t *next = b->cursors, at = 0;
  memset(next, 0, n_cells * sizeof *next);
  for (size_t i = 0; i < b->n_entries; i++) next[b->entries[i].cell]++;
  for (size_t cell = 0; cell < n_cells; cell++) {
    uint32_t n = next[cell];
    next[cell] = at;
    if (n > 0) g->states[cell] = GY_CELL_MIXED | at;
    at += n;
  }
  for (size_t i = 0; i < b->n_entries; i++) g->mixed[next[b->entries[i].cell]++] = b->entries[i].of;
  for (size_t cell = 0; cell < n_cells; cell++)
    if (g->states[cell] & GY_CELL_MIXED) g->mixed[next[cell] - 1].is_last = true;
  return GY_OK;
}

static void take_sides(double *sides, size_t n, double from, double to) {
  for (size_t i = 0; i < n; i++) sides[i] = from + (to - from) * ((double)i / (double)n);
  sides[n] = to;
}

static size_t cells_along(double degrees, double wanted) {
  double fits = degrees / NARROWEST_DEGREES;
  double n = wanted < fits ? wanted : fits;
  return n < 1 ? 1 : (size_t)n;
}

/* Sizes the grid for the box of all regions, cells as square as they can be; frees one that was there. */
static gy_status lay_out(builder *b, const gy_region_span *all, size_t n_cells, gy_error *err) {
  gy_region_grid *g = b->grid;
  gy_region_grid_clear(g);
  free(b->ends);
  b->ends = NULL;
  double width = all->x_max - all->x_min, height = all->y_max - all->y_min, cells = (double)n_cells;
  double columns = sqrt(cells * width / (height > 0 ? height : 1));
  columns = columns > cells ? cells : columns < 1 ? 1 : columns;
  g->n_columns = cells_along(width, columns);
  g->n_rows = cells_along(height, cells / (double)g->n_columns);
  g->x_scale = width > 0 ? (double)g->n_columns / width : 0;
  g->y_scale = height > 0 ? (double)g->n_rows / height : 0;
  b->slack_x = most(1e-6 * width / (double)g->n_columns, ROUNDING_DEGREES);
  b->slack_y = most(1e-6 * height / (double)g->n_rows, ROUNDING_DEGREES);
  g->places = b->rings->places;
  g->x = malloc((g->n_columns + 1) * sizeof *g->x);
  g->y = malloc((g->n_rows + 1) * sizeof *g->y);
  b->ends = calloc(g->n_columns * g->n_rows, sizeof *b->ends);
  if (g->x == NULL || g->y == NULL || b->ends == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for a grid of %zu x %zu cells", g->n_columns, g->n_rows);
  take_sides(g->x, g->n_columns, all->x_min, all->x_max);
  take_sides(g->y, g->n_rows, all->y_min, all->y_max);
  return GY_OK;
}

/* Cells under the boxes of regions, and the largest such box with a column more. */
static size_t count_under_boxes(const builder *b, size_t *largest) {
  size_t sum = 0;
  *largest = 0;
  for (size_t i = 0; i < b->n_regions; i++) {
    const gy_region_span *region = &b->regions[i];
    box cells = box_of(b, region->x_min, region->y_min, region->x_max, region->y_max);
    size_t height = cells.r1 - cells.r0 + 1, n = (cells.c1 - cells.c0 + 2) * height;
    if (n > *largest) *largest = n;
    sum += n;
  }
  return sum;
}

static gy_status fit_grid(builder *b, size_t n_cells, size_t *n_edges, size_t *largest, gy_error *err) {
  gy_region_span all = b->regions[0];
  for (size_t i = 1; i < b->n_regions; i++) {
    all.x_min = least(all.x_min, b->regions[i].x_min);
    all.y_min = least(all.y_min, b->regions[i].y_min);
    all.x_max = most(all.x_max, b->regions[i].x_max);
    all.y_max = most(all.y_max, b->regions[i].y_max);
  }
  b->n_entries_most = ENTRIES_MOST + ENTRIES_EACH * b->rings->n_places;
  for (;; n_cells /= 4) {
    gy_status status = lay_out(b, &all, n_cells == 0 ? 1 : n_cells, err);
    if (status != GY_OK) return status;
    bool fits = count_under_boxes(b, largest) <= b->n_entries_most && put_edges(b, b->ends, NULL, n_edges);
    if (fits || n_cells <= 1) return GY_OK;
  }
}

static gy_status fill_grid(builder *b, size_t n_edges, size_t largest, gy_error *err) {
  gy_region_grid *g = b->grid;
  size_t n_cells = g->n_columns * g->n_rows;
  g->states = calloc(n_cells, sizeof *g->states);
  g->edges = malloc((n_edges + 1) * sizeof *g->edges);
  b->cursors = malloc(n_cells * sizeof *b->cursors);
  b->closed = calloc(n_cells, 1);
  b->corners = malloc(largest);
  if (g->states == NULL || g->edges == NULL || b->cursors == NULL || b->closed == NULL || b->corners == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for a grid of %zu cells", n_cells);
  uint32_t at = 0;
  for (size_t cell = 0; cell < n_cells; cell++) {
    uint32_t n = b->ends[cell];
    b->ends[cell] = b->cursors[cell] = at;
    at += n;
  }
  b->n_entries_most = n_edges;
  (void)put_edges(b, b->ends, g->edges, &n_edges);
  gy_status status = GY_OK;
  for (size_t i = 0; i < b->n_regions && status == GY_OK; i++) status = take_cells(b, i, err);
  return status == GY_OK ? sort_entries(b, err) : status;
}

gy_status gy_region_grid_build(const gy_rings *rings, const gy_region_span *regions, size_t n,
                               size_t cells_most, gy_region_grid *grid, gy_error *err) {
  gy_region_grid built = {0};
  builder b = {.grid = &built, .rings = rings, .regions = regions, .n_regions = n};
  size_t n_edges = 0, largest = 0, n_cells = 8 * rings->n_places;
  if (n_cells < CELLS_LEAST) n_cells = CELLS_LEAST;
  if (n_cells > CELLS_MOST) n_cells = CELLS_MOST;
  if (cells_most > 0 && n_cells > cells_most) n_cells = cells_most;
  gy_status status = fit_grid(&b, n_cells, &n_edges, &largest, err);
  if (status == GY_OK) status = fill_grid(&b, n_edges, largest, err);
  free(b.ends);
  free(b.cursors);
  free(b.closed);
  free(b.corners);
  free(b.entries);
  if (status == GY_OK)
    *grid = built;
  else
    gy_region_grid_clear(&built);
  return status;
}

void gy_region_grid_clear(gy_region_grid *grid) {
  free(grid->x);
  free(grid->y);
  free(grid->states);
  free(grid->mixed);
  free(grid->edges);
  *grid = (gy_region_grid){0};
}
