/* SPDX-License-Identifier: Apache-2.0
 *
 * The segments of a folder, judged together before any of them is evaluated: does each rule hold against the
 * catalogue, which segments does it use, and do they use each other in a circle? A segment that does not hold
 * keeps the members it last had; whoever uses it uses those. */
#ifndef GYEOL_STUDY_SEGMENT_JUDGE_H
#define GYEOL_STUDY_SEGMENT_JUDGE_H

#include "study/segment_catalogue.h"
#include "study/step.h"

/* What the store knows of a segment. */
typedef struct gy_segment_known {
  int64_t no;      /* 0: it is new */
  int64_t version; /* of its last good definition; 0: it never had one */
  char hash[GY_FINGERPRINT_CHARS + 1];
  int64_t members;
  bool is_stored, is_removed, has_error; /* it has a row; its file was gone; it had an error */
} gy_segment_known;

typedef struct gy_segment_judged {
  const gy_segment_entry *entry;
  gy_segment_known known;
  char *error; /* NULL: it can be evaluated */
  char *text;  /* its whole rule; NULL for a list */
  char *own;   /* of an exclusive set: its rule before those that come first; else NULL */
  bool *uses;  /* by position in the folder */
  char hash[GY_FINGERPRINT_CHARS + 1]; /* of the definition, the macros it names and its list */
  bool is_changed;                     /* it or one that it uses has another definition than last time */
  bool is_kept;   /* nothing that it says or reads changed: its members stay as they are */
  bool is_scoped; /* only customers of segment_scope can have changed (segment_scope.h) */
  int64_t answer; /* its place in the set's answers; -1: none */
} gy_segment_judged;

typedef struct gy_segment_judgement {
  const gy_segment_folder *folder;
  gy_segment_catalogue catalogue;
  gy_segment_judged *segments; /* as the folder's entries */
  size_t n;
  gy_rule_set *set; /* of all that hold and are no lists; NULL: there are none */
  char *list_root;  /* folder that list files are relative to */
} gy_segment_judgement;

/* Judges and compiles. Problems of single segments are theirs; an error here is one of all. Clear in either
 * case; the folder must outlive it. */
GY_MUST_USE gy_status gy_segment_judge(const gy_run_context *run, const gy_segment_folder *folder,
                                       int64_t now_us, gy_segment_judgement *judgement, gy_error *err);
void gy_segment_judgement_clear(gy_segment_judgement *judgement);

/* The rules that hold, as one set is compiled of them: the definition of segment s is items[s's answer].
 * Those of exclusive segments before their turn are named "NAME (all)". Lends the texts. */
typedef struct gy_segment_definitions {
  gy_rule_definition *items;
  size_t n;
  char **names; /* owned */
  size_t n_names;
} gy_segment_definitions;

GY_MUST_USE gy_status gy_segment_definitions_make(const gy_segment_judgement *judgement,
                                                  gy_segment_definitions *definitions, gy_error *err);
void gy_segment_definitions_clear(gy_segment_definitions *definitions);

/* The file of a list, to be freed; NULL when memory is spent. */
char *gy_segment_list_path(const gy_segment_judgement *judgement, size_t segment);

#endif
