/* SPDX-License-Identifier: Apache-2.0 */
#include "people/identity_decisions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void gy_person_key_clear(gy_person_key *key) {
  free(key->key);
  free(key->person);
  free(key->automatic);
  free(key->words);
  *key = (gy_person_key){0};
}

static const char *text_at(const json_t *row, const char *name) {
  const char *text = json_string_value(json_object_get(row, name));
  return text != NULL ? text : "";
}

static bool is(const json_t *row, const char *name, const char *text) {
  return strcmp(text_at(row, name), text) == 0;
}

static int64_t number_of(const json_t *row) { return json_integer_value(json_object_get(row, "decision")); }

static gy_status load(gy_engine *engine, json_t **rows, gy_error *err) {
  return gy_engine_json(engine, gy_sql("people/decisions_now"), NULL, 0, NULL, rows, err);
}

/* ---- who is with whom by what holds ---- */

/* Names and who they were brought together with: a tiny forest over texts. */
typedef struct {
  json_t *above;
} circle;

static const char *top(const circle *c, const char *name) {
  const char *next = json_string_value(json_object_get(c->above, name));
  while (next != NULL) {
    name = next;
    next = json_string_value(json_object_get(c->above, name));
  }
  return name;
}

static void bring(circle *c, const char *a, const char *b) {
  a = top(c, a);
  b = top(c, b);
  if (strcmp(a, b) != 0) json_object_set_new(c->above, a, json_string(b));
}

static bool together(const circle *c, const char *a, const char *b) {
  return strcmp(top(c, a), top(c, b)) == 0;
}

/* Everything that merges and pins bring together, but for decisions that are to be undone. */
static circle make_circle(const json_t *rows, const char *left, const char *right, const json_t *without) {
  circle c = {json_object()};
  size_t i;
  json_t *row;
  json_array_foreach((json_t *)rows, i, row) {
    char number[32];
    snprintf(number, sizeof number, "%lld", (long long)number_of(row));
    if (is(row, "action", "unmerge") || json_object_get(without, number) != NULL) continue;
    bring(&c, text_at(row, left), text_at(row, right));
  }
  return c;
}

static gy_status refuse(const json_t *row, const char *what, gy_error *err) {
  const char *reason = text_at(row, "reason");
  const char *action = text_at(row, "action");
  const char *did = strcmp(action, "merge") == 0 ? "merged"
                    : strcmp(action, "pin") == 0 ? "pinned"
                                                 : "parted";
  return gy_fail(
      err, GY_EUSAGE,
      "%s: %s %s and %s %s were %s by hand on %s (decision %lld%s%s); undo that first: gyeol identity undo "
      "%lld",
      what, text_at(row, "left_kind"), text_at(row, "left_key"), text_at(row, "right_kind"),
      text_at(row, "right_key"), did, text_at(row, "decided_at"), (long long)number_of(row),
      reason[0] != '\0' ? ": " : "", reason, (long long)number_of(row));
}

/* ---- writing ---- */

static gy_status next_number(gy_engine *engine, int64_t *decision, gy_error *err) {
  return gy_engine_int64(engine, gy_sql("people/decision_next"), NULL, 0, decision, err);
}

static gy_status store(gy_engine *engine, int64_t decision, const char *action, const gy_person_key *left,
                       const gy_person_key *right, const char *reason, gy_error *err) {
  gy_value values[] = {gy_bind_int64(decision),
                       gy_bind_text(action),
                       gy_bind_text(gy_key_name(left->kind)),
                       gy_bind_text(left->key),
                       gy_bind_text(gy_key_name(right->kind)),
                       gy_bind_text(right->key),
                       gy_bind_text(reason)};
  return gy_engine_execute(engine, gy_sql("people/decision_store"), values, 7, NULL, NULL, NULL, err);
}

static gy_status end(gy_engine *engine, int64_t decision, gy_error *err) {
  gy_value value = gy_bind_int64(decision);
  return gy_engine_execute(engine, gy_sql("people/decision_undo"), &value, 1, NULL, NULL, NULL, err);
}

static bool same_key(const gy_person_key *a, const gy_person_key *b) {
  return a->kind == b->kind && strcmp(a->key, b->key) == 0;
}

/* ---- merge ---- */

/* A parting that holds would be broken if the two people were one. */
static gy_status check_parted(const json_t *rows, const gy_person_key *left, const gy_person_key *right,
                              const char *what, gy_error *err) {
  circle before = make_circle(rows, "left_person", "right_person", NULL);
  circle after = make_circle(rows, "left_person", "right_person", NULL);
  bring(&after, left->person, right->person);
  gy_status status = GY_OK;
  size_t i;
  json_t *row;
  json_array_foreach((json_t *)rows, i, row) {
    if (status != GY_OK || !is(row, "action", "unmerge")) continue;
    const char *a = text_at(row, "left_person"), *b = text_at(row, "right_person");
    if (!together(&before, a, b) && together(&after, a, b)) status = refuse(row, what, err);
  }
  json_decref(before.above);
  json_decref(after.above);
  return status;
}

