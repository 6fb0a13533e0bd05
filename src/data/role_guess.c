/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of things: every file alone, then what files say about each other, then the final assignment. */
#include "data/role_guess.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/role_guess_inputs.h"
#include "data/role_guess_platform.h"
#include "data/role_guess_project.h"
#include "data/role_guess_table.h"

static const gy_role KEYS[] = {GY_ROLE_CUSTOMER, GY_ROLE_PRODUCT, GY_ROLE_ORDER};
enum { N_KEYS = sizeof KEYS / sizeof KEYS[0] };

typedef struct {
  gy_guess_table *tables;
  size_t n;
  gy_arena *arena;
} guess;

/* Speaks more for another kind of table than money speaks for orders. */
#define MUCH 1.8

static bool is_orders(const gy_guess_table *t) {
  return t->target == GY_TARGET_ORDER_ITEMS || t->target == GY_TARGET_ORDERS;
}

static gy_status spent(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to guess the roles of columns");
}

/* What the table is. One that reads as orders with their money, or as products, is that, unless much more
 * speaks for another kind: lines have products and customers, and so have events. False when memory is spent.
 */
static bool name_table(gy_guess_table *t) {
  gy_target further;
  double strength;
  if (gy_guess_is_platform(t)) {
    t->target = GY_TARGET_EVENTS;
    if (!gy_role_assign(t, t->target)) return false;
    if (gy_guess_is_complete(t)) return true;
  }
  if (!gy_role_assign(t, GY_GUESS_SHOP)) return false;
  t->target = gy_guess_target(t, t->note);
  bool has_money = gy_guess_has_named(t, GY_ROLE_AMOUNT) || gy_guess_has_named(t, GY_ROLE_UNIT_PRICE);
  if (!gy_guess_further_target(t, &further, &strength)) return false;
  bool is_sure = (is_orders(t) && has_money) || t->target == GY_TARGET_PRODUCTS;
  bool is_further = further != GY_TARGET_OTHER && (!is_sure || strength >= MUCH);
  if (!is_further) return gy_role_assign(t, GY_GUESS_SHOP);
  t->target = further;
  t->note[0] = '\0';
  return true;
}

static gy_status look_at(guess *g, size_t i, const gy_guess_input *input, gy_error *err) {
  gy_guess_table *t = &g->tables[i];
  gy_xlsx_place place = {.sheet = input->sheet};
  gy_status status = gy_sniff_place(input->path, &place, g->arena, &t->sniff, err);
  if (status != GY_OK) return status;
  size_t n = t->sniff.n_columns;
  t->evidence = gy_arena_calloc(g->arena, n + 1, sizeof *t->evidence);
  t->roles = gy_arena_calloc(g->arena, n + 1, sizeof *t->roles);
  t->confidence = gy_arena_calloc(g->arena, n + 1, sizeof *t->confidence);
  if (t->evidence == NULL || t->roles == NULL || t->confidence == NULL) return spent(err);
  bool has_names = t->sniff.format >= GY_FORMAT_JSON || t->sniff.dialect.has_header;
  for (size_t c = 0; c < n && has_names; c++) {
    t->evidence[c].name = gy_guess_path_evidence(t->sniff.columns[c].name);
  }
  gy_role_relate(t);
  gy_guess_platform_relate(t);
  return name_table(t) ? GY_OK : spent(err);
}

/* A column of another table that holds the keys of the orders has their role, whatever its name. */
static void share_keys(const gy_guess_table *orders, gy_guess_table *other) {
  for (size_t k = 0; k < N_KEYS; k++) {
    size_t key = gy_guess_column_of(orders, KEYS[k]);
    if (key == SIZE_MAX) continue;
    for (size_t c = 0; c < other->sniff.n_columns; c++) {
      if (!gy_sniff_is_unique(&other->sniff, c)) continue;
      double coverage =
          gy_distinct_coverage(&orders->sniff.columns[key].distinct, &other->sniff.columns[c].distinct);
      if (coverage < 0.5) continue;
      other->evidence[c].boost[KEYS[k]] += 0.4 * coverage;
      other->evidence[c].why_boost[KEYS[k]] = "holds the keys of the orders";
    }
  }
}

static bool has_unique(const gy_guess_table *t, gy_role role) {
  size_t column = gy_guess_column_of(t, role);
  return column != SIZE_MAX && gy_sniff_is_unique(&t->sniff, column);
}

