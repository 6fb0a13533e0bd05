/* SPDX-License-Identifier: Apache-2.0 */
#include "rule_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/civil.h"

static const char *const RFM_NAMES[] = {"Champions", "Loyal", "At Risk", "Hibernating"};

static const gy_rule_column CUSTOMERS[CUSTOMER_COLUMNS] = {
    {.name = "recency_days", .storage = GY_RULE_AS_INTEGER},
    {.name = "orders_count", .storage = GY_RULE_AS_INTEGER},
    {.name = "monetary", .storage = GY_RULE_AS_EXACT},
    {.name = "discount_share", .storage = GY_RULE_AS_REAL},
    {.name = "region", .storage = GY_RULE_AS_TEXT},
    {.name = "지역", .storage = GY_RULE_AS_TEXT, .sql_name = "region"},
    {.name = "email_opt_in", .storage = GY_RULE_AS_BOOL},
    {.name = "birthday", .storage = GY_RULE_AS_DATE},
    {.name = "first_order_at", .storage = GY_RULE_AS_TIMESTAMP},
    {.name = "last_order_at", .storage = GY_RULE_AS_TIMESTAMP},
    {.name = "rfm", .storage = GY_RULE_AS_TEXT, .values = RFM_NAMES, .n_values = 4},
    {.name = "odd \"name\" 1", .storage = GY_RULE_AS_REAL},
    {.name = "churn",
     .kind = GY_RULE_SCORE,
     .storage = GY_RULE_AS_REAL,
     .relation = "scores",
     .sql_name = "churn"},
    {.name = "style",
     .kind = GY_RULE_CLUSTER,
     .storage = GY_RULE_AS_TEXT,
     .relation = "scores",
     .sql_name = "style"},
    {.name = "vip",
     .kind = GY_RULE_SEGMENT,
     .storage = GY_RULE_AS_BOOL,
     .relation = "scores",
     .sql_name = "vip"},
    {.name = "lifecycle", .storage = GY_RULE_AS_TEXT},
};

static const gy_rule_column ORDERS[ORDER_COLUMNS] = {
    {.name = "ordered_at", .storage = GY_RULE_AS_TIMESTAMP}, {.name = "amount", .storage = GY_RULE_AS_EXACT},
    {.name = "quantity", .storage = GY_RULE_AS_INTEGER},     {.name = "weight", .storage = GY_RULE_AS_REAL},
    {.name = "category", .storage = GY_RULE_AS_TEXT},        {.name = "gift", .storage = GY_RULE_AS_BOOL},
    {.name = "delivered", .storage = GY_RULE_AS_DATE},
};

static const gy_rule_column EVENTS[EVENT_COLUMNS] = {
    {.name = "event", .storage = GY_RULE_AS_TEXT},
    {.name = "occurred_at", .storage = GY_RULE_AS_TIMESTAMP},
    {.name = "page", .storage = GY_RULE_AS_TEXT, .is_nfc = true},
    {.name = "value", .storage = GY_RULE_AS_REAL},
};

static const gy_rule_table TABLES[] = {
    {"orders", NULL, "customer_id", "ordered_at", ORDERS, ORDER_COLUMNS},
    {"events", "site_events", "who", "occurred_at", EVENTS, EVENT_COLUMNS},
};

static const gy_rule_macro MACROS[] = {
    {"loyal", "orders_count >= 3 and recency_days <= 60"},
    {"big_spender", "sum(orders.amount, last 90 days) >= 100 -- of the season\n"},
    {"circular", "not circular"},
    {"spent(amount, n)", "sum(orders.amount, last n days) >= amount"},
    {"circles(x)", "not circles(x)"},
    {"both(a, b)", "a and b"},
    {"bought(what, n)", "exists(orders where category = what and is_paid, last n weeks)"},
    {"is_paid", "amount > 0"},
    {"abandoned(n)",
     "exists(events where event = 'Product Added' without events where event = 'Order Completed' within n "
     "hours)"},
};

