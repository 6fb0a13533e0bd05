/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule language: one expression a customer answers with true, false or unknown. Segments, audiences and
 * triggers are rules; docs/rules.md is their reference.
 *
 *   text ── lexer, Pratt parser ──▶ tree ── printer ──▶ canonical text
 *                                    │
 *                                 checker, with a catalogue of names and a clock
 *                                    ▼
 *                    a set of rules as one graph of typed operations
 *                                    │
 *                    ┌───────────────┴──────────────┐
 *            SQL: DuckDB, PostgreSQL        columns in memory
 *
 * The back ends always agree. Whatever engines see differently is decided before they are asked: windows
 * become instants, zones become offsets, patterns become a subset that all read alike, and numbers are kept
 * where double arithmetic neither overflows nor rounds differently:
 *
 *   number     an IEEE double. Columns: whole numbers up to 2^53, exact ones up to 9e11, real ones up to
 *              1e15; what lies beyond is NULL, and real ones nearer to 0 than 1e-15 are 0. An expression
 *              whose value could leave 1e-290..1e290 is refused. x / 0 is NULL.
 *   sums       exact sums of ten-thousandths (each value rounded half up); NULL beyond 9.2e14.
 *   text       Unicode in form NFC, compared by code point.
 *   timestamp  microseconds UTC; its local date and hour by the clock's zone. Days, weeks and months count on
 *              the calendar of that zone; hours and less are elapsed time.
 *
 * The room has no files and no clock of its own: "now" is given. Everything is deterministic. */
#ifndef GYEOL_RULE_RULE_H
#define GYEOL_RULE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>
#include <gyeol/task.h>

#include "base/time_zone.h"

/* ---- text ---- */

enum {
  GY_RULE_BYTES_MAX = 1 << 20, /* of a rule's text */
  GY_RULE_DEPTH_MAX = 200,     /* of its tree; `and`, `or` and lists of any length are one level */
  GY_RULE_NODES_MAX = 200000,  /* of its tree */
  GY_RULE_EFFORT_MAX = 1000,   /* aggregates; a sequence or a comparison with all customers counts as ten */
};

typedef struct gy_rule gy_rule;

/* Parses one expression. GY_EPARSE, or GY_ELIMIT for one too long or too deep: the sentence tells line and
 * column, may suggest what was meant, and shows the line with a caret below. */
GY_MUST_USE gy_status gy_rule_parse(const char *text, size_t length, gy_rule **rule, gy_error *err);
void gy_rule_destroy(gy_rule *rule); /* NULL-safe */

/* Gives the canonical text: one line, no comments, the fewest brackets. Parsing it gives an equal rule. */
GY_MUST_USE gy_status gy_rule_print(const gy_rule *rule, char **text, gy_error *err);

/* The same tree, wherever it was written. */
bool gy_rule_equal(const gy_rule *a, const gy_rule *b);

/* ---- names ---- */

typedef enum gy_rule_type {
  GY_RULE_NUMBER,
  GY_RULE_TEXT,
  GY_RULE_BOOL,
  GY_RULE_DATE,
  GY_RULE_TIMESTAMP,
  GY_RULE_DURATION, /* in expressions only */
} gy_rule_type;

/* How a column keeps its values, in memory and in SQL. */
typedef enum gy_rule_storage {
  GY_RULE_AS_INTEGER,   /* number: int64_t; any SQL integer */
  GY_RULE_AS_EXACT,     /* number: int64_t in 1/10000; DECIMAL(18, 4) */
  GY_RULE_AS_REAL,      /* number: double; DOUBLE PRECISION */
  GY_RULE_AS_TEXT,      /* gy_rule_text; VARCHAR */
  GY_RULE_AS_BOOL,      /* uint8_t 0 or 1; BOOLEAN */
  GY_RULE_AS_DATE,      /* int32_t days since 1970-01-01; DATE */
  GY_RULE_AS_TIMESTAMP, /* int64_t microseconds since 1970-01-01 UTC; TIMESTAMP */
} gy_rule_storage;

/* How rules write the name of a customer's column. */
typedef enum gy_rule_kind {
  GY_RULE_ATTRIBUTE, /* recency_days, rfm, lifecycle */
  GY_RULE_SCORE,     /* score('churn'); a number */
  GY_RULE_CLUSTER,   /* cluster('style'); a text */
  GY_RULE_SEGMENT,   /* in_segment('vip'); a bool, NULL means false */
} gy_rule_kind;

