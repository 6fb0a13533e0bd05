/* SPDX-License-Identifier: Apache-2.0
 *
 * Which rows of a source stand for the same thing, and which of them stays:
 *
 *   duplicates: {exact: drop, key: [order, product], keep: newest, by: updated_at, priority: 1}
 *
 * The others are put aside, counted and listed; docs/project-file.md tells the rules. */
#ifndef GYEOL_DATA_PROJECT_FILE_DUPLICATES_H
#define GYEOL_DATA_PROJECT_FILE_DUPLICATES_H

#include <stdbool.h>
#include <stdint.h>

enum { GY_DUPLICATE_KEY_MAX = 16 };

typedef enum gy_exact_rule { GY_EXACT_KEEP, GY_EXACT_DROP } gy_exact_rule;
typedef enum gy_survivor {
  GY_SURVIVOR_FIRST, /* in the order of the files and their lines */
  GY_SURVIVOR_LAST,
  GY_SURVIVOR_NEWEST,        /* by a column; of equal ones the last */
  GY_SURVIVOR_OLDEST,        /* by a column; of equal ones the first */
  GY_SURVIVOR_MOST_COMPLETE, /* fewest missing values; of equal ones the first */
} gy_survivor;

typedef struct gy_duplicates_config {
  gy_exact_rule exact;
  char **key; /* columns or roles; a row that lacks one of them is like no other */
  uint32_t n_key;
  gy_survivor keep;
  char *by;          /* column or role; "" is the source's time */
  uint32_t priority; /* 1 before 2 among the sources of a target; 0: not compared with other sources */
} gy_duplicates_config;

/* Whether rows of the source may be put aside. */
static inline bool gy_duplicates_any(const gy_duplicates_config *duplicates) {
  return duplicates->exact == GY_EXACT_DROP || duplicates->n_key > 0;
}

#endif
