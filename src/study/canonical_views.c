/* SPDX-License-Identifier: Apache-2.0 */
#include "study/canonical_views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum { SQL_MAX = 4 << 20 };

char *gy_source_relation(const char *source_name) {
  char *name = NULL;
  return asprintf(&name, "source_%s", source_name) < 0 ? NULL : name;
}

/* The ids that join tables. An id is an integer only where every source that has it says so; elsewhere all
 * of them are read as text, so that joins compare like with like. */
enum { CUSTOMER_ID, ORDER_ID, PRODUCT_ID, N_IDS };
static const char *const ID_NAMES[N_IDS] = {"customer_id", "order_id", "product_id"};

typedef struct {
  gy_engine *engine;
  const gy_project_config *config;
  json_t **columns; /* per source: [{"column", "type"}...] */
  const char *id_types[N_IDS];
} view_maker;

/* One canonical table: its columns in order, each with the type it has where no source gives one. */
typedef struct {
  const char *name;
  const char *type; /* NULL: an id */
} canonical_column;

#define MONEY "DECIMAL(18, 4)"
static const canonical_column ITEM_COLUMNS[] = {
    {"customer_id", NULL},      {"order_id", NULL},      {"ordered_at", "TIMESTAMP"}, {"product_id", NULL},
    {"description", "VARCHAR"}, {"category", "VARCHAR"}, {"status", "VARCHAR"},       {"quantity", MONEY},
    {"unit_price", MONEY},      {"amount", MONEY},       {"discount", MONEY},         {NULL, NULL}};
static const canonical_column ORDER_COLUMNS[] = {{"order_id", NULL},
                                                 {"customer_id", NULL},
                                                 {"ordered_at", "TIMESTAMP"},
                                                 {"status", "VARCHAR"},
                                                 {NULL, NULL}};
static const canonical_column PRODUCT_COLUMNS[] = {
    {"product_id", NULL}, {"name", "VARCHAR"}, {"category", "VARCHAR"}, {"brand", "VARCHAR"}, {NULL, NULL}};
static const canonical_column CUSTOMER_COLUMNS[] = {{"customer_id", NULL}, {NULL, NULL}};

static bool is_canonical(const canonical_column *columns, const char *name) {
  for (; columns->name != NULL; columns++)
    if (strcmp(columns->name, name) == 0) return true;
  return false;
}

static void put_identifier(gy_buffer *out, const char *name) {
  char *quoted = gy_sql_identifier(name);
  if (quoted == NULL || !gy_buffer_text(out, quoted)) out->failed = true;
  free(quoted);
}

