/* SPDX-License-Identifier: Apache-2.0
 *
 * The catalogue: products on a ladder of prices, with Zipf popularity.
 *
 * An order's value is drawn by the gamma-gamma model and must be met by whole products at their list
 * prices. A line that should be worth v a piece takes a product from the price tier just below or just
 * above v, with the probability that makes the mean price v: the model's mean spend then holds exactly in
 * expectation. Within a tier products are taken by popularity, or from a favourite category. */
#include <math.h>
#include <stdlib.h>

#include "simulate/shop_model.h"

static const int32_t ladder[] = {500,    700,    900,    1200,   1500,   1900,   2400,    2900,    3500,
                                 4200,   4900,   5900,   6900,   7900,   8900,   9900,    11900,   12900,
                                 14900,  16900,  18900,  19900,  22900,  24900,  27900,   29900,   33000,
                                 36000,  39000,  43000,  48000,  54000,  59000,  65000,   72000,   79000,
                                 89000,  99000,  119000, 139000, 159000, 189000, 219000,  259000,  299000,
                                 359000, 429000, 499000, 599000, 699000, 890000, 1190000, 1590000, 1990000};
enum { TIERS = sizeof ladder / sizeof ladder[0], GUIDE_BASE = (1023 + 8) * 8 };

const double shop_category_weights[SHOP_CATEGORIES] = {0.24, 0.13, 0.15, 0.13, 0.08, 0.06,
                                                       0.05, 0.04, 0.05, 0.03, 0.02, 0.02};
static const double zipf_exponent = 1.05;

double shop_price_top(void) { return ladder[TIERS - 1]; }
double shop_price_bottom(void) { return ladder[0]; }

/* An eighth of an octave from 2^8 on: exponent and three bits of the fraction. */
static int guide_cell(double won) {
  uint64_t bits;
  memcpy(&bits, &won, sizeof bits);
  int cell = (int)(bits >> 49) - GUIDE_BASE;
  return cell < 0 ? 0 : cell > 127 ? 127 : cell;
}

static void guide_init(shop_catalogue *catalogue) {
  for (int cell = 0; cell < 128; cell++) {
    double low = ldexp(1 + cell % 8 / 8.0, 8 + cell / 8);
    int tier = 0;
    while (tier + 1 < TIERS && ladder[tier + 1] <= low) tier++;
    catalogue->tier_guide[cell] = (uint8_t)tier;
  }
}

static int draw_tier(const shop_catalogue *catalogue, gy_rng *rng, double won) {
  int tier = catalogue->tier_guide[guide_cell(won)];
  while (tier + 1 < TIERS && ladder[tier + 1] <= won) tier++;
  if (tier + 1 == TIERS) return tier;
  double step = ladder[tier + 1] - ladder[tier];
  return tier + (gy_rng_uniform(rng) * step < won - ladder[tier]);
}

uint32_t shop_product_pick(const gy_shop *shop, gy_rng *rng, double won, const uint8_t favourites[2]) {
  const shop_catalogue *c = &shop->catalogue;
  int tier = draw_tier(c, rng, won);
  uint64_t choice = gy_rng_next(rng) >> 62;
  if (choice < 2) {
    uint8_t category = favourites[choice];
    const shop_alias *cell = &c->cells[tier][category];
    if (cell->n > 0) return c->cell_start[tier][category] + shop_alias_pick(cell, rng);
  }
  return c->tier_start[tier] + shop_alias_pick(&c->tiers[tier], rng);
}

uint32_t shop_product_browse(const gy_shop *shop, gy_rng *rng, const uint8_t favourites[2]) {
  const shop_catalogue *c = &shop->catalogue;
  for (int tries = 0; tries < 4; tries++) {
    uint32_t product = shop_alias_pick(&c->all, rng);
    uint8_t category = c->products[product].category;
    if (category == favourites[0] || category == favourites[1]) return product;
  }
  return shop_alias_pick(&c->all, rng);
}

static int32_t tier_of(int32_t price) {
  int32_t tier = 0;
  while (tier + 1 < TIERS && ladder[tier + 1] <= price) tier++;
  return tier;
}

/* A noun whose prices reach the tier, by the weight of its category; a noun that is asked for an
 * impossible tier does not exist, as a test of the table proves. */
static uint16_t draw_noun(gy_rng *rng, int tier) {
  double sum = 0;
  for (int pass = 0; pass < 2; pass++) {
    double at = pass == 1 ? gy_rng_uniform(rng) * sum : 0;
    for (size_t i = 0; i < shop_noun_count; i++) {
      if (shop_nouns[i].low > ladder[tier] || shop_nouns[i].high < ladder[tier]) continue;
      double weight = shop_category_weights[shop_nouns[i].category];
      if (pass == 0)
        sum += weight;
      else if ((at -= weight) < 0)
        return (uint16_t)i;
    }
  }
  return 0;
}

