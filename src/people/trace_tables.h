/* SPDX-License-Identifier: Apache-2.0
 *
 * Which tables of a store speak of people, and how a row says of whom. No list of tables is kept: what a
 * column is called and of what type it is decides, so that a table which somebody adds is covered.
 *
 *   customer_id, person, ..._customer_id    the person
 *   customer_no                             the person's row in customer_features
 *   a column of type UUID                   the pseudonym of an e-mail address, a phone number, ...
 *   order_id, anonymous_id, cookie, ...     a key that leads to the person
 *   kind and key, left_kind and left_key    a key of any kind
 *   automatic, first_person                 a person that another one's row remembers: emptied, the row stays
 *
 * A row that names a customer is that customer's alone, whatever keys it has; keys decide where it names
 * none. */
#ifndef GYEOL_PEOPLE_TRACE_TABLES_H
#define GYEOL_PEOPLE_TRACE_TABLES_H

#include <stdbool.h>

#include "engine/engine.h"

typedef enum gy_trace_role {
  GY_TRACE_NONE,
  GY_TRACE_ID,        /* a customer id, or that of a person */
  GY_TRACE_MENTION,   /* another person that the row remembers */
  GY_TRACE_NUMBER,    /* customer_no */
  GY_TRACE_PSEUDONYM, /* UUID */
  GY_TRACE_KEY,       /* text or number that leads to one person */
} gy_trace_role;

typedef struct gy_trace_column {
  char *name, *type; /* of the store */
  gy_trace_role role;
} gy_trace_column;

typedef struct gy_trace_table {
  char *name;
  bool is_view; /* over a source's file or server: its rows are the user's */
  gy_trace_column *columns;
  size_t n_columns;
} gy_trace_table;

typedef struct gy_trace_tables {
  gy_trace_table *items; /* by name */
  size_t n;
} gy_trace_tables;

/* All tables of the store, and views over sources. Clear in either case. */
GY_MUST_USE gy_status gy_trace_tables_list(gy_engine *engine, gy_trace_tables *tables, gy_error *err);
void gy_trace_tables_clear(gy_trace_tables *tables);

/* NULL: there is none of this name. */
const gy_trace_table *gy_trace_tables_find(const gy_trace_tables *tables, const char *name);
const gy_trace_column *gy_trace_table_column(const gy_trace_table *table, const char *name);

gy_trace_role gy_trace_role_of(const char *column, const char *type);

/* Gives `column IN (the traces of its kind)`, to be freed; `from` is forget_traces or forget_given. */
char *gy_trace_column_sql(const gy_trace_column *column, const char *kind, const char *from);

/* Gives the condition that a row is of the people in forget_traces (sql/people/forget_traces.sql). *condition
 * is NULL where the table speaks of no people. */
GY_MUST_USE gy_status gy_trace_table_sql(const gy_trace_table *table, char **condition, gy_error *err);

#endif