static const gy_rule_catalogue CATALOGUE = {"customers", "customer_id",
                                            CUSTOMERS,   CUSTOMER_COLUMNS,
                                            TABLES,      2,
                                            MACROS,      sizeof MACROS / sizeof *MACROS};

const gy_rule_catalogue *shop_catalogue(void) { return &CATALOGUE; }

static int64_t now_local(void) {
  return (gy_civil_days(2026, 11, 22) * 86400 + 3 * 3600 + 4 * 60 + 5) * 1000000 + 6;
}

gy_rule_clock shop_clock(const char *name) {
  static gy_zone *zones[8];
  static size_t n;
  for (size_t i = 0; i < n; i++)
    if (strcmp(gy_zone_name(zones[i]), name) == 0) {
      int64_t local = now_local();
      return (gy_rule_clock){local - gy_zone_of_local(zones[i], local / 1000000).offset_s * INT64_C(1000000),
                             zones[i]};
    }
  gy_error err = {0};
  cr_assert_lt(n, 8);
  cr_assert_eq(gy_zone_load(name, &zones[n], &err), GY_OK, "%s", err.text);
  n++;
  return shop_clock(name);
}

/* ---- data ---- */

typedef struct column {
  gy_rule_storage storage;
  size_t n;
  void *data;
  uint64_t *validity;
  bool normal; /* form NFC in SQL as well */
} column;

struct shop {
  size_t n_customers, n_rows[2];
  column customers[CUSTOMER_COLUMNS], rows[2][ORDER_COLUMNS];
  gy_rule_vector customer_vectors[CUSTOMER_COLUMNS], row_vectors[2][ORDER_COLUMNS];
  gy_rule_rows tables[2];
  uint64_t *starts[2];
  gy_rule_text *ids;
  char *id_room;
  gy_rule_data data;
};

/* In memory texts are in form NFC; SQL is given the decomposed one. */
static const char *const TEXTS[] = {
    "서울",       "부산",    "Seoul",         "seoul",           "",
    "O'Brien",    "50%",     "a_b",           "caf\xc3\xa9",     "line\nbreak",
    "Champions",  "At Risk", "Product Added", "Order Completed", "\xf0\x9f\x98\x80 smile",
    "back\\slash"};
enum { N_TEXTS = sizeof TEXTS / sizeof *TEXTS };

static size_t bytes_of(gy_rule_storage storage) {
  switch (storage) {
    case GY_RULE_AS_TEXT:
      return sizeof(gy_rule_text);
    case GY_RULE_AS_BOOL:
      return 1;
    case GY_RULE_AS_DATE:
      return 4;
    default:
      return 8;
  }
}

/* Near now, often on the day's edges and where clocks change. */
static int64_t random_time(gy_rng *rng) {
  static const int64_t EDGES[] = {1772953200, 1793512800, 1772928000, 1793491200, 1764255600};
  int64_t now = shop_clock("Asia/Seoul").now_us;
  switch (gy_rng_below(rng, 6)) {
    case 0:
      return EDGES[gy_rng_below(rng, 5)] * 1000000 + (int64_t)gy_rng_below(rng, 5) - 2;
    case 1:
      return now - (int64_t)gy_rng_below(rng, 40) * 86400000000 + (int64_t)gy_rng_below(rng, 3) - 1;
    case 2:
      return (now / 3600000000 - (int64_t)gy_rng_below(rng, 24 * 60)) * 3600000000;
    case 3:
      return now + (int64_t)gy_rng_below(rng, 86400000000);
    case 4:
      return now - (int64_t)gy_rng_below(rng, 600) * 3600000000;
    default:
      return now - (int64_t)gy_rng_below(rng, INT64_C(3000) * 86400000000);
  }
}

