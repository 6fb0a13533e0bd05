/* SPDX-License-Identifier: Apache-2.0
 *
 * The truth files against what an analyst can measure in the other files. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shop_fixture.h"
#include "simulate/shop.h"

/* What a reader without knowledge of the defects finds in the lines. */
Test(shop_truth, dirty_rows_are_counted_exactly) {
  enum { ORDER, CUSTOMER, AT, QUANTITY = 4, PRICE };
  gy_shop_summary summary;
  gy_shop_options options = shop_of(4000);
  options.dirty_share = 0.06;
  options.tables = 1u << GY_SHOP_ORDERS;
  char *folder = simulate(&options, &summary);
  csv_table orders = read_csv(folder, "orders.csv");
  uint64_t found[GY_SHOP_DEFECT_COUNT] = {0};
  size_t first = 0;
  for (size_t row = 0; row < orders.n_rows; row++) {
    const char *at = cell(&orders, row, AT);
    bool spaced = at[0] == ' ';
    if (strcmp(cell(&orders, row, ORDER), cell(&orders, first, ORDER)) != 0) first = row;
    found[GY_SHOP_WHITESPACE] += spaced;
    found[GY_SHOP_BAD_DATE] += !spaced && seconds_of(at) < 0;
    found[GY_SHOP_NO_CUSTOMER] += *cell(&orders, row, CUSTOMER) == '\0';
    found[GY_SHOP_NEGATIVE_PRICE] += *cell(&orders, row, PRICE) == '-';
    char *end;
    (void)strtol(cell(&orders, row, QUANTITY), &end, 10);
    found[GY_SHOP_TEXT_NUMBER] += *end != '\0' || end == cell(&orders, row, QUANTITY);
    bool repeated = false;
    for (size_t other = first; other < row && !repeated; other++) {
      repeated = true;
      for (size_t c = 0; c < orders.n_columns && repeated; c++)
        repeated = strcmp(cell(&orders, row, c), cell(&orders, other, c)) == 0;
    }
    found[GY_SHOP_DUPLICATE] += repeated;
  }
  json_t *truth = read_truth(folder), *dirty = json_object_get(json_object_get(truth, "counts"), "dirty");
  uint64_t sum = 0;
  for (int d = 0; d < GY_SHOP_DEFECT_COUNT; d++) {
    const char *name = gy_shop_defect_name((gy_shop_defect)d);
    json_int_t stated = json_integer_value(json_object_get(dirty, name));
    cr_assert_eq((uint64_t)stated, summary.defects[d], "%s", name);
    cr_assert_eq(found[d], summary.defects[d], "%s: %llu found, %llu stated", name,
                 (unsigned long long)found[d], (unsigned long long)summary.defects[d]);
    sum += found[d];
  }
  double n = (double)(orders.n_rows - found[GY_SHOP_DUPLICATE]), error = sqrt(0.06 * 0.94 / n);
  cr_assert(fabs((double)sum / n - 0.06) < 5 * error, "%llu of %g rows are dirty", (unsigned long long)sum,
            n);
  json_decref(truth);
  free_csv(&orders);
  remove_folder(folder);
}

