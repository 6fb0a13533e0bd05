/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree of a parsed rule. A node has a kind, a place in the text and operands; what else it holds depends
 * on the kind, as listed. Trees live in their rule's arena and are never changed. */
#ifndef GYEOL_RULE_RULE_AST_H
#define GYEOL_RULE_RULE_AST_H

#include "base/arena.h"
#include "base/buffer.h"
#include "rule/rule.h"

typedef enum rule_kind {
  RULE_AST_NUMBER,    /* number */
  RULE_AST_TEXT,      /* text */
  RULE_AST_BOOL,      /* integer 0 or 1 */
  RULE_AST_DATE,      /* integer: day number */
  RULE_AST_TIMESTAMP, /* integer: microseconds of local time */
  RULE_AST_DURATION,  /* integer of unit; or the name of a macro's parameter instead of the integer */
  RULE_AST_AGO,       /* the same, before now */
  RULE_AST_NOW,       /* now */
  RULE_AST_TODAY,     /* integer: days from today on */
  RULE_AST_NAME,      /* text; qualifier where it is table.column */
  RULE_AST_NEGATE,    /* -a */
  RULE_AST_NOT,       /* not a */
  RULE_AST_BINARY,    /* a op b */
  RULE_AST_AND,       /* two and more */
  RULE_AST_OR,        /* two and more */
  RULE_AST_IS_NULL,   /* a; negated */
  RULE_AST_IN,        /* a, then the list; negated */
  RULE_AST_IN_WINDOW, /* a, window; negated */
  RULE_AST_BETWEEN,   /* a, low, high; negated */
  RULE_AST_LIKE,      /* a, pattern; negated */
  RULE_AST_MATCHES,   /* a, pattern; negated */
  RULE_AST_CALL,      /* text; arguments; the last of them a group where `grouped` */
  RULE_AST_WINDOW,    /* window, integer, unit; one or two instants; `last` may have a parameter as a duration
                         has */
  RULE_AST_ROWS,      /* what is taken of rows (a table's name or an expression), where (may be NULL) */
  RULE_AST_AGGREGATE, /* aggregate; rows, window (may be NULL), and of a sequence: second rows, duration */
} rule_kind;

typedef enum rule_operator {
  RULE_ADD,
  RULE_SUBTRACT,
  RULE_MULTIPLY,
  RULE_DIVIDE,
  RULE_EQUAL,
  RULE_UNEQUAL,
  RULE_LESS,
  RULE_AT_MOST,
  RULE_GREATER,
  RULE_AT_LEAST,
} rule_operator;

typedef enum rule_unit {
  RULE_SECOND,
  RULE_MINUTE,
  RULE_HOUR,
  RULE_DAY,
  RULE_WEEK,
  RULE_MONTH,
  RULE_QUARTER,
  RULE_YEAR,
  RULE_UNITS
} rule_unit;

typedef enum rule_window {
  RULE_LAST,     /* last N units */
  RULE_THIS,     /* this unit */
  RULE_PREVIOUS, /* previous unit */
  RULE_SINCE,
  RULE_UNTIL,
  RULE_BEFORE,
  RULE_AFTER,
  RULE_ON,
  RULE_FROM, /* from a to b */
  RULE_WINDOWS
} rule_window;

typedef enum rule_aggregate_kind {
  RULE_COUNT,
  RULE_SUM,
  RULE_AVERAGE,
  RULE_MIN,
  RULE_MAX,
  RULE_DISTINCT,
  RULE_FIRST,
  RULE_LATEST,
  RULE_EXISTS,
  RULE_AGGREGATES
} rule_aggregate_kind;

typedef enum rule_sequence { RULE_ALONE, RULE_THEN, RULE_WITHOUT } rule_sequence;

/* Where a tree comes from that a macro was expanded to: its nodes are those of the macro's text, and in place
 * of parameters those of the caller's. Trees as they were parsed have none. */
typedef struct rule_origin {
  const struct gy_rule *rule; /* whose text `at` points into */
  const void *macro;          /* NULL: the caller's own nodes */
  const struct rule_origin *caller;
  int depth;
} rule_origin;

typedef struct rule_ast rule_ast;
struct rule_ast {
  rule_kind kind;
  uint32_t at; /* byte in the text */
  uint16_t depth;
  bool negated;
  bool grouped;
  uint8_t what; /* rule_operator, rule_window or rule_aggregate_kind */
  uint8_t unit; /* rule_unit */
  uint8_t sequence;
  uint32_t n;
  rule_ast **args;
  int64_t integer;
  double number;
  gy_rule_text text, qualifier; /* NUL-terminated */
  const rule_origin *origin;
};

enum { RULE_ROWS_A, RULE_ROWS_WINDOW, RULE_ROWS_B, RULE_ROWS_WITHIN, RULE_ROWS_ARGS };

struct gy_rule {
  gy_arena arena;
  const char *source; /* a copy; NUL-terminated */
  size_t length;
  rule_ast *root;
  size_t n_nodes; /* of the tree */
};

bool rule_ast_equal(const rule_ast *a, const rule_ast *b);
GY_MUST_USE gy_status rule_ast_print(const rule_ast *root, char **text, gy_error *err);

/* Pieces of canonical text. */
void rule_print_node(gy_buffer *out, const rule_ast *node);
/* What a comparison asks of its operand `subject`: ">= 3". */
void rule_print_wanted(gy_buffer *out, const rule_ast *node, size_t subject);
void rule_print_window(gy_buffer *out, const rule_ast *window);
void rule_print_number(gy_buffer *out, double number);
void rule_print_date(gy_buffer *out, int64_t day_number);
void rule_print_timestamp(gy_buffer *out, int64_t local_us);
void rule_print_quoted(gy_buffer *out, gy_rule_text text, char mark);

/* Names of the language, canonical first; the same order as the enums. NULL past the end. */
const char *rule_unit_name(rule_unit unit);
const char *rule_window_name(rule_window window);
const char *rule_aggregate_name(rule_aggregate_kind aggregate);

/* -1: no such name. Units know plurals and Korean. */
int rule_unit_find(gy_rule_text name);
int rule_window_find(gy_rule_text name);
int rule_aggregate_find(gy_rule_text name);
bool rule_word_is(gy_rule_text name, const char *word); /* ASCII case aside */
bool rule_is_reserved(gy_rule_text name);

/* ---- messages ---- */

/* Fails with "line 1, column 5: ..." and the line with a caret below it. */
gy_status rule_fail(gy_error *err, gy_status code, const char *source, size_t length, size_t at,
                    const char *format, ...) GY_PRINTF(6, 7);

/* The nearest of candidates, fed one by one. */
typedef struct rule_suggestion {
  gy_rule_text wanted;
  const char *best;
  int distance;
} rule_suggestion;

void rule_suggest(rule_suggestion *suggestion, const char *candidate);
/* "; did you mean 'x'?" or "", in `room` */
const char *rule_suggested(const rule_suggestion *suggestion, char *room, size_t bytes);

#endif
