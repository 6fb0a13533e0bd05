/* SPDX-License-Identifier: Apache-2.0
 *
 * The latent types and what the BG/NBD model expects of them.
 *
 * Fader, Hardie and Lee (2005), "Counting Your Customers the Easy Way": while alive a customer buys as a
 * Poisson process of rate lambda ~ gamma(r, alpha); after each repeat purchase he drops out with
 * probability p ~ beta(a, b). Given both, the repeat purchases in time t number (1 - exp(-lambda p t)) / p
 * on average; the gamma integrates to (1 - (alpha / (alpha + p t))^r) / p, and so does, once more in closed
 * form, a time t that is uniform over the window. The beta is left to quadrature.
 *
 * Fader and Hardie (2013), "The Gamma-Gamma Model of Monetary Value": an order's value is gamma(p, nu),
 * nu ~ gamma(q, gamma); its mean is p gamma / (q - 1). */
#include <math.h>

#include "simulate/shop_model.h"

/* b is at least 1, which the quadrature relies on; q above 2 keeps the variance of spend finite. */
static const gy_shop_type type_table[GY_SHOP_TYPE_COUNT] = {
    /* name, name_ko, share, r, alpha, a, b, p, q, gamma,
     * coupon, return, review, visits, effect, gift, sale */
    {"loyal", "단골", 0.18, 2.0, 50, 0.35, 6.0, 6.0, 5.0, 32000, 0.15, 0.03, 0.10, 2.0, 0.03, 1.0, 0.6},
    {"bargain_hunter", "할인 추구", 0.20, 1.2, 55, 0.60, 4.0, 5.0, 5.0, 25600, 0.55, 0.06, 0.07, 4.0, 0.12,
     0.6, 2.2},
    {"occasional", "가끔 구매", 0.27, 0.8, 120, 0.80, 3.0, 6.0, 4.5, 24500, 0.22, 0.04, 0.06, 2.5, 0.06, 1.0,
     1.0},
    {"one_off", "일회성", 0.20, 0.25, 200, 2.50, 1.5, 6.0, 5.0, 23000, 0.30, 0.05, 0.03, 1.0, 0.01, 1.0, 1.0},
    {"whale", "큰손", 0.03, 2.5, 35, 0.25, 8.0, 4.0, 4.0, 160000, 0.05, 0.04, 0.08, 3.0, 0.02, 1.0, 0.3},
    {"gifter", "선물 구매", 0.12, 1.5, 110, 0.40, 5.0, 6.0, 5.0, 50000, 0.20, 0.02, 0.05, 1.5, 0.05, 5.0,
     0.8},
};

void shop_types_init(gy_shop *shop) { memcpy(shop->types, type_table, sizeof type_table); }

/* Repeat purchases within a time that is uniform in 0..days, given the dropout probability. */
static double mean_repeats_given_dropout(double r, double alpha, double p, double days) {
  double z = p * days / alpha;
  if (z < 1e-5) return r / alpha * days / 2;
  double kept = fabs(r - 1) < 1e-9 ? log1p(z) / z : (pow(1 + z, 1 - r) - 1) / ((1 - r) * z);
  return (1 - kept) / p;
}

/* With p = u^(1/a) the beta density is flat in u but for (1 - p)^(b - 1), so the midpoint rule converges
 * fast although the density itself is infinite at 0. */
double shop_mean_orders(const gy_shop_type *type, double scale, double days) {
  enum { POINTS = 4000 };
  double sum = 0, mass = 0;
  for (int i = 0; i < POINTS; i++) {
    double p = pow((i + 0.5) / POINTS, 1 / type->a);
    double weight = pow(1 - p, type->b - 1);
    sum += weight * mean_repeats_given_dropout(type->r, type->alpha / scale, p, days);
    mass += weight;
  }
  return 1 + sum / mass;
}

static double mean_over_types(const gy_shop *shop, double scale) {
  double mean = 0;
  for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++)
    mean += shop->types[k].share * shop_mean_orders(&shop->types[k], scale, shop->n_days);
  return mean;
}

/* Finds the factor of all purchase rates that gives the wanted lines per customer, by bisection on its
 * logarithm, and puts it into every alpha. */
gy_status shop_types_scale(gy_shop *shop, gy_error *err) {
  const gy_shop_options *options = &shop->options;
  double low = log(1e-4), high = log(100.0);
  double wanted = options->lines_per_customer / options->lines_per_order;
  shop->rate_scale = 1;
  if (options->lines_per_customer > 0) {
    double least = mean_over_types(shop, exp(low)), most = mean_over_types(shop, exp(high));
    if (!(wanted >= least && wanted <= most))
      return gy_fail(err, GY_EUSAGE,
                     "%g lines per customer cannot be reached with %g lines per order in %d days; give "
                     "between %.2f and %.0f",
                     options->lines_per_customer, options->lines_per_order, shop->n_days,
                     least * options->lines_per_order, most * options->lines_per_order);
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (mean_over_types(shop, exp(middle)) < wanted)
        low = middle;
      else
        high = middle;
    }
    shop->rate_scale = exp((low + high) / 2);
  }
  for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) shop->types[k].alpha /= shop->rate_scale;
  return GY_OK;
}

const gy_shop_type *gy_shop_types(const gy_shop *shop) { return shop->types; }

double gy_shop_expected_orders(const gy_shop *shop, int type) {
  return shop_mean_orders(&shop->types[type], 1, shop->n_days);
}
