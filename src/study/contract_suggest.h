/* SPDX-License-Identifier: Apache-2.0
 *
 * Contracts that the rows of a source keep, so that later rows which do not stand out. What holds by chance
 * of a few rows is not proposed. */
#ifndef GYEOL_STUDY_CONTRACT_SUGGEST_H
#define GYEOL_STUDY_CONTRACT_SUGGEST_H

#include "data/project_file.h"
#include "engine/engine.h"

typedef struct gy_suggestions {
  gy_contract_config *list;
  uint32_t n;
  gy_arena arena; /* owns the above */
} gy_suggestions;

/* For `source`, whose rows are in its relation, as those of the project's other sources are. Leaves out what
 * the source has already. Clear the suggestions in either case. */
GY_MUST_USE gy_status gy_contracts_suggest(gy_engine *engine, const gy_project_config *project,
                                           const gy_source_config *source, int64_t now_us,
                                           const gy_task *task, gy_suggestions *suggestions, gy_error *err);
void gy_suggestions_clear(gy_suggestions *suggestions);

/* The pattern that covers the forms of codes, as in "A99999": runs of capitals, small letters and digits, and
 * signs as they are. Gives it; NULL when there are too many kinds of forms or memory is spent. */
char *gy_pattern_of_forms(const char *const *forms, size_t n);

#endif
