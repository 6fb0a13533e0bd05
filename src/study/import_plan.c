/* SPDX-License-Identifier: Apache-2.0 */
#include "study/import_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/role_kinds.h"
#include "data/sniff.h"
#include "study/person_sources.h"

static gy_status no_memory(const gy_source_config *source, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to import source %s", source->name);
}

gy_status gy_import_plan_paths(const gy_source_config *source, const char *root, gy_import_plan *plan,
                               gy_error *err) {
  *plan = (gy_import_plan){.paths = calloc(source->n_files + 1, sizeof *plan->paths)};
  if (plan->paths == NULL) return no_memory(source, err);
  for (; plan->n_paths < source->n_files; plan->n_paths++) {
    plan->paths[plan->n_paths] = gy_path_join(root, source->files[plan->n_paths]);
    if (plan->paths[plan->n_paths] == NULL) return no_memory(source, err);
  }
  return GY_OK;
}

/* The form of a source's times: as stated, or as the values of its first file look. */
static gy_status time_form_of(const gy_source_config *source, const gy_sniff *sniff, const char *column,
                              gy_time_form *form, gy_error *err) {
  const char *stated = source->time_format;
  if (stated != NULL && strcmp(stated, "auto") != 0) {
    if (gy_time_form_parse(stated, form)) return GY_OK;
    return gy_fail(err, GY_ECONFIG, "source %s: time_format '%s' is not known", source->name, stated);
  }
  double share;
  bool is_ambiguous;
  *form = GY_TIME_YEAR_FIRST;
  for (size_t c = 0; c < sniff->n_columns; c++)
    if (strcmp(sniff->columns[c].name, column) == 0)
      *form = gy_time_evidence_form(&sniff->columns[c].times, &share, &is_ambiguous);
  return GY_OK;
}

static bool has_role(const gy_source_config *source, gy_role role) {
  for (uint32_t i = 0; i < source->n_columns; i++)
    if (source->columns[i].role == role) return true;
  return false;
}

/* A consent says for what, if its source does at all; and of whom, by whatever names the person. */
static void plan_consent(const gy_source_config *source, gy_role role, gy_import_column *column) {
  if (role == GY_ROLE_PURPOSE) column->kind = GY_IMPORT_PURPOSE;
  if (role == GY_ROLE_CHANNEL) column->kind = GY_IMPORT_CHANNEL;
  bool is_only_name = !has_role(source, GY_ROLE_EMAIL) && !has_role(source, GY_ROLE_PHONE);
  if (role == GY_ROLE_PURPOSE || (role == GY_ROLE_CUSTOMER && is_only_name)) column->required = true;
}

/* Codes of people may be their e-mail addresses; any text may hold one. */
static gy_import_guard guard_of(gy_role role) {
  gy_identifier kind;
  bool is_free =
      role == GY_ROLE_TEXT || role == GY_ROLE_TITLE || role == GY_ROLE_ANSWER || role == GY_ROLE_ATTRIBUTE;
  if (gy_role_kind(role) == GY_IMPORT_TEXT) return is_free ? GY_IMPORT_FREE_TEXT : GY_IMPORT_LABEL;
  bool is_key = gy_role_kind(role) == GY_IMPORT_ID && gy_role_identifier(role, &kind);
  return is_key ? GY_IMPORT_KEY : GY_IMPORT_UNGUARDED;
}

static bool has_keys(const gy_source_config *source) {
  gy_key_kind kind;
  for (uint32_t i = 0; i < source->n_columns; i++)
    if (gy_role_key(source->columns[i].role, &kind)) return true;
  return false;
}

