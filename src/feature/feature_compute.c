/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/feature_compute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "feature/row_hash.h"

enum { MIN_SET_BITS = 4, DAY_QUARTERS = 4, WEEKDAYS = 7 };

void gy_compute_clear(gy_compute *compute) {
  free(compute->orders.slots);
  free(compute->products.slots);
  free(compute->categories.slots);
  free(compute->order_times);
  free(compute->cells);
  gy_word_log_clear(&compute->order_log);
  *compute = (gy_compute){0};
}

static gy_status out_of_memory(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to compute features");
}

/* ---- words already seen ---- */

static bool word_set_begin(gy_word_set *set, size_t n_words) {
  set->bits = MIN_SET_BITS;
  while ((size_t)1 << set->bits < 2 * n_words) set->bits++;
  size_t slots = (size_t)1 << set->bits;
  if (slots > set->capacity) {
    free(set->slots);
    set->slots = malloc(slots * sizeof *set->slots);
    set->capacity = set->slots != NULL ? slots : 0;
    if (set->slots == NULL) return false;
  }
  for (size_t i = 0; i < slots; i++) set->slots[i] = GY_WORD_NULL;
  return true;
}

/* True when the word is new. NULL never is. */
static inline bool word_set_add(gy_word_set *set, uint64_t word) {
  size_t mask = ((size_t)1 << set->bits) - 1;
  size_t slot = (size_t)(word * 0x9e3779b97f4a7c15u >> (64 - set->bits));
  while (set->slots[slot] != GY_WORD_NULL && set->slots[slot] != word) slot = (slot + 1) & mask;
  bool is_new = set->slots[slot] != word;
  set->slots[slot] = word;
  return is_new;
}

/* ---- the pass ---- */

/* What one customer's rows add up to. */
typedef struct customer_sums {
  int64_t lines, all_lines, returned_lines, discounted_lines;
  int64_t amount, quantity, discount;
  int64_t first_us, last_us;
  int64_t orders, products, categories;
  int64_t order_times;
  int64_t weekday[WEEKDAYS], quarter[DAY_QUARTERS];
  int64_t window_orders[GY_FEATURE_MAX_WINDOWS], window_amount[GY_FEATURE_MAX_WINDOWS];
  int64_t trend_amount, trend_previous_amount;
} customer_sums;

static inline int64_t value_of(const uint64_t *row, int word) {
  return word < 0 || row[word] == GY_WORD_NULL ? 0 : (int64_t)row[word];
}

static inline void count_duplicate(gy_compute *compute, const uint64_t *row) {
  int flags = gy_row_flags(row[0]);
  compute->duplicates.rows[flags]++;
  compute->duplicates.amount[flags] += value_of(row, compute->plan->partition->layout.word[GY_ROW_AMOUNT]);
}

/* An order of this customer, seen for the first time, at `time_us`. */
static inline void add_order(gy_compute *compute, customer_sums *sums, int64_t time_us) {
  const gy_compute_plan *plan = compute->plan;
  int weekday, quarter;
  gy_local_time_place(&plan->local_time, time_us, &weekday, &quarter);
  sums->orders++;
  sums->weekday[weekday]++;
  sums->quarter[quarter]++;
  for (size_t w = 0; w < plan->n_windows; w++) sums->window_orders[w] += time_us > plan->window_start_us[w];
  if (sums->order_times == 0 || compute->order_times[sums->order_times - 1] != time_us) {
    compute->order_times[sums->order_times++] = time_us;
  }
}

/* The word that an order has over all customers: its id, or customer and time where ids are not mapped. */
static inline uint64_t global_order(const gy_row_layout *layout, const uint64_t *row, uint64_t order) {
  if (layout->word[GY_ROW_ORDER] >= 0) return order;
  uint64_t word = gy_hash_word(gy_hash_word(row[layout->word[GY_ROW_CUSTOMER]]) + order);
  return word == GY_WORD_NULL ? 1 : word;
}

static inline uint64_t order_of(const gy_row_layout *layout, const uint64_t *row) {
  int word = layout->word[GY_ROW_ORDER];
  return word >= 0 ? row[word] : (uint64_t)gy_row_time(row[0]);
}

/* A kept line's money; what was netted counts here too. */
static inline void add_amounts(const gy_compute_plan *plan, customer_sums *sums, const uint64_t *row) {
  const int *word = plan->partition->layout.word;
  int64_t time_us = gy_row_time(row[0]), amount = value_of(row, word[GY_ROW_AMOUNT]);
  int64_t discount = value_of(row, word[GY_ROW_DISCOUNT]);
  sums->amount += amount;
  sums->discount += discount;
  for (size_t w = 0; w < plan->n_windows; w++) {
    sums->window_amount[w] += time_us > plan->window_start_us[w] ? amount : 0;
  }
  sums->trend_amount += time_us > plan->trend_start_us ? amount : 0;
  sums->trend_previous_amount +=
      time_us > plan->trend_previous_us && time_us <= plan->trend_start_us ? amount : 0;
}

