/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the simulator share: the prepared shop, the random streams, and the draws that
 * several tables must make alike.
 *
 * Nothing is remembered about a customer. Whoever needs a fact draws it again from the stream that owns
 * it, named by (seed, purpose, index): that is what makes every part of every table independent of all
 * others, and memory independent of the number of customers. */
#ifndef GYEOL_SIMULATE_SHOP_MODEL_H
#define GYEOL_SIMULATE_SHOP_MODEL_H

#include <string.h>

#include "base/rng.h"
#include "simulate/shop.h"

enum {
  SHOP_DAY_SECONDS = 86400,
  SHOP_RETURN_DAYS_MAX = 14,
  SHOP_WINDOW_DAYS = 7, /* in which a campaign's effect falls */
  SHOP_BLOCK_CUSTOMERS = 4096,
  SHOP_LINES_MAX = 200,
  SHOP_CATEGORIES = GY_SHOP_CATEGORY_COUNT,
  SHOP_MODIFIERS = 6, /* of each category */
  SHOP_HOUR_CELLS = 1024,
  SHOP_TEXT_BYTES = 320, /* of a composed text at most */
  SHOP_ROW_TEXTS = 2,    /* composed texts of a row at most */
  SHOP_DIGITS = 20,
  SHOP_TIERS_MAX = 64,
};

/* Ordinals name what a customer does: own orders in order of time, orders that a campaign caused, visits
 * without an order. A return has the ordinal of its order. */
enum { SHOP_ORDINAL_CAMPAIGN = 0x4000, SHOP_ORDINAL_VISIT = 0x5000, SHOP_ORDINAL_END = 0x10000 };

typedef enum shop_purpose {
  SHOP_STREAM_CORE,
  SHOP_STREAM_PROCESS,
  SHOP_STREAM_PERSON,
  SHOP_STREAM_CAMPAIGN,
  SHOP_STREAM_VISIT,
  SHOP_STREAM_ORDER,
  SHOP_STREAM_RETURN,
  SHOP_STREAM_SESSION,
  SHOP_STREAM_REVIEW,
  SHOP_STREAM_DEFECT,
  SHOP_STREAM_CATALOGUE,
  SHOP_STREAM_AGAIN,
  SHOP_STREAM_REGISTRATION,
  SHOP_STREAM_FAMILY,
  SHOP_STREAM_GUEST,
  SHOP_STREAM_MAILBOX,
  SHOP_STREAM_NAME,
  SHOP_STREAM_HOME,
  SHOP_STREAM_ATTITUDE,
  SHOP_STREAM_SURVEY,
  SHOP_STREAM_CONSENT,
  SHOP_STREAM_MARKET,
  SHOP_STREAM_COMPETITOR,
} shop_purpose;

typedef enum shop_channel {
  SHOP_WEB,
  SHOP_APP,
  SHOP_STORE,
  SHOP_MARKETPLACE,
  SHOP_CHANNEL_COUNT
} shop_channel;

enum {
  SHOP_CONSENT_EMAIL = 1,
  SHOP_CONSENT_SMS = 2,
  SHOP_CONSENT_KAKAO = 4,
  SHOP_CONSENT_PUSH = 8,
  SHOP_CONSENT_NIGHT = 16
};

/* Draws an item in constant time in proportion to its weight (Walker 1977, Vose 1991). */
typedef struct shop_alias {
  uint32_t n;
  uint32_t *keep; /* probability of the cell's own item, in 2^-32 */
  uint32_t *other;
} shop_alias;

gy_status shop_alias_create(shop_alias *alias, const double *weights, uint32_t n, gy_error *err);
void shop_alias_clear(shop_alias *alias);

static inline uint32_t shop_alias_pick(const shop_alias *alias, gy_rng *rng) {
  uint64_t random = gy_rng_next(rng);
  uint32_t cell = (uint32_t)(((random >> 32) * alias->n) >> 32);
  return (uint32_t)random < alias->keep[cell] ? cell : alias->other[cell];
}

typedef struct shop_moment {
  int32_t day; /* of the window, from 0 */
  int32_t second;
} shop_moment;

static inline int64_t shop_moment_seconds(shop_moment moment) {
  return (int64_t)moment.day * SHOP_DAY_SECONDS + moment.second;
}

/* A type's calendar: `total[d]` is the operational time that has passed when day d begins. A purchase
 * process that is plain in operational time is seasonal on the calendar, and its counts stay exact. */
typedef struct shop_season {
  double *total;  /* n_days + 1, from 0 to n_days */
  int32_t *guide; /* day in which operational time g falls, g = 0 .. n_days - 1 */
} shop_season;

typedef struct shop_product {
  uint16_t noun;
  uint16_t brand;
  uint16_t modifier;
  uint8_t category;
  uint8_t size;
  int32_t price; /* won */
} shop_product;

