/* SPDX-License-Identifier: Apache-2.0
 *
 * The course of an import: find the files, settle the types of ids, stream the rows into a new table, store
 * the rejects, add up. An id column that turns out to hold texts after all is widened and the table is built
 * again. */
#include "data/import.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/import_work.h"

enum { DEFAULT_REJECTS_STORED = 100000 };

typedef struct table_column {
  const char *name, *sql_type;
} table_column;

typedef struct table_layout {
  const char *table;
  table_column columns[16]; /* up to the first without a name */
} table_layout;

static const table_layout LAYOUTS[] = {
    {"order_items",
     {{"customer_id", "BIGINT"},
      {"order_id", "BIGINT"},
      {"ordered_at", "TIMESTAMP"},
      {"product_id", "BIGINT"},
      {"description", "VARCHAR"},
      {"category", "VARCHAR"},
      {"status", "VARCHAR"},
      {"quantity", "DECIMAL(18, 4)"},
      {"unit_price", "DECIMAL(18, 4)"},
      {"amount", "DECIMAL(18, 4)"},
      {"discount", "DECIMAL(18, 4)"}}},
    {"products",
     {{"product_id", "BIGINT"}, {"name", "VARCHAR"}, {"category", "VARCHAR"}, {"brand", "VARCHAR"}}},
    {"customers", {{"customer_id", "BIGINT"}, {"country", "VARCHAR"}}},
};

static bool has_target(const gy_import_spec *spec, const char *name) {
  for (size_t c = 0; c < spec->n_columns; c++) {
    if (strcasecmp(spec->columns[c].target, name) == 0) return true;
  }
  return false;
}

gy_status import_absent_columns(const gy_import_spec *spec, const char *format, gy_buffer *sql,
                                gy_error *err) {
  for (size_t i = 0; i < sizeof LAYOUTS / sizeof LAYOUTS[0]; i++) {
    if (strcmp(LAYOUTS[i].table, spec->table) != 0) continue;
    for (const table_column *column = LAYOUTS[i].columns; column->name != NULL; column++) {
      if (!has_target(spec, column->name)) gy_buffer_printf(sql, format, column->name, column->sql_type);
    }
  }
  return sql->failed ? gy_fail(err, GY_ENOMEM, "out of memory for a statement") : GY_OK;
}

static const char *sql_type_of(gy_type type) {
  switch (type) {
    case GY_TYPE_BOOL:
      return "BOOLEAN";
    case GY_TYPE_INT32:
      return "INTEGER";
    case GY_TYPE_INT64:
      return "BIGINT";
    case GY_TYPE_MONEY:
      return "DECIMAL(18, 4)";
    case GY_TYPE_DOUBLE:
      return "DOUBLE";
    case GY_TYPE_TIMESTAMP:
      return "TIMESTAMP";
    case GY_TYPE_UUID:
      return "UUID";
    default:
      return "VARCHAR";
  }
}

static const char *compression_of(gy_type type) {
  if (type == GY_TYPE_TEXT) return "";
  return type == GY_TYPE_DOUBLE || type == GY_TYPE_UUID ? " USING COMPRESSION uncompressed"
                                                        : " USING COMPRESSION bitpacking";
}

/* Numbers and times are bit-packed without asking whether another compression would save more: that
 * question takes longer than the packing. Columns that the source has not take no room: they are generated.
 */
static gy_status write_table_sql(const gy_import_spec *spec, const gy_source *source, gy_buffer *sql,
                                 gy_error *err) {
  const char *const absent = ", %s %s GENERATED ALWAYS AS (NULL) VIRTUAL";
  char *table = gy_sql_identifier(spec->table);
  gy_buffer_printf(sql, "CREATE OR REPLACE %sTABLE %s (", spec->temporary ? "TEMP " : "",
                   table != NULL ? table : "");
  for (size_t c = 0; c < source->n_columns && table != NULL; c++) {
    gy_type type = source->columns[c].type;
    char *name = gy_sql_identifier(source->columns[c].name);
    gy_buffer_printf(sql, "%s%s %s%s", c > 0 ? ", " : "", name != NULL ? name : "", sql_type_of(type),
                     compression_of(type));
    if (name == NULL) sql->failed = true;
    free(name);
  }
  gy_status status = import_absent_columns(spec, absent, sql, err);
  gy_buffer_printf(sql, "); INSERT INTO %s SELECT * FROM gyeol_import()", table != NULL ? table : "");
  if (status == GY_OK && (table == NULL || sql->failed))
    status = gy_fail(err, GY_ENOMEM, "out of memory for a statement");
  free(table);
  return status;
}

