/* SPDX-License-Identifier: Apache-2.0
 *
 * Expectation and maximisation of a Gaussian mixture (Dempster, Laird and Rubin 1977), a tile of some hundred
 * points at a time. A tile is read once from memory, transposed in registers and stays in the cache while
 *
 *   1. each cluster's log density of each point is computed: z = U^T y, half of |z|^2 (four columns of z and
 *      some vectors of points in registers);
 *   2. the densities are normalised: log-sum-exp, with this file's own exp and ln;
 *   3. each cluster's sums of r, r y and r y y^T grow (sixteen products in registers, the points running
 *      across the lanes). y is relative to the current mean, so that no digits cancel; a tile's sums are
 *      reals, sums of tiles doubles.
 *
 * An iteration is thus one pass over the data, and nothing of size n x k is ever stored. This file is
 * compiled once an instruction set and precision, with GY_KERNEL naming the result and GY_REAL_IS_DOUBLE
 * choosing. */
#include "cluster/mixture_kernel.h"

#include <math.h>

#include "num/tile.h"

extern const gy_mixture_kernel GY_KERNEL;

#if GY_REAL_IS_DOUBLE
typedef double real;
typedef int64_t whole;
typedef uint64_t word;
enum { MANTISSA_BITS = 52, EXPONENT_BIAS = 1023, EXP_TERMS = 13, LOG_TERMS = 11 };
#define ROUNDER   0x1.8p52
#define LN2_HIGH  0x1.62e42feep-1
#define LN2_LOW   0x1.a39ef35793c76p-33
#define EXP_FLOOR (-708.0)
#else
typedef float real;
typedef int32_t whole;
typedef uint32_t word;
enum { MANTISSA_BITS = 23, EXPONENT_BIAS = 127, EXP_TERMS = 7, LOG_TERMS = 5 };
#define ROUNDER   0x1.8p23f
#define LN2_HIGH  0x1.62e4p-1f
#define LN2_LOW   0x1.7f7d1cp-20f
#define EXP_FLOOR (-87.0f)
#endif

enum {
  LANES = (int)(4 * GY_LANES / sizeof(real)),
  SIDE = GY_MIXTURE_SIDE,
  ABREAST = LANES >= 8 ? 4 : 2, /* vectors of points at a time */
  ACROSS = GY_LANES >= 16  ? 4
           : GY_LANES >= 8 ? 2
                           : 1 /* columns of products at a time */
};
typedef real vr __attribute__((vector_size(4 * GY_LANES)));
typedef whole vw __attribute__((vector_size(4 * GY_LANES)));
typedef word vu __attribute__((vector_size(4 * GY_LANES))); /* wraps around */

/* What is farther from a mean than this many deviations is as unlikely as this. */
#define MOST_SQUARED ((real)1e30)
#define MOST_VALUE   ((real)1e15)

static inline vr load(const real *from) {
  vr v;
  memcpy(&v, from, sizeof v);
  return v;
}

static inline void store(real *to, vr v) { memcpy(to, &v, sizeof v); }

static inline vr splat(real value) { return value - (vr){0}; }

static inline vr choose(vw mask, vr a, vr b) { return (vr)((mask & (vw)a) | (~mask & (vw)b)); }

static inline vr least(vr a, vr b) { return choose(a < b, a, b); }

static inline vr most(vr a, vr b) { return choose(a > b, a, b); }

static const real INVERSE_FACTORIAL[] = {(real)1,
                                         (real)1,
                                         (real)(1. / 2),
                                         (real)(1. / 6),
                                         (real)(1. / 24),
                                         (real)(1. / 120),
                                         (real)(1. / 720),
                                         (real)(1. / 5040),
                                         (real)(1. / 40320),
                                         (real)(1. / 362880),
                                         (real)(1. / 3628800),
                                         (real)(1. / 39916800),
                                         (real)(1. / 479001600),
                                         (real)(1. / 6227020800)};

