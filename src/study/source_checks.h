/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens to a source between being read and being used: repairs come back, contracts are checked, rows
 * that break them move to the rejected ones.
 *
 *   files -> import -> staging_SOURCE, rejects
 *                          |  repairs of records that could not be read      (source_repairs.c)
 *                          |  contracts                                      (data/contract_check.h)
 *                          |  repairs of rows that break them, contracts again
 *                          v  rows that break them move                      (source_moves.c)
 *                       staging_SOURCE, rejects, what was found as JSON
 *
 * accepted + rejected = read holds before and after. */
#ifndef GYEOL_STUDY_SOURCE_CHECKS_H
#define GYEOL_STUDY_SOURCE_CHECKS_H

#include "data/contract_check.h"
#include "study/import_plan.h"
#include "study/run_context.h"

/* A source that was read and is not in use yet. Its relation carries row_no if gy_source_is_checked. */
typedef struct gy_staged_source {
  const gy_source_config *source;
  const char *staging;        /* its relation */
  const char *rejects;        /* the table that has its rejected rows */
  const gy_import_plan *plan; /* it was read by */
  gy_import_result *result;   /* its counts change with rows that come back or move */
  int64_t last_read;          /* rows read by the last run; -1: there was none */
  /* what the checks leave: */
  json_t *contracts; /* [{name, rule, columns, severity, threshold, rows, failed, share, verdict, ...}] */
  uint64_t n_repaired, n_waiting; /* rows that came back; repairs whose record is not there */
  bool stops;                     /* some contract says so */
} gy_staged_source;

/* Has contracts or repairs, so that its rows need their numbers. */
bool gy_source_is_checked(const gy_run_context *run, const gy_source_config *source);

/* Digest of what the checks of a source depend on beside its own files and settings: its repairs, and the
 * sources that its foreign keys name. "" where there is nothing. */
GY_MUST_USE gy_status gy_source_checks_inputs(const gy_run_context *run, const gy_source_config *source,
                                              char hex[GY_FINGERPRINT_CHARS + 1], gy_error *err);

/* Checks staged sources, those first that others name. With `may_stop`, a contract that stops is GY_EDATA and
 * its sentence; without, everything is checked and no row moves for it. */
GY_MUST_USE gy_status gy_sources_check(gy_run_context *run, gy_staged_source *staged, size_t n, bool may_stop,
                                       gy_error *err);
void gy_staged_source_clear(gy_staged_source *staged); /* what the checks left */

/* Judges the freshness of a source that was not read again, by what its checks left: time goes on. */
GY_MUST_USE gy_status gy_source_check_age(const gy_run_context *run, const gy_source_config *source,
                                          json_t *contracts, bool may_stop, gy_error *err);

/* ---- within the checks ---- */

/* The repairs of one source. */
typedef struct gy_source_repairs {
  gy_run_context *run;
  gy_staged_source *staged;
  json_t *records;  /* id -> record, as repaired */
  json_t *failing;  /* id -> {column, value, reason} */
  json_t *restored; /* id -> row_no */
  char *table;      /* of the repairs, converted */
} gy_source_repairs;

/* Reads and converts the repairs, and brings those back whose records could not be read. Clear in either
 * case. */
GY_MUST_USE gy_status gy_source_repairs_open(gy_run_context *run, gy_staged_source *staged,
                                             gy_source_repairs *repairs, gy_error *err);
/* Replaces those of the rows whose ids have a repair that was not used yet; `*n` says how many. */
GY_MUST_USE gy_status gy_source_repairs_replace(gy_source_repairs *repairs, const int64_t *row_nos,
                                                char *const *ids, size_t n_rows, size_t *n, gy_error *err);
void gy_source_repairs_clear(gy_source_repairs *repairs);

/* Rows that are to move, with what the list of rejected rows says of them. */
typedef struct gy_source_moves {
  size_t n;     /* described: the first ones */
  size_t n_all; /* to move */
  int64_t *row_nos;
  char **records; /* JSON, NULL where the files do not have it any more */
  char **ids;
} gy_source_moves;

GY_MUST_USE gy_status gy_source_moves_describe(gy_run_context *run, const gy_staged_source *staged,
                                               const gy_source_repairs *repairs,
                                               const gy_contract_result *result, gy_source_moves *moves,
                                               gy_error *err);
/* Moves them. */
GY_MUST_USE gy_status gy_source_moves_run(gy_run_context *run, gy_staged_source *staged,
                                          const gy_source_repairs *repairs, const gy_contract_result *result,
                                          const gy_source_moves *moves, gy_error *err);
void gy_source_moves_clear(gy_source_moves *moves);

/* The file that has a row. */
size_t gy_staged_file_of(const gy_staged_source *staged, int64_t row_no);

/* Rows as a table `name` (row_no, and id where `ids` is not NULL). */
GY_MUST_USE gy_status gy_staged_list(gy_engine *engine, const char *name, const int64_t *row_nos,
                                     char *const *ids, size_t n, gy_error *err);

/* A source that is a view becomes a table, so that rows can be taken out of it and put in. */
GY_MUST_USE gy_status gy_staged_materialise(gy_run_context *run, const gy_staged_source *staged,
                                            gy_error *err);

#endif
