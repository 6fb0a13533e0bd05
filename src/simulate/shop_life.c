/* SPDX-License-Identifier: Apache-2.0
 *
 * A customer's life: what he is, when he buys, whether a campaign moved him, what he sends back.
 *
 * The purchase process runs in the operational time of his type (shop_calendar.c): the first purchase at
 * a uniform time, then exponential gaps of rate lambda, and dropout after a geometric number of repeat
 * purchases. A campaign adds, with known probability, one order to a treated customer who is alive; it
 * changes nothing else, so both potential outcomes of every target are known. */
#include <math.h>

#include "simulate/shop_model.h"

static const double channel_shares[SHOP_CHANNEL_COUNT] = {0.30, 0.45, 0.08, 0.17};
static const double consent_shares[5] = {0.72, 0.66, 0.78, 0.48, 0.15};
enum { MARKETING_SHARE_PERCENT = 76 };

static uint8_t draw_channel(gy_rng *rng) {
  double u = gy_rng_uniform(rng);
  uint8_t channel = 0;
  while (channel < SHOP_CHANNEL_COUNT - 1 && u >= channel_shares[channel]) u -= channel_shares[channel++];
  return channel;
}

static uint8_t draw_consent(gy_rng *rng) {
  bool marketing = gy_rng_uniform(rng) * 100 < MARKETING_SHARE_PERCENT;
  uint8_t consent = 0;
  for (int i = 0; i < 5; i++) consent |= (uint8_t)((gy_rng_uniform(rng) < consent_shares[i]) << i);
  return marketing ? consent : 0;
}

void shop_core_draw(const gy_shop *shop, uint64_t customer, bool with_spend, shop_core *core) {
  gy_rng rng;
  shop_stream(shop, &rng, SHOP_STREAM_CORE, customer);
  core->type = (uint8_t)shop_alias_pick(&shop->type_alias, &rng);
  if (!with_spend) return;
  core->channel = draw_channel(&rng);
  core->consent = draw_consent(&rng);
  for (int i = 0; i < 2; i++) core->favourites[i] = (uint8_t)shop_alias_pick(&shop->category_alias, &rng);
  core->spend_rate = gy_rng_gamma(&rng, shop->types[core->type].q, shop->types[core->type].gamma);
}

void shop_life_begin(const gy_shop *shop, uint64_t customer, int type, int32_t until_day, shop_life *life) {
  const gy_shop_type *t = &shop->types[type];
  *life = (shop_life){.type = type};
  shop_stream(shop, &life->rng, SHOP_STREAM_PROCESS, customer);
  life->now = gy_rng_uniform(&life->rng) * shop->n_days;
  life->done = until_day < shop->n_days && life->now >= shop->seasons[type].total[until_day];
  if (life->done) return;
  life->rate = gy_rng_gamma(&life->rng, t->r, t->alpha);
  life->dropout_prob = gy_rng_beta(&life->rng, t->a, t->b);
  uint32_t survived =
      life->dropout_prob > 0 ? gy_rng_geometric(&life->rng, life->dropout_prob) : UINT32_MAX - 1;
  life->left = survived < UINT32_MAX ? survived + 1 : survived;
}

bool shop_life_next(const gy_shop *shop, shop_life *life, shop_moment *moment) {
  if (life->done) return false;
  *moment = shop_moment_at(shop, life->type, life->now);
  life->ordinal++;
  if (life->left == 0 || life->ordinal == SHOP_ORDINAL_CAMPAIGN || life->rate <= 0) {
    life->done = true;
  } else {
    life->left--;
    life->now += gy_rng_exponential(&life->rng, life->rate);
    life->done = life->now >= shop->n_days;
    /* Purchases were left, so it is the window that ended and not the customer. */
    if (life->done) life->left++;
  }
  return true;
}

static shop_moment draw_order_in_week(const gy_shop *shop, gy_rng *rng, shop_moment sent) {
  double u = gy_rng_uniform(rng);
  int32_t wait = (int32_t)(u * u * SHOP_WINDOW_DAYS);
  int32_t second = shop_hour_pick(shop, gy_rng_uniform(rng));
  if (wait == 0 && second <= sent.second)
    second = sent.second + 60 + second % (SHOP_DAY_SECONDS - 60 - sent.second);
  return (shop_moment){sent.day + wait, second < SHOP_DAY_SECONDS ? second : SHOP_DAY_SECONDS - 1};
}

