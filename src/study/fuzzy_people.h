/* SPDX-License-Identifier: Apache-2.0
 *
 * The customers of a project as records to link: names, addresses, e-mails and phones as the vault has them,
 * birth and gender as the store has them. They are in memory for as long as they are compared, and wiped. */
#ifndef GYEOL_STUDY_FUZZY_PEOPLE_H
#define GYEOL_STUDY_FUZZY_PEOPLE_H

#include "study/link_spec.h"
#include "study/run_context.h"

enum { GY_FUZZY_FIELDS = 6 };

typedef struct gy_fuzzy_people {
  size_t n;
  gy_link_spec spec; /* which fields there are, and blocks */
  gy_link_column columns[GY_FUZZY_FIELDS];
  gy_link_list list;
  gy_buffer bytes[GY_FUZZY_FIELDS + 1]; /* of the fields, then of the customer ids */
  uint64_t *offsets[GY_FUZZY_FIELDS + 1];
  bool has_names; /* otherwise there is nothing to go by */
} gy_fuzzy_people;

/* Reads them; opening the vault is logged. Clear in either case. */
GY_MUST_USE gy_status gy_fuzzy_people_load(gy_run_context *run, gy_fuzzy_people *people, gy_error *err);
void gy_fuzzy_people_clear(gy_fuzzy_people *people);

gy_text gy_fuzzy_customer(const gy_fuzzy_people *people, size_t record);

#endif