gy_status import_drop_other(gy_engine *engine, const char *table, const char *kind, gy_error *err) {
  gy_value name = gy_bind_text(table);
  char *found = NULL;
  gy_status status = gy_engine_text(engine,
                                    "SELECT 'TABLE' FROM duckdb_tables() WHERE table_name = $1 UNION ALL "
                                    "SELECT 'VIEW' FROM duckdb_views() WHERE view_name = $1 AND NOT internal",
                                    &name, 1, &found, err);
  if (status == GY_ENOTFOUND) return GY_OK;
  if (status != GY_OK || strcmp(found, kind) == 0) {
    free(found);
    return status;
  }
  char *quoted = gy_sql_identifier(table);
  gy_buffer sql;
  gy_buffer_init(&sql, 4096);
  gy_buffer_printf(&sql, "DROP %s %s", found, quoted != NULL ? quoted : "");
  status = quoted == NULL || sql.failed ? gy_fail(err, GY_ENOMEM, "out of memory for a statement")
                                        : gy_engine_execute(engine, sql.data, NULL, 0, NULL, NULL, NULL, err);
  gy_buffer_clear(&sql);
  free(quoted);
  free(found);
  return status;
}

static gy_status create_table(import_job *job, gy_engine *engine, gy_error *err) {
  gy_source_column *columns = calloc(job->spec->n_columns + IMPORT_FURTHER_COLUMNS, sizeof *columns);
  if (columns == NULL) return gy_fail(err, GY_ENOMEM, "out of memory for an import");
  gy_source source = import_source(job, columns);
  gy_buffer sql;
  gy_buffer_init(&sql, 1 << 20);
  gy_status status = write_table_sql(job->spec, &source, &sql, err);
  if (status == GY_OK) status = import_drop_other(engine, job->spec->table, "TABLE", err);
  if (status == GY_OK) status = gy_engine_publish(engine, "gyeol_import", &source, err);
  if (status == GY_OK) status = gy_engine_execute(engine, sql.data, NULL, 0, NULL, job->task, NULL, err);
  if (status == GY_OK && job->n_open > 0) {
    status = gy_fail(err, GY_EINTERNAL, "%zu threads of an import did not hand in their counts", job->n_open);
  }
  if (status == GY_OK && job->rejects_lost) {
    status = gy_fail(err, GY_ENOMEM, "out of memory for the list of rejected rows");
  }
  gy_buffer_clear(&sql);
  free(columns);
  return status;
}

static void start_over(import_job *job) {
  const size_t n = job->spec->n_columns;
  import_close_file(job);
  job->current = 0;
  job->lines_before = 0;
  job->bytes_done = 0;
  job->n_accepted = 0;
  atomic_store(&job->must_widen, false);
  memset(job->columns, 0, n * sizeof *job->columns);
  memset(job->widen, 0, n * sizeof *job->widen);
  import_rejects_clear(&job->rejects);
  if (job->pseudonyms != NULL) gy_pseudonymiser_reset(job->pseudonyms);
  for (size_t i = 0; i < job->n_files; i++) {
    atomic_store(&job->files[i].n_read, 0);
    atomic_store(&job->files[i].n_rejected, 0);
    atomic_store(&job->files[i].n_open_read, 0);
    atomic_store(&job->files[i].n_open_rejected, 0);
    atomic_store(&job->files[i].n_forgotten, 0);
    atomic_store(&job->files[i].n_open_forgotten, 0);
  }
}

/* Ids that are no integers are in a column whose type must stay. */
static bool breaks_types(const import_job *job) {
  bool breaks = atomic_load(&job->must_widen);
  for (size_t c = 0; c < job->spec->n_columns; c++)
    breaks = breaks || (job->is_text[c] && !job->spec->columns[c].text_id);
  return job->spec->keeps_types && breaks;
}

