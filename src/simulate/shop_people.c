/* SPDX-License-Identifier: Apache-2.0
 *
 * People behind customer numbers, where they are wanted messy: some register again, and what they give then
 * is not what they gave before. Whose number c is follows from c alone: a share of the numbers belongs to
 * somebody with a lower one, found by drawing again until somebody is his own. What a registration says is
 * drawn from streams named by the person where it stays, and by the registration where it is new.
 *
 * Nobody is reached: local parts at gmail.com are longer than gmail allows, other mail goes to the domains
 * reserved for examples, phones begin as no Korean mobile number does. */
#include "simulate/shop_people.h"

/* Shares: of registrations, of registrations that repeat a person, of people, of orders. */
static const double AGAIN = 0.12, GUEST = 0.08;
static const double NAME_SLIP = 0.12, NAME_OTHERWISE = 0.08, MAIL_OTHER = 0.12, PHONE_OTHER = 0.2,
                    MOVED = 0.25;
static const double FAMILY_PHONE = 0.002, FAMILY_MAIL = 0.0005, FAMILY_DEVICE = 0.03;
static const double NO_MAIL = 0.03, NO_PHONE = 0.03, JUNK = 0.01, AT_GMAIL = 0.25;

uint64_t shop_person_of(const gy_shop *shop, uint64_t customer) {
  for (uint64_t c = customer; shop->options.messy_people;) {
    gy_rng rng;
    shop_stream(shop, &rng, SHOP_STREAM_AGAIN, c);
    if (c == 0 || gy_rng_uniform(&rng) >= AGAIN) return c;
    c = gy_rng_below(&rng, c);
  }
  return customer;
}

/* Somebody the person lives with: another person, always the same one. */
static uint64_t family_of(const gy_shop *shop, uint64_t person, gy_rng *rng) {
  return person > 0 ? shop_person_of(shop, gy_rng_below(rng, person)) : person;
}

uint64_t shop_device_of(const gy_shop *shop, uint64_t customer) {
  gy_rng rng;
  uint64_t person = shop_person_of(shop, customer);
  if (!shop->options.messy_people) return person;
  shop_stream(shop, &rng, SHOP_STREAM_FAMILY, person);
  double u = gy_rng_uniform(&rng);
  return u < FAMILY_DEVICE ? family_of(shop, person, &rng) : person;
}

bool shop_is_guest(const gy_shop *shop, uint64_t customer, uint32_t ordinal) {
  gy_rng rng;
  if (!shop->options.messy_people || ordinal >= SHOP_ORDINAL_CAMPAIGN) return false;
  shop_stream(shop, &rng, SHOP_STREAM_GUEST, shop_act(customer, ordinal));
  return gy_rng_uniform(&rng) < GUEST;
}

shop_registration shop_registration_draw(const gy_shop *shop, uint64_t customer) {
  gy_rng rng, family;
  shop_registration r = {.person = shop_person_of(shop, customer)};
  bool again = r.person != customer;
  r.mailbox = r.line = r.home = r.person;
  if (!shop->options.messy_people) return r;
  shop_stream(shop, &family, SHOP_STREAM_FAMILY, r.person);
  double relative = 1 - gy_rng_uniform(&family);
  if (relative < FAMILY_PHONE)
    r.line = family_of(shop, r.person, &family);
  else if (relative < FAMILY_PHONE + FAMILY_MAIL)
    r.mailbox = family_of(shop, r.person, &family);
  shop_stream(shop, &rng, SHOP_STREAM_REGISTRATION, customer);
  double u[8];
  for (int i = 0; i < 8; i++) u[i] = gy_rng_uniform(&rng);
  if (again && u[0] < MAIL_OTHER) r.mailbox = customer;
  if (again && u[1] < PHONE_OTHER) r.line = customer;
  if (again && u[2] < MOVED) r.home = customer;
  r.name = !again || u[3] > NAME_SLIP + NAME_OTHERWISE ? SHOP_AS_IS
           : u[3] < NAME_SLIP                          ? SHOP_SLIP
                                                       : SHOP_OTHERWISE;
  r.mail = u[4] < NO_MAIL          ? SHOP_NONE
           : u[4] < NO_MAIL + JUNK ? SHOP_JUNK
           : again                 ? SHOP_OTHERWISE
                                   : SHOP_AS_IS;
  r.phone = u[5] < NO_PHONE          ? SHOP_NONE
            : u[5] < NO_PHONE + JUNK ? SHOP_JUNK
            : again                  ? SHOP_OTHERWISE
                                     : SHOP_AS_IS;
  r.address = again && u[6] < 0.6 ? SHOP_OTHERWISE : SHOP_AS_IS;
  if (u[7] < JUNK / 2) r.name = SHOP_JUNK;
  r.how = gy_rng_next(&rng);
  return r;
}

/* ---- e-mail and phone ---- */

static const char *const JUNK_MAILS[] = {"none@none.com", "test@test.com", "-", "noemail@example.com"};
static const char *const JUNK_PHONES[] = {"010-0000-0000", "000-0000-0000", "-", "010-1111-1111"};
static const char *const EXAMPLES[] = {"example.com", "example.net", "example.org"};