static const char *member(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static const char *type_of(const json_t *columns, const char *name) {
  size_t i;
  json_t *column;
  json_array_foreach(columns, i, column) {
    if (strcmp(member(column, "column"), name) == 0) return member(column, "type");
  }
  return NULL;
}

/* In a product source the description is the product's name. */
static const char *source_name(const canonical_column *table, const char *canonical) {
  return table == PRODUCT_COLUMNS && strcmp(canonical, "name") == 0 ? "description" : canonical;
}

/* Numbers stay integers where every source that has them says so: decimals take longer to make and to use. */
static bool is_whole(const view_maker *maker, const canonical_column *table, const canonical_column *column,
                     gy_target target) {
  size_t n_whole = 0;
  for (uint32_t i = 0; i < maker->config->n_sources; i++) {
    if (maker->config->sources[i].target != target) continue;
    const char *own = type_of(maker->columns[i], source_name(table, column->name));
    if (own != NULL && strcmp(own, "BIGINT") != 0) return false;
    n_whole += own != NULL;
  }
  return n_whole > 0;
}

static const char *canonical_type(const view_maker *maker, const canonical_column *table,
                                  const canonical_column *column, gy_target target) {
  if (column->type != NULL && strcmp(column->type, MONEY) == 0 && is_whole(maker, table, column, target))
    return "BIGINT";
  if (column->type != NULL) return column->type;
  for (int id = 0; id < N_IDS; id++)
    if (strcmp(ID_NAMES[id], column->name) == 0) return maker->id_types[id];
  return "VARCHAR";
}

static void put_canonical(const view_maker *maker, gy_buffer *sql, const canonical_column *table,
                          size_t source) {
  const json_t *columns = maker->columns[source];
  gy_target target = maker->config->sources[source].target;
  for (const canonical_column *column = table; column->name != NULL; column++) {
    const char *from = source_name(table, column->name);
    const char *own = type_of(columns, from), *type = canonical_type(maker, table, column, target);
    bool imported = own != NULL && column->type != NULL && strcmp(own, "BIGINT") != 0;
    bool fits = imported || (own != NULL && strcmp(own, type) == 0);
    gy_buffer_text(sql, column == table ? "" : ", ");
    if (fits)
      gy_buffer_printf(sql, "%s AS %s", from, column->name);
    else
      gy_buffer_printf(sql, "CAST(%s AS %s) AS %s", own != NULL ? from : "NULL", type, column->name);
  }
}

static void put_further(gy_buffer *sql, const canonical_column *table, const json_t *columns) {
  size_t i;
  json_t *column;
  json_array_foreach(columns, i, column) {
    const char *name = member(column, "column");
    bool renamed = table == PRODUCT_COLUMNS && strcmp(name, "description") == 0;
    if (renamed || is_canonical(table, name) || strcmp(name, "row_no") == 0) continue;
    gy_buffer_text(sql, ", ");
    put_identifier(sql, name);
  }
}

static size_t count_sources(const gy_project_config *config, gy_target target) {
  size_t n = 0;
  for (uint32_t i = 0; i < config->n_sources; i++) n += config->sources[i].target == target;
  return n;
}

/* A number for every line, other in every source: it stands in for an order's id that lines lack, and says
 * which of equal lines comes first. Where the import gave none any numbering does, for equal lines are equal.
 */
static void put_row_no(const view_maker *maker, gy_buffer *sql, size_t source) {
  gy_target lines = maker->config->sources[source].target;
  bool is_numbered = type_of(maker->columns[source], "row_no") != NULL;
  bool needed = maker->config->cleaning.duplicates == GY_DUPLICATES_DROP ||
                (gy_project_config_roles(maker->config, lines) & GY_ROLE_BIT(GY_ROLE_ORDER)) == 0;
  if (!needed && !is_numbered) return;
  gy_buffer_printf(sql, ", %s * %zu + %zu AS row_no", is_numbered ? "row_no" : "row_number() OVER ()",
                   (size_t)maker->config->n_sources, source);
}

static gy_status put_source(const view_maker *maker, gy_buffer *sql, const canonical_column *table,
                            size_t source, gy_error *err) {
  char *relation = gy_source_relation(maker->config->sources[source].name);
  if (relation == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the canonical views");
  gy_buffer_text(sql, "SELECT ");
  put_canonical(maker, sql, table, source);
  put_further(sql, table, maker->columns[source]);
  if (table == ITEM_COLUMNS) put_row_no(maker, sql, source);
  gy_buffer_text(sql, " FROM ");
  put_identifier(sql, relation);
  free(relation);
  return GY_OK;
}

static gy_status create_view(const view_maker *maker, gy_target target, const char *view,
                             const canonical_column *table, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  gy_buffer_printf(&sql, "CREATE OR REPLACE VIEW %s AS ", view);
  gy_status status = GY_OK;
  const char *between = "";
  for (uint32_t i = 0; i < maker->config->n_sources && status == GY_OK; i++) {
    if (maker->config->sources[i].target != target) continue;
    gy_buffer_text(&sql, between);
    between = " UNION ALL BY NAME ";
    status = put_source(maker, &sql, table, i, err);
  }
  if (status == GY_OK && sql.failed) status = gy_fail(err, GY_ENOMEM, "no memory for the view %s", view);
  if (status == GY_OK) status = gy_engine_execute(maker->engine, sql.data, NULL, 0, NULL, NULL, NULL, err);
  gy_buffer_clear(&sql);
  return status;
}

/* Customers as the lines describe them: the most frequent value of what a line says of its customer. */
static gy_status derive_customers(const view_maker *maker, gy_target lines, gy_error *err) {
  static const char *const SAID[] = {"country", "region", "gender", "channel"};
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  gy_buffer_text(&sql, "CREATE OR REPLACE VIEW customers AS SELECT customer_id");
  for (size_t c = 0; c < sizeof SAID / sizeof *SAID; c++) {
    bool present = false;
    for (uint32_t s = 0; s < maker->config->n_sources; s++)
      present = present ||
                (maker->config->sources[s].target == lines && type_of(maker->columns[s], SAID[c]) != NULL);
    if (present) gy_buffer_printf(&sql, ", mode(%s) AS %s", SAID[c], SAID[c]);
  }
  gy_buffer_text(&sql, " FROM order_items WHERE customer_id IS NOT NULL GROUP BY customer_id");
  gy_status status = gy_engine_execute(maker->engine, sql.data, NULL, 0, NULL, NULL, NULL, err);
  gy_buffer_clear(&sql);
  return status;
}

static gy_status describe_sources(view_maker *maker, gy_error *err) {
  for (uint32_t i = 0; i < maker->config->n_sources; i++) {
    char *relation = gy_source_relation(maker->config->sources[i].name);
    if (relation == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the canonical views");
    gy_value name = gy_bind_text(relation);
    gy_status status = gy_engine_json(maker->engine, gy_sql("study/relation_columns"), &name, 1, NULL,
                                      &maker->columns[i], err);
    free(relation);
    if (status != GY_OK) return status;
    for (int id = 0; id < N_IDS; id++) {
      const char *type = type_of(maker->columns[i], ID_NAMES[id]);
      if (type == NULL) continue;
      bool first = maker->id_types[id] == NULL;
      maker->id_types[id] =
          strcmp(type, "BIGINT") == 0 && (first || strcmp(maker->id_types[id], "BIGINT") == 0) ? "BIGINT"
                                                                                               : "VARCHAR";
    }
  }
  for (int id = 0; id < N_IDS; id++)
    if (maker->id_types[id] == NULL) maker->id_types[id] = "VARCHAR";
  return GY_OK;
}

/* Further columns of the lines, once each. */
static gy_status collect_attributes(const view_maker *maker, gy_target target, gy_canonical *canonical,
                                    gy_error *err) {
  for (uint32_t s = 0; s < maker->config->n_sources; s++) {
    if (maker->config->sources[s].target != target) continue;
    size_t i;
    json_t *column;
    json_array_foreach(maker->columns[s], i, column) {
      const char *name = member(column, "column");
      bool known = is_canonical(ITEM_COLUMNS, name) || strcmp(name, "row_no") == 0;
      for (size_t a = 0; a < canonical->n_attributes && !known; a++)
        known = strcmp(canonical->attributes[a], name) == 0;
      if (known) continue;
      char **more = realloc(canonical->attributes, (canonical->n_attributes + 1) * sizeof *more);
      if (more != NULL) canonical->attributes = more;
      char *copy = strdup(name);
      if (more == NULL || copy == NULL) {
        free(copy);
        return gy_fail(err, GY_ENOMEM, "no memory for the columns of the order lines");
      }
      canonical->attributes[canonical->n_attributes++] = copy;
    }
  }
  return GY_OK;
}

static gy_status create_all(view_maker *maker, gy_canonical *canonical, gy_error *err) {
  const gy_project_config *config = maker->config;
  gy_status status = describe_sources(maker, err);
  if (status != GY_OK) return status;
  bool has_items = count_sources(config, GY_TARGET_ORDER_ITEMS) > 0;
  bool has_orders = count_sources(config, GY_TARGET_ORDERS) > 0;
  if (!has_items && !has_orders)
    return gy_fail(err, GY_ECONFIG, "no source in gyeol.yaml has the target order_items or orders");
  gy_target lines = has_items ? GY_TARGET_ORDER_ITEMS : GY_TARGET_ORDERS;
  canonical->items = gy_project_config_roles(config, lines);
  canonical->orders = has_items && has_orders ? gy_project_config_roles(config, GY_TARGET_ORDERS) : 0;
  canonical->order_id_is_integer = strcmp(maker->id_types[ORDER_ID], "BIGINT") == 0;
  status = create_view(maker, lines, "order_items", ITEM_COLUMNS, err);
  if (status == GY_OK && canonical->orders != 0)
    status = create_view(maker, GY_TARGET_ORDERS, "orders", ORDER_COLUMNS, err);
  if (status == GY_OK)
    status = count_sources(config, GY_TARGET_PRODUCTS) > 0
                 ? create_view(maker, GY_TARGET_PRODUCTS, "products", PRODUCT_COLUMNS, err)
                 : gy_engine_execute(maker->engine, gy_sql("study/products_from_lines"), NULL, 0, NULL, NULL,
                                     NULL, err);
  if (status == GY_OK)
    status = count_sources(config, GY_TARGET_CUSTOMERS) > 0
                 ? create_view(maker, GY_TARGET_CUSTOMERS, "customers", CUSTOMER_COLUMNS, err)
                 : derive_customers(maker, lines, err);
  return status == GY_OK ? collect_attributes(maker, lines, canonical, err) : status;
}

gy_status gy_canonical_create(gy_engine *engine, const gy_project_config *config, const gy_task *task,
                              gy_canonical *canonical, gy_error *err) {
  *canonical = (gy_canonical){0};
  gy_status status = gy_task_check(task, err);
  if (status != GY_OK) return status;
  view_maker maker = {
      .engine = engine, .config = config, .columns = calloc(config->n_sources + 1, sizeof *maker.columns)};
  status = maker.columns != NULL ? create_all(&maker, canonical, err)
                                 : gy_fail(err, GY_ENOMEM, "no memory for the canonical views");
  for (uint32_t i = 0; maker.columns != NULL && i < config->n_sources; i++) json_decref(maker.columns[i]);
  free(maker.columns);
  return status;
}

void gy_canonical_clear(gy_canonical *canonical) {
  for (size_t i = 0; i < canonical->n_attributes; i++) free(canonical->attributes[i]);
  free(canonical->attributes);
  *canonical = (gy_canonical){0};
}
