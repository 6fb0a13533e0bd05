/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/catalogue.h"

#include <stdio.h>
#include <string.h>

#define FEATURE(ID, NAME, KO, EN, MEANS_KO, MEANS_EN, UNIT, TYPE, LOG, FORMULA, NULL_WHEN)  \
  [GY_FEATURE_##ID] = {GY_FEATURE_##ID, NAME, KO,      EN,        MEANS_KO, MEANS_EN, UNIT, \
                       GY_TYPE_##TYPE,  LOG,  FORMULA, NULL_WHEN, 0}

#define WEEKDAY(ID, NAME, KO, EN, FORMULA)                                                              \
  FEATURE(ID, NAME, KO " 비중", EN " share", KO "에 한 주문의 비율", "Share of orders placed on a " EN, \
          "share", FLOAT, false, FORMULA, "no order")

#define DAY_PART(ID, NAME, KO, EN, HOURS_KO, HOURS_EN, FORMULA)                    \
  FEATURE(ID, NAME, KO " 비중", EN " share", "현지 " HOURS_KO "에 한 주문의 비율", \
          "Share of orders placed at local " HOURS_EN, "share", FLOAT, false, FORMULA, "no order")

static const gy_feature TABLE[GY_FEATURE_IDS] = {
    FEATURE(RECENCY_DAYS, "recency_days", "최근성", "Recency", "마지막 구매 후 지난 날수",
            "Whole days from the last order to the as-of instant", "days", INT32, true,
            "floor((as_of - last_order_at) / 1 day)", "never"),
    FEATURE(ORDERS, "orders", "구매 횟수", "Orders", "서로 다른 주문의 수", "Distinct orders", "orders",
            INT32, true, "count(distinct order_id)", "never"),
    FEATURE(MONETARY, "monetary", "구매 금액", "Monetary", "구매 금액의 합", "Spend over all kept lines",
            "money", MONEY, true, "sum(amount)", "never"),
    FEATURE(TENURE_DAYS, "tenure_days", "거래 기간", "Tenure", "첫 구매 후 지난 날수",
            "Whole days from the first order to the as-of instant", "days", INT32, false,
            "floor((as_of - first_order_at) / 1 day)", "never"),
    FEATURE(AVERAGE_ORDER_VALUE, "average_order_value", "객단가", "Average order value",
            "주문 한 건의 평균 금액", "Spend per order", "money", FLOAT, true, "monetary / orders",
            "no order"),
    FEATURE(GAP_MEAN, "days_between_orders_mean", "평균 구매 주기", "Days between orders",
            "주문 사이 날수의 평균", "Mean days between successive distinct order times", "days", FLOAT, true,
            "(last order time - first order time) / (distinct order times - 1)",
            "fewer than 2 distinct order times"),
    FEATURE(GAP_SD, "days_between_orders_sd", "구매 주기 편차", "Deviation of days between orders",
            "주문 사이 날수의 표준편차",
            "Sample standard deviation of days between successive distinct order times", "days", FLOAT, true,
            "stddev_samp(order time - previous order time)", "fewer than 3 distinct order times"),
    FEATURE(BASKET_LINES, "basket_lines", "주문당 품목 줄 수", "Lines per order", "주문 한 건의 평균 줄 수",
            "Lines per order", "lines", FLOAT, true, "count(*) / orders", "no order"),
    FEATURE(BASKET_QUANTITY, "basket_quantity", "주문당 수량", "Units per order", "주문 한 건의 평균 수량",
            "Quantity per order", "units", FLOAT, true, "sum(quantity) / orders",
            "no order, or no quantity column"),
    FEATURE(PRODUCTS, "products", "구매 상품 수", "Products", "서로 다른 상품의 수", "Distinct products",
            "products", INT32, true, "count(distinct product_id)", "no product column"),
    FEATURE(CATEGORIES, "categories", "구매 분류 수", "Categories", "서로 다른 상품 분류의 수",
            "Distinct categories", "categories", INT32, false, "count(distinct category)",
            "no category column"),
    FEATURE(WEEKEND_SHARE, "weekend_share", "주말 비중", "Weekend share", "토·일요일에 한 주문의 비율",
            "Share of orders placed on a Saturday or Sunday", "share", FLOAT, false,
            "orders on local Saturday or Sunday / orders", "no order"),
    WEEKDAY(MONDAY_SHARE, "monday_share", "월요일", "Monday", "orders on a local Monday / orders"),
    WEEKDAY(TUESDAY_SHARE, "tuesday_share", "화요일", "Tuesday", "orders on a local Tuesday / orders"),
    WEEKDAY(WEDNESDAY_SHARE, "wednesday_share", "수요일", "Wednesday",
            "orders on a local Wednesday / orders"),
    WEEKDAY(THURSDAY_SHARE, "thursday_share", "목요일", "Thursday", "orders on a local Thursday / orders"),
    WEEKDAY(FRIDAY_SHARE, "friday_share", "금요일", "Friday", "orders on a local Friday / orders"),
    WEEKDAY(SATURDAY_SHARE, "saturday_share", "토요일", "Saturday", "orders on a local Saturday / orders"),
    WEEKDAY(SUNDAY_SHARE, "sunday_share", "일요일", "Sunday", "orders on a local Sunday / orders"),
    DAY_PART(NIGHT_SHARE, "night_share", "심야", "Night", "0-6시", "0-6 h",
             "orders with local hour 0..5 / orders"),
    DAY_PART(MORNING_SHARE, "morning_share", "오전", "Morning", "6-12시", "6-12 h",
             "orders with local hour 6..11 / orders"),
    DAY_PART(AFTERNOON_SHARE, "afternoon_share", "오후", "Afternoon", "12-18시", "12-18 h",
             "orders with local hour 12..17 / orders"),
    DAY_PART(EVENING_SHARE, "evening_share", "저녁", "Evening", "18-24시", "18-24 h",
             "orders with local hour 18..23 / orders"),
    FEATURE(DISCOUNT_SHARE, "discount_share", "할인율", "Discount share", "정가 대비 할인 금액의 비율",
            "Discount as a share of spend before discount", "share", FLOAT, false,
            "sum(discount) / (sum(amount) + sum(discount))", "no discount column, or the divisor is zero"),
    FEATURE(DISCOUNTED_LINE_SHARE, "discounted_line_share", "할인 품목 비중", "Discounted line share",
            "할인받은 줄의 비율", "Share of lines with a discount above zero", "share", FLOAT, false,
            "lines with discount > 0 / lines", "no discount column"),
    FEATURE(RETURN_RATE, "return_rate", "반품·취소율", "Return rate",
            "전체 줄 가운데 반품되거나 취소된 줄의 비율",
            "Returned and cancelled lines over all lines with a valid time up to the as-of instant", "share",
            FLOAT, false, "lines flagged cancelled or returned / lines not flagged no-time or future",
            "never"),
    FEATURE(TREND, "trend", "구매 추세", "Trend", "최근 기간 금액을 직전 기간과 비교(-1 감소, +1 증가)",
            "Spend of the last trend window (a) against the window before it (b)", "index", FLOAT, false,
            "(a - b) / (a + b)", "a + b is zero"),
    FEATURE(FIRST_ORDER_AT, "first_order_at", "첫 구매 시각", "First order", "첫 구매 시각(UTC)",
            "Time of the first line that makes an order, UTC", "time", TIMESTAMP, false, "min(ordered_at)",
            "never"),
    FEATURE(LAST_ORDER_AT, "last_order_at", "마지막 구매 시각", "Last order", "마지막 구매 시각(UTC)",
            "Time of the last line that makes an order, UTC", "time", TIMESTAMP, false, "max(ordered_at)",
            "never"),
    FEATURE(WINDOW_ORDERS, "orders_{w}", "최근 {w}일 구매 횟수", "Orders in {w} days", "최근 {w}일의 주문 수",
            "Orders placed less than {w} days before the as-of instant", "orders", INT32, true,
            "count of orders with order time > as_of - {w} days", "never"),
    FEATURE(WINDOW_MONETARY, "monetary_{w}", "최근 {w}일 구매 금액", "Spend in {w} days",
            "최근 {w}일의 구매 금액", "Spend on lines less than {w} days before the as-of instant", "money",
            MONEY, true, "sum(amount) over lines with ordered_at > as_of - {w} days", "never"),
};

const gy_feature *gy_feature_table(void) { return TABLE; }

/* `text` with every {w} replaced by `days`. */
static const char *expand(char out[static 160], const char *text, int days) {
  size_t length = 0;
  while (*text != '\0' && length < 148) {
    if (strncmp(text, "{w}", 3) == 0) {
      length += (size_t)snprintf(out + length, 160 - length, "%d", days);
      text += 3;
    } else {
      out[length++] = *text++;
    }
  }
  out[length] = '\0';
  return out;
}

static void add_window(gy_feature_set *set, gy_feature_id id, int days) {
  char(*text)[160] = set->names[set->n - GY_FEATURE_WINDOW_ORDERS];
  gy_feature *item = &set->items[set->n++];
  *item = TABLE[id];
  item->window_days = days;
  item->name = expand(text[0], TABLE[id].name, days);
  item->label_ko = expand(text[1], TABLE[id].label_ko, days);
  item->label_en = expand(text[2], TABLE[id].label_en, days);
  item->meaning_ko = expand(text[3], TABLE[id].meaning_ko, days);
  item->meaning_en = expand(text[4], TABLE[id].meaning_en, days);
  item->formula = expand(text[5], TABLE[id].formula, days);
}

gy_status gy_feature_set_init(gy_feature_set *set, const int *window_days, size_t n_windows, gy_error *err) {
  if (n_windows > GY_FEATURE_MAX_WINDOWS) {
    return gy_fail(err, GY_ECONFIG, "%zu look-back windows were asked for and at most %d are possible",
                   n_windows, GY_FEATURE_MAX_WINDOWS);
  }
  for (size_t i = 0; i < n_windows; i++) {
    if (window_days[i] < 1 || window_days[i] > 36500) {
      return gy_fail(err, GY_ECONFIG, "a look-back window of %d days does not fit: give 1 to 36500",
                     window_days[i]);
    }
    for (size_t j = 0; j < i; j++) {
      if (window_days[i] == window_days[j]) {
        return gy_fail(err, GY_ECONFIG, "the look-back window of %d days is given twice", window_days[i]);
      }
    }
  }
  set->n = 0;
  for (int id = 0; id < GY_FEATURE_WINDOW_ORDERS; id++) set->items[set->n++] = TABLE[id];
  for (size_t i = 0; i < n_windows; i++) {
    add_window(set, GY_FEATURE_WINDOW_ORDERS, window_days[i]);
    add_window(set, GY_FEATURE_WINDOW_MONETARY, window_days[i]);
  }
  return GY_OK;
}

const gy_feature *gy_feature_find(const gy_feature_set *set, const char *name) {
  for (size_t i = 0; i < set->n; i++) {
    if (strcmp(set->items[i].name, name) == 0) return &set->items[i];
  }
  return NULL;
}

static const char *type_name(gy_type type) {
  switch (type) {
    case GY_TYPE_INT32:
      return "INTEGER";
    case GY_TYPE_FLOAT:
      return "FLOAT";
    case GY_TYPE_MONEY:
      return "DECIMAL(18, 4)";
    case GY_TYPE_TIMESTAMP:
      return "TIMESTAMP";
    default:
      return "?";
  }
}

static const char DOCUMENT_HEAD[] =
    "# Customer features\n"
    "\n"
    "One row a customer, from its order lines. Written from the table in `src/feature/catalogue.c`; a test "
    "holds this\n"
    "page to it. Every feature exists twice and a test compares them: in the customer-major kernel\n"
    "(`src/feature/customer_kernel.h`) and as SQL (`sql/feature/customer_features.sql`).\n"
    "\n"
    "Definitions that hold for all:\n"
    "\n"
    "- **Kept lines** are those whose flags meet none of the excluded ones; lines without a valid time or "
    "after the\n"
    "  as-of instant are never kept. Cancelled and returned lines that are kept (netted) count with their "
    "money, and\n"
    "  nothing else: they make no order, and orders, times, baskets and products are those of the other kept "
    "lines.\n"
    "  A customer without an order-making line has no features.\n"
    "- **As-of** is an instant; unless given, one day after the last order. A line at the as-of instant is "
    "kept.\n"
    "- **An order** is placed at the time of its customer's first line of it. An order id under two "
    "customers is an\n"
    "  order of each. Where no order column is mapped, each distinct time of a customer is one order. Lines "
    "with a NULL\n"
    "  order id belong to no order; their spend counts.\n"
    "- **Order times** are the distinct times at which a customer placed orders: two orders at one instant "
    "make one.\n"
    "- **Windows**: within w days means time > as_of - w days, the same as recency below w whole days.\n"
    "- **Days, weekdays and hours** are local to the project's time zone; spans in days are multiples of 24 "
    "hours.\n"
    "- NULL amounts, quantities and discounts count as zero; NULL products and categories are not counted.\n"
    "- Exact duplicates (equal in every mapped column) are counted always and dropped when asked, before "
    "anything else.\n"
    "\n"
    "| name | label | meaning | unit | type | formula | NULL when | log |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n";

void gy_feature_document(gy_buffer *out) {
  gy_buffer_text(out, DOCUMENT_HEAD);
  for (int id = 0; id < GY_FEATURE_IDS; id++) {
    const gy_feature *f = &TABLE[id];
    gy_buffer_printf(out, "| `%s` | %s · %s | %s · %s | %s | %s | `%s` | %s | %s |\n", f->name, f->label_en,
                     f->label_ko, f->meaning_en, f->meaning_ko, f->unit, type_name(f->type), f->formula,
                     f->null_when, f->log_scaled ? "yes" : "no");
  }
  gy_buffer_text(
      out,
      "\n`{w}` stands for each look-back window (30, 90 and 365 days unless configured); the trend window "
      "is 90 days.\n");
}