gy_shop_text shop_mail_compose(const gy_shop *shop, const shop_registration *r, gy_shop_block *block) {
  char id[SHOP_DIGITS], suffix[SHOP_DIGITS];
  gy_rng rng;
  shop_stream(shop, &rng, SHOP_STREAM_MAILBOX, r->mailbox);
  bool is_gmail = gy_rng_uniform(&rng) < AT_GMAIL;
  uint64_t tail = gy_rng_next(&rng);
  unsigned how = r->mail == SHOP_OTHERWISE ? (unsigned)(r->how & 3) : 0; /* 0: as before */
  if (r->mail == SHOP_NONE) return (gy_shop_text){NULL, 0};
  if (r->mail == SHOP_JUNK) return shop_text(JUNK_MAILS[r->how >> 8 & 3]);
  gy_shop_text number = shop_digits(id, r->mailbox + 1, 10, 1);
  if (!is_gmail)
    return SHOP_JOIN(block, shop_text(how == 1 ? "U" : "u"), number, shop_text("."),
                     shop_digits(suffix, tail % 1000, 10, 3), shop_text("@"),
                     shop_text(EXAMPLES[tail / 1000 % 3]));
  return SHOP_JOIN(block, shop_text(how == 1 ? "Gyeol" : "gyeol"),
                   shop_text(how == 2 ? "simulatedperson" : ".simulated.person."),
                   shop_text("no.such.inbox."), number, shop_text(how == 3 ? "+shop" : ""),
                   shop_text(how == 1 ? "@Gmail.com" : "@gmail.com"));
}

gy_shop_text shop_phone_compose(const gy_shop *shop, const shop_registration *r, gy_shop_block *block) {
  static const char *const FORMS[][2] = {{"010-", "-"}, {"+82 10-", "-"}, {"010", ""}, {"010 ", " "}};
  char middle[SHOP_DIGITS], last[SHOP_DIGITS];
  if (r->phone == SHOP_NONE) return (gy_shop_text){NULL, 0};
  if (r->phone == SHOP_JUNK) return shop_text(JUNK_PHONES[r->how >> 10 & 3]);
  bool is_second = r->line > r->person; /* a further number of somebody who had one */
  uint64_t number = shop_phone_number(shop, is_second ? r->line + SHOP_PHONES / 2 : r->line);
  unsigned how = r->phone == SHOP_OTHERWISE ? (unsigned)(r->how >> 4 & 3) : 0;
  return SHOP_JOIN(block, shop_text(FORMS[how][0]), shop_digits(middle, number / 10000, 10, 4),
                   shop_text(FORMS[how][1]), shop_digits(last, number % 10000, 10, 4));
}

/* ---- guests ---- */

/* What a guest leaves at an order: an address, a phone or both, as spelt at the registration or otherwise. */
void shop_guest_contact(const gy_shop *shop, uint64_t customer, uint32_t ordinal, gy_shop_text *mail,
                        gy_shop_text *phone, gy_shop_block *block) {
  gy_rng rng;
  shop_stream(shop, &rng, SHOP_STREAM_GUEST, shop_act(customer, ordinal));
  (void)gy_rng_next(&rng);
  double u = gy_rng_uniform(&rng);
  shop_registration r = shop_registration_draw(shop, customer);
  bool has_mail = r.mail != SHOP_NONE && r.mail != SHOP_JUNK,
       has_phone = r.phone != SHOP_NONE && r.phone != SHOP_JUNK;
  r.how = gy_rng_next(&rng);
  r.mail = r.phone = SHOP_OTHERWISE;
  bool by_mail = has_mail ? u < 0.5 || u >= 0.8 : !has_phone;
  bool by_phone = !by_mail || (has_phone && u >= 0.8);
  *mail = by_mail ? shop_mail_compose(shop, &r, block) : (gy_shop_text){NULL, 0};
  *phone = by_phone ? shop_phone_compose(shop, &r, block) : (gy_shop_text){NULL, 0};
}

/* ---- truth ---- */

void shop_truth_people_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block) {
  for (; cursor->at[0] < cursor->end[0] && block->n_rows < GY_SHOP_BLOCK_ROWS; cursor->at[0]++) {
    size_t row = block->n_rows++;
    block->values[0][row] = (int64_t)cursor->at[0] + 1;
    block->values[1][row] = (int64_t)shop_person_of(shop, cursor->at[0]) + 1;
  }
}

void shop_truth_guests_fill(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_cursor *cursor,
                            gy_shop_block *block) {
  shop_visit visit;
  while (block->n_rows < GY_SHOP_BLOCK_ROWS &&
         shop_schedule_step(schedule, cursor, 1u << SHOP_VISIT_ORDER, &visit)) {
    if (!shop_is_guest(shop, visit.customer, visit.ordinal)) continue;
    size_t row = block->n_rows++;
    block->values[0][row] = (int64_t)visit.order_id;
    block->values[1][row] = (int64_t)shop_person_of(shop, visit.customer) + 1;
  }
}
