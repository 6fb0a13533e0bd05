/* SPDX-License-Identifier: Apache-2.0 */
#include "study/person_reference.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "privacy/key_ring.h"

static gy_status no_memory(gy_error *err) { return gy_fail(err, GY_ENOMEM, "no memory to find a person"); }

/* The pseudonym of an address or number; none where the project has no keys and `create` is false. */
static gy_status make_key(gy_project *project, const char *words, bool create, gy_person_reference *r,
                          gy_error *err) {
  char normal[GY_IDENTIFIER_MAX];
  size_t length = 0;
  const char *kind = r->kind == GY_IDENTIFIER_EMAIL ? "e-mail address" : "phone number";
  if (gy_identifier_normalise(r->kind, words, strlen(words), normal, &length) != GY_NORMAL_VALUE)
    return gy_fail(err, GY_EUSAGE, "'%s' is no %s of a person", words, kind);
  if (!create && !gy_project_has_vault(project)) return GY_OK;
  gy_key_ring *ring = NULL;
  gy_status status = gy_project_ring(project, create, &ring, err);
  if (status == GY_OK) {
    gy_pseudonym pseudonym;
    gy_pseudonym_make(gy_key_ring_pseudonyms(ring), r->kind, normal, length, &pseudonym);
    gy_pseudonym_text(&pseudonym, r->key);
  }
  return status;
}

gy_status gy_person_reference_read(gy_project *project, const char *words, bool create,
                                   gy_person_reference *reference, gy_error *err) {
  *reference = (gy_person_reference){.kind = GY_IDENTIFIER_CUSTOMER_ID};
  size_t length = strlen(words);
  if (length == 0 || length >= GY_IDENTIFIER_MAX)
    return gy_fail(err, GY_EUSAGE, "name a person: a customer id, an e-mail address or a phone number");
  reference->words = strdup(words);
  if (reference->words == NULL) return no_memory(err);
  gy_identifier kind;
  bool is_direct = gy_identifier_look(words, length, &kind) &&
                   (kind == GY_IDENTIFIER_EMAIL || kind == GY_IDENTIFIER_PHONE);
  if (!is_direct) return GY_OK;
  reference->kind = kind;
  return make_key(project, words, create, reference, err);
}

static gy_status take_row(const json_t *row, gy_person_reference *r, gy_error *err) {
  r->customer = strdup(json_string_value(json_object_get(row, "customer")));
  r->person = strdup(json_string_value(json_object_get(row, "person")));
  return r->customer != NULL && r->person != NULL ? GY_OK : no_memory(err);
}

static gy_status find_customer(gy_engine *engine, const gy_consent_shape *shape, const char *id,
                               gy_person_reference *r, gy_error *err) {
  gy_sql_part parts[] = {{"customer_id", shape->ids_are_integers ? "BIGINT" : "VARCHAR"},
                         {"person", gy_consent_person_sql(shape, false)}};
  gy_value value = gy_bind_text(id);
  char *sql = NULL;
  json_t *rows = NULL;
  gy_status status = gy_sql_expand(gy_sql("people/find_customer"), parts, 2, &sql, err);
  if (status == GY_OK) status = gy_engine_json(engine, sql, &value, 1, NULL, &rows, err);
  if (status == GY_OK && json_array_size(rows) > 0) status = take_row(json_array_get(rows, 0), r, err);
  json_decref(rows);
  free(sql);
  return status;
}

static gy_status fail_several(const json_t *rows, const char *words, gy_error *err) {
  char list[256] = "";
  size_t i, used = 0;
  json_t *row;
  json_array_foreach(rows, i, row) {
    const char *person = json_string_value(json_object_get(row, "person"));
    if (used + strlen(person) + 3 > sizeof list) break;
    used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", person);
  }
  return gy_fail(err, GY_EUSAGE, "%s is known of several people; name one by its id: %s", words, list);
}

static gy_status find_by_key(gy_engine *engine, const gy_consent_shape *shape, gy_person_reference *r,
                             gy_error *err) {
  gy_sql_part part = {"key_person", gy_consent_person_sql(shape, true)};
  gy_value values[] = {gy_bind_text(gy_identifier_name(r->kind)), gy_bind_text(r->key)};
  char *sql = NULL;
  json_t *rows = NULL;
  gy_status status = gy_sql_expand(gy_sql("people/find_by_key"), &part, 1, &sql, err);
  if (status == GY_OK) status = gy_engine_json(engine, sql, values, 2, NULL, &rows, err);
  if (status == GY_OK && json_array_size(rows) > 1) status = fail_several(rows, r->words, err);
  if (status == GY_OK && json_array_size(rows) == 1) status = take_row(json_array_get(rows, 0), r, err);
  json_decref(rows);
  free(sql);
  return status;
}

gy_status gy_person_reference_find(gy_engine *engine, const gy_consent_shape *shape, gy_person_reference *r,
                                   gy_error *err) {
  gy_status status = find_customer(engine, shape, r->words, r, err);
  if (status == GY_OK && r->customer != NULL) { /* an id that looks like a number of a phone */
    r->kind = GY_IDENTIFIER_CUSTOMER_ID;
    return GY_OK;
  }
  if (status == GY_OK && r->key[0] != '\0') status = find_customer(engine, shape, r->key, r, err);
  if (status == GY_OK && r->customer == NULL && r->key[0] != '\0')
    status = find_by_key(engine, shape, r, err);
  return status;
}

void gy_person_reference_clear(gy_person_reference *reference) {
  free(reference->words);
  free(reference->customer);
  free(reference->person);
  *reference = (gy_person_reference){0};
}
