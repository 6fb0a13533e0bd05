/* SPDX-License-Identifier: Apache-2.0
 *
 * The report as JSON. */
#include <string.h>

#include "data/project_file_schema.h"
#include "data/role_guess.h"
#include "data/role_kinds.h"
#include "privacy/identifier_mask.h"

/* Values that say who somebody is are shown masked, under whatever role. */
static json_t *sample_json(const gy_guess_column *c, const char *sample) {
  enum { SAMPLE_MAX = 1024 };
  char shown[SAMPLE_MAX];
  size_t n = strnlen(sample, 256), found[GY_IDENTIFIER_COUNT] = {0};
  gy_identifier kind, looks;
  bool is_direct = gy_role_is_direct(c->role) && gy_role_identifier(c->role, &kind);
  if (c->role == GY_ROLE_IGNORE) {
    is_direct = true;
    kind = GY_IDENTIFIER_PERSON_NAME;
  }
  if (!gy_role_is_direct(c->role) && gy_identifier_look(sample, n, &looks)) {
    is_direct = true;
    kind = looks;
  }
  n = is_direct ? gy_identifier_mask(kind, sample, n, shown, sizeof shown)
                : gy_identifier_mask_text(sample, n, shown, sizeof shown, found);
  return json_stringn(shown, n);
}

static json_t *column_json(const gy_guess_column *c) {
  json_t *samples = json_array();
  for (int i = 0; i < GY_SNIFF_SAMPLES; i++) {
    if (c->samples[i][0] != '\0') json_array_append_new(samples, sample_json(c, c->samples[i]));
  }
  return json_pack("{s:s, s:s, s:f, s:s, s:o, s:b}", "name", c->name, "role", gy_role_name(c->role),
                   "confidence", c->confidence, "reason", c->reason, "samples", samples, "duplicate",
                   c->is_duplicate);
}

static json_t *file_json(const gy_guess_file *f) {
  char delimiter[2] = {f->dialect.delimiter, '\0'};
  bool is_delimited = f->format < GY_FORMAT_XLSX;
  json_t *columns = json_array();
  for (size_t i = 0; i < f->n_columns; i++) json_array_append_new(columns, column_json(&f->columns[i]));
  return json_pack("{s:s, s:s?, s:s?, s:s, s:s, s:s, s:s, s:s?, s:b, s:I, s:I, s:b, s:o}", "path", f->path,
                   "sheet", f->sheet, "source", f->source, "target", gy_target_name(f->target), "note",
                   f->note, "format", gy_word_of(&gy_format_words, (int)f->format), "encoding",
                   gy_encoding_name(f->encoding), "delimiter", is_delimited ? delimiter : NULL, "header",
                   f->format < GY_FORMAT_JSON ? f->dialect.has_header : 1, "rows", (json_int_t)f->n_rows,
                   "unusable", (json_int_t)f->n_faults, "whole", f->is_whole, "columns", columns);
}

static json_t *key_json(const gy_guess_report *r, const gy_guess_key *k) {
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:f}", "role", gy_role_name(k->role), "file",
                   r->files[k->file].path, "column", r->files[k->file].columns[k->column].name, "other_file",
                   r->files[k->other_file].path, "other_column",
                   r->files[k->other_file].columns[k->other_column].name, "coverage", k->coverage);
}

json_t *gy_guess_report_json(const gy_guess_report *report) {
  json_t *files = json_array(), *keys = json_array();
  for (size_t i = 0; i < report->n_files; i++) json_array_append_new(files, file_json(&report->files[i]));
  for (size_t i = 0; i < report->n_keys; i++) json_array_append_new(keys, key_json(report, &report->keys[i]));
  return json_pack("{s:o, s:o, s:b}", "files", files, "keys", keys, "has_orders", report->has_orders);
}