/* Products sorted by price tier, then category; picks are by popularity. */
typedef struct shop_catalogue {
  uint32_t n_products;
  shop_product *products;
  double *popularity;
  uint32_t tier_start[SHOP_TIERS_MAX + 1];
  shop_alias tiers[SHOP_TIERS_MAX];
  uint32_t cell_start[SHOP_TIERS_MAX][SHOP_CATEGORIES + 1];
  shop_alias cells[SHOP_TIERS_MAX][SHOP_CATEGORIES];
  shop_alias all;
  uint8_t tier_guide[128];
} shop_catalogue;

typedef struct shop_campaign {
  const char *name;
  uint8_t channel; /* 0 email, 1 sms, 2 kakao, 3 push */
  shop_moment sent;
  double strength;
} shop_campaign;

struct gy_shop {
  gy_shop_options options;
  int32_t n_days;
  double rate_scale;
  double won_per_year; /* shop_expected_sales */
  gy_shop_type types[GY_SHOP_TYPE_COUNT];
  shop_alias type_alias;
  shop_alias category_alias;
  shop_alias district_alias;
  shop_season seasons[GY_SHOP_TYPE_COUNT];
  int32_t hour_seconds[SHOP_HOUR_CELLS + 1]; /* second of day by share of the day's orders */
  shop_catalogue catalogue;
  shop_campaign campaigns[GY_SHOP_CAMPAIGNS_MAX];
};

static inline void shop_stream(const gy_shop *shop, gy_rng *rng, shop_purpose purpose, uint64_t index) {
  gy_rng_init(rng, shop->options.seed + 0x9E3779B97F4A7C15u * (uint64_t)(purpose + 1), index);
}

static inline uint64_t shop_act(uint64_t customer, uint32_t ordinal) { return customer << 16 | ordinal; }

static inline int64_t shop_local_seconds(const gy_shop *shop, shop_moment moment) {
  return (int64_t)(shop->options.start_day + moment.day) * SHOP_DAY_SECONDS + moment.second;
}

/* shop_type.c */
void shop_types_init(gy_shop *shop);
double shop_mean_orders(const gy_shop_type *type, double scale, double days);
gy_status shop_types_scale(gy_shop *shop, gy_error *err);

/* shop_calendar.c */
gy_status shop_calendar_create(gy_shop *shop, gy_error *err);
void shop_calendar_clear(gy_shop *shop);
shop_moment shop_moment_at(const gy_shop *shop, int type, double operational);

static inline int32_t shop_hour_pick(const gy_shop *shop, double u) {
  double cell = u * SHOP_HOUR_CELLS;
  int i = (int)cell;
  return shop->hour_seconds[i] + (int32_t)((cell - i) * (shop->hour_seconds[i + 1] - shop->hour_seconds[i]));
}

/* shop_catalogue.c, shop_product.c */
gy_status shop_catalogue_create(gy_shop *shop, gy_error *err);
void shop_catalogue_clear(gy_shop *shop);
extern const double shop_category_weights[SHOP_CATEGORIES];
/* The product for a line worth `won` a piece: its price is the tier just below or above, at random so
 * that the mean is `won`. */
uint32_t shop_product_pick(const gy_shop *shop, gy_rng *rng, double won, const uint8_t favourites[2]);
uint32_t shop_product_browse(const gy_shop *shop, gy_rng *rng, const uint8_t favourites[2]);
double shop_price_top(void);
double shop_price_bottom(void);

typedef struct shop_noun {
  uint8_t category;
  const char *section; /* sub-category */
  const char *ko;
  const char *en;
  int32_t low, high;    /* won */
  const char *sizes[4]; /* "ko|en"; NULL: none further */
} shop_noun;

extern const shop_noun shop_nouns[];
extern const size_t shop_noun_count;
extern const char *const shop_category_names[SHOP_CATEGORIES];
extern const char *const shop_brands[][2];
extern const size_t shop_brand_count;
const char *const *shop_modifier(int category, size_t i); /* ko, en */
void shop_products_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block);

/* shop_life.c */
typedef struct shop_core {
  uint8_t type;
  uint8_t channel;
  uint8_t consent;
  uint8_t favourites[2]; /* categories */
  double spend_rate;     /* nu: an order's value is gamma(p, nu) */
} shop_core;

void shop_core_draw(const gy_shop *shop, uint64_t customer, bool with_spend, shop_core *core);

/* One customer's own purchases in order of time. */
typedef struct shop_life {
  gy_rng rng;
  int type;
  double rate;         /* lambda, a day */
  double dropout_prob; /* p */
  double now;          /* operational time of the next purchase */
  uint32_t left;       /* repeat purchases until dropout */
  uint32_t ordinal;
  bool done;
} shop_life;

/* Does not draw the rates of a customer who joins on `until_day` or later: such a life is done. */
void shop_life_begin(const gy_shop *shop, uint64_t customer, int type, int32_t until_day, shop_life *life);
/* False: no further purchase in the window. */
bool shop_life_next(const gy_shop *shop, shop_life *life, shop_moment *moment);

typedef struct shop_touch {
  bool target, treated, caused; /* caused: the campaign made an order */
  bool opened, clicked;
  shop_moment order; /* the caused one */
} shop_touch;

