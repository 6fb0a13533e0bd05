/* SPDX-License-Identifier: Apache-2.0 */
#include "data/line_rules.h"

#include "data/cleaning_rules.h"

enum { SCALE = 10000 };

#define AMOUNT_LIMIT INT64_C(1000000000000000000) /* of DECIMAL(18, 4) */

__extension__ typedef __int128 wide;

static inline int64_t or_zero(int64_t value) { return value == GY_LINE_NULL ? 0 : value; }

/* A product of two numbers in 1/10000, rounded to 1/10000, halves away from zero. */
static inline wide rounded_product(int64_t a, int64_t b) {
  int64_t product;
  if (!__builtin_mul_overflow(a, b, &product) && product < INT64_MAX - SCALE && product > INT64_MIN + SCALE)
    return (product + (product < 0 ? -SCALE / 2 : SCALE / 2)) / SCALE;
  wide exact = (wide)a * b;
  return (exact + (exact < 0 ? -SCALE / 2 : SCALE / 2)) / SCALE;
}

/* What was paid: as the source says it, else what quantity, price and discount come to. False when that is
 * more than fits. `rules` is a constant where this is inlined. */
static inline bool amount_of(const gy_line_rules *rules, const gy_line_columns *in, size_t i,
                             int64_t *amount) {
  if (rules->has_amount && in->amount[i] != GY_LINE_NULL) {
    *amount = in->amount[i];
    return true;
  }
  *amount = GY_LINE_NULL;
  if (!rules->has_price || (rules->has_amount && !rules->has_quantity)) return true;
  if (in->price[i] == GY_LINE_NULL || (rules->has_quantity && in->quantity[i] == GY_LINE_NULL)) return true;
  wide derived = rules->has_quantity ? rounded_product(in->quantity[i], in->price[i]) : in->price[i];
  if (rules->has_discount) derived -= or_zero(in->discount[i]);
  *amount = (int64_t)derived;
  return derived > -AMOUNT_LIMIT && derived < AMOUNT_LIMIT;
}

static inline int32_t flags_of(const gy_line_rules *rules, const gy_line_columns *in, size_t i) {
  int64_t stated = rules->has_amount ? in->amount[i] : GY_LINE_NULL;
  bool negative = stated != GY_LINE_NULL && stated < 0;
  bool cancelled = rules->has_cancelled && in->cancelled[i] != 0;
  bool returned = rules->has_quantity ? or_zero(in->quantity[i]) <= 0 : negative;
  int64_t price = rules->has_price && in->price[i] != GY_LINE_NULL ? in->price[i] : or_zero(stated);
  bool below = rules->has_price ? in->price[i] != GY_LINE_NULL && in->price[i] < 0
                                : negative && rules->has_quantity && in->quantity[i] > 0;
  return (cancelled  ? GY_LINE_CANCELLED
          : returned ? GY_LINE_RETURN
                     : 0) |
         (price == 0 ? GY_LINE_ZERO_PRICE
          : below    ? GY_LINE_NEGATIVE_PRICE
                     : 0);
}

static inline __attribute__((always_inline)) size_t apply(const gy_line_rules *rules,
                                                          const gy_line_columns *in, size_t n,
                                                          int64_t *amount, int32_t *flags) {
  int32_t netted =
      (rules->net_cancelled ? GY_LINE_CANCELLED : 0) | (rules->net_returned ? GY_LINE_RETURN : 0);
  for (size_t i = 0; i < n; i++) {
    if (!amount_of(rules, in, i, &amount[i])) return i;
    flags[i] = flags_of(rules, in, i);
    bool turned = (flags[i] & netted) != 0 && amount[i] != GY_LINE_NULL && amount[i] > 0;
    amount[i] = turned ? -amount[i] : amount[i];
  }
  return n;
}

gy_status gy_line_rules_apply(const gy_line_rules *rules, const gy_line_columns *columns, size_t n,
                              int64_t *amount, int32_t *flags, gy_error *err) {
  static const gy_line_rules COUNTED = {.has_quantity = true, .has_price = true};
  static const gy_line_rules DISCOUNTED = {.has_quantity = true, .has_price = true, .has_discount = true};
  bool plain = !rules->has_amount && !rules->has_cancelled && !rules->net_cancelled && !rules->net_returned;
  bool counted = plain && rules->has_quantity && rules->has_price;
  size_t done = counted && rules->has_discount ? apply(&DISCOUNTED, columns, n, amount, flags)
                : counted                      ? apply(&COUNTED, columns, n, amount, flags)
                                               : apply(rules, columns, n, amount, flags);
  if (done == n) return GY_OK;
  return gy_fail(
      err, GY_EDATA,
      "quantity times price of an order line comes to more than 100 trillion; check these columns");
}
