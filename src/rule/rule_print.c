/* SPDX-License-Identifier: Apache-2.0
 *
 * The canonical text of a tree. Brackets stand where an operand binds looser than its place asks for, and
 * nowhere else, so that parsing gives the tree back. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/buffer.h"
#include "base/civil.h"
#include "rule/rule_ast.h"

enum { TEXT_MOST = 16 * GY_RULE_BYTES_MAX };

/* The powers of rule_parse.c. */
enum {
  ANY = 0,
  OR = 10,
  AND = 20,
  NOT = 30,
  COMPARE = 40,
  ADD = 50,
  MULTIPLY = 60,
  NEGATE = 70,
  PRIMARY = 100
};

static const char *const SIGNS[] = {"+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">="};

static int power_of(const rule_ast *node) {
  switch (node->kind) {
    case RULE_AST_OR:
      return OR;
    case RULE_AST_AND:
      return AND;
    case RULE_AST_NOT:
      return NOT;
    case RULE_AST_NEGATE:
      return NEGATE;
    case RULE_AST_BINARY:
      return node->what <= RULE_SUBTRACT ? ADD : node->what <= RULE_DIVIDE ? MULTIPLY : COMPARE;
    case RULE_AST_IS_NULL:
    case RULE_AST_IN:
    case RULE_AST_IN_WINDOW:
    case RULE_AST_BETWEEN:
    case RULE_AST_LIKE:
    case RULE_AST_MATCHES:
      return COMPARE;
    default:
      return PRIMARY;
  }
}

/* In brackets unless it binds tighter than `power`. */
static void print_above(gy_buffer *out, const rule_ast *node, int power) {
  bool brackets = power_of(node) <= power;
  if (brackets) gy_buffer_text(out, "(");
  rule_print_node(out, node);
  if (brackets) gy_buffer_text(out, ")");
}

void rule_print_quoted(gy_buffer *out, gy_rule_text text, char mark) {
  gy_buffer_append(out, &mark, 1);
  for (size_t i = 0; i < text.length; i++) {
    if (text.data[i] == mark) gy_buffer_append(out, &mark, 1);
    gy_buffer_append(out, text.data + i, 1);
  }
  gy_buffer_append(out, &mark, 1);
}

static bool is_word(gy_rule_text text) {
  for (size_t i = 0; i < text.length;) {
    utf8proc_int32_t c;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)text.data + i, (utf8proc_ssize_t)(text.length - i), &c);
    if (n <= 0) return false;
    utf8proc_category_t category = utf8proc_category(c);
    bool letter = c == '_' || (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO);
    bool part = category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_NL;
    if (!letter && (i == 0 || !part)) return false;
    i += (size_t)n;
  }
  return text.length > 0 && !rule_is_reserved(text);
}

static void print_name(gy_buffer *out, gy_rule_text name) {
  if (is_word(name))
    gy_buffer_append(out, name.data, name.length);
  else
    rule_print_quoted(out, name, '"');
}

/* Whole numbers in full, else the shortest digits that read back as the same double. */
void rule_print_number(gy_buffer *out, double number) {
  size_t start = out->length;
  if (number > -1e15 && number < 1e15 && number == (double)(int64_t)number) {
    gy_buffer_printf(out, "%" PRId64, (int64_t)number);
    return;
  }
  for (int digits = 1; digits <= 17; digits++) {
    out->length = start;
    if (!gy_buffer_printf(out, "%.*g", digits, number) || strtod(out->data + start, NULL) == number) return;
  }
}

void rule_print_date(gy_buffer *out, int64_t day_number) {
  int64_t year;
  int month, day;
  gy_civil_date(day_number, &year, &month, &day);
  gy_buffer_printf(out, "%04d-%02d-%02d", (int)year, month, day);
}