/* e^x for x <= 0, 0 below EXP_FLOOR: x = m ln 2 + r with |r| <= ln 2 / 2, and Taylor's series for e^r. */
static inline vr exponential(vr x) {
  vr m = x * (real)1.44269504088896340736 + ROUNDER;
  vu power = (vu)m - (vu)splat(ROUNDER);
  m -= ROUNDER;
  vr r = x - m * LN2_HIGH - m * LN2_LOW;
  vr sum = splat(INVERSE_FACTORIAL[EXP_TERMS]);
  for (int i = EXP_TERMS - 1; i >= 0; i--) sum = sum * r + INVERSE_FACTORIAL[i];
  vr result = (vr)((vu)sum + (power << MANTISSA_BITS));
  return choose(x < EXP_FLOOR, splat(0), result);
}

/* ln x for x >= 1: x = 2^m f with f in sqrt(1/2)..sqrt(2), and ln f = 2 artanh((f - 1) / (f + 1)). */
static inline vr logarithm(vr x) {
  const whole root_half = GY_REAL_IS_DOUBLE ? (whole)0x3fe6a09e667f3bcd : (whole)0x3f3504f3;
  vw power = ((vw)x - root_half) >> MANTISSA_BITS;
  vr f = (vr)((vw)x - (power << MANTISSA_BITS));
  vr t = (f - 1) / (f + 1), t2 = t * t;
  vr sum = splat((real)1 / (real)(2 * LOG_TERMS - 1));
  for (int i = LOG_TERMS - 2; i >= 0; i--) sum = sum * t2 + (real)1 / (real)(2 * i + 1);
  vr m = (vr)((vw)splat(ROUNDER) + power) - ROUNDER;
  return 2 * t * sum + m * LN2_LOW + m * LN2_HIGH;
}

/* What a kernel call works with. */
typedef struct {
  size_t stride;   /* points a tile has room for */
  size_t n_points; /* of this tile, rounded up to a multiple of 64 */
  real *x;         /* d_padded x stride */
  real *y;         /* d_padded x stride: of one cluster */
  real *r;         /* k x stride: log densities, then responsibilities */
  real *weight;    /* stride; 0 past the end */
  real *log_density;
  float *rows; /* a padded copy of rows at the end of the matrix */
} workspace;

static workspace lay_workspace(const gy_mixture_pack *pack, void *scratch) {
  size_t stride = gy_mixture_tile(pack->d);
  workspace w = {.stride = stride, .x = scratch};
  w.y = w.x + gy_round_up(pack->d, GY_LANES_MAX) * stride;
  w.r = w.y + pack->d_padded * stride;
  w.weight = w.r + pack->k * stride;
  w.log_density = w.weight + stride;
  w.rows = (float *)(w.log_density + stride);
  return w;
}

static inline vr into_frame(vr value, const float *offset, const float *scale, size_t j) {
  vr framed = (value - (real)offset[j]) * (real)scale[j];
  return most(least(framed, splat(MOST_VALUE)), splat(-MOST_VALUE));
}

/* GY_LANES rows, GY_HALF_LANES columns from `rows` on, into columns j.. and points p.. of the tile. */
static inline void load_columns(const gy_mixture_pack *pack, const float *rows, size_t j, size_t p,
                                workspace *w) {
  gy_vf block[GY_HALF_LANES];
  for (size_t i = 0; i < GY_HALF_LANES; i++)
    block[i] = gy_vf_load_halves(rows + 2 * i * pack->d, rows + (2 * i + 1) * pack->d);
  gy_transpose_halves(block);
  for (size_t i = 0; i < GY_HALF_LANES && j + i < pack->d_padded; i++) {
    real *to = w->x + (j + i) * w->stride + p;
#if GY_REAL_IS_DOUBLE
    for (int half = 0; half < 2; half++) {
      vr value;
      for (int l = 0; l < LANES; l++) value[l] = (double)block[i][half * LANES + l];
      store(to + half * LANES, into_frame(value, pack->offset, pack->scale, j + i));
    }
#else
    store(to, into_frame(block[i], pack->offset, pack->scale, j + i));
#endif
  }
}

