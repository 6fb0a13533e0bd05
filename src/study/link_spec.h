/* SPDX-License-Identifier: Apache-2.0
 *
 * What is compared, and which rows with which: as somebody wrote it, or as the columns suggest.
 *
 *   compare  LEFT[=RIGHT][:KIND], ...     KIND of a gy_link_compare; by the column's name where none is said
 *   block    FIELD[:LETTERS | :stem] + ... FIELD as in compare, LETTERS the first (n) or last (-n) ones */
#ifndef GYEOL_STUDY_LINK_SPEC_H
#define GYEOL_STUDY_LINK_SPEC_H

#include <gyeol/link_files.h>
#include <gyeol/linkage.h>

#include "base/arena.h"

typedef struct gy_link_spec {
  gy_arena arena;
  size_t n_fields, n_rules;
  gy_link_field fields[GY_LINK_FIELDS_MAX];
  const char *columns[2][GY_LINK_FIELDS_MAX]; /* of input, of with */
  gy_link_rule rules[GY_LINK_RULES_MAX];
  const char *rule_texts[GY_LINK_RULES_MAX];
  bool is_guessed;
} gy_link_spec;

/* Reads the specification, or guesses what is not given from the files. Clear in either case. */
GY_MUST_USE gy_status gy_link_spec_make(const gy_link_files_options *options, gy_link_spec *spec,
                                        gy_error *err);
void gy_link_spec_clear(gy_link_spec *spec);

/* The two halves, for tests: without files. */
GY_MUST_USE gy_status gy_link_spec_compare(const char *text, gy_link_spec *spec, gy_error *err);
GY_MUST_USE gy_status gy_link_spec_block(const char *text, gy_link_spec *spec, gy_error *err);

/* How a column of this name is compared; false: its name says nothing. */
bool gy_link_kind_by_name(const char *name, gy_link_compare *compare);

/* From the columns of the file (link_guess.c). */
GY_MUST_USE gy_status gy_link_guess_fields(const gy_link_files_options *options, gy_link_spec *spec,
                                           gy_error *err);
GY_MUST_USE gy_status gy_link_guess_rules(gy_link_spec *spec, gy_error *err);

GY_MUST_USE gy_status gy_link_spec_add(gy_link_spec *spec, const char *left, const char *right,
                                       gy_link_compare compare, gy_error *err);

#endif