static double random_real(gy_rng *rng) {
  static const double ODD[] = {0, -0.0, 1e15, 1.1e15, -1e15, 1e-15, 5e-16, 1e300, 0.1, 0.5, 1e-9};
  uint64_t pick = gy_rng_below(rng, 4);
  if (pick == 0) return ODD[gy_rng_below(rng, sizeof ODD / sizeof *ODD)];
  if (pick == 1) return (double)gy_rng_below(rng, 10);
  return pick == 2 ? gy_rng_uniform(rng) : gy_rng_normal(rng) * 100;
}

static int64_t random_exact(gy_rng *rng) {
  static const int64_t ODD[] = {
      0,   1, -1, 1000000, INT64_C(9007199254740000), INT64_C(9007199254750000), INT64_C(999999999999999999),
      5000};
  uint64_t pick = gy_rng_below(rng, 5);
  if (pick == 0) return ODD[gy_rng_below(rng, sizeof ODD / sizeof *ODD)];
  return pick == 1 ? (int64_t)gy_rng_below(rng, 20) * 10000 : (int64_t)gy_rng_below(rng, 5000000) - 1000000;
}

static int64_t random_integer(gy_rng *rng) {
  static const int64_t ODD[] = {INT64_MAX, INT64_MIN, INT64_C(9007199254740992), INT64_C(9007199254740993),
                                -1};
  return gy_rng_below(rng, 12) == 0 ? ODD[gy_rng_below(rng, 5)] : (int64_t)gy_rng_below(rng, 100);
}

static void set_value(gy_rng *rng, column *c, const gy_rule_column *of, size_t i) {
  bool rfm = of->values != NULL, known = gy_rng_below(rng, 6) != 0;
  uint64_t bit = UINT64_C(1) << (i % 64);
  c->validity[i / 64] = known ? c->validity[i / 64] | bit : c->validity[i / 64] & ~bit;
  if (!known) return;
  switch (of->storage) {
    case GY_RULE_AS_INTEGER:
      ((int64_t *)c->data)[i] = random_integer(rng);
      break;
    case GY_RULE_AS_EXACT:
      ((int64_t *)c->data)[i] = random_exact(rng);
      break;
    case GY_RULE_AS_REAL:
      ((double *)c->data)[i] = random_real(rng);
      break;
    case GY_RULE_AS_TEXT: {
      const char *text = rfm ? RFM_NAMES[gy_rng_below(rng, 4)] : TEXTS[gy_rng_below(rng, N_TEXTS)];
      ((gy_rule_text *)c->data)[i] = (gy_rule_text){text, strlen(text)};
      break;
    }
    case GY_RULE_AS_BOOL:
      ((uint8_t *)c->data)[i] = gy_rng_below(rng, 2) != 0;
      break;
    case GY_RULE_AS_DATE:
      ((int32_t *)c->data)[i] = (int32_t)(random_time(rng) / 86400000000);
      break;
    case GY_RULE_AS_TIMESTAMP:
      ((int64_t *)c->data)[i] = random_time(rng);
      break;
  }
}

static void fill(gy_rng *rng, column *c, const gy_rule_column *of, size_t n) {
  *c = (column){.storage = of->storage,
                .n = n,
                .data = calloc(n + 1, bytes_of(of->storage)),
                .validity = calloc(n / 64 + 1, 8),
                .normal = of->is_nfc};
  for (size_t i = 0; i < n; i++) set_value(rng, c, of, i);
}

void shop_change(shop *s, gy_rng *rng, size_t customer) {
  for (size_t i = 0; i < CUSTOMER_COLUMNS; i++)
    if (i != 4 && i != 5 && CUSTOMERS[i].relation == NULL)
      set_value(rng, &s->customers[i], &CUSTOMERS[i], customer);
  for (size_t t = 0; t < 2; t++)
    for (size_t r = s->starts[t][customer]; r < s->starts[t][customer + 1]; r++)
      for (size_t i = 0; i < TABLES[t].n_columns; i++)
        set_value(rng, &s->rows[t][i], &TABLES[t].columns[i], r);
}

