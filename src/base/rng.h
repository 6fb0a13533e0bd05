/* SPDX-License-Identifier: Apache-2.0
 *
 * Seeded random streams. A generator is named by (seed, stream): work that is split into blocks gives
 * each block its own stream, so results do not depend on which thread ran which block.
 *
 * Generator: xoshiro256** (Blackman and Vigna 2018), its state filled by SplitMix64 from the seed and
 * the stream number. Not for secrets. */
#ifndef GYEOL_BASE_RNG_H
#define GYEOL_BASE_RNG_H

#include <stdint.h>

typedef struct gy_rng {
  uint64_t state[4];
} gy_rng;

void gy_rng_init(gy_rng *rng, uint64_t seed, uint64_t stream);

/* Uniform over all 64-bit values. */
static inline uint64_t gy_rng_next(gy_rng *rng) {
  uint64_t *s = rng->state;
  uint64_t product = s[1] * 5;
  uint64_t result = ((product << 7) | (product >> 57)) * 9;
  uint64_t shifted = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = (s[3] << 45) | (s[3] >> 19);
  return result;
}

/* Uniform in [0, 1) with 53 bits. */
static inline double gy_rng_uniform(gy_rng *rng) { return (double)(gy_rng_next(rng) >> 11) * 0x1.0p-53; }

/* Uniform in (0, 1): safe under log. */
static inline double gy_rng_open(gy_rng *rng) { return ((double)(gy_rng_next(rng) >> 11) + 0.5) * 0x1.0p-53; }

/* Uniform in 0..n-1 without bias (Lemire 2019); n > 0. */
uint64_t gy_rng_below(gy_rng *rng, uint64_t n);

double gy_rng_normal(gy_rng *rng);                           /* mean 0, variance 1 */
double gy_rng_exponential(gy_rng *rng, double rate);         /* mean 1 / rate */
double gy_rng_gamma(gy_rng *rng, double shape, double rate); /* mean shape / rate */
double gy_rng_beta(gy_rng *rng, double a, double b);         /* mean a / (a + b) */
uint32_t gy_rng_poisson(gy_rng *rng, double mean);
uint32_t gy_rng_geometric(gy_rng *rng, double p); /* failures before success, 0.. */

#endif
