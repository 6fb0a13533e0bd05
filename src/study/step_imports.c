/* SPDX-License-Identifier: Apache-2.0
 *
 * Sources into relations of the store, one step a source, so that only a source whose files or settings
 * changed is read again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "data/fingerprint.h"
#include "data/import.h"
#include "data/sniff.h"
#include "study/run_context.h"

enum { IMPORT_VERSION = 1 };
#define STAGED_REJECTS "staging_rejected_rows"

typedef struct {
  gy_run_context *run;
  const gy_source_config *source;
  char *name;     /* of the step */
  char *relation; /* where the source is found */
  char *staging;  /* where it is read into */
  gy_fingerprint fingerprint;
  bool must_run;
  double seconds;
  json_t *detail;
  char **paths; /* patterns as seen from the working folder */
  gy_import_column *columns;
  size_t n_columns;
  gy_import_spec spec;
  gy_import_result result;
  gy_zone *zone;
} import_step;

static gy_status no_memory(const import_step *step, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to import source %s", step->source->name);
}

static gy_status find_paths(import_step *step, gy_error *err) {
  step->paths = calloc(step->source->n_files + 1, sizeof *step->paths);
  if (step->paths == NULL) return no_memory(step, err);
  for (uint32_t i = 0; i < step->source->n_files; i++) {
    step->paths[i] = gy_path_join(step->run->project.root, step->source->files[i]);
    if (step->paths[i] == NULL) return no_memory(step, err);
  }
  return GY_OK;
}

static gy_import_kind kind_of(gy_role role) {
  switch (role) {
    case GY_ROLE_CUSTOMER:
    case GY_ROLE_ORDER:
    case GY_ROLE_PRODUCT:
      return GY_IMPORT_ID;
    case GY_ROLE_TIME:
    case GY_ROLE_SIGNUP:
      return GY_IMPORT_TIME;
    case GY_ROLE_QUANTITY:
    case GY_ROLE_UNIT_PRICE:
    case GY_ROLE_AMOUNT:
    case GY_ROLE_DISCOUNT:
      return GY_IMPORT_NUMBER;
    default:
      return GY_IMPORT_TEXT;
  }
}

/* A row of orders without a time can be in no feature; a row of a customer or product table without its id is
 * nobody's. */
static bool is_required(gy_role role, gy_target target) {
  switch (target) {
    case GY_TARGET_CUSTOMERS:
      return role == GY_ROLE_CUSTOMER;
    case GY_TARGET_PRODUCTS:
      return role == GY_ROLE_PRODUCT;
    default:
      return role == GY_ROLE_TIME;
  }
}

/* The form of a source's times: as stated, or as the values of its first file look. */
static gy_status time_form_of(const import_step *step, const gy_sniff *sniff, const char *column,
                              gy_time_form *form, gy_error *err) {
  const char *stated = step->source->time_format;
  if (stated != NULL && strcmp(stated, "auto") != 0) {
    if (gy_time_form_parse(stated, form)) return GY_OK;
    return gy_fail(err, GY_ECONFIG, "source %s: time_format '%s' is not known", step->source->name, stated);
  }
  double share;
  bool is_ambiguous;
  *form = GY_TIME_YEAR_FIRST;
  for (size_t c = 0; c < sniff->n_columns; c++)
    if (strcmp(sniff->columns[c].name, column) == 0)
      *form = gy_time_evidence_form(&sniff->columns[c].times, &share, &is_ambiguous);
  return GY_OK;
}

