/* SPDX-License-Identifier: Apache-2.0
 *
 * A run with other data asks those customers again whose inputs changed. The law: members and their history,
 * with every moment, version and reason, are those that asking everybody leaves. Two copies of one project go
 * through the same changes of files, settings and definitions; one of them is always computed whole. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "project_fixture.h"
#include "support/rounds.h"

TestSuite(segments_narrow, .fini = workspace_remove, .timeout = 800);

enum { FILES = 3, LINES = 400, CUSTOMERS = 240, SEGMENTS = 14 };

typedef struct table {
  const char *name, *header;
  char *lines[FILES][4 * LINES];
  size_t n[FILES];
} table;

typedef struct world {
  gy_rng rng;
  table orders, events;
  int day; /* the last day that has orders */
  int next_order;
  unsigned towns[CUSTOMERS];
} world;

static unsigned below(world *w, unsigned n) { return (unsigned)gy_rng_below(&w->rng, n); }

static void put_day(char *out, size_t size, int day, unsigned second) {
  snprintf(out, size, "2024-%02d-%02d %02u:%02u:00", 1 + day / 28, 1 + day % 28, second / 3600,
           second / 60 % 60);
}

static char *order_line(world *w, int day, unsigned customer) {
  char *line = NULL, at[64];
  put_day(at, sizeof at, day, below(w, 86400));
  cr_assert(asprintf(&line, "%d,c%03u,%s,p%u,cat%u,%d,%u\n", w->next_order++ / 2, customer, at, below(w, 20),
                     below(w, 4), below(w, 12) == 0 ? -1 : (int)(1 + below(w, 3)), 100 + below(w, 900)) > 0);
  return line;
}

static char *event_line(world *w, int day, unsigned customer) {
  static const char *const EVENTS[] = {"Product Viewed", "Product Added", "Order Completed"};
  char *line = NULL, at[64];
  put_day(at, sizeof at, day, below(w, 86400));
  cr_assert(asprintf(&line, "c%03u,%s,%s\n", customer, EVENTS[below(w, 3)], at) > 0);
  return line;
}

static char *random_line(world *w, const table *t, int from_day, int to_day) {
  int day = from_day + (int)below(w, (unsigned)(to_day - from_day + 1));
  unsigned customer = below(w, CUSTOMERS);
  return t == &w->orders ? order_line(w, day, customer) : event_line(w, day, customer);
}

static void store_file(const table *t, size_t f) {
  gy_buffer text;
  gy_buffer_init(&text, 64 << 20);
  gy_buffer_text(&text, t->header);
  for (size_t i = 0; i < t->n[f]; i++) gy_buffer_text(&text, t->lines[f][i]);
  if (t->n[f] == 0)
    (void)!unlink(in_workspace("data/%s-%zu.csv", t->name, f));
  else
    write_text(in_workspace("data/%s-%zu.csv", t->name, f), text.data);
  gy_buffer_clear(&text);
}

static void write_customers(const world *w) {
  gy_buffer text;
  gy_buffer_init(&text, 1 << 20);
  gy_buffer_text(&text, "customer,town\n");
  for (unsigned i = 0; i < CUSTOMERS; i++) gy_buffer_printf(&text, "c%03u,town%u\n", i, w->towns[i]);
  write_text(in_workspace("data/customers.csv"), text.data);
  gy_buffer_clear(&text);
}

static void append(world *w, table *t, size_t f, int from_day, int to_day, unsigned n) {
  for (unsigned i = 0; i < n && t->n[f] < 4 * LINES; i++)
    t->lines[f][t->n[f]++] = random_line(w, t, from_day, to_day);
  store_file(t, f);
}

static void world_make(world *w, uint64_t seed) {
  *w = (world){.day = 200};
  gy_rng_init(&w->rng, seed, 0);
  w->orders = (table){.name = "orders", .header = "order,customer,time,product,category,quantity,price\n"};
  w->events = (table){.name = "events", .header = "customer,event,time\n"};
  cr_assert_eq(gy_dir_create(in_workspace("data"), NULL), GY_OK);
  for (size_t f = 0; f < FILES; f++) {
    append(w, &w->orders, f, 0, w->day, LINES);
    append(w, &w->events, f, 0, w->day, LINES);
  }
  for (unsigned i = 0; i < CUSTOMERS; i++) w->towns[i] = below(w, 5);
  write_customers(w);
}

static void world_clear(world *w) {
  for (size_t f = 0; f < FILES; f++) {
    for (size_t i = 0; i < w->orders.n[f]; i++) free(w->orders.lines[f][i]);
    for (size_t i = 0; i < w->events.n[f]; i++) free(w->events.lines[f][i]);
  }
}

