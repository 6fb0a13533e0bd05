/* SPDX-License-Identifier: Apache-2.0
 *
 * Rejected rows of a person. "7" may be a quantity: a cell tells whose row it is by the role of its column,
 * and what is written there is compared in its normal form, by pseudonym where that is what the store knows.
 */
#include <stdlib.h>
#include <string.h>

#include "data/role_kinds.h"
#include "privacy/box.h"
#include "privacy/identifier.h"
#include "privacy/pseudonym.h"
#include "privacy/seal.h"
#include "study/subject_file.h"

enum { RECORD_MAX = 16 << 20 };

typedef struct {
  const gy_project_config *config;
  gy_key_ring *ring; /* NULL: nothing is sealed, and nobody has a pseudonym */
  const json_t *keys;
} look;

static const char *text_at(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL ? text : "";
}

static bool is_key(const look *l, const char *kind, const char *key) {
  size_t i;
  json_t *each;
  json_array_foreach(l->keys, i, each) {
    if (strcmp(text_at(each, "kind"), kind) == 0 && strcmp(text_at(each, "key"), key) == 0) return true;
  }
  return false;
}

/* Whether a text that is an identifier of the kind, if it is one, is the person's. */
typedef enum { NOBODY, THEIRS, ANOTHER } whose;

static whose whose_direct(const look *l, gy_identifier kind, const char *column, const char *text, size_t n) {
  char normal[GY_IDENTIFIER_MAX], written[GY_PSEUDONYM_CHARS + 1];
  size_t length = 0;
  gy_pseudonym pseudonym;
  if (l->ring == NULL || gy_identifier_normalise(kind, text, n, normal, &length) != GY_NORMAL_VALUE)
    return NOBODY;
  gy_pseudonym_make(gy_key_ring_pseudonyms(l->ring), kind, normal, length, &pseudonym);
  gy_pseudonym_text(&pseudonym, written);
  return is_key(l, column, written) ? THEIRS : ANOTHER;
}

static whose whose_cell(const look *l, gy_role role, const char *text) {
  gy_identifier kind, looks;
  char normal[GY_IDENTIFIER_MAX + 1];
  size_t n = strlen(text), length = 0;
  if (!gy_role_identifier(role, &kind)) return NOBODY;
  if (gy_role_is_direct(role)) return whose_direct(l, kind, gy_identifier_name(kind), text, n);
  if (l->ring != NULL && gy_identifier_look(text, n, &looks) &&
      whose_direct(l, looks, gy_identifier_name(kind), text, n) == THEIRS)
    return THEIRS;
  if (gy_identifier_normalise(kind, text, n, normal, &length) != GY_NORMAL_VALUE) return NOBODY;
  normal[length] = '\0';
  bool theirs = is_key(l, gy_identifier_name(kind), text) || is_key(l, gy_identifier_name(kind), normal);
  return theirs ? THEIRS : ANOTHER;
}

static bool is_cells_theirs(const look *l, const gy_source_config *source, const json_t *record) {
  bool theirs = false;
  for (uint32_t c = 0; c < source->n_columns; c++) {
    const gy_column_role *column = &source->columns[c];
    whose who = whose_cell(l, column->role, text_at(record, column->column));
    if (who == ANOTHER && column->role == GY_ROLE_CUSTOMER) return false;
    theirs = theirs || who == THEIRS;
  }
  return theirs;
}

static bool is_text_theirs(const look *l, const char *text) {
  gy_identifier_span span = {0};
  size_t n = strlen(text);
  bool theirs = false;
  while (gy_identifier_find(text, n, span.end, &span)) {
    whose who =
        whose_direct(l, span.kind, gy_identifier_name(span.kind), text + span.begin, span.end - span.begin);
    if (who == ANOTHER) return false;
    theirs = theirs || who == THEIRS;
  }
  return theirs;
}

static const gy_source_config *source_of(const look *l, const char *name) {
  for (uint32_t i = 0; i < l->config->n_sources; i++)
    if (strcmp(l->config->sources[i].name, name) == 0) return &l->config->sources[i];
  return NULL;
}

static bool is_theirs(const look *l, const char *source_name, const json_t *record) {
  const gy_source_config *source = source_of(l, source_name);
  if (json_is_object(record)) return source != NULL && is_cells_theirs(l, source, record);
  return json_is_string(record) && is_text_theirs(l, json_string_value(record));
}

static gy_status open_record(const look *l, const json_t *reject, json_t **record, gy_error *err) {
  const char *text = text_at(reject, "record");
  size_t n = strlen(text);
  gy_buffer opened;
  gy_buffer_init(&opened, RECORD_MAX);
  gy_status status = GY_OK;
  if (l->ring != NULL && gy_text_is_sealed(text, n))
    status = gy_unseal_text(l->ring, text, n, &opened, err);
  else
    gy_buffer_append(&opened, text, n);
  *record = status == GY_OK && opened.length > 0
                ? json_loadb(opened.data, opened.length, JSON_DECODE_ANY, NULL)
                : NULL;
  gy_buffer_wipe(&opened);
  return status;
}

gy_status gy_subject_rejects(gy_project *project, const json_t *keys, json_t **rows, gy_error *err) {
  json_t *all = NULL, *reject, *made = json_array();
  look l = {.config = &project->config, .keys = keys};
  size_t i;
  gy_status status = gy_project_has_vault(project) ? gy_project_ring(project, false, &l.ring, err) : GY_OK;
  if (status == GY_OK)
    status = gy_engine_json(project->engine,
                            "SELECT source, file, line, reason, record FROM rejects WHERE record IS NOT NULL",
                            NULL, 0, NULL, &all, err);
  json_array_foreach(all, i, reject) {
    json_t *record = NULL;
    if (status == GY_OK) status = open_record(&l, reject, &record, err);
    if (status == GY_OK && is_theirs(&l, text_at(reject, "source"), record))
      json_array_append_new(
          made, json_pack("{s:s, s:s, s:O, s:s, s:O}", "source", text_at(reject, "source"), "file",
                          text_at(reject, "file"), "line", json_object_get(reject, "line"), "reason",
                          text_at(reject, "reason"), "record", record));
    json_decref(record);
  }
  json_decref(all);
  if (status == GY_OK)
    *rows = made;
  else
    json_decref(made);
  return status;
}
