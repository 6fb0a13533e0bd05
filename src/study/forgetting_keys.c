/* SPDX-License-Identifier: Apache-2.0 */
#include "study/forgetting_keys.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people/forget_texts.h"
#include "privacy/audit_log.h"
#include "privacy/box.h"
#include "privacy/identifier.h"
#include "privacy/pseudonym.h"
#include "privacy/seal.h"
#include "privacy/tombstones.h"
#include "study/project_privacy.h"

enum { REFERENCE_BYTES = 12, ORIGINAL_MAX = 1 << 20, RECORD_MAX = 64 << 20, LINES_LOOKED_AT = 10000 };

gy_status gy_forgetting_keys_open(gy_project *project, gy_forgetting_keys *keys, gy_error *err) {
  *keys = (gy_forgetting_keys){0};
  gy_status status = gy_project_ring(project, true, &keys->ring, err);
  return status == GY_OK ? gy_project_vault(project, true, &keys->vault, err) : status;
}

/* ---- names ---- */

/* A digest of a pseudonym: who has no key cannot tell whose it is, who has one can tell that it is the same.
 */
static bool add_reference(json_t *references, gy_identifier kind, const gy_pseudonym *pseudonym) {
  static const char PURPOSE[crypto_generichash_blake2b_PERSONALBYTES] = "gyeol receipt";
  uint8_t input[1 + sizeof pseudonym->bytes], digest[REFERENCE_BYTES < 16 ? 16 : REFERENCE_BYTES];
  char hex[2 * REFERENCE_BYTES + 1];
  input[0] = (uint8_t)kind;
  memcpy(input + 1, pseudonym->bytes, sizeof pseudonym->bytes);
  crypto_generichash_blake2b_salt_personal(digest, 16, input, sizeof input, NULL, 0, NULL,
                                           (const unsigned char *)PURPOSE);
  sodium_bin2hex(hex, sizeof hex, digest, REFERENCE_BYTES);
  return json_array_append_new(references, json_string(hex)) == 0;
}

bool gy_forgetting_pseudonym(const gy_forgetting_keys *keys, gy_identifier kind, const char *text,
                             gy_pseudonym *pseudonym) {
  gy_vault_key key;
  if (!gy_tombstone_key(gy_key_ring_pseudonyms(keys->ring), kind, text, strlen(text), &key)) return false;
  *pseudonym = key.pseudonym;
  return true;
}

static bool add_form(json_t *given, size_t n, const char *kind, const char *value) {
  return json_array_append_new(
             given, json_pack("{s:I, s:s, s:s}", "n", (json_int_t)n, "kind", kind, "value", value)) == 0;
}

gy_status gy_forgetting_forms(const gy_forgetting_keys *keys, size_t n, const char *text, json_t *given,
                              json_t *references, gy_error *err) {
  bool good = add_form(given, n, "customer_id", text);
  size_t length = strlen(text);
  if (length > 2 && strcmp(text + length - 2, ".0") == 0 && strspn(text, "0123456789") == length - 2) {
    char *whole = strndup(text, length - 2);
    good = good && whole != NULL && add_form(given, n, "customer_id", whole);
    free(whole);
  }
  gy_identifier look;
  bool is_direct = gy_identifier_look(text, length, &look);
  for (gy_identifier kind = 0; kind < GY_IDENTIFIER_COUNT && good; kind++) {
    char written[GY_PSEUDONYM_CHARS + 1];
    gy_pseudonym pseudonym;
    /* What reads as an address or a number is that; names of people are no names of one person. */
    bool has_look = gy_identifier_is_direct(kind) && kind != GY_IDENTIFIER_HASHED_EMAIL;
    bool fits = !has_look || (is_direct && kind == look);
    if (!fits || !gy_forgetting_pseudonym(keys, kind, text, &pseudonym)) continue;
    gy_pseudonym_text(&pseudonym, written);
    if (gy_identifier_is_direct(kind)) {
      good =
          add_form(given, n, gy_identifier_name(kind), written) && add_form(given, n, "customer_id", written);
    } else if (kind != GY_IDENTIFIER_CUSTOMER_ID) {
      good = add_form(given, n, gy_identifier_name(kind), text);
    }
    good = good && add_reference(references, kind, &pseudonym);
  }
  if (good) good = add_form(given, n, "anonymous_id", text);
  return good ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to look for people");
}

gy_status gy_forgetting_reference(const gy_forgetting_keys *keys, const char *kind_name, const char *value,
                                  json_t *references, gy_error *err) {
  gy_identifier kind;
  gy_pseudonym pseudonym;
  if (!gy_identifier_from_name(kind_name, &kind)) return GY_OK;
  bool known = gy_identifier_is_direct(kind) ? gy_pseudonym_parse(value, strlen(value), &pseudonym)
                                             : gy_forgetting_pseudonym(keys, kind, value, &pseudonym);
  if (known && !add_reference(references, kind, &pseudonym))
    return gy_fail(err, GY_ENOMEM, "no memory to look for people");
  return GY_OK;
}

/* ---- the vault ---- */

