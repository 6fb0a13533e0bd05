/* SPDX-License-Identifier: Apache-2.0 */
#include "study/duplicate_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "study/canonical_views.h"
#include "study/relations.h"

enum { SQL_MAX = 1 << 20 };

static gy_status no_memory(const char *source, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for the duplicates of source %s", source);
}

/* A source's relation and the table of what was put aside. */
typedef struct place {
  char *relation, *aside;
} place;

static gy_status place_of(const char *source, place *p, gy_error *err) {
  *p = (place){.relation = gy_source_relation(source)};
  if (p->relation == NULL || asprintf(&p->aside, "aside_%s", source) < 0) return no_memory(source, err);
  return GY_OK;
}

static void place_clear(place *p) {
  free(p->relation);
  free(p->aside);
}

static gy_status forget_list(gy_engine *engine, const char *source, gy_error *err) {
  gy_value name = gy_bind_text(source);
  return gy_engine_execute(engine, "DELETE FROM duplicates WHERE source = $1", &name, 1, NULL, NULL, NULL,
                           err);
}

gy_status gy_duplicates_restore(gy_engine *engine, const char *source, const gy_task *task, gy_error *err) {
  place p;
  gy_relation_kind kind = GY_RELATION_NONE;
  gy_status status = place_of(source, &p, err);
  if (status == GY_OK) status = gy_relation_find(engine, p.aside, &kind, err);
  if (status == GY_OK && kind == GY_RELATION_TABLE) {
    status = gy_relation_execute(engine, "INSERT INTO {{name}} SELECT * FROM {{other}}", p.relation, p.aside,
                                 task, err);
    if (status == GY_OK) status = gy_relation_drop(engine, p.aside, err);
    if (status == GY_OK) status = forget_list(engine, source, err);
  }
  place_clear(&p);
  return status;
}

gy_status gy_duplicates_forget(gy_engine *engine, const char *source, gy_error *err) {
  place p;
  gy_status status = place_of(source, &p, err);
  if (status == GY_OK) status = gy_relation_drop(engine, p.aside, err);
  if (status == GY_OK) status = forget_list(engine, source, err);
  place_clear(&p);
  return status;
}

/* ---- what is compared ---- */

typedef struct fragments {
  gy_buffer key, complete, order;
} fragments;

static void put_name(gy_buffer *out, const char *between, const char *name, const char *behind) {
  char *quoted = gy_sql_identifier(name);
  if (quoted == NULL) out->failed = true;
  gy_buffer_printf(out, "%s%s%s", between, quoted != NULL ? quoted : "", behind);
  free(quoted);
}

static const char *target_of(const gy_source_config *source, const char *name) {
  return gy_column_role_target(source, gy_source_config_column(source, name, NULL));
}

static bool is_own(const char *column) {
  return strcmp(column, "row_no") != 0 && strcmp(column, "gy_file") != 0;
}

/* All columns that the files gave; with `missing`, how many of them are NULL. */
static void put_own_columns(const json_t *columns, bool missing, gy_buffer *out) {
  size_t i;
  json_t *column;
  const char *between = "";
  json_array_foreach(columns, i, column) {
    const char *name = json_string_value(json_object_get(column, "column"));
    if (!is_own(name)) continue;
    gy_buffer_text(out, between);
    put_name(out, missing ? "CASE WHEN " : "", name, missing ? " IS NULL THEN 1 ELSE 0 END" : "");
    between = missing ? " + " : ", ";
  }
}

static void put_order(const gy_source_config *source, const json_t *columns, gy_buffer *out) {
  const gy_column_role *by = gy_duplicates_by(source);
  const char *date = by != NULL ? gy_column_role_target(source, by) : "row_no";
  switch (source->duplicates.keep) {
    case GY_SURVIVOR_LAST:
      gy_buffer_text(out, "place DESC, row_no DESC");
      break;
    case GY_SURVIVOR_NEWEST:
      put_name(out, "", date, " DESC NULLS LAST, place DESC, row_no DESC");
      break;
    case GY_SURVIVOR_OLDEST:
      put_name(out, "", date, " ASC NULLS LAST, place, row_no");
      break;
    case GY_SURVIVOR_MOST_COMPLETE:
      gy_buffer_text(out, "(");
      put_own_columns(columns, true, out);
      gy_buffer_text(out, "), place, row_no");
      break;
    default:
      gy_buffer_text(out, "place, row_no");
  }
}

