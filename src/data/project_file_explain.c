/* SPDX-License-Identifier: Apache-2.0
 *
 * libcyaml refuses a document with a code; the user needs the line, the word and the word that was
 * meant. This walks the document beside the schema and describes the first node that does not fit.
 * Nearness of words is the edit distance with transpositions (optimal string alignment). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/project_file_schema.h"

enum { WORD_MAX = 48, PATH_MAX_CHARS = 160, WORDS_MAX = 64 };

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* Optimal string alignment distance; lengths at most WORD_MAX. */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m) {
  size_t rows[3][WORD_MAX + 1];
  size_t *older = rows[0], *old = rows[1], *now = rows[2];
  for (size_t j = 0; j <= m; j++) old[j] = j;
  for (size_t i = 1; i <= n; i++) {
    now[0] = i;
    for (size_t j = 1; j <= m; j++) {
      size_t best = old[j - 1] + (a[i - 1] != b[j - 1]);
      best = smaller(best, smaller(old[j], now[j - 1]) + 1);
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) best = smaller(best, older[j - 2] + 1);
      now[j] = best;
    }
    size_t *spare = older;
    older = old;
    old = now;
    now = spare;
  }
  return old[m];
}

const char *gy_word_nearest(const char *word, const char *const *words, size_t n) {
  size_t length = strlen(word);
  if (length == 0 || length > WORD_MAX) return NULL;
  const char *nearest = NULL;
  size_t least = length / 3 + 2; /* further off is another word */
  for (size_t i = 0; i < n; i++) {
    size_t m = strlen(words[i]);
    if (m > WORD_MAX) continue;
    size_t distance = edit_distance(word, length, words[i], m);
    if (distance >= least || distance >= m) continue;
    least = distance;
    nearest = words[i];
  }
  return nearest;
}

typedef struct {
  gy_yaml_tree *tree;
  gy_error *err;
} walk;

static gy_status explain_value(walk *w, yaml_node_t *node, const cyaml_schema_value_t *schema,
                               const char *name);

/* Adds a word to "a, b", as far as there is room. */
static void list_word(char *list, size_t room, const char *word) {
  size_t used = strlen(list);
  snprintf(list + used, room - used, "%s%s", used > 0 ? ", " : "", word);
}

static gy_status unknown_key(walk *w, yaml_node_t *key, const cyaml_schema_field_t *fields,
                             const char *where) {
  const char *names[WORDS_MAX];
  char all[GY_ERROR_TEXT_MAX] = "";
  size_t n = 0;
  for (const cyaml_schema_field_t *field = fields; field->key != NULL && n < WORDS_MAX; field++) {
    list_word(all, sizeof all, field->key);
    names[n++] = field->key;
  }
  const char *text = gy_yaml_tree_text(key);
  const char *meant = gy_word_nearest(text, names, n);
  if (meant != NULL)
    return gy_yaml_tree_fail(w->tree, key, w->err, "unknown key '%s'%s%s; did you mean '%s'?", text,
                             *where ? " in " : "", where, meant);
  return gy_yaml_tree_fail(w->tree, key, w->err, "unknown key '%s'%s%s; known are: %s", text,
                           *where ? " in " : "", where, n > 0 ? all : "none");
}

static gy_status explain_mapping(walk *w, yaml_node_t *node, const cyaml_schema_field_t *fields,
                                 const char *name) {
  if (node->type != YAML_MAPPING_NODE) {
    return gy_yaml_tree_fail(w->tree, node, w->err, "%s must hold 'key: value' lines%s",
                             *name ? name : "the file", *name ? ", indented below it" : "");
  }
  for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
    yaml_node_t *key = yaml_document_get_node(&w->tree->document, pair->key);
    const cyaml_schema_field_t *field = fields;
    while (field->key != NULL && strcmp(field->key, gy_yaml_tree_text(key)) != 0) field++;
    if (field->key == NULL) return unknown_key(w, key, fields, name);
    char path[PATH_MAX_CHARS];
    snprintf(path, sizeof path, "%s%s%s", name, *name ? "." : "", field->key);
    yaml_node_t *value = yaml_document_get_node(&w->tree->document, pair->value);
    gy_status status = explain_value(w, value, &field->value, path);
    if (status != GY_OK) return status;
  }
  for (const cyaml_schema_field_t *field = fields; field->key != NULL; field++) {
    if ((field->value.flags & CYAML_FLAG_OPTIONAL) || gy_yaml_tree_member(w->tree, node, field->key))
      continue;
    return gy_yaml_tree_fail(w->tree, node, w->err, "%s has no '%s'", *name ? name : "the file", field->key);
  }
  return GY_OK;
}

