/* SPDX-License-Identifier: Apache-2.0
 *
 * What a source table is (its target) and what a column of it means (its role): the vocabulary that
 * `columns:` in gyeol.yaml, role guessing, import and the canonical tables share. */
#ifndef GYEOL_DATA_PROJECT_FILE_ROLES_H
#define GYEOL_DATA_PROJECT_FILE_ROLES_H

#include <stdbool.h>
#include <stdint.h>

/* role, name in gyeol.yaml, canonical column, used at most once a table, meaning. Sets of roles are stored,
 * so new ones go to the end. */
#define GY_ROLE_TABLE(X)                                                                              \
  X(GY_ROLE_ATTRIBUTE, "attribute", NULL, false, "kept under its own name")                           \
  X(GY_ROLE_IGNORE, "ignore", NULL, false, "not read")                                                \
  X(GY_ROLE_CUSTOMER, "customer", "customer_id", true, "who it is about")                             \
  X(GY_ROLE_ORDER, "order", "order_id", true, "what was bought together")                             \
  X(GY_ROLE_TIME, "time", "ordered_at", true, "when")                                                 \
  X(GY_ROLE_PRODUCT, "product", "product_id", true, "product code")                                   \
  X(GY_ROLE_DESCRIPTION, "description", "description", true, "product name")                          \
  X(GY_ROLE_CATEGORY, "category", "category", true, "product category")                               \
  X(GY_ROLE_BRAND, "brand", "brand", true, "product brand")                                           \
  X(GY_ROLE_QUANTITY, "quantity", "quantity", true, "pieces; negative for returns")                   \
  X(GY_ROLE_UNIT_PRICE, "unit_price", "unit_price", true, "price of one piece")                       \
  X(GY_ROLE_AMOUNT, "amount", "amount", true, "money paid")                                           \
  X(GY_ROLE_DISCOUNT, "discount", "discount", true, "money taken off")                                \
  X(GY_ROLE_STATUS, "status", "status", true, "state of the order, cancellations among them")         \
  X(GY_ROLE_COUPON, "coupon", "coupon", true, "coupon used")                                          \
  X(GY_ROLE_CHANNEL, "channel", "channel", true, "where it was bought, how it was sent")              \
  X(GY_ROLE_COUNTRY, "country", "country", true, "country")                                           \
  X(GY_ROLE_REGION, "region", "region", true, "region or city")                                       \
  X(GY_ROLE_GENDER, "gender", "gender", true, "gender")                                               \
  X(GY_ROLE_BIRTH, "birth", "birth", true, "date or year of birth")                                   \
  X(GY_ROLE_SIGNUP, "signup", "signed_up_at", true, "when the customer joined")                       \
  X(GY_ROLE_DISTRICT, "district", "district", true, "part of the region")                             \
  X(GY_ROLE_EVENT, "event", "event", true, "what happened, as in Product Added or open")              \
  X(GY_ROLE_VISITOR, "visitor", "anonymous_id", true, "cookie or device before a log-in")             \
  X(GY_ROLE_SESSION, "session", "session_id", true, "visit")                                          \
  X(GY_ROLE_PAGE, "page", "page", true, "address or name of the page")                                \
  X(GY_ROLE_DEVICE, "device", "device", true, "kind of device")                                       \
  X(GY_ROLE_TRAFFIC_SOURCE, "source", "source", true, "where it came from")                           \
  X(GY_ROLE_MEDIUM, "medium", "utm_medium", true, "kind of traffic, as in cpc or email")              \
  X(GY_ROLE_CAMPAIGN, "campaign", "campaign_id", true, "campaign")                                    \
  X(GY_ROLE_MESSAGE, "message", "message_id", true, "message or event code, each once")               \
  X(GY_ROLE_VARIANT, "variant", "variant", true, "arm of an experiment")                              \
  X(GY_ROLE_OPENED, "opened", "opened", true, "whether or when the message was opened")               \
  X(GY_ROLE_CLICKED, "clicked", "clicked", true, "whether or when it was clicked")                    \
  X(GY_ROLE_CONVERTED, "converted", "converted", true, "whether or when it led to the goal")          \
  X(GY_ROLE_RATING, "rating", "rating", true, "stars")                                                \
  X(GY_ROLE_TITLE, "title", "title", true, "title of the review")                                     \
  X(GY_ROLE_TEXT, "text", "text", true, "what was written")                                           \
  X(GY_ROLE_SURVEY, "survey", "survey_id", true, "survey")                                            \
  X(GY_ROLE_QUESTION, "question", "question", true, "question asked")                                 \
  X(GY_ROLE_ANSWER, "answer", "answer", true, "answer given")                                         \
  X(GY_ROLE_NPS, "nps", "nps", true, "would recommend, 0 to 10")                                      \
  X(GY_ROLE_PURPOSE, "purpose", "purpose", true, "what the consent is for")                           \
  X(GY_ROLE_GRANTED, "granted", "granted", true, "consent given or withdrawn")                        \
  X(GY_ROLE_TEXT_VERSION, "text_version", "text_version", true, "wording that was agreed to")         \
  X(GY_ROLE_REGION_CODE, "region_code", "region_code", true, "official code of the region")           \
  X(GY_ROLE_LATITUDE, "latitude", "latitude", true, "degrees north")                                  \
  X(GY_ROLE_LONGITUDE, "longitude", "longitude", true, "degrees east")                                \
  X(GY_ROLE_POPULATION, "population", "population", true, "people living there")                      \
  X(GY_ROLE_PERIOD, "period", "period", true, "year, quarter or month")                               \
  X(GY_ROLE_MARKET_SIZE, "market_size", "market_size", true, "what all sellers together sell")        \
  X(GY_ROLE_GROWTH, "growth", "growth", true, "growth of the market, as a share")                     \
  X(GY_ROLE_COMPETITOR, "competitor", "competitor", true, "competitor's name")                        \
  X(GY_ROLE_COMPETITOR_SHARE, "competitor_share", "competitor_share", true, "share of a market")      \
  X(GY_ROLE_EMAIL, "email", "email", true, "e-mail address, kept as a pseudonym")                     \
  X(GY_ROLE_PHONE, "phone", "phone", true, "phone number, kept as a pseudonym")                       \
  X(GY_ROLE_PERSON_NAME, "person_name", "person_name", true, "name of a person, kept as a pseudonym") \
  X(GY_ROLE_ADDRESS, "address", "address", true, "postal address, kept as a pseudonym")               \
  X(GY_ROLE_RESIDENT_NUMBER, "resident_number", "resident_number", true,                              \
    "resident number, kept as a pseudonym")                                                           \
  X(GY_ROLE_CARD_NUMBER, "card_number", "card_number", true,                                          \
    "number of a payment card, kept as a pseudonym")                                                  \
  X(GY_ROLE_LOYALTY_CARD, "loyalty_card", "loyalty_card", true, "number of a loyalty card")           \
  X(GY_ROLE_DEVICE_ID, "device_id", "device_id", true, "a person's device")                           \
  X(GY_ROLE_HASHED_EMAIL, "hashed_email", "hashed_email", true, "SHA-256 of an e-mail address")       \
  X(GY_ROLE_CONSENT, "consent", NULL, false, "consent to one purpose and channel, yes or no")

