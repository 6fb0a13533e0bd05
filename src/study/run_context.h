/* SPDX-License-Identifier: Apache-2.0
 *
 * One run as its steps see it, and the steps in the order they run. Each step computes what it is named
 * after, stores it, and leaves a JSON fragment (`detail`) that the manifest and the report are made of. A
 * kept step leaves the fragment of the run that computed it.
 *
 *   import (per source) -> identity -> consent -> tables -> features -> rfm -> clusters -> segments ->
 * profiles
 * -> trends -> report
 */
#ifndef GYEOL_STUDY_RUN_CONTEXT_H
#define GYEOL_STUDY_RUN_CONTEXT_H

#include <gyeol/project.h>

#include "feature/feature_sql.h"
#include "study/canonical_views.h"
#include "study/project_store.h"
#include "study/run_privacy.h"
#include "study/step.h"

typedef struct gy_run_context {
  gy_project project;
  const gy_run_options *options;
  const gy_task *task;
  gy_run_log log;
  gy_import_privacy privacy; /* what imports are told */
  gy_feature_set features;   /* the catalogue with this project's windows */
  char counts_sql[64];       /* SQL condition on flags: the line counts */
  char orders_sql[64];       /* and makes an order */

  json_t *imports;  /* source name -> detail */
  bool only_checks; /* contracts that stop are found, but nothing stops */
  json_t *consent;  /* of the consent step; NULL: nobody can have said anything */
  json_t *people;   /* of the identity step; NULL: there is none */
  gy_person_tables people_tables;
  json_t *totals;                                        /* of the features step */
  json_t *rfm, *clusters, *segments, *profiles, *trends; /* segments NULL: none are defined */
  char imports_text[GY_FINGERPRINT_CHARS +
                    1]; /* fingerprints of what later steps read: orders, customers, products */
  char further_imports_text[GY_FINGERPRINT_CHARS + 1]; /* all other tables */
  char consent_text[GY_FINGERPRINT_CHARS + 1];         /* who refused analytics; "" for nobody */
  char features_text[GY_FINGERPRINT_CHARS + 1];
  char rfm_text[GY_FINGERPRINT_CHARS + 1];
  char clusters_text[GY_FINGERPRINT_CHARS + 1];
  char last_run[32];     /* that is asked or continued; "" in a new one */
  char complete_run[32]; /* the run whose report still holds; "" when a new one is due */
} gy_run_context;

GY_MUST_USE gy_status gy_run_imports(gy_run_context *run, gy_error *err);
/* Drops what a run that failed left staged. */
GY_MUST_USE gy_status gy_run_imports_sweep(gy_run_context *run, gy_error *err);
/* Resemblance between customers, before identity; part of its step in --until. */
GY_MUST_USE gy_status gy_run_fuzzy(gy_run_context *run, gy_error *err);
GY_MUST_USE gy_status gy_run_identity(gy_run_context *run, gy_error *err);
/* What came of identity, as counts; call it where run->people is there. */
json_t *gy_identity_figures(const gy_run_context *run);
GY_MUST_USE gy_status gy_run_tables(gy_run_context *run, gy_error *err);
GY_MUST_USE gy_status gy_run_consent(gy_run_context *run, gy_error *err);
GY_MUST_USE gy_status gy_run_features(gy_run_context *run, gy_error *err);
GY_MUST_USE gy_status gy_run_rfm(gy_run_context *run, gy_error *err);
GY_MUST_USE gy_status gy_run_clusters(gy_run_context *run, gy_error *err);
GY_MUST_USE gy_status gy_run_segments(gy_run_context *run, gy_error *err);
GY_MUST_USE gy_status gy_run_profiles(gy_run_context *run, gy_error *err);
GY_MUST_USE gy_status gy_run_trends(gy_run_context *run, gy_error *err);

/* Frees everything a context holds and closes its project. Safe on a zeroed one. */
void gy_run_context_clear(gy_run_context *run);

/* The catalogue with the windows of a project. */
GY_MUST_USE gy_status gy_project_features(const gy_project *project, gy_feature_set *features, gy_error *err);

/* A text standing for sections of the configuration: the digest of their canonical forms. */
GY_MUST_USE gy_status gy_run_settings(const gy_run_context *run, const gy_config_section *sections, size_t n,
                                      const char *further, char hex[GY_FINGERPRINT_CHARS + 1], gy_error *err);

/* What the feature SQL and kernel are told of a project whose order_items have values for these roles. */
gy_feature_query gy_run_feature_query(const gy_run_context *run, gy_role_set present);

/* The same as the features step used it last, from what it left in `run->totals`. */
gy_feature_query gy_run_stored_query(const gy_run_context *run);

/* SQL that holds where the customer in `column` ("s.customer_id") refused analytics, as the consent step
 * found it; gives it, NULL for nobody or when memory is spent. */
char *gy_run_refused_sql(const gy_run_context *run, const char *column);
/* Customers that the features step left out of everything but the totals, because they refused. */
json_int_t gy_run_left_out(const gy_run_context *run);

/* "8911407.904" of an amount in 1/10000; `text` holds at least 32 bytes. */
const char *gy_money_text(int64_t amount, char *text);

#endif