shop *shop_make(uint64_t seed, size_t n_customers) {
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  shop *s = calloc(1, sizeof *s);
  s->n_customers = n_customers;
  for (size_t i = 0; i < CUSTOMER_COLUMNS; i++) {
    fill(&rng, &s->customers[i], &CUSTOMERS[i], n_customers);
    if (i == 5) { /* the same column by another name */
      memcpy(s->customers[5].data, s->customers[4].data, n_customers * sizeof(gy_rule_text));
      memcpy(s->customers[5].validity, s->customers[4].validity, (n_customers / 64 + 1) * 8);
    }
    if (CUSTOMERS[i].relation != NULL) /* not everybody has a score */
      for (size_t r = 4; r < n_customers; r += 5)
        s->customers[i].validity[r / 64] &= ~(UINT64_C(1) << (r % 64));
    s->customer_vectors[i] = (gy_rule_vector){s->customers[i].data, s->customers[i].validity};
  }
  for (size_t t = 0; t < 2; t++) {
    s->starts[t] = calloc(n_customers + 1, sizeof *s->starts[t]);
    for (size_t i = 0; i < n_customers; i++)
      s->starts[t][i + 1] = s->starts[t][i] + (gy_rng_below(&rng, 4) == 0 ? 0 : gy_rng_below(&rng, 9));
    s->n_rows[t] = s->starts[t][n_customers];
    for (size_t i = 0; i < TABLES[t].n_columns; i++) {
      fill(&rng, &s->rows[t][i], &TABLES[t].columns[i], s->n_rows[t]);
      s->row_vectors[t][i] = (gy_rule_vector){s->rows[t][i].data, s->rows[t][i].validity};
    }
    s->tables[t] = (gy_rule_rows){s->starts[t], s->row_vectors[t]};
  }
  s->ids = calloc(n_customers + 1, sizeof *s->ids);
  s->id_room = calloc(n_customers + 1, 24);
  for (size_t i = 0; i < n_customers; i++) {
    snprintf(s->id_room + 24 * i, 24, "%zu", i * 7 + 1);
    s->ids[i] = (gy_rule_text){s->id_room + 24 * i, strlen(s->id_room + 24 * i)};
  }
  s->data = (gy_rule_data){
      .n_customers = n_customers, .columns = s->customer_vectors, .tables = s->tables, .ids = s->ids};
  return s;
}

static void free_column(column *c) {
  free(c->data);
  free(c->validity);
}

void shop_free(shop *s) {
  for (size_t i = 0; i < CUSTOMER_COLUMNS; i++) free_column(&s->customers[i]);
  for (size_t t = 0; t < 2; t++) {
    for (size_t i = 0; i < TABLES[t].n_columns; i++) free_column(&s->rows[t][i]);
    free(s->starts[t]);
  }
  free(s->ids);
  free(s->id_room);
  free(s);
}

const gy_rule_data *shop_data(const shop *s) { return &s->data; }
size_t shop_size(const shop *s) { return s->n_customers; }

/* ---- the same as SQL ---- */

