/* SPDX-License-Identifier: Apache-2.0
 *
 * The section identity of gyeol.yaml: which keys say who somebody is, how far they are believed, and how what
 * several customer ids say of one person is made one. docs/methods/identity.md explains each. */
#ifndef GYEOL_DATA_PROJECT_FILE_IDENTITY_H
#define GYEOL_DATA_PROJECT_FILE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

/* What people are found by, in the order in which people are named after them: key, name in gyeol.yaml and
 * column of a source, whether it joins customers, values a person may have, others a value may join. */
#define GY_KEY_TABLE(X)                               \
  X(GY_KEY_CUSTOMER, "customer_id", true, 10, 0)      \
  X(GY_KEY_LOYALTY_CARD, "loyalty_card", true, 10, 5) \
  X(GY_KEY_EMAIL, "email", true, 10, 5)               \
  X(GY_KEY_HASHED_EMAIL, "hashed_email", true, 10, 5) \
  X(GY_KEY_PHONE, "phone", true, 10, 5)               \
  X(GY_KEY_ANONYMOUS, "anonymous_id", false, 0, 10)   \
  X(GY_KEY_DEVICE, "device_id", false, 0, 10)

typedef enum gy_key_kind {
#define GY_KEY_CODE(code, name, joins, values, others) code,
  GY_KEY_TABLE(GY_KEY_CODE)
#undef GY_KEY_CODE
      GY_KEY_COUNT
} gy_key_kind;

const char *gy_key_name(gy_key_kind kind); /* "email" */
bool gy_key_from_name(const char *name, gy_key_kind *kind);
/* Whether the key makes two customers one person; others only give rows without a customer to one. */
bool gy_key_joins(gy_key_kind kind);

typedef struct gy_key_limit {
  uint32_t values; /* that one person may have; 0: any number */
  uint32_t joins;  /* customers that one value may belong to; 0: any number */
} gy_key_limit;

typedef enum gy_guest_rule { GY_GUESTS_PERSON, GY_GUESTS_LEAVE } gy_guest_rule;
typedef enum gy_merge_rule {
  GY_MERGE_SOURCE, /* the first source that says something, in it the most recent row */
  GY_MERGE_RECENT,
  GY_MERGE_FREQUENT,
  GY_MERGE_LONGEST,
} gy_merge_rule;

enum { GY_MERGE_ATTRIBUTES_MAX = 256 };

/* What becomes of customers that share no key and resemble each other in name, birth, address and keys. */
typedef enum gy_fuzzy_mode { GY_FUZZY_OFF, GY_FUZZY_REVIEW, GY_FUZZY_MERGE } gy_fuzzy_mode;

/* What becomes of customers that share a key and contradict each other in name, birth and gender. */
typedef enum gy_contradiction_rule {
  GY_CONTRADICTIONS_KEEP_APART,
  GY_CONTRADICTIONS_IGNORE
} gy_contradiction_rule;

typedef struct gy_attribute_merge {
  char *attribute;
  gy_merge_rule rule;
} gy_attribute_merge;

typedef struct gy_identity_config {
  gy_key_kind *keys; /* the most trusted first */
  uint32_t n_keys;
  gy_key_limit limits[GY_KEY_COUNT];
  uint32_t largest_person; /* keys that one person may have */
  gy_guest_rule guests;
  gy_contradiction_rule contradictions;
  gy_fuzzy_mode fuzzy;
  struct {
    gy_merge_rule rule;
    char *recent_by; /* column that says how recent a customer's row is; "": signed_up_at, then the row */
    gy_attribute_merge *attributes;
    uint32_t n_attributes;
  } merge;
} gy_identity_config;

#endif
