/* SPDX-License-Identifier: Apache-2.0
 *
 * gyeol.yaml as libcyaml sees it: which keys there are, of which type, and where their values go in
 * gy_project_config. Inside the data room only. */
#ifndef GYEOL_DATA_PROJECT_FILE_SCHEMA_H
#define GYEOL_DATA_PROJECT_FILE_SCHEMA_H

#include <cyaml/cyaml.h>
#include <jansson.h>

#include "data/project_file.h"
#include "data/project_file_tree.h"

extern const cyaml_schema_value_t gy_project_schema;

/* The words of the enums, so that the file is written with what it is read with. */
typedef struct gy_word_list {
  const cyaml_strval_t *words;
  uint32_t n;
} gy_word_list;

extern const gy_word_list gy_language_words, gy_target_words, gy_format_words, gy_encoding_words,
    gy_quote_words, gy_header_words, gy_decimal_words, gy_net_words, gy_keep_words, gy_duplicate_words,
    gy_exact_words, gy_survivor_words, gy_rfm_method_words, gy_scaling_words, gy_rule_words,
    gy_rule_type_words, gy_severity_words, gy_yes_no_words, gy_key_words, gy_guest_words, gy_merge_words,
    gy_fuzzy_words, gy_contradiction_words, gy_free_text_words;

/* The first word that stands for `value`. */
const char *gy_word_of(const gy_word_list *list, int value);

/* Reads the values of a document, whose tree is loaded, as the schema says; they live in the arena. Also for
 * the other YAML files of a project. */
GY_MUST_USE gy_status gy_yaml_values_load(const char *text, size_t length, gy_yaml_tree *tree,
                                          const cyaml_schema_value_t *schema, gy_arena *arena, void **loaded,
                                          gy_error *err);

/* Why libcyaml refused the document: finds the first node that does not fit the schema and says so with
 * file and line, with a suggestion for a misspelt word. GY_OK when every node fits. */
GY_MUST_USE gy_status gy_yaml_explain(gy_yaml_tree *tree, const cyaml_schema_value_t *schema, gy_error *err);

/* The one of `n` words that `word` was probably meant to be; NULL when none is near. */
const char *gy_word_nearest(const char *word, const char *const *words, size_t n);

/* What a schema cannot say: fills in defaults for what the text does not set, and checks ranges and
 * what must fit together. */
GY_MUST_USE gy_status gy_project_config_complete(gy_project_config *config, gy_yaml_tree *tree,
                                                 gy_error *err);

/* Its part about `preparation`, once clusters.features are known. */
GY_MUST_USE gy_status gy_project_preparation_complete(const gy_project_config *config, gy_yaml_tree *tree,
                                                      gy_error *err);

/* Names, columns, thresholds and bounds of all contracts; each complaint has its line. */
GY_MUST_USE gy_status gy_project_contracts_complete(gy_project_config *config, gy_yaml_tree *tree,
                                                    gy_error *err);

/* Reads the role "consent", "consent:marketing" or "consent:marketing:email" of a column; what is not said
 * follows from the column's name. GY_ECONFIG: one sentence, without its place. */
GY_MUST_USE gy_status gy_column_consent_parse(const char *word, gy_column_role *column, gy_error *err);

/* `consent` and `privacy`: defaults, tables that have a time, no table twice. */
GY_MUST_USE gy_status gy_project_consent_complete(gy_project_config *config, gy_yaml_tree *tree,
                                                  gy_error *err);

/* `lifecycle`: defaults, and days that rise. */
GY_MUST_USE gy_status gy_lifecycle_complete(gy_project_config *config, gy_yaml_tree *tree, gy_error *err);

/* `campaigns`: names, segments, days in their order; written, false when a text is not UTF-8; as canonical
 * JSON, a new reference. */
GY_MUST_USE gy_status gy_campaigns_complete(const gy_project_config *config, gy_yaml_tree *tree,
                                            gy_error *err);
bool gy_campaigns_emit(const gy_project_config *config, gy_buffer *out);
json_t *gy_campaigns_json(const gy_project_config *config);

/* A scalar as the file is written: plain where every YAML reader takes it for this text, else quoted. False:
 * not UTF-8. */
bool gy_yaml_put_text(gy_buffer *out, const char *text);

/* The section identity: completed and checked; written, false when a name is not UTF-8 (a section of nothing
 * but defaults is left out); as canonical JSON, a new reference. */
GY_MUST_USE gy_status gy_project_identity_complete(gy_project_config *config, gy_yaml_tree *tree,
                                                   gy_error *err);
bool gy_identity_emit(const gy_project_config *config, gy_buffer *out);
json_t *gy_identity_json(const gy_project_config *config);

/* The same for `duplicates` of the sources. */
GY_MUST_USE gy_status gy_duplicates_complete(gy_project_config *config, gy_yaml_tree *tree, gy_error *err);

#endif
