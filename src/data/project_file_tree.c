/* SPDX-License-Identifier: Apache-2.0
 *
 * libyaml's document tree; every node carries the mark where it starts. */
#include "data/project_file_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *gy_yaml_tree_text(const yaml_node_t *node) {
  return node != NULL && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

gy_status gy_yaml_tree_fail(const gy_yaml_tree *tree, const yaml_node_t *node, gy_error *err,
                            const char *format, ...) {
  char sentence[GY_ERROR_TEXT_MAX];
  va_list args;
  va_start(args, format);
  vsnprintf(sentence, sizeof sentence, format, args);
  va_end(args);
  if (node == NULL) return gy_fail(err, GY_ECONFIG, "%s: %s", tree->file, sentence);
  return gy_fail(err, GY_ECONFIG, "%s:%zu: %s", tree->file, node->start_mark.line + 1, sentence);
}

yaml_node_t *gy_yaml_tree_root(gy_yaml_tree *tree) { return yaml_document_get_root_node(&tree->document); }

yaml_node_t *gy_yaml_tree_member(gy_yaml_tree *tree, yaml_node_t *mapping, const char *key) {
  if (mapping == NULL || mapping->type != YAML_MAPPING_NODE) return NULL;
  for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top;
       pair++) {
    const char *name = gy_yaml_tree_text(yaml_document_get_node(&tree->document, pair->key));
    if (name != NULL && strcmp(name, key) == 0) return yaml_document_get_node(&tree->document, pair->value);
  }
  return NULL;
}

yaml_node_t *gy_yaml_tree_item(gy_yaml_tree *tree, yaml_node_t *sequence, size_t i) {
  if (sequence == NULL || sequence->type != YAML_SEQUENCE_NODE) return NULL;
  size_t n = (size_t)(sequence->data.sequence.items.top - sequence->data.sequence.items.start);
  return i < n ? yaml_document_get_node(&tree->document, sequence->data.sequence.items.start[i]) : NULL;
}

yaml_node_t *gy_yaml_tree_find(gy_yaml_tree *tree, const char *path) {
  yaml_node_t *node = gy_yaml_tree_root(tree);
  while (node != NULL && *path != '\0') {
    char step[64];
    size_t length = strcspn(path, ".");
    if (length >= sizeof step) return NULL;
    memcpy(step, path, length);
    step[length] = '\0';
    node = node->type == YAML_SEQUENCE_NODE ? gy_yaml_tree_item(tree, node, strtoul(step, NULL, 10))
                                            : gy_yaml_tree_member(tree, node, step);
    path += length + (path[length] == '.');
  }
  return node;
}

typedef struct {
  const char *text;
  const yaml_node_t *node;
} key_place;

static int by_text_then_place(const void *a, const void *b) {
  const key_place *x = a, *y = b;
  int order = strcmp(x->text, y->text);
  if (order != 0) return order;
  return (x->node->start_mark.index > y->node->start_mark.index) -
         (x->node->start_mark.index < y->node->start_mark.index);
}

static gy_status check_keys(gy_yaml_tree *tree, const yaml_node_t *mapping, gy_error *err) {
  const yaml_node_pair_t *pairs = mapping->data.mapping.pairs.start;
  size_t n = (size_t)(mapping->data.mapping.pairs.top - pairs);
  key_place *keys = calloc(n + 1, sizeof *keys);
  if (keys == NULL) return gy_fail(err, GY_ENOMEM, "no memory to read %s", tree->file);
  gy_status status = GY_OK;
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    const yaml_node_t *key = yaml_document_get_node(&tree->document, pairs[i].key);
    keys[i] = (key_place){gy_yaml_tree_text(key), key};
    if (keys[i].text == NULL) {
      status = gy_yaml_tree_fail(tree, key, err, "a key must be a plain text");
    }
  }
  if (status == GY_OK) qsort(keys, n, sizeof *keys, by_text_then_place);
  for (size_t i = 1; i < n && status == GY_OK; i++) {
    if (strcmp(keys[i - 1].text, keys[i].text) != 0) continue;
    status = gy_yaml_tree_fail(tree, keys[i].node, err,
                               "'%s' is given twice (first in line %zu); keep one of them", keys[i].text,
                               keys[i - 1].node->start_mark.line + 1);
  }
  free(keys);
  return status;
}

static gy_status check_nodes(gy_yaml_tree *tree, gy_error *err) {
  yaml_node_t *end = tree->document.nodes.top;
  for (yaml_node_t *node = tree->document.nodes.start; node < end; node++) {
    const char *text = gy_yaml_tree_text(node);
    if (text != NULL && strlen(text) != node->data.scalar.length) {
      return gy_yaml_tree_fail(tree, node, err, "'%s' goes on with a NUL character; remove it", text);
    }
    if (node->type != YAML_MAPPING_NODE) continue;
    gy_status status = check_keys(tree, node, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

gy_status gy_yaml_tree_load(gy_yaml_tree *tree, const char *text, size_t length, const char *file,
                            gy_error *err) {
  *tree = (gy_yaml_tree){.file = file};
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser)) return gy_fail(err, GY_ENOMEM, "no memory to read %s", file);
  yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
  gy_status status = GY_OK;
  if (!yaml_parser_load(&parser, &tree->document)) {
    bool in_scanner = parser.error == YAML_SCANNER_ERROR || parser.error == YAML_PARSER_ERROR ||
                      parser.error == YAML_COMPOSER_ERROR;
    if (parser.error == YAML_MEMORY_ERROR) {
      status = gy_fail(err, GY_ENOMEM, "no memory to read %s", file);
    } else if (in_scanner) {
      status = gy_fail(err, GY_ECONFIG, "%s:%zu: not YAML: %s", file, parser.problem_mark.line + 1,
                       parser.problem);
    } else {
      status = gy_fail(err, GY_ECONFIG, "%s: byte %zu cannot be read as text: %s; save the file as UTF-8",
                       file, parser.problem_offset, parser.problem != NULL ? parser.problem : "damaged");
    }
  } else {
    tree->is_loaded = true;
    status = gy_yaml_tree_root(tree) == NULL
                 ? gy_fail(err, GY_ECONFIG, "%s is empty; `gyeol init` writes a complete one", file)
                 : check_nodes(tree, err);
  }
  yaml_parser_delete(&parser);
  if (status != GY_OK) gy_yaml_tree_clear(tree);
  return status;
}

void gy_yaml_tree_clear(gy_yaml_tree *tree) {
  if (tree->is_loaded) yaml_document_delete(&tree->document);
  *tree = (gy_yaml_tree){0};
}
