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

_Static_assert(GY_ROLE_COUNT <= 32, "a role set is 32 bits");

enum {
  ANYWHERE = GY_ROLE_BIT(GY_ROLE_ATTRIBUTE) | GY_ROLE_BIT(GY_ROLE_IGNORE),
  PLACE = GY_ROLE_BIT(GY_ROLE_COUNTRY) | GY_ROLE_BIT(GY_ROLE_REGION),
  BUYER = PLACE | GY_ROLE_BIT(GY_ROLE_GENDER) | GY_ROLE_BIT(GY_ROLE_BIRTH) | GY_ROLE_BIT(GY_ROLE_SIGNUP),
  ORDER = GY_ROLE_BIT(GY_ROLE_CUSTOMER) | GY_ROLE_BIT(GY_ROLE_ORDER) | GY_ROLE_BIT(GY_ROLE_TIME) |
          GY_ROLE_BIT(GY_ROLE_QUANTITY) | GY_ROLE_BIT(GY_ROLE_AMOUNT) | GY_ROLE_BIT(GY_ROLE_DISCOUNT) |
          GY_ROLE_BIT(GY_ROLE_STATUS) | GY_ROLE_BIT(GY_ROLE_COUPON) | GY_ROLE_BIT(GY_ROLE_CHANNEL) | BUYER,
  GOODS = GY_ROLE_BIT(GY_ROLE_PRODUCT) | GY_ROLE_BIT(GY_ROLE_DESCRIPTION) | GY_ROLE_BIT(GY_ROLE_CATEGORY) |
          GY_ROLE_BIT(GY_ROLE_BRAND) | GY_ROLE_BIT(GY_ROLE_UNIT_PRICE),
};

static const struct {
  const char *name;
  gy_role_set roles;
} TARGETS[GY_TARGET_COUNT + 1] = {
    [GY_TARGET_ORDER_ITEMS] = {"order_items", ANYWHERE | ORDER | GOODS},
    [GY_TARGET_ORDERS] = {"orders", ANYWHERE | ORDER},
    [GY_TARGET_CUSTOMERS] = {"customers",
                             ANYWHERE | GY_ROLE_BIT(GY_ROLE_CUSTOMER) | GY_ROLE_BIT(GY_ROLE_CHANNEL) | BUYER},
    [GY_TARGET_PRODUCTS] = {"products", ANYWHERE | GOODS},
    [GY_TARGET_OTHER] = {"other", ANYWHERE},
};

const char *gy_role_name(gy_role role) { return ROLES[role].name; }
const char *gy_role_column(gy_role role) { return ROLES[role].column; }
const char *gy_role_meaning(gy_role role) { return ROLES[role].meaning; }
bool gy_role_is_single(gy_role role) { return ROLES[role].is_single; }
const char *gy_target_name(gy_target target) { return TARGETS[target].name; }

bool gy_role_fits(gy_role role, gy_target target) { return (TARGETS[target].roles & GY_ROLE_BIT(role)) != 0; }

bool gy_role_parse(const char *name, gy_role *role) {
  for (gy_role i = 0; i < GY_ROLE_COUNT; i++) {
    if (strcmp(ROLES[i].name, name) != 0) continue;
    *role = i;
    return true;
  }
  return false;
}
