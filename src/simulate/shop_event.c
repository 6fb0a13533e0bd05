/* SPDX-License-Identifier: Apache-2.0
 *
 * Web and app events, with the names of Segment's e-commerce specification.
 *
 * Every order placed on web or app ends a session: landing, products looked at, added, checkout, order.
 * Visits without an order look around, sometimes fill a cart, sometimes leave at the checkout; a third of
 * them is not signed in and carries only the anonymous id of the customer's browser. Sessions follow each
 * other in the order of what the schedule holds of them: the order, or the beginning of the visit. */
#include "simulate/shop_people.h"

enum { STEPS_MAX = 96, PRODUCTS_MAX = 20 };

typedef struct step {
  const char *event;
  uint32_t product; /* from 1; 0: none */
} step;

typedef struct session {
  size_t n_steps;
  step steps[STEPS_MAX];
  int32_t gaps[STEPS_MAX]; /* seconds before the step */
} session;

static const struct source {
  const char *source, *medium;
  double share;
} sources[] = {{NULL, NULL, 0.34},
               {"naver", "cpc", 0.18},
               {"naver", "organic", 0.14},
               {"google", "organic", 0.09},
               {"instagram", "paid_social", 0.10},
               {"kakao", "social", 0.07},
               {"newsletter", "email", 0.05},
               {"youtube", "video", 0.03}};
enum { SOURCES = sizeof sources / sizeof sources[0] };

static void add_step(session *s, gy_rng *rng, const char *event, uint32_t product) {
  if (s->n_steps == STEPS_MAX) return;
  s->steps[s->n_steps] = (step){event, product};
  s->gaps[s->n_steps++] = 4 + (int32_t)gy_rng_exponential(rng, 1.0 / 40);
}

static void build_order_session(const gy_shop *shop, gy_rng *rng, const shop_order *order, session *s) {
  size_t n = order->n_lines < PRODUCTS_MAX ? order->n_lines : PRODUCTS_MAX;
  s->n_steps = 0;
  add_step(s, rng, "Page Viewed", 0);
  for (size_t i = 0; i < n; i++) {
    if (gy_rng_uniform(rng) < 0.4)
      add_step(s, rng, "Product Viewed", shop_product_browse(shop, rng, order->core.favourites) + 1);
    add_step(s, rng, "Product Viewed", order->lines[i].product + 1);
    add_step(s, rng, "Product Added", order->lines[i].product + 1);
  }
  if (order->coupon > 0) add_step(s, rng, "Coupon Applied", 0);
  add_step(s, rng, "Checkout Started", 0);
  add_step(s, rng, "Order Completed", 0);
}

static void build_browse_session(const gy_shop *shop, gy_rng *rng, const shop_core *core, session *s) {
  s->n_steps = 0;
  add_step(s, rng, "Page Viewed", 0);
  uint32_t looked = gy_rng_geometric(rng, 0.35), product = 0;
  bool added = false;
  for (uint32_t i = 0; i < looked && i < PRODUCTS_MAX; i++) {
    product = shop_product_browse(shop, rng, core->favourites) + 1;
    add_step(s, rng, "Product Viewed", product);
    if (gy_rng_uniform(rng) >= 0.12) continue;
    add_step(s, rng, "Product Added", product);
    added = true;
  }
  if (added && gy_rng_uniform(rng) < 0.3) add_step(s, rng, "Checkout Started", 0);
}

static const struct source *draw_source(gy_rng *rng) {
  double u = gy_rng_uniform(rng);
  int i = 0;
  while (i < SOURCES - 1 && u >= sources[i].share) u -= sources[i++].share;
  return &sources[i];
}

/* What all rows of a session have in common. */
typedef struct session_facts {
  uint64_t customer, id;
  uint64_t order_id;
  bool signed_in;
  const char *device;
  const char *source, *medium;
  gy_shop_text campaign;
  gy_shop_text anonymous_id;
} session_facts;

static uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

