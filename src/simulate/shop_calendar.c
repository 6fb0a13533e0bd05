/* SPDX-License-Identifier: Apache-2.0
 *
 * The shop's calendar: how much is bought on which day, and at which hour.
 *
 * Each type has a weight for every day, made of month, weekday and the Korean seasons of buying, with
 * mean 1 over the window. The running sum of weights is the type's operational time: purchase processes
 * run in it and are mapped back to days, so that seasons move purchases without changing how many there
 * are, or what a BG/NBD model expects of them.
 *
 * Seollal and Chuseok are lunar; their dates are those of the Korean calendar, which differs from the
 * Chinese where the new moon falls between the two midnights (2027, 2028). */
#include <math.h>
#include <stdlib.h>

#include "simulate/shop_model.h"

enum { FIRST_YEAR = 2015, LAST_YEAR = 2030 };

/* Month and day as 100 m + d. */
static const int seollal[LAST_YEAR - FIRST_YEAR + 1] = {219, 208, 128, 216, 205, 125, 212, 201,
                                                        122, 210, 129, 217, 207, 127, 213, 203};
static const int chuseok[LAST_YEAR - FIRST_YEAR + 1] = {927, 915, 1004, 924, 913, 1001, 921, 910,
                                                        929, 917, 1006, 925, 915, 1003, 922, 912};
static const double month_weight[12] = {0.97, 0.90, 1.00, 0.97, 1.03, 0.96,
                                        0.95, 0.93, 1.00, 1.02, 1.14, 1.13};
/* Monday first. */
static const double weekday_weight[7] = {1.10, 1.06, 1.03, 1.01, 0.96, 0.86, 0.98};
static const double hour_weight[24] = {2.6, 1.5, 0.8, 0.5, 0.4, 0.5, 0.9, 1.7, 3.2, 4.8, 6.0, 5.8,
                                       5.2, 5.3, 5.2, 5.0, 4.8, 4.5, 4.2, 4.6, 5.6, 6.7, 6.6, 4.6};

