/* SPDX-License-Identifier: Apache-2.0 */
#include "study/store_vault.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "privacy/tombstones.h"
#include "study/project_privacy.h"
#include "study/relations.h"

gy_status gy_store_vault_of(gy_key_ring *ring, gy_store_vault *vault, gy_error *err) {
  gy_tombstones *tombstones = NULL;
  gy_status status = gy_tombstones_load(ring, &tombstones, err);
  if (status != GY_OK) return status;
  *vault = (gy_store_vault){.generation = (int64_t)gy_key_ring_generation(ring),
                            .forgotten = (int64_t)gy_tombstones_count(tombstones)};
  sodium_bin2hex(vault->vault, sizeof vault->vault, gy_key_ring_vault_id(ring), GY_VAULT_ID_BYTES);
  gy_tombstones_destroy(tombstones);
  return GY_OK;
}

static gy_status load_note(gy_engine *engine, gy_store_vault *noted, gy_error *err) {
  gy_relation_kind kind = GY_RELATION_NONE;
  json_t *rows = NULL;
  *noted = (gy_store_vault){0};
  gy_status status = gy_relation_find(engine, "store_vault", &kind, err);
  if (status != GY_OK || kind != GY_RELATION_TABLE) return status;
  status = gy_engine_json(engine, "SELECT * FROM store_vault", NULL, 0, NULL, &rows, err);
  const json_t *row = json_array_get(rows, 0);
  if (row != NULL) {
    snprintf(noted->vault, sizeof noted->vault, "%s", json_string_value(json_object_get(row, "vault")));
    noted->generation = json_integer_value(json_object_get(row, "generation"));
    noted->forgotten = json_integer_value(json_object_get(row, "forgotten"));
  }
  json_decref(rows);
  return status;
}

gy_status gy_store_vault_check(gy_project *project, gy_error *err) {
  static const char REMEDY[] = "put back the one that belongs to it, or both from one backup (gyeol restore)";
  gy_store_vault noted, now;
  gy_key_ring *ring = NULL;
  gy_status status = load_note(project->engine, &noted, err);
  if (status != GY_OK || noted.vault[0] == '\0') return status;
  if (!gy_project_has_vault(project))
    return gy_fail(err, GY_ECORRUPT,
                   "the vault %s/vault is missing beside a store that was written with it; %s",
                   project->state_dir, REMEDY);
  status = gy_project_ring(project, false, &ring, err);
  if (status == GY_OK) status = gy_store_vault_of(ring, &now, err);
  if (status != GY_OK) return status;
  if (strcmp(noted.vault, now.vault) != 0)
    return gy_fail(err, GY_ECORRUPT, "the vault %s/vault is of another project than the store beside it; %s",
                   project->state_dir, REMEDY);
  if (now.generation < noted.generation || now.forgotten < noted.forgotten)
    return gy_fail(
        err, GY_ECORRUPT,
        "the vault %s/vault is older than the store beside it, so that originals would be missing and "
        "forgotten people could come back; %s",
        project->state_dir, REMEDY);
  if (now.forgotten > noted.forgotten)
    return gy_fail(
        err, GY_ECORRUPT,
        "the store %s/store.duckdb is older than the vault beside it and still has people who were "
        "forgotten since; %s",
        project->state_dir, REMEDY);
  return GY_OK;
}

gy_status gy_store_vault_note(gy_project *project, gy_error *err) {
  gy_store_vault now;
  gy_key_ring *ring = NULL;
  if (!gy_project_has_vault(project)) return GY_OK;
  gy_status status = gy_project_ring(project, false, &ring, err);
  if (status == GY_OK) status = gy_store_vault_of(ring, &now, err);
  if (status == GY_OK)
    status = gy_engine_execute(project->engine, "DELETE FROM store_vault", NULL, 0, NULL, NULL, NULL, err);
  if (status != GY_OK) return status;
  gy_value values[] = {gy_bind_text(now.vault), gy_bind_int64(now.generation), gy_bind_int64(now.forgotten)};
  return gy_engine_execute(project->engine, "INSERT INTO store_vault VALUES ($1, $2, $3)", values, 3, NULL,
                           NULL, NULL, err);
}