/* Times and money of customers, each once and without an order, beside orders in which they repeat: what is
 * known of customers, not what they bought. */
static void turn_into_customers(const guess *g, gy_guess_table *t) {
  bool is_one_each = t->target == GY_TARGET_ORDERS && has_unique(t, GY_ROLE_CUSTOMER) &&
                     gy_guess_column_of(t, GY_ROLE_ORDER) == SIZE_MAX;
  for (size_t i = 0; is_one_each && i < g->n; i++) {
    const gy_guess_table *other = &g->tables[i];
    bool repeats = is_orders(other) && gy_guess_column_of(other, GY_ROLE_CUSTOMER) != SIZE_MAX &&
                   !has_unique(other, GY_ROLE_CUSTOMER);
    if (other == t || !repeats) continue;
    t->target = GY_TARGET_CUSTOMERS;
    return;
  }
}

/* Columns of customers that say yes or no to a purpose or channel of consent, by their names. */
static void find_consents(gy_guess_table *t) {
  for (size_t c = 0; c < t->sniff.n_columns; c++) {
    gy_purpose purpose;
    gy_channel channel;
    if (t->roles[c] != GY_ROLE_ATTRIBUTE || gy_role_value_score(t, c, GY_ROLE_GRANTED) <= 0) continue;
    if (!gy_consent_column_read(t->sniff.columns[c].name, &purpose, &channel)) continue;
    t->roles[c] = GY_ROLE_CONSENT;
    t->confidence[c] = 1;
  }
}

static gy_status settle(guess *g, gy_error *err) {
  bool has_orders = false;
  for (size_t i = 0; i < g->n; i++) {
    if (!is_orders(&g->tables[i])) continue;
    has_orders = true;
    for (size_t j = 0; j < g->n; j++) {
      if (j != i && !is_orders(&g->tables[j])) share_keys(&g->tables[i], &g->tables[j]);
    }
  }
  for (size_t i = 0; i < g->n; i++) turn_into_customers(g, &g->tables[i]);
  for (size_t i = 0; i < g->n; i++) {
    gy_guess_table *t = &g->tables[i];
    if (has_orders && t->target == GY_TARGET_OTHER && !name_table(t)) return spent(err);
    if (!gy_role_assign(t, t->target)) return spent(err);
    bool is_nobody =
        has_orders && t->target == GY_TARGET_CUSTOMERS && gy_guess_column_of(t, GY_ROLE_CUSTOMER) == SIZE_MAX;
    is_nobody = is_nobody || !gy_guess_is_complete(t); /* keys may have taken what it needs */
    if (is_nobody) t->target = GY_TARGET_OTHER;
    if (is_nobody && !gy_role_assign(t, t->target)) return spent(err);
    if (has_orders && t->target != GY_TARGET_OTHER) t->note[0] = '\0';
    if (t->target == GY_TARGET_CUSTOMERS) find_consents(t);
    gy_guess_platform_ignore(t);
  }
  return GY_OK;
}

static gy_status report_file(const gy_guess_table *t, const char *source, gy_arena *arena, gy_guess_file *f,
                             gy_error *err) {
  const gy_sniff *s = &t->sniff;
  *f = (gy_guess_file){.path = s->path,
                       .sheet = s->sheet,
                       .target = t->target,
                       .source = source,
                       .note = gy_arena_strndup(arena, t->note, strlen(t->note)),
                       .format = s->format,
                       .encoding = s->encoding,
                       .compression = s->compression,
                       .dialect = s->dialect,
                       .n_rows = s->n_rows,
                       .n_faults = s->n_faults,
                       .is_whole = s->is_whole,
                       .n_columns = s->n_columns};
  f->columns = gy_arena_calloc(arena, s->n_columns + 1, sizeof *f->columns);
  if (f->note == NULL || f->columns == NULL) return spent(err);
  for (size_t c = 0; c < s->n_columns; c++) {
    char reason[GY_GUESS_REASON_MAX] = "the file is left out";
    if (source != NULL) gy_guess_reason(t, c, reason);
    f->columns[c] = (gy_guess_column){.name = s->columns[c].name,
                                      .role = t->roles[c],
                                      .confidence = t->confidence[c],
                                      .reason = gy_arena_strndup(arena, reason, strlen(reason)),
                                      .is_duplicate = s->columns[c].is_duplicate};
    memcpy(f->columns[c].samples, s->columns[c].samples, sizeof f->columns[c].samples);
    if (f->columns[c].reason == NULL) return spent(err);
  }
  return GY_OK;
}

