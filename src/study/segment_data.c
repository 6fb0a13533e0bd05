/* SPDX-License-Identifier: Apache-2.0 */
#include "study/segment_data.h"

#include <stdlib.h>
#include <string.h>

enum { DATA_BYTES_MAX = 1 << 30, SQL_BYTES_MAX = 4 << 20 };

static gy_status no_memory(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for what is known of the customer");
}

/* One column that grows by chunks, in the form of its storage. */
typedef struct filling {
  size_t size; /* of a value */
  char *data;
  uint64_t *validity;
} filling;

static const struct {
  const char *form; /* the SQL whose values have the storage's C form */
  size_t size;
} STORAGES[] = {
    [GY_RULE_AS_INTEGER] = {"CAST(%s AS BIGINT)", 8},
    [GY_RULE_AS_EXACT] = {"CAST(%s AS DECIMAL(18, 4))", 8},
    [GY_RULE_AS_REAL] = {"CAST(%s AS DOUBLE)", 8},
    [GY_RULE_AS_TEXT] = {"nfc_normalize(%s)", sizeof(gy_rule_text)},
    [GY_RULE_AS_BOOL] = {"CAST(%s AS BOOLEAN)", 1},
    [GY_RULE_AS_DATE] = {"CAST(%s AS DATE)", 4},
    [GY_RULE_AS_TIMESTAMP] = {"CAST(%s AS TIMESTAMP)", 8},
};

static bool put_value(gy_buffer *sql, const char *alias, const gy_rule_column *column, bool first) {
  char *name = gy_sql_identifier(column->sql_name != NULL ? column->sql_name : column->name);
  const char *form = STORAGES[column->storage].form, *mark = strstr(form, "%s");
  if (name != NULL && mark != NULL)
    gy_buffer_printf(sql, "%s%.*s%s.%s%s", first ? "" : ", ", (int)(mark - form), form, alias, name,
                     mark + 2);
  else
    sql->failed = true;
  free(name);
  return !sql->failed;
}

static gy_status grow(gy_arena *arena, filling *f, size_t n, size_t more, gy_error *err) {
  size_t total = n + more, words = (total + 63) / 64;
  char *data = gy_arena_calloc(arena, total + 1, f->size);
  uint64_t *validity = gy_arena_calloc(arena, words + 1, sizeof *validity);
  if (data == NULL || validity == NULL) return no_memory(err);
  if (n > 0) {
    memcpy(data, f->data, n * f->size);
    memcpy(validity, f->validity, (n + 63) / 64 * sizeof *validity);
  }
  f->data = data;
  f->validity = validity;
  return GY_OK;
}

static gy_status take_column(gy_arena *arena, filling *f, const gy_column *column, bool is_text, size_t n,
                             size_t n_rows, gy_error *err) {
  gy_status status = grow(arena, f, n, n_rows, err);
  for (size_t r = 0; r < n_rows && status == GY_OK; r++) {
    if (gy_column_is_null(column, r)) continue;
    f->validity[(n + r) / 64] |= (uint64_t)1 << ((n + r) % 64);
    if (is_text) {
      const gy_text *text = &((const gy_text *)column->data)[r];
      char *copy = gy_arena_strndup(arena, text->data, text->length);
      if (copy == NULL) return no_memory(err);
      ((gy_rule_text *)(void *)f->data)[n + r] = (gy_rule_text){copy, text->length};
    } else {
      memcpy(f->data + (n + r) * f->size, (const char *)column->data + r * f->size, f->size);
    }
  }
  return status;
}