static void put_value(gy_buffer *out, const column *c, size_t i) {
  if (!(c->validity[i / 64] >> (i % 64) & 1)) {
    gy_buffer_text(out, "NULL");
    return;
  }
  switch (c->storage) {
    case GY_RULE_AS_INTEGER:
      gy_buffer_printf(out, "CAST('%lld' AS BIGINT)", (long long)((int64_t *)c->data)[i]);
      break;
    case GY_RULE_AS_EXACT: {
      int64_t v = ((int64_t *)c->data)[i], size = v < 0 ? -v : v;
      gy_buffer_printf(out, "%s%lld.%04d", v < 0 ? "-" : "", (long long)(size / 10000), (int)(size % 10000));
      break;
    }
    case GY_RULE_AS_REAL:
      gy_buffer_printf(out, "CAST('%.17g' AS DOUBLE PRECISION)", ((double *)c->data)[i]);
      break;
    case GY_RULE_AS_TEXT: {
      const char *text = ((gy_rule_text *)c->data)[i].data;
      char *quoted = gy_sql_literal(c->normal || strcmp(text, "caf\xc3\xa9") != 0 ? text : "cafe\xcc\x81");
      gy_buffer_text(out, quoted);
      free(quoted);
      break;
    }
    case GY_RULE_AS_BOOL:
      gy_buffer_text(out, ((uint8_t *)c->data)[i] ? "TRUE" : "FALSE");
      break;
    case GY_RULE_AS_DATE:
      gy_buffer_printf(out, "(DATE '1970-01-01' + CAST(%d AS INTEGER))", ((int32_t *)c->data)[i]);
      break;
    case GY_RULE_AS_TIMESTAMP: {
      int64_t v = ((int64_t *)c->data)[i];
      gy_buffer_printf(out, "(TIMESTAMP '1970-01-01' + INTERVAL '%lld seconds' + INTERVAL '%d microseconds')",
                       (long long)(v / 1000000), (int)(v % 1000000));
    }
  }
}

static bool stands_in(const gy_rule_column *of, size_t i, bool scores) {
  return scores ? of->relation != NULL : of->relation == NULL && i != 5; /* 5 is 4 by another name */
}

typedef struct table_text {
  const char *relation, *id;
  const gy_rule_column *columns;
  const column *data;
  size_t n_columns, n_rows;
  const uint64_t *starts; /* NULL: rows are customers */
  bool scores;
} table_text;

static void put_rows(gy_buffer *out, const table_text *t) {
  size_t customer = 0, n_put = 0;
  for (size_t r = 0; r < t->n_rows; r++) {
    if (t->scores && r % 5 == 4) continue;
    if (t->starts == NULL) customer = r;
    while (t->starts != NULL && t->starts[customer + 1] <= r) customer++;
    if (n_put % 400 == 0)
      gy_buffer_printf(out, "%sINSERT INTO \"%s\" VALUES ", n_put > 0 ? ";\n" : "", t->relation);
    else
      gy_buffer_text(out, ",\n");
    n_put++;
    gy_buffer_printf(out, "(%zu", customer * 7 + 1);
    for (size_t i = 0; i < t->n_columns; i++) {
      if (t->starts == NULL && !stands_in(&t->columns[i], i, t->scores)) continue;
      gy_buffer_text(out, ", ");
      put_value(out, &t->data[i], r);
    }
    gy_buffer_text(out, ")");
  }
  if (n_put > 0) gy_buffer_text(out, ";\n");
}

static void put_table(gy_buffer *out, const table_text *t) {
  static const char *const TYPES[] = {"BIGINT",  "DECIMAL(18, 4)", "DOUBLE PRECISION", "VARCHAR",
                                      "BOOLEAN", "DATE",           "TIMESTAMP"};
  gy_buffer_printf(out, "CREATE TABLE \"%s\" (\"%s\" BIGINT", t->relation, t->id);
  for (size_t i = 0; i < t->n_columns; i++) {
    if (t->starts == NULL && !stands_in(&t->columns[i], i, t->scores)) continue;
    char *name =
        gy_sql_identifier(t->columns[i].sql_name != NULL ? t->columns[i].sql_name : t->columns[i].name);
    gy_buffer_printf(out, ", %s %s", name, TYPES[t->columns[i].storage]);
    free(name);
  }
  gy_buffer_text(out, ");\n");
  put_rows(out, t);
}

