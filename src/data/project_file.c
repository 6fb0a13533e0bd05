/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading: the tree for lines, libcyaml for types and values, then the checks. All values live in the
 * configuration's arena, which libcyaml allocates from as well. */
#include "data/project_file.h"

#include <stdalign.h>
#include <string.h>

#include "base/file.h"
#include "data/project_file_schema.h"

enum { CONFIG_MAX_BYTES = 64 << 20 };

/* libcyaml grows its lists one item at a time, so each piece knows its room and doubles it. */
typedef struct {
  alignas(16) size_t room;
} piece;

static void *arena_realloc(void *context, void *memory, size_t size) {
  if (size == 0) return NULL;
  piece *old = memory != NULL ? (piece *)memory - 1 : NULL;
  if (old != NULL && size <= old->room) return memory;
  size_t room = old != NULL && old->room * 2 > size ? old->room * 2 : size;
  piece *made = gy_arena_alloc(context, sizeof *made + room);
  if (made == NULL) return NULL;
  made->room = room;
  if (old != NULL) memcpy(made + 1, memory, old->room);
  return made + 1;
}

gy_status gy_yaml_values_load(const char *text, size_t length, gy_yaml_tree *tree,
                              const cyaml_schema_value_t *schema, gy_arena *arena, void **loaded,
                              gy_error *err) {
  cyaml_config_t how = {
      .log_level = CYAML_LOG_ERROR, .mem_fn = arena_realloc, .mem_ctx = arena, .flags = CYAML_CFG_NO_ALIAS};
  cyaml_data_t *values = NULL;
  cyaml_err_t code = cyaml_load_data((const uint8_t *)text, length, &how, schema, &values, NULL);
  if (code == CYAML_ERR_OOM) return gy_fail(err, GY_ENOMEM, "no memory to read %s", tree->file);
  if (code == CYAML_ERR_ALIAS || code == CYAML_ERR_INVALID_ALIAS) {
    return gy_fail(err, GY_ECONFIG, "%s: aliases (*name) are not read here; write the value out", tree->file);
  }
  if (code != CYAML_OK) {
    gy_status status = gy_yaml_explain(tree, schema, err);
    return status != GY_OK ? status : gy_fail(err, GY_ECONFIG, "%s: %s", tree->file, cyaml_strerror(code));
  }
  *loaded = values;
  return GY_OK;
}

static gy_status load_values(const char *text, size_t length, gy_yaml_tree *tree, gy_project_config *config,
                             gy_error *err) {
  void *loaded = NULL;
  gy_status status =
      gy_yaml_values_load(text, length, tree, &gy_project_schema, &config->arena, &loaded, err);
  if (status != GY_OK) return status;
  gy_arena arena = config->arena;
  memcpy(config, loaded, sizeof *config);
  config->arena = arena;
  return GY_OK;
}

gy_status gy_project_config_parse(const char *text, size_t length, const char *file,
                                  gy_project_config *config, gy_error *err) {
  *config = (gy_project_config){0};
  if (length > GY_PROJECT_FILE_MAX_BYTES) {
    return gy_fail(err, GY_ELIMIT, "%s has %zu bytes; a project file has at most %d", file, length,
                   GY_PROJECT_FILE_MAX_BYTES);
  }
  gy_arena_init(&config->arena, 0, CONFIG_MAX_BYTES);
  gy_yaml_tree tree;
  gy_status status = gy_yaml_tree_load(&tree, text, length, file, err);
  if (status != GY_OK) return status;
  status = load_values(text, length, &tree, config, err);
  if (status == GY_OK) status = gy_project_config_complete(config, &tree, err);
  gy_yaml_tree_clear(&tree);
  if (status != GY_OK) gy_project_config_clear(config);
  return status;
}

gy_status gy_project_config_init(gy_project_config *config, gy_error *err) {
  static const char NOTHING_SET[] = "{}";
  return gy_project_config_parse(NOTHING_SET, strlen(NOTHING_SET), "defaults", config, err);
}

void gy_project_config_clear(gy_project_config *config) {
  gy_arena_clear(&config->arena);
  *config = (gy_project_config){0};
}

gy_status gy_project_config_load(const char *path, gy_project_config *config, gy_error *err) {
  *config = (gy_project_config){0};
  gy_buffer text;
  gy_buffer_init(&text, GY_PROJECT_FILE_MAX_BYTES + 2);
  gy_status status = gy_file_read(path, &text, err);
  if (status == GY_OK) status = gy_project_config_parse(text.data, text.length, path, config, err);
  gy_buffer_clear(&text);
  return status;
}

gy_role_set gy_project_config_roles(const gy_project_config *config, gy_target target) {
  gy_role_set roles = 0;
  for (uint32_t i = 0; i < config->n_sources; i++) {
    const gy_source_config *source = &config->sources[i];
    if (source->target != target) continue;
    for (uint32_t j = 0; j < source->n_columns; j++) roles |= GY_ROLE_BIT(source->columns[j].role);
  }
  return roles;
}
