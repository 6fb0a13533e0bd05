/* SPDX-License-Identifier: Apache-2.0
 *
 * What a column's name says about its role, in English and Korean. Inside the data room only. */
#ifndef GYEOL_DATA_ROLE_GUESS_NAMES_H
#define GYEOL_DATA_ROLE_GUESS_NAMES_H

#include <stdbool.h>

#include "data/project_file_roles.h"

/* What a name says: 1 for "CustomerID" as customer, less for a looser likeness, 0 for nothing. */
typedef struct gy_name_evidence {
  double roles[GY_ROLE_COUNT];
  double moment;   /* a time of what is no order: sent, reviewed, answered, agreed to */
  double personal; /* e-mail, phone, name, street address: left out of the store */
  double person;   /* age, job, income: a table of people */
} gy_name_evidence;

/* The name is brought to NFC and lower case and cut into words at signs, spaces and capitals. */
gy_name_evidence gy_role_name_evidence(const char *name);

#endif
