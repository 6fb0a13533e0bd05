/* SPDX-License-Identifier: Apache-2.0
 *
 * Projects: a folder with gyeol.yaml, its sources, and the store that runs fill. Results are JSON texts
 * (UTF-8, one object) that the caller frees with gy_text_free; docs/json.md describes each. */
#ifndef GYEOL_PROJECT_H
#define GYEOL_PROJECT_H

#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

void gy_text_free(char *text); /* NULL-safe */

typedef struct gy_init_options {
  const char *name;      /* NULL: the folder's name */
  const char *timezone;  /* NULL: Asia/Seoul */
  const char *language;  /* "ko", "en"; NULL: by the data's own column names */
  const char *currency;  /* NULL: by what the data show */
  bool force;            /* replace a gyeol.yaml that is there */
  bool dry_run;          /* guess only, write nothing */
  bool without_segments; /* writes no first segments into DIR/segments, which it does where there is none */
} gy_init_options;

/* Guesses encoding, format and column roles of the files and writes DIR/gyeol.yaml, and a few segments.
 * `result`: the guess, a row a column with role, confidence, reason and three sample values. */
GY_MUST_USE gy_status gy_project_init(const char *dir, const char *const *files, size_t n_files,
                                      const gy_init_options *options, const gy_task *task, char **result,
                                      gy_error *err);

typedef struct gy_run_options {
  const char *as_of;    /* date or instant; NULL: the project's rule */
  const char *timezone; /* NULL: the project's */
  const char *seed;     /* NULL: the project's */
  bool force;           /* run every step although nothing changed */
  const char *until;    /* stop after this step ("import", "identity", "consent", "tables", "features", "rfm",
                           "clusters", "segments", "profiles", "trends"), without a report; NULL: run all */
} gy_run_options;

/* Runs every step whose inputs changed and commits the whole as one run. `result`: the run's manifest. */
GY_MUST_USE gy_status gy_project_run(const char *dir, const gy_run_options *options, const gy_task *task,
                                     char **result, gy_error *err);

/* Writes the HTML report of the last run to `path` (NULL: the run's own folder). `language` NULL: the
 * project's. `result`: {"report": PATH}. */
GY_MUST_USE gy_status gy_project_report(const char *dir, const char *path, const char *language,
                                        const gy_task *task, char **result, gy_error *err);

/* Segments of the last run, RFM segments and clusters. */
GY_MUST_USE gy_status gy_project_segment_list(const char *dir, const gy_task *task, char **result,
                                              gy_error *err);
/* One segment's profile; `name` is a segment's name in either language, or cluster:N. */
GY_MUST_USE gy_status gy_project_segment_show(const char *dir, const char *name, const gy_task *task,
                                              char **result, gy_error *err);
typedef struct gy_segment_export_options {
  const char *purpose; /* of segments that name none; NULL: the definition's, else analytics */
  const char *channel; /* NULL: consent to any channel at once */
  bool everybody;      /* also those without consent; for marketing and third parties it needs a reason */
  const char *reason;  /* kept in the audit log; NULL: none */
} gy_segment_export_options;

/* Writes a segment's customers with their features; format by the ending (.csv, .xlsx, .parquet, .json). Left
 * out and counted are those who, at this moment, have not agreed to what the segment is for. `options` may be
 * NULL. `result`: {"segment", "file", "customers", "left_out", "purpose", "channel", "everybody"}. */
GY_MUST_USE gy_status gy_project_segment_export(const char *dir, const char *name, const char *path,
                                                const gy_segment_export_options *options, const gy_task *task,
                                                char **result, gy_error *err);

/* Reads what changed since the last run and checks its contracts, without changing anything. `result`:
 * {"verdict", "sources": {NAME: {"read", "accepted", "rejected", "repaired", "contracts": [...]}}}; a verdict
 * "stop" is no error here. `as_of` NULL: the project's rule. */
GY_MUST_USE gy_status gy_project_check(const char *dir, const char *as_of, const gy_task *task, char **result,
                                       gy_error *err);

/* Proposes contracts that the data keep, of one source (NULL: of all). `write`: puts those that are not there
 * yet into gyeol.yaml and leaves the rest of it as it is. `result`: {"contracts": N, "written", "sources":
 * [{"name", "yaml"}]}. */
