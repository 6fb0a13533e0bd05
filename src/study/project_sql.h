/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQL behind the numbers, as this project runs it: for `gyeol sql` and for the report's "show SQL". */
#ifndef GYEOL_STUDY_PROJECT_SQL_H
#define GYEOL_STUDY_PROJECT_SQL_H

#include "report/texts.h"
#include "study/run_context.h"

typedef struct gy_project_sql_entry {
  const char *name;    /* as `gyeol sql NAME` takes it */
  const char *section; /* of the report */
  gy_text_pair title;
} gy_project_sql_entry;

enum { GY_PROJECT_SQL_COUNT = 9, GY_ACTIVE_DAYS = 90 /* a customer who ordered since then is active */ };
extern const gy_project_sql_entry gy_project_sqls[GY_PROJECT_SQL_COUNT];

/* NULL: there is none of this name. */
const gy_project_sql_entry *gy_project_sql_find(const char *name);

/* Gives the statement. Needs `run->totals`. */
GY_MUST_USE gy_status gy_project_sql_text(gy_run_context *run, const gy_project_sql_entry *entry, char **sql,
                                          gy_error *err);

#endif
