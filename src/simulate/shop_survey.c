/* SPDX-License-Identifier: Apache-2.0
 *
 * Surveys: what some customers say of the shop a week or two after an order.
 *
 * A customer's attitude, 0 to 10, is 2 + 7.5 (1 - p) + N(0, 1.5^2), where p is the probability with which
 * he drops out after a repeat purchase: who stays is content, on average, and nothing else makes him say so.
 * An answer is the attitude with some noise of the day, rounded: from 0 to 10 for "would you recommend us"
 * (the net promoter score of Reichheld 2003), from 1 to 5 for satisfaction. Whether a customer answers does
 * not depend on what he thinks. Guests are not asked. */
#include <math.h>

#include "simulate/shop_people.h"

static const double ANSWER_PROB = 0.06, COMMENT_PROB = 0.4;
static const double LEAST = 2, STAY_WEIGHT = 7.5, PERSON_NOISE = 1.5, DAY_NOISE = 0.7;

static double within(double value, double low, double high) { return fmax(low, fmin(high, value)); }

static double attitude_of(const gy_shop *shop, uint64_t customer, double dropout_prob) {
  gy_rng rng;
  shop_stream(shop, &rng, SHOP_STREAM_ATTITUDE, customer);
  return within(LEAST + STAY_WEIGHT * (1 - dropout_prob) + PERSON_NOISE * gy_rng_normal(&rng), 0, 10);
}

/* The survey of a month is called by it. */
static gy_shop_text name_of(const gy_shop *shop, shop_moment at, gy_shop_block *block) {
  char years[SHOP_DIGITS], months[SHOP_DIGITS];
  int year, month, day;
  gy_shop_date(shop->options.start_day + at.day, &year, &month, &day);
  return SHOP_JOIN(block, shop_text("NPS-"), shop_digits(years, (uint64_t)year, 10, 4), shop_text("-"),
                   shop_digits(months, (uint64_t)month, 10, 2));
}

static void put_survey(const gy_shop *shop, const shop_visit *visit, gy_shop_block *block, bool truth) {
  gy_rng rng;
  shop_story story;
  shop_stream(shop, &rng, SHOP_STREAM_SURVEY, shop_act(visit->customer, visit->ordinal));
  if (gy_rng_uniform(&rng) >= ANSWER_PROB || shop_is_guest(shop, visit->customer, visit->ordinal)) return;
  shop_moment at = {visit->moment.day + 7 + (int32_t)gy_rng_below(&rng, 7), 0};
  at.second = shop_hour_pick(shop, gy_rng_uniform(&rng));
  if (at.day >= shop->n_days) return;
  if (at.second >= SHOP_DAY_SECONDS) at.second = SHOP_DAY_SECONDS - 1;
  shop_story_draw(shop, visit->customer, &story);
  double attitude = attitude_of(shop, visit->customer, story.dropout_prob);
  double nps = within(round(attitude + DAY_NOISE * gy_rng_normal(&rng)), 0, 10);
  double stars = within(round(1 + (attitude + DAY_NOISE * gy_rng_normal(&rng)) * 0.4), 1, 5);
  size_t row = block->n_rows++;
  if (truth) {
    block->values[0][row] = (int64_t)visit->order_id;
    block->values[1][row] = llround(attitude * 100);
    block->values[2][row] = shop_moment_seconds(story.last) > shop_moment_seconds(visit->moment);
    return;
  }
  block->texts[0][row] = name_of(shop, at, block);
  block->values[1][row] = (int64_t)visit->customer + 1;
  block->values[2][row] = (int64_t)visit->order_id;
  block->values[3][row] = shop_local_seconds(shop, at);
  block->values[4][row] = (int64_t)nps;
  block->values[5][row] = (int64_t)stars;
  bool comments = gy_rng_uniform(&rng) < COMMENT_PROB;
  block->texts[6][row] = comments ? shop_opinion(&rng,
                                                 nps <= 6   ? 0
                                                 : nps <= 8 ? 1
                                                            : 2,
                                                 block)
                                  : shop_text(NULL);
}

void shop_surveys_fill(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_cursor *cursor,
                       gy_shop_block *block, bool truth) {
  shop_visit visit;
  while (block->n_rows < GY_SHOP_BLOCK_ROWS &&
         shop_schedule_step(schedule, cursor, 1u << SHOP_VISIT_ORDER, &visit))
    put_survey(shop, &visit, block, truth);
}