/* ---- changes ---- */

static void settings(const char *further) {
  char text[2000];
  snprintf(text, sizeof text,
           "name: shop\nlanguage: en\n%ssources:\n"
           "  - name: orders\n    target: order_items\n    files: [\"../data/orders-*.csv\"]\n    format: "
           "csv\n    time_format: ymd\n"
           "    columns: {order: order, customer: customer, time: time, product: product, category: "
           "category, quantity: quantity, price: unit_price}\n"
           "  - name: events\n    target: events\n    files: [\"../data/events-*.csv\"]\n    format: csv\n"
           "    time_format: ymd\n    columns: {customer: customer, event: event, time: time}\n"
           "  - name: customers\n    target: customers\n    files: [\"../data/customers.csv\"]\n    format: "
           "csv\n    columns: {customer: customer, town: attribute}\n",
           further);
  write_text(in_workspace("shop/gyeol.yaml"), text);
  write_text(in_workspace("twin/gyeol.yaml"), text);
}

static void define_random(world *w, unsigned i) {
  static const char *const RULES[] = {
      "rule: monetary > %u00 and recency_days < 90\n",
      "rule: count(orders, last %u days) >= 1\n",
      "rule: sum(order_lines.amount, last 40 days) > %u00\n",
      "rule: count(events where event = 'Product Added', last %u days) >= 1\n",
      "rule: distinct(order_lines.category, this month) >= 1 or orders > %u\n",
      "rule: percentile(monetary) > %u\n",
      "rule: exists(events where event = 'Product Viewed', last %u days) and not exists(orders, last 60 "
      "days)\n",
      "rule: max(order_lines.amount) > %u0 and town = 'town1'\n",
      "rule: exists(events where event = 'Product Added' without orders within %u days)\n",
      "rule: days_since(last_order_at) - floor(days_since(last_order_at) / 7) * 7 < 3 and orders >= %u\n",
      "rule: hour(now) < 25 and count(orders) > %u\n",
      "rule: count(orders) * 10 > recency_days + %u\n",
      "rule: town in ('town2', 'town3') and avg(order_lines.quantity) > 1.%u\n",
      "rule: rfm = 'Champions' or random_bucket('x', 50) < %u\n",
  };
  char text[300], name[300];
  unsigned kind = below(w, sizeof RULES / sizeof *RULES + 3);
  if (kind < sizeof RULES / sizeof *RULES)
    snprintf(text, sizeof text, RULES[kind], 1 + below(w, 40));
  else if (i > 0 && kind == sizeof RULES / sizeof *RULES)
    snprintf(text, sizeof text, "rule: in_segment('s%u') and orders > %u\n", below(w, i), below(w, 4));
  else if (kind == sizeof RULES / sizeof *RULES + 1)
    snprintf(text, sizeof text, "exclusive: x\npriority: %u\nrule: orders > %u\n", i, below(w, 5));
  else
    snprintf(text, sizeof text, "list: list.csv\n");
  for (int p = 0; p < 2; p++) {
    snprintf(name, sizeof name, "%s/segments/s%u.yaml", p == 0 ? "shop" : "twin", i);
    write_text(in_workspace("%s", name), text);
  }
}

/* What happens between two runs; its name. */
static const char *change(world *w, unsigned round) {
  table *t = below(w, 2) == 0 ? &w->orders : &w->events;
  size_t f = below(w, FILES);
  switch (below(w, 11)) {
    case 0:
    case 1:
    case 2:
      append(w, t, f, w->day - 30, w->day, 1 + below(w, 4));
      return "lines of the past are added";
    case 3:
      append(w, &w->orders, f, w->day + 1, w->day + 1 + (int)below(w, 5), 3);
      w->day += 6;
      return "later orders are added";
    case 4:
      append(w, &w->events, f, w->day, w->day + 9, 3);
      return "events are added, some later than now";
    case 5:
      for (unsigned i = 0; i < 3 && t->n[f] > 0; i++) {
        size_t at = below(w, (unsigned)t->n[f]);
        free(t->lines[f][at]);
        t->lines[f][at] = random_line(w, t, 0, w->day);
      }
      store_file(t, f);
      return "lines are corrected";
    case 6:
      for (unsigned i = 0; i < 2 && t->n[f] > 100; i++) free(t->lines[f][--t->n[f]]);
      store_file(t, f);
      return "lines are gone";
    case 7:
      for (unsigned i = 0; i < 3; i++) w->towns[below(w, CUSTOMERS)] = below(w, 5);
      write_customers(w);
      return "customers moved";
    case 8:
      define_random(w, below(w, SEGMENTS));
      return "a definition";
    case 9:
      append(w, t, f, w->day - 30, w->day, 2);
      define_random(w, below(w, SEGMENTS));
      return "lines and a definition";
    default:
      settings(round % 2 == 0 ? "cleaning: {returns: exclude}\n" : "");
      append(w, t, f, w->day - 3, w->day, 1);
      return "a setting";
  }
}

