/* SPDX-License-Identifier: Apache-2.0 */
#include "study/subject_file.h"

#include <stdlib.h>
#include <string.h>

#include "privacy/audit_log.h"

enum { AUDIT_MOST = 100000 };

static const char *text_at(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL ? text : "";
}

/* ---- originals ---- */

static bool is_known(const json_t *originals, const char *pseudonym) {
  size_t i;
  json_t *original;
  json_array_foreach(originals, i, original) {
    if (strcmp(text_at(original, "pseudonym"), pseudonym) == 0) return true;
  }
  return false;
}

static gy_status open_one(gy_vault *vault, gy_identifier kind, const char *text, json_t *originals,
                          gy_error *err) {
  gy_vault_key key = {.kind = kind};
  gy_buffer original;
  bool found = false;
  if (!gy_pseudonym_parse(text, strlen(text), &key.pseudonym) || is_known(originals, text)) return GY_OK;
  gy_buffer_init(&original, GY_VAULT_TEXT_MOST + 1);
  gy_status status = gy_vault_get(vault, &key, &original, &found, err);
  if (status == GY_OK && found)
    json_array_append_new(originals, json_pack("{s:s, s:s, s:s%}", "kind", gy_identifier_name(kind),
                                               "pseudonym", text, "text", original.data, original.length));
  gy_buffer_clear(&original);
  return status;
}

/* Direct identifiers stand under their own names; one that serves as a customer id can be of any kind. */
static gy_status open_cell(gy_vault *vault, const char *column, const char *text, json_t *originals,
                           gy_error *err) {
  gy_identifier kind;
  if (gy_identifier_from_name(column, &kind) && gy_identifier_is_direct(kind))
    return open_one(vault, kind, text, originals, err);
  gy_status status = GY_OK;
  for (kind = 0; strcmp(column, "customer_id") == 0 && kind < GY_IDENTIFIER_COUNT && status == GY_OK; kind++)
    if (gy_identifier_is_direct(kind)) status = open_one(vault, kind, text, originals, err);
  return status;
}

gy_status gy_subject_originals(gy_project *project, const json_t *tables, json_t **originals, gy_error *err) {
  json_t *made = json_array(), *rows, *row, *value;
  const char *table, *column;
  gy_vault *vault = NULL;
  size_t i;
  gy_status status = gy_project_has_vault(project) ? gy_project_vault(project, false, &vault, err) : GY_OK;
  json_object_foreach((json_t *)tables, table, rows) {
    json_array_foreach(rows, i, row) {
      json_object_foreach(row, column, value) {
        if (status == GY_OK && vault != NULL && json_is_string(value))
          status = open_cell(vault, column, json_string_value(value), made, err);
      }
    }
  }
  if (status == GY_OK)
    *originals = made;
  else
    json_decref(made);
  return status;
}

/* ---- the audit log ---- */

gy_status gy_subject_audit(gy_project *project, const json_t *keys, json_t **lines, gy_error *err) {
  json_t *all = NULL, *line, *key, *made = json_array();
  gy_key_ring *ring = NULL;
  gy_audit_verdict verdict;
  size_t i, k;
  gy_status status = gy_project_has_vault(project) ? gy_project_ring(project, false, &ring, err) : GY_OK;
  if (status == GY_OK && ring != NULL) status = gy_audit_read(ring, AUDIT_MOST, &verdict, &all, err);
  json_array_foreach(all, i, line) {
    json_array_foreach(keys, k, key) {
      char reference[GY_AUDIT_REFERENCE_CHARS + 1];
      const char *id = text_at(key, "key");
      gy_audit_reference(ring, GY_IDENTIFIER_CUSTOMER_ID, id, strlen(id), reference);
      if (strcmp(text_at(line, "subject"), reference) != 0) continue;
      json_array_append(made, line);
      break;
    }
  }
  json_decref(all);
  if (status == GY_OK)
    *lines = made;
  else
    json_decref(made);
  return status;
}