static gy_status explain_sequence(walk *w, yaml_node_t *node, const cyaml_schema_value_t *schema,
                                  const char *name) {
  if (node->type != YAML_SEQUENCE_NODE) {
    return gy_yaml_tree_fail(w->tree, node, w->err, "%s must be a list, as in [a, b]", name);
  }
  size_t n = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
  if (schema->type == CYAML_SEQUENCE_FIXED && n != schema->sequence.max) {
    return gy_yaml_tree_fail(w->tree, node, w->err, "%s must be a list of %u values, not of %zu", name,
                             schema->sequence.max, n);
  }
  if (n > schema->sequence.max) {
    return gy_yaml_tree_fail(w->tree, node, w->err, "%s has %zu values; at most %u can be used", name, n,
                             schema->sequence.max);
  }
  for (size_t i = 0; i < n; i++) {
    char path[PATH_MAX_CHARS];
    snprintf(path, sizeof path, "%s[%zu]", name, i + 1);
    gy_status status = explain_value(w, gy_yaml_tree_item(w->tree, node, i), schema->sequence.entry, path);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

static gy_status explain_word(walk *w, yaml_node_t *node, const cyaml_schema_value_t *schema,
                              const char *name) {
  const char *text = gy_yaml_tree_text(node);
  const char *words[WORDS_MAX];
  char all[256] = "";
  size_t n = 0;
  for (uint32_t i = 0; i < schema->enumeration.count && n < WORDS_MAX; i++) {
    words[n] = schema->enumeration.strings[i].str;
    if (strcmp(words[n], text) == 0) return GY_OK;
    list_word(all, sizeof all, words[n++]);
  }
  char *end = NULL;
  bool takes_number = !(schema->flags & CYAML_FLAG_STRICT);
  if (takes_number && *text >= '0' && *text <= '9' && strtol(text, &end, 10) >= 0 && *end == '\0')
    return GY_OK;
  const char *meant = gy_word_nearest(text, words, n);
  if (meant != NULL && n > 1) {
    return gy_yaml_tree_fail(w->tree, node, w->err, "%s cannot be '%s'; did you mean '%s'? (%s)", name, text,
                             meant, all);
  }
  return gy_yaml_tree_fail(w->tree, node, w->err, "%s cannot be '%s'; it is one of: %s%s", name, text, all,
                           takes_number ? ", or a number" : "");
}

static gy_status explain_number(walk *w, yaml_node_t *node, const cyaml_schema_value_t *schema,
                                const char *name) {
  const char *text = gy_yaml_tree_text(node);
  char *end = NULL;
  errno = 0;
  bool fits;
  if (schema->type == CYAML_FLOAT) {
    strtod(text, &end);
    fits = end != text && *end == '\0' && errno == 0;
    if (!fits) return gy_yaml_tree_fail(w->tree, node, w->err, "%s must be a number, not '%s'", name, text);
    return GY_OK;
  }
  unsigned long long value = strtoull(text, &end, 10);
  fits = *text >= '0' && *text <= '9' && *end == '\0' && errno == 0;
  if (schema->data_size == sizeof(uint32_t) && value > UINT32_MAX) fits = false;
  if (!fits)
    return gy_yaml_tree_fail(w->tree, node, w->err, "%s must be a whole number of 0 or more, not '%s'", name,
                             text);
  return GY_OK;
}

static gy_status explain_text(walk *w, yaml_node_t *node, const cyaml_schema_value_t *schema,
                              const char *name) {
  size_t length = node->data.scalar.length;
  if (length < schema->string.min) return gy_yaml_tree_fail(w->tree, node, w->err, "%s is empty", name);
  if (length > schema->string.max) {
    return gy_yaml_tree_fail(w->tree, node, w->err, "%s is too long: %zu bytes where %u are allowed", name,
                             length, schema->string.max);
  }
  return GY_OK;
}

static gy_status explain_value(walk *w, yaml_node_t *node, const cyaml_schema_value_t *schema,
                               const char *name) {
  if (schema->type == CYAML_IGNORE) return GY_OK;
  if (schema->type == CYAML_MAPPING) return explain_mapping(w, node, schema->mapping.fields, name);
  if (schema->type == CYAML_SEQUENCE || schema->type == CYAML_SEQUENCE_FIXED) {
    return explain_sequence(w, node, schema, name);
  }
  if (node->type != YAML_SCALAR_NODE) {
    return gy_yaml_tree_fail(w->tree, node, w->err, "%s must be one value", name);
  }
  if (schema->type == CYAML_ENUM) return explain_word(w, node, schema, name);
  if (schema->type == CYAML_STRING) return explain_text(w, node, schema, name);
  return explain_number(w, node, schema, name);
}

gy_status gy_yaml_explain(gy_yaml_tree *tree, const cyaml_schema_value_t *schema, gy_error *err) {
  walk w = {tree, err};
  return explain_value(&w, gy_yaml_tree_root(tree), schema, "");
}