static void put_session(const session *s, const session_facts *facts, int64_t start, int64_t first,
                        int64_t last, gy_shop_block *block) {
  char digits[SHOP_DIGITS];
  int64_t at = start;
  for (size_t i = 0; i < s->n_steps; i++) {
    size_t row = block->n_rows++;
    if (i > 0) at += s->gaps[i];
    bool ordered = facts->order_id > 0 && i + 1 == s->n_steps;
    uint64_t id = mix(facts->id * 128 + i + 1);
    block->texts[0][row] = SHOP_JOIN(block, shop_digits(digits, id, 16, 16));
    block->texts[1][row] = facts->anonymous_id;
    block->values[2][row] = facts->signed_in ? (int64_t)facts->customer + 1 : GY_SHOP_NULL;
    block->values[3][row] = (int64_t)facts->id;
    block->texts[4][row] = shop_text(s->steps[i].event);
    block->values[5][row] = at < first ? first : at > last ? last : at;
    block->values[6][row] = s->steps[i].product > 0 ? (int64_t)s->steps[i].product : GY_SHOP_NULL;
    block->values[7][row] = ordered ? (int64_t)facts->order_id : GY_SHOP_NULL;
    block->texts[8][row] = shop_text(facts->device);
    block->texts[9][row] = shop_text(facts->source);
    block->texts[10][row] = shop_text(facts->medium);
    block->texts[11][row] = facts->campaign;
  }
}

static void put_visit(const gy_shop *shop, const shop_visit *visit, gy_shop_block *block) {
  gy_rng rng;
  shop_order order;
  session s;
  char digits[SHOP_DIGITS];
  session_facts facts = {.customer = visit->customer,
                         .id = shop_act(visit->customer, visit->ordinal),
                         .order_id = visit->order_id,
                         .signed_in = true};
  bool ordered = visit->kind == SHOP_VISIT_ORDER;
  shop_stream(shop, &rng, SHOP_STREAM_SESSION, facts.id);
  if (ordered) {
    shop_order_draw(shop, visit->customer, visit->ordinal, &order);
    if (order.channel != SHOP_WEB && order.channel != SHOP_APP) return;
    build_order_session(shop, &rng, &order, &s);
  } else {
    shop_core_draw(shop, visit->customer, true, &order.core);
    order.channel = order.core.channel == SHOP_APP ? SHOP_APP : SHOP_WEB;
    build_browse_session(shop, &rng, &order.core, &s);
    facts.signed_in = gy_rng_uniform(&rng) < 0.67;
  }
  const struct source *source = draw_source(&rng);
  bool caused = ordered && visit->ordinal >= SHOP_ORDINAL_CAMPAIGN;
  uint32_t campaign = visit->ordinal - SHOP_ORDINAL_CAMPAIGN;
  facts.device = shop_channel_names[order.channel];
  facts.source = caused ? "crm" : source->source;
  facts.medium = caused ? shop_campaign_channels[shop->campaigns[campaign].channel] : source->medium;
  if (caused)
    facts.campaign = SHOP_JOIN(block, shop_text("campaign-"), shop_digits(digits, campaign + 1, 10, 1));
  if (shop_is_guest(shop, visit->customer, visit->ordinal) && ordered) facts.signed_in = false;
  uint64_t browser = mix(shop_device_of(shop, visit->customer) * 4 + order.channel + 0x51ED270Bu);
  facts.anonymous_id = SHOP_JOIN(block, shop_text("a-"), shop_digits(digits, browser, 16, 16));
  int64_t first = (int64_t)shop->options.start_day * SHOP_DAY_SECONDS;
  int64_t last = ((int64_t)shop->options.end_day + 1) * SHOP_DAY_SECONDS - 1;
  int64_t start = shop_local_seconds(shop, visit->moment);
  for (size_t i = 1; i < s.n_steps && ordered; i++) start -= s.gaps[i];
  put_session(&s, &facts, start, first, last, block);
}

void shop_events_fill(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_cursor *cursor,
                      gy_shop_block *block) {
  unsigned kinds = 1u << SHOP_VISIT_ORDER | 1u << SHOP_VISIT_BROWSE;
  shop_visit visit;
  while (block->n_rows + STEPS_MAX <= GY_SHOP_BLOCK_ROWS &&
         shop_schedule_step(schedule, cursor, kinds, &visit))
    put_visit(shop, &visit, block);
}
