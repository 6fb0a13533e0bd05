/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables behind roles and targets. */
#include "data/project_file_roles.h"

#include <stddef.h>
#include <string.h>

typedef struct {
  const char *name;
  const char *column;
  bool is_single;
  const char *meaning;
} role_row;

static const role_row ROLES[GY_ROLE_COUNT] = {
#define GY_ROLE_ROW(code, name, column, single, meaning) {name, column, single, meaning},
    GY_ROLE_TABLE(GY_ROLE_ROW)
#undef GY_ROLE_ROW
};

_Static_assert(GY_ROLE_COUNT <= 64,
               "a role set is 64 bits; stored as a signed integer it comes back the same");

#define R(role)  GY_ROLE_BIT(GY_ROLE_##role)
#define ANYWHERE (R(ATTRIBUTE) | R(IGNORE))
#define DIRECT \
  (R(EMAIL) | R(PHONE) | R(PERSON_NAME) | R(ADDRESS) | R(RESIDENT_NUMBER) | R(CARD_NUMBER) | R(HASHED_EMAIL))
#define IDENTIFIER (DIRECT | R(LOYALTY_CARD) | R(DEVICE_ID) | R(VISITOR))
#define PLACE      (R(COUNTRY) | R(REGION) | R(DISTRICT))
#define BUYER      (PLACE | R(GENDER) | R(BIRTH) | R(SIGNUP) | IDENTIFIER)
#define ORDER                                                                                         \
  (R(CUSTOMER) | R(ORDER) | R(TIME) | R(QUANTITY) | R(AMOUNT) | R(DISCOUNT) | R(STATUS) | R(COUPON) | \
   R(CHANNEL) | BUYER)
#define GOODS (R(PRODUCT) | R(DESCRIPTION) | R(CATEGORY) | R(BRAND) | R(UNIT_PRICE))

static const struct {
  const char *name, *meaning;
} TARGETS[GY_TARGET_COUNT] = {
#define GY_TARGET_ROW(code, name, meaning) {name, meaning},
    GY_TARGET_TABLE(GY_TARGET_ROW)
#undef GY_TARGET_ROW
};

/* What a table may say; what it must say; one of what it must say besides. */
static const struct {
  gy_role_set roles, needs, any;
} FITS[GY_TARGET_COUNT] = {
    [GY_TARGET_ORDER_ITEMS] = {ANYWHERE | ORDER | GOODS, 0, 0},
    [GY_TARGET_ORDERS] = {ANYWHERE | ORDER, 0, 0},
    [GY_TARGET_CUSTOMERS] = {ANYWHERE | R(CUSTOMER) | R(CHANNEL) | R(LATITUDE) | R(LONGITUDE) | R(CONSENT) |
                                 BUYER,
                             0, 0},
    [GY_TARGET_PRODUCTS] = {ANYWHERE | GOODS, 0, 0},
    [GY_TARGET_EVENTS] = {ANYWHERE | R(CUSTOMER) | R(TIME) | R(EVENT) | R(VISITOR) | R(SESSION) | R(PAGE) |
                              R(DEVICE) | R(TRAFFIC_SOURCE) | R(MEDIUM) | R(CAMPAIGN) | R(MESSAGE) |
                              R(PRODUCT) | R(CATEGORY) | R(ORDER) | R(QUANTITY) | R(UNIT_PRICE) | R(AMOUNT) |
                              R(CHANNEL) | PLACE | IDENTIFIER,
                          R(TIME), R(EVENT) | R(PAGE)},
    [GY_TARGET_ENGAGEMENTS] = {ANYWHERE | R(CUSTOMER) | R(TIME) | R(EVENT) | R(CAMPAIGN) | R(MESSAGE) |
                                   R(CHANNEL) | R(VARIANT) | R(OPENED) | R(CLICKED) | R(CONVERTED) |
                                   R(AMOUNT) | R(ORDER) | R(COUPON) | R(DEVICE) | R(STATUS) | IDENTIFIER,
                               R(CUSTOMER), R(CAMPAIGN) | R(EVENT) | R(MESSAGE) | R(OPENED) | R(CLICKED)},
    [GY_TARGET_REVIEWS] = {ANYWHERE | R(CUSTOMER) | R(ORDER) | R(PRODUCT) | R(CATEGORY) | R(TIME) |
                               R(RATING) | R(TITLE) | R(TEXT) | R(CHANNEL) | IDENTIFIER,
                           0, R(RATING) | R(TEXT)},
    [GY_TARGET_SURVEYS] = {ANYWHERE | R(CUSTOMER) | R(ORDER) | R(PRODUCT) | R(TIME) | R(SURVEY) |
                               R(QUESTION) | R(ANSWER) | R(NPS) | R(RATING) | R(TEXT) | R(CHANNEL) |
                               IDENTIFIER,
                           R(CUSTOMER), 0},
    [GY_TARGET_CONSENTS] = {ANYWHERE | R(CUSTOMER) | R(TIME) | R(PURPOSE) | R(CHANNEL) | R(GRANTED) |
                                R(TEXT_VERSION) | R(TRAFFIC_SOURCE) | IDENTIFIER,
                            R(GRANTED), R(CUSTOMER) | R(EMAIL) | R(PHONE)},
    [GY_TARGET_REGIONS] = {ANYWHERE | R(REGION_CODE) | R(LATITUDE) | R(LONGITUDE) | R(POPULATION) | PLACE, 0,
                           R(REGION) | R(REGION_CODE) | R(DISTRICT)},
    [GY_TARGET_MARKET] = {ANYWHERE | R(CATEGORY) | R(REGION) | R(REGION_CODE) | R(COUNTRY) | R(PERIOD) |
                              R(MARKET_SIZE) | R(GROWTH) | R(COMPETITOR) | R(COMPETITOR_SHARE),
                          0, R(MARKET_SIZE) | R(GROWTH) | R(COMPETITOR_SHARE)},
    [GY_TARGET_OTHER] = {ANYWHERE | IDENTIFIER, 0, 0},
};

