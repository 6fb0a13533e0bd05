/* SPDX-License-Identifier: Apache-2.0
 *
 * A few segments that a new project begins with: files to be changed or deleted. */
#ifndef GYEOL_STUDY_STARTER_SEGMENTS_H
#define GYEOL_STUDY_STARTER_SEGMENTS_H

#include <jansson.h>

#include "data/project_file.h"

/* Writes DIR/segments/NAME.yaml for those that the project's sources have the columns for, with remarks in
 * its language; a folder segments/ that is there stays as it is. Gives the names, a new reference. */
GY_MUST_USE gy_status gy_starter_segments_write(const char *dir, const gy_project_config *config,
                                                json_t **names, gy_error *err);

#endif
