/* SPDX-License-Identifier: Apache-2.0
 *
 * libyaml's document tree; every node carries the mark where it starts. */
#include "data/project_file_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

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

/* Why the parser stopped, with the place. */
static gy_status fail_parser(const yaml_parser_t *parser, const char *text, const char *file, gy_error *err) {
  if (parser->error == YAML_MEMORY_ERROR) return gy_fail(err, GY_ENOMEM, "no memory to read %s", file);
  if (parser->error != YAML_READER_ERROR)
    return gy_fail(err, GY_ECONFIG, "%s:%zu: not YAML: %s", file, parser->problem_mark.line + 1,
                   parser->problem);
  size_t line = 1, column = 1;
  for (size_t i = 0; i < parser->problem_offset; i++) {
    bool goes_on = ((unsigned char)text[i] & 0xC0) == 0x80; /* within a character */
    line += text[i] == '\n';
    column = text[i] == '\n' ? 1 : column + !goes_on;
  }
  return gy_fail(err, GY_ECONFIG, "%s:%zu:%zu: byte %zu cannot be read as text: %s; save the file as UTF-8",
                 file, line, column, parser->problem_offset,
                 parser->problem != NULL ? parser->problem : "damaged");
}

/* Brackets in brackets take libyaml the square of their depth, a megabyte of them hours; no file of ours
 * needs more than a few. */
static gy_status check_depth(const char *text, size_t length, const char *file, gy_error *err) {
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser)) return gy_fail(err, GY_ENOMEM, "no memory to read %s", file);
  yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
  gy_status status = GY_OK;
  int depth = 0;
  for (bool ended = false; status == GY_OK && !ended;) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event)) {
      status = fail_parser(&parser, text, file, err);
      break;
    }
    depth += event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_MAPPING_START_EVENT;
    depth -= event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
    ended = event.type == YAML_DOCUMENT_END_EVENT || event.type == YAML_STREAM_END_EVENT;
    if (depth > DEPTH_MAX)
      status = gy_fail(err, GY_ECONFIG, "%s:%zu:%zu: lists or keys are nested more than %d deep here", file,
                       event.start_mark.line + 1, event.start_mark.column + 1, DEPTH_MAX);
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  return status;
}

gy_status gy_yaml_tree_load(gy_yaml_tree *tree, const char *text, size_t length, const char *file,
                            gy_error *err) {
  *tree = (gy_yaml_tree){.file = file};
  gy_status status = check_depth(text, length, file, err);
  if (status != GY_OK) return status;
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser)) return gy_fail(err, GY_ENOMEM, "no memory to read %s", file);
  yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
  if (!yaml_parser_load(&parser, &tree->document)) {
    status = fail_parser(&parser, text, file, err);
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
