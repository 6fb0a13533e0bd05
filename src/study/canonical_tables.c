/* SPDX-License-Identifier: Apache-2.0 */
#include "study/canonical_tables.h"

#include <stddef.h>

#define ID(name) \
  { name, NULL }
#define TIME(name) \
  { name, "TIMESTAMP" }
#define TEXT(name) \
  { name, "VARCHAR" }
#define NUMBER(name) \
  { name, GY_CANONICAL_NUMBER }
#define REAL(name) \
  { name, "DOUBLE" }
#define FLAG(name) \
  { name, "BOOLEAN" }

enum { COLUMNS_MAX = 20 };

const char *const gy_canonical_ids[GY_CANONICAL_IDS + 1] = {"customer_id",  "order_id",   "product_id",
                                                            "anonymous_id", "session_id", "campaign_id",
                                                            "message_id",   "survey_id",  NULL};

static const gy_canonical_column COLUMNS[GY_TARGET_COUNT][COLUMNS_MAX] = {
    [GY_TARGET_ORDER_ITEMS] = {ID("customer_id"), ID("order_id"), TIME("ordered_at"), ID("product_id"),
                               TEXT("description"), TEXT("category"), TEXT("status"), NUMBER("quantity"),
                               NUMBER("unit_price"), NUMBER("amount"), NUMBER("discount")},
    [GY_TARGET_ORDERS] = {ID("order_id"), ID("customer_id"), TIME("ordered_at"), TEXT("status")},
    [GY_TARGET_CUSTOMERS] = {ID("customer_id")},
    [GY_TARGET_PRODUCTS] = {ID("product_id"), TEXT("name"), TEXT("category"), TEXT("brand")},
    [GY_TARGET_EVENTS] = {ID("message_id"), ID("customer_id"), ID("anonymous_id"), ID("session_id"),
                          TEXT("event"), TIME("occurred_at"), ID("product_id"), ID("order_id"), TEXT("page"),
                          TEXT("device"), TEXT("utm_source"), TEXT("utm_medium"), TEXT("utm_campaign"),
                          NUMBER("amount")},
    [GY_TARGET_ENGAGEMENTS] = {ID("campaign_id"), ID("message_id"), ID("customer_id"), TEXT("channel"),
                               TEXT("variant"), TEXT("event"), TIME("occurred_at"), ID("order_id"),
                               NUMBER("amount")},
    [GY_TARGET_REVIEWS] = {ID("customer_id"), ID("order_id"), ID("product_id"), TIME("reviewed_at"),
                           NUMBER("rating"), TEXT("title"), TEXT("text")},
    [GY_TARGET_SURVEYS] = {ID("survey_id"), ID("customer_id"), TIME("answered_at"), NUMBER("nps"),
                           NUMBER("rating"), TEXT("question"), TEXT("answer"), TEXT("text")},
    [GY_TARGET_CONSENTS] = {ID("customer_id"), TEXT("purpose"), TEXT("channel"), FLAG("granted"),
                            TIME("decided_at"), TEXT("source"), TEXT("text_version")},
    [GY_TARGET_REGIONS] = {TEXT("region_code"), TEXT("country"), TEXT("region"), TEXT("district"),
                           REAL("latitude"), REAL("longitude"), NUMBER("population")},
    [GY_TARGET_MARKET] = {TEXT("category"), TEXT("region"), TEXT("region_code"), TEXT("period"),
                          NUMBER("market_size"), REAL("growth"), TEXT("competitor"),
                          REAL("competitor_share")},
};

const gy_canonical_column *gy_canonical_columns(gy_target target) {
  return target == GY_TARGET_OTHER ? NULL : COLUMNS[target];
}
