/* SPDX-License-Identifier: Apache-2.0
 *
 * Contracts put into the text of a gyeol.yaml that people wrote: everything else in it, comments and layout,
 * stays as it is. */
#ifndef GYEOL_DATA_PROJECT_FILE_INSERT_H
#define GYEOL_DATA_PROJECT_FILE_INSERT_H

#include "data/project_file.h"

/* Adds `contracts` to source `source` of the project in `text` and gives the new text in `out`. GY_ECONFIG
 * where the source is written on one line, so that nothing can be put below it. */
GY_MUST_USE gy_status gy_project_text_insert(const char *text, size_t length, const char *file,
                                             const char *source, const gy_contract_config *contracts,
                                             uint32_t n_contracts, gy_buffer *out, gy_error *err);

#endif
