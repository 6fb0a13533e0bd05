/* SPDX-License-Identifier: Apache-2.0
 *
 * Moments against the distributions' own formulas; five standard errors leave a false alarm about one
 * time in a million, and the seeds are fixed. */
#include <criterion/criterion.h>
#include <math.h>

#include "base/rng.h"

enum { DRAWS = 200000 };

static void check_mean(const char *name, double (*draw)(gy_rng *), double mean, double variance) {
  gy_rng rng;
  gy_rng_init(&rng, 7, 3);
  double sum = 0, squares = 0;
  for (int i = 0; i < DRAWS; i++) {
    double x = draw(&rng);
    sum += x;
    squares += (x - mean) * (x - mean);
  }
  double error = sqrt(variance / DRAWS);
  cr_assert(fabs(sum / DRAWS - mean) < 5 * error, "%s: mean %g, expected %g", name, sum / DRAWS, mean);
  cr_assert(fabs(squares / DRAWS / variance - 1) < 0.05, "%s: variance %g, expected %g", name,
            squares / DRAWS, variance);
}

static double draw_normal(gy_rng *rng) { return gy_rng_normal(rng); }
static double draw_exponential(gy_rng *rng) { return gy_rng_exponential(rng, 4); }
static double draw_gamma(gy_rng *rng) { return gy_rng_gamma(rng, 2.5, 0.5); }
static double draw_gamma_small(gy_rng *rng) { return gy_rng_gamma(rng, 0.3, 2); }
static double draw_beta(gy_rng *rng) { return gy_rng_beta(rng, 0.8, 2.4); }
static double draw_poisson(gy_rng *rng) { return gy_rng_poisson(rng, 3.7); }
static double draw_poisson_large(gy_rng *rng) { return gy_rng_poisson(rng, 137.5); }
static double draw_geometric(gy_rng *rng) { return gy_rng_geometric(rng, 0.2); }
static double draw_below(gy_rng *rng) { return (double)gy_rng_below(rng, 10); }

Test(rng, distributions_have_their_moments) {
  check_mean("normal", draw_normal, 0, 1);
  check_mean("exponential", draw_exponential, 0.25, 1.0 / 16);
  check_mean("gamma", draw_gamma, 5, 10);
  check_mean("gamma, shape below one", draw_gamma_small, 0.15, 0.075);
  check_mean("beta", draw_beta, 0.25, 0.8 * 2.4 / (3.2 * 3.2 * 4.2));
  check_mean("poisson", draw_poisson, 3.7, 3.7);
  check_mean("poisson, large mean", draw_poisson_large, 137.5, 137.5);
  check_mean("geometric", draw_geometric, 4, 20);
  check_mean("below", draw_below, 4.5, 8.25);
}

Test(rng, streams_differ_and_repeat) {
  gy_rng a, b, c;
  gy_rng_init(&a, 1, 0);
  gy_rng_init(&b, 1, 0);
  gy_rng_init(&c, 1, 1);
  int same = 0;
  for (int i = 0; i < 1000; i++) {
    uint64_t x = gy_rng_next(&a);
    cr_assert_eq(x, gy_rng_next(&b));
    same += x == gy_rng_next(&c);
  }
  cr_assert_eq(same, 0);
}
