/* SPDX-License-Identifier: Apache-2.0
 *
 * `gyeol init`'s brain: from a list of files to a project. What each file is, what each of its columns
 * means, how sure that is and why. docs/methods/role-guessing.md explains the method.
 *
 *   files -> sniff -> scores of (column, role) from names, values and relations -> best assignment
 *         -> target of each file -> keys that files share -> gy_project_config + gy_guess_report */
#ifndef GYEOL_DATA_ROLE_GUESS_H
#define GYEOL_DATA_ROLE_GUESS_H

#include <jansson.h>

#include "data/project_file.h"
#include "data/sniff.h"

typedef struct gy_guess_column {
  const char *name;
  gy_role role;
  double confidence;  /* 0..1 */
  const char *reason; /* "named CustomerID; 4,372 distinct, repeats" */
  const char *samples[GY_SNIFF_SAMPLES];
  bool is_duplicate; /* another column had that name before */
} gy_guess_column;

typedef struct gy_guess_file {
  const char *path;
  const char *sheet;  /* of a workbook; NULL of all else */
  gy_target target;   /* GY_TARGET_OTHER: none of the canonical tables */
  const char *source; /* its name in the project; NULL when left out */
  const char *note;   /* why it is none of them, or a doubt; "" for none */
  gy_file_format format;
  gy_encoding encoding;
  gy_compression compression;
  gy_csv_dialect dialect;
  uint64_t n_rows, n_faults; /* looked at; unusable among them */
  bool is_whole;             /* all rows were looked at */
  gy_guess_column *columns;
  size_t n_columns;
} gy_guess_file;

/* Two columns of the same role in different files. */
typedef struct gy_guess_key {
  gy_role role;
  size_t file, column;             /* of the orders */
  size_t other_file, other_column; /* of the customers, products or orders */
  double coverage;                 /* share of the first one's values that the second one has */
} gy_guess_key;

typedef struct gy_guess_report {
  gy_guess_file *files;
  size_t n_files;
  gy_guess_key *keys;
  size_t n_keys;
  bool has_orders;
  gy_arena arena; /* owns everything above */
} gy_guess_report;

enum { GY_GUESS_FILES_MAX = 256 };

/* Looks at `files` and proposes a project whose gyeol.yaml will lie in `project_dir` (which need not be
 * there yet): paths in it are relative to that folder. Clear both outputs after success. Fails on the first
 * file that cannot be read at all, and with GY_EUSAGE without files; files that hold no orders are no
 * error, `has_orders` tells. */
GY_MUST_USE gy_status gy_guess_sources(const char *const *files, size_t n_files, const char *project_dir,
                                       gy_project_config *config, gy_guess_report *report, gy_error *err);
void gy_guess_report_clear(gy_guess_report *report); /* safe on a zeroed struct */

/* The report as one object: files[] {path, source, target, note, format, encoding, rows, columns[] {name,
 * role, confidence, reason, samples[]}}, keys[]. Gives a new reference; NULL when memory is spent. */
json_t *gy_guess_report_json(const gy_guess_report *report);

#endif
