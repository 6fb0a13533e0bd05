/* SPDX-License-Identifier: Apache-2.0
 *
 * What a set of rules compiles to: one graph of typed terms without macros, windows, zones or segments.
 * Equal terms are one, so that rules share what they have in common; a term's operands stand before it.
 *
 *   row terms ──▶ aggregates over tables ──▶ customer terms ──▶ populations ──▶ customer terms ──▶ rules
 *
 * Terms are of customers or of the rows of one table; constants are of both. Unknown is NULL everywhere. */
#ifndef GYEOL_RULE_RULE_PLAN_H
#define GYEOL_RULE_RULE_PLAN_H

#include "rule/rule_ast.h"
#include "rule/rule_zone.h"

typedef enum rule_op {
  RULE_OP_CONSTANT,   /* number, integer or text; is_null */
  RULE_OP_COLUMN,     /* integer: column of the scope */
  RULE_OP_AGGREGATE,  /* integer: aggregate */
  RULE_OP_POPULATION, /* integer: population */
  RULE_OP_BUCKET,     /* text: key; integer: buckets. 0 .. buckets - 1 */
  RULE_OP_NEGATE,
  RULE_OP_ADD,
  RULE_OP_SUBTRACT,
  RULE_OP_MULTIPLY,
  RULE_OP_DIVIDE, /* by 0: NULL */
  RULE_OP_ABS,
  RULE_OP_FLOOR,
  RULE_OP_CEIL,
  RULE_OP_LEAST,    /* NULL where an operand is */
  RULE_OP_GREATEST, /* NULL where an operand is */
  RULE_OP_COALESCE, /* two and more */
  RULE_OP_EQUAL,
  RULE_OP_UNEQUAL,
  RULE_OP_LESS,
  RULE_OP_AT_MOST,
  RULE_OP_GREATER,
  RULE_OP_AT_LEAST,
  RULE_OP_AND, /* two and more */
  RULE_OP_OR,  /* two and more */
  RULE_OP_NOT,
  RULE_OP_IS_NULL,
  RULE_OP_IN,         /* a in constants, ascending, none NULL */
  RULE_OP_LIKE,       /* text: pattern */
  RULE_OP_MATCHES,    /* text: pattern in the common subset; pattern */
  RULE_OP_LENGTH,     /* code points */
  RULE_OP_LOCAL_DATE, /* of a timestamp */
  RULE_OP_LOCAL_HOUR, /* of a timestamp */
  RULE_OP_YEAR,       /* of a date, as all below */
  RULE_OP_MONTH,
  RULE_OP_DAY,
  RULE_OP_WEEKDAY,        /* Monday 1 .. Sunday 7 */
  RULE_OP_ADD_DAYS,       /* integer */
  RULE_OP_ADD_MONTHS,     /* integer; the 31st becomes the last day of a shorter month */
  RULE_OP_DAYS_BETWEEN,   /* a - b */
  RULE_OP_ADD_MICROS,     /* timestamp + integer */
  RULE_OP_MICROS_BETWEEN, /* a - b, a duration: a number of microseconds */
} rule_op;

enum { RULE_SCOPE_ANY = -2, RULE_SCOPE_CUSTOMER = -1 }; /* else: the table */

typedef struct rule_term rule_term;
struct rule_term {
  rule_op op;
  gy_rule_type type;
  int scope;
  uint32_t id;
  uint32_t n;
  bool is_null;
  bool ranked; /* depends on a population */
  bool used;   /* by a rule */
  rule_term **args;
  int64_t integer; /* also a constant's truth, day number or microseconds */
  double number;
  gy_rule_text text;
  void *pattern; /* compiled */
  int low, high; /* of numbers: 2^low <= |x| <= 2^high where x is not 0 */
  uint64_t hash;
};

typedef struct rule_aggregate {
  rule_aggregate_kind kind; /* RULE_COUNT, SUM, MIN, MAX, DISTINCT, FIRST or LATEST */
  rule_sequence sequence;   /* RULE_COUNT only */
  int table, table_b;
  rule_term *value;             /* NULL for RULE_COUNT */
  rule_term *filter, *filter_b; /* NULL: all rows */
  rule_term *time, *time_b;     /* NULL: rows have none */
  int64_t within_us;
  rule_term *term;
} rule_aggregate;

