/* SPDX-License-Identifier: Apache-2.0 */
#include "study/canonical_views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "study/canonical_tables.h"
#include "people/person_relation.h"
#include "study/customer_merge.h"
#include "study/engagement_view.h"
#include "study/person_sources.h"

enum { SQL_MAX = 4 << 20 };

char *gy_source_relation(const char *source_name) {
  char *name = NULL;
  return asprintf(&name, "source_%s", source_name) < 0 ? NULL : name;
}

/* An id is an integer only where every source that has it says so; elsewhere all of them are read as text, so
 * that joins compare like with like. */
typedef struct {
  gy_engine *engine;
  const gy_project_config *config;
  json_t **columns; /* per source: [{"column", "type"}...] */
  const char *id_types[GY_CANONICAL_IDS];
  const gy_person_tables *people;
  gy_person_sources keys; /* of sources, where people are known by keys */
} view_maker;

static bool is_canonical(gy_target target, const char *name) {
  for (const gy_canonical_column *column = gy_canonical_columns(target); column->name != NULL; column++)
    if (strcmp(column->name, name) == 0) return true;
  return false;
}

/* What the import adds to a source's own columns. */
static bool is_bookkeeping(const char *name) {
  return strcmp(name, "row_no") == 0 || strcmp(name, "gy_file") == 0;
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

/* Numbers stay integers where every source that has them says so: decimals take longer to make and to use. */
static bool is_whole(const view_maker *maker, const gy_canonical_column *column, gy_target target) {
  size_t n_whole = 0;
  for (uint32_t i = 0; i < maker->config->n_sources; i++) {
    if (maker->config->sources[i].target != target) continue;
    const char *own = type_of(maker->columns[i], column->name);
    if (own != NULL && strcmp(own, "BIGINT") != 0) return false;
    n_whole += own != NULL;
  }
  return n_whole > 0;
}

static const char *id_type(const view_maker *maker, const char *name) {
  for (int id = 0; id < GY_CANONICAL_IDS; id++)
    if (strcmp(gy_canonical_ids[id], name) == 0) return maker->id_types[id];
  return "VARCHAR";
}

static const char *canonical_type(const view_maker *maker, const gy_canonical_column *column,
                                  gy_target target) {
  if (column->type != NULL && strcmp(column->type, GY_CANONICAL_NUMBER) == 0 &&
      is_whole(maker, column, target))
    return "BIGINT";
  return column->type != NULL ? column->type : id_type(maker, column->name);
}

/* What happened, where the setting `event` says so for rows whose own column does not. */
static bool put_event(const view_maker *maker, gy_buffer *sql, size_t source,
                      const gy_canonical_column *column, const char *own) {
  const char *event = maker->config->sources[source].event;
  if (event == NULL || event[0] == '\0' || strcmp(column->name, "event") != 0) return false;
  char *literal = gy_sql_literal(event);
  if (literal == NULL) sql->failed = true;
  gy_buffer_printf(sql,
                   own != NULL ? "coalesce(nullif(CAST(event AS VARCHAR), ''), %s) AS event" : "%s AS event",
                   literal != NULL ? literal : "''");
  free(literal);
  return true;
}

static void put_canonical(const view_maker *maker, gy_buffer *sql, size_t source, gy_target table) {
  const json_t *columns = maker->columns[source];
  gy_target target = maker->config->sources[source].target;
  const gy_canonical_column *first = gy_canonical_columns(table);
  for (const gy_canonical_column *column = first; column->name != NULL; column++) {
    const char *own = type_of(columns, column->name), *type = canonical_type(maker, column, target);
    bool imported = own != NULL && column->type != NULL && strcmp(own, "BIGINT") != 0;
    bool fits = imported || (own != NULL && strcmp(own, type) == 0);
    gy_buffer_text(sql, column == first ? "" : ", ");
    if (put_event(maker, sql, source, column, own)) continue;
    if (fits)
      gy_buffer_text(sql, column->name);
    else
      gy_buffer_printf(sql, "CAST(%s AS %s) AS %s", own != NULL ? column->name : "NULL", type, column->name);
  }
}

/* Columns that say who somebody is stay in the source. */
static bool is_key(const gy_source_config *source, const char *name) {
  for (uint32_t c = 0; c < source->n_columns; c++) {
    gy_key_kind kind;
    gy_role role = source->columns[c].role;
    if (gy_role_is_direct(role) && strcmp(gy_role_name(role), name) == 0) return true;
    if (gy_role_key(role, &kind) && strcmp(gy_key_name(kind), name) == 0) return true;
  }
  return false;
}

static void put_further(const view_maker *maker, gy_buffer *sql, size_t source, gy_target table) {
  size_t i;
  json_t *column;
  json_array_foreach(maker->columns[source], i, column) {
    const char *name = member(column, "column");
    if (is_canonical(table, name) || is_bookkeeping(name)) continue;
    if (is_key(&maker->config->sources[source], name)) continue;
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

/* Whether customer ids of the source become those of people. */
static bool shows_people(const view_maker *maker, size_t source) {
  return maker->keys.n > 0 && gy_person_relation_differs(maker->people, &maker->keys.sources[source]);
}

static gy_status put_source(const view_maker *maker, gy_buffer *sql, size_t source, gy_target table,
                            gy_error *err) {
  char *relation = gy_source_relation(maker->config->sources[source].name);
  if (relation == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the canonical views");
  gy_buffer_text(sql, "SELECT ");
  put_canonical(maker, sql, source, table);
  put_further(maker, sql, source, table);
  if (table == GY_TARGET_ORDER_ITEMS) put_row_no(maker, sql, source);
  gy_buffer_text(sql, " FROM ");
  if (shows_people(maker, source)) {
    gy_buffer_text(sql, "(");
    gy_person_relation(maker->people, &maker->config->identity, &maker->keys.sources[source], GY_KEY_COUNT,
                       sql);
    gy_buffer_text(sql, ") AS ");
  }
  put_identifier(sql, relation);
  free(relation);
  return GY_OK;
}

/* People and products that several sources describe: what the first of them says, column by column. */
static const char *merged_by(const view_maker *maker, gy_target target) {
  bool merges =
      count_sources(maker->config, target) > 1 || (target == GY_TARGET_CUSTOMERS && maker->people->has_alias);
  return merges && target == GY_TARGET_CUSTOMERS  ? "customer_id"
         : merges && target == GY_TARGET_PRODUCTS ? "product_id"
                                                  : NULL;
}

static gy_status put_rows(const view_maker *maker, gy_buffer *sql, size_t source, gy_target table,
                          gy_error *err) {
  const gy_source_config *config = &maker->config->sources[source];
  if (config->target != GY_TARGET_ENGAGEMENTS) return put_source(maker, sql, source, table, err);
  gy_buffer rows;
  gy_buffer_init(&rows, SQL_MAX);
  gy_status status = put_source(maker, &rows, source, table, err);
  if (status == GY_OK && rows.failed) status = gy_fail(err, GY_ENOMEM, "no memory for the view engagements");
  if (status == GY_OK) status = gy_engagement_rows(config, maker->config->timezone, rows.data, sql, err);
  gy_buffer_clear(&rows);
  return status;
}

/* The select list of customers, of whom one person may have several. */
static gy_status put_merged_columns(const view_maker *maker, gy_buffer *sql, gy_error *err) {
  gy_customer_merge merge = {.config = &maker->config->identity};
  gy_status status = GY_OK;
  for (uint32_t s = 0; s < maker->config->n_sources && status == GY_OK; s++) {
    size_t i;
    json_t *column;
    if (maker->config->sources[s].target != GY_TARGET_CUSTOMERS) continue;
    json_array_foreach(maker->columns[s], i, column) {
      const char *name = member(column, "column");
      bool left = is_canonical(GY_TARGET_CUSTOMERS, name) || is_bookkeeping(name) ||
                  is_key(&maker->config->sources[s], name);
      if (!left && status == GY_OK) status = gy_customer_merge_add(&merge, name, err);
    }
  }
  if (status == GY_OK) status = gy_customer_merge_put(&merge, sql, err);
  gy_customer_merge_clear(&merge);
  return status;
}

/* The view of a canonical table over all sources of `target`, which for order lines may be orders. */
static gy_status create_view(const view_maker *maker, gy_target target, gy_target table, gy_error *err) {
  const char *key = merged_by(maker, target), *view = gy_target_name(table), *between = "";
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  gy_buffer_printf(&sql, "CREATE OR REPLACE VIEW %s AS ", view);
  gy_status status = GY_OK;
  bool merges_people = key != NULL && maker->people->has_alias && target == GY_TARGET_CUSTOMERS;
  if (merges_people)
    status = put_merged_columns(maker, &sql, err);
  else if (key != NULL)
    gy_buffer_printf(&sql, "SELECT %s, arg_min(COLUMNS(* EXCLUDE (%s, source_no)), source_no) FROM (", key,
                     key);
  for (uint32_t i = 0; i < maker->config->n_sources && status == GY_OK; i++) {
    if (maker->config->sources[i].target != target) continue;
    gy_buffer_text(&sql, between);
    between = " UNION ALL BY NAME ";
    if (key != NULL) gy_buffer_printf(&sql, "SELECT *, %u AS source_no FROM (", i);
    status = put_rows(maker, &sql, i, table, err);
    if (key != NULL) gy_buffer_text(&sql, ")");
  }
  if (key != NULL) gy_buffer_printf(&sql, ") GROUP BY %s", key);
  if (status == GY_OK && sql.failed) status = gy_fail(err, GY_ENOMEM, "no memory for the view %s", view);
  if (status == GY_OK) status = gy_engine_execute(maker->engine, sql.data, NULL, 0, NULL, NULL, NULL, err);
  gy_buffer_clear(&sql);
  return status;
}

/* Customers as the lines describe them: the most frequent value of what a line says of its customer. */
static gy_status derive_customers(const view_maker *maker, gy_target lines, gy_error *err) {
  static const char *const SAID[] = {"country", "region", "district", "gender", "channel"};
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
    for (int id = 0; id < GY_CANONICAL_IDS; id++) {
      const char *type = type_of(maker->columns[i], gy_canonical_ids[id]);
      if (type == NULL) continue;
      bool first = maker->id_types[id] == NULL;
      maker->id_types[id] =
          strcmp(type, "BIGINT") == 0 && (first || strcmp(maker->id_types[id], "BIGINT") == 0) ? "BIGINT"
                                                                                               : "VARCHAR";
    }
  }
  for (int id = 0; id < GY_CANONICAL_IDS; id++)
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
      bool known = is_canonical(GY_TARGET_ORDER_ITEMS, name) || is_bookkeeping(name) ||
                   is_key(&maker->config->sources[s], name);
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

/* Whether rows of such sources have a customer by their keys. */
static bool gives_people(const view_maker *maker, gy_target target) {
  for (uint32_t s = 0; s < maker->config->n_sources; s++)
    if (maker->config->sources[s].target == target && shows_people(maker, s)) return true;
  return false;
}

static gy_status create_shop(view_maker *maker, gy_canonical *canonical, gy_error *err) {
  const gy_project_config *config = maker->config;
  bool has_items = count_sources(config, GY_TARGET_ORDER_ITEMS) > 0;
  bool has_orders = count_sources(config, GY_TARGET_ORDERS) > 0;
  if (!has_items && !has_orders)
    return gy_fail(err, GY_ECONFIG, "no source in gyeol.yaml has the target order_items or orders");
  gy_target lines = has_items ? GY_TARGET_ORDER_ITEMS : GY_TARGET_ORDERS;
  canonical->items = gy_project_config_roles(config, lines);
  canonical->orders = has_items && has_orders ? gy_project_config_roles(config, GY_TARGET_ORDERS) : 0;
  if (gives_people(maker, lines)) canonical->items |= GY_ROLE_BIT(GY_ROLE_CUSTOMER);
  if (canonical->orders != 0 && gives_people(maker, GY_TARGET_ORDERS))
    canonical->orders |= GY_ROLE_BIT(GY_ROLE_CUSTOMER);
  canonical->order_id_is_integer = strcmp(id_type(maker, "order_id"), "BIGINT") == 0;
  gy_status status = create_view(maker, lines, GY_TARGET_ORDER_ITEMS, err);
  if (status == GY_OK && canonical->orders != 0)
    status = create_view(maker, GY_TARGET_ORDERS, GY_TARGET_ORDERS, err);
  if (status == GY_OK)
    status = count_sources(config, GY_TARGET_PRODUCTS) > 0
                 ? create_view(maker, GY_TARGET_PRODUCTS, GY_TARGET_PRODUCTS, err)
                 : gy_engine_execute(maker->engine, gy_sql("study/products_from_lines"), NULL, 0, NULL, NULL,
                                     NULL, err);
  if (status == GY_OK)
    status = count_sources(config, GY_TARGET_CUSTOMERS) > 0
                 ? create_view(maker, GY_TARGET_CUSTOMERS, GY_TARGET_CUSTOMERS, err)
                 : derive_customers(maker, lines, err);
  return status == GY_OK ? collect_attributes(maker, lines, canonical, err) : status;
}

/* Where people are shown, customer ids have the type of theirs, also in a source that has none of its own. */
static gy_status describe_people(view_maker *maker, gy_error *err) {
  const char *type = maker->people->is_text ? "VARCHAR" : "BIGINT";
  gy_status status = gy_person_sources_load(maker->engine, maker->config, &maker->keys, err);
  for (uint32_t s = 0; s < maker->config->n_sources && status == GY_OK; s++) {
    if (!shows_people(maker, s)) continue;
    size_t i;
    json_t *column;
    bool found = false;
    json_array_foreach(maker->columns[s], i, column) {
      if (strcmp(member(column, "column"), "customer_id") != 0) continue;
      json_object_set_new(column, "type", json_string(type));
      found = true;
    }
    if (!found)
      json_array_append_new(maker->columns[s],
                            json_pack("{s:s, s:s}", "column", "customer_id", "type", type));
  }
  if (maker->people->is_text) maker->id_types[0] = "VARCHAR";
  return status;
}

static gy_status maker_init(view_maker *maker, gy_engine *engine, const gy_project_config *config,
                            const gy_person_tables *people, gy_error *err) {
  *maker = (view_maker){.engine = engine,
                        .config = config,
                        .columns = calloc(config->n_sources + 1, sizeof *maker->columns),
                        .people = people};
  if (maker->columns == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the canonical views");
  gy_status status = describe_sources(maker, err);
  bool changes = people->has_alias || people->filled != 0 || people->timed != 0;
  return status == GY_OK && people->active && changes ? describe_people(maker, err) : status;
}

static void maker_clear(view_maker *maker) {
  for (uint32_t i = 0; maker->columns != NULL && i < maker->config->n_sources; i++)
    json_decref(maker->columns[i]);
  free(maker->columns);
  gy_person_sources_clear(&maker->keys);
}

gy_status gy_canonical_create(gy_engine *engine, const gy_project_config *config,
                              const gy_person_tables *people, const gy_task *task, gy_canonical *canonical,
                              gy_error *err) {
  *canonical = (gy_canonical){0};
  view_maker maker = {.config = config};
  gy_status status = gy_task_check(task, err);
  if (status == GY_OK) status = maker_init(&maker, engine, config, people, err);
  if (status == GY_OK) status = create_shop(&maker, canonical, err);
  maker_clear(&maker);
  return status;
}

static gy_status drop_view(gy_engine *engine, const char *view, gy_error *err) {
  char sql[64];
  snprintf(sql, sizeof sql, "DROP VIEW IF EXISTS %s", view);
  return gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, err);
}

gy_status gy_canonical_create_further(gy_engine *engine, const gy_project_config *config,
                                      const gy_person_tables *people, const gy_task *task, gy_error *err) {
  view_maker maker = {.config = config};
  gy_status status = gy_task_check(task, err);
  if (status == GY_OK) status = maker_init(&maker, engine, config, people, err);
  for (gy_target target = 0; target < GY_TARGET_COUNT && status == GY_OK; target++) {
    if (gy_target_is_shop(target) || target == GY_TARGET_OTHER) continue;
    status = count_sources(config, target) > 0 ? create_view(&maker, target, target, err)
                                               : drop_view(engine, gy_target_name(target), err);
  }
  maker_clear(&maker);
  return status;
}

void gy_canonical_clear(gy_canonical *canonical) {
  for (size_t i = 0; i < canonical->n_attributes; i++) free(canonical->attributes[i]);
  free(canonical->attributes);
  *canonical = (gy_canonical){0};
}