static uint16_t draw_any_noun(gy_rng *rng, const gy_shop *shop) {
  uint32_t category = shop_alias_pick(&shop->category_alias, rng);
  uint16_t noun;
  do noun = (uint16_t)gy_rng_below(rng, shop_noun_count);
  while (shop_nouns[noun].category != category);
  return noun;
}

static shop_product draw_product(gy_rng *rng, const gy_shop *shop, uint32_t number) {
  uint16_t noun = number < 2 * TIERS ? draw_noun(rng, (int)(number % TIERS)) : draw_any_noun(rng, shop);
  const shop_noun *n = &shop_nouns[noun];
  int32_t tier = (int32_t)(number % TIERS);
  if (number >= 2 * TIERS) {
    int32_t low = tier_of(n->low), high = tier_of(n->high);
    double u = (gy_rng_uniform(rng) + gy_rng_uniform(rng)) / 2;
    tier = low + (int32_t)(u * (high - low + 1));
    if (ladder[tier] < n->low) tier++;
  }
  uint8_t sizes = 0;
  while (sizes < 4 && n->sizes[sizes] != NULL) sizes++;
  return (shop_product){.noun = noun,
                        .brand = (uint16_t)gy_rng_below(rng, shop_brand_count),
                        .modifier = (uint16_t)gy_rng_below(rng, SHOP_MODIFIERS),
                        .category = n->category,
                        .size = sizes > 0 ? (uint8_t)gy_rng_below(rng, sizes) : 0,
                        .price = ladder[tier]};
}

static int by_price_then_category(const void *a, const void *b) {
  const shop_product *x = a, *y = b;
  if (x->price != y->price) return x->price < y->price ? -1 : 1;
  if (x->category != y->category) return x->category < y->category ? -1 : 1;
  return memcmp(x, y, sizeof *x);
}

static void draw_popularity(gy_rng *rng, shop_catalogue *c) {
  for (uint32_t i = 0; i < c->n_products; i++) c->popularity[i] = pow(i + 1, -zipf_exponent);
  for (uint32_t i = c->n_products - 1; i > 0; i--) {
    uint32_t j = (uint32_t)gy_rng_below(rng, i + 1);
    double swap = c->popularity[i];
    c->popularity[i] = c->popularity[j];
    c->popularity[j] = swap;
  }
}

static gy_status index_products(shop_catalogue *c, gy_error *err) {
  gy_status status = shop_alias_create(&c->all, c->popularity, c->n_products, err);
  uint32_t at = 0;
  for (int tier = 0; tier < TIERS && status == GY_OK; tier++) {
    c->tier_start[tier] = at;
    for (int category = 0; category < SHOP_CATEGORIES && status == GY_OK; category++) {
      uint32_t first = at;
      c->cell_start[tier][category] = first;
      while (at < c->n_products && c->products[at].price == ladder[tier] &&
             c->products[at].category == category)
        at++;
      if (at > first)
        status = shop_alias_create(&c->cells[tier][category], c->popularity + first, at - first, err);
    }
    c->cell_start[tier][SHOP_CATEGORIES] = at;
    if (status == GY_OK)
      status = shop_alias_create(&c->tiers[tier], c->popularity + c->tier_start[tier],
                                 at - c->tier_start[tier], err);
  }
  c->tier_start[TIERS] = at;
  return status;
}

gy_status shop_catalogue_create(gy_shop *shop, gy_error *err) {
  shop_catalogue *c = &shop->catalogue;
  c->n_products = shop->options.products;
  c->products = calloc(c->n_products, sizeof *c->products);
  c->popularity = malloc(c->n_products * sizeof *c->popularity);
  if (c->products == NULL || c->popularity == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for %u products", c->n_products);
  gy_status status = shop_alias_create(&shop->category_alias, shop_category_weights, SHOP_CATEGORIES, err);
  if (status != GY_OK) return status;
  gy_rng rng;
  shop_stream(shop, &rng, SHOP_STREAM_CATALOGUE, 0);
  guide_init(c);
  for (uint32_t i = 0; i < c->n_products; i++) c->products[i] = draw_product(&rng, shop, i);
  qsort(c->products, c->n_products, sizeof *c->products, by_price_then_category);
  draw_popularity(&rng, c);
  return index_products(c, err);
}

void shop_catalogue_clear(gy_shop *shop) {
  shop_catalogue *c = &shop->catalogue;
  for (int tier = 0; tier < TIERS; tier++) {
    shop_alias_clear(&c->tiers[tier]);
    for (int category = 0; category < SHOP_CATEGORIES; category++)
      shop_alias_clear(&c->cells[tier][category]);
  }
  shop_alias_clear(&c->all);
  shop_alias_clear(&shop->category_alias);
  free(c->products);
  free(c->popularity);
}
