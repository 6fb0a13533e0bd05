/* SPDX-License-Identifier: Apache-2.0
 *
 * Parquet is read in place: the table becomes a view over read_parquet whose casts give it the canonical
 * columns, one SELECT a file so that each can number its rows on from the file before. Nothing is rejected;
 * cells that are missing, or are texts that no cast can read, are NULL and counted.
 *
 * Files with direct identifiers, or of which people were forgotten, are copied: a view would show the
 * originals.
 *
 * Local times become UTC by arithmetic: the offsets that hold between the column's first and last time are
 * written into the view, by the same rules that other files follow. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/consent_words.h"
#include "data/convert.h"
#include "data/import_functions.h"
#include "data/import_work.h"

enum { SQL_MAX = 8 << 20, SECOND_US = 1000000 };

typedef struct parquet_column {
  char *quoted;  /* as an identifier */
  char type[64]; /* as the engine names it */
  bool is_local; /* a time without offset */
  bool is_text_id;
  bool is_direct;            /* an id with values that are direct identifiers */
  int64_t first_us, last_us; /* of a local time */
} parquet_column;

typedef struct parquet_view {
  gy_engine *engine;
  const gy_import_spec *spec;
  const gy_task *task;
  gy_import_result *result;
  parquet_column *columns;
  bool is_copied; /* a table, for it has pseudonyms, or lacks people who were forgotten */
  gy_pseudonymiser *pseudonyms;
} parquet_view;

static gy_status spent(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "out of memory for a Parquet source");
}

static bool begins(const char *type, const char *with) { return strncasecmp(type, with, strlen(with)) == 0; }

static bool is_integer(const char *type) {
  return strcasestr(type, "INT") != NULL && !begins(type, "INTERVAL");
}

/* Numbers that are whole by their type and fit a BIGINT. */
static bool is_whole(const char *type) {
  return is_integer(type) && strstr(type, "HUGEINT") == NULL && strcmp(type, "UBIGINT") != 0;
}

static bool is_floating(const char *type) {
  return begins(type, "DOUBLE") || begins(type, "FLOAT") || begins(type, "DECIMAL");
}

/* A path as a literal that stays true when the working folder changes. */
static bool write_path(gy_buffer *sql, const char *path) {
  char *whole = realpath(path, NULL);
  char *literal = gy_sql_literal(whole != NULL ? whole : path);
  bool good = literal != NULL && gy_buffer_text(sql, literal);
  free(literal);
  free(whole);
  return good;
}

static bool write_files(const parquet_view *v, gy_buffer *sql) {
  gy_buffer_text(sql, "read_parquet([");
  for (size_t i = 0; i < v->result->n_files; i++) {
    if (i > 0) gy_buffer_text(sql, ", ");
    write_path(sql, v->result->files[i].path);
  }
  return gy_buffer_text(sql, "], union_by_name = true)");
}

