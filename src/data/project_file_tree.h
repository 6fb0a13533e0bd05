/* SPDX-License-Identifier: Apache-2.0
 *
 * The nodes of a YAML text with their lines: what names the place of a mistake, and what reads the one
 * part whose keys no schema knows, the source's own column names. */
#ifndef GYEOL_DATA_PROJECT_FILE_TREE_H
#define GYEOL_DATA_PROJECT_FILE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include <gyeol/status.h>

typedef struct gy_yaml_tree {
  yaml_document_t document;
  const char *file; /* lent */
  bool is_loaded;
} gy_yaml_tree;

/* GY_ECONFIG with file and line for text that is not YAML, for an empty document, for a key given
 * twice in one mapping, and for what is nested more than 64 deep. */
GY_MUST_USE gy_status gy_yaml_tree_load(gy_yaml_tree *tree, const char *text, size_t length, const char *file,
                                        gy_error *err);
void gy_yaml_tree_clear(gy_yaml_tree *tree);

yaml_node_t *gy_yaml_tree_root(gy_yaml_tree *tree);

/* The value of a mapping's key; NULL when absent or when `mapping` is NULL or no mapping. */
yaml_node_t *gy_yaml_tree_member(gy_yaml_tree *tree, yaml_node_t *mapping, const char *key);
/* The i-th item of a sequence; NULL past the end. */
yaml_node_t *gy_yaml_tree_item(gy_yaml_tree *tree, yaml_node_t *sequence, size_t i);
/* Steps along keys and item numbers: "sources.0.columns"; NULL when some step is absent. */
yaml_node_t *gy_yaml_tree_find(gy_yaml_tree *tree, const char *path);

/* A scalar's text; NULL for anything else. */
const char *gy_yaml_tree_text(const yaml_node_t *node);

/* Fails with "file:line: " before the sentence; a NULL node stands for the whole file. */
gy_status gy_yaml_tree_fail(const gy_yaml_tree *tree, const yaml_node_t *node, gy_error *err,
                            const char *format, ...) GY_PRINTF(4, 5);

#endif
