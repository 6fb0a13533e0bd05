/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/rule_apply.h"

#include <math.h>
#include <string.h>

#include "base/civil.h"
#include "rule/rule_pattern.h"

typedef struct operands {
  const rule_lane *a, *b;
  rule_lane *out;
  size_t n;
} operands;

#define NUMBERS(lane)  ((const double *)(lane)->data)
#define INTEGERS(lane) ((const int64_t *)(lane)->data)
#define TEXTS(lane)    ((const gy_rule_text *)(lane)->data)
#define TRUTHS(lane)   ((const uint8_t *)(lane)->data)

static void both_valid(const operands *o) {
  for (size_t i = 0; i < o->n; i++) o->out->valid[i] = o->a->valid[i] & o->b->valid[i];
}

int rule_text_order(gy_rule_text a, gy_rule_text b) {
  size_t n = a.length < b.length ? a.length : b.length;
  int order = n > 0 ? memcmp(a.data, b.data, n) : 0;
  return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

int rule_constant_order(const rule_term *a, const rule_term *b) {
  if (a->type == GY_RULE_TEXT) return rule_text_order(a->text, b->text);
  if (a->type == GY_RULE_NUMBER || a->type == GY_RULE_DURATION)
    return (a->number > b->number) - (a->number < b->number);
  return (a->integer > b->integer) - (a->integer < b->integer);
}

/* One loop a sign, so that each is vectorised. */
#define COMPARE_LOOP(sign) \
  for (size_t i = 0; i < n; i++) out[i] = (uint8_t)((x[i] sign y[i]) & valid[i]);
#define COMPARE(type)                                                      \
  static void compare_##type(rule_op op, const operands *o) {              \
    const type *restrict x = o->a->data, *restrict y = o->b->data;         \
    uint8_t *restrict out = o->out->data, *restrict valid = o->out->valid; \
    size_t n = o->n;                                                       \
    switch (op) {                                                          \
      case RULE_OP_EQUAL:                                                  \
        COMPARE_LOOP(==) break;                                            \
      case RULE_OP_UNEQUAL:                                                \
        COMPARE_LOOP(!=) break;                                            \
      case RULE_OP_LESS:                                                   \
        COMPARE_LOOP(<) break;                                             \
      case RULE_OP_AT_MOST:                                                \
        COMPARE_LOOP(<=) break;                                            \
      case RULE_OP_GREATER:                                                \
        COMPARE_LOOP(>) break;                                             \
      default:                                                             \
        COMPARE_LOOP(>=)                                                   \
    }                                                                      \
  }
COMPARE(double)
COMPARE(int64_t)
COMPARE(uint8_t)

static bool holds(rule_op op, int order) {
  switch (op) {
    case RULE_OP_EQUAL:
      return order == 0;
    case RULE_OP_UNEQUAL:
      return order != 0;
    case RULE_OP_LESS:
      return order < 0;
    case RULE_OP_AT_MOST:
      return order <= 0;
    case RULE_OP_GREATER:
      return order > 0;
    default:
      return order >= 0;
  }
}

static void compare_texts(rule_op op, const operands *o) {
  const gy_rule_text *x = TEXTS(o->a), *y = TEXTS(o->b);
  uint8_t *out = o->out->data;
  bool equality = op == RULE_OP_EQUAL || op == RULE_OP_UNEQUAL;
  for (size_t i = 0; i < o->n; i++) {
    int order = equality && x[i].length != y[i].length ? 1 : rule_text_order(x[i], y[i]);
    out[i] = holds(op, order) && o->out->valid[i];
  }
}

static void compare(rule_op op, gy_rule_type type, const operands *o) {
  both_valid(o);
  switch (type) {
    case GY_RULE_NUMBER:
    case GY_RULE_DURATION:
      compare_double(op, o);
      break;
    case GY_RULE_TEXT:
      compare_texts(op, o);
      break;
    case GY_RULE_BOOL:
      compare_uint8_t(op, o);
      break;
    default:
      compare_int64_t(op, o);
  }
}

static void divide(const operands *o) {
  const double *x = NUMBERS(o->a), *y = NUMBERS(o->b);
  double *out = o->out->data;
  for (size_t i = 0; i < o->n; i++) {
    uint8_t valid = o->a->valid[i] & o->b->valid[i] & (y[i] != 0);
    out[i] = valid ? x[i] / y[i] : 0;
    o->out->valid[i] = valid;
  }
}

static void two_numbers(rule_op op, const operands *o) {
  const double *restrict x = NUMBERS(o->a), *restrict y = NUMBERS(o->b);
  double *restrict out = o->out->data;
  both_valid(o);
  switch (op) {
    case RULE_OP_ADD:
      for (size_t i = 0; i < o->n; i++) out[i] = x[i] + y[i];
      break;
    case RULE_OP_SUBTRACT:
      for (size_t i = 0; i < o->n; i++) out[i] = x[i] - y[i];
      break;
    default:
      for (size_t i = 0; i < o->n; i++) out[i] = x[i] * y[i];
  }
}

