/* SPDX-License-Identifier: Apache-2.0
 *
 * The columns of the canonical tables, in order, as data: the views over sources are made from them, and a
 * test holds sql/schema/0002_canonical.sql to them. Further source columns follow under their own names. */
#ifndef GYEOL_STUDY_CANONICAL_TABLES_H
#define GYEOL_STUDY_CANONICAL_TABLES_H

#include "data/project_file_roles.h"

/* Numbers: integers where every source that has the column says so. */
#define GY_CANONICAL_NUMBER "DECIMAL(18, 4)"

/* A column has its name's type where no source gives it one. */
typedef struct gy_canonical_column {
  const char *name;
  const char
      *type; /* NULL: an id, BIGINT where every id of that name in the project is an integer, else VARCHAR */
} gy_canonical_column;

/* Up to one without a name; NULL for GY_TARGET_OTHER. */
const gy_canonical_column *gy_canonical_columns(gy_target target);

/* The ids that join tables, up to NULL. */
extern const char *const gy_canonical_ids[];
enum { GY_CANONICAL_IDS = 8 };

#endif
