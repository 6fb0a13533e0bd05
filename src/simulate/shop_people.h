/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is behind a customer number, and what a registration says of him; where people are not wanted messy,
 * every number is a person. */
#ifndef GYEOL_SIMULATE_SHOP_PEOPLE_H
#define GYEOL_SIMULATE_SHOP_PEOPLE_H

#include "simulate/shop_model.h"

typedef enum shop_spelling {
  SHOP_AS_IS,
  SHOP_OTHERWISE, /* the same in another form */
  SHOP_SLIP,
  SHOP_JUNK,
  SHOP_NONE
} shop_spelling;

/* Indexes are of customers: whose first registration a thing is from. */
typedef struct shop_registration {
  uint64_t person, mailbox, line, home;
  shop_spelling name, mail, phone, address;
  uint64_t how; /* random bits that choose forms */
} shop_registration;

uint64_t shop_person_of(const gy_shop *shop, uint64_t customer);
uint64_t shop_device_of(const gy_shop *shop, uint64_t customer);
bool shop_is_guest(const gy_shop *shop, uint64_t customer, uint32_t ordinal);
shop_registration shop_registration_draw(const gy_shop *shop, uint64_t customer);

/* `data` NULL: nothing was given. */
gy_shop_text shop_mail_compose(const gy_shop *shop, const shop_registration *r, gy_shop_block *block);
gy_shop_text shop_phone_compose(const gy_shop *shop, const shop_registration *r, gy_shop_block *block);
gy_shop_text shop_name_compose(const gy_shop *shop, const shop_registration *r, gy_shop_block *block);
gy_shop_text shop_address_compose(const gy_shop *shop, const shop_registration *r,
                                  const shop_district *district, gy_shop_text *postcode,
                                  gy_shop_block *block);
gy_shop_text shop_birth_compose(const gy_shop *shop, uint64_t person, int64_t year, gy_shop_block *block);

void shop_guest_contact(const gy_shop *shop, uint64_t customer, uint32_t ordinal, gy_shop_text *mail,
                        gy_shop_text *phone, gy_shop_block *block);

/* shop_person.c */
enum { SHOP_PHONES = 20000000 };
uint64_t shop_phone_number(const gy_shop *shop, uint64_t owner);

/* Who registered, where and when. */
typedef struct shop_person {
  uint64_t customer;
  shop_registration registration;
  const shop_district *district;
  int64_t joined;                          /* local seconds */
  int64_t birth_year, latitude, longitude; /* millionths of a degree */
  bool is_female;
  gy_rng rng; /* behind all of these */
} shop_person;

void shop_person_draw(const gy_shop *shop, uint64_t customer, shop_moment first_order, shop_person *person);
/* As given at the registration; `data` NULL: nothing was given. */
gy_shop_text shop_person_mail(const gy_shop *shop, const shop_person *person, gy_shop_block *block);
gy_shop_text shop_person_phone(const gy_shop *shop, const shop_person *person, gy_shop_block *block);

void shop_truth_people_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block);
void shop_truth_guests_fill(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_cursor *cursor,
                            gy_shop_block *block);

#endif
