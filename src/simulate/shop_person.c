/* SPDX-License-Identifier: Apache-2.0
 *
 * Who the customers are, and what only the simulator knows about them.
 *
 * Addresses are pseudonyms that reach nobody: mail goes to the domains reserved for examples (RFC 2606),
 * and 010-0 and 010-1 begin no Korean mobile number. */
#include <math.h>

#include "simulate/shop_people.h"

const char *const shop_channel_names[SHOP_CHANNEL_COUNT] = {"web", "app", "store", "marketplace"};
static const char *const mail_domains[3] = {"example.com", "example.net", "example.org"};

enum { PHONE_STEP = 7368787, BIRTH_YEAR_FIRST = 1945 };

gy_status shop_districts_create(gy_shop *shop, gy_error *err) {
  double weights[256], people[SHOP_REGIONS] = {0};
  int region[256];
  for (size_t i = 0; i < shop_district_count; i++) {
    region[i] = 0;
    while (strcmp(shop_regions[region[i]].name, shop_districts[i].region) != 0) region[i]++;
    people[region[i]] += shop_districts[i].people;
  }
  for (size_t i = 0; i < shop_district_count; i++)
    weights[i] = shop_districts[i].people / people[region[i]] * shop_regions[region[i]].thousands;
  return shop_alias_create(&shop->district_alias, weights, (uint32_t)shop_district_count, err);
}

/* Within about two kilometres of the district's centre, in millionths of a degree. */
static int64_t jitter(gy_rng *rng, double degrees) {
  double off = gy_rng_normal(rng) * 0.009;
  return llround((degrees + fmax(-0.02, fmin(0.02, off))) * 1e6);
}

static int64_t draw_joined(const gy_shop *shop, gy_rng *rng, shop_moment first_order) {
  int64_t first = shop_local_seconds(shop, first_order);
  int64_t opened = (int64_t)shop->options.start_day * SHOP_DAY_SECONDS;
  bool same_visit = gy_rng_uniform(rng) < 0.6;
  int64_t ahead = (int64_t)gy_rng_exponential(rng, same_visit ? 1.0 / 600 : 1.0 / (12 * SHOP_DAY_SECONDS));
  return first - ahead > opened ? first - ahead : opened;
}

static int64_t draw_birth_year(const gy_shop *shop, gy_rng *rng) {
  int year, month, day;
  gy_shop_date(shop->options.end_day, &year, &month, &day);
  double age = 39 + 11.5 * gy_rng_normal(rng);
  int64_t born = year - llround(age);
  return born < BIRTH_YEAR_FIRST ? BIRTH_YEAR_FIRST : born > year - 14 ? year - 14 : born;
}

/* The n-th phone differs from all others up to SHOP_PHONES, as the step has no factor in common with it. */
uint64_t shop_phone_number(const gy_shop *shop, uint64_t owner) {
  return (owner * PHONE_STEP + shop->options.seed % SHOP_PHONES) % SHOP_PHONES;
}

static gy_shop_text compose_phone(const gy_shop *shop, uint64_t customer, gy_shop_block *block) {
  char middle[SHOP_DIGITS], last[SHOP_DIGITS];
  uint64_t number = shop_phone_number(shop, customer);
  return SHOP_JOIN(block, shop_text("010-"), shop_digits(middle, number / 10000, 10, 4), shop_text("-"),
                   shop_digits(last, number % 10000, 10, 4));
}

static gy_shop_text compose_email(gy_rng *rng, uint64_t customer, gy_shop_block *block) {
  char id[SHOP_DIGITS], suffix[SHOP_DIGITS];
  uint64_t tail = gy_rng_next(rng);
  return SHOP_JOIN(block, shop_text("u"), shop_digits(id, customer + 1, 10, 1), shop_text("."),
                   shop_digits(suffix, tail % 1000, 10, 3), shop_text("@"),
                   shop_text(mail_domains[tail / 1000 % 3]));
}

/* What messy people give at a registration; where one lives comes from the stream that draws districts. */
static void put_registration(const gy_shop *shop, const shop_person *person, gy_shop_block *block,
                             size_t row) {
  const shop_registration *r = &person->registration;
  block->texts[16][row] = shop_name_compose(shop, r, block);
  block->texts[17][row] = shop_address_compose(shop, r, person->district, &block->texts[18][row], block);
  block->texts[19][row] = shop_birth_compose(shop, r->person, block->values[3][row], block);
}