gy_status gy_identity_merge(gy_engine *engine, const gy_person_key *left, const gy_person_key *right,
                            const char *reason, int64_t *decision, gy_error *err) {
  json_t *rows = NULL;
  int64_t number = 0;
  gy_status status = load(engine, &rows, err);
  if (status != GY_OK) return status;
  circle now = make_circle(rows, "left_person", "right_person", NULL);
  if (together(&now, left->person, right->person))
    status = gy_fail(err, GY_EEXISTS, "%s and %s are one person already, %s; see gyeol identity explain %s",
                     left->words, right->words, left->person, left->words);
  json_decref(now.above);
  if (status == GY_OK) status = check_parted(rows, left, right, "they cannot be merged", err);
  json_decref(rows);
  if (status == GY_OK) status = next_number(engine, &number, err);
  if (status == GY_OK) status = store(engine, number, "merge", left, right, reason, err);
  if (status == GY_OK) *decision = number;
  return status;
}

/* ---- pin ---- */

gy_status gy_identity_pin(gy_engine *engine, const gy_person_key *person, const gy_person_key *key,
                          const char *reason, int64_t *decision, gy_error *err) {
  json_t *rows = NULL, *row;
  int64_t number = 0;
  gy_status status = load(engine, &rows, err);
  size_t i;
  if (status == GY_OK && same_key(person, key))
    status = gy_fail(err, GY_EUSAGE, "%s cannot be pinned to itself", key->words);
  json_array_foreach(rows, i, row) {
    if (status != GY_OK) break;
    bool names = is(row, "right_kind", gy_key_name(key->kind)) && is(row, "right_key", key->key);
    bool to_same = is(row, "left_person", person->person);
    if (names && is(row, "action", "pin"))
      status = to_same ? gy_fail(err, GY_EEXISTS, "%s is pinned to %s already (decision %lld)", key->words,
                                 person->words, (long long)number_of(row))
                       : refuse(row, "the key cannot be pinned", err);
    else if (names && to_same && is(row, "action", "unmerge"))
      status = refuse(row, "the key cannot be pinned", err);
  }
  json_decref(rows);
  if (status == GY_OK) status = next_number(engine, &number, err);
  if (status == GY_OK) status = store(engine, number, "pin", person, key, reason, err);
  if (status == GY_OK) *decision = number;
  return status;
}

/* ---- unmerge ---- */

static void mark(json_t *ended, const json_t *row) {
  char number[32];
  snprintf(number, sizeof number, "%lld", (long long)number_of(row));
  json_object_set_new(ended, number, json_integer(number_of(row)));
}

static bool joins(const json_t *row, const char *left, const char *right, const char *a, const char *b) {
  return (is(row, left, a) && is(row, right, b)) || (is(row, left, b) && is(row, right, a));
}

/* Marks merges between exactly these two, and refuses where others still hold them together. */
static gy_status release_names(const json_t *rows, bool by_hand, const char *a, const char *b, json_t *ended,
                               gy_error *err) {
  const char *left = by_hand ? "left_automatic" : "left_name",
             *right = by_hand ? "right_automatic" : "right_name";
  size_t i;
  json_t *row;
  json_array_foreach((json_t *)rows, i, row) {
    if (is(row, "action", "merge") && joins(row, left, right, a, b)) mark(ended, row);
  }
  circle rest = make_circle(rows, left, right, ended);
  gy_status status = GY_OK;
  if (together(&rest, a, b)) {
    json_array_foreach((json_t *)rows, i, row) {
      bool concerns = !is(row, "action", "unmerge") && (is(row, left, b) || is(row, right, b));
      char number[32];
      snprintf(number, sizeof number, "%lld", (long long)number_of(row));
      if (status == GY_OK && concerns && json_object_get(ended, number) == NULL)
        status = refuse(row, "they cannot be parted", err);
    }
  }
  json_decref(rest.above);
  return status;
}

static gy_status release(const json_t *rows, const gy_person_key *person, const gy_person_key *key,
                         json_t *ended, gy_error *err) {
  if (strcmp(person->automatic, key->automatic) != 0)
    return release_names(rows, true, person->automatic, key->automatic, ended, err);
  char *a = NULL, *b = NULL;
  bool made = asprintf(&a, "%s %s", gy_key_name(person->kind), person->key) >= 0 &&
              asprintf(&b, "%s %s", gy_key_name(key->kind), key->key) >= 0;
  gy_status status = made ? release_names(rows, false, a, b, ended, err)
                          : gy_fail(err, GY_ENOMEM, "no memory for the names of two keys");
  free(a);
  free(b);
  return status;
}

static gy_status end_marked(gy_engine *engine, const json_t *ended, gy_error *err) {
  const char *number;
  json_t *decision;
  gy_status status = GY_OK;
  json_object_foreach((json_t *)ended, number, decision) {
    if (status == GY_OK) status = end(engine, json_integer_value(decision), err);
  }
  return status;
}

