/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of a run: which step last ran on what. A step's fingerprint has three parts: its inputs
 * (files, or the fingerprints of the steps it reads from), its settings (the part of gyeol.yaml it
 * reads), and its version (raised when its code changes what it computes). A step runs when any part
 * differs from the stored one, and the differing part is the reason it gives. */
#ifndef GYEOL_STUDY_STEP_H
#define GYEOL_STUDY_STEP_H

#include <jansson.h>
#include <stdbool.h>

#include "engine/engine.h"

enum { GY_FINGERPRINT_CHARS = 32 };

typedef struct gy_fingerprint {
  char inputs[GY_FINGERPRINT_CHARS + 1];
  char settings[GY_FINGERPRINT_CHARS + 1];
  int version;
  const char *reason; /* to run in any case; NULL: the three parts decide */
} gy_fingerprint;

/* Hex digest of texts: each is hashed with its length, so that ("ab", "c") differs from ("a", "bc"). */
typedef struct gy_digest gy_digest;
gy_digest *gy_digest_create(void);                        /* NULL when memory is spent */
void gy_digest_text(gy_digest *digest, const char *text); /* NULL text and digest are fine */
/* Destroys the digest. */
void gy_digest_finish(gy_digest *digest, char hex[GY_FINGERPRINT_CHARS + 1]);

/* One text standing for the whole fingerprint, for steps downstream. */
void gy_fingerprint_text(const gy_fingerprint *fingerprint, char hex[GY_FINGERPRINT_CHARS + 1]);

typedef struct gy_run_log {
  gy_engine *engine;
  const char *run; /* id of the run in progress */
  bool force;
  json_t *steps; /* what happened, for the manifest */
  bool changed;  /* some step ran */
} gy_run_log;

/* What step `step` left: its detail (a new reference; NULL where it never ran or, with `inputs`, ran on other
 * inputs than these), the run that left it, and the text of its fingerprint for steps downstream. */
typedef struct gy_step_record {
  json_t *detail;
  char run[32];
  char text[GY_FINGERPRINT_CHARS + 1];
} gy_step_record;

GY_MUST_USE gy_status gy_step_load(gy_engine *engine, const char *step, const char *inputs,
                                   gy_step_record *record, gy_error *err);

/* What a running step measured. */
typedef struct gy_step_report {
  uint64_t rows;
  json_t *detail; /* taken by gy_step_finish; NULL: none */
} gy_step_report;

/* Decides whether `step` must run and says why; a kept step is logged at once. `detail` (may be NULL)
 * receives what the kept step measured when it ran, a new reference. */
GY_MUST_USE gy_status gy_step_start(gy_run_log *log, const char *step, const gy_fingerprint *fingerprint,
                                    bool *must_run, json_t **detail, gy_error *err);

/* Records a step that ran. */
GY_MUST_USE gy_status gy_step_finish(gy_run_log *log, const char *step, const gy_fingerprint *fingerprint,
                                     double seconds, const gy_step_report *report, gy_error *err);

#endif