Test(shop_truth, customers_are_as_stated) {
  gy_shop_summary summary;
  gy_shop_options options = shop_of(20000);
  options.campaigns = 3;
  options.tables = 1u << GY_SHOP_ORDERS | 1u << GY_SHOP_TRUTH;
  char *folder = simulate(&options, &summary);
  csv_table orders = read_csv(folder, "orders.csv"), truth = read_csv(folder, "truth.csv");
  size_t n = truth.n_rows;
  double *spent = calloc(n, sizeof *spent);
  unsigned *counts = calloc(n, sizeof *counts), *returns = calloc(n, sizeof *returns);
  double last_order = -1;
  for (size_t row = 0; row < orders.n_rows; row++) {
    size_t customer = (size_t)number(&orders, row, 1) - 1;
    double quantity = number(&orders, row, 4), order = number(&orders, row, 0);
    if (quantity < 0) {
      returns[customer]++;
      continue;
    }
    spent[customer] += quantity * number(&orders, row, 5) - number(&orders, row, 6);
    counts[customer] += order != last_order;
    last_order = order;
  }
  moments spend = {0};
  double returned[GY_SHOP_TYPE_COUNT] = {0}, could[GY_SHOP_TYPE_COUNT] = {0};
  gy_shop *shop = NULL;
  MUST(gy_shop_create(&options, &shop, &err));
  const gy_shop_type *types = gy_shop_types(shop);
  for (size_t i = 0; i < n; i++) {
    cr_assert_eq(counts[i], (unsigned)(number(&truth, i, 8) + number(&truth, i, 9)), "orders of customer %zu",
                 i + 1);
    moments_add(&spend, spent[i] / counts[i] / number(&truth, i, 4));
    int k = 0;
    while (strcmp(types[k].name, cell(&truth, i, 1)) != 0) k++;
    returned[k] += returns[i];
    could[k] += counts[i];
    cr_assert(returns[i] <= counts[i]);
  }
  cr_assert(fabs(moments_mean(&spend) - 1) < 5 * moments_error(&spend), "spend is %g of the stated",
            moments_mean(&spend));
  for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) {
    /* Returns that would come after the window are not in it: at most those of the last two weeks. */
    double prob = types[k].return_prob, share = returned[k] / could[k],
           error = sqrt(prob * (1 - prob) / could[k]);
    cr_assert(share < prob + 5 * error && share > prob * 0.96 - 5 * error, "%s: %g returned of %g orders",
              types[k].name, returned[k], could[k]);
  }
  gy_shop_destroy(shop);
  free(spent);
  free(counts);
  free(returns);
  free_csv(&orders);
  free_csv(&truth);
  remove_folder(folder);
}

enum { NOBODY, HELD_OUT, TREATED };

/* The share that ordered within seven days, treated minus held out, is what truth.json says it is. */
Test(shop_truth, campaigns_have_their_effect) {
  gy_shop_options options = shop_of(60000);
  options.tables = 1u << GY_SHOP_ORDERS | 1u << GY_SHOP_CAMPAIGNS | 1u << GY_SHOP_ENGAGEMENTS;
  char *folder = simulate(&options, NULL);
  csv_table orders = read_csv(folder, "orders.csv"), campaigns = read_csv(folder, "campaigns.csv");
  csv_table engagements = read_csv(folder, "engagements.csv");
  json_t *truth = read_truth(folder), *stated = json_object_get(truth, "campaigns");
  char *arm = malloc(options.customers), *ordered = malloc(options.customers);
  double sum = 0, sum_variance = 0;
  cr_assert_eq(campaigns.n_rows, json_array_size(stated));
  for (size_t c = 0; c < campaigns.n_rows; c++) {
    int64_t sent = seconds_of(cell(&campaigns, c, 3));
    memset(arm, NOBODY, options.customers);
    memset(ordered, 0, options.customers);
    for (size_t row = 0; row < engagements.n_rows; row++)
      if ((size_t)number(&engagements, row, 0) == c + 1)
        arm[(size_t)number(&engagements, row, 1) - 1] =
            strcmp(cell(&engagements, row, 2), "treated") == 0 ? TREATED : HELD_OUT;
    for (size_t row = 0; row < orders.n_rows; row++) {
      int64_t at = seconds_of(cell(&orders, row, 2));
      if (at >= sent && at < sent + 7 * 86400 && *cell(&orders, row, 4) != '-')
        ordered[(size_t)number(&orders, row, 1) - 1] = 1;
    }
    moments of[3] = {0};
    for (size_t i = 0; i < options.customers; i++) moments_add(&of[(int)arm[i]], ordered[i]);
    json_t *campaign = json_array_get(stated, c);
    double effect = json_number_value(json_object_get(campaign, "effect_prob"));
    double difference = moments_mean(&of[TREATED]) - moments_mean(&of[HELD_OUT]);
    double error = hypot(moments_error(&of[TREATED]), moments_error(&of[HELD_OUT]));
    cr_assert_eq((json_int_t)of[TREATED].n, json_integer_value(json_object_get(campaign, "treated")));
    cr_assert_eq((json_int_t)(of[TREATED].n + of[HELD_OUT].n),
                 json_integer_value(json_object_get(campaign, "targets")));
    double held = of[HELD_OUT].n / (of[TREATED].n + of[HELD_OUT].n);
    cr_assert(fabs(held - 0.2) < 5 * sqrt(0.16 / (of[TREATED].n + of[HELD_OUT].n)),
              "campaign %zu holds out %g", c + 1, held);
    cr_assert(fabs(difference - effect) < 4 * error, "campaign %zu: %g +- %g, stated %g", c + 1, difference,
              error, effect);
    sum += difference;
    sum_variance += error * error;
  }
  cr_assert(sum > 8 * sqrt(sum_variance), "the effect of all campaigns, %g, does not stand out", sum);
  free(arm);
  free(ordered);
  json_decref(truth);
  free_csv(&orders);
  free_csv(&campaigns);
  free_csv(&engagements);
  remove_folder(folder);
}