/* The vault's keys among the traces: pseudonyms in columns of identifiers, and customer ids that are such. */
static gy_status vault_keys(const json_t *traces, gy_vault_key **keys, size_t *n_keys, gy_error *err) {
  size_t n = 0, i;
  const char *name;
  json_t *values, *value;
  json_object_foreach((json_t *)(uintptr_t)traces, name, values) {
    n += GY_IDENTIFIER_COUNT * json_array_size(values);
  }
  gy_vault_key *made = calloc(n + 1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory for what is in the vault");
  n = 0;
  json_object_foreach((json_t *)(uintptr_t)traces, name, values) {
    gy_identifier kind = GY_IDENTIFIER_COUNT;
    bool is_id = strcmp(name, "customer_id") == 0 || !gy_identifier_from_name(name, &kind) ||
                 !gy_identifier_is_direct(kind);
    json_array_foreach(values, i, value) {
      gy_pseudonym pseudonym;
      if (!gy_pseudonym_parse(json_string_value(value), json_string_length(value), &pseudonym)) continue;
      for (gy_identifier k = 0; k < GY_IDENTIFIER_COUNT; k++)
        if (gy_identifier_is_direct(k) && (is_id || k == kind)) made[n++] = (gy_vault_key){k, pseudonym};
    }
  }
  *keys = made;
  *n_keys = n;
  return GY_OK;
}

gy_status gy_forgetting_originals(const gy_forgetting_keys *keys, const json_t *traces, json_t *texts,
                                  json_t *counts, gy_error *err) {
  gy_vault_key *list = NULL;
  size_t n = 0;
  gy_status status = vault_keys(traces, &list, &n, err);
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    gy_buffer text;
    bool found = false;
    gy_buffer_init(&text, ORIGINAL_MAX);
    status = gy_vault_get(keys->vault, &list[i], &text, &found, err);
    if (status == GY_OK && found) {
      const char *kind = gy_identifier_name(list[i].kind);
      json_int_t before = json_integer_value(json_object_get(counts, kind));
      json_object_set_new(counts, kind, json_integer(before + 1));
      json_t *original = json_stringn(text.data, text.length); /* NULL: no UTF-8, in no text either */
      if (original != NULL && json_array_append_new(texts, original) != 0)
        status = gy_fail(err, GY_ENOMEM, "no memory for what is in the vault");
    }
    gy_buffer_wipe(&text);
  }
  free(list);
  return status;
}

gy_status gy_forgetting_vault(gy_forgetting_keys *keys, const json_t *plan, gy_error *err) {
  gy_vault_key *list = NULL;
  size_t n = 0;
  gy_status status = vault_keys(json_object_get(plan, "traces"), &list, &n, err);
  if (status == GY_OK && n > 0) status = gy_vault_remove(keys->vault, list, n, NULL, err);
  free(list);
  return status;
}

/* ---- rejected records ---- */

static gy_status mark_row(gy_engine *engine, int64_t id, gy_error *err) {
  gy_value value = gy_bind_int64(id);
  return gy_engine_execute(engine, "INSERT INTO forget_rows VALUES ('rejects', $1)", &value, 1, NULL, NULL,
                           NULL, err);
}

typedef struct {
  const gy_forgetting_keys *keys;
  const gy_forget_words *words;
  const json_t *customer_columns;
} reject_look;

/* A text of the store as it was, opened where it is sealed; to be freed. One that does not open is of nobody.
 */
static char *opened(const gy_forgetting_keys *keys, const gy_text *text) {
  if (!gy_text_is_sealed(text->data, text->length)) return strndup(text->data, text->length);
  gy_buffer plain;
  gy_buffer_init(&plain, RECORD_MAX);
  char *made = NULL;
  if (gy_unseal_text(keys->ring, text->data, text->length, &plain, NULL) == GY_OK)
    made = gy_buffer_take(&plain);
  gy_buffer_wipe(&plain);
  return made;
}

static gy_status look_at_reject(gy_engine *engine, const reject_look *look, const gy_chunk *chunk, size_t row,
                                gy_error *err) {
  const gy_column *columns = chunk->columns;
  const gy_text *source = (const gy_text *)columns[1].data + row;
  char name[256];
  snprintf(name, sizeof name, "%.*s", (int)source->length, source->data);
  const char *customer = json_string_value(json_object_get(look->customer_columns, name));
  bool theirs = false;
  for (size_t c = 2; c < 4 && !theirs; c++) {
    if (gy_column_is_null(&columns[c], row)) continue;
    char *text = opened(look->keys, (const gy_text *)columns[c].data + row);
    json_t *record = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    if (record == NULL && text != NULL) record = json_string(text);
    theirs = gy_forget_record_is_theirs(record, customer, look->words);
    json_decref(record);
    free(text);
  }
  return theirs ? mark_row(engine, ((const int64_t *)columns[0].data)[row], err) : GY_OK;
}

