/* SPDX-License-Identifier: Apache-2.0 */
#include "study/person_key.h"

#include <stdlib.h>
#include <string.h>

#include "study/canonical_views.h"
#include "study/person_sources.h"
#include "study/project_privacy.h"

static const char *text_at(const json_t *row, const char *name) {
  const char *text = json_string_value(json_object_get(row, name));
  return text != NULL ? text : "";
}

static gy_status fill(gy_person_key *key, gy_key_kind kind, const char *value, const char *person,
                      const char *automatic, gy_error *err) {
  key->kind = kind;
  key->key = strdup(value);
  key->person = strdup(person);
  key->automatic = strdup(automatic);
  bool made = key->key != NULL && key->person != NULL && key->automatic != NULL;
  return made ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for a key");
}

/* Looks in person_keys; `found` stays false where nobody has the key. */
static gy_status find_key(gy_project *project, gy_key_kind kind, const char *value, gy_person_key *key,
                          bool *found, gy_error *err) {
  gy_value values[] = {gy_bind_text(gy_key_name(kind)), gy_bind_text(value)};
  json_t *rows = NULL;
  gy_status status =
      gy_engine_json(project->engine, gy_sql("people/person_of_key"), values, 2, NULL, &rows, err);
  const json_t *row = json_array_get(rows, 0);
  if (status == GY_OK && row != NULL) {
    status = fill(key, kind, value, text_at(row, "person"), text_at(row, "automatic"), err);
    *found = true;
  }
  json_decref(rows);
  return status;
}

static gy_status find_person(gy_project *project, const char *words, gy_person_key *key, bool *found,
                             gy_error *err) {
  gy_value value = gy_bind_text(words);
  json_t *rows = NULL;
  gy_key_kind kind = GY_KEY_CUSTOMER;
  gy_status status =
      gy_engine_json(project->engine, gy_sql("people/person_anchor"), &value, 1, NULL, &rows, err);
  const json_t *row = json_array_get(rows, 0);
  if (status == GY_OK && row != NULL && gy_key_from_name(text_at(row, "kind"), &kind)) {
    status = fill(key, kind, text_at(row, "key"), text_at(row, "person"), text_at(row, "automatic"), err);
    *found = true;
  }
  json_decref(rows);
  return status;
}

/* A customer without any further key. */
static gy_status find_customer(gy_project *project, const char *words, gy_person_key *key, bool *found,
                               gy_error *err) {
  gy_person_sources sources = {0};
  gy_status status = gy_person_sources_load(project->engine, &project->config, &sources, err);
  for (size_t i = 0; i < sources.n && status == GY_OK && !*found; i++) {
    if (sources.sources[i].types[GY_KEY_CUSTOMER] == NULL) continue;
    char *relation = gy_sql_identifier(sources.sources[i].relation), *sql = NULL;
    gy_value value = gy_bind_text(words);
    int64_t n = 0;
    if (relation == NULL ||
        asprintf(&sql,
                 "SELECT count(*) FROM (SELECT 1 FROM %s WHERE CAST(customer_id AS VARCHAR) = $1 LIMIT 1)",
                 relation) < 0)
      status = gy_fail(err, GY_ENOMEM, "no memory to look for a customer");
    if (status == GY_OK) status = gy_engine_int64(project->engine, sql, &value, 1, &n, err);
    *found = n > 0;
    free(relation);
    free(sql);
  }
  if (status == GY_OK && *found) status = fill(key, GY_KEY_CUSTOMER, words, words, words, err);
  gy_person_sources_clear(&sources);
  return status;
}

static gy_identifier identifier_of(gy_key_kind kind) {
  static const gy_identifier KINDS[GY_KEY_COUNT] = {
      [GY_KEY_CUSTOMER] = GY_IDENTIFIER_CUSTOMER_ID, [GY_KEY_LOYALTY_CARD] = GY_IDENTIFIER_LOYALTY_CARD,
      [GY_KEY_EMAIL] = GY_IDENTIFIER_EMAIL,          [GY_KEY_HASHED_EMAIL] = GY_IDENTIFIER_HASHED_EMAIL,
      [GY_KEY_PHONE] = GY_IDENTIFIER_PHONE,          [GY_KEY_ANONYMOUS] = GY_IDENTIFIER_COOKIE,
      [GY_KEY_DEVICE] = GY_IDENTIFIER_DEVICE_ID};
  return KINDS[kind];
}

/* As the key stands in the store: its normal form, of direct identifiers the pseudonym. */
static gy_status stored_form(gy_project *project, gy_key_kind kind, const char *words, char *form,
                             bool *has_form, gy_error *err) {
  size_t n = 0;
  *has_form = gy_identifier_normalise(identifier_of(kind), words, strlen(words), form, &n) == GY_NORMAL_VALUE;
  if (!*has_form) return GY_OK;
  form[n] = '\0';
  if (!gy_identifier_is_direct(identifier_of(kind))) return GY_OK;
  gy_key_ring *ring = NULL;
  gy_pseudonym pseudonym;
  gy_status status = gy_project_ring(project, false, &ring, err);
  if (status == GY_ENOTFOUND) {
    *has_form = false; /* no address was ever pseudonymised here */
    return GY_OK;
  }
  if (status != GY_OK) return status;
  gy_pseudonym_make(gy_key_ring_pseudonyms(ring), identifier_of(kind), form, n, &pseudonym);
  gy_pseudonym_text(&pseudonym, form);
  return GY_OK;
}

static gy_status find_as(gy_project *project, gy_key_kind kind, const char *words, gy_person_key *key,
                         bool *found, gy_error *err) {
  char form[GY_IDENTIFIER_MAX + 1];
  bool has_form = false;
  gy_status status = find_key(project, kind, words, key, found, err);
  if (status == GY_OK && !*found) status = stored_form(project, kind, words, form, &has_form, err);
  if (status == GY_OK && has_form && !*found) status = find_key(project, kind, form, key, found, err);
  if (status == GY_OK && !*found && kind == GY_KEY_CUSTOMER)
    status = find_customer(project, words, key, found, err);
  return status;
}

/* "email:kim@example.com": the kind, and where the value begins. */
static const char *named_kind(const char *words, gy_key_kind *kind) {
  const char *colon = strchr(words, ':');
  if (colon == NULL) return NULL;
  for (gy_key_kind k = 0; k < GY_KEY_COUNT; k++) {
    const char *name = gy_key_name(k);
    if (strlen(name) != (size_t)(colon - words) || strncmp(words, name, strlen(name)) != 0) continue;
    *kind = k;
    return colon + 1;
  }
  return NULL;
}

gy_status gy_person_key_find(gy_project *project, const char *words, gy_person_key *key, gy_error *err) {
  gy_key_kind kind = GY_KEY_CUSTOMER;
  const char *value = named_kind(words, &kind);
  bool found = false;
  gy_status status = GY_OK;
  *key = (gy_person_key){.words = strdup(words)};
  if (key->words == NULL) return gy_fail(err, GY_ENOMEM, "no memory for a key");
  if (value != NULL) {
    status = find_as(project, kind, value, key, &found, err);
  } else {
    status = find_person(project, words, key, &found, err);
    for (gy_key_kind k = 0; k < GY_KEY_COUNT && status == GY_OK && !found; k++)
      if (gy_key_joins(k)) status = find_as(project, k, words, key, &found, err);
  }
  if (status == GY_OK && !found)
    status = gy_fail(err, GY_ENOTFOUND, "nobody is known by '%s' in the last run of %s", words, project->dir);
  return status;
}