/* All pairs of customers of a person. */
static gy_status part_all(gy_engine *engine, const gy_person_key *person, int64_t number, const char *reason,
                          gy_error *err) {
  enum { CUSTOMERS_MOST = 100 };
  json_t *rows = NULL, *row;
  const char *names[CUSTOMERS_MOST + 1];
  size_t n = 0, i;
  gy_value value = gy_bind_text(person->person);
  gy_status status = gy_engine_json(engine, gy_sql("people/person_key_list"), &value, 1, NULL, &rows, err);
  json_array_foreach(rows, i, row) {
    if (is(row, "kind", "customer_id") && n <= CUSTOMERS_MOST) names[n++] = text_at(row, "key");
  }
  if (status == GY_OK && n < 2)
    status = gy_fail(err, GY_EUSAGE,
                     "%s has no customers to part; name the keys to take away: gyeol identity unmerge "
                     "%s KEY...",
                     person->words, person->words);
  if (status == GY_OK && n > CUSTOMERS_MOST)
    status = gy_fail(err, GY_ELIMIT, "%s has more than %d customers; name the keys to take away",
                     person->words, CUSTOMERS_MOST);
  for (size_t a = 0; a < n && status == GY_OK; a++) {
    for (size_t b = a + 1; b < n && status == GY_OK; b++) {
      gy_person_key left = {.kind = GY_KEY_CUSTOMER, .key = (char *)(uintptr_t)names[a]};
      gy_person_key right = {.kind = GY_KEY_CUSTOMER, .key = (char *)(uintptr_t)names[b]};
      status = store(engine, number, "unmerge", &left, &right, reason, err);
    }
  }
  json_decref(rows);
  return status;
}

/* Everything that was merged by hand within the person. */
static void mark_merges_of(const json_t *rows, const gy_person_key *person, json_t *ended) {
  size_t i;
  json_t *row;
  json_array_foreach((json_t *)rows, i, row) {
    bool within = is(row, "left_person", person->person) && is(row, "right_person", person->person);
    if (within && is(row, "action", "merge")) mark(ended, row);
  }
}

static gy_status take_keys(gy_engine *engine, const json_t *rows, const gy_person_key *person,
                           const gy_person_key *keys, size_t n_keys, const char *reason, json_t *ended,
                           int64_t *number, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; i < n_keys && status == GY_OK; i++) {
    if (strcmp(keys[i].person, person->person) != 0)
      return gy_fail(err, GY_EUSAGE, "%s does not belong to %s but to %s", keys[i].words, person->words,
                     keys[i].person);
    if (same_key(&keys[i], person))
      return gy_fail(err, GY_EUSAGE, "%s cannot be taken from itself; name the other key", person->words);
    status = release(rows, person, &keys[i], ended, err);
    if (status != GY_OK || strcmp(keys[i].automatic, person->automatic) != 0) continue;
    if (*number == 0) status = next_number(engine, number, err);
    if (status == GY_OK) status = store(engine, *number, "unmerge", person, &keys[i], reason, err);
  }
  return status;
}

gy_status gy_identity_unmerge(gy_engine *engine, const gy_person_key *person, const gy_person_key *keys,
                              size_t n_keys, const char *reason, int64_t *decision, int64_t *undone,
                              gy_error *err) {
  json_t *rows = NULL, *ended = json_object();
  int64_t number = 0;
  gy_status status = load(engine, &rows, err);
  if (status == GY_OK && n_keys > 0)
    status = take_keys(engine, rows, person, keys, n_keys, reason, ended, &number, err);
  if (status == GY_OK && n_keys == 0) {
    mark_merges_of(rows, person, ended);
    if (json_object_size(ended) == 0) {
      status = next_number(engine, &number, err);
      if (status == GY_OK) status = part_all(engine, person, number, reason, err);
    }
  }
  if (status == GY_OK) status = end_marked(engine, ended, err);
  if (status == GY_OK) {
    *decision = number;
    *undone = (int64_t)json_object_size(ended);
  }
  json_decref(ended);
  json_decref(rows);
  return status;
}

gy_status gy_identity_undo(gy_engine *engine, int64_t *decision, gy_error *err) {
  json_t *rows = NULL, *row;
  int64_t found = 0;
  gy_status status = load(engine, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) {
    if (*decision == 0 || number_of(row) == *decision) found = number_of(row);
  }
  json_decref(rows);
  if (status == GY_OK && found == 0)
    status = *decision == 0 ? gy_fail(err, GY_ENOTFOUND, "no decision by hand holds")
                            : gy_fail(err, GY_ENOTFOUND, "no decision %lld holds; see gyeol identity list",
                                      (long long)*decision);
  if (status == GY_OK) status = end(engine, found, err);
  if (status == GY_OK) *decision = found;
  return status;
}
