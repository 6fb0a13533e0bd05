/* SPDX-License-Identifier: Apache-2.0
 *
 * What is in an order: channel, coupon, lines; what of it comes back; and what a dirty export makes of it.
 *
 * An order is worth z ~ gamma(p, nu) after its coupon. Its value before the coupon is spread over a
 * geometric number of lines in uneven shares, and each share is met by a product (shop_catalogue.c).
 * Discounts are whole tens of won, as shops round them. */
#include <math.h>

#include "simulate/shop_people.h"

enum { COUPONS = 4 };
static const uint8_t coupon_percents[COUPONS] = {5, 10, 15, 20};
static const char *const coupon_codes[COUPONS] = {"THANKS5", "WELCOME10", "APP15", "BIGSALE20"};

static uint8_t draw_coupon(const gy_shop_type *type, gy_rng *rng, bool caused) {
  double u = gy_rng_uniform(rng);
  double prob = caused ? 0.8 : type->coupon_prob;
  return u < prob ? coupon_percents[(int)(u / prob * COUPONS)] : 0;
}

static const char *coupon_code(uint8_t percent) {
  for (int i = 0; i < COUPONS; i++)
    if (coupon_percents[i] == percent) return coupon_codes[i];
  return NULL;
}

static int32_t draw_quantity(gy_rng *rng, double won) {
  uint64_t random = gy_rng_next(rng) >> 56;
  int32_t quantity = random < 188 ? 1 : random < 230 ? 2 : random < 246 ? 3 : random < 252 ? 4 : 5;
  while (quantity > 1 && won / quantity < 1500) quantity--;
  if (won / quantity > shop_price_top()) quantity = (int32_t)ceil(won / shop_price_top());
  return quantity;
}

/* One line an order and product, as shops have it: a product met again adds to its line when a few more
 * draws of the same price do not find another. */
static void add_line(const gy_shop *shop, gy_rng *rng, shop_order *order, double won) {
  int32_t quantity = draw_quantity(rng, won);
  uint32_t product = 0;
  size_t same = 0;
  for (int tries = 0; tries < 4; tries++) {
    uint32_t drawn = shop_product_pick(shop, rng, won / quantity, order->core.favourites);
    /* Later draws may only replace the product by one of the same price, or the mean would shift. */
    if (tries > 0 && shop->catalogue.products[drawn].price != shop->catalogue.products[product].price)
      continue;
    product = drawn;
    for (same = 0; same < order->n_lines && order->lines[same].product != product; same++) continue;
    if (same == order->n_lines) break;
  }
  int32_t price = shop->catalogue.products[product].price;
  shop_line *line = &order->lines[same];
  if (same == order->n_lines) {
    order->n_lines++;
    *line = (shop_line){.product = product, .price = price};
  }
  line->quantity += quantity;
  double off = (double)line->quantity * price * order->coupon / 100;
  line->discount = (int32_t)(off / 10 + 0.5) * 10;
}

void shop_order_draw(const gy_shop *shop, uint64_t customer, uint32_t ordinal, shop_order *order) {
  gy_rng rng;
  double shares[SHOP_LINES_MAX], sum = 0;
  bool caused = ordinal >= SHOP_ORDINAL_CAMPAIGN;
  shop_core_draw(shop, customer, true, &order->core);
  const gy_shop_type *type = &shop->types[order->core.type];
  shop_stream(shop, &rng, SHOP_STREAM_ORDER, shop_act(customer, ordinal));
  bool usual = gy_rng_uniform(&rng) < 0.85;
  order->channel = usual ? order->core.channel : (uint8_t)gy_rng_below(&rng, SHOP_CHANNEL_COUNT);
  order->coupon = draw_coupon(type, &rng, caused);
  double value = gy_rng_gamma(&rng, type->p, order->core.spend_rate) / (1 - order->coupon / 100.0);
  size_t n = 1 + gy_rng_geometric(&rng, 1 / shop->options.lines_per_order);
  if (n > SHOP_LINES_MAX) n = SHOP_LINES_MAX;
  while (n > 1 && value / (double)n < 1000) n--;
  for (size_t i = 0; i < n; i++) sum += shares[i] = 0.4 + gy_rng_uniform(&rng);
  order->n_lines = 0;
  for (size_t i = 0; i < n; i++) add_line(shop, &rng, order, value * shares[i] / sum);
}

/* What a guest left at the order; nothing of a customer who signed in. */
typedef struct shop_contact {
  bool is_guest;
  gy_shop_text mail, phone;
} shop_contact;

