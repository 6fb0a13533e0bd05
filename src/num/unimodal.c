/* SPDX-License-Identifier: Apache-2.0 */
#include "num/unimodal.h"

#include <math.h>
#include <string.h>

typedef struct {
  double mass, width; /* of pieces pooled: their density is mass / width */
  size_t n;
} pool;

/* Pools neighbours until densities rise (direction 1) or fall (-1) from piece `first`, `n` pieces in that
 * direction; writes each piece's density. Pool adjacent violators (Ayer et al. 1955). */
static void pool_violators(const double *mass, const double *width, size_t first, size_t n, double *density) {
  pool pools[GY_UNIMODAL_PIECES];
  size_t n_pools = 0;
  for (size_t i = 0; i < n; i++) {
    pools[n_pools++] = (pool){mass[first + i], width[first + i], 1};
    while (n_pools > 1 && pools[n_pools - 2].mass * pools[n_pools - 1].width >
                              pools[n_pools - 1].mass * pools[n_pools - 2].width) {
      pools[n_pools - 2].mass += pools[n_pools - 1].mass;
      pools[n_pools - 2].width += pools[n_pools - 1].width;
      pools[n_pools - 2].n += pools[n_pools - 1].n;
      n_pools--;
    }
  }
  for (size_t p = 0, i = 0; p < n_pools; p++)
    for (size_t j = 0; j < pools[p].n; j++) density[i++] = pools[p].mass / pools[p].width;
}

/* Densities that rise up to piece `peak` and fall from it on. Returns the log-likelihood. */
static double densities_around(const double *mass, const double *width, size_t n, size_t peak,
                               double *density) {
  double turned_mass[GY_UNIMODAL_PIECES], turned_width[GY_UNIMODAL_PIECES], turned[GY_UNIMODAL_PIECES];
  size_t behind = n - peak;
  pool_violators(mass, width, 0, peak, density);
  for (size_t i = 0; i < behind; i++) {
    turned_mass[i] = mass[n - 1 - i];
    turned_width[i] = width[n - 1 - i];
  }
  pool_violators(turned_mass, turned_width, 0, behind, turned);
  for (size_t i = 0; i < behind; i++) density[n - 1 - i] = turned[i];
  double likelihood = 0;
  for (size_t i = 0; i < n; i++) likelihood += mass[i] * log(density[i]);
  return likelihood;
}

/* Pieces of distinct values where there are few, else of equally many values. */
static void cut(const double *sorted, size_t n, gy_unimodal *fit, double *mass) {
  size_t n_distinct = 0;
  for (size_t i = 0; i < n && n_distinct <= GY_UNIMODAL_PIECES; i++)
    n_distinct += i == 0 || sorted[i] != sorted[i - 1];
  bool few = n_distinct <= GY_UNIMODAL_PIECES;
  size_t a_piece = n / GY_UNIMODAL_PIECES + 1;
  memset(fit, 0, sizeof *fit);
  for (size_t i = 0; i < n;) {
    size_t end = few ? i + 1 : i + a_piece < n ? i + a_piece : n;
    while (end < n && sorted[end] == sorted[end - 1]) end++;
    fit->low[fit->n_pieces] = few || fit->n_pieces == 0 ? sorted[i] : fit->high[fit->n_pieces - 1];
    fit->high[fit->n_pieces] = few ? sorted[i] : sorted[end - 1];
    mass[fit->n_pieces++] = (double)(end - i) / (double)n;
    i = end;
  }
}

void gy_unimodal_fit(const double *sorted, size_t n, gy_unimodal *fit) {
  double mass[GY_UNIMODAL_PIECES] = {0}, width[GY_UNIMODAL_PIECES], density[GY_UNIMODAL_PIECES];
  double best[GY_UNIMODAL_PIECES] = {0}, most = -INFINITY;
  cut(sorted, n, fit, mass);
  double least_width = (sorted[n - 1] - sorted[0]) * 1e-9;
  for (size_t i = 0; i < fit->n_pieces; i++) {
    width[i] = fit->high[i] - fit->low[i];
    if (fit->low[i] == fit->high[i])
      width[i] = 1; /* a single value: frequencies take the place of densities */
    width[i] = fmax(width[i], least_width);
  }
  for (size_t peak = 0; peak <= fit->n_pieces; peak++) {
    double likelihood = densities_around(mass, width, fit->n_pieces, peak, density);
    if (likelihood <= most) continue;
    most = likelihood;
    memcpy(best, density, sizeof best);
  }
  double total = 0, until = 0;
  for (size_t i = 0; i < fit->n_pieces; i++) total += best[i] * width[i];
  for (size_t i = 0; i < fit->n_pieces; i++) fit->until[i] = (until += best[i] * width[i] / total);
  fit->until[fit->n_pieces - 1] = 1;
}

double gy_unimodal_quantile(const gy_unimodal *fit, double u) {
  size_t piece = 0;
  while (piece + 1 < fit->n_pieces && fit->until[piece] < u) piece++;
  double before = piece > 0 ? fit->until[piece - 1] : 0, share = fit->until[piece] - before;
  double within = share > 0 ? (u - before) / share : 0.5;
  return fit->low[piece] + fmin(fmax(within, 0), 1) * (fit->high[piece] - fit->low[piece]);
}
