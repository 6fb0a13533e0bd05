/* SPDX-License-Identifier: Apache-2.0
 *
 * DIR/.gyeol/runs/RUN/, the folder of a run: manifest.json and report.html. It is filled as RUN.partial and
 * gets its name when it is whole. */
#ifndef GYEOL_STUDY_RUN_FOLDER_H
#define GYEOL_STUDY_RUN_FOLDER_H

#include "study/project_store.h"

/* Give paths, absolute; NULL when memory is spent. */
char *gy_run_folder(const gy_project *project, const char *run);
char *gy_run_folder_partial(const gy_project *project, const char *run);
char *gy_run_report(const gy_project *project, const char *run);

/* Removes what runs that were killed left half-made. For whoever holds the store for writing. */
void gy_run_folders_sweep(const gy_project *project);

#endif