gy_status gy_forgetting_rejects(gy_engine *engine, const gy_forgetting_keys *keys, const json_t *plan,
                                gy_error *err) {
  static const char SQL[] = "SELECT rowid, source, record, value FROM rejects";
  gy_forget_words *words = NULL;
  gy_result *result = NULL;
  gy_chunk chunk = {0};
  gy_status status =
      gy_forget_words_create(json_object_get(plan, "traces"), json_object_get(plan, "texts"), &words, err);
  const reject_look look = {keys, words, json_object_get(plan, "customer_columns")};
  if (status == GY_OK) status = gy_engine_query(engine, SQL, NULL, 0, NULL, &result, err);
  while (status == GY_OK) {
    status = gy_result_next(result, &chunk, err);
    if (status != GY_OK || chunk.n_rows == 0) break;
    for (size_t row = 0; row < chunk.n_rows && status == GY_OK; row++)
      status = look_at_reject(engine, &look, &chunk, row, err);
  }
  gy_result_destroy(result);
  gy_forget_words_destroy(words);
  return status;
}

/* ---- tombstones ---- */

static gy_status orders(const gy_forgetting_keys *keys, const json_t *ids, gy_tombstones *tombstones,
                        gy_error *err) {
  const json_t *id;
  size_t i;
  gy_status status = GY_OK;
  json_array_foreach(ids, i, id) {
    gy_vault_key key;
    if (status == GY_OK && gy_tombstone_order(gy_key_ring_pseudonyms(keys->ring), json_string_value(id),
                                              json_string_length(id), &key))
      status = gy_tombstones_add(tombstones, &key, 1, err);
  }
  return status;
}

/* Keys of the traces that are no direct identifiers, as tombstones know them. */
static gy_status other_keys(const gy_forgetting_keys *keys, const json_t *traces, gy_tombstones *tombstones,
                            gy_error *err) {
  const char *name;
  json_t *values, *value;
  size_t i;
  gy_status status = GY_OK;
  json_object_foreach((json_t *)(uintptr_t)traces, name, values) {
    gy_identifier kind;
    if (status == GY_OK && strcmp(name, "order_id") == 0) status = orders(keys, values, tombstones, err);
    bool is_visitor = strcmp(name, "anonymous_id") == 0;
    if (is_visitor) kind = GY_IDENTIFIER_COOKIE;
    if (!is_visitor && (!gy_identifier_from_name(name, &kind) || gy_identifier_is_direct(kind))) continue;
    json_array_foreach(values, i, value) {
      gy_vault_key key = {.kind = kind};
      if (status == GY_OK && gy_forgetting_pseudonym(keys, kind, json_string_value(value), &key.pseudonym))
        status = gy_tombstones_add(tombstones, &key, 1, err);
    }
  }
  return status;
}

gy_status gy_forgetting_tombstones(gy_forgetting_keys *keys, const json_t *plan, gy_error *err) {
  const json_t *traces = json_object_get(plan, "traces");
  gy_tombstones *tombstones = NULL;
  gy_vault_key *list = NULL;
  size_t n = 0;
  gy_status status = gy_tombstones_load(keys->ring, &tombstones, err);
  if (status == GY_OK) status = vault_keys(traces, &list, &n, err);
  if (status == GY_OK && n > 0) status = gy_tombstones_add(tombstones, list, n, err);
  if (status == GY_OK) status = other_keys(keys, traces, tombstones, err);
  if (status == GY_OK) status = gy_tombstones_save(tombstones, err);
  gy_tombstones_destroy(tombstones);
  free(list);
  return status;
}

/* ---- the log ---- */

/* The line that this forgetting has already; a new reference, NULL: none. */
static gy_status find_line(const gy_forgetting_keys *keys, const char *receipt, json_t **line,
                           gy_error *err) {
  gy_audit_verdict verdict;
  json_t *lines = NULL, *each;
  size_t i;
  *line = NULL;
  gy_status status = gy_audit_read(keys->ring, LINES_LOOKED_AT, &verdict, &lines, err);
  json_array_foreach(lines, i, each) {
    const char *name = json_string_value(json_object_get(json_object_get(each, "detail"), "receipt"));
    if (*line == NULL && name != NULL && strcmp(name, receipt) == 0) *line = json_incref(each);
  }
  json_decref(lines);
  return status;
}

gy_status gy_forgetting_audit(gy_forgetting_keys *keys, const json_t *plan, json_t **entry, gy_error *err) {
  const char *receipt = json_string_value(json_object_get(plan, "receipt"));
  json_t *line = NULL;
  json_t *detail = json_pack("{s:s, s:O}", "receipt", receipt, "people", json_object_get(plan, "people"));
  gy_status status = detail != NULL ? find_line(keys, receipt, &line, err)
                                    : gy_fail(err, GY_ENOMEM, "no memory for the audit log");
  if (status == GY_OK && line == NULL) {
    const gy_audit_entry made = {.action = "forget", .detail = detail};
    status = gy_audit_append(keys->ring, &made, err);
    if (status == GY_OK) status = find_line(keys, receipt, &line, err);
  }
  if (status == GY_OK)
    *entry =
        json_pack("{s:O?, s:O?}", "n", json_object_get(line, "n"), "chain", json_object_get(line, "chain"));
  json_decref(line);
  json_decref(detail);
  return status;
}