static gy_status plan_columns(const gy_source_config *source, const gy_sniff *sniff, gy_import_plan *plan,
                              gy_error *err) {
  plan->columns = calloc(source->n_columns + 1, sizeof *plan->columns);
  if (plan->columns == NULL) return no_memory(source, err);
  for (uint32_t i = 0; i < source->n_columns; i++) {
    const gy_column_role *mapped = &source->columns[i];
    if (!gy_role_is_read(mapped->role)) continue;
    gy_import_column *column = &plan->columns[plan->n_columns++];
    *column = (gy_import_column){
        .source = mapped->column,
        .target = gy_column_role_target(source, mapped),
        .kind = gy_role_kind(mapped->role),
        .required = gy_role_is_required(mapped->role, source->target),
        .number_form = source->decimal == GY_DECIMAL_COMMA ? GY_NUMBER_COMMA : GY_NUMBER_POINT,
        .guard = guard_of(mapped->role)};
    if (source->target == GY_TARGET_CONSENTS) plan_consent(source, mapped->role, column);
    if (column->kind != GY_IMPORT_TEXT && column->guard != GY_IMPORT_KEY) column->guard = GY_IMPORT_UNGUARDED;
    column->is_of_person = gy_role_identifier(mapped->role, &column->identifier);
    column->stands_for_person = mapped->role == GY_ROLE_ORDER && !has_keys(source);
    if (column->kind != GY_IMPORT_TIME) continue;
    gy_status status = time_form_of(source, sniff, mapped->column, &column->time_form, err);
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
    case GY_FORMAT_XLSX:
      return GY_IMPORT_XLSX;
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
  bool is_text = source->format != GY_FORMAT_XLSX && source->format != GY_FORMAT_JSON &&
                 source->format != GY_FORMAT_NDJSON && source->format != GY_FORMAT_PARQUET;
  bool no_time_form = source->time_format == NULL || strcmp(source->time_format, "auto") == 0;
  return source->format == GY_FORMAT_AUTO || no_time_form ||
         (is_text && (source->delimiter[0] == '\0' || source->quote == GY_QUOTE_AUTO ||
                      source->header == GY_HEADER_AUTO));
}

/* Of a workbook: the sheet as stated, and its header where anything about it is. */
static gy_xlsx_place place_of(const gy_source_config *source) {
  bool is_known = source->header_rows > 0 || source->skip_lines > 0 || source->header != GY_HEADER_AUTO;
  uint32_t header_rows = source->header_rows > 0 ? source->header_rows : 1;
  return (gy_xlsx_place){.sheet = source->sheet,
                         .is_known = is_known,
                         .skip_lines = source->skip_lines,
                         .header_rows = source->header == GY_HEADER_NO ? 0 : header_rows};
}

static gy_status look_into_first(const gy_source_config *source, const gy_import_plan *plan, gy_arena *arena,
                                 gy_sniff *sniff, gy_error *err) {
  char *first = NULL;
  gy_status status =
      gy_import_first_file(source->name, (const char *const *)plan->paths, plan->n_paths, &first, err);
  gy_xlsx_place place = place_of(source);
  if (status == GY_OK) status = gy_sniff_place(first, &place, arena, sniff, err);
  free(first);
  return status;
}

gy_status gy_import_plan_complete(const gy_source_config *source, const char *timezone,
                                  const gy_import_privacy *privacy, gy_import_plan *plan, gy_error *err) {
  gy_arena arena;
  gy_arena_init(&arena, 0, 0);
  gy_sniff sniff = {0};
  gy_status status = GY_OK;
  if (must_sniff(source)) status = look_into_first(source, plan, &arena, &sniff, err);
  if (status == GY_OK) status = plan_columns(source, &sniff, plan, err);
  if (status == GY_OK) status = gy_zone_load(timezone, &plan->zone, err);
  plan->spec =
      (gy_import_spec){.source = source->name,
                       .paths = (const char *const *)plan->paths,
                       .n_paths = plan->n_paths,
                       .format = format_of(source->format == GY_FORMAT_AUTO ? sniff.format : source->format),
                       .encoding = source->encoding,
                       .dialect = dialect_of(source, &sniff),
                       .place = place_of(source),
                       .columns = plan->columns,
                       .n_columns = plan->n_columns,
                       .numbered = gy_duplicates_any(&source->duplicates),
                       .zone = plan->zone,
                       .privacy = privacy};
  for (size_t c = 0; privacy == NULL && c < plan->n_columns; c++) {
    plan->columns[c].guard = GY_IMPORT_UNGUARDED;
    if (plan->columns[c].kind == GY_IMPORT_PSEUDONYM) plan->columns[c].kind = GY_IMPORT_TEXT;
  }
  gy_sniff_clear(&sniff);
  gy_arena_clear(&arena);
  return status;
}

void gy_import_plan_clear(gy_import_plan *plan) {
  gy_zone_destroy(plan->zone);
  for (size_t i = 0; plan->paths != NULL && i < plan->n_paths; i++) free(plan->paths[i]);
  free(plan->paths);
  free(plan->columns);
  *plan = (gy_import_plan){0};
}