static void extreme(const rule_term *term, const rule_lane *const *args, size_t n, rule_lane *out) {
  double *best = out->data;
  memcpy(best, args[0]->data, n * sizeof *best);
  memcpy(out->valid, args[0]->valid, n);
  for (size_t k = 1; k < term->n; k++) {
    const double *x = NUMBERS(args[k]);
    for (size_t i = 0; i < n; i++) {
      bool better = term->op == RULE_OP_LEAST ? x[i] < best[i] : x[i] > best[i];
      best[i] = better ? x[i] : best[i];
      out->valid[i] &= args[k]->valid[i];
    }
  }
}

static void one_number(rule_op op, const operands *o) {
  const double *x = NUMBERS(o->a);
  double *out = o->out->data;
  for (size_t i = 0; i < o->n; i++) {
    switch (op) {
      case RULE_OP_NEGATE:
        out[i] = -x[i];
        break;
      case RULE_OP_ABS:
        out[i] = fabs(x[i]);
        break;
      case RULE_OP_FLOOR:
        out[i] = floor(x[i]);
        break;
      default:
        out[i] = ceil(x[i]);
    }
    o->out->valid[i] = o->a->valid[i];
  }
}

static double date_part(rule_op op, int64_t day) {
  int64_t year;
  int month, day_of_month;
  if (op == RULE_OP_WEEKDAY) return (gy_civil_weekday(day) + 6) % 7 + 1;
  gy_civil_date(day, &year, &month, &day_of_month);
  return op == RULE_OP_YEAR ? (double)year : op == RULE_OP_MONTH ? month : day_of_month;
}

static double code_points(gy_rule_text text) {
  size_t n = 0;
  for (size_t i = 0; i < text.length; i++) n += ((unsigned char)text.data[i] & 0xC0) != 0x80;
  return (double)n;
}

/* Days and instants, one operand. */
static void one_moment(const rule_term *term, const rule_zone *zone, const operands *o) {
  const int64_t *x = INTEGERS(o->a);
  double *number = o->out->data;
  int64_t *integer = o->out->data;
  for (size_t i = 0; i < o->n; i++) {
    switch (term->op) {
      case RULE_OP_LOCAL_DATE:
        integer[i] = rule_zone_day(zone, x[i]);
        break;
      case RULE_OP_LOCAL_HOUR: {
        int64_t local = x[i] + rule_zone_offset(zone, x[i]);
        int64_t hour = (local - rule_day_of(local) * RULE_DAY_US) / INT64_C(3600000000);
        number[i] = (double)hour;
        break;
      }
      case RULE_OP_ADD_DAYS:
        integer[i] = x[i] + term->integer;
        break;
      case RULE_OP_ADD_MONTHS:
        integer[i] = rule_add_months(x[i], term->integer);
        break;
      case RULE_OP_ADD_MICROS:
        integer[i] = x[i] + term->integer;
        break;
      default:
        number[i] = date_part(term->op, x[i]);
    }
    o->out->valid[i] = o->a->valid[i];
  }
}

static void between_moments(const operands *o) {
  const int64_t *x = INTEGERS(o->a), *y = INTEGERS(o->b);
  double *out = o->out->data;
  both_valid(o);
  for (size_t i = 0; i < o->n; i++) out[i] = (double)(x[i] - y[i]);
}

/* NULL is 0 in a lane of truths: true where all are known and true, false where any is known and false. */
static void logic(const rule_term *term, const rule_lane *const *args, size_t n, rule_lane *out) {
  bool all = term->op == RULE_OP_AND;
  uint8_t *restrict truth = out->data, *restrict valid = out->valid;
  if (truth != args[0]->data) { /* else the lane goes on with what it has */
    memcpy(truth, args[0]->data, n);
    memcpy(valid, args[0]->valid, n);
  }
  for (size_t k = 1; k < term->n; k++) {
    const uint8_t *restrict x = args[k]->data, *restrict known = args[k]->valid;
    if (all) {
      for (size_t i = 0; i < n; i++) {
        uint8_t is_false = (uint8_t)((valid[i] & ~truth[i]) | (known[i] & ~x[i])) & 1;
        truth[i] &= x[i];
        valid[i] = (uint8_t)((valid[i] & known[i]) | is_false);
      }
    } else {
      for (size_t i = 0; i < n; i++) {
        truth[i] |= x[i];
        valid[i] = (uint8_t)((valid[i] & known[i]) | truth[i]);
      }
    }
  }
}

static void coalesce(const rule_term *term, const rule_lane *const *args, size_t n, rule_lane *out) {
  size_t bytes = rule_value_bytes(term->type);
  memcpy(out->data, args[0]->data, n * bytes);
  memcpy(out->valid, args[0]->valid, n);
  for (size_t k = 1; k < term->n; k++)
    for (size_t i = 0; i < n; i++) {
      if (out->valid[i]) continue;
      memcpy((char *)out->data + i * bytes, (const char *)args[k]->data + i * bytes, bytes);
      out->valid[i] = args[k]->valid[i];
    }
}