static void put_key(const gy_source_config *source, const json_t *columns, fragments *f) {
  for (uint32_t k = 0; k < source->duplicates.n_key; k++) {
    const char *name = target_of(source, source->duplicates.key[k]);
    put_name(&f->key, k > 0 ? ", " : "", name, "");
    put_name(&f->complete, k > 0 ? " AND " : "", name, " IS NOT NULL");
  }
  put_order(source, columns, &f->order);
}

/* ---- finding ---- */

/* Moves the rows of a kind from the relation to the table of what is put aside. */
static gy_status put_aside(gy_engine *engine, const char *source, const place *p, const char *kind,
                           const gy_task *task, gy_error *err) {
  static const char *const SQL[] = {
      "CREATE TABLE IF NOT EXISTS {{other}} AS SELECT * FROM {{name}} LIMIT 0",
      "INSERT INTO {{other}} SELECT * FROM {{name}} WHERE row_no IN (SELECT row_no FROM duplicates WHERE "
      "source = "
      "$1 AND kind = $2)",
      "DELETE FROM {{name}} WHERE row_no IN (SELECT row_no FROM duplicates WHERE source = $1 AND kind = $2)"};
  gy_value values[] = {gy_bind_text(source), gy_bind_text(kind)};
  gy_status status = gy_relation_execute(engine, SQL[0], p->relation, p->aside, task, err);
  for (int i = 1; i < 3 && status == GY_OK; i++) {
    char *name = gy_sql_identifier(p->relation), *other = gy_sql_identifier(p->aside), *sql = NULL;
    gy_sql_part parts[] = {{"name", name}, {"other", other}};
    status =
        name != NULL && other != NULL ? gy_sql_expand(SQL[i], parts, 2, &sql, err) : no_memory(source, err);
    if (status == GY_OK) status = gy_engine_execute(engine, sql, values, 2, NULL, task, NULL, err);
    free(name);
    free(other);
    free(sql);
  }
  return status;
}

static gy_status find_kind(gy_engine *engine, const char *source, const place *p, const char *kind,
                           const fragments *f, const gy_task *task, gy_error *err) {
  char *name = gy_sql_identifier(p->relation), *sql = NULL;
  gy_sql_part parts[] = {
      {"name", name}, {"key", f->key.data}, {"complete", f->complete.data}, {"order", f->order.data}};
  gy_value values[] = {gy_bind_text(source), gy_bind_text(kind)};
  bool failed = name == NULL || f->key.failed || f->complete.failed || f->order.failed;
  uint64_t n = 0;
  gy_status status =
      failed ? no_memory(source, err) : gy_sql_expand(gy_sql("study/duplicates_find"), parts, 4, &sql, err);
  if (status == GY_OK)
    status = gy_engine_execute(engine, sql, values, 2, "finding duplicates", task, &n, err);
  if (status == GY_OK && n > 0) status = put_aside(engine, source, p, kind, task, err);
  free(name);
  free(sql);
  return status;
}

static void fragments_init(fragments *f) {
  gy_buffer_init(&f->key, SQL_MAX);
  gy_buffer_init(&f->complete, SQL_MAX);
  gy_buffer_init(&f->order, SQL_MAX);
}

static void fragments_clear(fragments *f) {
  gy_buffer_clear(&f->key);
  gy_buffer_clear(&f->complete);
  gy_buffer_clear(&f->order);
}

static gy_status find_in(gy_engine *engine, const gy_source_config *source, const place *p,
                         const json_t *columns, const gy_task *task, gy_error *err) {
  gy_status status = GY_OK;
  fragments f;
  if (source->duplicates.exact == GY_EXACT_DROP) {
    fragments_init(&f);
    put_own_columns(columns, false, &f.key);
    gy_buffer_text(&f.complete, "true");
    gy_buffer_text(&f.order, "place, row_no");
    status = find_kind(engine, source->name, p, "exact", &f, task, err);
    fragments_clear(&f);
  }
  if (status == GY_OK && source->duplicates.n_key > 0) {
    fragments_init(&f);
    put_key(source, columns, &f);
    status = find_kind(engine, source->name, p, "key", &f, task, err);
    fragments_clear(&f);
  }
  return status;
}