static const shop_district *district_of(const gy_shop *shop, uint64_t customer) {
  gy_rng rng;
  shop_stream(shop, &rng, SHOP_STREAM_PERSON, customer);
  return &shop_districts[shop_alias_pick(&shop->district_alias, &rng)];
}

void shop_person_draw(const gy_shop *shop, uint64_t customer, shop_moment first_order, shop_person *person) {
  gy_rng *rng = &person->rng;
  shop_registration r = shop_registration_draw(shop, customer);
  person->customer = customer;
  person->registration = r;
  shop_stream(shop, rng, SHOP_STREAM_PERSON, r.person);
  person->district = &shop_districts[shop_alias_pick(&shop->district_alias, rng)];
  if (r.home != r.person) person->district = district_of(shop, r.home);
  person->joined = draw_joined(shop, rng, first_order);
  person->is_female = gy_rng_uniform(rng) < 0.57;
  person->birth_year = draw_birth_year(shop, rng);
  person->latitude = jitter(rng, person->district->lat);
  person->longitude = jitter(rng, person->district->lng);
}

gy_shop_text shop_person_mail(const gy_shop *shop, const shop_person *person, gy_shop_block *block) {
  gy_rng rng = person->rng;
  return shop->options.messy_people ? shop_mail_compose(shop, &person->registration, block)
                                    : compose_email(&rng, person->customer, block);
}

gy_shop_text shop_person_phone(const gy_shop *shop, const shop_person *person, gy_shop_block *block) {
  return shop->options.messy_people ? shop_phone_compose(shop, &person->registration, block)
                                    : compose_phone(shop, person->customer, block);
}

static void put_customer(const gy_shop *shop, uint64_t customer, gy_shop_block *block) {
  shop_person person;
  shop_core core;
  shop_life life;
  shop_moment first = {0, 0};
  shop_core_draw(shop, customer, true, &core);
  shop_life_begin(shop, customer, core.type, shop->n_days, &life);
  (void)shop_life_next(shop, &life, &first);
  shop_person_draw(shop, customer, first, &person);
  size_t row = block->n_rows++;
  block->values[0][row] = (int64_t)customer + 1;
  block->values[1][row] = person.joined;
  block->texts[2][row] = shop_text(person.is_female ? "F" : "M");
  block->values[3][row] = person.birth_year;
  block->texts[4][row] = shop_text(person.district->region);
  block->texts[5][row] = shop_text(person.district->name);
  block->values[6][row] = person.latitude;
  block->values[7][row] = person.longitude;
  block->texts[8][row] = shop_text(shop_channel_names[core.channel]);
  block->texts[9][row] = shop_person_mail(shop, &person, block);
  block->texts[10][row] = shop_person_phone(shop, &person, block);
  if (shop->options.messy_people) put_registration(shop, &person, block, row);
  for (int i = 0; i < 5; i++) block->values[11 + i][row] = core.consent >> i & 1;
}

void shop_customers_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block) {
  for (; cursor->at[0] < cursor->end[0] && block->n_rows < GY_SHOP_BLOCK_ROWS; cursor->at[0]++)
    put_customer(shop, cursor->at[0], block);
}

static void put_truth(const gy_shop *shop, uint64_t customer, gy_shop_block *block) {
  shop_story story;
  shop_story_draw(shop, customer, &story);
  const gy_shop_type *type = &shop->types[story.core.type];
  size_t row = block->n_rows++;
  block->values[0][row] = (int64_t)customer + 1;
  block->texts[1][row] = shop_text(type->name);
  block->values[2][row] = llround(story.rate * 1e9);
  block->values[3][row] = llround(story.dropout_prob * 1e9);
  block->values[4][row] = llround(type->p / story.core.spend_rate * 100);
  block->values[5][row] = shop_local_seconds(shop, story.joined);
  block->values[6][row] = shop_local_seconds(shop, story.last);
  block->values[7][row] = story.alive;
  block->values[8][row] = story.orders;
  block->values[9][row] = story.caused;
  block->values[10][row] = llround(type->effect_prob * 1e6);
}

void shop_truth_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block) {
  for (; cursor->at[0] < cursor->end[0] && block->n_rows < GY_SHOP_BLOCK_ROWS; cursor->at[0]++)
    put_truth(shop, cursor->at[0], block);
}
