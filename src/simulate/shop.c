/* SPDX-License-Identifier: Apache-2.0
 *
 * The simulator's front: options, the tables and their columns, blocks, and the way from a table's part to
 * the file that knows how to fill it. */
#include "simulate/shop.h"

#include <stdlib.h>

#include "simulate/shop_people.h"

#define INT(name, name_ko) \
  { name, name_ko, GY_SHOP_INTEGER, 0 }
#define TIME(name, name_ko) \
  { name, name_ko, GY_SHOP_TIME, 0 }
#define TEXT(name, name_ko) \
  { name, name_ko, GY_SHOP_TEXT, 0 }
#define DECIMAL(name, name_ko, digits) \
  { name, name_ko, GY_SHOP_DECIMAL, digits }

typedef struct table_spec {
  const char *name;
  size_t n_fields;
  gy_shop_field fields[GY_SHOP_COLUMNS_MAX];
} table_spec;

enum { FULL_COLUMNS = 3, GUEST_COLUMNS = 2, CUSTOMER_COLUMNS = 16 };

static const table_spec tables[GY_SHOP_TABLE_COUNT] = {
    [GY_SHOP_CUSTOMERS] = {"customers",
                           20,
                           {INT("customer_id", "고객번호"),
                            TIME("joined_at", "가입일시"),
                            TEXT("gender", "성별"),
                            INT("birth_year", "출생연도"),
                            TEXT("region", "시도"),
                            TEXT("district", "시군구"),
                            DECIMAL("lat", "위도", 6),
                            DECIMAL("lng", "경도", 6),
                            TEXT("channel", "가입채널"),
                            TEXT("email", "이메일"),
                            TEXT("phone", "휴대폰번호"),
                            INT("consent_email", "이메일수신동의"),
                            INT("consent_sms", "문자수신동의"),
                            INT("consent_kakao", "카카오수신동의"),
                            INT("consent_push", "푸시수신동의"),
                            INT("consent_night", "야간수신동의"),
                            TEXT("name", "이름"),
                            TEXT("address", "주소"),
                            TEXT("postcode", "우편번호"),
                            TEXT("birth_date", "생년월일")}},
    [GY_SHOP_TRUTH_PEOPLE] = {"truth_people",
                              2,
                              {INT("customer_id", "고객번호"), INT("person_id", "사람번호")}},
    [GY_SHOP_TRUTH_GUESTS] = {"truth_guests", 2, {INT("order_id", "주문번호"), INT("person_id", "사람번호")}},
    [GY_SHOP_PRODUCTS] = {"products",
                          7,
                          {INT("product_id", "상품번호"), TEXT("product_name", "상품명"),
                           TEXT("product_name_en", "상품영문명"), TEXT("category", "카테고리"),
                           TEXT("subcategory", "소분류"), TEXT("brand", "브랜드"),
                           INT("list_price", "정가")}},
    [GY_SHOP_ORDERS] = {"orders",
                        10,
                        {INT("order_id", "주문번호"), INT("customer_id", "고객번호"),
                         TIME("ordered_at", "주문일시"), INT("product_id", "상품번호"),
                         INT("quantity", "수량"), INT("unit_price", "판매가"), INT("discount", "할인금액"),
                         TEXT("channel", "주문채널"), TEXT("coupon", "쿠폰"), TEXT("status", "주문상태")}},
    [GY_SHOP_EVENTS] = {"events",
                        12,
                        {TEXT("message_id", "이벤트번호"), TEXT("anonymous_id", "방문자번호"),
                         INT("customer_id", "고객번호"), INT("session_id", "세션번호"),
                         TEXT("event", "이벤트"), TIME("occurred_at", "발생일시"),
                         INT("product_id", "상품번호"), INT("order_id", "주문번호"), TEXT("device", "기기"),
                         TEXT("utm_source", "유입경로"), TEXT("utm_medium", "유입매체"),
                         TEXT("utm_campaign", "캠페인")}},
    [GY_SHOP_CAMPAIGNS] = {"campaigns",
                           6,
                           {INT("campaign_id", "캠페인번호"), TEXT("campaign_name", "캠페인명"),
                            TEXT("channel", "발송채널"), TIME("sent_at", "발송일시"),
                            INT("holdout_percent", "홀드아웃비율"), INT("cost_per_message", "건당비용")}},
    [GY_SHOP_ENGAGEMENTS] = {"engagements",
                             5,
                             {INT("campaign_id", "캠페인번호"), INT("customer_id", "고객번호"),
                              TEXT("arm", "실험군"), TEXT("event", "반응"), TIME("occurred_at", "발생일시")}},
    [GY_SHOP_REVIEWS] = {"reviews",
                         6,
                         {INT("order_id", "주문번호"), INT("customer_id", "고객번호"),
                          INT("product_id", "상품번호"), INT("rating", "별점"),
                          TIME("reviewed_at", "작성일시"), TEXT("review", "리뷰내용")}},
    [GY_SHOP_SURVEYS] = {"surveys",
                         7,
                         {TEXT("survey", "설문명"), INT("customer_id", "고객번호"),
                          INT("order_id", "주문번호"), TIME("answered_at", "응답일시"),
                          INT("nps_score", "추천의향점수"), INT("satisfaction", "만족도"),
                          TEXT("comment", "의견")}},
    [GY_SHOP_CONSENTS] = {"consents",
                          9,
                          {INT("customer_id", "고객번호"), TEXT("email", "이메일"),
                           TEXT("phone", "휴대폰번호"), TEXT("purpose", "동의목적"),
                           TEXT("channel", "수신채널"), TEXT("granted", "동의여부"),
                           TIME("decided_at", "동의일시"), TEXT("text_version", "약관버전"),
                           TEXT("source", "동의경로")}},
    [GY_SHOP_REGIONS] = {"regions",
                         5,
                         {TEXT("region", "시도"), TEXT("district", "시군구"), DECIMAL("lat", "위도", 6),
                          DECIMAL("lng", "경도", 6), INT("population", "인구수")}},
    [GY_SHOP_MARKET] = {"market",
                        6,
                        {TEXT("category", "카테고리"), TEXT("period", "기간"), INT("market_size", "시장규모"),
                         DECIMAL("growth_rate", "성장률", 3), TEXT("competitor", "경쟁사"),
                         DECIMAL("market_share", "점유율", 4)}},
    [GY_SHOP_TRUTH] = {"truth",
                       11,
                       {INT("customer_id", "고객번호"), TEXT("type", "유형"),
                        DECIMAL("lambda_per_day", "하루구매율", 9), DECIMAL("dropout_prob", "이탈확률", 9),
                        DECIMAL("expected_order_value", "기대주문금액", 2),
                        TIME("first_order_at", "첫주문일시"), TIME("last_own_order_at", "마지막주문일시"),
                        INT("alive_at_end", "종료시점활동"), INT("own_orders", "자체주문수"),
                        INT("campaign_orders", "캠페인주문수"), DECIMAL("effect_prob", "효과확률", 6)}},
    [GY_SHOP_TRUTH_REVIEWS] = {"truth_reviews",
                               3,
                               {INT("order_id", "주문번호"), INT("product_id", "상품번호"),
                                TEXT("sentiment", "감성")}},
    [GY_SHOP_TRUTH_SURVEYS] = {"truth_surveys",
                               3,
                               {INT("order_id", "주문번호"), DECIMAL("attitude", "태도", 2),
                                INT("ordered_again", "재주문")}},
};

