/* SPDX-License-Identifier: Apache-2.0
 *
 * Names as they are looked up: every form of every name, folded (region_text.h), sorted. */
#ifndef GYEOL_GEO_REGION_NAME_KEYS_H
#define GYEOL_GEO_REGION_NAME_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include <gyeol/region_names.h>

/* Of the keys that a text has, those of the lowest rank count. */
typedef enum gy_name_rank { GY_NAME_ALIAS, GY_NAME_PROPER, GY_NAME_SHORT } gy_name_rank;

typedef struct gy_name_key {
  const char *key;
  uint32_t length;
  int32_t region, parent; /* the 시도 it stands under: the region's, or another's of another time */
  gy_name_rank rank;
} gy_name_key;

struct gy_region_names {
  gy_arena texts;
  gy_named_region *entries;
  size_t n;
  gy_name_key *keys;
  size_t n_keys, key_room, key_length_most;
  int32_t korea;
};

/* Adds the tables' names; leaves keys sorted. */
GY_MUST_USE gy_status gy_region_names_fill(gy_region_names *names, gy_error *err);

/* A name of `length` bytes; one without a letter is passed over. */
GY_MUST_USE gy_status gy_region_names_add(gy_region_names *names, const char *name, size_t length,
                                          int32_t region, int32_t parent, gy_name_rank rank, gy_error *err);
void gy_region_names_sort(gy_region_names *names);

/* The first key with this text, NULL where there is none; others with it follow, lower ranks first. */
const gy_name_key *gy_region_names_look(const gy_region_names *names, const char *key, size_t length);

#endif