/* Runs a query of n columns and fills the vectors `which` of them. */
static gy_status load(const gy_run_context *run, const char *sql, const gy_rule_column *columns,
                      const size_t *which, size_t n, gy_arena *arena, gy_rule_vector *vectors, size_t *n_rows,
                      gy_error *err) {
  gy_result *result = NULL;
  filling *fillings = gy_arena_calloc(arena, n + 1, sizeof *fillings);
  if (fillings == NULL) return no_memory(err);
  gy_status status = gy_engine_query(run->project.engine, sql, NULL, 0, run->task, &result, err);
  size_t rows = 0;
  for (size_t i = 0; i < n; i++) fillings[i].size = STORAGES[columns[which[i]].storage].size;
  while (status == GY_OK) {
    gy_chunk chunk;
    status = gy_result_next(result, &chunk, err);
    if (status != GY_OK || chunk.n_rows == 0) break;
    for (size_t i = 0; i < n && status == GY_OK; i++)
      status = take_column(arena, &fillings[i], &chunk.columns[i],
                           columns[which[i]].storage == GY_RULE_AS_TEXT, rows, chunk.n_rows, err);
    rows += chunk.n_rows;
  }
  gy_result_destroy(result);
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    if (rows == 0) status = grow(arena, &fillings[i], 0, 0, err);
    vectors[which[i]] = (gy_rule_vector){fillings[i].data, fillings[i].validity};
  }
  *n_rows = rows;
  return status;
}

/* Columns that stand in one relation, joined to the customer; NULL stands for the catalogue's own. */
static gy_status load_relation(const gy_run_context *run, const gy_rule_catalogue *catalogue,
                               const gy_rule_set *set, const char *relation, gy_segment_data *data,
                               gy_rule_vector *vectors, gy_error *err) {
  size_t *which = gy_arena_calloc(&data->arena, catalogue->n_columns + 1, sizeof *which), n = 0, n_rows = 0;
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_BYTES_MAX);
  gy_buffer_text(&sql, "SELECT ");
  for (size_t i = 0; i < catalogue->n_columns && which != NULL; i++) {
    const char *other = catalogue->columns[i].relation;
    bool same = relation == NULL ? other == NULL : other != NULL && strcmp(relation, other) == 0;
    if (!same || !gy_rule_set_reads_column(set, i)) continue;
    put_value(&sql, "x", &catalogue->columns[i], n == 0);
    which[n++] = i;
  }
  gy_buffer_printf(&sql, " FROM segment_asked AS a LEFT JOIN %s AS x ON x.customer_id = a.customer_id",
                   relation != NULL ? relation : catalogue->relation);
  gy_status status = which == NULL || sql.failed ? no_memory(err) : GY_OK;
  if (status == GY_OK && n > 0)
    status = load(run, sql.data, catalogue->columns, which, n, &data->arena, vectors, &n_rows, err);
  gy_buffer_clear(&sql);
  return status;
}

static gy_status load_table(const gy_run_context *run, const gy_rule_table *table, const gy_rule_set *set,
                            size_t t, gy_segment_data *data, gy_rule_rows *rows, gy_error *err) {
  size_t *which = gy_arena_calloc(&data->arena, table->n_columns + 1, sizeof *which), n = 0, n_rows = 0;
  gy_rule_vector *vectors = gy_arena_calloc(&data->arena, table->n_columns + 1, sizeof *vectors);
  uint64_t *starts = gy_arena_calloc(&data->arena, 2, sizeof *starts);
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_BYTES_MAX);
  gy_buffer_text(&sql, "SELECT ");
  if (which == NULL || vectors == NULL || starts == NULL) sql.failed = true;
  for (size_t i = 0; i < table->n_columns && !sql.failed; i++) {
    bool is_time = table->time != NULL && strcmp(table->columns[i].name, table->time) == 0;
    if (!is_time && !gy_rule_set_reads_table_column(set, t, i)) continue;
    put_value(&sql, "x", &table->columns[i], n == 0);
    which[n++] = i;
  }
  if (n == 0) gy_buffer_text(&sql, "1");
  gy_buffer_printf(&sql, " FROM %s AS x JOIN segment_asked AS a ON x.customer_id = a.customer_id",
                   table->relation != NULL ? table->relation : table->name);
  gy_status status = sql.failed ? no_memory(err) : GY_OK;
  if (status == GY_OK)
    status = load(run, sql.data, table->columns, which, n, &data->arena, vectors, &n_rows, err);
  gy_buffer_clear(&sql);
  if (status != GY_OK) return status;
  starts[1] = n_rows;
  *rows = (gy_rule_rows){starts, vectors};
  return GY_OK;
}