static shop_contact contact_of(const gy_shop *shop, const shop_visit *visit, gy_shop_block *block) {
  shop_contact guest = {.is_guest = shop_is_guest(shop, visit->customer, visit->ordinal)};
  if (guest.is_guest)
    shop_guest_contact(shop, visit->customer, visit->ordinal, &guest.mail, &guest.phone, block);
  return guest;
}

static void put_line(const gy_shop *shop, gy_shop_block *block, const shop_visit *visit,
                     const shop_order *order, const shop_line *line, const shop_contact *guest) {
  size_t row = block->n_rows++;
  int64_t sign = visit->kind == SHOP_VISIT_RETURN ? -1 : 1;
  block->values[0][row] = (int64_t)visit->order_id;
  block->values[1][row] = guest->is_guest ? GY_SHOP_NULL : (int64_t)visit->customer + 1;
  block->values[2][row] = shop_local_seconds(shop, visit->moment);
  block->values[3][row] = line->product + 1;
  block->values[4][row] = sign * line->quantity;
  block->values[5][row] = line->price;
  block->values[6][row] = sign * line->discount;
  size_t next = 7;
  if (shop->options.messy_people) {
    block->texts[next++][row] = guest->mail;
    block->texts[next++][row] = guest->phone;
  }
  if (!shop->options.full_columns) return;
  block->texts[next++][row] = shop_text(shop_channel_names[order->channel]);
  block->texts[next++][row] = shop_text(coupon_code(order->coupon));
  block->texts[next][row] = shop_text(sign < 0 ? "return" : "paid");
}

static void copy_row(gy_shop_block *block, size_t from, size_t to) {
  for (size_t c = 0; c < block->n_columns; c++) {
    if (block->values[c] != NULL)
      block->values[c][to] = block->values[c][from];
    else
      block->texts[c][to] = block->texts[c][from];
  }
}

static void spoil_row(gy_shop_block *block, size_t row, gy_shop_defect defect) {
  switch (defect) {
    case GY_SHOP_NO_CUSTOMER:
      block->values[1][row] = GY_SHOP_NULL;
      break;
    case GY_SHOP_NEGATIVE_PRICE:
      block->values[5][row] = -block->values[5][row];
      break;
    case GY_SHOP_DUPLICATE:
      copy_row(block, row, block->n_rows);
      row = block->n_rows++;
      break;
    default:
      break;
  }
  block->defects[row] = (uint8_t)(1 + defect);
  block->defect_rows[defect]++;
}

/* Defects of the rows from `first` on; a row that a defect adds gets none itself. */
static void spoil_rows(const gy_shop *shop, gy_shop_block *block, size_t first, const shop_visit *visit) {
  gy_rng rng;
  uint64_t act = shop_act(visit->customer, visit->ordinal) << 1 | (visit->kind == SHOP_VISIT_RETURN);
  shop_stream(shop, &rng, SHOP_STREAM_DEFECT, act);
  size_t end = block->n_rows;
  for (size_t row = first; row < end; row++) {
    double u = gy_rng_uniform(&rng);
    gy_shop_defect defect = (gy_shop_defect)gy_rng_below(&rng, GY_SHOP_DEFECT_COUNT);
    if (u < shop->options.dirty_share) spoil_row(block, row, defect);
  }
}

static void put_return(const gy_shop *shop, gy_shop_block *block, const shop_visit *visit,
                       const shop_order *order, const shop_contact *guest) {
  gy_rng rng;
  shop_stream(shop, &rng, SHOP_STREAM_RETURN, shop_act(visit->customer, visit->ordinal));
  for (int skipped = 0; skipped < 4; skipped++) gy_rng_next(&rng);
  put_line(shop, block, visit, order, &order->lines[gy_rng_below(&rng, order->n_lines)], guest);
  block->return_rows++;
}

void shop_orders_fill(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_cursor *cursor,
                      gy_shop_block *block) {
  unsigned kinds = 1u << SHOP_VISIT_ORDER | 1u << SHOP_VISIT_RETURN;
  shop_visit visit;
  shop_order order;
  while (block->n_rows + 2 * SHOP_LINES_MAX <= GY_SHOP_BLOCK_ROWS &&
         shop_schedule_step(schedule, cursor, kinds, &visit)) {
    size_t first = block->n_rows;
    shop_order_draw(shop, visit.customer, visit.ordinal, &order);
    shop_contact guest = contact_of(shop, &visit, block);
    if (visit.kind == SHOP_VISIT_RETURN)
      put_return(shop, block, &visit, &order, &guest);
    else
      for (size_t i = 0; i < order.n_lines; i++)
        put_line(shop, block, &visit, &order, &order.lines[i], &guest);
    if (shop->options.dirty_share > 0) spoil_rows(shop, block, first, &visit);
  }
}
