/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers are DOUBLE PRECISION throughout, and texts have the collation "C" in PostgreSQL, which DuckDB has
 * anyway. Names and texts of rules are quoted here and nowhere else: standard quotes, doubled inside. */
#include <inttypes.h>
#include <string.h>

#include "base/civil.h"
#include "rule/rule_sql.h"

/* The few expressions that the two write differently; %s is the operand. */
typedef struct forms {
  const char *nfc, *nfc_end, *text, *text_end;
  const char *matches, *matches_end;
  const char *micros_between, *micros_end;
  const char *bucket, *bucket_end;
} forms;

static const forms FORMS[] = {
    [GY_RULE_DUCKDB] = {"nfc_normalize(", ")", "CAST(", " AS VARCHAR)", ", ", ", 's')", "epoch_us(", ")",
                        "CAST('0x' || substr(sha256(", "), 1, 8) AS BIGINT)"},
    [GY_RULE_POSTGRES] = {"(normalize(CAST(", " AS TEXT), NFC) COLLATE \"C\")", "(CAST(",
                          " AS TEXT) COLLATE \"C\")", " ~ ", "", "CAST(extract(epoch FROM ",
                          ") * 1000000 AS BIGINT)", "CAST(CAST('x' || substr(encode(sha256(convert_to(",
                          ", 'UTF8')), 'hex'), 1, 8) AS BIT(32)) AS BIGINT)"},
};

#define OUT(...) gy_buffer_printf(&sql->out, __VA_ARGS__)

static void put(rule_sql *sql, const char *text) { gy_buffer_text(&sql->out, text); }

static void put_quoted(rule_sql *sql, const char *text, size_t length, char mark) {
  gy_buffer_append(&sql->out, &mark, 1);
  for (size_t i = 0; i < length; i++) {
    if (text[i] == mark) gy_buffer_append(&sql->out, &mark, 1);
    gy_buffer_append(&sql->out, text + i, 1);
  }
  gy_buffer_append(&sql->out, &mark, 1);
}

void rule_sql_identifier(rule_sql *sql, const char *name) { put_quoted(sql, name, strlen(name), '"'); }
void rule_sql_literal(rule_sql *sql, gy_rule_text text) { put_quoted(sql, text.data, text.length, '\''); }

static void put_date(rule_sql *sql, int64_t day_number) {
  int64_t year;
  int month, day;
  gy_civil_date(day_number, &year, &month, &day);
  OUT("%04d-%02d-%02d", (int)year, month, day);
}

void rule_sql_timestamp(rule_sql *sql, int64_t micros) {
  int64_t day = rule_day_of(micros), rest = micros - day * RULE_DAY_US;
  int second = (int)(rest / 1000000);
  put(sql, "TIMESTAMP '");
  put_date(sql, day);
  OUT(" %02d:%02d:%02d.%06d'", second / 3600, second / 60 % 60, second % 60, (int)(rest % 1000000));
}

static const char *type_of(gy_rule_type type) {
  static const char *const TYPES[] = {"DOUBLE PRECISION", "VARCHAR",         "BOOLEAN", "DATE",
                                      "TIMESTAMP",        "DOUBLE PRECISION"};
  return TYPES[type];
}

static void put_constant(rule_sql *sql, const rule_term *term) {
  if (term->is_null) {
    OUT("CAST(NULL AS %s)", type_of(term->type));
    return;
  }
  switch (term->type) {
    case GY_RULE_NUMBER:
    case GY_RULE_DURATION:
      OUT("CAST('%.17g' AS DOUBLE PRECISION)", term->number);
      break;
    case GY_RULE_TEXT:
      rule_sql_literal(sql, term->text);
      break;
    case GY_RULE_BOOL:
      put(sql, term->integer != 0 ? "TRUE" : "FALSE");
      break;
    case GY_RULE_TIMESTAMP:
      rule_sql_timestamp(sql, term->integer);
      break;
    case GY_RULE_DATE:
      put(sql, "DATE '");
      put_date(sql, term->integer);
      put(sql, "'");
  }
}

static void put_list(rule_sql *sql, rule_term *const *args, size_t n, const char *between) {
  for (size_t i = 0; i < n; i++) {
    if (i > 0) put(sql, between);
    rule_sql_term(sql, args[i]);
  }
}

/* before a between b ... after */
static void put_around(rule_sql *sql, const rule_term *term, const char *before, const char *between,
                       const char *after) {
  put(sql, before);
  put_list(sql, term->args, term->n, between);
  put(sql, after);
}

