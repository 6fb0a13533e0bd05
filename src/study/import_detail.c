/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/file.h"
#include "study/import_step.h"

static json_t *file_json(const char *path, gy_import_format format, gy_encoding encoding, uint64_t n_bytes,
                         uint64_t n_read, uint64_t n_rejected, uint64_t n_forgotten) {
  return json_pack("{s:s, s:s, s:s?, s:I, s:I, s:I, s:I}", "file", gy_path_name(path), "format",
                   gy_import_format_name(format), "encoding",
                   format == GY_IMPORT_PARQUET ? NULL : gy_encoding_name(encoding), "bytes",
                   (json_int_t)n_bytes, "rows_read", (json_int_t)n_read, "rows_accepted",
                   (json_int_t)(n_read - n_rejected - n_forgotten), "rows_rejected", (json_int_t)n_rejected);
}

static json_t *files_json(const gy_import_step *step, uint64_t *n_read, uint64_t *n_rejected,
                          uint64_t *n_forgotten) {
  json_t *files = json_array();
  for (size_t i = 0; !step->is_partial && i < step->result.n_files; i++) {
    const gy_import_file *file = &step->result.files[i];
    json_array_append_new(files, file_json(file->path, file->format, file->encoding, file->n_bytes,
                                           file->n_read, file->n_rejected, file->n_forgotten));
  }
  *n_read = step->result.n_read;
  *n_rejected = step->result.n_rejected;
  *n_forgotten = step->result.n_forgotten;
  if (!step->is_partial) return files;
  *n_read = *n_rejected = *n_forgotten = 0;
  for (size_t i = 0; i < step->after.n_files; i++) {
    const gy_import_record *file = &step->after.files[i];
    json_array_append_new(files, file_json(file->path, file->format, file->encoding, file->state.n_bytes,
                                           file->n_read, file->n_rejected, file->n_forgotten));
    *n_read += file->n_read;
    *n_rejected += file->n_rejected;
    *n_forgotten += file->n_forgotten;
  }
  return files;
}

/* What was found to have changed, where not everything was read. */
static json_t *changes_json(const gy_import_step *step) {
  json_t *changes = json_object();
  for (int fate = 0; fate < GY_FILE_FATE_COUNT; fate++)
    json_object_set_new(changes, gy_file_fate_name((gy_file_fate)fate),
                        json_integer((json_int_t)step->changes.n[fate]));
  json_object_set_new(changes, "removed", json_integer((json_int_t)step->changes.n_removed));
  return changes;
}

/* Cells without a value, by column, of the rows that could be read; nobody counts those of a file that stays
 * in place, or of a part. */
static json_t *missing_json(const gy_import_step *step) {
  json_t *columns = json_array();
  const gy_import_result *result = &step->result;
  bool is_view = result->n_files > 0 && result->files[0].format == GY_IMPORT_PARQUET;
  for (size_t c = 0; c < result->n_columns && !is_view && !step->is_partial; c++) {
    uint64_t n = result->n_accepted > 0 ? result->n_accepted : 1, empty = result->columns[c].n_empty;
    json_array_append_new(columns,
                          json_pack("{s:s, s:I, s:f}", "column", step->plan.spec.columns[c].source, "rows",
                                    (json_int_t)empty, "share", empty < n ? (double)empty / (double)n : 1.0));
  }
  return columns;
}

/* Columns of identifiers: cells with one, without a value, with one that stands for nobody or is none. */
static json_t *identifiers_json(const gy_import_step *step) {
  json_t *columns = json_array();
  for (size_t c = 0; c < step->result.n_columns && !step->is_partial; c++) {
    const gy_import_column *spec = &step->plan.spec.columns[c];
    const gy_import_column_result *found = &step->result.columns[c];
    bool tells = spec->kind == GY_IMPORT_PSEUDONYM || found->n_pseudonyms > 0;
    if (!tells) continue;
    json_array_append_new(
        columns, json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "column", spec->source, "kind",
                           gy_identifier_name(spec->identifier), "pseudonyms",
                           (json_int_t)found->n_pseudonyms, "empty", (json_int_t)found->n_empty, "junk",
                           (json_int_t)found->n_junk, "invalid", (json_int_t)found->n_invalid));
  }
  return columns;
}

/* Cells of free text in which there are identifiers, by kind. */
static json_t *free_text_json(const gy_import_step *step) {
  json_t *columns = json_array();
  for (size_t c = 0; c < step->result.n_columns && !step->is_partial; c++) {
    const gy_import_column_result *found = &step->result.columns[c];
    json_t *kinds = json_object();
    for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++)
      if (found->n_found[kind] > 0)
        json_object_set_new(kinds, gy_identifier_name((gy_identifier)kind),
                            json_integer((json_int_t)found->n_found[kind]));
    if (json_object_size(kinds) > 0)
      json_array_append_new(
          columns, json_pack("{s:s, s:b, s:O}", "column", step->plan.spec.columns[c].source, "masked",
                             !step->run->privacy.keeps_free_text, "cells", kinds));
    json_decref(kinds);
  }
  return columns;
}

json_t *gy_import_step_detail(const gy_import_step *step) {
  uint64_t n_read = 0, n_rejected = 0, n_forgotten = 0;
  json_t *files = files_json(step, &n_read, &n_rejected, &n_forgotten);
  json_t *detail =
      json_pack("{s:s, s:I, s:I, s:I, s:o}", "target", gy_target_name(step->source->target), "read",
                (json_int_t)n_read, "accepted", (json_int_t)(n_read - n_rejected - n_forgotten), "rejected",
                (json_int_t)n_rejected, "files", files);
  json_t *contracts = step->checked.contracts;
  json_object_set_new(detail, "repaired", json_integer((json_int_t)step->checked.n_repaired));
  json_object_set_new(detail, "contracts", contracts != NULL ? json_incref(contracts) : json_array());
  json_object_set_new(detail, "missing", missing_json(step));
  json_object_set_new(detail, "forgotten", json_integer((json_int_t)n_forgotten));
  json_object_set_new(detail, "identifiers", identifiers_json(step));
  json_object_set_new(detail, "free_text", free_text_json(step));
  if (step->is_partial) json_object_set_new(detail, "changes", changes_json(step));
  return detail;
}