Test(shop_truth, sales_seasons_show_in_the_orders) {
  gy_shop_options options = shop_of(40000);
  options.tables = 1u << GY_SHOP_ORDERS;
  options.campaigns = 0;
  for (int flat = 0; flat < 2; flat++) {
    options.flat_calendar = flat == 1;
    char *folder = simulate(&options, NULL);
    csv_table orders = read_csv(folder, "orders.csv");
    double season = 0, before = 0;
    int32_t friday = gy_shop_day(2025, 11, 28);
    for (size_t row = 0; row < orders.n_rows; row++) {
      int32_t off = (int32_t)(seconds_of(cell(&orders, row, 2)) / 86400) - friday;
      season += off >= -4 && off < 3;
      before += off >= -32 && off < -25;
    }
    double ratio = season / before;
    cr_assert(flat ? ratio > 0.9 && ratio < 1.1 : ratio > 1.5, "Black Friday week has %g times the lines%s",
              ratio, flat ? " on a flat calendar" : "");
    free_csv(&orders);
    remove_folder(folder);
  }
}

Test(shop_truth, wanted_lines_per_customer) {
  static const double wanted[] = {4, 20};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    gy_shop_summary summary;
    gy_shop_options options = shop_of(30000);
    options.tables = 1u << GY_SHOP_ORDERS;
    options.campaigns = 0;
    options.lines_per_customer = wanted[i];
    char *folder = simulate(&options, &summary);
    double lines = (double)(summary.rows[GY_SHOP_ORDERS] - summary.returns) / 30000;
    cr_assert(fabs(lines / wanted[i] - 1) < 0.05, "%g lines a customer, %g wanted", lines, wanted[i]);
    remove_folder(folder);
  }
}

static bool is_utf8(const char *text) {
  const unsigned char *at = (const unsigned char *)text;
  while (*at != '\0') {
    int more = *at < 0x80 ? 0 : *at >= 0xC2 && *at < 0xE0 ? 1 : *at >= 0xE0 && *at < 0xF0 ? 2 : -1;
    if (more < 0) return false;
    for (at++; more > 0; more--, at++)
      if ((*at & 0xC0) != 0x80) return false;
  }
  return true;
}

/* Particles after words whose final sound is known, and a rating that goes with the sentiment. */
Test(shop_truth, reviews_are_korean_with_known_sentiment) {
  static const char *const wrong[] = {"사과이 ", "사과은 ",     "사과을 ",     "운동화은 ", "샴푸을 ",
                                      "라면가 ", "라면는 ",     "라면를 ",     "패딩가 ",   "수건를 ",
                                      "책상는 ", "비타민 C이 ", "블라우스을 ", "노트북가 ", "노트북를 ",
                                      "토너은 ", "에코백는 "};
  static const char *const right[] = {"라면이 ", "라면을 ", "사과가 ", "수건은 ", "토너는 ", "샴푸를 "};
  size_t seen[sizeof right / sizeof *right] = {0};
  gy_shop_options options = shop_of(40000);
  options.tables = 1u << GY_SHOP_REVIEWS | 1u << GY_SHOP_TRUTH_REVIEWS;
  char *folder = simulate(&options, NULL);
  csv_table reviews = read_csv(folder, "reviews.csv"), truth = read_csv(folder, "truth_reviews.csv");
  moments rating[3] = {0};
  cr_assert_eq(reviews.n_rows, truth.n_rows);
  for (size_t row = 0; row < reviews.n_rows; row++) {
    const char *text = cell(&reviews, row, 5), *feeling = cell(&truth, row, 2);
    cr_assert_str_eq(cell(&reviews, row, 0), cell(&truth, row, 0));
    cr_assert_str_eq(cell(&reviews, row, 2), cell(&truth, row, 1));
    cr_assert(is_utf8(text) && strlen(text) > 10, "'%s'", text);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
      cr_assert(strstr(text, wrong[i]) == NULL, "'%s' has '%s'", text, wrong[i]);
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) seen[i] += strstr(text, right[i]) != NULL;
    double stars = number(&reviews, row, 3);
    cr_assert(stars >= 1 && stars <= 5 && stars == floor(stars));
    moments_add(&rating[*feeling == 'p' ? 2 : strcmp(feeling, "neutral") == 0 ? 1 : 0], stars);
  }
  for (size_t i = 0; i < sizeof right / sizeof *right; i++) cr_assert(seen[i] > 0, "no '%s'", right[i]);
  cr_assert(moments_mean(&rating[0]) < 1.8 && moments_mean(&rating[2]) > 4.5 &&
            moments_mean(&rating[1]) > 2.8 && moments_mean(&rating[1]) < 3.6);
  free_csv(&reviews);
  free_csv(&truth);
  remove_folder(folder);
}