static gy_status find_types(const parquet_view *v, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  gy_buffer_text(&sql, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ");
  write_files(v, &sql);
  gy_buffer_text(&sql, ")");
  gy_result *rows = NULL;
  gy_chunk chunk = {0};
  gy_status status =
      sql.failed ? spent(err) : gy_engine_query(v->engine, sql.data, NULL, 0, v->task, &rows, err);
  for (;;) {
    if (status == GY_OK) status = gy_result_next(rows, &chunk, err);
    if (status != GY_OK || chunk.n_rows == 0) break;
    const gy_text *names = chunk.columns[0].data, *types = chunk.columns[1].data;
    for (size_t row = 0; row < chunk.n_rows; row++) {
      for (size_t c = 0; c < v->spec->n_columns; c++) {
        const char *wanted = v->spec->columns[c].source;
        if (strlen(wanted) != names[row].length || memcmp(wanted, names[row].data, names[row].length) != 0)
          continue;
        snprintf(v->columns[c].type, sizeof v->columns[c].type, "%.*s", (int)types[row].length,
                 types[row].data);
      }
    }
  }
  gy_result_destroy(rows);
  gy_buffer_clear(&sql);
  for (size_t c = 0; c < v->spec->n_columns && status == GY_OK; c++) {
    if (v->columns[c].type[0] != '\0') continue;
    status = gy_fail(err, GY_ECONFIG, "source %s: %s has no column '%s'", v->spec->source,
                     v->result->files[0].path, v->spec->columns[c].source);
  }
  return status;
}

/* The column as a time: TIMESTAMP, local or UTC. */
static void write_time(const parquet_view *v, size_t c, gy_buffer *sql) {
  const parquet_column *column = &v->columns[c];
  gy_time_form form = v->spec->columns[c].time_form;
  if (begins(column->type, "TIMESTAMP WITH TIME ZONE")) {
    gy_buffer_printf(sql, "make_timestamp(epoch_us(%s))", column->quoted);
  } else if (form >= GY_TIME_EPOCH_S && (is_integer(column->type) || is_floating(column->type))) {
    const char *unit = form == GY_TIME_EPOCH_S ? "1000000" : form == GY_TIME_EPOCH_MS ? "1000" : "1";
    gy_buffer_printf(sql, "make_timestamp(CAST(%s * %s AS BIGINT))", column->quoted, unit);
  } else if (is_integer(column->type)) {
    gy_buffer_printf(
        sql, "CAST(try_strptime(CAST(%s AS VARCHAR), ['%%Y%%m%%d', '%%Y%%m%%d%%H%%M%%S']) AS TIMESTAMP)",
        column->quoted);
  } else if (begins(column->type, "VARCHAR")) {
    const char *forms = form == GY_TIME_MONTH_FIRST ? "'%m/%d/%Y %H:%M:%S', '%m/%d/%Y %H:%M', '%m/%d/%Y'"
                        : form == GY_TIME_DAY_FIRST
                            ? "'%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M', '%d/%m/%Y', '%d.%m.%Y'"
                            : "'%Y%m%d', '%Y.%m.%d', '%Y/%m/%d', '%Y%m%d%H%M%S'";
    gy_buffer_printf(sql, "coalesce(TRY_CAST(%s AS TIMESTAMP), try_strptime(%s, [%s]))", column->quoted,
                     column->quoted, forms);
  } else {
    gy_buffer_printf(sql, "CAST(%s AS TIMESTAMP)", column->quoted);
  }
}

/* First and last local time by the statistics in the files' footers; false where they have none. */
static bool span_of_footers(const parquet_view *v, parquet_column *column, const char *name) {
  char *literal = gy_sql_literal(name);
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  gy_buffer_text(
      &sql,
      "SELECT epoch_us(min(first)), epoch_us(max(last)), count(*) = count(first) AND count(*) = count(last) "
      "FROM (SELECT TRY_CAST(stats_min_value AS TIMESTAMP) AS first, TRY_CAST(stats_max_value AS TIMESTAMP) "
      "AS last FROM parquet_metadata([");
  for (size_t i = 0; i < v->result->n_files; i++) {
    if (i > 0) gy_buffer_text(&sql, ", ");
    write_path(&sql, v->result->files[i].path);
  }
  gy_buffer_printf(&sql, "]) WHERE path_in_schema = %s)", literal != NULL ? literal : "''");
  gy_result *rows = NULL;
  gy_chunk chunk = {0};
  bool known = !sql.failed && literal != NULL &&
               gy_engine_query(v->engine, sql.data, NULL, 0, v->task, &rows, NULL) == GY_OK &&
               gy_result_next(rows, &chunk, NULL) == GY_OK && chunk.n_rows == 1 &&
               !gy_column_is_null(&chunk.columns[0], 0) && ((const uint8_t *)chunk.columns[2].data)[0] != 0;
  if (known) {
    column->first_us = *(const int64_t *)chunk.columns[0].data;
    column->last_us = *(const int64_t *)chunk.columns[1].data;
  }
  gy_result_destroy(rows);
  gy_buffer_clear(&sql);
  free(literal);
  return known;
}

/* First and last local times, and whether floating-point ids are integers: one look at the data. */
static gy_status look_at_data(const parquet_view *v, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  gy_buffer_text(&sql, "SELECT count(*)");
  for (size_t c = 0; c < v->spec->n_columns; c++) {
    parquet_column *column = &v->columns[c];
    const gy_import_column *spec = &v->spec->columns[c];
    bool instant = begins(column->type, "TIMESTAMP WITH TIME ZONE") || spec->time_form >= GY_TIME_EPOCH_S;
    column->is_local = spec->kind == GY_IMPORT_TIME && !instant;
    column->is_text_id = spec->kind == GY_IMPORT_ID &&
                         (spec->text_id || (!is_integer(column->type) && !is_floating(column->type)));
    bool plain = strcmp(column->type, "TIMESTAMP") == 0;
    if (column->is_local && plain && span_of_footers(v, column, spec->source)) {
      gy_buffer_printf(&sql, ", CAST(%lld AS BIGINT), CAST(%lld AS BIGINT)", (long long)column->first_us,
                       (long long)column->last_us);
    } else if (column->is_local) {
      gy_buffer_text(&sql, ", epoch_us(min(");
      write_time(v, c, &sql);
      gy_buffer_text(&sql, ")), epoch_us(max(");
      write_time(v, c, &sql);
      gy_buffer_text(&sql, "))");
    } else if (spec->kind == GY_IMPORT_ID && is_floating(column->type)) {
      gy_buffer_printf(&sql, ", count(*) FILTER (WHERE %s <> trunc(%s) OR abs(%s) >= 1e15), 0",
                       column->quoted, column->quoted, column->quoted);
    } else if (spec->guard == GY_IMPORT_KEY && begins(column->type, "VARCHAR")) {
      gy_buffer_printf(&sql, ", count(*) FILTER (WHERE gyeol_is_direct(%s)), 0", column->quoted);
    } else {
      gy_buffer_text(&sql, ", 0, 0");
    }
  }
  gy_buffer_text(&sql, " FROM ");
  write_files(v, &sql);
  gy_result *rows = NULL;
  gy_chunk chunk = {0};
  gy_status status =
      sql.failed ? spent(err) : gy_engine_query(v->engine, sql.data, NULL, 0, v->task, &rows, err);
  if (status == GY_OK) status = gy_result_next(rows, &chunk, err);
  for (size_t c = 0; c < v->spec->n_columns && status == GY_OK; c++) {
    const gy_column *first = &chunk.columns[1 + 2 * c], *last = &chunk.columns[2 + 2 * c];
    if (v->columns[c].is_local && !gy_column_is_null(first, 0)) {
      v->columns[c].first_us = *(const int64_t *)first->data;
      v->columns[c].last_us = *(const int64_t *)last->data;
    } else if (v->spec->columns[c].kind == GY_IMPORT_ID && is_floating(v->columns[c].type)) {
      v->columns[c].is_text_id = v->columns[c].is_text_id || *(const int64_t *)first->data > 0;
    } else if (v->spec->columns[c].guard == GY_IMPORT_KEY && begins(v->columns[c].type, "VARCHAR")) {
      v->columns[c].is_direct = *(const int64_t *)first->data > 0;
    }
  }
  gy_result_destroy(rows);
  gy_buffer_clear(&sql);
  return status;
}

/* Takes the zone's offset off a local time: one constant, or a case for each span between first and last. In
 * integers: the engine's intervals go through calendar fields, which costs ten times as much. */
static void write_utc(const parquet_view *v, size_t c, gy_buffer *sql) {
  const parquet_column *column = &v->columns[c];
  int64_t last_s = column->last_us / SECOND_US;
  gy_zone_span span = gy_zone_of_local(v->spec->zone, column->first_us / SECOND_US - 1);
  gy_buffer_text(sql, "make_timestamp(epoch_us(");
  write_time(v, c, sql);
  gy_buffer_text(sql, ") - ");
  size_t n_cases = 0;
  for (; span.until_s <= last_s; span = gy_zone_of_local(v->spec->zone, span.until_s)) {
    gy_buffer_text(sql, n_cases++ == 0 ? "CASE WHEN epoch_us(" : " WHEN epoch_us(");
    write_time(v, c, sql);
    gy_buffer_printf(sql, ") < %lld THEN %lld", (long long)span.until_s * SECOND_US,
                     (long long)span.offset_s * SECOND_US);
  }
  gy_buffer_printf(sql, n_cases > 0 ? " ELSE %lld END)" : "%lld)", (long long)span.offset_s * SECOND_US);
}

/* The words that other formats read, too. */
static void write_bool(const char *x, gy_buffer *sql) {
  gy_buffer_text(sql, "CASE");
  for (int side = 0; side < 2; side++) {
    bool value;
    const char *word, *between = "";
    gy_buffer_printf(sql, " WHEN lower(trim(%s)) IN (", x);
    for (size_t i = 0; (word = gy_bool_word(i, &value)) != NULL; i++) {
      if (value != (side == 0)) continue;
      gy_buffer_printf(sql, "%s'%s'", between, word);
      between = ", ";
    }
    gy_buffer_text(sql, side == 0 ? ") THEN true" : ") THEN false");
  }
  gy_buffer_text(sql, " END");
}

/* What is no word of consents stands as it is: it can be in force nowhere, and is counted. */
static void write_consent_word(const char *x, bool is_purpose, gy_buffer *sql) {
  gy_purpose purpose;
  gy_channel channel;
  const char *word;
  gy_buffer_printf(sql, "CASE lower(trim(CAST(%s AS VARCHAR)))", x);
  for (size_t i = 0;
       (word = is_purpose ? gy_purpose_word(i, &purpose) : gy_channel_word(i, &channel)) != NULL; i++)
    gy_buffer_printf(sql, " WHEN '%s' THEN '%s'", word,
                     is_purpose ? gy_purpose_name(purpose) : gy_channel_name(channel));
  gy_buffer_printf(
      sql, " WHEN 'third_party' THEN 'third_party' WHEN 'e-mail' THEN 'email' ELSE CAST(%s AS VARCHAR) END",
      x);
}

static void write_id(const parquet_column *column, gy_buffer *sql) {
  const char *x = column->quoted;
  if (!column->is_text_id)
    gy_buffer_printf(sql, "CAST(%s AS BIGINT)", x);
  else if (begins(column->type, "VARCHAR"))
    gy_buffer_printf(sql, "nullif(trim(%s), '')", x);
  else
    gy_buffer_printf(sql, "regexp_replace(CAST(%s AS VARCHAR), '\\.0+$', '')", x);
}

/* Numbers, truth values and texts. */
static void write_plain(const parquet_view *v, size_t c, gy_buffer *sql) {
  const parquet_column *column = &v->columns[c];
  const gy_import_column *spec = &v->spec->columns[c];
  const char *x = column->quoted;
  bool text = begins(column->type, "VARCHAR");
  bool masks = spec->guard == GY_IMPORT_FREE_TEXT || (spec->guard == GY_IMPORT_LABEL && v->is_copied);
  if (spec->kind == GY_IMPORT_NUMBER && is_whole(column->type))
    gy_buffer_printf(sql, "CAST(%s AS BIGINT)", x);
  else if (spec->kind == GY_IMPORT_NUMBER || spec->kind == GY_IMPORT_REAL)
    gy_buffer_printf(sql, "%s(%s AS %s)", text ? "TRY_CAST" : "CAST", x,
                     spec->kind == GY_IMPORT_REAL ? "DOUBLE" : "DECIMAL(18, 4)");
  else if (spec->kind == GY_IMPORT_BOOL && text)
    write_bool(x, sql);
  else if (spec->kind == GY_IMPORT_BOOL)
    gy_buffer_printf(sql, "CAST(%s AS BOOLEAN)", x);
  else if (text && masks && !v->spec->privacy->keeps_free_text)
    gy_buffer_printf(sql, "gyeol_masked(%s)", x);
  else
    gy_buffer_printf(sql, "CAST(%s AS VARCHAR)", x);
}

static void write_column(const parquet_view *v, size_t c, gy_buffer *sql) {
  const parquet_column *column = &v->columns[c];
  const gy_import_column *spec = &v->spec->columns[c];
  bool is_person = spec->kind == GY_IMPORT_ID && column->is_direct;
  if (is_person) gy_buffer_text(sql, "gyeol_person_id(");
  if (spec->kind == GY_IMPORT_ID)
    write_id(column, sql);
  else if (spec->kind == GY_IMPORT_TIME && column->is_local)
    write_utc(v, c, sql);
  else if (spec->kind == GY_IMPORT_TIME)
    write_time(v, c, sql);
  else if (spec->kind == GY_IMPORT_PSEUDONYM)
    gy_buffer_printf(sql, "gyeol_pseudonym('%s', CAST(%s AS VARCHAR))", gy_identifier_name(spec->identifier),
                     column->quoted);
  else if (spec->kind == GY_IMPORT_PURPOSE || spec->kind == GY_IMPORT_CHANNEL)
    write_consent_word(column->quoted, spec->kind == GY_IMPORT_PURPOSE, sql);
  else
    write_plain(v, c, sql);
  if (is_person) gy_buffer_text(sql, ")");
  char *target = gy_sql_identifier(spec->target);
  gy_buffer_printf(sql, " AS %s", target != NULL ? target : "");
  if (target == NULL) sql->failed = true;
  free(target);
}

/* Only rows of people who were not forgotten. */
static void write_forgotten(const parquet_view *v, gy_buffer *sql) {
  const char *between = " WHERE NOT (";
  for (size_t c = 0; c < v->spec->n_columns && gy_import_forgets(v->spec->privacy); c++) {
    const gy_import_column *spec = &v->spec->columns[c];
    if (!spec->is_of_person && !spec->stands_for_person) continue;
    gy_buffer_printf(sql, "%scoalesce(gyeol_forgotten('%s', CAST(", between,
                     spec->is_of_person ? gy_identifier_name(spec->identifier) : "order_id");
    if (spec->kind == GY_IMPORT_ID)
      write_id(&v->columns[c], sql);
    else
      gy_buffer_text(sql, v->columns[c].quoted);
    gy_buffer_text(sql, " AS VARCHAR)), false)");
    between = " OR ";
  }
  if (between[1] == 'O') gy_buffer_text(sql, ")");
}

static bool must_copy(const parquet_view *v) {
  bool copies = false;
  for (size_t c = 0; c < v->spec->n_columns; c++) {
    const gy_import_column *spec = &v->spec->columns[c];
    copies = copies || spec->kind == GY_IMPORT_PSEUDONYM || v->columns[c].is_direct ||
             ((spec->is_of_person || spec->stands_for_person) && gy_import_forgets(v->spec->privacy));
  }
  return copies && v->spec->privacy != NULL;
}

static gy_status count_rows(const parquet_view *v, size_t file, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  gy_buffer_text(&sql, "SELECT count(*) FROM read_parquet(");
  write_path(&sql, v->result->files[file].path);
  gy_buffer_text(&sql, ")");
  int64_t n = 0;
  gy_status status = sql.failed ? spent(err) : gy_engine_int64(v->engine, sql.data, NULL, 0, &n, err);
  v->result->files[file].n_read = v->result->files[file].n_accepted = (uint64_t)n;
  bool forgets = v->is_copied && gy_import_forgets(v->spec->privacy);
  if (status == GY_OK && forgets && !sql.failed) {
    write_forgotten(v, &sql);
    status = sql.failed ? spent(err) : gy_engine_int64(v->engine, sql.data, NULL, 0, &n, err);
    v->result->files[file].n_accepted = (uint64_t)n;
    v->result->files[file].n_forgotten = v->result->files[file].n_read - (uint64_t)n;
  }
  for (size_t i = 0; i < file; i++) v->result->files[file].lines_before += v->result->files[i].n_read;
  gy_buffer_clear(&sql);
  return status;
}

static gy_status create_view(const parquet_view *v, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  char *table = gy_sql_identifier(v->spec->table);
  gy_status status = table != NULL ? GY_OK : spent(err);
  gy_buffer_printf(&sql, "CREATE OR REPLACE %s %s AS", v->is_copied ? "TABLE" : "VIEW",
                   table != NULL ? table : "");
  unsigned long long before = 0;
  for (size_t i = 0; i < v->result->n_files && status == GY_OK; i++) {
    gy_buffer_text(&sql, i > 0 ? " UNION ALL SELECT " : " SELECT ");
    for (size_t c = 0; c < v->spec->n_columns; c++) {
      if (c > 0) gy_buffer_text(&sql, ", ");
      write_column(v, c, &sql);
    }
    if (v->spec->numbered) gy_buffer_printf(&sql, ", file_row_number + %llu AS row_no", before + 1);
    status = import_absent_columns(v->spec, ", CAST(NULL AS %2$s) AS %1$s", &sql, err);
    gy_buffer_text(&sql, " FROM read_parquet(");
    write_path(&sql, v->result->files[i].path);
    gy_buffer_text(&sql, ", file_row_number = true)");
    if (v->is_copied) write_forgotten(v, &sql);
    if (status == GY_OK) status = count_rows(v, i, err);
    before += v->result->files[i].n_read;
    v->result->n_forgotten += v->result->files[i].n_forgotten;
  }
  if (status == GY_OK && sql.failed) status = spent(err);
  if (status == GY_OK) status = gy_engine_execute(v->engine, sql.data, NULL, 0, NULL, v->task, NULL, err);
  v->result->n_read = before;
  v->result->n_accepted = before - v->result->n_forgotten;
  gy_buffer_clear(&sql);
  free(table);
  return status;
}

/* How many cells of identifiers became pseudonyms; why others did not, nobody counts here. */
static gy_status count_pseudonyms(const parquet_view *v, gy_error *err) {
  gy_status status = GY_OK;
  char *table = gy_sql_identifier(v->spec->table);
  for (size_t c = 0; c < v->spec->n_columns && status == GY_OK; c++) {
    if (v->spec->columns[c].kind != GY_IMPORT_PSEUDONYM) continue;
    char *column = gy_sql_identifier(v->spec->columns[c].target), *sql = NULL;
    int64_t n = 0;
    if (table == NULL || column == NULL || asprintf(&sql, "SELECT count(%s) FROM %s", column, table) < 0)
      sql = NULL;
    status = sql != NULL ? gy_engine_int64(v->engine, sql, NULL, 0, &n, err) : spent(err);
    v->result->columns[c].n_pseudonyms = (uint64_t)n;
    v->result->columns[c].n_empty = v->result->n_accepted - (uint64_t)n;
    free(column);
    free(sql);
  }
  free(table);
  return status;
}

gy_status import_parquet(gy_engine *engine, const gy_import_spec *spec, const gy_task *task,
                         gy_import_result *result, gy_error *err) {
  parquet_view v = {.engine = engine, .spec = spec, .task = task, .result = result};
  v.columns = calloc(spec->n_columns, sizeof *v.columns);
  gy_status status = v.columns != NULL ? GY_OK : spent(err);
  for (size_t c = 0; c < spec->n_columns && status == GY_OK; c++) {
    v.columns[c].quoted = gy_sql_identifier(spec->columns[c].source);
    if (v.columns[c].quoted == NULL) status = spent(err);
  }
  if (status == GY_OK) status = find_types(&v, err);
  if (status == GY_OK) status = look_at_data(&v, err);
  v.is_copied = status == GY_OK && must_copy(&v);
  if (v.is_copied) status = gy_pseudonymiser_create(spec->privacy, v.task, &v.pseudonyms, err);
  if (status == GY_OK && v.is_copied) status = gy_import_functions_open(engine, v.pseudonyms, err);
  if (status == GY_OK)
    status = import_drop_other(engine, spec->table, v.is_copied ? "BASE TABLE" : "VIEW", err);
  if (status == GY_OK) status = create_view(&v, err);
  if (status == GY_OK && v.is_copied) status = gy_pseudonymiser_commit(v.pseudonyms, err);
  if (status == GY_OK && v.is_copied) status = count_pseudonyms(&v, err);
  if (status == GY_OK) status = import_rejects_forget(engine, spec->rejects, spec->source, task, err);
  if (status == GY_OK && result->n_read == 0) {
    status = gy_fail(err, GY_EDATA, "source %s: %s has no rows", spec->source, result->files[0].path);
  }
  for (size_t c = 0; c < spec->n_columns && v.columns != NULL; c++) free(v.columns[c].quoted);
  free(v.columns);
  gy_pseudonymiser_destroy(v.pseudonyms);
  return status;
}