/* Rows of a view cannot be put aside. */
static gy_status materialise(gy_engine *engine, const gy_source_config *source, const place *p,
                             const gy_task *task, gy_error *err) {
  gy_relation_kind kind = GY_RELATION_NONE;
  gy_status status = gy_relation_find(engine, p->relation, &kind, err);
  if (status != GY_OK || kind != GY_RELATION_VIEW) return status;
  gy_task_log(task, GY_LOG_INFO, "source %s is copied into the store, because duplicates of it are left out",
              source->name);
  status = gy_relation_execute(engine, "CREATE TABLE {{other}} AS SELECT * FROM {{name}}", p->relation,
                               p->aside, task, err);
  return status == GY_OK ? gy_relation_replace(engine, p->aside, p->relation, err) : status;
}

gy_status gy_duplicates_find(gy_engine *engine, const gy_source_config *source, const gy_task *task,
                             gy_error *err) {
  place p;
  json_t *columns = NULL;
  gy_status status = place_of(source->name, &p, err);
  if (status == GY_OK) status = materialise(engine, source, &p, task, err);
  gy_value relation = gy_bind_text(p.relation);
  if (status == GY_OK)
    status = gy_engine_json(engine, gy_sql("study/relation_columns"), &relation, 1, NULL, &columns, err);
  if (status == GY_OK) status = find_in(engine, source, &p, columns, task, err);
  json_decref(columns);
  place_clear(&p);
  return status;
}

/* Ids of two sources may be of two types. */
static void put_same(const gy_source_config *a, const gy_source_config *b, gy_buffer *out) {
  for (uint32_t k = 0; k < a->duplicates.n_key; k++) {
    put_name(out, k > 0 ? " AND CAST(a." : "CAST(a.", target_of(a, a->duplicates.key[k]), " AS VARCHAR)");
    put_name(out, " = CAST(b.", target_of(b, b->duplicates.key[k]), " AS VARCHAR)");
  }
}

gy_status gy_duplicates_across(gy_engine *engine, const gy_source_config *source,
                               const gy_source_config *first, const gy_task *task, gy_error *err) {
  place p = {0}, other = {0};
  gy_buffer same;
  gy_buffer_init(&same, SQL_MAX);
  put_same(first, source, &same);
  gy_status status = place_of(source->name, &p, err);
  if (status == GY_OK) status = place_of(first->name, &other, err);
  char *name = status == GY_OK ? gy_sql_identifier(p.relation) : NULL,
       *other_name = status == GY_OK ? gy_sql_identifier(other.relation) : NULL, *sql = NULL;
  if (status == GY_OK && (name == NULL || other_name == NULL || same.failed))
    status = no_memory(source->name, err);
  gy_sql_part parts[] = {{"name", name}, {"other", other_name}, {"same", same.data}};
  gy_value values[] = {gy_bind_text(source->name), gy_bind_text(first->name)};
  uint64_t n = 0;
  if (status == GY_OK) status = gy_sql_expand(gy_sql("study/duplicates_across"), parts, 3, &sql, err);
  if (status == GY_OK)
    status = gy_engine_execute(engine, sql, values, 2, "finding duplicates", task, &n, err);
  if (status == GY_OK && n > 0) status = put_aside(engine, source->name, &p, "source", task, err);
  gy_buffer_clear(&same);
  free(name);
  free(other_name);
  free(sql);
  place_clear(&p);
  place_clear(&other);
  return status;
}

gy_status gy_duplicates_count(gy_engine *engine, const char *source, json_t **counts, gy_error *err) {
  gy_value name = gy_bind_text(source);
  json_t *rows = NULL, *row;
  gy_status status = gy_engine_json(engine, gy_sql("study/duplicates_count"), &name, 1, NULL, &rows, err);
  if (status != GY_OK) return status;
  *counts = json_pack("{s:i, s:i, s:i}", "exact", 0, "key", 0, "source", 0);
  size_t i;
  json_array_foreach(rows, i, row) {
    json_object_set(*counts, json_string_value(json_object_get(row, "kind")), json_object_get(row, "rows"));
  }
  json_decref(rows);
  return GY_OK;
}
