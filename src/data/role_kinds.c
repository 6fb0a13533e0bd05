/* SPDX-License-Identifier: Apache-2.0 */
#include "data/role_kinds.h"

gy_import_kind gy_role_kind(gy_role role) {
  switch (role) {
    case GY_ROLE_CUSTOMER:
    case GY_ROLE_ORDER:
    case GY_ROLE_PRODUCT:
    case GY_ROLE_VISITOR:
    case GY_ROLE_LOYALTY_CARD:
    case GY_ROLE_DEVICE_ID:
    case GY_ROLE_SESSION:
    case GY_ROLE_CAMPAIGN:
    case GY_ROLE_MESSAGE:
    case GY_ROLE_SURVEY:
      return GY_IMPORT_ID;
    case GY_ROLE_TIME:
    case GY_ROLE_SIGNUP:
      return GY_IMPORT_TIME;
    case GY_ROLE_QUANTITY:
    case GY_ROLE_UNIT_PRICE:
    case GY_ROLE_AMOUNT:
    case GY_ROLE_DISCOUNT:
    case GY_ROLE_RATING:
    case GY_ROLE_NPS:
    case GY_ROLE_POPULATION:
    case GY_ROLE_MARKET_SIZE:
      return GY_IMPORT_NUMBER;
    case GY_ROLE_LATITUDE:
    case GY_ROLE_LONGITUDE:
    case GY_ROLE_GROWTH:
    case GY_ROLE_COMPETITOR_SHARE:
      return GY_IMPORT_REAL;
    case GY_ROLE_GRANTED:
    case GY_ROLE_CONSENT:
      return GY_IMPORT_BOOL;
    case GY_ROLE_EMAIL:
    case GY_ROLE_PHONE:
    case GY_ROLE_PERSON_NAME:
    case GY_ROLE_ADDRESS:
    case GY_ROLE_RESIDENT_NUMBER:
    case GY_ROLE_CARD_NUMBER:
    case GY_ROLE_HASHED_EMAIL:
      return GY_IMPORT_PSEUDONYM;
    default:
      return GY_IMPORT_TEXT;
  }
}

bool gy_role_is_required(gy_role role, gy_target target) {
  gy_role_set any;
  switch (target) {
    case GY_TARGET_ORDER_ITEMS:
    case GY_TARGET_ORDERS:
      return role == GY_ROLE_TIME;
    case GY_TARGET_CUSTOMERS:
      return role == GY_ROLE_CUSTOMER;
    case GY_TARGET_PRODUCTS:
      return role == GY_ROLE_PRODUCT;
    default:
      return (gy_target_needs(target, &any) & GY_ROLE_BIT(role)) != 0;
  }
}

bool gy_role_identifier(gy_role role, gy_identifier *kind) {
  static const struct {
    gy_role role;
    gy_identifier kind;
  } ROLES[] = {{GY_ROLE_EMAIL, GY_IDENTIFIER_EMAIL},
               {GY_ROLE_PHONE, GY_IDENTIFIER_PHONE},
               {GY_ROLE_PERSON_NAME, GY_IDENTIFIER_PERSON_NAME},
               {GY_ROLE_ADDRESS, GY_IDENTIFIER_ADDRESS},
               {GY_ROLE_RESIDENT_NUMBER, GY_IDENTIFIER_RESIDENT_NUMBER},
               {GY_ROLE_CARD_NUMBER, GY_IDENTIFIER_CARD_NUMBER},
               {GY_ROLE_CUSTOMER, GY_IDENTIFIER_CUSTOMER_ID},
               {GY_ROLE_LOYALTY_CARD, GY_IDENTIFIER_LOYALTY_CARD},
               {GY_ROLE_HASHED_EMAIL, GY_IDENTIFIER_HASHED_EMAIL},
               {GY_ROLE_DEVICE_ID, GY_IDENTIFIER_DEVICE_ID},
               {GY_ROLE_VISITOR, GY_IDENTIFIER_COOKIE}};
  for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++) {
    if (ROLES[i].role != role) continue;
    *kind = ROLES[i].kind;
    return true;
  }
  return false;
}