static gy_status plan_columns(import_step *step, const gy_sniff *sniff, gy_error *err) {
  const gy_source_config *source = step->source;
  step->columns = calloc(source->n_columns + 1, sizeof *step->columns);
  if (step->columns == NULL) return no_memory(step, err);
  for (uint32_t i = 0; i < source->n_columns; i++) {
    const gy_column_role *mapped = &source->columns[i];
    if (mapped->role == GY_ROLE_IGNORE) continue;
    const char *canonical = gy_role_column(mapped->role);
    gy_import_column *column = &step->columns[step->n_columns++];
    *column = (gy_import_column){
        .source = mapped->column,
        .target = canonical != NULL ? canonical : mapped->column,
        .kind = kind_of(mapped->role),
        .required = is_required(mapped->role, source->target),
        .number_form = source->decimal == GY_DECIMAL_COMMA ? GY_NUMBER_COMMA : GY_NUMBER_POINT};
    if (column->kind != GY_IMPORT_TIME) continue;
    gy_status status = time_form_of(step, sniff, mapped->column, &column->time_form, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

static gy_import_format format_of(gy_file_format format) {
  switch (format) {
    case GY_FORMAT_CSV:
    case GY_FORMAT_TSV:
    case GY_FORMAT_SPACES:
      return GY_IMPORT_CSV;
    case GY_FORMAT_JSON:
    case GY_FORMAT_NDJSON:
      return GY_IMPORT_JSON;
    case GY_FORMAT_PARQUET:
      return GY_IMPORT_PARQUET;
    default:
      return GY_IMPORT_AUTO;
  }
}

/* What the file itself says, with what gyeol.yaml states laid over it. */
static gy_csv_dialect dialect_of(const gy_source_config *source, const gy_sniff *sniff) {
  gy_csv_dialect dialect = sniff->path != NULL ? sniff->dialect : gy_csv_dialect_default();
  if (source->format == GY_FORMAT_TSV) dialect.delimiter = '\t';
  if (source->format == GY_FORMAT_SPACES) {
    dialect.delimiter = ' ';
    dialect.merged = true;
  }
  if (source->delimiter[0] != '\0') dialect.delimiter = source->delimiter[0];
  if (source->quote != GY_QUOTE_AUTO)
    dialect.quote = source->quote == GY_QUOTE_DOUBLE ? '"' : source->quote == GY_QUOTE_SINGLE ? '\'' : '\0';
  if (source->escape[0] != '\0') dialect.escape = source->escape[0];
  if (source->header != GY_HEADER_AUTO) dialect.has_header = source->header == GY_HEADER_YES;
  if (source->skip_lines > 0) dialect.skip_lines = source->skip_lines;
  return dialect;
}

/* A source that leaves something to find out is looked at once more. */
static bool must_sniff(const gy_source_config *source) {
  bool is_text = source->format != GY_FORMAT_JSON && source->format != GY_FORMAT_NDJSON &&
                 source->format != GY_FORMAT_PARQUET;
  bool no_time_form = source->time_format == NULL || strcmp(source->time_format, "auto") == 0;
  return source->format == GY_FORMAT_AUTO || no_time_form ||
         (is_text && (source->delimiter[0] == '\0' || source->quote == GY_QUOTE_AUTO ||
                      source->header == GY_HEADER_AUTO));
}

static gy_status plan(import_step *step, gy_error *err) {
  const gy_source_config *source = step->source;
  gy_arena arena;
  gy_arena_init(&arena, 0, 0);
  gy_sniff sniff = {0};
  gy_status status = GY_OK;
  if (must_sniff(source)) {
    char *first = NULL;
    status = gy_import_first_file(step->source->name, (const char *const *)step->paths, source->n_files,
                                  &first, err);
    if (status == GY_OK) status = gy_sniff_file(first, &arena, &sniff, err);
    free(first);
  }
  if (status == GY_OK) status = plan_columns(step, &sniff, err);
  if (status == GY_OK) status = gy_zone_load(step->run->project.config.timezone, &step->zone, err);
  step->spec =
      (gy_import_spec){.source = source->name,
                       .table = step->staging,
                       .rejects = STAGED_REJECTS,
                       .paths = (const char *const *)step->paths,
                       .n_paths = source->n_files,
                       .format = format_of(source->format == GY_FORMAT_AUTO ? sniff.format : source->format),
                       .encoding = source->encoding,
                       .dialect = dialect_of(source, &sniff),
                       .columns = step->columns,
                       .n_columns = step->n_columns,
                       .zone = step->zone};
  gy_sniff_clear(&sniff);
  gy_arena_clear(&arena);
  return status;
}

/* ---- what it leaves ---- */

static json_t *files_json(const import_step *step) {
  static const char *const FORMATS[] = {[GY_IMPORT_AUTO] = "auto",
                                        [GY_IMPORT_CSV] = "csv",
                                        [GY_IMPORT_JSON] = "json",
                                        [GY_IMPORT_PARQUET] = "parquet"};
  json_t *files = json_array();
  for (size_t i = 0; i < step->result.n_files; i++) {
    const gy_import_file *file = &step->result.files[i];
    json_array_append_new(
        files, json_pack("{s:s, s:s, s:s?, s:I, s:I, s:I, s:I}", "file", gy_path_name(file->path), "format",
                         FORMATS[file->format], "encoding",
                         file->format == GY_IMPORT_PARQUET ? NULL : gy_encoding_name(file->encoding), "bytes",
                         (json_int_t)file->n_bytes, "rows_read", (json_int_t)file->n_read, "rows_accepted",
                         (json_int_t)file->n_accepted, "rows_rejected", (json_int_t)file->n_rejected));
  }
  return files;
}

static json_t *detail_json(const import_step *step) {
  return json_pack("{s:s, s:I, s:I, s:I, s:o}", "target", gy_target_name(step->source->target), "read",
                   (json_int_t)step->result.n_read, "accepted", (json_int_t)step->result.n_accepted,
                   "rejected", (json_int_t)step->result.n_rejected, "files", files_json(step));
}

/* The settings of one source: its own object in the canonical form of all. */
static gy_status settings_of(const gy_run_context *run, uint32_t index, char hex[GY_FINGERPRINT_CHARS + 1],
                             gy_error *err) {
  char *text = NULL;
  gy_status status = gy_project_config_canonical(&run->project.config, GY_SECTION_SOURCES, &text, err);
  if (status != GY_OK) return status;
  json_t *sources = json_loads(text, JSON_DECODE_ANY, NULL);
  json_t *list = json_is_array(sources) ? sources : json_object_get(sources, "sources");
  char *own = json_dumps(json_array_get(list, index), JSON_COMPACT | JSON_SORT_KEYS);
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, own != NULL ? own : text);
  gy_digest_text(digest, run->project.config.timezone);
  gy_digest_finish(digest, hex);
  free(own);
  free(text);
  json_decref(sources);
  return GY_OK;
}

/* ---- staging ----
 * What is read goes into relations of its own, which are committed before the run goes on: the engine scans
 * uncommitted rows on one thread only. They take the sources' names inside the run's own transaction, so that
 * until the run commits the store shows the last one. */

static gy_status run_sql(gy_run_context *run, const char *sql, gy_error *err) {
  return gy_engine_execute(run->project.engine, sql, NULL, 0, NULL, NULL, NULL, err);
}

/* Runs `format` with the quoted identifiers put in; at most two. */
static gy_status run_with_names(gy_run_context *run, const char *sql_template, const char *name,
                                const char *other, gy_error *err) {
  char *quoted = gy_sql_identifier(name), *other_quoted = gy_sql_identifier(other), *sql = NULL;
  gy_sql_part parts[] = {{"name", quoted}, {"other", other_quoted}};
  gy_status status = quoted != NULL && other_quoted != NULL
                         ? gy_sql_expand(sql_template, parts, 2, &sql, err)
                         : gy_fail(err, GY_ENOMEM, "no memory to store %s", name);
  if (status == GY_OK) status = run_sql(run, sql, err);
  free(quoted);
  free(other_quoted);
  free(sql);
  return status;
}

static gy_status drop_relation(gy_run_context *run, const json_t *relation, gy_error *err) {
  const char *name = json_string_value(json_object_get(relation, "relation"));
  bool is_view = strcmp(json_string_value(json_object_get(relation, "kind")), "VIEW") == 0;
  return run_with_names(run, is_view ? "DROP VIEW {{name}}" : "DROP TABLE {{name}}", name, name, err);
}

static gy_status drop_like(gy_run_context *run, const char *pattern, gy_error *err) {
  gy_value value = gy_bind_text(pattern);
  json_t *relations = NULL, *relation;
  gy_status status =
      gy_engine_json(run->project.engine, gy_sql("study/relations_like"), &value, 1, NULL, &relations, err);
  size_t i;
  json_array_foreach(relations, i, relation) {
    if (status == GY_OK) status = drop_relation(run, relation, err);
  }
  json_decref(relations);
  return status;
}

gy_status gy_run_imports_sweep(gy_run_context *run, gy_error *err) {
  return drop_like(run, "staging\\_%", err);
}

static gy_status import(import_step *step, gy_error *err) {
  gy_status status = plan(step, err);
  if (status == GY_OK)
    status = gy_import_run(step->run->project.engine, &step->spec, step->run->task, &step->result, err);
  if (status == GY_OK && step->result.n_accepted == 0)
    status =
        gy_fail(err, GY_EDATA, "all %llu rows were rejected; see the mapping of its columns in gyeol.yaml",
                (unsigned long long)step->result.n_read);
  bool names_source = err != NULL && strncmp(err->text, "source ", 7) == 0;
  if (status != GY_OK && status != GY_ECANCELLED && !names_source)
    gy_error_prefix(err, "source %s", step->source->name);
  return status;
}

/* Gives the staged relation the source's name, and its rejected rows their place. */
static gy_status adopt(import_step *step, gy_error *err) {
  gy_run_context *run = step->run;
  gy_value source = gy_bind_text(step->source->name);
  json_t *old = NULL;
  gy_value relation = gy_bind_text(step->relation);
  gy_status status =
      gy_engine_json(run->project.engine, gy_sql("study/relation_kind"), &relation, 1, NULL, &old, err);
  if (status == GY_OK && json_array_size(old) > 0) status = drop_relation(run, json_array_get(old, 0), err);
  bool is_view = step->result.n_files > 0 && step->result.files[0].format == GY_IMPORT_PARQUET;
  if (status == GY_OK)
    status = run_with_names(
        run, is_view ? "ALTER VIEW {{name}} RENAME TO {{other}}" : "ALTER TABLE {{name}} RENAME TO {{other}}",
        step->staging, step->relation, err);
  if (status == GY_OK)
    status = gy_engine_execute(run->project.engine, "DELETE FROM rejects WHERE source = $1", &source, 1, NULL,
                               NULL, NULL, err);
  if (status == GY_OK)
    status = gy_engine_execute(run->project.engine,
                               "INSERT INTO rejects SELECT * FROM " STAGED_REJECTS " WHERE source = $1",
                               &source, 1, NULL, NULL, NULL, err);
  json_decref(old);
  if (status != GY_OK) return status;
  step->detail = detail_json(step);
  gy_step_report report = {.rows = step->result.n_read, .detail = json_incref(step->detail)};
  return gy_step_finish(&run->log, step->name, &step->fingerprint, step->seconds, &report, err);
}

/* Finds out whether the source must be read. */
static gy_status prepare(import_step *step, gy_run_context *run, uint32_t index, gy_error *err) {
  step->run = run;
  step->source = &run->project.config.sources[index];
  step->relation = gy_source_relation(step->source->name);
  step->fingerprint.version = IMPORT_VERSION;
  bool named = step->relation != NULL && asprintf(&step->staging, "staging_%s", step->source->name) >= 0 &&
               asprintf(&step->name, "import:%s", step->source->name) >= 0;
  gy_status status = named ? find_paths(step, err) : no_memory(step, err);
  if (status == GY_OK)
    status = gy_files_fingerprint((const char *const *)step->paths, step->source->n_files,
                                  step->fingerprint.inputs, err);
  if (status == GY_OK) status = settings_of(run, index, step->fingerprint.settings, err);
  if (status == GY_OK)
    status = gy_step_start(&run->log, step->name, &step->fingerprint, &step->must_run, &step->detail, err);
  return status;
}

static void import_step_clear(import_step *step) {
  json_decref(step->detail);
  gy_import_result_clear(&step->result);
  gy_zone_destroy(step->zone);
  for (uint32_t i = 0; step->paths != NULL && i < step->source->n_files; i++) free(step->paths[i]);
  free(step->paths);
  free(step->columns);
  free(step->relation);
  free(step->staging);
  free(step->name);
}

static gy_status read_staged(import_step *steps, size_t n, gy_error *err) {
  gy_run_context *run = steps[0].run;
  gy_status status = run_sql(run, "CREATE TABLE " STAGED_REJECTS " AS SELECT * FROM rejects LIMIT 0", err);
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    if (!steps[i].must_run) continue;
    double start = gy_clock_seconds();
    status = import(&steps[i], err);
    steps[i].seconds = gy_clock_seconds() - start;
  }
  if (status == GY_OK) status = gy_engine_commit(run->project.engine, err);
  if (status == GY_OK) status = gy_engine_begin(run->project.engine, err);
  for (size_t i = 0; i < n && status == GY_OK; i++)
    if (steps[i].must_run) status = adopt(&steps[i], err);
  return status == GY_OK ? run_sql(run, "DROP TABLE " STAGED_REJECTS, err) : status;
}

gy_status gy_run_imports(gy_run_context *run, gy_error *err) {
  size_t n = run->project.config.n_sources;
  import_step *steps = calloc(n + 1, sizeof *steps);
  gy_status status = steps != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to import %zu sources", n);
  bool any = false;
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    status = prepare(&steps[i], run, (uint32_t)i, err);
    any = any || steps[i].must_run;
  }
  if (status == GY_OK && any) status = read_staged(steps, n, err);
  gy_digest *all = gy_digest_create();
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    char text[GY_FINGERPRINT_CHARS + 1];
    gy_fingerprint_text(&steps[i].fingerprint, text);
    gy_digest_text(all, text);
    json_object_set(run->imports, steps[i].source->name, steps[i].detail);
  }
  gy_digest_finish(all, run->imports_text);
  for (size_t i = 0; steps != NULL && i < n; i++) import_step_clear(&steps[i]);
  free(steps);
  return status;
}
