/* SPDX-License-Identifier: Apache-2.0
 *
 * A project in use: its folder, its configuration and its open store.
 *
 *   DIR/gyeol.yaml               read by gy_project_load
 *   DIR/.gyeol/store.duckdb      opened by gy_project_open_store, migrated when written to
 *   DIR/.gyeol/runs/RUN/         one folder a committed run: manifest.json, report.html
 *   DIR/.gyeol/spill/            out-of-core work of a run in progress */
#ifndef GYEOL_STUDY_PROJECT_STORE_H
#define GYEOL_STUDY_PROJECT_STORE_H

#include <gyeol/task.h>

#include "data/project_file.h"
#include "engine/engine.h"

typedef struct gy_project {
  char *dir;       /* as it was named */
  char *root;      /* the same, absolute: what is kept must hold wherever the next run starts */
  char *state_dir; /* ROOT/.gyeol */
  gy_project_config config;
  gy_engine *engine;        /* NULL until opened */
  struct gy_key_ring *ring; /* NULL until asked for: project_privacy.h */
  struct gy_vault *vault;
} gy_project;

typedef enum gy_store_access { GY_STORE_READ, GY_STORE_WRITE } gy_store_access;

/* Reads DIR/gyeol.yaml; GY_ENOTFOUND tells how to make one. Clear the project in either case. */
GY_MUST_USE gy_status gy_project_load(const char *dir, gy_project *project, gy_error *err);

/* Opens the store. Reading one that was never filled is GY_ENOTFOUND with what to do; writing creates it
 * and brings its schema up to date. */
GY_MUST_USE gy_status gy_project_open_store(gy_project *project, gy_store_access access, const gy_task *task,
                                            gy_error *err);

void gy_project_clear(gy_project *project);

/* Bytes of the task's budget (default: three quarters of the machine's memory) that go to the engine;
 * the rest is for kernels. */
size_t gy_project_engine_bytes(const gy_task *task);
size_t gy_project_kernel_bytes(const gy_task *task);

#endif
