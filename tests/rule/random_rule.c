/* SPDX-License-Identifier: Apache-2.0
 *
 * One function a type; `where` is the table whose rows are looked at, or PEOPLE. */
#include "random_rule.h"

enum { PEOPLE = -1, ORDERS, EVENTS };

typedef struct generator {
  gy_rng *rng;
  gy_buffer *out;
  int where, depth;
  bool ranked; /* inside a function over all customers */
} generator;

#define PICK(g, list) list[gy_rng_below((g)->rng, sizeof(list) / sizeof *(list))]
#define ONE_IN(g, n)  (gy_rng_below((g)->rng, n) == 0)
#define PUT(...)      gy_buffer_printf(g->out, __VA_ARGS__)

static void condition(generator *g);
static void number(generator *g);
static void text(generator *g);
static void moment(generator *g);
static void day(generator *g);

static const char *const UNITS[] = {"days", "weeks", "months", "years", "quarters"};
static const char *const CONSTANT_TEXTS[] = {
    "'서울'", "'Seoul'",         "''",        "'O''Brien'",    "'50%'",
    "'café'", "'Product Added'", "'At Risk'", "'back\\slash'", "'\n'"};
static const char *const DATES[] = {"2026-11-22",      "2026-11-01",           "2025-03-09", "2026-03-08",
                                    "2024-02-29",      "2026-01-01",           "today",      "yesterday",
                                    "holiday('추석')", "holiday('설날', 2025)"};
static const char *const MOMENTS[] = {"now",
                                      "3 hours ago",
                                      "7 days ago",
                                      "1 months ago",
                                      "2026-11-01T01:30",
                                      "2026-03-08T02:30",
                                      "2026-11-22T03:04:05.000006"};
static const char *const COMPARE[] = {"=", "!=", "<", "<=", ">", ">="};

static void window(generator *g) {
  static const char *const SPANS[] = {"this", "previous"},
                           *const SINGULAR[] = {"day", "week", "month", "quarter", "year"},
                           *const ENDS[] = {"since", "until", "before", "after", "on"};
  switch (gy_rng_below(g->rng, 5)) {
    case 0:
      PUT("last %d %s", (int)gy_rng_below(g->rng, 40), PICK(g, UNITS));
      break;
    case 1:
      PUT("%s %s", PICK(g, SPANS), PICK(g, SINGULAR));
      break;
    case 2:
      PUT("%s %s", PICK(g, ENDS), PICK(g, DATES));
      break;
    case 3:
      PUT("from %s to %s", PICK(g, DATES), PICK(g, DATES));
      break;
    default:
      PUT("%s", ONE_IN(g, 2) ? "today" : "last 90 days");
  }
}

/* A window for timestamps only: its ends may be instants. */
static void instant_window(generator *g) {
  if (ONE_IN(g, 3))
    PUT("since %s", PICK(g, MOMENTS));
  else if (ONE_IN(g, 4))
    PUT("last %d hours", (int)gy_rng_below(g->rng, 100));
  else
    window(g);
}

static void rows_condition(generator *g, int table) {
  generator inner = {g->rng, g->out, table, g->depth + 2, false};
  condition(&inner);
}

static void maybe_where(generator *g, int table) {
  if (!ONE_IN(g, 2)) return;
  PUT(" where ");
  rows_condition(g, table);
}

static void maybe_window(generator *g) {
  if (!ONE_IN(g, 2)) return;
  PUT(", ");
  instant_window(g);
}

static void aggregate(generator *g) {
  static const char *const NAMES[] = {"orders", "events"}, *const FUNCTIONS[] = {"sum",  "avg",      "min",
                                                                                 "max",  "distinct", "first",
                                                                                 "last", "count"};
  static const char *const VALUES[2][3] = {{"orders.amount", "orders.quantity", "orders.weight"},
                                           {"events.value", "events.value", "events.value * 2"}};
  int table = (int)gy_rng_below(g->rng, 2);
  switch (gy_rng_below(g->rng, 6)) {
    case 0: {
      int second = (int)gy_rng_below(g->rng, 2);
      PUT("count(%s", NAMES[table]);
      maybe_where(g, table);
      PUT(ONE_IN(g, 2) ? " then " : " without ");
      PUT("%s", NAMES[second]);
      maybe_where(g, second);
      PUT(" within %d %s", 1 + (int)gy_rng_below(g->rng, 40), ONE_IN(g, 2) ? "days" : "hours");
      break;
    }
    case 1:
      PUT("count(%s", NAMES[table]);
      maybe_where(g, table);
      break;
    case 2:
      PUT("distinct(%s", table == ORDERS ? "orders.category" : "events.page");
      maybe_where(g, table);
      break;
    default:
      PUT("%s(%s", PICK(g, FUNCTIONS), VALUES[table][gy_rng_below(g->rng, 3)]);
      maybe_where(g, table);
  }
  maybe_window(g);
  PUT(")");
}

