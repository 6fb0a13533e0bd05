/* SPDX-License-Identifier: Apache-2.0
 *
 * The simulated processes against their models' closed forms, the calendar against the C library and the
 * published holidays. Seeds are fixed; five standard errors let one sound seed in two million fail. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shop_fixture.h"
#include "simulate/shop_model.h"

/* Fader, Hardie and Lee (2005), equation 10, with the power series of 2F1. */
static double expected_repeats(const gy_shop_type *t, double days) {
  double z = days / (t->alpha + days), term = 1, sum = 1;
  for (int n = 0; n < 5000 && fabs(term) > 1e-15 * fabs(sum); n++) {
    term *= (t->r + n) * (t->b + n) / (t->a + t->b - 1 + n) / (n + 1) * z;
    sum += term;
  }
  return (t->a + t->b - 1) / (t->a - 1) * (1 - pow(t->alpha / (t->alpha + days), t->r) * sum);
}

static double expected_orders(const gy_shop_type *t, double days) {
  enum { STEPS = 400 };
  double sum = 0;
  for (int i = 0; i <= STEPS; i++)
    sum += expected_repeats(t, days * i / STEPS) * (i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2);
  return 1 + sum / (3 * STEPS);
}

/* A customer is alive at time t with probability exp(-lambda p t); the gamma integrates in closed form. */
static double expected_alive(const gy_shop_type *t, double days) {
  enum { STEPS = 500 };
  double sum = 0, mass = 0;
  for (int i = 0; i < STEPS; i++) {
    double p = pow((i + 0.5) / STEPS, 1 / t->a), weight = pow(1 - p, t->b - 1);
    mass += weight * STEPS;
    for (int j = 0; j < STEPS; j++)
      sum += weight * pow(t->alpha / (t->alpha + p * days * (j + 0.5) / STEPS), t->r);
  }
  return sum / mass;
}

static gy_shop *shop_create(const gy_shop_options *options) {
  gy_shop *shop = NULL;
  MUST(gy_shop_create(options, &shop, &err));
  return shop;
}

Test(shop_model, expected_orders_are_those_of_bgnbd) {
  double lines[] = {0, 5, 20, 60};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    gy_shop_options options = shop_of(100);
    options.lines_per_customer = lines[i];
    gy_shop *shop = shop_create(&options);
    double mean = 0;
    for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) {
      const gy_shop_type *type = &gy_shop_types(shop)[k];
      double expected = expected_orders(type, 731), got = gy_shop_expected_orders(shop, k);
      cr_assert(fabs(got / expected - 1) < 1e-4, "%s at %g lines: %.8g, closed form %.8g", type->name,
                lines[i], got, expected);
      mean += type->share * expected;
    }
    if (lines[i] > 0)
      cr_assert(fabs(mean * 2.5 / lines[i] - 1) < 1e-4, "%g lines asked, %g", lines[i], mean * 2.5);
    gy_shop_destroy(shop);
  }
}

static void check_moments(const char *what, const char *type, const moments *of, double expected) {
  cr_assert(fabs(moments_mean(of) - expected) < 5 * moments_error(of), "%s of %s: %g +- %g, expected %g",
            what, type, moments_mean(of), moments_error(of), expected);
}

/* The season moves orders, it does not change their number: the same test holds with and without it. */
Test(shop_model, customers_follow_their_processes) {
  for (int flat = 0; flat < 2; flat++) {
    gy_shop_options options = shop_of(60000);
    options.flat_calendar = flat == 1;
    options.campaigns = 0;
    gy_shop *shop = shop_create(&options);
    moments orders[GY_SHOP_TYPE_COUNT] = {0}, rates[GY_SHOP_TYPE_COUNT] = {0},
            dropouts[GY_SHOP_TYPE_COUNT] = {0}, alive[GY_SHOP_TYPE_COUNT] = {0};
    for (uint64_t i = 0; i < options.customers; i++) {
      shop_story story;
      shop_story_draw(shop, i, &story);
      moments_add(&orders[story.core.type], story.orders);
      moments_add(&rates[story.core.type], story.rate);
      moments_add(&dropouts[story.core.type], story.dropout_prob);
      moments_add(&alive[story.core.type], story.alive);
    }
    for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) {
      const gy_shop_type *type = &gy_shop_types(shop)[k];
      double share_error = sqrt(type->share * (1 - type->share) / 60000);
      check_moments("orders", type->name, &orders[k], expected_orders(type, 731));
      check_moments("lambda", type->name, &rates[k], type->r / type->alpha);
      check_moments("alive at the end", type->name, &alive[k], expected_alive(type, 731));
      check_moments("p", type->name, &dropouts[k], type->a / (type->a + type->b));
      cr_assert(fabs(orders[k].n / 60000 - type->share) < 5 * share_error, "%s: %g of customers", type->name,
                orders[k].n / 60000);
    }
    gy_shop_destroy(shop);
  }
}