/* `alive_until` is the moment of the last purchase where the customer dropped out, else beyond the
 * window; touches[] has one element a campaign. */
void shop_touches_draw(const gy_shop *shop, uint64_t customer, const shop_core *core, shop_moment joined,
                       shop_moment alive_until, shop_touch *touches);

/* All of a customer's past at once. */
typedef struct shop_story {
  shop_core core;
  double rate, dropout_prob;
  shop_moment joined, last;
  bool alive; /* at the end of the window */
  uint32_t orders, caused;
  shop_touch touches[GY_SHOP_CAMPAIGNS_MAX];
  int64_t own_order[GY_SHOP_CAMPAIGNS_MAX]; /* first own order in the campaign's week, seconds; -1: none */
} shop_story;

void shop_story_draw(const gy_shop *shop, uint64_t customer, shop_story *story);
bool shop_return_draw(const gy_shop *shop, int type, uint64_t customer, uint32_t ordinal, shop_moment order,
                      shop_moment *returned);
/* When the order with this ordinal was placed. */
shop_moment shop_order_moment(const gy_shop *shop, uint64_t customer, uint32_t ordinal);

/* shop_schedule.c */
typedef enum shop_visit_kind { SHOP_VISIT_ORDER, SHOP_VISIT_RETURN, SHOP_VISIT_BROWSE } shop_visit_kind;

typedef struct shop_visit {
  shop_visit_kind kind;
  shop_moment moment;
  uint64_t customer;
  uint32_t ordinal;
  uint64_t order_id; /* of the order, or of what is returned; 0 for a visit */
} shop_visit;

size_t shop_schedule_parts(const gy_shop_schedule *schedule);
void shop_schedule_open(const gy_shop_schedule *schedule, size_t part, gy_shop_cursor *cursor);
/* The next entry of a kind in the bit set `kinds`; false at the part's end. */
bool shop_schedule_step(const gy_shop_schedule *schedule, gy_shop_cursor *cursor, unsigned kinds,
                        shop_visit *visit);

/* shop_order.c */
typedef struct shop_line {
  uint32_t product;
  int32_t quantity;
  int32_t price;
  int32_t discount;
} shop_line;

typedef struct shop_order {
  shop_core core;
  uint8_t channel;
  uint8_t coupon; /* percent */
  size_t n_lines;
  shop_line lines[SHOP_LINES_MAX];
} shop_order;

void shop_order_draw(const gy_shop *shop, uint64_t customer, uint32_t ordinal, shop_order *order);
void shop_orders_fill(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_cursor *cursor,
                      gy_shop_block *block);

/* shop_person.c */
extern const char *const shop_channel_names[SHOP_CHANNEL_COUNT];
gy_status shop_districts_create(gy_shop *shop, gy_error *err);
void shop_customers_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block);
void shop_truth_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block);

/* shop_region.c */
typedef struct shop_district {
  const char *region;
  const char *name;
  double lat, lng;
  double people; /* thousands */
} shop_district;

typedef struct shop_region {
  const char *name;
  double thousands; /* inhabitants */
} shop_region;

enum { SHOP_REGIONS = 17 };
extern const shop_region shop_regions[SHOP_REGIONS];
extern const shop_district shop_districts[];
extern const size_t shop_district_count;
void shop_regions_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block);

/* shop_market.c */
/* Won a year, by the model; without what campaigns cause and what comes back. Dear: asked once a shop. */
double shop_expected_sales(const gy_shop *shop);
size_t shop_market_rows(const gy_shop *shop);
void shop_market_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block);

/* shop_campaign.c */
void shop_campaigns_create(gy_shop *shop);
extern const char *const shop_campaign_channels[4];
void shop_campaigns_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block);
void shop_engagements_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block);

/* shop_event.c, shop_review.c */
void shop_events_fill(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_cursor *cursor,
                      gy_shop_block *block);
void shop_reviews_fill(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_cursor *cursor,
                       gy_shop_block *block, bool truth);
/* A sentence or two on the shop: 0 negative, 1 neutral, 2 positive. */
gy_shop_text shop_opinion(gy_rng *rng, int feeling, gy_shop_block *block);

/* shop_survey.c, shop_consent.c */
void shop_surveys_fill(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_cursor *cursor,
                       gy_shop_block *block, bool truth);
void shop_consents_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block);

static inline gy_shop_text shop_text(const char *text) {
  return (gy_shop_text){text, text != NULL ? strlen(text) : 0};
}

/* Puts parts together in the block's heap, at most SHOP_TEXT_BYTES of them. */
gy_shop_text shop_join(gy_shop_block *block, const gy_shop_text *parts, size_t n_parts);
#define SHOP_JOIN(block, ...)                           \
  shop_join(block, (const gy_shop_text[]){__VA_ARGS__}, \
            sizeof((const gy_shop_text[]){__VA_ARGS__}) / sizeof(gy_shop_text))

/* A number of at least `width` digits, written to the buffer's end. */
gy_shop_text shop_digits(char buffer[SHOP_DIGITS], uint64_t value, unsigned base, unsigned width);

#endif