/* Rows `first`.. as columns of the frame. Half vectors are read whole: near the end of the matrix, from a
 * copy. */
static void load_points(const gy_mixture_pack *pack, gy_matrix x, size_t first, size_t n, workspace *w) {
  size_t d = x.n_columns, d_read = gy_round_up(d, GY_HALF_LANES);
  for (size_t p = 0; p < w->n_points; p += GY_LANES) {
    size_t n_here = p >= n ? 0 : n - p < GY_LANES ? n - p : GY_LANES;
    const float *rows = w->rows;
    if (n_here == GY_LANES && (first + p + GY_LANES - 1) * d + d_read <= x.n_rows * d) {
      rows = gy_matrix_row(x, first + p);
    } else {
      if (n_here > 0) memcpy(w->rows, gy_matrix_row(x, first + p), n_here * d * sizeof(float));
      memset(w->rows + n_here * d, 0, ((GY_LANES - n_here) * d + GY_LANES) * sizeof(float));
    }
    for (size_t j = 0; j < d; j += GY_HALF_LANES) load_columns(pack, rows + j, j, p, w);
  }
}

static void load_tile(const gy_mixture_pack *pack, gy_matrix x, const float *weights, size_t first, size_t n,
                      workspace *w) {
  w->n_points = gy_round_up(n, 64);
  load_points(pack, x, first, n, w);
  for (size_t i = 0; i < w->n_points; i++)
    w->weight[i] = i >= n ? 0 : weights == NULL ? 1 : (real)weights[first + i];
}

/* y of cluster c. */
static void subtract_center(const gy_mixture_pack *pack, size_t c, workspace *w) {
  const real *center = (const real *)pack->centers + c * pack->d_padded;
  for (size_t j = 0; j < pack->d_padded; j++) {
    const real *from = w->x + j * w->stride;
    real *to = w->y + j * w->stride;
    for (size_t p = 0; p < w->n_points; p += LANES) store(to + p, load(from + p) - center[j]);
  }
}

/* |z|^2 of ABREAST vectors of points at y: full covariances. */
static inline void add_stripes(const gy_mixture_pack *pack, const real *factor, const real *shift,
                               const real *y, size_t stride, vr squared[ABREAST]) {
  for (size_t b = 0; b < pack->d_padded; b += SIDE) {
    size_t n_rows = b + SIDE < pack->d ? b + SIDE : pack->d;
    vr z[SIDE][ABREAST];
    for (int q = 0; q < SIDE; q++)
      for (int v = 0; v < ABREAST; v++) z[q][v] = splat(shift[b + (size_t)q]);
    for (size_t i = 0; i < n_rows; i++, factor += SIDE) {
      vr column[ABREAST];
      for (int v = 0; v < ABREAST; v++) column[v] = load(y + i * stride + (size_t)v * LANES);
      for (int q = 0; q < SIDE; q++)
        for (int v = 0; v < ABREAST; v++) z[q][v] += column[v] * factor[q];
    }
    for (int q = 0; q < SIDE; q++)
      for (int v = 0; v < ABREAST; v++) squared[v] += z[q][v] * z[q][v];
  }
}

static inline void add_columns(const gy_mixture_pack *pack, const real *factor, const real *shift,
                               const real *y, size_t stride, vr squared[ABREAST]) {
  for (size_t j = 0; j < pack->d; j++) {
    for (int v = 0; v < ABREAST; v++) {
      vr z = load(y + j * stride + (size_t)v * LANES) * factor[j] + shift[j];
      squared[v] += z * z;
    }
  }
}

/* Log densities of the tile's points in cluster c, with its weight: into r. */
static void measure(const gy_mixture_pack *pack, size_t c, workspace *w) {
  const real *factor = (const real *)pack->factors + c * pack->factor_stride;
  const real *shift = (const real *)pack->shifts + c * pack->d_padded;
  real *out = w->r + c * w->stride;
  for (size_t p = 0; p < w->n_points; p += (size_t)ABREAST * LANES) {
    vr squared[ABREAST] = {{0}};
    if (pack->diagonal) {
      add_columns(pack, factor, shift, w->y + p, w->stride, squared);
    } else {
      add_stripes(pack, factor, shift, w->y + p, w->stride, squared);
    }
    for (int v = 0; v < ABREAST; v++)
      store(out + p + (size_t)v * LANES,
            (real)pack->bias[c] - (real)0.5 * least(squared[v], splat(MOST_SQUARED)));
  }
}