static gy_status read_rows(import_job *job, gy_engine *engine, gy_error *err) {
  for (;;) {
    if (breaks_types(job)) return GY_OK;
    start_over(job);
    gy_status status = create_table(job, engine, err);
    if (status != GY_OK || !atomic_load(&job->must_widen) || breaks_types(job)) return status;
    for (size_t c = 0; c < job->spec->n_columns; c++) {
      if (!job->widen[c]) continue;
      job->is_text[c] = true;
      gy_task_log(job->task, GY_LOG_INFO,
                  "source %s: column %s holds ids that are no integers; reading again", job->spec->source,
                  job->spec->columns[c].source);
    }
  }
}

gy_status import_job_init(import_job *job, const gy_import_spec *spec, const gy_task *task,
                          const gy_import_result *result, gy_error *err) {
  *job = (import_job){.spec = spec, .task = task, .n_files = result->n_files};
  pthread_mutex_init(&job->lock, NULL);
  import_rejects_init(&job->rejects,
                      spec->rejects_stored > 0 ? spec->rejects_stored : DEFAULT_REJECTS_STORED);
  job->files = calloc(job->n_files, sizeof *job->files);
  job->is_text = calloc(spec->n_columns, sizeof *job->is_text);
  job->widen = calloc(spec->n_columns, sizeof *job->widen);
  job->columns = calloc(spec->n_columns, sizeof *job->columns);
  bool good = job->files != NULL && job->is_text != NULL && job->widen != NULL && job->columns != NULL;
  for (size_t i = 0; i < job->n_files && good; i++) {
    job->files[i].path = result->files[i].path;
    job->files[i].n_bytes = result->files[i].n_bytes;
    job->files[i].field_of_column = calloc(spec->n_columns, sizeof(int));
    job->files[i].text_seen = calloc(spec->n_columns, sizeof *job->files[i].text_seen);
    job->files[i].number = spec->inputs != NULL ? spec->inputs[i].number : 0;
    good = job->files[i].field_of_column != NULL && job->files[i].text_seen != NULL;
    job->bytes_total += result->files[i].n_bytes;
  }
  for (size_t c = 0; c < spec->n_columns && good; c++) job->is_text[c] = spec->columns[c].text_id;
  if (!good) return gy_fail(err, GY_ENOMEM, "out of memory for an import of %zu files", job->n_files);
  return spec->privacy != NULL ? gy_pseudonymiser_create(spec->privacy, job->task, &job->pseudonyms, err)
                               : GY_OK;
}

void import_job_clear(import_job *job) {
  import_close_file(job);
  import_close_book(job);
  for (size_t i = 0; i < job->n_files && job->files != NULL; i++) {
    free(job->files[i].field_of_column);
    import_file_forget_names(&job->files[i]);
    free(job->files[i].text_seen);
    free(job->files[i].positions);
    free(job->files[i].label);
  }
  free(job->files);
  free(job->is_text);
  free(job->widen);
  free(job->columns);
  import_rejects_clear(&job->rejects);
  gy_pseudonymiser_destroy(job->pseudonyms);
  pthread_mutex_destroy(&job->lock);
}

static const char *path_of(const void *files, size_t file) {
  const import_file *each = &((const import_file *)files)[file];
  return each->label != NULL ? each->label : each->path;
}

/* What a later import of the same file must know. */
static gy_status keep_ends(const import_job *job, gy_import_result *result, gy_error *err) {
  for (size_t i = 0; i < job->n_files && job->spec->inputs != NULL; i++) {
    const import_file *from = &job->files[i];
    gy_import_file *file = &result->files[i];
    file->resumed = from->resumed;
    file->end = from->end;
    file->n_open_read = atomic_load(&from->n_open_read);
    file->n_open_rejected = atomic_load(&from->n_open_rejected);
    file->n_open_forgotten = atomic_load(&from->n_open_forgotten);
    memcpy(file->content, from->content, sizeof file->content);
    file->text_ids = calloc(job->spec->n_columns + 1, 1);
    if (file->text_ids == NULL) return gy_fail(err, GY_ENOMEM, "out of memory for an import");
    for (size_t c = 0; c < job->spec->n_columns; c++)
      file->text_ids[c] = atomic_load(&from->text_seen[c]) ? 't' : '-';
  }
  return GY_OK;
}