/* Orders by people who may be guests. */
static const gy_shop_field guest_orders[] = {
    INT("order_id", "주문번호"),   INT("customer_id", "고객번호"), TIME("ordered_at", "주문일시"),
    INT("product_id", "상품번호"), INT("quantity", "수량"),        INT("unit_price", "판매가"),
    INT("discount", "할인금액"),   TEXT("email", "이메일"),        TEXT("phone", "휴대폰번호"),
    TEXT("channel", "주문채널"),   TEXT("coupon", "쿠폰"),         TEXT("status", "주문상태")};

const char *gy_shop_table_name(gy_shop_table table) { return tables[table].name; }

const char *gy_shop_defect_name(gy_shop_defect defect) {
  static const char *const names[GY_SHOP_DEFECT_COUNT] = {"bad_date",       "no_customer", "duplicate",
                                                          "negative_price", "text_number", "whitespace"};
  return names[defect];
}

void gy_shop_options_init(gy_shop_options *options) {
  *options = (gy_shop_options){.customers = 10000,
                               .seed = 1,
                               .start_day = gy_shop_day(2024, 1, 1),
                               .end_day = gy_shop_day(2025, 12, 31),
                               .lines_per_order = 2.5,
                               .products = 2000,
                               .campaigns = 6,
                               .tables = GY_SHOP_USUAL_TABLES};
}