static inline void add_lanes(double sum[LANES], vr v) {
  for (int l = 0; l < LANES; l++) sum[l] += (double)v[l];
}

static inline double sum_lanes(const double sum[LANES]) {
  double total = 0;
  for (int l = 0; l < LANES; l++) total += sum[l];
  return total;
}

/* The lanes of v: its halves are added first. */
static inline double sum_vector(vr v) {
  typedef real half __attribute__((vector_size(2 * GY_LANES)));
  half halves[2];
  memcpy(halves, &v, sizeof v);
  halves[0] += halves[1];
  double total = 0;
  for (int l = 0; l < LANES / 2; l++) total += (double)halves[0][l];
  return total;
}

/* Log densities to responsibilities, times the rows' weights if wanted; log_density receives the mixture's.
 */
static void normalise(size_t k, bool weigh, workspace *w) {
  for (size_t p = 0; p < w->n_points; p += LANES) {
    vr highest = load(w->r + p), sum = {0};
    for (size_t c = 1; c < k; c++) highest = most(highest, load(w->r + c * w->stride + p));
    for (size_t c = 0; c < k; c++) {
      vr e = exponential(load(w->r + c * w->stride + p) - highest);
      sum += e;
      store(w->r + c * w->stride + p, e);
    }
    vr share = (weigh ? load(w->weight + p) : splat(1)) / sum;
    store(w->log_density + p, highest + logarithm(sum));
    for (size_t c = 0; c < k; c++) store(w->r + c * w->stride + p, load(w->r + c * w->stride + p) * share);
  }
}

static double log_likelihood_of(const workspace *w) {
  double sum[LANES] = {0};
  for (size_t p = 0; p < w->n_points; p += LANES)
    add_lanes(sum, load(w->log_density + p) * load(w->weight + p));
  return sum_lanes(sum);
}

/* What was lost when a bias became a real is the same in every row and would add up. */
static double lost_in_biases(const gy_mixture_pack *pack, const double *mass) {
  double lost = 0;
  for (size_t c = 0; c < pack->k; c++)
    if (mass[c] > 0) lost += mass[c] * (pack->bias[c] - (double)(real)pack->bias[c]);
  return lost;
}

/* -sum r ln r of the tile, from responsibilities that are not weighted yet. */
static double entropy_of(const gy_mixture_pack *pack, const workspace *w) {
  double sum[LANES] = {0};
  for (size_t p = 0; p < w->n_points; p += LANES) {
    vr entropy = {0};
    for (size_t c = 0; c < pack->k; c++) {
      vr r = load(w->r + c * w->stride + p);
      /* ln r = -ln (1 / r); no r below this counts. */
      entropy += r * logarithm(1 / most(r, splat((real)1e-30)));
    }
    add_lanes(sum, entropy * load(w->weight + p));
  }
  return sum_lanes(sum);
}

static void assign_wholly(const int32_t *labels, size_t n, size_t k, workspace *w) {
  for (size_t c = 0; c < k; c++)
    for (size_t i = 0; i < w->n_points; i++)
      w->r[c * w->stride + i] = i < n && labels[i] == (int32_t)c ? w->weight[i] : 0;
}

/* to[q * stride + t] += the lanes of products[q][t], each summed. */
static inline void add_products(vr products[SIDE][ACROSS], double *to, size_t stride) {
  real sums[SIDE * ACROSS];
#if GY_REAL_IS_DOUBLE
  for (int i = 0; i < SIDE * ACROSS; i++) {
    sums[i] = 0;
    for (int l = 0; l < LANES; l++) sums[i] += products[i / ACROSS][i % ACROSS][l];
  }
#else
  gy_vf rows[GY_LANES];
  for (int i = 0; i < GY_LANES; i++) rows[i] = products[i / ACROSS][i % ACROSS];
  gy_transpose(rows);
  for (int half = GY_LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) rows[i] += rows[i + half];
  store(sums, rows[0]);
#endif
  for (int q = 0; q < SIDE; q++)
    for (int t = 0; t < ACROSS; t++) to[(size_t)q * stride + (size_t)t] += (double)sums[q * ACROSS + t];
}

