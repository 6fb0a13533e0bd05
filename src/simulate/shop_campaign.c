/* SPDX-License-Identifier: Apache-2.0
 *
 * Campaigns: whom they reached, who was held out, what they did.
 *
 * Targets are drawn at random among customers who have bought and allow the channel; a fifth of them, at
 * random, is held out. In the week after it is sent, a campaign makes a treated customer who is alive
 * order once more with probability effect_prob of the type times the campaign's strength, independently of
 * what he does by himself. On the share of targets that order in the week it therefore adds, exactly,
 * that probability for targets alive without an order of their own, and nothing for others. Campaigns are
 * two weeks apart or more, so that no week belongs to two of them. */
#include "simulate/shop_model.h"

const char *const shop_campaign_channels[4] = {"email", "sms", "kakao", "push"};
static const double strengths[4] = {0.8, 1.0, 1.3, 0.9};
static const char *const names_by_month[12] = {"새해 첫 쇼핑 쿠폰", "겨울 마지막 세일", "새학기 준비전",
                                               "봄맞이 집 꾸미기",  "가정의 달 감사전", "여름 준비 기획전",
                                               "한여름 특가",       "늦여름 정리 세일", "가을 신상 기획전",
                                               "가을 감사 쿠폰",    "겨울 준비 특가",   "연말 감사 세일"};

/* Evenly over the window; the last week of it ends before the window does. */
void shop_campaigns_create(gy_shop *shop) {
  int32_t n = (int32_t)shop->options.campaigns;
  for (int32_t c = 0; c < n; c++) {
    shop_campaign *campaign = &shop->campaigns[c];
    int32_t day = (int32_t)((int64_t)(shop->n_days - SHOP_WINDOW_DAYS - 1) * (c + 1) / n);
    int year, month, day_of_month;
    gy_shop_date(shop->options.start_day + day, &year, &month, &day_of_month);
    campaign->name = names_by_month[month - 1];
    campaign->channel = (uint8_t)(c % 4);
    campaign->strength = strengths[c % 4];
    campaign->sent = (shop_moment){day, 10 * 3600 + 30 * 60};
  }
}

void shop_campaigns_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block) {
  static const int64_t costs[4] = {3, 25, 15, 1}; /* won a message */
  for (; cursor->at[0] < cursor->end[0]; cursor->at[0]++) {
    const shop_campaign *campaign = &shop->campaigns[cursor->at[0]];
    size_t row = block->n_rows++;
    block->values[0][row] = (int64_t)cursor->at[0] + 1;
    block->texts[1][row] = shop_text(campaign->name);
    block->texts[2][row] = shop_text(shop_campaign_channels[campaign->channel]);
    block->values[3][row] = shop_local_seconds(shop, campaign->sent);
    block->values[4][row] = 20;
    block->values[5][row] = costs[campaign->channel];
  }
}

static void put_engagement(gy_shop_block *block, uint64_t campaign, uint64_t customer, const char *arm,
                           const char *event, int64_t at) {
  size_t row = block->n_rows++;
  block->values[0][row] = (int64_t)campaign + 1;
  block->values[1][row] = (int64_t)customer + 1;
  block->texts[2][row] = shop_text(arm);
  block->texts[3][row] = shop_text(event);
  block->values[4][row] = at;
}

/* A customer's rows of one campaign; whoever clicked and then ordered counts as converted, as campaign
 * tools count, whether the campaign caused it or not. */
