/* SPDX-License-Identifier: Apache-2.0
 *
 * What a source table is (its target) and what a column of it means (its role): the vocabulary that
 * `columns:` in gyeol.yaml, role guessing and import share. */
#ifndef GYEOL_DATA_PROJECT_FILE_ROLES_H
#define GYEOL_DATA_PROJECT_FILE_ROLES_H

#include <stdbool.h>
#include <stdint.h>

/* role, name in gyeol.yaml, canonical column, used at most once a table, meaning */
#define GY_ROLE_TABLE(X)                                                                      \
  X(GY_ROLE_ATTRIBUTE, "attribute", NULL, false, "kept under its own name")                   \
  X(GY_ROLE_IGNORE, "ignore", NULL, false, "not read")                                        \
  X(GY_ROLE_CUSTOMER, "customer", "customer_id", true, "who bought")                          \
  X(GY_ROLE_ORDER, "order", "order_id", true, "what was bought together")                     \
  X(GY_ROLE_TIME, "time", "ordered_at", true, "when")                                         \
  X(GY_ROLE_PRODUCT, "product", "product_id", true, "product code")                           \
  X(GY_ROLE_DESCRIPTION, "description", "description", true, "product name")                  \
  X(GY_ROLE_CATEGORY, "category", "category", true, "product category")                       \
  X(GY_ROLE_BRAND, "brand", "brand", true, "product brand")                                   \
  X(GY_ROLE_QUANTITY, "quantity", "quantity", true, "pieces; negative for returns")           \
  X(GY_ROLE_UNIT_PRICE, "unit_price", "unit_price", true, "price of one piece")               \
  X(GY_ROLE_AMOUNT, "amount", "amount", true, "money paid for the line or order")             \
  X(GY_ROLE_DISCOUNT, "discount", "discount", true, "money taken off")                        \
  X(GY_ROLE_STATUS, "status", "status", true, "state of the order, cancellations among them") \
  X(GY_ROLE_COUPON, "coupon", "coupon", true, "coupon used")                                  \
  X(GY_ROLE_CHANNEL, "channel", "channel", true, "where it was bought")                       \
  X(GY_ROLE_COUNTRY, "country", "country", true, "country")                                   \
  X(GY_ROLE_REGION, "region", "region", true, "region or city")                               \
  X(GY_ROLE_GENDER, "gender", "gender", true, "gender")                                       \
  X(GY_ROLE_BIRTH, "birth", "birth", true, "date or year of birth")                           \
  X(GY_ROLE_SIGNUP, "signup", "signed_up_at", true, "when the customer joined")

typedef enum gy_role {
#define GY_ROLE_CODE(code, name, column, single, meaning) code,
  GY_ROLE_TABLE(GY_ROLE_CODE)
#undef GY_ROLE_CODE
      GY_ROLE_COUNT
} gy_role;

typedef enum gy_target {
  GY_TARGET_ORDER_ITEMS, /* one row a product of an order */
  GY_TARGET_ORDERS,      /* one row an order */
  GY_TARGET_CUSTOMERS,   /* one row a customer */
  GY_TARGET_PRODUCTS,    /* one row a product */
  GY_TARGET_COUNT,
  GY_TARGET_OTHER = GY_TARGET_COUNT, /* none of these; never in a project file */
} gy_target;

const char *gy_role_name(gy_role role);    /* "unit_price"; never NULL */
const char *gy_role_column(gy_role role);  /* "ordered_at"; NULL for attribute and ignore */
const char *gy_role_meaning(gy_role role); /* a few words; never NULL */
bool gy_role_is_single(gy_role role);      /* at most one column of a table has it */
bool gy_role_parse(const char *name, gy_role *role);
bool gy_role_fits(gy_role role, gy_target target); /* may a column of such a table have it? */

const char *gy_target_name(gy_target target); /* "order_items"; "other" for GY_TARGET_OTHER */

/* A set of roles, one bit each. */
typedef uint32_t gy_role_set;
#define GY_ROLE_BIT(role) ((gy_role_set)1 << (role))

#endif