static gy_status check_options(const gy_shop_options *o, gy_error *err) {
  if (o->customers < 1 || o->customers > INT32_MAX)
    return gy_fail(err, GY_EUSAGE, "customers must be between 1 and 2147483647");
  if (o->end_day < o->start_day) return gy_fail(err, GY_EUSAGE, "the window ends before it begins");
  if (!(o->lines_per_order >= 1 && o->lines_per_order <= 20))
    return gy_fail(err, GY_EUSAGE, "lines per order must be between 1 and 20, not %g", o->lines_per_order);
  if (!(o->lines_per_customer >= 0))
    return gy_fail(err, GY_EUSAGE, "lines per customer must not be negative");
  if (o->products < 200 || o->products > 100000)
    return gy_fail(err, GY_EUSAGE, "products must be between 200 and 100000, not %u", o->products);
  if (!(o->dirty_share >= 0 && o->dirty_share <= 0.5))
    return gy_fail(err, GY_EUSAGE, "the share of dirty rows must be between 0 and 0.5, not %g",
                   o->dirty_share);
  int32_t room = (o->end_day - o->start_day + 1 - SHOP_WINDOW_DAYS - 1) / (2 * SHOP_WINDOW_DAYS);
  if (room < 0) room = 0;
  if (room > GY_SHOP_CAMPAIGNS_MAX) room = GY_SHOP_CAMPAIGNS_MAX;
  if (o->campaigns > (uint32_t)room)
    return gy_fail(err, GY_EUSAGE, "%u campaigns do not fit; this window has room for %d", o->campaigns,
                   room);
  if (o->tables == 0 || o->tables > GY_SHOP_ALL_TABLES)
    return gy_fail(err, GY_EUSAGE, "no table of that name");
  if (!o->messy_people && (o->tables & GY_SHOP_PEOPLE_TABLES) != 0)
    return gy_fail(err, GY_EUSAGE, "who is behind a customer is a table of messy people only");
  return GY_OK;
}

gy_status gy_shop_create(const gy_shop_options *options, gy_shop **shop, gy_error *err) {
  gy_status status = check_options(options, err);
  if (status != GY_OK) return status;
  gy_shop *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the shop");
  made->options = *options;
  made->n_days = options->end_day - options->start_day + 1;
  shop_types_init(made);
  double shares[GY_SHOP_TYPE_COUNT];
  for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) shares[k] = made->types[k].share;
  status = shop_types_scale(made, err);
  made->won_per_year = shop_expected_sales(made);
  if (status == GY_OK) status = shop_calendar_create(made, err);
  if (status == GY_OK) status = shop_alias_create(&made->type_alias, shares, GY_SHOP_TYPE_COUNT, err);
  if (status == GY_OK) status = shop_districts_create(made, err);
  if (status == GY_OK) status = shop_catalogue_create(made, err);
  if (status == GY_OK) {
    shop_campaigns_create(made);
    *shop = made;
  } else {
    gy_shop_destroy(made);
  }
  return status;
}

void gy_shop_destroy(gy_shop *shop) {
  if (shop == NULL) return;
  shop_calendar_clear(shop);
  shop_catalogue_clear(shop);
  shop_alias_clear(&shop->type_alias);
  shop_alias_clear(&shop->district_alias);
  free(shop);
}