static void number_column(generator *g) {
  static const char *const OF_PEOPLE[] = {"recency_days",   "orders_count",           "monetary",
                                          "discount_share", "\"odd \"\"name\"\" 1\"", "score('churn')"};
  static const char *const OF_ORDERS[] = {"amount", "quantity", "weight", "orders.amount"};
  PUT("%s", g->where == PEOPLE ? PICK(g, OF_PEOPLE) : g->where == ORDERS ? PICK(g, OF_ORDERS) : "value");
}

static void population(generator *g) {
  static const char *const FUNCTIONS[] = {"percentile", "rank", "zscore", "ntile"}, *const GROUPS[] = {
                                                                                        "region", "rfm",
                                                                                        "email_opt_in",
                                                                                        "orders_count",
                                                                                        "birthday"};
  const char *function = PICK(g, FUNCTIONS);
  g->ranked = true;
  PUT("%s(", function);
  number(g);
  PUT(" + monetary * 0");
  if (function == FUNCTIONS[3]) PUT(", %d", 1 + (int)gy_rng_below(g->rng, 20));
  if (ONE_IN(g, 2)) PUT(" by %s", PICK(g, GROUPS));
  PUT(")");
  g->ranked = false;
}

static void date_number(generator *g) {
  static const char *const PARTS[] = {"year", "month", "day", "weekday", "days_since"};
  if (ONE_IN(g, 4)) {
    PUT("hour(");
    moment(g);
    PUT(")");
  } else if (ONE_IN(g, 3)) {
    PUT("(");
    day(g);
    PUT(" - (");
    day(g);
    PUT("))");
  } else {
    PUT("%s(", PICK(g, PARTS));
    day(g);
    PUT(")");
  }
}

static void number(generator *g) {
  static const char *const NUMBERS[] = {"0",   "1", "2.5", "0.1",    "100",
                                        "1e6", "7", "-3",  "0.0001", "12345.6789"},
                           *const SIGNS[] = {"+", "-", "*", "/"}, *const UNARY[] = {"abs", "floor", "ceil"};
  uint64_t kind = g->depth > 4 ? gy_rng_below(g->rng, 2) : gy_rng_below(g->rng, 9);
  g->depth++;
  switch (kind) {
    case 0:
      PUT("%s", PICK(g, NUMBERS));
      break;
    case 2:
      PUT("(");
      number(g);
      PUT(" %s ", PICK(g, SIGNS));
      number(g);
      PUT(")");
      break;
    case 3:
      PUT("%s(", PICK(g, UNARY));
      number(g);
      PUT(")");
      break;
    case 4:
      PUT(ONE_IN(g, 2) ? "least(" : ONE_IN(g, 2) ? "greatest(" : "coalesce(");
      number(g);
      PUT(", ");
      number(g);
      PUT(")");
      break;
    case 5:
      if (g->where == PEOPLE)
        aggregate(g);
      else
        number_column(g);
      break;
    case 6:
      date_number(g);
      break;
    case 7:
      PUT("length(");
      text(g);
      PUT(")");
      break;
    case 8:
      if (g->where == PEOPLE && !g->ranked)
        population(g);
      else
        number_column(g);
      break;
    default:
      number_column(g);
  }
  g->depth--;
}

static void text(generator *g) {
  static const char *const OF_PEOPLE[] = {"region",
                                          "지역",
                                          "lifecycle",
                                          "cluster('style')",
                                          "region",
                                          "last(orders.category)",
                                          "first(events.page, last 90 days)",
                                          "coalesce(region, lifecycle, 'x')"};
  static const char *const OF_EVENTS[] = {"event", "page"};
  PUT("%s", g->where == PEOPLE ? PICK(g, OF_PEOPLE) : g->where == ORDERS ? "category" : PICK(g, OF_EVENTS));
}

static void moment(generator *g) {
  static const char *const OF_PEOPLE[] = {"first_order_at", "last_order_at", "last_order_at + 5 hours",
                                          "max(orders.ordered_at)",
                                          "min(events.occurred_at where page is null)"};
  PUT("%s", g->where == PEOPLE ? PICK(g, OF_PEOPLE) : g->where == ORDERS ? "ordered_at" : "occurred_at");
}

static void day(generator *g) {
  switch (gy_rng_below(g->rng, 4)) {
    case 0:
      PUT("%s", g->where == PEOPLE ? "birthday" : g->where == ORDERS ? "delivered" : "date(occurred_at)");
      break;
    case 1:
      PUT("date(");
      moment(g);
      PUT(")");
      break;
    case 2:
      PUT("%s %s %d %s",
          g->where == PEOPLE   ? "birthday"
          : g->where == ORDERS ? "delivered"
                               : "date(occurred_at)",
          ONE_IN(g, 2) ? "+" : "-", (int)gy_rng_below(g->rng, 50), PICK(g, UNITS));
      break;
    default:
      PUT("date(%s)", g->where == PEOPLE   ? "last_order_at"
                      : g->where == ORDERS ? "ordered_at"
                                           : "occurred_at");
  }
}