/* What customers pay, after discounts, at list prices of whole products. */
static void check_spend(uint32_t products, double lines_per_order) {
  gy_shop_options options = shop_of(60000);
  options.products = products;
  options.lines_per_order = lines_per_order;
  gy_shop *shop = shop_create(&options);
  moments spend[GY_SHOP_TYPE_COUNT] = {0}, ratio = {0}, lines = {0};
  for (uint64_t i = 0; i < options.customers; i++) {
    shop_order order;
    double paid = 0;
    shop_order_draw(shop, i, 0, &order);
    for (size_t l = 0; l < order.n_lines; l++)
      paid += (double)order.lines[l].quantity * order.lines[l].price - order.lines[l].discount;
    double expected = shop->types[order.core.type].p / order.core.spend_rate;
    moments_add(&spend[order.core.type], paid);
    moments_add(&ratio, paid / expected);
    moments_add(&lines, (double)order.n_lines);
  }
  for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) {
    const gy_shop_type *type = &gy_shop_types(shop)[k];
    check_moments("spend", type->name, &spend[k], type->p * type->gamma / (type->q - 1));
  }
  check_moments("spend against the customer's own mean", "all", &ratio, 1);
  /* Lines that meet the same product are one line, which takes a few away where there are few products. */
  double kept = moments_mean(&lines) / lines_per_order;
  cr_assert(kept < 1.03 && kept > (products < 1000 ? 0.75 : 0.97), "%g lines an order", moments_mean(&lines));
  gy_shop_destroy(shop);
}

Test(shop_model, spend_is_gamma_gamma) { check_spend(2000, 2.5); }
Test(shop_model, spend_is_gamma_gamma_with_few_products) { check_spend(200, 6); }

Test(shop_model, lines_are_products_at_their_list_price) {
  gy_shop_options options = shop_of(5000);
  options.products = 200;
  options.lines_per_order = 8;
  gy_shop *shop = shop_create(&options);
  uint64_t *sold = calloc(options.products, sizeof *sold), n = 0;
  for (uint64_t i = 0; i < options.customers; i++) {
    shop_order order;
    shop_order_draw(shop, i, 0, &order);
    cr_assert(order.n_lines >= 1);
    for (size_t l = 0; l < order.n_lines; l++, n++) {
      const shop_line *line = &order.lines[l];
      cr_assert_lt(line->product, options.products);
      cr_assert_eq(line->price, shop->catalogue.products[line->product].price);
      cr_assert(line->quantity > 0 && line->discount >= 0 && line->discount < line->quantity * line->price);
      for (size_t m = 0; m < l; m++) cr_assert_neq(order.lines[m].product, line->product, "a product twice");
      sold[line->product]++;
    }
  }
  uint64_t most = 0;
  for (uint32_t p = 0; p < options.products; p++) most = sold[p] > most ? sold[p] : most;
  cr_assert(most > 4 * n / options.products, "the most popular product sells %llu of %llu",
            (unsigned long long)most, (unsigned long long)n);
  free(sold);
  gy_shop_destroy(shop);
}

Test(shop_model, alias_draws_in_proportion) {
  double weights[7] = {5, 1, 0, 3, 0.001, 20, 2}, sum = 31.001;
  enum { DRAWS = 400000 };
  shop_alias alias;
  gy_rng rng;
  int counts[7] = {0};
  MUST(shop_alias_create(&alias, weights, 7, &err));
  gy_rng_init(&rng, 3, 0);
  for (int i = 0; i < DRAWS; i++) counts[shop_alias_pick(&alias, &rng)]++;
  for (int i = 0; i < 7; i++) {
    double share = weights[i] / sum, error = sqrt(share * (1 - share) / DRAWS);
    cr_assert(fabs((double)counts[i] / DRAWS - share) <= 5 * error, "item %d: %d of %d", i, counts[i], DRAWS);
  }
  shop_alias_clear(&alias);
}