GY_MUST_USE gy_status gy_project_contracts_suggest(const char *dir, const char *source, bool write,
                                                   const gy_task *task, char **result, gy_error *err);

/* One rejected row by its id, with its whole record. */
GY_MUST_USE gy_status gy_project_reject_show(const char *dir, const char *id, const gy_task *task,
                                             char **result, gy_error *err);
/* Writes rejected records of a source (NULL: the only one that has any) as CSV: gyeol_id, gyeol_reason, the
 * source's columns. */
GY_MUST_USE gy_status gy_project_rejects_export(const char *dir, const char *source, const char *path,
                                                const gy_task *task, char **result, gy_error *err);
/* Takes such a file back, repaired: keeps the repairs in DIR/repairs/ and runs the project. `result`:
 * {"repairs", "unknown", "repaired", "rejected_again", "run"}. What fails leaves everything as it was. */
GY_MUST_USE gy_status gy_project_rejects_replay(const char *dir, const char *path, const gy_task *task,
                                                char **result, gy_error *err);

/* Quarantined rows of the last import: at most `limit` of them (0: 100). `result`: {"total", "kept",
 * "rejects":
 * [...]}; of those that cannot be read and of those that break contracts 100,000 a source are kept. */
GY_MUST_USE gy_status gy_project_rejects(const char *dir, size_t limit, const gy_task *task, char **result,
                                         gy_error *err);

/* Rows of the last import that stand for the same thing as others and were put aside: at most `limit` of them
 * (0: 100). */
GY_MUST_USE gy_status gy_project_duplicates(const char *dir, size_t limit, const gy_task *task, char **result,
                                            gy_error *err);

/* Past runs, newest first. */
GY_MUST_USE gy_status gy_project_runs(const char *dir, const gy_task *task, char **result, gy_error *err);

/* The models of the last run, {"models": [{name, method, columns, k, ...}]}; `name` gives one of them whole,
 * with all its parameters. */
GY_MUST_USE gy_status gy_project_models(const char *dir, const char *name, const gy_task *task, char **result,
                                        gy_error *err);

/* Takes a table's numbers as the scores that model `model` gives customers, in place of those it had:
 * score('churn') in rules. Columns `customer` (NULL: customer_id) and `score` (NULL: score). `result`:
 * {"model", "rows", "customers", "unmatched", "unmatched_rows", "refused", "refused_rows"}. GY_EDATA where a
 * customer has two, or no row is good; nothing is stored then. */
GY_MUST_USE gy_status gy_project_model_import(const char *dir, const char *path, const char *model,
                                              const char *customer, const char *score, const gy_task *task,
                                              char **result, gy_error *err);

/* The SQL of a computation ("features", "rfm", "clusters", "cohort", "cleaning") as this project runs it. */
GY_MUST_USE gy_status gy_project_sql(const char *dir, const char *what, const gy_task *task, char **sql,
                                     gy_error *err);

typedef struct gy_query_options {
  const char *output; /* the rows go to this file, its format by the ending; NULL: into the result */
  uint64_t limit;     /* at most so many rows; 0: 1000, with `output` all */
} gy_query_options;

/* Runs a SELECT on the tables of the last run, which it can only read. The result is {"columns": [name...],
 * "rows":
 * [{column: value}...], "more": bool}, or {"file", "rows"} with an output. GY_EUSAGE for what is no SELECT.
 */
GY_MUST_USE gy_status gy_project_query(const char *dir, const char *sql, const gy_query_options *options,
                                       const gy_task *task, char **result, gy_error *err);

typedef struct gy_rfm_file_options {
  const char *input; /* csv, tsv, xlsx, json, ndjson or parquet, also packed by gzip, xz or zstd */
  const char *customer, *order, *time, *amount; /* column names; order may be NULL: a row is an order */
  const char *as_of;                            /* NULL: last order plus one day */
  const char *timezone;                         /* NULL: Asia/Seoul */
  const char *output;                           /* .csv, .xlsx, .parquet or .json; NULL: none */
} gy_rfm_file_options;

/* RFM scores and segments of one plain file, without a project. */
GY_MUST_USE gy_status gy_rfm_file(const gy_rfm_file_options *options, const gy_task *task, char **result,
                                  gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