/* ---- comparing ---- */

static char *history(const char *project) {
  return project_rows(project,
                      "SELECT s.segment, m.customer_id, CAST(m.entered_at AS VARCHAR), m.entered_version, "
                      "m.entered_reason, CAST(m.exited_at AS VARCHAR), m.exited_version, m.exited_reason "
                      "FROM segment_members AS m JOIN segments AS s USING (segment_no) ORDER BY ALL");
}

static char *states(const char *project) {
  return project_rows(project,
                      "SELECT s.segment, s.version, s.members, (SELECT count(*) FROM segment_members AS m "
                      "WHERE m.segment_no = s.segment_no AND m.exited_at IS NULL), CAST(evaluated_at AS "
                      "VARCHAR), error FROM segments AS s ORDER BY ALL");
}

static void expect_equal(const char *a, const char *b, unsigned round, const char *what) {
  size_t at = 0;
  while (a[at] != '\0' && a[at] == b[at]) at++;
  size_t from = at > 120 ? at - 120 : 0;
  if (a[at] != b[at])
    cr_assert_fail("round %u, %s: asked of some\n%.300s\nof everybody\n%.300s", round, what, a + from,
                   b + from);
}

static bool was_narrow(void) {
  json_t *rows = project_query("shop",
                               "SELECT json_extract_string(detail, '$.asked') AS asked FROM steps "
                               "WHERE step = 'segments'");
  bool narrow = json_is_string(json_object_get(json_array_get(rows, 0), "asked"));
  json_decref(rows);
  return narrow;
}

static void run_both(unsigned round, const char *what) {
  json_decref(project_run("shop", ""));
  json_decref(project_run("twin", "--force"));
  char *some = history("shop"), *all = history("twin");
  expect_equal(some, all, round, what);
  free(some);
  free(all);
  some = states("shop"), all = states("twin");
  expect_equal(some, all, round, what);
  free(some);
  free(all);
}

static void make_projects(world *w) {
  for (int p = 0; p < 2; p++) {
    const char *name = p == 0 ? "shop" : "twin";
    cr_assert_eq(gy_dir_create(in_workspace("%s", name), NULL), GY_OK);
    cr_assert_eq(gy_dir_create(in_workspace("%s/segments", name), NULL), GY_OK);
    write_text(in_workspace("%s/segments/list.csv", name), "c003\nc005\nc007\nnobody\n");
  }
  settings("");
  for (unsigned i = 0; i < SEGMENTS; i++) define_random(w, i);
}

Test(segments_narrow, equals_asking_everybody) {
  unsigned narrow = 0, rounds = ROUNDS(14);
  world w;
  world_make(&w, 5);
  make_projects(&w);
  run_both(0, "the first run");
  for (unsigned round = 1; round <= rounds; round++) {
    char what[200] = "";
    for (unsigned n = 1 + below(&w, 2); n > 0; n--) {
      size_t length = strlen(what);
      snprintf(what + length, sizeof what - length, "%s; ", change(&w, round));
    }
    run_both(round, what);
    narrow += was_narrow();
  }
  cr_expect_gt(narrow, rounds / 3, "%u of %u runs asked some customers only", narrow, rounds);
  fprintf(stderr, "%u of %u runs asked some customers only\n", narrow, rounds);
  world_clear(&w);
}

/* A person who is forgotten leaves no trace, and everybody else stays as asking all would have them. */
Test(segments_narrow, forgetting) {
  world w;
  world_make(&w, 8);
  make_projects(&w);
  run_both(0, "the first run");
  for (unsigned round = 1; round < 4; round++) {
    for (int p = 0; p < 2; p++) {
      process_result done = gyeol_ok("forget c%03u %s", 3 + round, p == 0 ? "shop" : "twin");
      process_clear(&done);
    }
    append(&w, &w.orders, round % FILES, w.day - 9, w.day, 2);
    run_both(round, "forgetting");
    json_t *rows = project_query("shop",
                                 "SELECT (SELECT count(*) FROM segment_inputs WHERE customer_id IN "
                                 "('c004', 'c005', 'c006')) AS inputs FROM segments LIMIT 1");
    cr_expect_eq(int_of(json_array_get(rows, 0), "inputs"), 3 - (json_int_t)round);
    json_decref(rows);
  }
  world_clear(&w);
}