static void report_keys(const guess *g, gy_guess_report *report) {
  for (size_t i = 0; i < g->n; i++) {
    if (!is_orders(&g->tables[i])) continue;
    for (size_t j = 0; j < g->n; j++) {
      for (size_t k = 0; k < N_KEYS; k++) {
        size_t a = gy_guess_column_of(&g->tables[i], KEYS[k]), b = gy_guess_column_of(&g->tables[j], KEYS[k]);
        bool is_join =
            g->tables[j].target != g->tables[i].target && g->tables[j].target != GY_TARGET_ORDER_ITEMS;
        if (j == i || !is_join || a == SIZE_MAX || b == SIZE_MAX) continue;
        double coverage = gy_distinct_coverage(&g->tables[i].sniff.columns[a].distinct,
                                               &g->tables[j].sniff.columns[b].distinct);
        report->keys[report->n_keys++] = (gy_guess_key){KEYS[k], i, a, j, b, coverage};
      }
    }
  }
}

static gy_status fill_report(const guess *g, const gy_project_config *config, const int *source_of,
                             gy_guess_report *report, gy_error *err) {
  report->files = gy_arena_calloc(g->arena, g->n, sizeof *report->files);
  report->keys = gy_arena_calloc(g->arena, g->n * g->n * N_KEYS, sizeof *report->keys);
  if (report->files == NULL || report->keys == NULL) return spent(err);
  report->n_files = g->n;
  for (size_t i = 0; i < g->n; i++) {
    const char *name = source_of[i] >= 0 ? config->sources[source_of[i]].name : NULL;
    if (name != NULL) name = gy_arena_strndup(g->arena, name, strlen(name));
    gy_status status = report_file(&g->tables[i], name, g->arena, &report->files[i], err);
    if (status != GY_OK) return status;
    report->has_orders |= is_orders(&g->tables[i]);
  }
  report_keys(g, report);
  return GY_OK;
}

static gy_status guess_all(guess *g, const gy_guess_input *inputs, gy_error *err) {
  for (size_t i = 0; i < g->n; i++) {
    gy_status status = look_at(g, i, &inputs[i], err);
    if (status != GY_OK) return status;
  }
  return settle(g, err);
}

gy_status gy_guess_sources(const char *const *files, size_t n_files, const char *project_dir,
                           gy_project_config *config, gy_guess_report *report, gy_error *err) {
  if (n_files == 0) return gy_fail(err, GY_EUSAGE, "no files given; name at least one file of orders");
  if (n_files > GY_GUESS_FILES_MAX) {
    return gy_fail(err, GY_ELIMIT, "%zu files; at most %d can be looked at together, name one of each kind",
                   n_files, GY_GUESS_FILES_MAX);
  }
  gy_guess_report made = {0};
  gy_project_config project = {0};
  gy_arena_init(&made.arena, 0, 0);
  guess g = {.arena = &made.arena};
  gy_guess_input inputs[GY_GUESS_FILES_MAX];
  int source_of[GY_GUESS_FILES_MAX];
  gy_status status = gy_guess_inputs(files, n_files, g.arena, inputs, &g.n, err);
  if (status == GY_OK) g.tables = gy_arena_calloc(g.arena, g.n, sizeof *g.tables);
  if (status == GY_OK) status = g.tables != NULL ? guess_all(&g, inputs, err) : spent(err);
  if (status == GY_OK) status = gy_project_config_init(&project, err);
  if (status == GY_OK) status = gy_guess_project(g.tables, g.n, project_dir, &project, source_of, err);
  if (status == GY_OK) status = fill_report(&g, &project, source_of, &made, err);
  for (size_t i = 0; i < g.n && g.tables != NULL; i++) gy_sniff_clear(&g.tables[i].sniff);
  if (status == GY_OK) {
    *config = project;
    *report = made;
  } else {
    gy_project_config_clear(&project);
    gy_arena_clear(&made.arena);
  }
  return status;
}

void gy_guess_report_clear(gy_guess_report *report) {
  gy_arena_clear(&report->arena);
  *report = (gy_guess_report){0};
}