typedef struct gy_rule_column {
  const char *name; /* as rules write it, in form NFC */
  gy_rule_kind kind;
  gy_rule_storage storage;
  const char *relation;      /* a customer's column: where it stands beside the customer id, at most one row a
                                customer; NULL: in the catalogue's own relation */
  const char *sql_name;      /* NULL: `name` */
  const char *const *values; /* NULL, or every text it can hold; comparing with another is refused */
  size_t n_values;
  bool is_nfc; /* texts are known to be in form NFC */
} gy_rule_column;

/* Rows of customers: orders, events. Those without a customer count for nobody, those later than now for
 * nothing. */
typedef struct gy_rule_table {
  const char *name;
  const char *relation;    /* NULL: `name` */
  const char *customer_id; /* its column */
  const char *time;        /* name of the timestamp column that windows and sequences mean; NULL: none */
  const gy_rule_column *columns;
  size_t n_columns;
} gy_rule_table;

/* A name that stands for an expression, perhaps with parameters: "loyal", "spent(amount, n)". Parameters
 * stand for expressions in `text`, and for the number of a duration: sum(orders.amount, last n days) >=
 * amount. */
typedef struct gy_rule_macro {
  const char *name, *text;
} gy_rule_macro;

typedef struct gy_rule_catalogue {
  const char *relation;    /* one row a customer */
  const char *customer_id; /* its column; unique, not NULL */
  const gy_rule_column *columns;
  size_t n_columns;
  const gy_rule_table *tables;
  size_t n_tables;
  const gy_rule_macro *macros;
  size_t n_macros;
} gy_rule_catalogue;

typedef struct gy_rule_clock {
  int64_t now_us;
  const gy_zone *zone;
} gy_rule_clock;

/* ---- sets ---- */

typedef struct gy_rule_definition {
  const char *name; /* what in_segment() calls it; NULL: it cannot be named */
  const char *text;
} gy_rule_definition;

typedef struct gy_rule_set gy_rule_set;

/* Checks rules together and shares what they have in common. in_segment('x') means the definition of that
 * name where there is one, else the catalogue's column; a cycle is refused with its path. Errors as
 * gy_rule_parse's, before them the definition's name. The catalogue and the zone must outlive the set, texts
 * need not. */
GY_MUST_USE gy_status gy_rule_set_compile(const gy_rule_catalogue *catalogue, const gy_rule_clock *clock,
                                          const gy_rule_definition *definitions, size_t n, gy_rule_set **set,
                                          gy_error *err);
void gy_rule_set_destroy(gy_rule_set *set);      /* NULL-safe */
size_t gy_rule_set_size(const gy_rule_set *set); /* rules, as many as definitions */

/* Gives the set of some rules of another, in the order of `rules`; what they refer to comes along. */
GY_MUST_USE gy_status gy_rule_set_select(const gy_rule_set *set, const size_t *rules, size_t n,
                                         gy_rule_set **part, gy_error *err);

/* What an evaluation of the set reads: a column of customers, a table, a column of a table, customer ids. */
bool gy_rule_set_reads_column(const gy_rule_set *set, size_t column);
bool gy_rule_set_reads_table(const gy_rule_set *set, size_t table);
bool gy_rule_set_reads_table_column(const gy_rule_set *set, size_t table, size_t column);
bool gy_rule_set_reads_ids(const gy_rule_set *set);

/* ---- what rules depend on, and what time alone changes ---- */

/* Of one rule, with the definitions and macros that it uses. */
typedef struct gy_rule_needs {
  bool clock;      /* its answers can change though no data do: windows, now, rows that lie in the future */
  bool population; /* percentile, rank, ntile, zscore: one customer's change can change another's answer */
  bool ids;        /* random_bucket */
  const bool *columns;              /* of the catalogue: read or not */
  const bool *tables;               /* of the catalogue */
  const bool *const *table_columns; /* [table][column] */
  const char *const *segments; /* names that in_segment() gives in the rule itself or its macros, each once;
                                  what those use in turn is found in their own needs */
  size_t n_segments;
  void *storage;
} gy_rule_needs;

/* Gives `needs`; its names live as long as the set. */
GY_MUST_USE gy_status gy_rule_set_needs(const gy_rule_set *set, size_t rule, gy_rule_needs *needs,
                                        gy_error *err);
void gy_rule_needs_clear(gy_rule_needs *needs); /* safe on zeroes */

typedef enum gy_rule_movement {
  GY_RULE_NOBODY,    /* no answer changes by time alone */
  GY_RULE_SOME,      /* those of whom `moved` is true may change, others do not */
  GY_RULE_EVERYBODY, /* anybody may: a function over all customers whose values move, or a use of the clock
                        that is no bound on a time */
} gy_rule_movement;