/* Sessions that end with an order name it; the orders of web and app have one each. */
Test(shop_truth, events_lead_to_orders) {
  gy_shop_summary summary;
  gy_shop_options options = shop_of(2000);
  options.full_columns = true;
  options.tables = 1u << GY_SHOP_ORDERS | 1u << GY_SHOP_EVENTS;
  char *folder = simulate(&options, &summary);
  csv_table orders = read_csv(folder, "orders.csv"), events = read_csv(folder, "events.csv");
  char *online = calloc(summary.orders + 2, 1), *completed = calloc(summary.orders + 2, 1);
  int64_t *placed_at = calloc(summary.orders + 2, sizeof *placed_at);
  for (size_t row = 0; row < orders.n_rows; row++) {
    if (*cell(&orders, row, 4) == '-') continue;
    size_t order = (size_t)number(&orders, row, 0);
    const char *channel = cell(&orders, row, 7);
    online[order] = strcmp(channel, "web") == 0 || strcmp(channel, "app") == 0;
    placed_at[order] = seconds_of(cell(&orders, row, 2));
  }
  size_t unnamed = 0;
  for (size_t row = 0; row < events.n_rows; row++) {
    unnamed += *cell(&events, row, 2) == '\0';
    if (*cell(&events, row, 7) == '\0') continue;
    size_t order = (size_t)number(&events, row, 7);
    cr_assert_str_eq(cell(&events, row, 4), "Order Completed");
    cr_assert(completed[order]++ == 0, "order %zu is completed twice", order);
    int64_t late = seconds_of(cell(&events, row, 5)) - placed_at[order];
    cr_assert(late == 0, "order %zu is completed %lld s late", order, (long long)late);
  }
  for (uint64_t order = 1; order <= summary.orders; order++)
    cr_assert_eq(online[order], completed[order], "order %llu", (unsigned long long)order);
  cr_assert(unnamed > events.n_rows / 20 && unnamed < events.n_rows / 2);
  free(online);
  free(completed);
  free(placed_at);
  free_csv(&orders);
  free_csv(&events);
  remove_folder(folder);
}

/* ---- surveys, consents, regions and the market ---- */