/* Sums of r y y^T, rows i..i+3, columns j.. */
static inline void gather_products(const workspace *w, const real *r, size_t i, size_t j, double *to,
                                   size_t stride) {
  const real *a = w->y + i * w->stride, *b = w->y + j * w->stride;
  vr products[SIDE][ACROSS] = {{{0}}};
  for (size_t p = 0; p < w->n_points; p += LANES) {
    vr weight = load(r + p), column[ACROSS];
    for (int t = 0; t < ACROSS; t++) column[t] = load(b + (size_t)t * w->stride + p);
    for (int q = 0; q < SIDE; q++) {
      vr weighted = weight * load(a + (size_t)q * w->stride + p);
      for (int t = 0; t < ACROSS; t++) products[q][t] += weighted * column[t];
    }
  }
  add_products(products, to, stride);
}

/* Sums of r y. */
static void gather_columns(const workspace *w, const real *r, size_t d_padded, double *first) {
  for (size_t j = 0; j < d_padded; j += SIDE) {
    const real *y = w->y + j * w->stride;
    vr sum[SIDE] = {{0}};
    for (size_t p = 0; p < w->n_points; p += LANES) {
      vr weight = load(r + p);
      for (size_t q = 0; q < SIDE; q++) sum[q] += weight * load(y + q * w->stride + p);
    }
    for (size_t q = 0; q < SIDE; q++) first[j + q] += sum_vector(sum[q]);
  }
}

/* Sums of r y^2. */
static void gather_squares(const workspace *w, const real *r, size_t d, double *second) {
  for (size_t j = 0; j < d; j++) {
    const real *y = w->y + j * w->stride;
    vr sum = {0};
    for (size_t p = 0; p < w->n_points; p += LANES) sum += load(r + p) * load(y + p) * load(y + p);
    second[j] += sum_vector(sum);
  }
}

/* Adds cluster c's sums over the tile. */
static void gather(const gy_mixture_pack *pack, size_t c, const workspace *w, gy_mixture_sums *sums) {
  const real *r = w->r + c * w->stride;
  double *second = sums->second + c * sums->second_stride;
  size_t d_padded = pack->d_padded;
  vr mass = {0};
  for (size_t p = 0; p < w->n_points; p += LANES) mass += load(r + p);
  sums->mass[c] += sum_vector(mass);
  gather_columns(w, r, d_padded, sums->first + c * d_padded);
  if (pack->diagonal) {
    gather_squares(w, r, pack->d, second);
    return;
  }
  for (size_t i = 0; i < d_padded; i += SIDE)
    for (size_t j = i; j < d_padded; j += ACROSS)
      gather_products(w, r, i, j, second + i * d_padded + j, d_padded);
}

static void clear_sums(const gy_mixture_pack *pack, gy_mixture_sums *sums) {
  size_t k = pack->k, d_padded = pack->d_padded;
  size_t length = sums->second_stride > 0 ? k * sums->second_stride : d_padded * d_padded;
  sums->log_likelihood = 0;
  memset(sums->mass, 0, k * sizeof(double));
  memset(sums->first, 0, k * d_padded * sizeof(double));
  memset(sums->second, 0, length * sizeof(double));
}

