/* SPDX-License-Identifier: Apache-2.0
 *
 * The definition of one segment, as a YAML file of a project says it (segments/vip.yaml is the segment vip):
 *
 *   title: {ko: 우수 고객, en: VIP}
 *   description: who should hear of new things first
 *   owner: crm@shop.example
 *   tags: [retention]
 *   purpose: marketing           # what its customers must have agreed to: consent purposes
 *   rule: monetary >= 1_000_000 and recency_days <= 90
 *
 * In place of `rule` stands a `list`, a file of customer ids, or `sets`, which puts other segments together:
 *
 *   sets: {all: [a, b], any: [c, d], none: [e]}
 *
 * Segments of one `exclusive` set share no customer: who fits several is in the one whose `priority` is the
 * smallest number. */
#ifndef GYEOL_SEGMENT_SEGMENT_FILE_H
#define GYEOL_SEGMENT_SEGMENT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "data/consent_words.h"

enum {
  GY_SEGMENT_FILE_MAX_BYTES = 4 << 20,
  GY_SEGMENT_NAME_MAX = 100, /* bytes */
  GY_SEGMENT_TAGS_MAX = 64,
  GY_SEGMENT_SETS_MAX = 1000, /* names in one list of `sets` */
};

typedef enum gy_segment_form { GY_SEGMENT_BY_RULE, GY_SEGMENT_BY_LIST, GY_SEGMENT_BY_SETS } gy_segment_form;

typedef struct gy_segment_names {
  char **names;
  uint32_t n;
} gy_segment_names;

typedef struct gy_segment_file {
  gy_arena arena; /* owns everything below */
  char *name;     /* the file's name without its ending */
  struct {
    char *ko, *en; /* "": none */
  } title;
  char *description, *owner; /* "": none */
  char **tags;
  uint32_t n_tags;
  gy_purpose purpose;
  char *rule, *list; /* NULL: another form */
  struct {
    char **all, **any, **none;
    uint32_t n_all, n_any, n_none;
  } sets;
  char *exclusive; /* the set it shares no customer in; NULL: none */
  uint32_t priority;
  gy_segment_form form;
  struct {
    int line, column; /* of the rule's first character, from 1 */
    bool has_lines;   /* lines of the rule are lines of the file */
  } place;
} gy_segment_file;

/* Reads a definition; `path` names it in errors and its last part, without the ending, is the segment's name.
 * GY_ECONFIG with path, line and column. Clear in either case. */
GY_MUST_USE gy_status gy_segment_file_parse(const char *text, size_t length, const char *path,
                                            gy_segment_file *file, gy_error *err);
void gy_segment_file_clear(gy_segment_file *file);

/* Appends the definition in its canonical form, which reads as the same. */
GY_MUST_USE gy_status gy_segment_file_emit(const gy_segment_file *file, gy_buffer *out, gy_error *err);

/* The same definition, wherever it was written. */
bool gy_segment_file_equal(const gy_segment_file *a, const gy_segment_file *b);

/* Turns a sentence about the rule ("line 2, column 7: ...") into one about the file ("PATH:9:7: ..."). */
void gy_segment_file_place(const gy_segment_file *file, const char *path, gy_error *err);

/* Whether a text can be a segment's name; if not, why. Lasts for ever. */
const char *gy_segment_name_complaint(const char *name);

/* Macros: expressions that rules call by name, in segments/macros.yaml. */
typedef struct gy_macro_entry {
  char *name, *rule, *description; /* "": none */
  int line;
} gy_macro_entry;

typedef struct gy_macro_file {
  gy_arena arena;
  gy_macro_entry *macros;
  uint32_t n_macros;
} gy_macro_file;

GY_MUST_USE gy_status gy_macro_file_parse(const char *text, size_t length, const char *path,
                                          gy_macro_file *file, gy_error *err);
void gy_macro_file_clear(gy_macro_file *file);

#endif