void rule_print_timestamp(gy_buffer *out, int64_t micros) {
  static const int64_t DAY_US = INT64_C(86400000000);
  int64_t day = micros / DAY_US - (micros % DAY_US < 0);
  int64_t rest = micros - day * DAY_US;
  int second = (int)(rest / 1000000);
  rule_print_date(out, day);
  gy_buffer_printf(out, "T%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
  if (rest % 1000000 != 0) gy_buffer_printf(out, ".%06d", (int)(rest % 1000000));
}

static void print_list(gy_buffer *out, rule_ast *const *items, size_t n, const char *between, int power) {
  for (size_t i = 0; i < n; i++) {
    if (i > 0) gy_buffer_text(out, between);
    print_above(out, items[i], power);
  }
}

static void print_call(gy_buffer *out, const rule_ast *node) {
  size_t n = node->n - node->grouped;
  print_name(out, node->text);
  gy_buffer_text(out, "(");
  print_list(out, node->args, n, ", ", ANY - 1);
  if (node->grouped) {
    gy_buffer_text(out, " by ");
    rule_print_node(out, node->args[n]);
  }
  gy_buffer_text(out, ")");
}

/* A number or a macro's parameter. */
static void print_amount(gy_buffer *out, const rule_ast *node) {
  if (node->n > 0)
    print_name(out, node->args[0]->text);
  else
    gy_buffer_printf(out, "%" PRId64, node->integer);
  gy_buffer_text(out, " ");
}

void rule_print_window(gy_buffer *out, const rule_ast *node) {
  gy_buffer_printf(out, "%s ", rule_window_name((rule_window)node->what));
  if (node->what == RULE_LAST) print_amount(out, node);
  if (node->what <= RULE_PREVIOUS) {
    const char *unit = rule_unit_name((rule_unit)node->unit);
    gy_buffer_append(out, unit, strlen(unit) - (node->what != RULE_LAST)); /* this month, last 3 months */
    return;
  }
  print_list(out, node->args, node->n, " to ", COMPARE);
}

static void print_rows(gy_buffer *out, const rule_ast *node) {
  print_above(out, node->args[0], COMPARE);
  if (node->args[1] == NULL) return;
  gy_buffer_text(out, " where ");
  rule_print_node(out, node->args[1]);
}

static void print_aggregate(gy_buffer *out, const rule_ast *node) {
  gy_buffer_printf(out, "%s(", rule_aggregate_name((rule_aggregate_kind)node->what));
  print_rows(out, node->args[RULE_ROWS_A]);
  if (node->sequence != RULE_ALONE) {
    gy_buffer_text(out, node->sequence == RULE_THEN ? " then " : " without ");
    print_rows(out, node->args[RULE_ROWS_B]);
    gy_buffer_text(out, " within ");
    rule_print_node(out, node->args[RULE_ROWS_WITHIN]);
  }
  if (node->args[RULE_ROWS_WINDOW] != NULL) {
    gy_buffer_text(out, ", ");
    rule_print_window(out, node->args[RULE_ROWS_WINDOW]);
  }
  gy_buffer_text(out, ")");
}

/* a [not] word b */
static void print_after_first(gy_buffer *out, const rule_ast *node) {
  const char *negated = node->negated ? " not" : "";
  switch (node->kind) {
    case RULE_AST_IS_NULL:
      gy_buffer_text(out, node->negated ? " is not null" : " is null");
      break;
    case RULE_AST_IN:
      gy_buffer_printf(out, "%s in (", negated);
      print_list(out, node->args + 1, node->n - 1, ", ", COMPARE);
      gy_buffer_text(out, ")");
      break;
    case RULE_AST_IN_WINDOW:
      gy_buffer_printf(out, "%s in ", negated);
      rule_print_window(out, node->args[1]);
      break;
    case RULE_AST_BETWEEN:
      gy_buffer_printf(out, "%s between ", negated);
      print_list(out, node->args + 1, 2, " and ", COMPARE);
      break;
    default:
      gy_buffer_printf(out, "%s %s ", negated, node->kind == RULE_AST_LIKE ? "like" : "matches");
      print_above(out, node->args[1], COMPARE);
  }
}

static void print_word_operator(gy_buffer *out, const rule_ast *node) {
  print_above(out, node->args[0], COMPARE);
  print_after_first(out, node);
}

static void print_literal(gy_buffer *out, const rule_ast *node) {
  switch (node->kind) {
    case RULE_AST_NUMBER:
      rule_print_number(out, node->number);
      break;
    case RULE_AST_TEXT:
      rule_print_quoted(out, node->text, '\'');
      break;
    case RULE_AST_BOOL:
      gy_buffer_text(out, node->integer != 0 ? "true" : "false");
      break;
    case RULE_AST_DATE:
      rule_print_date(out, node->integer);
      break;
    case RULE_AST_TIMESTAMP:
      rule_print_timestamp(out, node->integer);
      break;
    case RULE_AST_NOW:
      gy_buffer_text(out, "now");
      break;
    case RULE_AST_TODAY:
      gy_buffer_text(out, node->integer == 0 ? "today" : "yesterday");
      break;
    case RULE_AST_NAME:
      if (node->qualifier.data != NULL) {
        print_name(out, node->qualifier);
        gy_buffer_text(out, ".");
      }
      print_name(out, node->text);
      break;
    default: /* a duration, or how long ago */
      print_amount(out, node);
      gy_buffer_printf(out, "%s%s", rule_unit_name((rule_unit)node->unit),
                       node->kind == RULE_AST_AGO ? " ago" : "");
  }
}

void rule_print_node(gy_buffer *out, const rule_ast *node) {
  switch (node->kind) {
    case RULE_AST_NEGATE:
      gy_buffer_text(out, "-");
      print_above(out, node->args[0], NEGATE); /* -- would be a comment */
      break;
    case RULE_AST_NOT:
      gy_buffer_text(out, "not ");
      print_above(out, node->args[0], NOT - 1);
      break;
    case RULE_AST_BINARY: {
      int power = power_of(node);
      print_above(out, node->args[0], power == COMPARE ? COMPARE : power - 1);
      gy_buffer_printf(out, " %s ", SIGNS[node->what]);
      print_above(out, node->args[1], power);
      break;
    }
    case RULE_AST_AND:
      print_list(out, node->args, node->n, " and ", AND);
      break;
    case RULE_AST_OR:
      print_list(out, node->args, node->n, " or ", OR);
      break;
    case RULE_AST_IS_NULL:
    case RULE_AST_IN:
    case RULE_AST_IN_WINDOW:
    case RULE_AST_BETWEEN:
    case RULE_AST_LIKE:
    case RULE_AST_MATCHES:
      print_word_operator(out, node);
      break;
    case RULE_AST_CALL:
      print_call(out, node);
      break;
    case RULE_AST_WINDOW:
      rule_print_window(out, node);
      break;
    case RULE_AST_ROWS:
      print_rows(out, node);
      break;
    case RULE_AST_AGGREGATE:
      print_aggregate(out, node);
      break;
    default:
      print_literal(out, node);
  }
}

/* The sign that says the same with the sides changed. */
static int mirrored(int sign) {
  switch (sign) {
    case RULE_LESS:
      return RULE_GREATER;
    case RULE_AT_MOST:
      return RULE_AT_LEAST;
    case RULE_GREATER:
      return RULE_LESS;
    case RULE_AT_LEAST:
      return RULE_AT_MOST;
    default:
      return sign;
  }
}

void rule_print_wanted(gy_buffer *out, const rule_ast *node, size_t subject) {
  if (node->kind == RULE_AST_BINARY) {
    gy_buffer_printf(out, "%s ", SIGNS[subject == 0 ? node->what : mirrored(node->what)]);
    print_above(out, node->args[1 - subject], COMPARE);
    return;
  }
  gy_buffer rest;
  gy_buffer_init(&rest, TEXT_MOST);
  print_after_first(&rest, node);
  const char *text = rest.data != NULL ? rest.data : "";
  gy_buffer_text(out, text + (*text == ' '));
  out->failed |= rest.failed;
  gy_buffer_clear(&rest);
}

gy_status rule_ast_print(const rule_ast *root, char **text, gy_error *err) {
  gy_buffer out;
  gy_buffer_init(&out, TEXT_MOST);
  rule_print_node(&out, root);
  char *printed = gy_buffer_take(&out);
  gy_buffer_clear(&out);
  if (printed == NULL) return gy_fail(err, GY_ENOMEM, "no memory to print a rule");
  *text = printed;
  return GY_OK;
}

gy_status gy_rule_print(const gy_rule *rule, char **text, gy_error *err) {
  return rule_ast_print(rule->root, text, err);
}

static bool same_text(gy_rule_text a, gy_rule_text b) {
  return a.length == b.length && (a.data == NULL) == (b.data == NULL) &&
         (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

bool rule_ast_equal(const rule_ast *a, const rule_ast *b) {
  if (a == NULL || b == NULL) return a == b;
  bool same = a->kind == b->kind && a->negated == b->negated && a->grouped == b->grouped &&
              a->what == b->what && a->unit == b->unit && a->sequence == b->sequence && a->n == b->n &&
              a->integer == b->integer && a->number == b->number && same_text(a->text, b->text) &&
              same_text(a->qualifier, b->qualifier);
  for (size_t i = 0; i < a->n && same; i++) same = rule_ast_equal(a->args[i], b->args[i]);
  return same;
}

bool gy_rule_equal(const gy_rule *a, const gy_rule *b) { return rule_ast_equal(a->root, b->root); }
