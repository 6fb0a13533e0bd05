/* SPDX-License-Identifier: Apache-2.0
 *
 * Terms as SQL expressions over the columns that rule_sql.c's query names:
 *
 *   a3  customer column 3   c3  row column 3   g3  aggregate 3   p3  population 3   id  the customer */
#ifndef GYEOL_RULE_RULE_SQL_H
#define GYEOL_RULE_RULE_SQL_H

#include "base/buffer.h"
#include "rule/rule_plan.h"

typedef struct rule_sql {
  const gy_rule_set *set;
  gy_rule_dialect dialect;
  const char *among; /* relation of the customers asked about; NULL: all */
  size_t *pass_of;   /* by aggregate: of which grouped pass it is */
  size_t n_passes;
  gy_buffer out;
} rule_sql;

/* The relations t0, t1, ... and s4, s7, ... with their commas before them. False: no memory. */
bool rule_sql_rows(rule_sql *sql);
/* `alias`.`id` is among those asked about, after `before`; nothing where all are. */
void rule_sql_among(rule_sql *sql, const char *before, const char *alias, const char *id);

void rule_sql_term(rule_sql *sql, const rule_term *term);
/* The column as rules read it: numbers in bounds, texts in form NFC. `alias` is the relation's. */
void rule_sql_column(rule_sql *sql, const gy_rule_column *column, const char *alias);
void rule_sql_identifier(rule_sql *sql, const char *name);
void rule_sql_literal(rule_sql *sql, gy_rule_text text);
void rule_sql_timestamp(rule_sql *sql, int64_t micros);

#endif