static void iterate(const gy_mixture_pack *pack, gy_matrix x, const float *weights, const int32_t *labels,
                    size_t first, size_t end, gy_mixture_sums *sums, void *scratch) {
  workspace w = lay_workspace(pack, scratch);
  clear_sums(pack, sums);
  for (size_t row = first; row < end; row += w.stride) {
    size_t n = end - row < w.stride ? end - row : w.stride;
    load_tile(pack, x, weights, row, n, &w);
    if (labels == NULL) {
      for (size_t c = 0; c < pack->k; c++) {
        subtract_center(pack, c, &w);
        measure(pack, c, &w);
      }
      normalise(pack->k, true, &w);
      sums->log_likelihood += log_likelihood_of(&w);
    } else {
      assign_wholly(labels + row, n, pack->k, &w);
    }
    for (size_t c = 0; c < pack->k; c++) {
      subtract_center(pack, c, &w);
      gather(pack, c, &w, sums);
    }
  }
  if (labels == NULL) sums->log_likelihood += lost_in_biases(pack, sums->mass);
}

/* As lost_in_biases, of one tile whose responsibilities are not weighted. */
static double lost_in_tile(const gy_mixture_pack *pack, const workspace *w) {
  double lost = 0;
  for (size_t c = 0; c < pack->k; c++) {
    vr mass = {0};
    for (size_t p = 0; p < w->n_points; p += LANES)
      mass += load(w->r + c * w->stride + p) * load(w->weight + p);
    lost += sum_vector(mass) * (pack->bias[c] - (double)(real)pack->bias[c]);
  }
  return lost;
}

/* The tile's rows into the caller's arrays. Before the responsibilities are known, r still holds log
 * densities: their highest is the label, also where the probabilities round to the same. */
static void write_labels(const workspace *w, size_t k, size_t n, int32_t *labels) {
  for (size_t i = 0; i < n; i++) {
    size_t best = 0;
    for (size_t c = 1; c < k; c++)
      if (w->r[c * w->stride + i] > w->r[best * w->stride + i]) best = c;
    labels[i] = (int32_t)best;
  }
}

static void write_rows(const workspace *w, size_t k, size_t row, size_t n, const gy_mixture_rows *rows) {
  if (rows->responsibilities != NULL)
    for (size_t i = 0; i < n; i++)
      for (size_t c = 0; c < k; c++)
        rows->responsibilities[(row + i) * k + c] = (float)w->r[c * w->stride + i];
  if (rows->log_density != NULL)
    for (size_t i = 0; i < n; i++) rows->log_density[row + i] = (float)w->log_density[i];
}

static gy_mixture_judgement judge(const gy_mixture_pack *pack, gy_matrix x, const float *weights,
                                  size_t first, size_t end, const gy_mixture_rows *rows, void *scratch) {
  workspace w = lay_workspace(pack, scratch);
  gy_mixture_judgement judgement = {0};
  for (size_t row = first; row < end; row += w.stride) {
    size_t n = end - row < w.stride ? end - row : w.stride;
    load_tile(pack, x, weights, row, n, &w);
    for (size_t c = 0; c < pack->k; c++) {
      subtract_center(pack, c, &w);
      measure(pack, c, &w);
    }
    if (rows->labels != NULL) write_labels(&w, pack->k, n, rows->labels + row);
    normalise(pack->k, false, &w);
    write_rows(&w, pack->k, row, n, rows);
    judgement.entropy += entropy_of(pack, &w);
    judgement.log_likelihood += log_likelihood_of(&w) + lost_in_tile(pack, &w);
  }
  return judgement;
}

static void exp_log(const double *x, size_t n, double *exp_x, double *log_x) {
  for (size_t i = 0; i < n; i += LANES) {
    vr value = {0};
    for (size_t l = 0; l < LANES; l++) value[l] = (real)x[i + l];
    vr e = exponential(least(value, splat(0))), ln = logarithm(most(value, splat(1)));
    for (size_t l = 0; l < LANES; l++) {
      exp_x[i + l] = (double)e[l];
      log_x[i + l] = (double)ln[l];
    }
  }
}

#define GY_TEXT(x)    #x
#define GY_NAME_OF(x) GY_TEXT(x)
const gy_mixture_kernel GY_KERNEL = {.name = GY_NAME_OF(GY_KERNEL),
                                     .real_bytes = sizeof(real),
                                     .iterate = iterate,
                                     .judge = judge,
                                     .exp_log = exp_log};
