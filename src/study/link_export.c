/* SPDX-License-Identifier: Apache-2.0 */
#include "study/link_export.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/table_export.h"

enum { PAIR_COLUMNS = 7, FIELD_COLUMNS = 3, COLUMNS_MAX = PAIR_COLUMNS + FIELD_COLUMNS * GY_LINK_FIELDS_MAX };
enum { EXAMPLES = 10 };

/* ---- rows ---- */

typedef struct pair_source {
  const gy_link_found *found;
  size_t at;
  char names[COLUMNS_MAX][300];
  gy_source_column columns[COLUMNS_MAX];
} pair_source;

static void put_text(gy_chunk_writer *writer, size_t column, size_t row, gy_text text) {
  if (text.length == 0)
    gy_writer_null(writer, column, row);
  else
    gy_writer_text(writer, column, row, text.data, text.length);
}

static void put_pair(const gy_link_found *found, size_t i, gy_chunk_writer *writer, size_t row) {
  const gy_link_result *result = found->result;
  const gy_linked_pair *pair = &result->pairs[i];
  size_t d = result->n_fields;
  const char *decision = pair->is_match ? "match" : "review";
  ((int64_t *)writer->data[0])[row] = found->left->row_no[pair->left];
  ((int64_t *)writer->data[1])[row] = found->right->row_no[pair->right];
  put_text(writer, 2, row, gy_link_table_text(found->left, d, pair->left));
  put_text(writer, 3, row, gy_link_table_text(found->right, d, pair->right));
  gy_writer_text(writer, 4, row, decision, strlen(decision));
  ((double *)writer->data[5])[row] = round((double)pair->probability * 1e6) / 1e6;
  ((double *)writer->data[6])[row] = round((double)pair->weight * 100) / 100;
  for (size_t f = 0; f < d; f++) {
    size_t column = PAIR_COLUMNS + FIELD_COLUMNS * f;
    put_text(writer, column, row, gy_link_table_text(found->left, f, pair->left));
    put_text(writer, column + 1, row, gy_link_table_text(found->right, f, pair->right));
    if (result->levels[i * d + f] == GY_LEVEL_UNKNOWN)
      gy_writer_null(writer, column + 2, row);
    else
      ((double *)writer->data[column + 2])[row] = round((double)result->weights[i * d + f] * 100) / 100;
  }
}

static gy_status open_pairs(void *shared, void **local, gy_error *err) {
  (void)local, (void)err;
  ((pair_source *)shared)->at = 0;
  return GY_OK;
}

static gy_status fill_pairs(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                            gy_error *err) {
  (void)local, (void)err;
  pair_source *source = shared;
  size_t left = source->found->result->n_pairs - source->at;
  *n_rows = left < GY_CHUNK_ROWS ? left : GY_CHUNK_ROWS;
  for (size_t row = 0; row < *n_rows; row++) put_pair(source->found, source->at + row, writer, row);
  source->at += *n_rows;
  return GY_OK;
}

static size_t name_columns(pair_source *source) {
  static const struct {
    const char *name;
    gy_type type;
  } OWN[PAIR_COLUMNS] = {{"left_row", GY_TYPE_INT64}, {"right_row", GY_TYPE_INT64},
                         {"left_id", GY_TYPE_TEXT},   {"right_id", GY_TYPE_TEXT},
                         {"decision", GY_TYPE_TEXT},  {"probability", GY_TYPE_DOUBLE},
                         {"bits", GY_TYPE_DOUBLE}};
  static const char *const ENDINGS[FIELD_COLUMNS] = {"left", "right", "bits"};
  size_t d = source->found->result->n_fields, n = 0;
  for (; n < PAIR_COLUMNS; n++) source->columns[n] = (gy_source_column){OWN[n].name, OWN[n].type};
  for (size_t f = 0; f < d; f++) {
    for (size_t k = 0; k < FIELD_COLUMNS; k++, n++) {
      snprintf(source->names[n], sizeof source->names[n], "%.250s_%s", source->found->spec->fields[f].name,
               ENDINGS[k]);
      source->columns[n] = (gy_source_column){source->names[n], k == 2 ? GY_TYPE_DOUBLE : GY_TYPE_TEXT};
    }
  }
  return n;
}

gy_status gy_link_export(const gy_link_found *found, const char *path, const gy_task *task, gy_error *err) {
  pair_source *pairs = calloc(1, sizeof *pairs);
  if (pairs == NULL) return gy_fail(err, GY_ENOMEM, "no memory to write %s", path);
  pairs->found = found;
  gy_source source = {.shared = pairs,
                      .columns = pairs->columns,
                      .n_columns = name_columns(pairs),
                      .expected_rows = found->result->n_pairs,
                      .max_threads = 1,
                      .open = open_pairs,
                      .fill = fill_pairs};
  gy_status status = gy_engine_publish(found->left->engine, "linked_pairs", &source, err);
  if (status == GY_OK)
    status = gy_table_export(found->left->engine,
                             "SELECT * FROM linked_pairs() ORDER BY bits DESC, left_row, right_row", path,
                             task, NULL, err);
  gy_engine_close(found->left->engine);
  found->left->engine = NULL; /* it would read from what goes now */
  free(pairs);
  return status;
}