/* Two sets of the same definitions and catalogue, compiled with two clocks of one zone. Gives, for
 * GY_RULE_SOME, a set of one rule that is true of every customer whose answers may differ between them though
 * its columns and rows are the same: a row or a time enters or leaves a window. It is asked as every set is,
 * about the data as they are now. So the answers of `after` are those of `before` for all but these and the
 * customers whose columns or rows have changed; of a rule that needs the population, for all or none.
 * *moved is NULL for the other movements. */
GY_MUST_USE gy_status gy_rule_set_moved(const gy_rule_set *before, const gy_rule_set *after,
                                        gy_rule_movement *movement, gy_rule_set **moved, gy_error *err);

/* What the rules know of a customer without its rows and without other customers, as a set whose rules are
 * values of any type, for gy_rule_set_sql only: customer_id, r0, r1, ... So long as these and the customer's
 * rows are the same, and `moved_rows` does not name it, its answers are the same, of rules that do not need
 * the population. `shape`: values of two sets can be compared where it is equal, though their clocks differ.
 */
GY_MUST_USE gy_status gy_rule_set_signature(const gy_rule_set *set, gy_rule_set **signature, uint64_t *shape,
                                            gy_error *err);

/* As gy_rule_set_moved, without those whose signature tells that they moved: a use of the clock beside a
 * customer's own columns moves nobody here, whatever it is. */
GY_MUST_USE gy_status gy_rule_set_moved_rows(const gy_rule_set *before, const gy_rule_set *after,
                                             gy_rule_movement *movement, gy_rule_set **moved, gy_error *err);

/* ---- SQL ---- */

typedef enum gy_rule_dialect { GY_RULE_DUCKDB, GY_RULE_POSTGRES } gy_rule_dialect;

/* Gives one query. Of a set of one rule with `members`: column customer_id, one row a customer for whom the
 * rule is true. Else customer_id, r0, r1, ...: what each rule says (true, false, NULL), one row a customer.
 * A table is read once for each of at most four reaches of its windows into the past, and once for each
 * sequence. PostgreSQL is to be asked after `SET jit = off`: a local date in a zone with summer time is a
 * long CASE, and compiling many of them takes longer than any answer. */
GY_MUST_USE gy_status gy_rule_set_sql(const gy_rule_set *set, gy_rule_dialect dialect, bool members,
                                      char **sql, gy_error *err);

/* The same about some customers only: those in the column of the customers' id in the relation `among`. Their
 * rows alone are grouped. GY_EUSAGE for a set that needs the population. */
GY_MUST_USE gy_status gy_rule_set_sql_among(const gy_rule_set *set, gy_rule_dialect dialect, bool members,
                                            const char *among, char **sql, gy_error *err);

/* The values of functions over all customers: customer_id, p0, p1, ..., one row a customer; of `among` (may
 * be NULL) alone, but within everybody. gy_rule_data.populations takes them. */
size_t gy_rule_set_populations(const gy_rule_set *set);
GY_MUST_USE gy_status gy_rule_set_population_sql(const gy_rule_set *set, gy_rule_dialect dialect,
                                                 const char *among, char **sql, gy_error *err);

/* ---- columns in memory ---- */

typedef struct gy_rule_text {
  const char *data;
  size_t length;
} gy_rule_text;

typedef struct gy_rule_vector {
  const void *data;         /* values in the column's storage */
  const uint64_t *validity; /* bit i of word i/64 set: value i is not NULL; NULL pointer: no NULLs */
} gy_rule_vector;

/* Rows sorted by customer: those of customer i are starts[i] .. starts[i + 1] - 1. */
typedef struct gy_rule_rows {
  const uint64_t *starts;
  const gy_rule_vector *columns; /* as the table's; those that are not read may be empty */
} gy_rule_rows;

typedef struct gy_rule_data {
  size_t n_customers;
  const gy_rule_vector *columns;     /* as the catalogue's; those that are not read may be empty */
  const gy_rule_rows *tables;        /* as the catalogue's */
  const gy_rule_text *ids;           /* as SQL writes them as text; for random_bucket */
  const gy_rule_vector *populations; /* doubles, p0, p1, ... of gy_rule_set_population_sql; NULL: everybody is
                                        here, so they are worked out from the data */
} gy_rule_data;

/* Sets bit c % 64 of truth[r * words + c / 64], words = (n_customers + 63) / 64, where rule r is true of
 * customer c; of `known` (may be NULL) where it is true or false. Texts of the data must be in form NFC.
 * On the task's threads (NULL: all); the same bits on any number of them. GY_ECANCELLED. */