/* Places among all customers, which only everybody's values tell. */
static gy_status load_populations(const gy_run_context *run, const gy_rule_set *set, gy_segment_data *data,
                                  gy_error *err) {
  size_t n = gy_rule_set_populations(set), n_rows = 0;
  if (n == 0) return GY_OK;
  gy_rule_column *columns = gy_arena_calloc(&data->arena, n + 1, sizeof *columns);
  size_t *which = gy_arena_calloc(&data->arena, n, sizeof *which);
  gy_rule_vector *vectors = gy_arena_calloc(&data->arena, n, sizeof *vectors);
  char *query = NULL, *sql = NULL;
  gy_status status = columns != NULL && which != NULL && vectors != NULL ? GY_OK : no_memory(err);
  if (status == GY_OK) status = gy_rule_set_population_sql(set, GY_RULE_DUCKDB, "segment_asked", &query, err);
  for (size_t i = 0; i < n && status == GY_OK; i++) which[i] = i, columns[i].storage = GY_RULE_AS_REAL;
  if (status == GY_OK && asprintf(&sql, "SELECT * EXCLUDE (customer_id) FROM (%s)", query) < 0) {
    sql = NULL;
    status = no_memory(err);
  }
  if (status == GY_OK) status = load(run, sql, columns, which, n, &data->arena, vectors, &n_rows, err);
  data->rule.populations = vectors;
  free(query);
  free(sql);
  return status;
}

gy_status gy_segment_data_load(const gy_run_context *run, const gy_rule_catalogue *catalogue,
                               const gy_rule_set *set, gy_segment_data *data, gy_error *err) {
  *data = (gy_segment_data){0};
  gy_arena_init(&data->arena, 0, DATA_BYTES_MAX);
  gy_rule_vector *columns = gy_arena_calloc(&data->arena, catalogue->n_columns + 1, sizeof *columns);
  gy_rule_rows *tables = gy_arena_calloc(&data->arena, catalogue->n_tables + 1, sizeof *tables);
  gy_rule_text *ids = gy_arena_calloc(&data->arena, 1, sizeof *ids);
  char *id = NULL;
  gy_status status = columns != NULL && tables != NULL && ids != NULL ? GY_OK : no_memory(err);
  if (status == GY_OK) status = load_relation(run, catalogue, set, NULL, data, columns, err);
  for (size_t i = 0; i < catalogue->n_columns && status == GY_OK; i++) {
    const char *relation = catalogue->columns[i].relation;
    if (relation != NULL && columns[i].data == NULL && gy_rule_set_reads_column(set, i))
      status = load_relation(run, catalogue, set, relation, data, columns, err);
  }
  for (size_t t = 0; t < catalogue->n_tables && status == GY_OK; t++)
    if (gy_rule_set_reads_table(set, t))
      status = load_table(run, &catalogue->tables[t], set, t, data, &tables[t], err);
  if (status == GY_OK)
    status = gy_engine_text(run->project.engine, "SELECT CAST(customer_id AS VARCHAR) FROM segment_asked",
                            NULL, 0, &id, err);
  if (status == GY_OK && (ids[0].data = gy_arena_strndup(&data->arena, id, strlen(id))) == NULL)
    status = no_memory(err);
  if (status == GY_OK) ids[0].length = strlen(id);
  free(id);
  data->rule = (gy_rule_data){.n_customers = 1, .columns = columns, .tables = tables, .ids = ids};
  return status == GY_OK ? load_populations(run, set, data, err) : status;
}

void gy_segment_data_clear(gy_segment_data *data) {
  gy_arena_clear(&data->arena);
  *data = (gy_segment_data){0};
}