static rule_term value_at(gy_rule_type type, const rule_lane *lane, size_t i) {
  rule_term value = {.type = type};
  switch (type) {
    case GY_RULE_NUMBER:
    case GY_RULE_DURATION:
      value.number = NUMBERS(lane)[i];
      break;
    case GY_RULE_TEXT:
      value.text = TEXTS(lane)[i];
      break;
    case GY_RULE_BOOL:
      value.integer = TRUTHS(lane)[i];
      break;
    default:
      value.integer = INTEGERS(lane)[i];
  }
  return value;
}

static void in_list(const rule_term *term, const rule_lane *a, size_t n, rule_lane *out) {
  uint8_t *truth = out->data;
  for (size_t i = 0; i < n; i++) {
    rule_term value = value_at(term->args[0]->type, a, i);
    size_t low = 1, high = term->n;
    bool found = false;
    while (low < high && !found) {
      size_t middle = low + (high - low) / 2;
      int order = rule_constant_order(&value, term->args[middle]);
      found = order == 0;
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
    out->valid[i] = a->valid[i];
    truth[i] = found && a->valid[i];
  }
}

static void constant(const rule_term *term, size_t n, rule_lane *out) {
  memset(out->valid, !term->is_null, n);
  for (size_t i = 0; i < n; i++) {
    switch (term->type) {
      case GY_RULE_NUMBER:
      case GY_RULE_DURATION:
        ((double *)out->data)[i] = term->is_null ? 0 : term->number;
        break;
      case GY_RULE_TEXT:
        ((gy_rule_text *)out->data)[i] = term->is_null ? (gy_rule_text){"", 0} : term->text;
        break;
      case GY_RULE_BOOL:
        ((uint8_t *)out->data)[i] = !term->is_null && term->integer != 0;
        break;
      default:
        ((int64_t *)out->data)[i] = term->is_null ? 0 : term->integer;
    }
  }
}

static void of_text(const rule_term *term, const operands *o) {
  rule_pattern_room room;
  if (term->op == RULE_OP_MATCHES) rule_pattern_room_init(&room);
  for (size_t i = 0; i < o->n; i++) {
    gy_rule_text text = TEXTS(o->a)[i];
    bool known = o->a->valid[i];
    o->out->valid[i] = known;
    if (term->op == RULE_OP_LENGTH)
      ((double *)o->out->data)[i] = code_points(text);
    else
      ((uint8_t *)o->out->data)[i] =
          known && (term->op == RULE_OP_LIKE ? rule_like(term->text, text)
                                             : rule_pattern_matches(term->pattern, &room, text));
  }
}

static void truths(const rule_term *term, const operands *o) {
  uint8_t *truth = o->out->data;
  for (size_t i = 0; i < o->n; i++) {
    uint8_t known = o->a->valid[i];
    truth[i] = term->op == RULE_OP_NOT ? (uint8_t)(known & !TRUTHS(o->a)[i]) : !known;
    o->out->valid[i] = term->op == RULE_OP_NOT ? known : 1;
  }
}

void rule_apply(const rule_term *term, const rule_lane *const *args, size_t n, const rule_zone *zone,
                rule_lane *out) {
  operands o = {.a = term->n > 0 ? args[0] : NULL, .b = term->n > 1 ? args[1] : NULL, .out = out, .n = n};
  switch (term->op) {
    case RULE_OP_CONSTANT:
      constant(term, n, out);
      break;
    case RULE_OP_NEGATE:
    case RULE_OP_ABS:
    case RULE_OP_FLOOR:
    case RULE_OP_CEIL:
      one_number(term->op, &o);
      break;
    case RULE_OP_ADD:
    case RULE_OP_SUBTRACT:
    case RULE_OP_MULTIPLY:
      two_numbers(term->op, &o);
      break;
    case RULE_OP_LEAST:
    case RULE_OP_GREATEST:
      extreme(term, args, n, out);
      break;
    case RULE_OP_DIVIDE:
      divide(&o);
      break;
    case RULE_OP_COALESCE:
      coalesce(term, args, n, out);
      break;
    case RULE_OP_AND:
    case RULE_OP_OR:
      logic(term, args, n, out);
      break;
    case RULE_OP_NOT:
    case RULE_OP_IS_NULL:
      truths(term, &o);
      break;
    case RULE_OP_IN:
      in_list(term, args[0], n, out);
      break;
    case RULE_OP_LIKE:
    case RULE_OP_MATCHES:
    case RULE_OP_LENGTH:
      of_text(term, &o);
      break;
    case RULE_OP_DAYS_BETWEEN:
    case RULE_OP_MICROS_BETWEEN:
      between_moments(&o);
      break;
    case RULE_OP_EQUAL:
    case RULE_OP_UNEQUAL:
    case RULE_OP_LESS:
    case RULE_OP_AT_MOST:
    case RULE_OP_GREATER:
    case RULE_OP_AT_LEAST:
      compare(term->op, term->args[0]->type, &o);
      break;
    default:
      one_moment(term, zone, &o);
  }
}
