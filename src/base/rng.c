/* SPDX-License-Identifier: Apache-2.0
 *
 * Distributions over a uniform stream: polar normal (Marsaglia 1964), gamma by squeeze
 * (Marsaglia and Tsang 2000), Poisson by inversion or by halving through a gamma (Ahrens and
 * Dieter 1974). */
#include "base/rng.h"

#include <math.h>

static uint64_t splitmix64(uint64_t *state) {
  uint64_t z = (*state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

void gy_rng_init(gy_rng *rng, uint64_t seed, uint64_t stream) {
  uint64_t mixed_seed = seed;
  uint64_t state = splitmix64(&mixed_seed) ^ (stream * 0xD1342543DE82EF95u);
  for (int i = 0; i < 4; i++) rng->state[i] = splitmix64(&state);
}

uint64_t gy_rng_below(gy_rng *rng, uint64_t n) {
  __uint128_t product = (__uint128_t)gy_rng_next(rng) * n;
  uint64_t low = (uint64_t)product;
  if (low < n) {
    uint64_t threshold = -n % n;
    while (low < threshold) {
      product = (__uint128_t)gy_rng_next(rng) * n;
      low = (uint64_t)product;
    }
  }
  return (uint64_t)(product >> 64);
}

double gy_rng_normal(gy_rng *rng) {
  for (;;) {
    double u = 2 * gy_rng_uniform(rng) - 1;
    double v = 2 * gy_rng_uniform(rng) - 1;
    double s = u * u + v * v;
    if (s > 0 && s < 1) return u * sqrt(-2 * log(s) / s);
  }
}

double gy_rng_exponential(gy_rng *rng, double rate) { return -log(gy_rng_open(rng)) / rate; }

double gy_rng_gamma(gy_rng *rng, double shape, double rate) {
  if (shape < 1) {
    double boost = pow(gy_rng_open(rng), 1 / shape);
    return boost * gy_rng_gamma(rng, shape + 1, rate);
  }
  double d = shape - 1.0 / 3;
  double c = 1 / sqrt(9 * d);
  for (;;) {
    double x = gy_rng_normal(rng);
    double v = 1 + c * x;
    if (v <= 0) continue;
    v = v * v * v;
    if (log(gy_rng_open(rng)) < 0.5 * x * x + d - d * v + d * log(v)) return d * v / rate;
  }
}

double gy_rng_beta(gy_rng *rng, double a, double b) {
  double x = gy_rng_gamma(rng, a, 1);
  double y = gy_rng_gamma(rng, b, 1);
  return x + y > 0 ? x / (x + y) : 0.5;
}

uint32_t gy_rng_poisson(gy_rng *rng, double mean) {
  uint32_t count = 0;
  while (mean > 12) {
    /* The m-th arrival of a unit process is gamma(m); what lies past it is Poisson again. */
    uint32_t m = (uint32_t)(mean * 7 / 8);
    double arrival = gy_rng_gamma(rng, m, 1);
    if (arrival > mean) {
      uint32_t below = 0;
      for (uint32_t i = 0; i + 1 < m; i++) below += gy_rng_uniform(rng) < mean / arrival;
      return count + below;
    }
    count += m;
    mean -= arrival;
  }
  double product = gy_rng_open(rng);
  for (double limit = exp(-mean); product > limit; product *= gy_rng_open(rng)) count++;
  return count;
}

uint32_t gy_rng_geometric(gy_rng *rng, double p) {
  if (p >= 1) return 0;
  double failures = floor(log(gy_rng_open(rng)) / log1p(-p));
  return failures < UINT32_MAX ? (uint32_t)failures : UINT32_MAX;
}