void shop_touches_draw(const gy_shop *shop, uint64_t customer, const shop_core *core, shop_moment joined,
                       shop_moment alive_until, shop_touch *touches) {
  gy_rng rng;
  shop_stream(shop, &rng, SHOP_STREAM_CAMPAIGN, customer);
  double effect = shop->types[core->type].effect_prob;
  for (uint32_t c = 0; c < shop->options.campaigns; c++) {
    const shop_campaign *campaign = &shop->campaigns[c];
    int64_t sent = shop_moment_seconds(campaign->sent);
    bool chosen = gy_rng_uniform(&rng) < 0.7, treated = gy_rng_uniform(&rng) < 0.8;
    bool moved = gy_rng_uniform(&rng) < effect * campaign->strength;
    double attention = gy_rng_uniform(&rng);
    shop_moment order = draw_order_in_week(shop, &rng, campaign->sent);
    shop_touch *touch = &touches[c];
    *touch = (shop_touch){.order = order};
    touch->target = chosen && (core->consent >> campaign->channel & 1) && shop_moment_seconds(joined) < sent;
    touch->treated = touch->target && treated;
    touch->caused = touch->treated && moved && shop_moment_seconds(alive_until) > sent;
    touch->opened = touch->treated && (touch->caused || attention < 0.32);
    touch->clicked = touch->treated && (touch->caused || attention < 0.07);
  }
}

static void story_note_order(const gy_shop *shop, shop_story *story, shop_moment moment) {
  int64_t at = shop_moment_seconds(moment);
  for (uint32_t c = 0; c < shop->options.campaigns; c++) {
    int64_t sent = shop_moment_seconds(shop->campaigns[c].sent);
    if (story->own_order[c] < 0 && at >= sent && at < sent + SHOP_WINDOW_DAYS * SHOP_DAY_SECONDS)
      story->own_order[c] = at;
  }
}

void shop_story_draw(const gy_shop *shop, uint64_t customer, shop_story *story) {
  shop_life life;
  shop_core_draw(shop, customer, true, &story->core);
  shop_life_begin(shop, customer, story->core.type, shop->n_days, &life);
  story->rate = life.rate;
  story->dropout_prob = life.dropout_prob;
  story->orders = story->caused = 0;
  for (uint32_t c = 0; c < shop->options.campaigns; c++) story->own_order[c] = -1;
  while (shop_life_next(shop, &life, &story->last)) {
    if (story->orders++ == 0) story->joined = story->last;
    story_note_order(shop, story, story->last);
  }
  story->alive = life.left > 0;
  shop_moment alive_until = story->alive ? (shop_moment){shop->n_days, 0} : story->last;
  shop_touches_draw(shop, customer, &story->core, story->joined, alive_until, story->touches);
  for (uint32_t c = 0; c < shop->options.campaigns; c++) story->caused += story->touches[c].caused;
}

bool shop_return_draw(const gy_shop *shop, int type, uint64_t customer, uint32_t ordinal, shop_moment order,
                      shop_moment *returned) {
  gy_rng rng;
  shop_stream(shop, &rng, SHOP_STREAM_RETURN, shop_act(customer, ordinal));
  if (gy_rng_uniform(&rng) >= shop->types[type].return_prob) return false;
  returned->day = order.day + 2 + (int32_t)gy_rng_below(&rng, SHOP_RETURN_DAYS_MAX - 2);
  returned->second = 9 * 3600 + (int32_t)gy_rng_below(&rng, 9 * 3600);
  return returned->day < shop->n_days;
}

shop_moment shop_order_moment(const gy_shop *shop, uint64_t customer, uint32_t ordinal) {
  if (ordinal >= SHOP_ORDINAL_CAMPAIGN) {
    shop_story story;
    shop_story_draw(shop, customer, &story);
    return story.touches[ordinal - SHOP_ORDINAL_CAMPAIGN].order;
  }
  shop_core core;
  shop_life life;
  shop_moment moment = {0, 0};
  shop_core_draw(shop, customer, false, &core);
  shop_life_begin(shop, customer, core.type, shop->n_days, &life);
  while (life.ordinal <= ordinal && shop_life_next(shop, &life, &moment)) continue;
  return moment;
}