char *shop_sql(const shop *s) {
  gy_buffer out;
  gy_buffer_init(&out, 256 << 20);
  table_text customers = {"customers",      "customer_id",  CUSTOMERS, s->customers,
                          CUSTOMER_COLUMNS, s->n_customers, NULL,      false};
  put_table(&out, &customers);
  customers.relation = "scores";
  customers.scores = true;
  put_table(&out, &customers);
  for (size_t t = 0; t < 2; t++)
    put_table(&out, &(table_text){TABLES[t].relation != NULL ? TABLES[t].relation : TABLES[t].name,
                                  TABLES[t].customer_id, TABLES[t].columns, s->rows[t], TABLES[t].n_columns,
                                  s->n_rows[t], s->starts[t], false});
  char *sql = gy_buffer_take(&out);
  cr_assert_not_null(sql);
  return sql;
}

/* ---- asking ---- */

gy_rule_set *must_compile_of(const gy_rule_catalogue *catalogue, const char *const *texts, size_t n,
                             gy_rule_clock clock) {
  gy_rule_definition *definitions = calloc(n, sizeof *definitions);
  for (size_t i = 0; i < n; i++) definitions[i].text = texts[i];
  gy_rule_set *set = NULL;
  gy_error err = {0};
  gy_status status = gy_rule_set_compile(catalogue, &clock, definitions, n, &set, &err);
  cr_assert_eq(status, GY_OK, "%s\n%s", texts[0], err.text);
  free(definitions);
  return set;
}

gy_rule_set *must_compile_at(const char *const *texts, size_t n, gy_rule_clock clock) {
  return must_compile_of(&CATALOGUE, texts, n, clock);
}

gy_rule_set *must_compile(const char *const *texts, size_t n, const char *zone) {
  return must_compile_at(texts, n, shop_clock(zone));
}

char *answers_about(const gy_rule_set *set, size_t n_rules, const gy_rule_data *data) {
  size_t words = (data->n_customers + 63) / 64;
  uint64_t *truth = calloc(n_rules * words + 1, 8), *known = calloc(n_rules * words + 1, 8);
  char *answers = calloc(n_rules * data->n_customers + 1, 1);
  gy_error err = {0};
  cr_assert_eq(gy_rule_set_evaluate(set, data, NULL, truth, known, &err), GY_OK, "%s", err.text);
  for (size_t r = 0; r < n_rules; r++)
    for (size_t c = 0; c < data->n_customers; c++) {
      uint64_t bit = UINT64_C(1) << (c % 64);
      bool is_true = truth[r * words + c / 64] & bit, is_known = known[r * words + c / 64] & bit;
      answers[r * data->n_customers + c] = is_true ? 'T' : is_known ? 'F' : '?';
    }
  free(truth);
  free(known);
  return answers;
}

char *answers_in_memory(const gy_rule_set *set, size_t n_rules, const shop *s) {
  return answers_about(set, n_rules, &s->data);
}

char *answers_of_engine(const gy_rule_set *set, size_t n_rules, size_t n_customers, gy_engine *engine) {
  char *sql = NULL, *answers = calloc(n_rules * n_customers + 1, 1);
  gy_error err = {0};
  gy_result *result = NULL;
  gy_chunk chunk;
  cr_assert_eq(gy_rule_set_sql(set, GY_RULE_DUCKDB, false, &sql, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_query(engine, sql, NULL, 0, NULL, &result, &err), GY_OK, "%s\n%.3000s", err.text,
               sql);
  size_t seen = 0;
  do {
    cr_assert_eq(gy_result_next(result, &chunk, &err), GY_OK, "%s", err.text);
    for (size_t i = 0; i < chunk.n_rows; i++, seen++) {
      size_t customer = (size_t)(((const int64_t *)chunk.columns[0].data)[i] - 1) / 7;
      for (size_t r = 0; r < n_rules; r++) {
        bool is_null = gy_column_is_null(&chunk.columns[r + 1], i);
        answers[r * n_customers + customer] = is_null                                           ? '?'
                                              : ((const uint8_t *)chunk.columns[r + 1].data)[i] ? 'T'
                                                                                                : 'F';
      }
    }
  } while (chunk.n_rows > 0);
  cr_assert_eq(seen, n_customers);
  gy_result_destroy(result);
  free(sql);
  return answers;
}
