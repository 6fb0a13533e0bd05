/* SPDX-License-Identifier: Apache-2.0
 *
 * The table that scripts/embed-sql.mjs writes from sql/, sorted by name. */
#ifndef GYEOL_ENGINE_SQL_FILES_H
#define GYEOL_ENGINE_SQL_FILES_H

#include <stddef.h>

typedef struct gy_sql_file {
  const char *name;          /* path under sql/ without the ending */
  const unsigned char *text; /* NUL-terminated */
} gy_sql_file;

extern const gy_sql_file GY_SQL_FILES[];
extern const size_t GY_SQL_FILE_COUNT;

#endif