static void put_touch(const gy_shop *shop, const shop_story *story, uint64_t campaign, uint64_t customer,
                      gy_shop_block *block) {
  const shop_touch *touch = &story->touches[campaign];
  int64_t origin = (int64_t)shop->options.start_day * SHOP_DAY_SECONDS;
  int64_t sent = origin + shop_moment_seconds(shop->campaigns[campaign].sent);
  if (!touch->target) return;
  if (!touch->treated) {
    put_engagement(block, campaign, customer, "holdout", "held_out", sent);
    return;
  }
  put_engagement(block, campaign, customer, "treated", "sent", sent);
  int64_t order = origin + shop_moment_seconds(touch->order);
  if (!touch->caused) order = story->own_order[campaign] >= 0 ? origin + story->own_order[campaign] : -1;
  int64_t delay = order > 0 ? (order - sent) / 2 : (int64_t)(customer * 2654435761u % 80000);
  if (touch->opened) put_engagement(block, campaign, customer, "treated", "opened", sent + delay / 2);
  if (touch->clicked) put_engagement(block, campaign, customer, "treated", "clicked", sent + delay);
  if (touch->clicked && order > 0) put_engagement(block, campaign, customer, "treated", "converted", order);
}

static uint64_t blocks_of(const gy_shop *shop) {
  return (shop->options.customers + SHOP_BLOCK_CUSTOMERS - 1) / SHOP_BLOCK_CUSTOMERS;
}

void shop_engagements_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block) {
  uint64_t campaign = cursor->part / blocks_of(shop);
  for (; cursor->at[0] < cursor->end[0] && block->n_rows + 4 <= GY_SHOP_BLOCK_ROWS; cursor->at[0]++) {
    shop_story story;
    shop_story_draw(shop, cursor->at[0], &story);
    put_touch(shop, &story, campaign, cursor->at[0], block);
  }
}

static void count_effects(const gy_shop *shop, uint64_t first, uint64_t end, gy_shop_effect *effects) {
  for (uint64_t i = first; i < end; i++) {
    shop_story story;
    shop_story_draw(shop, i, &story);
    for (uint32_t c = 0; c < shop->options.campaigns; c++) {
      bool alive =
          story.alive || shop_moment_seconds(story.last) > shop_moment_seconds(shop->campaigns[c].sent);
      effects[c].targets += story.touches[c].target;
      effects[c].treated += story.touches[c].treated;
      effects[c].movable[story.core.type] += story.touches[c].target && alive && story.own_order[c] < 0;
    }
  }
}

static void add_effects(gy_shop_effect *sum, const gy_shop_effect *own, uint32_t n) {
  for (uint32_t c = 0; c < n; c++) {
    sum[c].targets += own[c].targets;
    sum[c].treated += own[c].treated;
    for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) sum[c].movable[k] += own[c].movable[k];
  }
}

gy_status gy_shop_effects(const gy_shop *shop, const gy_task *task, gy_shop_effect *effects,
                          size_t *n_effects, gy_error *err) {
  uint32_t n = shop->options.campaigns;
  int64_t n_blocks = n > 0 ? (int64_t)blocks_of(shop) : 0;
  memset(effects, 0, n * sizeof *effects);
#pragma omp parallel for num_threads(gy_task_threads(task)) schedule(dynamic)
  for (int64_t b = 0; b < n_blocks; b++) {
    gy_shop_effect own[GY_SHOP_CAMPAIGNS_MAX] = {0};
    if (gy_task_cancelled(task)) continue;
    uint64_t first = (uint64_t)b * SHOP_BLOCK_CUSTOMERS, end = first + SHOP_BLOCK_CUSTOMERS;
    count_effects(shop, first, end < shop->options.customers ? end : shop->options.customers, own);
#pragma omp critical(gy_shop_effects_sum)
    add_effects(effects, own, n);
  }
  for (uint32_t c = 0; c < n; c++) {
    double moved = 0;
    effects[c].strength = shop->campaigns[c].strength;
    effects[c].sent_at = shop_local_seconds(shop, shop->campaigns[c].sent);
    for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++)
      moved += (double)effects[c].movable[k] * shop->types[k].effect_prob * effects[c].strength;
    effects[c].effect_prob = effects[c].targets > 0 ? moved / (double)effects[c].targets : 0;
  }
  *n_effects = n;
  return gy_task_check(task, err);
}
