/* SPDX-License-Identifier: Apache-2.0 */
#include "data/project_file_insert.h"

#include <stdio.h>
#include <string.h>

#include "data/project_file_schema.h"

enum { DEPTH_MAX = 64 };

static size_t last_line(const gy_yaml_tree *tree, const yaml_node_t *node, int depth);

static size_t later(size_t a, size_t b) { return a > b ? a : b; }

static size_t last_line_of(const gy_yaml_tree *tree, int node, int depth) {
  return last_line(tree, yaml_document_get_node((yaml_document_t *)&tree->document, node), depth + 1);
}

/* The line, from 0, where what a node holds ends. Marks of block collections end only where the next thing
 * begins, so their parts are asked. */
static size_t last_line(const gy_yaml_tree *tree, const yaml_node_t *node, int depth) {
  size_t line = node->start_mark.line;
  bool is_block = (node->type == YAML_MAPPING_NODE && node->data.mapping.style != YAML_FLOW_MAPPING_STYLE) ||
                  (node->type == YAML_SEQUENCE_NODE && node->data.sequence.style != YAML_FLOW_SEQUENCE_STYLE);
  if (!is_block || depth > DEPTH_MAX)
    return later(line, node->end_mark.column == 0 && node->end_mark.line > line ? node->end_mark.line - 1
                                                                                : node->end_mark.line);
  if (node->type == YAML_MAPPING_NODE) {
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++)
      line = later(line, later(last_line_of(tree, pair->key, depth), last_line_of(tree, pair->value, depth)));
  } else {
    for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top;
         item++)
      line = later(line, last_line_of(tree, *item, depth));
  }
  return line;
}

static size_t offset_behind_line(const char *text, size_t length, size_t line) {
  const char *at = text, *end = text + length;
  for (size_t i = 0; i <= line && at < end; i++) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    at = newline != NULL ? newline + 1 : end;
  }
  return (size_t)(at - text);
}

/* Where the lines go and how far in; `has_list`: there is a list of contracts. */
typedef struct {
  size_t line, indent;
  bool has_list;
} place;

static gy_status find_place(gy_yaml_tree *tree, uint32_t index, const char *source, place *found,
                            gy_error *err) {
  char path[32];
  snprintf(path, sizeof path, "sources.%u", index);
  yaml_node_t *node = gy_yaml_tree_find(tree, path), *list = gy_yaml_tree_member(tree, node, "contracts");
  bool in_block = node->data.mapping.style != YAML_FLOW_MAPPING_STYLE;
  bool list_in_block = list == NULL || (list->type == YAML_SEQUENCE_NODE &&
                                        list->data.sequence.style != YAML_FLOW_SEQUENCE_STYLE);
  if (!in_block || !list_in_block)
    return gy_yaml_tree_fail(
        tree, list != NULL ? list : node, err,
        "source '%s' is written within brackets, so nothing can be put below it; paste the "
        "contracts by hand",
        source);
  *found = (place){.line = last_line(tree, list != NULL ? list : node, 0), .has_list = list != NULL};
  found->indent = list != NULL ? list->start_mark.column : node->start_mark.column;
  return GY_OK;
}

static gy_status check_again(const gy_buffer *out, const char *file, uint32_t index, uint32_t n_expected,
                             gy_error *err) {
  gy_project_config config;
  gy_status status = gy_project_config_parse(out->data, out->length, file, &config, err);
  if (status == GY_OK && config.sources[index].n_contracts != n_expected)
    status = gy_fail(err, GY_ECONFIG, "%s: the contracts cannot be put in; paste them by hand", file);
  gy_project_config_clear(&config);
  return status;
}

gy_status gy_project_text_insert(const char *text, size_t length, const char *file, const char *source,
                                 const gy_contract_config *contracts, uint32_t n_contracts, gy_buffer *out,
                                 gy_error *err) {
  gy_yaml_tree tree;
  gy_project_config config;
  place found = {0};
  uint32_t index = 0;
  gy_status status = gy_project_config_parse(text, length, file, &config, err);
  if (status != GY_OK) return status;
  while (index < config.n_sources && strcmp(config.sources[index].name, source) != 0) index++;
  uint32_t n_before = index < config.n_sources ? config.sources[index].n_contracts : 0;
  bool is_there = index < config.n_sources;
  gy_project_config_clear(&config);
  if (!is_there) return gy_fail(err, GY_ENOTFOUND, "%s has no source '%s'", file, source);
  status = gy_yaml_tree_load(&tree, text, length, file, err);
  if (status == GY_OK) status = find_place(&tree, index, source, &found, err);
  if (status == GY_OK) {
    char indent[64];
    size_t at = offset_behind_line(text, length, found.line);
    snprintf(indent, sizeof indent, "%*s", (int)(found.indent + (found.has_list ? 0 : 2)), "");
    gy_buffer_append(out, text, at);
    if (at > 0 && text[at - 1] != '\n') gy_buffer_text(out, "\n");
    if (!found.has_list)
      gy_buffer_printf(out, "%*scontracts:  # severity: warn | quarantine | stop; docs/contracts.md\n",
                       (int)found.indent, "");
    for (uint32_t i = 0; i < n_contracts; i++)
      if (!gy_contract_emit(&contracts[i], indent, out)) out->failed = true;
    gy_buffer_append(out, text + at, length - at);
    status = out->failed ? gy_fail(err, GY_ELIMIT, "%s would be too large, or a value is not UTF-8", file)
                         : check_again(out, file, index, n_before + n_contracts, err);
  }
  gy_yaml_tree_clear(&tree);
  return status;
}