/* Binary search in the zone's changes [low, high): the offset of the operand. */
static void put_offset(rule_sql *sql, const rule_term *moment, size_t low, size_t high) {
  const rule_zone *zone = &sql->set->zone;
  if (low == high) {
    OUT("INTERVAL '%" PRId64 " seconds'",
        (low == 0 ? zone->first_offset_us : zone->offset_us[low - 1]) / 1000000);
    return;
  }
  size_t middle = low + (high - low) / 2;
  put(sql, "CASE WHEN ");
  rule_sql_term(sql, moment);
  put(sql, " < ");
  rule_sql_timestamp(sql, zone->change_us[middle]);
  put(sql, " THEN ");
  put_offset(sql, moment, low, middle);
  put(sql, " ELSE ");
  put_offset(sql, moment, middle + 1, high);
  put(sql, " END");
}

static void put_local(rule_sql *sql, const rule_term *moment, const char *before, const char *after) {
  put(sql, before);
  rule_sql_term(sql, moment);
  put(sql, " + ");
  put_offset(sql, moment, 0, sql->set->zone.n_changes);
  put(sql, after);
}

static void put_extreme(rule_sql *sql, const rule_term *term) {
  put_around(sql, term, "(CASE WHEN ", " IS NULL OR ", " IS NULL THEN NULL ELSE ");
  put_around(sql, term, term->op == RULE_OP_LEAST ? "least(" : "greatest(", ", ", ") END)");
}

static void put_text_test(rule_sql *sql, const rule_term *term) {
  const forms *f = &FORMS[sql->dialect];
  bool like = term->op == RULE_OP_LIKE;
  put(sql, like || sql->dialect == GY_RULE_POSTGRES ? "(" : "regexp_matches(");
  rule_sql_term(sql, term->args[0]);
  put(sql, like ? " LIKE " : f->matches);
  rule_sql_literal(sql, term->text);
  if (!like && sql->dialect == GY_RULE_DUCKDB)
    put(sql, f->matches_end);
  else
    put(sql, like && memchr(term->text.data, '\\', term->text.length) != NULL ? " ESCAPE '\\')" : ")");
}

static void put_between(rule_sql *sql, const rule_term *term) {
  const forms *f = &FORMS[sql->dialect];
  put(sql, "CAST(");
  for (size_t i = 0; i < 2; i++) {
    put(sql, i > 0 ? " - " : "");
    put(sql, f->micros_between);
    rule_sql_term(sql, term->args[i]);
    put(sql, f->micros_end);
  }
  put(sql, " AS DOUBLE PRECISION)");
}

static void put_bucket(rule_sql *sql, const rule_term *term) {
  const forms *f = &FORMS[sql->dialect];
  put(sql, "CAST(");
  put(sql, f->bucket);
  rule_sql_literal(sql, term->text);
  put(sql, " || ':' || CAST(id AS VARCHAR)");
  put(sql, f->bucket_end);
  OUT(" %% %" PRId64 " AS DOUBLE PRECISION)", term->integer);
}

static void put_in(rule_sql *sql, const rule_term *term) {
  put(sql, "(");
  rule_sql_term(sql, term->args[0]);
  put(sql, " IN (");
  put_list(sql, term->args + 1, term->n - 1, ", ");
  put(sql, "))");
}

static void put_moment(rule_sql *sql, const rule_term *term) {
  switch (term->op) {
    case RULE_OP_LOCAL_DATE:
      put_local(sql, term->args[0], "CAST((", ") AS DATE)");
      break;
    case RULE_OP_LOCAL_HOUR:
      put_local(sql, term->args[0], "CAST(extract(hour FROM (", ")) AS DOUBLE PRECISION)");
      break;
    case RULE_OP_YEAR:
      put_around(sql, term, "CAST(extract(year FROM ", "", ") AS DOUBLE PRECISION)");
      break;
    case RULE_OP_MONTH:
      put_around(sql, term, "CAST(extract(month FROM ", "", ") AS DOUBLE PRECISION)");
      break;
    case RULE_OP_DAY:
      put_around(sql, term, "CAST(extract(day FROM ", "", ") AS DOUBLE PRECISION)");
      break;
    case RULE_OP_WEEKDAY:
      put_around(sql, term, "CAST(extract(isodow FROM ", "", ") AS DOUBLE PRECISION)");
      break;
    case RULE_OP_DAYS_BETWEEN:
      put_around(sql, term, "CAST((", " - ", ") AS DOUBLE PRECISION)");
      break;
    case RULE_OP_ADD_DAYS:
      put_around(sql, term, "(", "", "");
      OUT(" + CAST(%" PRId64 " AS INTEGER))", term->integer);
      break;
    case RULE_OP_ADD_MONTHS:
      put_around(sql, term, "CAST((", "", "");
      OUT(" + INTERVAL '%" PRId64 " months') AS DATE)", term->integer);
      break;
    default:
      put_around(sql, term, "(", "", "");
      OUT(" + INTERVAL '%" PRId64 " microseconds')", term->integer);
  }
}

