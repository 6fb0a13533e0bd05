/* SPDX-License-Identifier: Apache-2.0
 *
 * Hexagonal cells of the globe, with the indexes of H3: 122 base cells (resolution 0, about 2,200 km across)
 * down to resolution 15 (about a metre). Each cell has about seven children; twelve cells of a
 * resolution are pentagons, at the vertices of an icosahedron, and lie in oceans.
 *
 * Indexes are those of the H3 library 4 (its functions' names are given): a cell made by either names the
 * same place in both, so maps and tables of other tools join. Points that lie on the border of two cells
 * within the rounding of a double (about 1e-9 of a cell's width at resolution 15) may fall to the other one.
 *
 * Units: degrees, WGS84 latitude -90..90 and longitude; in, -180..360 (both customs), out, -180..180.
 * Whatever is no cell has index 0 (GY_H3_NONE); so 0 marks what could not be answered, and functions on
 * arrays count it.
 * Determinism: an index depends on the point alone: not on the processor, its neighbours in the array, or how
 * many there are. No function allocates but gy_h3_grid_disk. Everything may be called from any thread.
 * Source: Sahr, White, Kimerling 2003 (geodesic discrete global grids); H3's documentation (h3geo.org);
 * docs/methods/hexagons.md for the arithmetic, which is our own. */
#ifndef GYEOL_H3_H
#define GYEOL_H3_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  GY_H3_NONE = 0,
  GY_H3_RESOLUTION_MAX = 15,
  GY_H3_BOUNDARY_MAX = 10, /* vertices */
  GY_H3_TEXT_MAX = 17,     /* with the 0 at the end */
  GY_H3_DISK_K_MAX = 1000
};

/* latLngToCell for `n` points (lat, lng: n each). Points outside the world or NaN get GY_H3_NONE and are
 * counted in *n_outside (may be NULL). Errors: GY_EUSAGE (a resolution outside 0..15). Cost: O(n resolution),
 * 30-100 ns a point; constant scratch on the stack. `cells` may not overlap the inputs. */
GY_MUST_USE gy_status gy_h3_lat_lng_to_cells(const double *lat, const double *lng, size_t n, int resolution,
                                             uint64_t *cells, size_t *n_outside, gy_error *err);

/* The same for one point; GY_H3_NONE also for a resolution outside 0..15. */
uint64_t gy_h3_lat_lng_to_cell(double lat, double lng, int resolution);

/* cellToLatLng for `n` cells: their centres. Indexes that are no cell get NaN and are counted in *n_invalid
 * (may be NULL). */
void gy_h3_cells_to_lat_lngs(const uint64_t *cells, size_t n, double *lat, double *lng, size_t *n_invalid);

/* cellToBoundary: the vertices of a cell, counter-clockwise, the first not repeated; lat and lng hold
 * GY_H3_BOUNDARY_MAX. Six, five for a pentagon, and one more for each edge of the icosahedron that a side
 * of a cell of an odd resolution crosses. Returns their number; 0 for what is no cell. Longitudes of a cell
 * on the antimeridian lie on both sides of +-180. */
int gy_h3_cell_to_boundary(uint64_t cell, double *lat, double *lng);

/* isValidCell. */
bool gy_h3_is_valid_cell(uint64_t cell);

/* isPentagon; false for what is no cell. */
bool gy_h3_is_pentagon(uint64_t cell);

/* getResolution; -1 for what is no cell. */
int gy_h3_resolution(uint64_t cell);

/* cellToParent for `n` cells: the cell of `resolution` that each belongs to (itself at its own resolution).
 * GY_H3_NONE, counted in *n_invalid (may be NULL), for what is no cell or is coarser than that. `parents`
 * may be `cells`. Errors: GY_EUSAGE (a resolution outside 0..15). */
GY_MUST_USE gy_status gy_h3_cells_to_parents(const uint64_t *cells, size_t n, int resolution,
                                             uint64_t *parents, size_t *n_invalid, gy_error *err);

/* The same for one; GY_H3_NONE also for a resolution outside 0..15. */
uint64_t gy_h3_cell_to_parent(uint64_t cell, int resolution);

/* cellToCenterChild; GY_H3_NONE for what is no cell, is finer than `resolution`, or a resolution beyond 15.
 */
uint64_t gy_h3_cell_to_center_child(uint64_t cell, int resolution);

/* cellToChildrenSize: descendants at `resolution`; 0 where gy_h3_cell_to_center_child gives none. */
int64_t gy_h3_children_count(uint64_t cell, int resolution);

/* cellToChildren: writes gy_h3_children_count cells, ascending; `children` is sized by the caller. */
void gy_h3_cell_to_children(uint64_t cell, int resolution, uint64_t *children);

/* The cells that share a side with `cell`, counter-clockwise; `neighbors` holds 6. Returns 6, or 5 for a
 * pentagon, 0 for what is no cell. */
int gy_h3_neighbors(uint64_t cell, uint64_t *neighbors);

/* maxGridDiskSize: 1 + 3 k (k + 1); 0 for k outside 0..GY_H3_DISK_K_MAX. */
size_t gy_h3_disk_size_max(int k);

/* gridDisk: the cells within k steps of `cell`, itself first, by steps; `cells` holds gy_h3_disk_size_max(k),
 * `distances` (steps) as many, or is NULL. *n is fewer only near pentagons and where the globe ends. Within a
 * step the order is fixed but means nothing. Errors: GY_EUSAGE (no cell, or k outside 0..GY_H3_DISK_K_MAX),
 * GY_ENOMEM. Cost: 10-20 ns a cell inside a face; elsewhere 0.2 us and up to 32 bytes of scratch a cell. */
GY_MUST_USE gy_status gy_h3_grid_disk(uint64_t cell, int k, uint64_t *cells, int32_t *distances, size_t *n,
                                      gy_error *err);

/* h3ToString: lower-case hexadecimal without leading zeros; `text` holds GY_H3_TEXT_MAX. Of any index, valid
 * or not. */
void gy_h3_to_text(uint64_t cell, char *text);

/* stringToH3 for `length` bytes: 1 to 16 hexadecimal digits of either case and nothing else. GY_H3_NONE for
 * text that is not so or whose index is no cell. */
uint64_t gy_h3_from_text(const char *text, size_t length);

#ifdef __cplusplus
}
#endif
#endif