GY_MUST_USE gy_status gy_rule_set_evaluate(const gy_rule_set *set, const gy_rule_data *data,
                                           const gy_task *task, uint64_t *truth, uint64_t *known,
                                           gy_error *err);

/* ---- one customer, again and again ---- */

typedef enum gy_rule_answer { GY_RULE_NO, GY_RULE_YES, GY_RULE_UNKNOWN } gy_rule_answer;

/* What the rules of a set say of one customer at a time; keeps its scratch between calls, so that an answer
 * takes microseconds and no memory but for what distinct(), sequences and populations collect. One thread at
 * a time; the set may be shared and must outlive it. */
typedef struct gy_rule_evaluator gy_rule_evaluator;

GY_MUST_USE gy_status gy_rule_evaluator_create(const gy_rule_set *set, gy_rule_evaluator **evaluator,
                                               gy_error *err);
void gy_rule_evaluator_destroy(gy_rule_evaluator *evaluator); /* NULL-safe */

/* answers[r] for customer `customer` of the data. GY_EUSAGE where the set needs the population and the data
 * bring no `populations`. */
GY_MUST_USE gy_status gy_rule_evaluator_answer(gy_rule_evaluator *evaluator, const gy_rule_data *data,
                                               size_t customer, gy_rule_answer *answers, gy_error *err);

/* ---- why ---- */

typedef enum gy_rule_predicate_kind {
  GY_RULE_PREDICATE,  /* a condition without and, or, not */
  GY_RULE_OF_MACRO,   /* a macro's name; what it stands for follows, with it as `parent` */
  GY_RULE_OF_SEGMENT, /* in_segment of a definition of the set; what that says follows */
} gy_rule_predicate_kind;

typedef struct gy_rule_seen {
  const char *text; /* canonical: count(orders, last 30 days) */
  const char
      *value; /* as rules write it: 2, 'Seoul', 2026-11-22T09:30:00 by the zone's clock; unknown: NULL */
  gy_rule_type type;
} gy_rule_seen;

typedef struct gy_rule_predicate {
  gy_rule_predicate_kind kind;
  gy_rule_answer answer;
  bool is_negated; /* an odd number of `not` stand before it, so that the rule wants it false */
  /* Whether it belongs to a least set of predicates whose answers, were they others, would change whether the
   * rule is true: of two false ones joined by `and` both do, of a true and a false one the false one. Each
   * occurrence counts for itself; constants never decide. `alone`: that set holds nothing else. */
  bool decides, alone;
  const char *text;   /* canonical: count(orders, last 30 days) >= 3; of a macro or segment its name */
  const char *wanted; /* what is asked of the first value seen: ">= 3", "in ('a', 'b')", "is true"; "" of a
                         constant */
  const gy_rule_seen
      *seen; /* first what is compared; then what that is made of, and what it is compared with */
  size_t n_seen;
  size_t parent;       /* index of the macro or segment it stands in; SIZE_MAX: of the rule itself */
  int depth;           /* of parents */
  size_t line, column; /* where it begins, from 1, columns in characters: in the rule's text, or in that of
                          its parent */
  size_t byte;
} gy_rule_predicate;

typedef struct gy_rule_explanation {
  gy_rule_answer answer;
  const gy_rule_predicate *predicates; /* in the order of the source, parents before what they stand for */
  size_t n_predicates;
  void *storage;
} gy_rule_explanation;

typedef struct gy_rule_explainer gy_rule_explainer;

/* Compiles definition `which` of a set for explaining. Errors and lifetimes as gy_rule_set_compile's. */
GY_MUST_USE gy_status gy_rule_explainer_create(const gy_rule_catalogue *catalogue, const gy_rule_clock *clock,
                                               const gy_rule_definition *definitions, size_t n, size_t which,
                                               gy_rule_explainer **explainer, gy_error *err);
void gy_rule_explainer_destroy(gy_rule_explainer *explainer); /* NULL-safe */

/* The set behind it, for gy_rule_set_reads_... and gy_rule_set_population_sql: it reads every value that is
 * shown, and its rule 0 is the one explained. Lent. */
const gy_rule_set *gy_rule_explainer_set(const gy_rule_explainer *explainer);

/* Gives the explanation for one customer of the data, which hold what the set reads. `populations` as
 * gy_rule_evaluator_answer's. It lives no longer than the explainer. One thread at a time. */
GY_MUST_USE gy_status gy_rule_explain(gy_rule_explainer *explainer, const gy_rule_data *data, size_t customer,
                                      gy_rule_explanation *explanation, gy_error *err);
void gy_rule_explanation_clear(gy_rule_explanation *explanation); /* safe on zeroes */

#endif