/* Where a table has another name for what a role means. */
static const struct {
  gy_target target;
  gy_role role;
  const char *column;
} OWN_COLUMNS[] = {
    {GY_TARGET_PRODUCTS, GY_ROLE_DESCRIPTION, "name"},
    {GY_TARGET_EVENTS, GY_ROLE_TIME, "occurred_at"},
    {GY_TARGET_EVENTS, GY_ROLE_TRAFFIC_SOURCE, "utm_source"},
    {GY_TARGET_EVENTS, GY_ROLE_CAMPAIGN, "utm_campaign"},
    {GY_TARGET_ENGAGEMENTS, GY_ROLE_TIME, "occurred_at"},
    {GY_TARGET_REVIEWS, GY_ROLE_TIME, "reviewed_at"},
    {GY_TARGET_SURVEYS, GY_ROLE_TIME, "answered_at"},
    {GY_TARGET_CONSENTS, GY_ROLE_TIME, "decided_at"},
};

const char *gy_role_name(gy_role role) { return ROLES[role].name; }
const char *gy_role_meaning(gy_role role) { return ROLES[role].meaning; }
bool gy_role_is_single(gy_role role) { return ROLES[role].is_single; }
bool gy_role_is_direct(gy_role role) { return (DIRECT & GY_ROLE_BIT(role)) != 0; }
bool gy_role_is_read(gy_role role) { return role != GY_ROLE_IGNORE; }
const char *gy_target_name(gy_target target) { return TARGETS[target].name; }
bool gy_target_is_shop(gy_target target) { return target <= GY_TARGET_PRODUCTS; }
const char *gy_target_meaning(gy_target target) { return TARGETS[target].meaning; }

const char *gy_role_column(gy_role role, gy_target target) {
  for (size_t i = 0; i < sizeof OWN_COLUMNS / sizeof OWN_COLUMNS[0]; i++)
    if (OWN_COLUMNS[i].target == target && OWN_COLUMNS[i].role == role) return OWN_COLUMNS[i].column;
  return ROLES[role].column;
}

bool gy_role_fits(gy_role role, gy_target target) { return (FITS[target].roles & GY_ROLE_BIT(role)) != 0; }

gy_role_set gy_target_needs(gy_target target, gy_role_set *any) {
  *any = FITS[target].any;
  return FITS[target].needs;
}

bool gy_role_parse(const char *name, gy_role *role) {
  for (gy_role i = 0; i < GY_ROLE_COUNT; i++) {
    if (strcmp(ROLES[i].name, name) != 0) continue;
    *role = i;
    return true;
  }
  return false;
}