static void put_number(rule_sql *sql, const rule_term *term) {
  switch (term->op) {
    case RULE_OP_NEGATE:
      put_around(sql, term, "(-", "", ")");
      break;
    case RULE_OP_ADD:
      put_around(sql, term, "(", " + ", ")");
      break;
    case RULE_OP_SUBTRACT:
      put_around(sql, term, "(", " - ", ")");
      break;
    case RULE_OP_MULTIPLY:
      put_around(sql, term, "(", " * ", ")");
      break;
    case RULE_OP_DIVIDE:
      put_around(sql, term, "(", " / NULLIF(", ", 0))");
      break;
    case RULE_OP_ABS:
      put_around(sql, term, "abs(", "", ")");
      break;
    case RULE_OP_FLOOR:
      put_around(sql, term, "floor(", "", ")");
      break;
    case RULE_OP_CEIL:
      put_around(sql, term, "ceil(", "", ")");
      break;
    case RULE_OP_LENGTH:
      put_around(sql, term, "CAST(length(", "", ") AS DOUBLE PRECISION)");
      break;
    default:
      put_extreme(sql, term);
  }
}

void rule_sql_term(rule_sql *sql, const rule_term *term) {
  static const char *const SIGNS[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};
  switch (term->op) {
    case RULE_OP_CONSTANT:
      put_constant(sql, term);
      break;
    case RULE_OP_COLUMN:
      OUT("%s%" PRId64, term->scope >= 0 ? "c" : "a", term->integer);
      break;
    case RULE_OP_AGGREGATE:
      OUT("g%" PRId64, term->integer);
      break;
    case RULE_OP_POPULATION:
      OUT("p%" PRId64, term->integer);
      break;
    case RULE_OP_BUCKET:
      put_bucket(sql, term);
      break;
    case RULE_OP_EQUAL:
    case RULE_OP_UNEQUAL:
    case RULE_OP_LESS:
    case RULE_OP_AT_MOST:
    case RULE_OP_GREATER:
    case RULE_OP_AT_LEAST:
      put_around(sql, term, "(", SIGNS[term->op - RULE_OP_EQUAL], ")");
      break;
    case RULE_OP_AND:
      put_around(sql, term, "(", " AND ", ")");
      break;
    case RULE_OP_OR:
      put_around(sql, term, "(", " OR ", ")");
      break;
    case RULE_OP_NOT:
      put_around(sql, term, "(NOT ", "", ")");
      break;
    case RULE_OP_IS_NULL:
      put_around(sql, term, "(", "", " IS NULL)");
      break;
    case RULE_OP_IN:
      put_in(sql, term);
      break;
    case RULE_OP_LIKE:
    case RULE_OP_MATCHES:
      put_text_test(sql, term);
      break;
    case RULE_OP_COALESCE:
      put_around(sql, term, "coalesce(", ", ", ")");
      break;
    case RULE_OP_MICROS_BETWEEN:
      put_between(sql, term);
      break;
    case RULE_OP_NEGATE:
    case RULE_OP_ADD:
    case RULE_OP_SUBTRACT:
    case RULE_OP_MULTIPLY:
    case RULE_OP_DIVIDE:
    case RULE_OP_ABS:
    case RULE_OP_FLOOR:
    case RULE_OP_CEIL:
    case RULE_OP_LEAST:
    case RULE_OP_GREATEST:
    case RULE_OP_LENGTH:
      put_number(sql, term);
      break;
    default:
      put_moment(sql, term);
  }
}

static void put_name(rule_sql *sql, const gy_rule_column *column, const char *alias) {
  OUT("%s.", alias);
  rule_sql_identifier(sql, column->sql_name != NULL ? column->sql_name : column->name);
}

void rule_sql_column(rule_sql *sql, const gy_rule_column *column, const char *alias) {
  static const char *const LIMITS[] = {"9007199254740992", "900719925474", "1e15"};
  const forms *f = &FORMS[sql->dialect];
  switch (column->storage) {
    case GY_RULE_AS_INTEGER:
    case GY_RULE_AS_EXACT:
    case GY_RULE_AS_REAL:
      put(sql, "CASE WHEN ");
      put_name(sql, column, alias);
      OUT(" BETWEEN -%s AND %s THEN ", LIMITS[column->storage], LIMITS[column->storage]);
      if (column->storage == GY_RULE_AS_REAL) {
        put(sql, "CASE WHEN ");
        put_name(sql, column, alias);
        put(sql, " BETWEEN -1e-15 AND 1e-15 THEN 0 ELSE ");
      }
      put(sql, "CAST(");
      put_name(sql, column, alias);
      put(sql, " AS DOUBLE PRECISION)");
      put(sql, column->storage == GY_RULE_AS_REAL ? " END END" : " END");
      break;
    case GY_RULE_AS_TEXT:
      put(sql, column->is_nfc ? f->text : f->nfc);
      put_name(sql, column, alias);
      put(sql, column->is_nfc ? f->text_end : f->nfc_end);
      break;
    default:
      put_name(sql, column, alias);
  }
}