const gy_shop_field *gy_shop_fields(const gy_shop *shop, gy_shop_table table, size_t *n_fields) {
  bool messy = shop->options.messy_people, full = shop->options.full_columns;
  *n_fields = tables[table].n_fields;
  if (table == GY_SHOP_ORDERS && messy) *n_fields += GUEST_COLUMNS;
  if (table == GY_SHOP_ORDERS && !full) *n_fields -= FULL_COLUMNS;
  if (table == GY_SHOP_CUSTOMERS && !messy) *n_fields = CUSTOMER_COLUMNS;
  return table == GY_SHOP_ORDERS && messy ? guest_orders : tables[table].fields;
}

const char *gy_shop_field_name(const gy_shop *shop, const gy_shop_field *field) {
  return shop->options.korean_names ? field->name_ko : field->name;
}

gy_status gy_shop_block_create(const gy_shop *shop, gy_shop_table table, gy_shop_block **block,
                               gy_error *err) {
  size_t n;
  const gy_shop_field *fields = gy_shop_fields(shop, table, &n);
  gy_shop_block *made = calloc(1, sizeof *made);
  bool allocated = made != NULL;
  for (size_t c = 0; c < n && allocated; c++) {
    if (fields[c].kind == GY_SHOP_TEXT)
      allocated = (made->texts[c] = calloc(GY_SHOP_BLOCK_ROWS, sizeof(gy_shop_text))) != NULL;
    else
      allocated = (made->values[c] = calloc(GY_SHOP_BLOCK_ROWS, sizeof(int64_t))) != NULL;
  }
  allocated = allocated && (made->defects = calloc(GY_SHOP_BLOCK_ROWS, 1)) != NULL;
  allocated = allocated &&
              (made->heap = malloc((size_t)GY_SHOP_BLOCK_ROWS * SHOP_ROW_TEXTS * SHOP_TEXT_BYTES)) != NULL;
  if (!allocated) {
    gy_shop_block_destroy(made);
    return gy_fail(err, GY_ENOMEM, "no memory for a block of %s", tables[table].name);
  }
  made->n_columns = n;
  *block = made;
  return GY_OK;
}

void gy_shop_block_destroy(gy_shop_block *block) {
  if (block == NULL) return;
  for (size_t c = 0; c < GY_SHOP_COLUMNS_MAX; c++) {
    free(block->values[c]);
    free(block->texts[c]);
  }
  free(block->defects);
  free(block->heap);
  free(block);
}

gy_shop_text shop_join(gy_shop_block *block, const gy_shop_text *parts, size_t n_parts) {
  size_t used = 0;
  char *at = block->heap + block->heap_used;
  for (size_t i = 0; i < n_parts; i++) {
    size_t room = SHOP_TEXT_BYTES - used;
    size_t length = parts[i].length < room ? parts[i].length : room;
    if (length > 0) memcpy(at + used, parts[i].data, length);
    used += length;
  }
  block->heap_used += used;
  return (gy_shop_text){at, used};
}

gy_shop_text shop_digits(char buffer[SHOP_DIGITS], uint64_t value, unsigned base, unsigned width) {
  char *at = buffer + SHOP_DIGITS;
  for (unsigned n = 0; n < width || value > 0; n++, value /= base) *--at = "0123456789abcdef"[value % base];
  return (gy_shop_text){at, (size_t)(buffer + SHOP_DIGITS - at)};
}

bool gy_shop_is_scheduled(gy_shop_table table) {
  return table == GY_SHOP_ORDERS || table == GY_SHOP_EVENTS || table == GY_SHOP_REVIEWS ||
         table == GY_SHOP_TRUTH_REVIEWS || table == GY_SHOP_SURVEYS || table == GY_SHOP_TRUTH_SURVEYS ||
         table == GY_SHOP_TRUTH_GUESTS;
}

static size_t customer_blocks(const gy_shop *shop) {
  return (size_t)((shop->options.customers + SHOP_BLOCK_CUSTOMERS - 1) / SHOP_BLOCK_CUSTOMERS);
}