/* Hinnant, "chrono-compatible low-level date algorithms": years begin in March, eras have 400 years. */
int32_t gy_shop_day(int year, int month, int day) {
  year -= month <= 2;
  int era = (year >= 0 ? year : year - 399) / 400;
  int year_of_era = year - era * 400;
  int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

void gy_shop_date(int32_t day, int *year, int *month, int *day_of_month) {
  day += 719468;
  int era = (day >= 0 ? day : day - 146096) / 146097;
  int day_of_era = day - era * 146097;
  int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int shifted = (5 * day_of_year + 2) / 153;
  *day_of_month = day_of_year - (153 * shifted + 2) / 5 + 1;
  *month = shifted < 10 ? shifted + 3 : shifted - 9;
  *year = year_of_era + era * 400 + (*month <= 2);
}

/* A season of buying around its day: weight `rise` from `from` to `to` days off it. */
typedef struct season {
  int from, to;
  double rise;
  bool gift, sale; /* which of the type's pulls scales the rise; neither: the same for all */
} season;

static const season lunar_seasons[] = {{-14, -3, 1.45, true, false}, {-2, 1, 0.55, false, false}};

static const struct {
  int month_day;
  season season;
} solar_seasons[] = {
    {505, {-7, -1, 1.25, true, false}},   /* Children's Day */
    {508, {-3, -1, 1.15, true, false}},   /* Parents' Day */
    {1111, {-3, 0, 1.50, false, true}},   /* Pepero Day, and the sales of 11-11 */
    {1225, {-10, -1, 1.40, true, false}}, /* Christmas */
};
static const season black_friday_week = {-4, 3, 1.80, false, true};

static double season_factor(const season *s, int32_t days_off, const gy_shop_type *type) {
  if (days_off < s->from || days_off > s->to) return 1;
  double pull = s->gift ? type->gift_pull : s->sale ? type->sale_pull : 1;
  return 1 + (s->rise - 1) * pull;
}

/* The fourth Friday of November. */
static int32_t black_friday(int year) {
  int32_t first = gy_shop_day(year, 11, 1);
  int weekday = (first + 3) % 7; /* Monday 0; 1970-01-01 was a Thursday */
  return first + (4 - weekday + 7) % 7 + 21;
}

static double day_weight(const gy_shop_type *type, int32_t day) {
  int year, month, day_of_month;
  gy_shop_date(day, &year, &month, &day_of_month);
  double weight = month_weight[month - 1] * weekday_weight[(day + 3) % 7];
  int lunar[2] = {seollal[year - FIRST_YEAR], chuseok[year - FIRST_YEAR]};
  for (int i = 0; i < 2; i++)
    for (size_t j = 0; j < sizeof lunar_seasons / sizeof lunar_seasons[0]; j++)
      weight *=
          season_factor(&lunar_seasons[j], day - gy_shop_day(year, lunar[i] / 100, lunar[i] % 100), type);
  for (size_t i = 0; i < sizeof solar_seasons / sizeof solar_seasons[0]; i++) {
    int date = solar_seasons[i].month_day;
    weight *= season_factor(&solar_seasons[i].season, day - gy_shop_day(year, date / 100, date % 100), type);
  }
  return weight * season_factor(&black_friday_week, day - black_friday(year), type);
}

static gy_status season_create(const gy_shop *shop, int type, shop_season *out, gy_error *err) {
  int32_t n = shop->n_days;
  out->total = malloc(((size_t)n + 1) * sizeof *out->total);
  out->guide = malloc((size_t)n * sizeof *out->guide);
  if (out->total == NULL || out->guide == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for the calendar of %d days", n);
  out->total[0] = 0;
  for (int32_t d = 0; d < n; d++) {
    double weight =
        shop->options.flat_calendar ? 1 : day_weight(&shop->types[type], shop->options.start_day + d);
    out->total[d + 1] = out->total[d] + weight;
  }
  double sum = out->total[n];
  for (int32_t d = 1; d < n; d++) out->total[d] *= n / sum;
  out->total[n] = n;
  for (int32_t g = 0, d = 0; g < n; g++) {
    while (out->total[d + 1] <= g) d++;
    out->guide[g] = d;
  }
  return GY_OK;
}

static void hours_init(gy_shop *shop) {
  double sum = 0, passed = 0;
  for (int h = 0; h < 24; h++) sum += hour_weight[h];
  int hour = 0;
  for (int i = 0; i <= SHOP_HOUR_CELLS; i++) {
    double target = sum * i / SHOP_HOUR_CELLS;
    while (hour < 23 && passed + hour_weight[hour] < target) passed += hour_weight[hour++];
    int32_t second = (int32_t)((hour + (target - passed) / hour_weight[hour]) * 3600);
    shop->hour_seconds[i] = second < SHOP_DAY_SECONDS ? second : SHOP_DAY_SECONDS;
  }
}

gy_status shop_calendar_create(gy_shop *shop, gy_error *err) {
  int32_t first = gy_shop_day(FIRST_YEAR, 1, 1), last = gy_shop_day(LAST_YEAR, 12, 31);
  if (shop->options.start_day < first || shop->options.end_day > last)
    return gy_fail(
        err, GY_EUSAGE,
        "the window must lie between %d-01-01 and %d-12-31, for which the lunar holidays are known",
        FIRST_YEAR, LAST_YEAR);
  hours_init(shop);
  for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) {
    gy_status status = season_create(shop, k, &shop->seasons[k], err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

void shop_calendar_clear(gy_shop *shop) {
  for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) {
    free(shop->seasons[k].total);
    free(shop->seasons[k].guide);
  }
}

shop_moment shop_moment_at(const gy_shop *shop, int type, double operational) {
  const shop_season *of = &shop->seasons[type];
  int32_t day = of->guide[(int32_t)operational];
  while (of->total[day + 1] <= operational) day++;
  double share = (operational - of->total[day]) / (of->total[day + 1] - of->total[day]);
  int32_t second = shop_hour_pick(shop, share < 1 ? share : 0x1.fffffffffffffp-1);
  return (shop_moment){day, second < SHOP_DAY_SECONDS ? second : SHOP_DAY_SECONDS - 1};
}