/* Attitude comes of staying, answers of the attitude, and so whoever recommends the shop buys again. */
Test(shop_truth, surveys_tell_who_comes_back) {
  gy_shop_options options = shop_of(20000);
  options.tables =
      1u << GY_SHOP_ORDERS | 1u << GY_SHOP_SURVEYS | 1u << GY_SHOP_TRUTH | 1u << GY_SHOP_TRUTH_SURVEYS;
  gy_shop_summary summary;
  char *folder = simulate(&options, &summary);
  csv_table surveys = read_csv(folder, "surveys.csv"), behind = read_csv(folder, "truth_surveys.csv"),
            truth = read_csv(folder, "truth.csv"), orders = read_csv(folder, "orders.csv");
  cr_assert_eq(surveys.n_rows, behind.n_rows);
  int64_t *ordered_at = calloc(summary.orders + 1, sizeof *ordered_at);
  uint32_t *buyer = calloc(summary.orders + 1, sizeof *buyer);
  for (size_t row = 0; row < orders.n_rows; row++) {
    size_t order = (size_t)number(&orders, row, 0);
    if (number(&orders, row, 4) < 0) continue;
    ordered_at[order] = seconds_of(cell(&orders, row, 2));
    buyer[order] = (uint32_t)number(&orders, row, 1);
  }
  moments again[3] = {0}, residual = {0}, answer = {0};
  for (size_t row = 0; row < surveys.n_rows; row++) {
    size_t customer = (size_t)number(&surveys, row, 1), order = (size_t)number(&surveys, row, 2);
    cr_assert_eq(buyer[order], customer, "survey of order %zu", order);
    cr_assert_gt(seconds_of(cell(&surveys, row, 3)), ordered_at[order]);
    cr_assert_eq(order, (size_t)number(&behind, row, 0));
    double nps = number(&surveys, row, 4), stars = number(&surveys, row, 5),
           attitude = number(&behind, row, 1);
    cr_assert(nps >= 0 && nps <= 10 && stars >= 1 && stars <= 5);
    bool returns = number(&behind, row, 2) != 0;
    cr_assert_eq(returns, seconds_of(cell(&truth, customer - 1, 6)) > ordered_at[order], "order %zu", order);
    moments_add(&again[nps <= 6 ? 0 : nps <= 8 ? 1 : 2], returns);
    double expected = 2 + 7.5 * (1 - number(&truth, customer - 1, 3));
    if (attitude > 0.5 && attitude < 9.5) moments_add(&answer, nps - attitude);
    if (expected < 6)
      moments_add(&residual, attitude - expected); /* so far from 10 that nothing is cut off */
  }
  cr_assert_gt(residual.n, 200);
  cr_assert(fabs(moments_mean(&residual)) < 5 * moments_error(&residual) + 0.05, "attitudes are off by %g",
            moments_mean(&residual));
  cr_assert(fabs(moments_mean(&answer)) < 5 * moments_error(&answer) + 0.05, "answers are off by %g",
            moments_mean(&answer));
  for (int i = 0; i < 2; i++)
    cr_assert_gt(moments_mean(&again[i + 1]) - moments_mean(&again[i]), 0.02, "group %d: %g after %g", i + 1,
                 moments_mean(&again[i + 1]), moments_mean(&again[i]));
  cr_assert(fabs((double)surveys.n_rows / (double)summary.orders - 0.06) < 0.006);
  free(ordered_at);
  free(buyer);
  free_csv(&surveys);
  free_csv(&behind);
  free_csv(&truth);
  free_csv(&orders);
  remove_folder(folder);
}

/* The last word on each channel is what the customers' table says; whoever speaks by an address or a number
 * is found by it; nobody was a target before the consent. */