/* ---- JSON ---- */

static json_t *numbers(const double *values, int n) {
  json_t *array = json_array();
  for (int i = 0; i < n; i++) json_array_append_new(array, json_real(values[i]));
  return array;
}

static json_t *fields_json(const gy_link_found *found) {
  const gy_link_result *result = found->result;
  json_t *fields = json_array();
  for (size_t f = 0; f < result->n_fields; f++) {
    double bits[GY_LINKAGE_LEVELS_MAX];
    int levels = result->model.levels[f];
    for (int l = 0; l < levels; l++) bits[l] = log2(result->model.m[f][l] / result->model.u[f][l]);
    json_array_append_new(
        fields,
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:b, s:b}", "field", found->spec->fields[f].name, "with",
                  found->spec->columns[1][f], "compare", gy_link_compare_name(found->spec->fields[f].compare),
                  "m", numbers(result->model.m[f], levels), "u", numbers(result->model.u[f], levels), "bits",
                  numbers(bits, levels), "by_frequency", (int)found->spec->fields[f].by_frequency, "assumed",
                  (int)result->m_assumed[f]));
  }
  return fields;
}

static json_t *text_json(gy_text text) { return json_stringn(text.data, text.length); }

static json_t *blocks_json(const gy_link_found *found) {
  json_t *blocks = json_array();
  for (size_t r = 0; r < found->spec->n_rules; r++) {
    const gy_link_rule_report *report = &found->result->rules[r];
    json_t *block =
        json_pack("{s:s, s:I, s:I, s:I, s:I}", "block", found->spec->rule_texts[r], "blocks",
                  (json_int_t)report->n_blocks, "pairs", (json_int_t)report->n_pairs, "passed_over",
                  (json_int_t)report->n_oversized, "pairs_passed_over", (json_int_t)report->n_missed);
    size_t field = found->spec->rules[r].parts[0].field;
    json_object_set_new(block, "largest_passed_over",
                        report->n_oversized > 0
                            ? text_json(gy_link_table_text(found->left, field, report->example))
                            : json_null());
    json_array_append_new(blocks, block);
  }
  return blocks;
}

static json_t *pair_json(const gy_link_found *found, size_t i) {
  const gy_link_result *result = found->result;
  const gy_linked_pair *pair = &result->pairs[i];
  json_t *fields = json_object();
  for (size_t f = 0; f < result->n_fields; f++)
    json_object_set_new(
        fields, found->spec->fields[f].name,
        json_pack("{s:o, s:o, s:f}", "left", text_json(gy_link_table_text(found->left, f, pair->left)),
                  "right", text_json(gy_link_table_text(found->right, f, pair->right)), "bits",
                  (double)result->weights[i * result->n_fields + f]));
  return json_pack("{s:I, s:I, s:s, s:f, s:f, s:o}", "left_row", (json_int_t)found->left->row_no[pair->left],
                   "right_row", (json_int_t)found->right->row_no[pair->right], "decision",
                   pair->is_match ? "match" : "review", "probability", (double)pair->probability, "bits",
                   (double)pair->weight, "fields", fields);
}

/* Pairs of one decision from both ends of what there is. */
static json_t *examples_json(const gy_link_found *found) {
  json_t *examples = json_array();
  for (int is_match = 1; is_match >= 0; is_match--) {
    size_t n = 0;
    for (size_t i = 0; i < found->result->n_pairs && n < EXAMPLES / 2; i++) {
      if (found->result->pairs[i].is_match != is_match) continue;
      json_array_append_new(examples, pair_json(found, i));
      n++;
    }
  }
  return examples;
}

json_t *gy_link_json(const gy_link_found *found) {
  const gy_link_result *result = found->result;
  const gy_link_files_options *o = found->options;
  bool is_one = found->left == found->right;
  json_t *json =
      json_pack("{s:s, s:o, s:I, s:o, s:I, s:b, s:I, s:I, s:I, s:I}", "input", o->input, "with",
                is_one ? json_null() : json_string(o->with), "rows", (json_int_t)found->left->n, "with_rows",
                is_one ? json_null() : json_integer((json_int_t)found->right->n), "rejected",
                (json_int_t)(found->left->n_rejected + (is_one ? 0 : found->right->n_rejected)), "guessed",
                (int)found->spec->is_guessed, "candidates", (json_int_t)result->n_candidates, "pairs",
                (json_int_t)result->n_pairs, "matches", (json_int_t)result->n_matches, "review",
                (json_int_t)(result->n_pairs - result->n_matches));
  double matches = result->model.match_share * (double)found->left->n *
                   (is_one ? (double)(found->left->n - 1) / 2 : (double)found->right->n);
  json_object_set_new(json, "match_prob", json_real(o->match_prob));
  json_object_set_new(json, "review_prob", json_real(o->review_prob));
  json_object_set_new(json, "expected_matches", json_real(matches));
  json_object_set_new(json, "fields", fields_json(found));
  json_object_set_new(json, "blocks", blocks_json(found));
  json_object_set_new(json, "examples", examples_json(found));
  if (o->output != NULL) json_object_set_new(json, "out", json_string(o->output));
  return json;
}