static bool begin_customer(gy_compute *compute, size_t n) {
  const int *word = compute->plan->partition->layout.word;
  if (n > compute->order_time_capacity) {
    free(compute->order_times);
    compute->order_times = malloc(2 * n * sizeof *compute->order_times);
    compute->order_time_capacity = compute->order_times != NULL ? 2 * n : 0;
    if (compute->order_times == NULL) return false;
  }
  size_t months = compute->plan->months.n;
  if (months > 0 && compute->cells == NULL) {
    compute->cells = calloc(months * months, sizeof *compute->cells);
    if (compute->cells == NULL) return false;
  }
  return word_set_begin(&compute->orders, n) &&
         (word[GY_ROW_PRODUCT] < 0 || word_set_begin(&compute->products, n)) &&
         (word[GY_ROW_CATEGORY] < 0 || word_set_begin(&compute->categories, n));
}

static bool sum_rows(gy_compute *compute, const gy_part_rows *part, const gy_row_key *keys, size_t n,
                     customer_sums *sums) {
  const gy_compute_plan *plan = compute->plan;
  const gy_row_layout *layout = &plan->partition->layout;
  int product = layout->word[GY_ROW_PRODUCT], category = layout->word[GY_ROW_CATEGORY];
  const uint64_t *previous = NULL;
  uint64_t last_order = GY_WORD_NULL;
  gy_calendar_place place = {0};
  for (size_t i = 0; i < n; i++) {
    const uint64_t *row = gy_part_row(part, &keys[i]);
    bool duplicate = previous != NULL && gy_rows_equal(layout, row, previous);
    previous = row;
    if (duplicate) {
      count_duplicate(compute, row);
      if (plan->drop_duplicates) continue;
    }
    int flags = gy_row_flags(row[0]);
    if ((flags & (GY_LINE_NO_TIME | GY_LINE_FUTURE)) == 0) {
      sums->all_lines++;
      sums->returned_lines += (flags & GY_LINE_MAKES_NO_ORDER) != 0;
    }
    if (flags & plan->partition->exclude_mask) continue;
    add_amounts(plan, sums, row);
    if (flags & GY_LINE_MAKES_NO_ORDER) continue;
    int64_t time_us = gy_row_time(row[0]);
    if (sums->lines++ == 0) sums->first_us = time_us;
    sums->last_us = time_us;
    sums->quantity += value_of(row, layout->word[GY_ROW_QUANTITY]);
    sums->discounted_lines += value_of(row, layout->word[GY_ROW_DISCOUNT]) > 0;
    uint64_t order = order_of(layout, row);
    bool new_order = order != last_order && order != GY_WORD_NULL && word_set_add(&compute->orders, order);
    if (compute->cells != NULL)
      gy_calendar_add(&plan->months, compute->cells, &place, time_us,
                      value_of(row, layout->word[GY_ROW_AMOUNT]), new_order);
    if (new_order) {
      add_order(compute, sums, time_us);
      if (plan->log_orders && !gy_word_log_add(&compute->order_log, global_order(layout, row, order)))
        return false;
    }
    last_order = order;
    if (product >= 0) sums->products += word_set_add(&compute->products, row[product]);
    if (category >= 0) sums->categories += word_set_add(&compute->categories, row[category]);
  }
  return true;
}

/* ---- figures from sums ---- */

static float ratio(double part, double whole) { return whole == 0 ? NAN : (float)(part / whole); }

static int32_t whole_days(int64_t span_us) {
  return (int32_t)(span_us / GY_DAY_US - (span_us % GY_DAY_US < 0));
}

static float gap_mean(const gy_compute *compute, int64_t n_times) {
  if (n_times < 2) return NAN;
  double span = (double)(compute->order_times[n_times - 1] - compute->order_times[0]);
  return (float)(span / (double)(n_times - 1) / (double)GY_DAY_US);
}

static float gap_sd(const gy_compute *compute, int64_t n_times) {
  if (n_times < 3) return NAN;
  const int64_t *at = compute->order_times;
  double mean = (double)(at[n_times - 1] - at[0]) / (double)(n_times - 1), squares = 0;
  for (int64_t i = 1; i < n_times; i++) {
    double deviation = (double)(at[i] - at[i - 1]) - mean;
    squares += deviation * deviation;
  }
  return (float)(sqrt(squares / (double)(n_times - 2)) / (double)GY_DAY_US);
}

