/* SPDX-License-Identifier: Apache-2.0 */
#include "study/project_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "data/import_functions.h"
#include "privacy/vault.h"
#include "study/forgetting.h"
#include "study/relations.h"
#include "study/step.h"

/* Versions of the store's own tables, 1 and up; each file changes only what is old, and all of them are run
 * when any is not the one that made the store. */
static const char *const MIGRATIONS[] = {"schema/0001_store", "schema/0003_imports", "schema/0004_people",
                                         "schema/0005_segments"};
enum { STORE_VERSION = sizeof MIGRATIONS / sizeof *MIGRATIONS };

gy_status gy_project_load(const char *dir, gy_project *project, gy_error *err) {
  char *root = realpath(dir, NULL);
  if (root == NULL) root = strdup(dir); /* not there: the next lines say so */
  *project = (gy_project){.dir = strdup(dir), .root = root};
  if (root != NULL) project->state_dir = gy_path_join(root, ".gyeol");
  char *path = gy_path_join(dir, "gyeol.yaml");
  gy_status status = GY_OK;
  if (project->dir == NULL || project->state_dir == NULL || path == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory to open project %s", dir);
  else if (!gy_path_exists(path))
    status = gy_fail(
        err, GY_ENOTFOUND,
        "%s is not a project: there is no gyeol.yaml in it; make one with: gyeol init %s FILE...", dir, dir);
  else
    status = gy_project_config_load(path, &project->config, err);
  free(path);
  return status;
}

static size_t budget_bytes(const gy_task *task) {
  size_t bytes = gy_task_memory(task);
  if (bytes != SIZE_MAX) return bytes;
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  return pages > 0 && page > 0 ? (size_t)pages * (size_t)page / 4 * 3 : (size_t)4 << 30;
}

size_t gy_project_engine_bytes(const gy_task *task) { return budget_bytes(task) / 2; }

size_t gy_project_kernel_bytes(const gy_task *task) { return budget_bytes(task) / 2; }

/* Stands for the text of all migrations. */
static void schema_digest(char hex[GY_FINGERPRINT_CHARS + 1]) {
  gy_digest *digest = gy_digest_create();
  for (int i = 0; i < STORE_VERSION; i++) gy_digest_text(digest, gy_sql(MIGRATIONS[i]));
  gy_digest_finish(digest, hex);
}

/* What made the store's own tables. */
typedef struct store_schema {
  bool exists;
  int64_t version;
  char digest[GY_FINGERPRINT_CHARS + 1]; /* "": of a gyeol that did not leave one */
} store_schema;

static gy_status find_schema(gy_engine *engine, store_schema *schema, gy_error *err) {
  gy_relation_kind kind = GY_RELATION_NONE;
  char *digest = NULL;
  *schema = (store_schema){0};
  gy_status status = gy_relation_find(engine, "store_migrations", &kind, err);
  schema->exists = status == GY_OK && kind == GY_RELATION_TABLE;
  if (status != GY_OK || !schema->exists) return status;
  status = gy_engine_int64(engine, "SELECT coalesce(max(version), 0) FROM store_migrations", NULL, 0,
                           &schema->version, err);
  if (status == GY_OK) status = gy_relation_find(engine, "store_schema", &kind, err);
  if (status != GY_OK || kind != GY_RELATION_TABLE) return status;
  status = gy_engine_text(engine, "SELECT digest FROM store_schema", NULL, 0, &digest, err);
  if (status == GY_OK) snprintf(schema->digest, sizeof schema->digest, "%s", digest);
  free(digest);
  return status == GY_ENOTFOUND ? GY_OK : status;
}

static gy_status remember_digest(gy_engine *engine, const char *digest, gy_error *err) {
  gy_value value = gy_bind_text(digest);
  gy_status status = gy_engine_execute(engine, "DELETE FROM store_schema", NULL, 0, NULL, NULL, NULL, err);
  if (status != GY_OK) return status;
  return gy_engine_execute(engine, "INSERT INTO store_schema VALUES ($1)", &value, 1, NULL, NULL, NULL, err);
}

/* Nothing is executed on a store that these very texts made: that would take longer than many a run. */
static gy_status migrate(gy_engine *engine, gy_error *err) {
  char digest[GY_FINGERPRINT_CHARS + 1];
  store_schema schema;
  gy_status status = find_schema(engine, &schema, err);
  schema_digest(digest);
  if (status != GY_OK || (schema.version >= STORE_VERSION && strcmp(schema.digest, digest) == 0))
    return status;
  for (int i = 0; i < STORE_VERSION && status == GY_OK; i++)
    status = gy_engine_execute(engine, gy_sql(MIGRATIONS[i]), NULL, 0, NULL, NULL, NULL, err);
  return status == GY_OK ? remember_digest(engine, digest, err) : status;
}

/* Reading an older store would miss tables; writing brings it up to date first. A store that a first run left
 * empty has no version, and whoever reads it finds no run. */
static gy_status check_version(const gy_project *project, const char *path, gy_error *err) {
  store_schema schema;
  gy_status status = find_schema(project->engine, &schema, err);
  if (status != GY_OK || !schema.exists) return status;
  if (schema.version > STORE_VERSION)
    return gy_fail(err, GY_ECORRUPT,
                   "%s was written by a newer gyeol (store version %lld, this one knows %d); update gyeol",
                   path, (long long)schema.version, STORE_VERSION);
  if (schema.version < STORE_VERSION)
    return gy_fail(err, GY_ECONFIG,
                   "%s was written by an older gyeol; bring it up to date with: gyeol run %s", path,
                   project->dir);
  return GY_OK;
}

gy_status gy_project_open_store(gy_project *project, gy_store_access access, const gy_task *task,
                                gy_error *err) {
  gy_status status = GY_OK;
  char *path = gy_path_join(project->state_dir, "store.duckdb");
  char *spill = gy_path_join(project->state_dir, "spill");
  if (path == NULL || spill == NULL) {
    status = gy_fail(err, GY_ENOMEM, "no memory to open the store of %s", project->dir);
    goto done;
  }
  if (access == GY_STORE_READ && !gy_path_exists(path)) {
    status = gy_fail(err, GY_ENOTFOUND, "%s has not been run yet; run it with: gyeol run %s", project->dir,
                     project->dir);
    goto done;
  }
  if (access == GY_STORE_WRITE) status = gy_dir_create(project->state_dir, err);
  if (status == GY_OK)
    status = access == GY_STORE_WRITE ? gy_forgetting_resume(project, task, err)
                                      : gy_forgetting_check(project, err);
  if (status != GY_OK) goto done;
  gy_engine_options options = {.path = path,
                               .read_only = access == GY_STORE_READ,
                               .n_threads = gy_task_threads(task),
                               .memory_bytes = gy_project_engine_bytes(task),
                               .spill_dir = spill};
  status = gy_engine_open(&options, &project->engine, err);
  if (status == GY_OK) status = gy_forgetting_check(project, err); /* one may have begun meanwhile */
  if (status == GY_OK) status = gy_import_functions_define(project->engine, err);
  if (status == GY_OK && access == GY_STORE_WRITE) status = migrate(project->engine, err);
  if (status == GY_OK) status = check_version(project, path, err);
done:
  free(path);
  free(spill);
  return status;
}

void gy_project_clear(gy_project *project) {
  gy_engine_close(project->engine);
  gy_vault_close(project->vault);
  gy_key_ring_close(project->ring);
  gy_project_config_clear(&project->config);
  free(project->dir);
  free(project->root);
  free(project->state_dir);
  *project = (gy_project){0};
}
