/* SPDX-License-Identifier: Apache-2.0
 *
 * From guessed tables to the settings of a project. Inside the data room only. */
#ifndef GYEOL_DATA_ROLE_GUESS_PROJECT_H
#define GYEOL_DATA_ROLE_GUESS_PROJECT_H

#include "data/role_guess_table.h"

/* Fills sources and what else the data tell (language, currency, mark of cancelled orders) into a
 * configuration with defaults. `source_of` receives the index of each table's source, -1 when left out. */
GY_MUST_USE gy_status gy_guess_project(const gy_guess_table *tables, size_t n_tables, const char *project_dir,
                                       gy_project_config *config, int *source_of, gy_error *err);

#endif
