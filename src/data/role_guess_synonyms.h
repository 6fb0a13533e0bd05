/* SPDX-License-Identifier: Apache-2.0
 *
 * The dictionary of column names. Inside the data room only. */
#ifndef GYEOL_DATA_ROLE_GUESS_SYNONYMS_H
#define GYEOL_DATA_ROLE_GUESS_SYNONYMS_H

#include "data/project_file_roles.h"

/* What is no role but tells something all the same; see gy_name_evidence. */
enum { GY_SYNONYM_PERSONAL = GY_ROLE_COUNT, GY_SYNONYM_PERSON, GY_SYNONYM_MOMENT };

typedef struct gy_role_synonyms {
  int role; /* a gy_role or GY_SYNONYM_ */
  double weight;
  const char *phrases;
} gy_role_synonyms;

/* Ends with a row without phrases. */
extern const gy_role_synonyms gy_role_synonyms_table[];

#endif
