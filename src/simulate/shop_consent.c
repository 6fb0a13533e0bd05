/* SPDX-License-Identifier: Apache-2.0
 *
 * The ledger of consents: what each customer said at the registration and changed later. What holds at the
 * window's end is what the table of customers says, and nobody was a campaign's target on a channel that was
 * not allowed then.
 *
 * A ledger is put together from several systems, so its rows do not all name the customer: whoever follows
 * the link in a mail is known by the address, whoever calls the free number for refusals (080) by the phone.
 */
#include "simulate/shop_people.h"

enum { CHANNELS = 4, ROWS_MAX = 3 * CHANNELS + 1 };

static const double LATE = 0.12, WITHDRAWN = 0.35, BY_IDENTIFIER = 0.7, THIRD_PARTY = 0.2;

/* What is common to a customer's rows. */
typedef struct ledger {
  const gy_shop *shop;
  gy_shop_block *block;
  uint64_t customer;
  int64_t joined, end; /* local seconds */
  shop_story story;
  shop_person person;
} ledger;

typedef enum way { BY_CUSTOMER, BY_EMAIL, BY_PHONE } way;

static void put_row(const ledger *l, const char *purpose, const char *channel, bool granted, int64_t at,
                    way how, const char *source) {
  gy_shop_block *block = l->block;
  size_t row = block->n_rows++;
  int64_t second_half = ((int64_t)l->shop->options.start_day + l->shop->n_days / 2) * SHOP_DAY_SECONDS;
  block->values[0][row] = how == BY_CUSTOMER ? (int64_t)l->customer + 1 : GY_SHOP_NULL;
  block->texts[1][row] = how == BY_EMAIL ? shop_person_mail(l->shop, &l->person, block) : shop_text(NULL);
  block->texts[2][row] = how == BY_PHONE ? shop_person_phone(l->shop, &l->person, block) : shop_text(NULL);
  block->texts[3][row] = shop_text(purpose);
  block->texts[4][row] = shop_text(channel);
  block->texts[5][row] = shop_text(granted ? "Y" : "N");
  block->values[6][row] = at;
  block->texts[7][row] = shop_text(at < second_half ? "v1" : "v2");
  block->texts[8][row] = shop_text(source);
}

/* True when a campaign reached the customer on the channel before he would have allowed it. */
static bool was_reached(const ledger *l, int channel, int64_t before) {
  for (uint32_t c = 0; c < l->shop->options.campaigns; c++) {
    const shop_campaign *campaign = &l->shop->campaigns[c];
    if (l->story.touches[c].target && campaign->channel == channel &&
        shop_local_seconds(l->shop, campaign->sent) <= before)
      return true;
  }
  return false;
}

static way way_of(const ledger *l, int channel, double u) {
  const shop_registration *r = &l->person.registration;
  bool plain = !l->shop->options.messy_people;
  if (u >= BY_IDENTIFIER) return BY_CUSTOMER;
  if (channel == 0 && (plain || (r->mail != SHOP_NONE && r->mail != SHOP_JUNK))) return BY_EMAIL;
  if (channel == 1 && (plain || (r->phone != SHOP_NONE && r->phone != SHOP_JUNK))) return BY_PHONE;
  return BY_CUSTOMER;
}

/* Who came to allow a channel said no at first, or left and came back; by an address or a number only the
 * latter, for what a customer refused no newsletter's form allows. */
static void put_channel(const ledger *l, gy_rng *rng, int channel) {
  const char *name = shop_campaign_channels[channel];
  bool holds = l->story.core.consent >> channel & 1;
  double changes = gy_rng_uniform(rng), when = gy_rng_open(rng), by = gy_rng_uniform(rng);
  int64_t at = l->joined + 1 + (int64_t)(when * (double)(l->end - l->joined - 1)),
          back = at + (l->end - at) / 2;
  bool changed =
      changes < (holds ? LATE : WITHDRAWN) && back > at && !(holds && was_reached(l, channel, back));
  way how = way_of(l, channel, by);
  bool refused = changed ? holds && how == BY_CUSTOMER : !holds;
  put_row(l, "marketing", name, !refused, l->joined, BY_CUSTOMER, "signup");
  if (!changed) return;
  const char *leaving = how == BY_EMAIL ? "unsubscribe" : how == BY_PHONE ? "080" : "mypage";
  if (!refused) put_row(l, "marketing", name, false, at, how, leaving);
  if (holds) put_row(l, "marketing", name, true, back, how, how == BY_CUSTOMER ? "mypage" : "newsletter");
}

static void put_customer_consents(const gy_shop *shop, uint64_t customer, gy_shop_block *block) {
  gy_rng rng;
  ledger l = {.shop = shop, .block = block, .customer = customer};
  shop_story_draw(shop, customer, &l.story);
  shop_person_draw(shop, customer, l.story.joined, &l.person);
  l.joined = l.person.joined;
  l.end = ((int64_t)shop->options.end_day + 1) * SHOP_DAY_SECONDS;
  shop_stream(shop, &rng, SHOP_STREAM_CONSENT, customer);
  for (int channel = 0; channel < CHANNELS; channel++) put_channel(&l, &rng, channel);
  put_row(&l, "third_party", "*", gy_rng_uniform(&rng) < THIRD_PARTY, l.joined, BY_CUSTOMER, "signup");
}

void shop_consents_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block) {
  for (; cursor->at[0] < cursor->end[0] && block->n_rows + ROWS_MAX <= GY_SHOP_BLOCK_ROWS; cursor->at[0]++)
    put_customer_consents(shop, cursor->at[0], block);
}