typedef enum rule_population_kind {
  RULE_PERCENTILE,
  RULE_RANK,
  RULE_NTILE,
  RULE_ZSCORE
} rule_population_kind;

typedef struct rule_population {
  rule_population_kind kind;
  rule_term *value;
  rule_term *group; /* NULL: all customers */
  int64_t tiles;
  rule_term *term;
} rule_population;

/* What a rule uses that its terms do not show. */
typedef struct rule_set_uses {
  bool clock;
  const char *const *segments;
  size_t n_segments;
} rule_set_uses;

struct gy_rule_set {
  gy_arena arena;
  const gy_rule_catalogue *catalogue;
  gy_rule_clock clock;
  rule_zone zone;
  rule_term **terms;
  size_t n_terms, terms_room;
  uint32_t *slots; /* terms by hash, open addressing; id + 1 */
  size_t n_slots;
  rule_aggregate *aggregates;
  size_t n_aggregates, aggregates_room;
  rule_population *populations;
  size_t n_populations, populations_room;
  rule_term **rules;
  rule_set_uses *uses; /* by rule */
  size_t n_rules;
};

/* ---- making terms: the equal one, if there is, folded where all operands are constant ---- */

/* Completes and interns `draft`, whose args may be on the caller's stack. NULL: out of memory. */
rule_term *rule_intern(gy_rule_set *set, const rule_term *draft);
/* A term of `op` over args; the type of numbers' bounds is filled in. */
rule_term *rule_make(gy_rule_set *set, rule_op op, gy_rule_type type, rule_term *const *args, size_t n);
rule_term *rule_make_with(gy_rule_set *set, rule_op op, gy_rule_type type, rule_term *a, int64_t integer);
rule_term *rule_number(gy_rule_set *set, double number);
rule_term *rule_truth(gy_rule_set *set, bool truth);
rule_term *rule_moment(gy_rule_set *set, gy_rule_type type, int64_t integer);
rule_term *rule_and(gy_rule_set *set, rule_term *a, rule_term *b); /* either may be NULL: the other */
rule_term *rule_aggregate_term(gy_rule_set *set, const rule_aggregate *aggregate, gy_rule_type type);
rule_term *rule_population_term(gy_rule_set *set, const rule_population *population);

static inline bool rule_is_constant(const rule_term *term) { return term->op == RULE_OP_CONSTANT; }

gy_rule_type rule_storage_type(gy_rule_storage storage);
const char *rule_type_name(gy_rule_type type);

static inline const gy_rule_column *rule_column_of(const gy_rule_set *set, int scope, int64_t column) {
  return scope >= 0 ? &set->catalogue->tables[scope].columns[column] : &set->catalogue->columns[column];
}

/* Whatever is needed by what is `reached`, by term. */
void rule_reach(const gy_rule_set *set, bool *reached);
/* Marks what the roots need. False: no memory. */
bool rule_mark_used(gy_rule_set *set, rule_term *const *roots, size_t n);

/* A set without rules. */
GY_MUST_USE gy_status rule_set_init(const gy_rule_catalogue *catalogue, const gy_rule_clock *clock,
                                    size_t n_rules, gy_rule_set **set, gy_error *err);
/* Copies reached terms into another set of the same catalogue; `copies` by term. False: no memory. */
bool rule_copy_terms(const gy_rule_set *from, const bool *reached, gy_rule_set *to, rule_term **copies);

/* By term: whether its value needs rows, of tables or aggregated ones; to be freed. NULL: no memory. */
bool *rule_row_terms(const gy_rule_set *set);
/* Whether its value is of the customer alone, so that a signature holds it. */
bool rule_is_signed(const rule_term *term, const bool *rows);

/* The column that `time` names; -1: the table has none. */
int rule_time_column(const gy_rule_table *table);

#endif
