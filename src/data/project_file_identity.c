/* SPDX-License-Identifier: Apache-2.0
 *
 * The section identity: its defaults, its checks, and how it is written. */
#include "data/project_file_identity.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "data/project_file_schema.h"

static const struct {
  const char *name;
  bool joins;
  gy_key_limit limit;
} KEYS[GY_KEY_COUNT] = {
#define GY_KEY_ROW(code, name, joins, values, others) {name, joins, {values, others}},
    GY_KEY_TABLE(GY_KEY_ROW)
#undef GY_KEY_ROW
};

enum { LARGEST_PERSON = 50, LIMIT_MOST = 1000000, LARGEST_MOST = 1000000 };

const char *gy_key_name(gy_key_kind kind) { return KEYS[kind].name; }

bool gy_key_joins(gy_key_kind kind) { return KEYS[kind].joins; }

bool gy_key_from_name(const char *name, gy_key_kind *kind) {
  for (gy_key_kind k = 0; k < GY_KEY_COUNT; k++) {
    if (strcmp(KEYS[k].name, name) != 0) continue;
    *kind = k;
    return true;
  }
  return false;
}

/* ---- completed and checked ---- */

typedef struct {
  gy_identity_config *identity;
  gy_yaml_tree *tree;
  gy_error *err;
} check;

static bool is_given(const check *c, const char *path) { return gy_yaml_tree_find(c->tree, path) != NULL; }

#define FAIL_AT(c, path, ...) \
  gy_yaml_tree_fail((c)->tree, gy_yaml_tree_find((c)->tree, path), (c)->err, __VA_ARGS__)

static gy_status complete_keys(const check *c, gy_arena *arena) {
  gy_identity_config *identity = c->identity;
  if (!is_given(c, "identity.keys")) {
    identity->keys = gy_arena_calloc(arena, GY_KEY_COUNT, sizeof *identity->keys);
    if (identity->keys == NULL) return gy_fail(c->err, GY_ENOMEM, "no memory for the settings of identity");
    for (gy_key_kind k = 0; k < GY_KEY_COUNT; k++) identity->keys[k] = k;
    identity->n_keys = GY_KEY_COUNT;
  }
  for (uint32_t i = 0; i < identity->n_keys; i++) {
    for (uint32_t j = 0; j < i; j++)
      if (identity->keys[j] == identity->keys[i])
        return FAIL_AT(c, "identity.keys", "identity.keys names %s twice", gy_key_name(identity->keys[i]));
  }
  if (identity->n_keys == 0 || identity->keys[0] != GY_KEY_CUSTOMER)
    return FAIL_AT(c, "identity.keys",
                   "identity.keys must begin with customer_id, which people are named by");
  return GY_OK;
}

static gy_status complete_limits(const check *c) {
  for (gy_key_kind k = 0; k < GY_KEY_COUNT; k++) {
    char path[96];
    gy_key_limit *limit = &c->identity->limits[k];
    snprintf(path, sizeof path, "identity.limits.%s.values", gy_key_name(k));
    if (!is_given(c, path)) limit->values = KEYS[k].limit.values;
    if (limit->values > LIMIT_MOST)
      return FAIL_AT(c, path, "%s is %u; it must lie between 0 (no limit) and %d", path, limit->values,
                     LIMIT_MOST);
    snprintf(path, sizeof path, "identity.limits.%s.joins", gy_key_name(k));
    if (!is_given(c, path)) limit->joins = KEYS[k].limit.joins;
    if (limit->joins > LIMIT_MOST)
      return FAIL_AT(c, path, "%s is %u; it must lie between 0 (no limit) and %d", path, limit->joins,
                     LIMIT_MOST);
  }
  if (!is_given(c, "identity.largest_person")) c->identity->largest_person = LARGEST_PERSON;
  uint32_t most = c->identity->largest_person;
  if (most >= 2 && most <= LARGEST_MOST) return GY_OK;
  return FAIL_AT(c, "identity.largest_person", "identity.largest_person is %u; it must lie between 2 and %d",
                 most, LARGEST_MOST);
}

static gy_status complete_merge(const check *c, gy_arena *arena) {
  gy_identity_config *identity = c->identity;
  if (identity->merge.recent_by == NULL) identity->merge.recent_by = gy_arena_strndup(arena, "", 0);
  if (identity->merge.recent_by == NULL)
    return gy_fail(c->err, GY_ENOMEM, "no memory for the settings of identity");
  for (uint32_t i = 0; i < identity->merge.n_attributes; i++) {
    for (uint32_t j = 0; j < i; j++)
      if (strcmp(identity->merge.attributes[j].attribute, identity->merge.attributes[i].attribute) == 0)
        return FAIL_AT(c, "identity.merge.attributes", "identity.merge.attributes names %s twice",
                       identity->merge.attributes[i].attribute);
  }
  return GY_OK;
}

gy_status gy_project_identity_complete(gy_project_config *config, gy_yaml_tree *tree, gy_error *err) {
  check c = {&config->identity, tree, err};
  gy_status status = complete_keys(&c, &config->arena);
  if (status == GY_OK) status = complete_limits(&c);
  return status == GY_OK ? complete_merge(&c, &config->arena) : status;
}