#define PUT(ID, C_TYPE, VALUE)                                                                \
  do {                                                                                        \
    if (out[GY_FEATURE_##ID] != NULL) ((C_TYPE *)out[GY_FEATURE_##ID])[at] = (C_TYPE)(VALUE); \
  } while (0)

static void put_shares(void *const *out, size_t at, const customer_sums *sums) {
  double orders = (double)sums->orders;
  PUT(WEEKEND_SHARE, float, ratio((double)(sums->weekday[5] + sums->weekday[6]), orders));
  for (int day = 0; day < WEEKDAYS; day++) {
    float *column = out[GY_FEATURE_MONDAY_SHARE + day];
    if (column != NULL) column[at] = ratio((double)sums->weekday[day], orders);
  }
  for (int quarter = 0; quarter < DAY_QUARTERS; quarter++) {
    float *column = out[GY_FEATURE_NIGHT_SHARE + quarter];
    if (column != NULL) column[at] = ratio((double)sums->quarter[quarter], orders);
  }
}

static void put_windows(void *const *out, size_t n_windows, size_t at, const customer_sums *sums) {
  for (size_t w = 0; w < n_windows; w++) {
    int32_t *orders = out[GY_FEATURE_WINDOW_ORDERS + 2 * w];
    int64_t *amount = out[GY_FEATURE_WINDOW_ORDERS + 2 * w + 1];
    if (orders != NULL) orders[at] = (int32_t)sums->window_orders[w];
    if (amount != NULL) amount[at] = sums->window_amount[w];
  }
}

static void put_features(const gy_compute *compute, void *const *out, size_t at, const customer_sums *sums) {
  const gy_compute_plan *plan = compute->plan;
  double orders = (double)sums->orders, amount = (double)sums->amount, discount = (double)sums->discount;
  double scale = (double)GY_MONEY_SCALE;
  PUT(RECENCY_DAYS, int32_t, whole_days(plan->as_of_us - sums->last_us));
  PUT(ORDERS, int32_t, sums->orders);
  PUT(MONETARY, int64_t, sums->amount);
  PUT(TENURE_DAYS, int32_t, whole_days(plan->as_of_us - sums->first_us));
  PUT(AVERAGE_ORDER_VALUE, float, ratio(amount / scale, orders));
  PUT(GAP_MEAN, float, gap_mean(compute, sums->order_times));
  PUT(GAP_SD, float, gap_sd(compute, sums->order_times));
  PUT(BASKET_LINES, float, ratio((double)sums->lines, orders));
  PUT(BASKET_QUANTITY, float, ratio((double)sums->quantity / scale, orders));
  PUT(PRODUCTS, int32_t, sums->products);
  PUT(CATEGORIES, int32_t, sums->categories);
  put_shares(out, at, sums);
  PUT(DISCOUNT_SHARE, float, ratio(discount, amount + discount));
  PUT(DISCOUNTED_LINE_SHARE, float, ratio((double)sums->discounted_lines, (double)sums->lines));
  PUT(RETURN_RATE, float, ratio((double)sums->returned_lines, (double)sums->all_lines));
  double recent = (double)sums->trend_amount, before = (double)sums->trend_previous_amount;
  PUT(TREND, float, ratio(recent - before, recent + before));
  PUT(FIRST_ORDER_AT, int64_t, sums->first_us);
  PUT(LAST_ORDER_AT, int64_t, sums->last_us);
  put_windows(out, plan->n_windows, at, sums);
}

gy_status gy_compute_customer(gy_compute *compute, const gy_part_rows *part, const gy_row_key *keys, size_t n,
                              void *const *columns, size_t at, gy_error *err) {
  customer_sums sums = {0};
  if (!begin_customer(compute, n) || !sum_rows(compute, part, keys, n, &sums)) return out_of_memory(err);
  compute->customer_orders += (uint64_t)sums.orders;
  put_features(compute, columns, at, &sums);
  return GY_OK;
}

gy_status gy_compute_others(gy_compute *compute, const gy_part_rows *part, const gy_row_key *keys, size_t n,
                            gy_error *err) {
  const gy_row_layout *layout = &compute->plan->partition->layout;
  uint64_t last_order = GY_WORD_NULL;
  for (size_t i = 0; i < n; i++) {
    const uint64_t *row = gy_part_row(part, &keys[i]);
    if (i > 0 && gy_rows_equal(layout, row, gy_part_row(part, &keys[i - 1]))) {
      count_duplicate(compute, row);
      continue;
    }
    if (gy_row_flags(row[0]) & compute->plan->partition->order_mask) continue;
    uint64_t order = order_of(layout, row);
    if (order == last_order || order == GY_WORD_NULL) continue;
    last_order = order;
    if (compute->plan->log_orders && !gy_word_log_add(&compute->order_log, global_order(layout, row, order)))
      return out_of_memory(err);
  }
  return GY_OK;
}
