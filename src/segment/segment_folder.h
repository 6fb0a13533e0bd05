/* SPDX-License-Identifier: Apache-2.0
 *
 * The folder segments/ of a project: every *.yaml in it is a segment, macros.yaml the expressions that all of
 * them may use. A file that cannot be read says why and hinders no other one. */
#ifndef GYEOL_SEGMENT_SEGMENT_FOLDER_H
#define GYEOL_SEGMENT_SEGMENT_FOLDER_H

#include "segment/segment_file.h"

typedef struct gy_segment_entry {
  char *name;           /* of the segment */
  char *path;           /* "segments/vip.yaml", as errors name it */
  gy_segment_file file; /* empty where `error` says why */
  char *error;          /* NULL: none */
} gy_segment_entry;

typedef struct gy_segment_folder {
  char *path; /* of the folder itself */
  gy_segment_entry *entries;
  size_t n; /* by name */
  gy_macro_file macros;
  char *macros_error; /* NULL: none */
} gy_segment_folder;

enum { GY_SEGMENTS_MAX = 2000 };

/* Reads the folder below `root`; there may be none. Fails for want of memory or rights only. Clear in either
 * case. */
GY_MUST_USE gy_status gy_segment_folder_load(const char *root, gy_segment_folder *folder, gy_error *err);
void gy_segment_folder_clear(gy_segment_folder *folder);

/* NULL: there is none of that name. */
const gy_segment_entry *gy_segment_folder_find(const gy_segment_folder *folder, const char *name);

/* Reads one more file as if it stood in the folder, in place of the one of the same name. */
GY_MUST_USE gy_status gy_segment_folder_put(gy_segment_folder *folder, const char *path, gy_error *err);

/* Takes another definition for the segment that entry `i` is: `text`, which errors call `path`. */
GY_MUST_USE gy_status gy_segment_folder_replace(gy_segment_folder *folder, size_t i, const char *text,
                                                const char *path, gy_error *err);

#endif