Test(shop_truth, consents_end_where_customers_say) {
  static const char *const CHANNELS[] = {"email", "sms", "kakao", "push"};
  gy_shop_options options = shop_of(6000);
  options.tables =
      1u << GY_SHOP_CUSTOMERS | 1u << GY_SHOP_CONSENTS | 1u << GY_SHOP_ENGAGEMENTS | 1u << GY_SHOP_CAMPAIGNS;
  char *folder = simulate(&options, NULL);
  csv_table customers = read_csv(folder, "customers.csv"), consents = read_csv(folder, "consents.csv"),
            engagements = read_csv(folder, "engagements.csv"), campaigns = read_csv(folder, "campaigns.csv");
  int64_t(*since)[4] = calloc(customers.n_rows, sizeof *since);
  char(*holds)[4] = calloc(customers.n_rows, sizeof *holds);
  size_t customer = 0, by_mail = 0, by_phone = 0, withdrawn = 0;
  for (size_t row = 0; row < consents.n_rows; row++) {
    const char *mail = cell(&consents, row, 1), *phone = cell(&consents, row, 2);
    if (*cell(&consents, row, 0) != '\0') customer = (size_t)number(&consents, row, 0) - 1;
    if (*mail != '\0') cr_assert_str_eq(mail, cell(&customers, customer, column_of(&customers, "email")));
    if (*phone != '\0') cr_assert_str_eq(phone, cell(&customers, customer, column_of(&customers, "phone")));
    by_mail += *mail != '\0';
    by_phone += *phone != '\0';
    if (strcmp(cell(&consents, row, 3), "marketing") != 0) continue;
    int channel = 0;
    while (channel < 3 && strcmp(CHANNELS[channel], cell(&consents, row, 4)) != 0) channel++;
    int64_t at = seconds_of(cell(&consents, row, 6));
    cr_assert_gt(at, since[customer][channel] - 1);
    bool granted = *cell(&consents, row, 5) == 'Y';
    withdrawn += since[customer][channel] > 0 && !granted;
    since[customer][channel] = at;
    holds[customer][channel] = (char)granted;
  }
  for (size_t row = 0; row < customers.n_rows; row++)
    for (int channel = 0; channel < 4; channel++)
      cr_assert_eq(holds[row][channel], number(&customers, row, 11 + (size_t)channel) != 0, "customer %zu",
                   row + 1);
  cr_assert(by_mail > 300 && by_phone > 300 && withdrawn > 1000, "%zu %zu %zu", by_mail, by_phone, withdrawn);
  for (size_t row = 0; row < engagements.n_rows; row++) {
    size_t campaign = (size_t)number(&engagements, row, 0) - 1,
           target = (size_t)number(&engagements, row, 1) - 1;
    int channel = 0;
    while (channel < 3 && strcmp(CHANNELS[channel], cell(&campaigns, campaign, 2)) != 0) channel++;
    cr_assert(holds[target][channel] && since[target][channel] < seconds_of(cell(&campaigns, campaign, 3)));
  }
  free(since);
  free(holds);
  free_csv(&customers);
  free_csv(&consents);
  free_csv(&engagements);
  free_csv(&campaigns);
  remove_folder(folder);
}

/* Every district where customers live is there with its place; sizes and growth are those of truth.json. */
Test(shop_truth, regions_and_market_are_as_stated) {
  gy_shop_options options = shop_of(3000);
  options.tables = 1u << GY_SHOP_CUSTOMERS | 1u << GY_SHOP_REGIONS | 1u << GY_SHOP_MARKET;
  char *folder = simulate(&options, NULL);
  csv_table customers = read_csv(folder, "customers.csv"), regions = read_csv(folder, "regions.csv"),
            market = read_csv(folder, "market.csv");
  for (size_t row = 0; row < customers.n_rows; row++) {
    size_t at = 0;
    while (at < regions.n_rows && (strcmp(cell(&regions, at, 0), cell(&customers, row, 4)) != 0 ||
                                   strcmp(cell(&regions, at, 1), cell(&customers, row, 5)) != 0))
      at++;
    cr_assert_lt(at, regions.n_rows, "%s %s", cell(&customers, row, 4), cell(&customers, row, 5));
    cr_assert(fabs(number(&regions, at, 2) - number(&customers, row, 6)) < 0.03);
    cr_assert(number(&regions, at, 4) >= 100000);
  }
  json_t *truth = read_truth(folder), *markets = json_object_get(truth, "market");
  cr_assert_eq(market.n_rows, 8u * 12 * 3, "eight quarters, twelve categories, three competitors");
  moments off = {0};
  for (size_t row = 0; row < market.n_rows; row++) {
    json_t *stated = json_array_get(markets, row / 3 % 12);
    double growth = json_real_value(json_object_get(stated, "growth_per_year"));
    cr_assert_str_eq(cell(&market, row, 0), json_string_value(json_object_get(stated, "category")));
    cr_assert(fabs(number(&market, row, 3) - growth) < 1e-9);
    double size = json_real_value(json_object_get(stated, "won_per_year_at_start")) / 4 *
                  pow(1 + growth, (double)(row / 36) / 4);
    moments_add(&off, log(number(&market, row, 2) / size));
    cr_assert(number(&market, row, 5) > 0 && number(&market, row, 5) < 0.4);
  }
  cr_assert(fabs(moments_mean(&off)) < 0.005 && moments_error(&off) < 0.002, "sizes are off by %g",
            moments_mean(&off));
  json_decref(truth);
  free_csv(&customers);
  free_csv(&regions);
  free_csv(&market);
  remove_folder(folder);
}