typedef enum gy_role {
#define GY_ROLE_CODE(code, name, column, single, meaning) code,
  GY_ROLE_TABLE(GY_ROLE_CODE)
#undef GY_ROLE_CODE
      GY_ROLE_COUNT
} gy_role;

/* target, name in gyeol.yaml, meaning */
#define GY_TARGET_TABLE(X)                                                                    \
  X(GY_TARGET_ORDER_ITEMS, "order_items", "one row a product of an order")                    \
  X(GY_TARGET_ORDERS, "orders", "one row an order")                                           \
  X(GY_TARGET_CUSTOMERS, "customers", "one row a customer")                                   \
  X(GY_TARGET_PRODUCTS, "products", "one row a product")                                      \
  X(GY_TARGET_EVENTS, "events", "one row something a visitor did on a site or in an app")     \
  X(GY_TARGET_ENGAGEMENTS, "engagements", "one row a campaign's message, or what came of it") \
  X(GY_TARGET_REVIEWS, "reviews", "one row a review")                                         \
  X(GY_TARGET_SURVEYS, "surveys", "one row a survey that was filled in, or an answer of it")  \
  X(GY_TARGET_CONSENTS, "consents", "one row a consent that was given or withdrawn")          \
  X(GY_TARGET_REGIONS, "regions", "one row a region")                                         \
  X(GY_TARGET_MARKET, "market", "one row a category or region, in a period, of a competitor") \
  X(GY_TARGET_OTHER, "other", "none of these: kept as it is, beside the others")

typedef enum gy_target {
#define GY_TARGET_CODE(code, name, meaning) code,
  GY_TARGET_TABLE(GY_TARGET_CODE)
#undef GY_TARGET_CODE
      GY_TARGET_COUNT
} gy_target;

/* A set of roles, one bit each. */
typedef uint64_t gy_role_set;
#define GY_ROLE_BIT(role) ((gy_role_set)1 << (role))

const char *gy_role_name(gy_role role); /* "unit_price"; never NULL */
/* The canonical column of a role in a table: "ordered_at" for the time of orders, "reviewed_at" for that of
 * reviews. NULL for attribute and ignore. */
const char *gy_role_column(gy_role role, gy_target target);
const char *gy_role_meaning(gy_role role); /* a few words; never NULL */
bool gy_role_is_single(gy_role role);      /* at most one column of a table has it */
bool gy_role_is_direct(gy_role role); /* who a person is: e-mail, phone, name, ...; stored as a pseudonym */
bool gy_role_is_read(gy_role role);   /* into the store: not ignored */
bool gy_role_parse(const char *name, gy_role *role);
bool gy_role_fits(gy_role role, gy_target target); /* may a column of such a table have it? */

bool gy_target_is_shop(gy_target target);        /* orders, their lines, customers, products */
const char *gy_target_name(gy_target target);    /* "order_items" */
const char *gy_target_meaning(gy_target target); /* a few words; never NULL */
/* Roles without which a table is no such table: all of them, and one of `any` where that is not empty.
 * Orders, customers and products need none here: what they lack, another source may have. */
gy_role_set gy_target_needs(gy_target target, gy_role_set *any);

#endif