Test(shop_model, dates_are_those_of_the_c_library) {
  for (int32_t day = -1000; day < 40000; day++) {
    time_t seconds = (time_t)day * 86400;
    struct tm parts;
    int year, month, day_of_month;
    gmtime_r(&seconds, &parts);
    gy_shop_date(day, &year, &month, &day_of_month);
    cr_assert(year == parts.tm_year + 1900 && month == parts.tm_mon + 1 && day_of_month == parts.tm_mday,
              "day %d", day);
    cr_assert_eq(gy_shop_day(year, month, day_of_month), day);
  }
}

/* Weight of a day relative to the mean over the window, for a type. */
static double weight_of(const gy_shop *shop, int type, int year, int month, int day) {
  int32_t d = gy_shop_day(year, month, day) - shop->options.start_day;
  return shop->seasons[type].total[d + 1] - shop->seasons[type].total[d];
}

Test(shop_model, holidays_move_weight) {
  enum { BARGAIN = 1, GIFTER = 5 };
  static const struct {
    const char *name;
    int type, year, month, day, other_month, other_day;
    double at_least, at_most;
  } cases[] = {
      /* against the same weekday four weeks off */
      {"a week before Chuseok 2025", GIFTER, 2025, 9, 29, 9, 1, 2, 5},
      {"a week before Seollal 2024", GIFTER, 2024, 2, 3, 3, 2, 2, 5},
      {"Chuseok 2024", BARGAIN, 2024, 9, 17, 10, 15, 0.3, 0.7},
      {"Black Friday 2025", BARGAIN, 2025, 11, 28, 10, 31, 2, 5},
      {"Black Friday 2024", BARGAIN, 2024, 11, 22, 10, 25, 2, 5},
      {"Pepero Day 2024", BARGAIN, 2024, 11, 11, 10, 14, 1.8, 4},
      {"before Christmas 2025", GIFTER, 2025, 12, 20, 11, 15, 2, 5},
      {"before Children's Day 2024", GIFTER, 2024, 5, 3, 5, 31, 1.5, 5},
      {"an ordinary Monday", BARGAIN, 2025, 6, 23, 5, 26, 0.8, 1.2},
  };
  gy_shop_options options = shop_of(10);
  gy_shop *shop = shop_create(&options);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double ratio = weight_of(shop, cases[i].type, cases[i].year, cases[i].month, cases[i].day) /
                   weight_of(shop, cases[i].type, cases[i].year, cases[i].other_month, cases[i].other_day);
    cr_assert(ratio > cases[i].at_least && ratio < cases[i].at_most, "%s: %g", cases[i].name, ratio);
  }
  for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) {
    cr_assert_eq(shop->seasons[k].total[shop->n_days], shop->n_days);
    for (int32_t d = 0; d < shop->n_days; d++)
      cr_assert(shop->seasons[k].total[d + 1] > shop->seasons[k].total[d], "type %d, day %d", k, d);
  }
  gy_shop_destroy(shop);
}

Test(shop_model, time_runs_forward) {
  gy_shop_options options = shop_of(10);
  gy_shop *shop = shop_create(&options);
  for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) {
    int64_t last = -1;
    for (int i = 0; i < 500000; i++) {
      shop_moment moment = shop_moment_at(shop, k, i * (731.0 / 500000));
      int64_t now = shop_moment_seconds(moment);
      cr_assert(now >= last && moment.second >= 0 && moment.second < 86400, "type %d, step %d", k, i);
      last = now;
    }
    shop_moment end = shop_moment_at(shop, k, nextafter(731, 0));
    cr_assert_eq(end.day, 730);
  }
  gy_shop_destroy(shop);
}

Test(shop_model, every_price_tier_has_nouns) {
  for (uint64_t seed = 0; seed < 20; seed++) {
    gy_shop_options options = shop_of(10);
    options.products = 200;
    options.seed = seed;
    gy_shop *shop = shop_create(&options);
    for (uint32_t p = 0; p < options.products; p++) {
      const shop_product *product = &shop->catalogue.products[p];
      const shop_noun *noun = &shop_nouns[product->noun];
      cr_assert(product->price >= noun->low && product->price <= noun->high, "%s for %d won", noun->ko,
                product->price);
      cr_assert_eq(product->category, noun->category);
    }
    for (int tier = 0; shop->catalogue.tier_start[tier] < options.products; tier++)
      cr_assert(shop->catalogue.tiers[tier].n > 0, "no product in tier %d", tier);
    gy_shop_destroy(shop);
  }
}