size_t gy_shop_parts(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_table table) {
  if (gy_shop_is_scheduled(table)) return shop_schedule_parts(schedule);
  switch (table) {
    case GY_SHOP_CUSTOMERS:
    case GY_SHOP_TRUTH:
    case GY_SHOP_TRUTH_PEOPLE:
    case GY_SHOP_CONSENTS:
      return customer_blocks(shop);
    case GY_SHOP_ENGAGEMENTS:
      return shop->options.campaigns * customer_blocks(shop);
    default:
      return 1;
  }
}

void gy_shop_cursor_open(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_table table,
                         size_t part, gy_shop_cursor *cursor) {
  if (gy_shop_is_scheduled(table)) {
    shop_schedule_open(schedule, part, cursor);
    return;
  }
  *cursor = (gy_shop_cursor){.part = part};
  if (table == GY_SHOP_PRODUCTS)
    cursor->end[0] = shop->options.products;
  else if (table == GY_SHOP_CAMPAIGNS)
    cursor->end[0] = shop->options.campaigns;
  else if (table == GY_SHOP_REGIONS)
    cursor->end[0] = shop_district_count;
  else if (table == GY_SHOP_MARKET)
    cursor->end[0] = shop_market_rows(shop);
  else {
    cursor->at[0] = part % customer_blocks(shop) * SHOP_BLOCK_CUSTOMERS;
    cursor->end[0] = cursor->at[0] + SHOP_BLOCK_CUSTOMERS;
    if (cursor->end[0] > shop->options.customers) cursor->end[0] = shop->options.customers;
  }
}

static void block_empty(gy_shop_block *block) {
  block->n_rows = 0;
  block->heap_used = 0;
  block->return_rows = 0;
  memset(block->defects, 0, GY_SHOP_BLOCK_ROWS);
  memset(block->defect_rows, 0, sizeof block->defect_rows);
}

void gy_shop_fill(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_table table,
                  gy_shop_cursor *cursor, gy_shop_block *block) {
  block_empty(block);
  switch (table) {
    case GY_SHOP_CUSTOMERS:
      shop_customers_fill(shop, cursor, block);
      break;
    case GY_SHOP_PRODUCTS:
      shop_products_fill(shop, cursor, block);
      break;
    case GY_SHOP_ORDERS:
      shop_orders_fill(shop, schedule, cursor, block);
      break;
    case GY_SHOP_EVENTS:
      shop_events_fill(shop, schedule, cursor, block);
      break;
    case GY_SHOP_CAMPAIGNS:
      shop_campaigns_fill(shop, cursor, block);
      break;
    case GY_SHOP_ENGAGEMENTS:
      shop_engagements_fill(shop, cursor, block);
      break;
    case GY_SHOP_REVIEWS:
      shop_reviews_fill(shop, schedule, cursor, block, false);
      break;
    case GY_SHOP_SURVEYS:
      shop_surveys_fill(shop, schedule, cursor, block, false);
      break;
    case GY_SHOP_CONSENTS:
      shop_consents_fill(shop, cursor, block);
      break;
    case GY_SHOP_REGIONS:
      shop_regions_fill(shop, cursor, block);
      break;
    case GY_SHOP_MARKET:
      shop_market_fill(shop, cursor, block);
      break;
    case GY_SHOP_TRUTH_SURVEYS:
      shop_surveys_fill(shop, schedule, cursor, block, true);
      break;
    case GY_SHOP_TRUTH:
      shop_truth_fill(shop, cursor, block);
      break;
    case GY_SHOP_TRUTH_REVIEWS:
      shop_reviews_fill(shop, schedule, cursor, block, true);
      break;
    case GY_SHOP_TRUTH_PEOPLE:
      shop_truth_people_fill(shop, cursor, block);
      break;
    case GY_SHOP_TRUTH_GUESTS:
      shop_truth_guests_fill(shop, schedule, cursor, block);
      break;
    case GY_SHOP_TABLE_COUNT:
      break;
  }
}
