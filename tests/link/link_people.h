/* SPDX-License-Identifier: Apache-2.0
 *
 * People for tests of linkage: two lists in which record i is the same person as record i of the other list
 * where both have one, written with slips. */
#ifndef GYEOL_TESTS_LINK_PEOPLE_H
#define GYEOL_TESTS_LINK_PEOPLE_H

#include <gyeol/linkage.h>

enum { PEOPLE_FIELDS = 5 }; /* name, birth, phone, email, address */

typedef struct people {
  size_t n;
  char *bytes[PEOPLE_FIELDS];
  uint64_t *offsets[PEOPLE_FIELDS];
  gy_link_column *columns;
  gy_link_list list;
  uint32_t *person; /* of each record */
} people;

extern const gy_link_field PEOPLE[PEOPLE_FIELDS];

/* n records of persons first .. first + n - 1, each field with a slip or missing with chance `slips`. */
people people_make(size_t n, uint32_t first, double slips, uint64_t seed);
void people_clear(people *list);

/* The records order[0], order[1], ... of another list. */
people people_in_order(const people *of, const uint32_t *order);

#endif
