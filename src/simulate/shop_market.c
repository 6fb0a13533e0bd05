/* SPDX-License-Identifier: Apache-2.0
 *
 * The market around the shop, as an institute would publish it: what all sellers together sell of a category
 * in a quarter, how it grows, what share each of three competitors has.
 *
 * The shop's expected sales of a category are a known share of that category's market in the window's first
 * quarter. From there a market grows by its rate; what is published of its size is off by a hundredth or so.
 */
#include <math.h>

#include "simulate/shop_model.h"

enum { COMPETITORS = 3 };

static const struct {
  double own_share, growth; /* a year */
} categories[SHOP_CATEGORIES] = {{0.012, 0.06}, {0.008, 0.03},  {0.010, 0.08}, {0.006, -0.02},
                                 {0.009, 0.12}, {0.011, 0.01},  {0.014, 0.05}, {0.020, 0.15},
                                 {0.007, 0.02}, {0.016, -0.04}, {0.010, 0.04}, {0.013, 0.09}};
static const char *const competitors[COMPETITORS] = {"가온누리몰", "나루나루", "다온상점"};
static const double competitor_shares[COMPETITORS] = {0.24, 0.15, 0.09};
static const double size_noise = 0.01;

double shop_expected_sales(const gy_shop *shop) {
  double orders_won = 0;
  for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) {
    const gy_shop_type *t = &shop->types[k];
    orders_won += t->share * shop_mean_orders(t, 1, shop->n_days) * t->p * t->gamma / (t->q - 1);
  }
  return orders_won * (double)shop->options.customers * 365.25 / shop->n_days;
}

void gy_shop_market_of(const gy_shop *shop, int category, gy_shop_market *market) {
  double own = shop->won_per_year * shop_category_weights[category];
  *market = (gy_shop_market){.category = shop_category_names[category],
                             .own_share = categories[category].own_share,
                             .growth = categories[category].growth,
                             .won_per_year = own / categories[category].own_share};
}

static int first_quarter(const gy_shop *shop) {
  int year, month, day;
  gy_shop_date(shop->options.start_day, &year, &month, &day);
  return year * 4 + (month - 1) / 3;
}

size_t shop_market_rows(const gy_shop *shop) {
  int year, month, day;
  gy_shop_date(shop->options.end_day, &year, &month, &day);
  return (size_t)(year * 4 + (month - 1) / 3 - first_quarter(shop) + 1) * SHOP_CATEGORIES * COMPETITORS;
}

static void put_market(const gy_shop *shop, uint64_t index, gy_shop_block *block) {
  char years[SHOP_DIGITS], quarters[SHOP_DIGITS];
  gy_rng rng;
  gy_shop_market market;
  int competitor = (int)(index % COMPETITORS), category = (int)(index / COMPETITORS % SHOP_CATEGORIES);
  uint64_t after = index / COMPETITORS / SHOP_CATEGORIES;
  uint64_t quarter = (uint64_t)first_quarter(shop) + after;
  gy_shop_market_of(shop, category, &market);
  shop_stream(shop, &rng, SHOP_STREAM_MARKET, index / COMPETITORS);
  double size = market.won_per_year / 4 * pow(1 + market.growth, (double)after / 4);
  double published = size * exp(size_noise * gy_rng_normal(&rng));
  shop_stream(shop, &rng, SHOP_STREAM_COMPETITOR, (uint64_t)category * COMPETITORS + (uint64_t)competitor);
  double level = competitor_shares[competitor] * (0.8 + 0.4 * gy_rng_uniform(&rng));
  double drift = 0.02 * (gy_rng_uniform(&rng) - 0.5); /* a year */
  double share = fmax(0.01, level + drift * (double)after / 4);
  size_t row = block->n_rows++;
  block->texts[0][row] = shop_text(market.category);
  block->texts[1][row] = SHOP_JOIN(block, shop_digits(years, quarter / 4, 10, 4), shop_text("-Q"),
                                   shop_digits(quarters, quarter % 4 + 1, 10, 1));
  block->values[2][row] = llround(published);
  block->values[3][row] = llround(market.growth * 1e3);
  block->texts[4][row] = shop_text(competitors[competitor]);
  block->values[5][row] = llround(share * 1e4);
}

void shop_market_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block) {
  for (; cursor->at[0] < cursor->end[0] && block->n_rows < GY_SHOP_BLOCK_ROWS; cursor->at[0]++)
    put_market(shop, cursor->at[0], block);
}