static void add_up(const import_job *job, gy_import_result *result) {
  for (size_t i = 0; i < job->n_files; i++) {
    gy_import_file *file = &result->files[i];
    file->encoding = job->files[i].encoding;
    file->lines_before = job->files[i].lines_before;
    file->n_read = atomic_load(&job->files[i].n_read);
    file->n_rejected = atomic_load(&job->files[i].n_rejected);
    file->n_forgotten = atomic_load(&job->files[i].n_forgotten);
    file->n_accepted = file->n_read - file->n_rejected - file->n_forgotten;
    result->n_forgotten += file->n_forgotten;
    result->n_read += file->n_read;
    result->n_rejected += file->n_rejected;
  }
  result->n_accepted = job->n_accepted;
  for (size_t c = 0; c < job->spec->n_columns; c++) {
    result->columns[c] = job->columns[c];
    result->columns[c].is_text = job->is_text[c];
  }
}

static gy_status check_sums(const gy_import_spec *spec, const gy_import_result *result, gy_error *err) {
  if (result->n_read == 0 && spec->inputs == NULL) {
    return gy_fail(err, GY_EDATA, "source %s: %s has a header and no rows", spec->source,
                   result->files[0].path);
  }
  if (result->n_read != result->n_accepted + result->n_rejected + result->n_forgotten) {
    return gy_fail(err, GY_EINTERNAL, "source %s: %llu rows read, but %llu accepted and %llu rejected",
                   spec->source, (unsigned long long)result->n_read, (unsigned long long)result->n_accepted,
                   (unsigned long long)result->n_rejected);
  }
  return GY_OK;
}

static gy_status import_rows(gy_engine *engine, const gy_import_spec *spec, gy_import_format format,
                             const gy_task *task, gy_import_result *result, gy_error *err) {
  import_job job;
  gy_status status = import_job_init(&job, spec, task, result, err);
  job.format = format;
  if (status == GY_OK) status = import_look_ahead(&job, err);
  if (status == GY_OK) status = read_rows(&job, engine, err);
  if (status == GY_OK && breaks_types(&job)) {
    result->widened = true;
    import_job_clear(&job);
    return GY_OK;
  }
  if (status == GY_OK && job.pseudonyms != NULL) status = gy_pseudonymiser_commit(job.pseudonyms, err);
  if (status == GY_OK) add_up(&job, result);
  if (status == GY_OK) status = keep_ends(&job, result, err);
  if (status == GY_OK) status = check_sums(spec, result, err);
  if (status == GY_OK) {
    status = import_rejects_store(&job.rejects, engine, spec, path_of, job.files, task,
                                  &result->n_rejects_stored, err);
  }
  if (status == GY_OK && result->n_rejects_stored < result->n_rejected) {
    gy_task_log(task, GY_LOG_WARN, "source %s: %llu rows rejected, the first %llu of them are kept",
                spec->source, (unsigned long long)result->n_rejected,
                (unsigned long long)result->n_rejects_stored);
  }
  import_job_clear(&job);
  return status;
}

gy_status gy_import_run(gy_engine *engine, const gy_import_spec *spec, const gy_task *task,
                        gy_import_result *result, gy_error *err) {
  gy_import_result found = {.n_columns = spec->n_columns};
  gy_import_format format;
  if (spec->n_columns == 0) return gy_fail(err, GY_ECONFIG, "source %s maps no column", spec->source);
  found.columns = calloc(spec->n_columns, sizeof *found.columns);
  gy_status status = found.columns != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "out of memory for an import");
  if (status == GY_OK) status = import_find_files(spec, &found, &format, err);
  if (status == GY_OK && format == GY_IMPORT_PARQUET) {
    status = import_parquet(engine, spec, task, &found, err);
  } else if (status == GY_OK) {
    status = import_rows(engine, spec, format, task, &found, err);
  }
  if (status == GY_OK) {
    *result = found;
  } else {
    gy_import_result_clear(&found);
  }
  return status;
}

void gy_import_result_clear(gy_import_result *result) {
  for (size_t i = 0; i < result->n_files; i++) {
    free(result->files[i].path);
    free(result->files[i].text_ids);
  }
  free(result->files);
  free(result->columns);
  *result = (gy_import_result){0};
}