/* ---- written ---- */

static bool is_default_limit(const gy_identity_config *identity, gy_key_kind kind) {
  return identity->limits[kind].values == KEYS[kind].limit.values &&
         identity->limits[kind].joins == KEYS[kind].limit.joins;
}

static bool is_default(const gy_identity_config *identity) {
  bool same = identity->n_keys == GY_KEY_COUNT && identity->largest_person == LARGEST_PERSON &&
              identity->guests == GY_GUESTS_PERSON && identity->fuzzy == GY_FUZZY_OFF &&
              identity->contradictions == GY_CONTRADICTIONS_KEEP_APART &&
              identity->merge.rule == GY_MERGE_SOURCE && identity->merge.recent_by[0] == '\0' &&
              identity->merge.n_attributes == 0;
  for (gy_key_kind k = 0; k < GY_KEY_COUNT && same; k++)
    same = identity->keys[k] == k && is_default_limit(identity, k);
  return same;
}

static bool put_attributes(const gy_identity_config *identity, gy_buffer *out) {
  bool is_text = true;
  gy_buffer_text(out, "    attributes:\n");
  for (uint32_t i = 0; i < identity->merge.n_attributes; i++) {
    gy_buffer_text(out, "      - {attribute: ");
    is_text = gy_yaml_put_text(out, identity->merge.attributes[i].attribute) && is_text;
    gy_buffer_printf(out, ", rule: %s}\n",
                     gy_word_of(&gy_merge_words, (int)identity->merge.attributes[i].rule));
  }
  return is_text;
}

bool gy_identity_emit(const gy_project_config *config, gy_buffer *out) {
  const gy_identity_config *identity = &config->identity;
  if (is_default(identity)) return true;
  gy_buffer_text(out, "\n# Who is one person; docs/methods/identity.md.\nidentity:\n  keys: [");
  for (uint32_t i = 0; i < identity->n_keys; i++)
    gy_buffer_printf(out, "%s%s", i > 0 ? ", " : "", gy_key_name(identity->keys[i]));
  gy_buffer_text(out,
                 "]  # the most trusted first; anonymous_id and device_id never join two customers\n"
                 "  limits:  # values that a person may have, customers that a value may belong to; 0: any "
                 "number\n");
  for (gy_key_kind k = 0; k < GY_KEY_COUNT; k++)
    gy_buffer_printf(out, "    %s: {values: %u, joins: %u}\n", gy_key_name(k), identity->limits[k].values,
                     identity->limits[k].joins);
  gy_buffer_printf(
      out,
      "  largest_person: %u  # keys; beyond it the least trusted links are dropped\n  guests: %s "
      " # person | leave; buyers who left an e-mail but no customer id\n  contradictions: %s "
      " # keep_apart | ignore; customers that share a key and differ in name, birth and gender\n  fuzzy: %s "
      " # off | review | merge; customers whose names, births and addresses resemble each other\n  merge:\n  "
      "  rule: %s  "
      "# source | recent | frequent | longest\n    recent_by: ",
      identity->largest_person, gy_word_of(&gy_guest_words, (int)identity->guests),
      gy_word_of(&gy_contradiction_words, (int)identity->contradictions),
      gy_word_of(&gy_fuzzy_words, (int)identity->fuzzy),
      gy_word_of(&gy_merge_words, (int)identity->merge.rule));
  bool is_text = gy_yaml_put_text(out, identity->merge.recent_by);
  gy_buffer_text(out, "  # column of customers that says how recent a row is; \"\": signed_up_at\n");
  return (identity->merge.n_attributes == 0 || put_attributes(identity, out)) && is_text;
}

json_t *gy_identity_json(const gy_project_config *config) {
  const gy_identity_config *identity = &config->identity;
  json_t *keys = json_array(), *limits = json_array(), *attributes = json_object();
  for (uint32_t i = 0; i < identity->n_keys; i++)
    json_array_append_new(keys, json_string(gy_key_name(identity->keys[i])));
  for (gy_key_kind k = 0; k < GY_KEY_COUNT; k++)
    json_array_append_new(
        limits, json_pack("[i, i]", (int)identity->limits[k].values, (int)identity->limits[k].joins));
  for (uint32_t i = 0; i < identity->merge.n_attributes; i++)
    json_object_set_new(attributes, identity->merge.attributes[i].attribute,
                        json_string(gy_word_of(&gy_merge_words, (int)identity->merge.attributes[i].rule)));
  return json_pack("{s:o, s:o, s:i, s:s, s:s, s:s, s:s, s:s, s:o}", "keys", keys, "limits", limits,
                   "largest_person", (int)identity->largest_person, "guests",
                   gy_word_of(&gy_guest_words, (int)identity->guests), "contradictions",
                   gy_word_of(&gy_contradiction_words, (int)identity->contradictions), "fuzzy",
                   gy_word_of(&gy_fuzzy_words, (int)identity->fuzzy), "merge",
                   gy_word_of(&gy_merge_words, (int)identity->merge.rule), "recent_by",
                   identity->merge.recent_by, "attributes", attributes);
}