static void text_condition(generator *g) {
  static const char *const PATTERNS[] = {"'%o%'",   "'_e%'", "'서_'", "'50\\%'",
                                         "'%\\_b'", "'%'",   "'a__'", "'back\\\\%'"};
  static const char *const EXPRESSIONS[] = {"'^[A-Z]'", "'(o|e)+u?l$'",   "'[^a-z ]{2,}'", "'\\\\\\\\'",
                                            "'.'",      "'\\d\\W|서.?$'", "'^$|k.s'",      "'\\s\\w+'"};
  text(g);
  switch (gy_rng_below(g->rng, 4)) {
    case 0:
      PUT(" %s %s", PICK(g, COMPARE), PICK(g, CONSTANT_TEXTS));
      break;
    case 1:
      PUT("%s like %s", ONE_IN(g, 3) ? " not" : "", PICK(g, PATTERNS));
      break;
    case 2:
      PUT("%s matches %s", ONE_IN(g, 3) ? " not" : "", PICK(g, EXPRESSIONS));
      break;
    default:
      PUT("%s in (%s, %s, %s)", ONE_IN(g, 3) ? " not" : "", PICK(g, CONSTANT_TEXTS), PICK(g, CONSTANT_TEXTS),
          PICK(g, CONSTANT_TEXTS));
  }
}

static void time_condition(generator *g) {
  switch (gy_rng_below(g->rng, 5)) {
    case 0:
      moment(g);
      PUT("%s in ", ONE_IN(g, 3) ? " not" : "");
      instant_window(g);
      break;
    case 1:
      day(g);
      PUT("%s in ", ONE_IN(g, 3) ? " not" : "");
      window(g);
      break;
    case 2:
      moment(g);
      PUT(" %s %s", PICK(g, COMPARE), ONE_IN(g, 2) ? PICK(g, DATES) : PICK(g, MOMENTS));
      break;
    case 3:
      moment(g);
      PUT(" - ");
      moment(g);
      PUT(" %s %d days", PICK(g, COMPARE), (int)gy_rng_below(g->rng, 300));
      break;
    default:
      day(g);
      PUT(" %s ", PICK(g, COMPARE));
      if (ONE_IN(g, 2))
        day(g);
      else
        moment(g);
  }
}

static void people_condition(generator *g) {
  static const char *const SIMPLE[] = {"email_opt_in",
                                       "in_segment('vip')",
                                       "loyal",
                                       "big_spender",
                                       "random_bucket('spring', 10) < 3",
                                       "random_bucket('a:''b', 7) in (0, 3)",
                                       "rfm in ('Champions', 'At Risk')",
                                       "exists(orders where gift)",
                                       "lifecycle in ('At Risk', 'Champions')",
                                       "cluster('style') is null",
                                       "score('churn') >= 0.5",
                                       "rfm != 'Loyal'"};
  PUT("%s", PICK(g, SIMPLE));
}

static void leaf(generator *g) {
  switch (gy_rng_below(g->rng, 7)) {
    case 0:
      text_condition(g);
      break;
    case 1:
    case 2:
      time_condition(g);
      break;
    case 3:
      if (g->where == PEOPLE)
        people_condition(g);
      else
        PUT("%s", g->where == ORDERS ? "gift" : "event = 'Product Added'");
      break;
    case 4:
      number(g);
      PUT("%s between ", ONE_IN(g, 3) ? " not" : "");
      number(g);
      PUT(" and ");
      number(g);
      break;
    case 5:
      number(g);
      PUT(" is%s null", ONE_IN(g, 2) ? " not" : "");
      break;
    default:
      number(g);
      PUT(" %s ", PICK(g, COMPARE));
      number(g);
  }
}

static void condition(generator *g) {
  if (g->depth > 3 || ONE_IN(g, 3)) {
    leaf(g);
    return;
  }
  g->depth++;
  switch (gy_rng_below(g->rng, 4)) {
    case 0:
      PUT("not (");
      condition(g);
      PUT(")");
      break;
    case 1:
      leaf(g);
      break;
    default: {
      const char *word = ONE_IN(g, 2) ? "and" : "or";
      PUT("(");
      condition(g);
      for (uint64_t n = gy_rng_below(g->rng, 3) + 1; n > 0; n--) {
        PUT(" %s ", word);
        condition(g);
      }
      PUT(")");
    }
  }
  g->depth--;
}

void random_rule(gy_rng *rng, gy_buffer *out) {
  generator g = {rng, out, PEOPLE, 0, false};
  condition(&g);
}
