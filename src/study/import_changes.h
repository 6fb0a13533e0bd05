/* SPDX-License-Identifier: Apache-2.0
 *
 * What became of the files of a source since they were imported. Nothing is guessed: a file counts as
 * unchanged when the system says that nobody touched it, or when all its bytes hash to what they did; it
 * counts as grown when the bytes that were there do. That they do may be proved while what was added is
 * read: such a file is presumed to have grown, and what was made of it must not stay before the proof. */
#ifndef GYEOL_STUDY_IMPORT_CHANGES_H
#define GYEOL_STUDY_IMPORT_CHANGES_H

#include "study/import_state.h"

typedef enum gy_file_fate {
  GY_FILE_NEW,
  GY_FILE_KEPT,
  GY_FILE_RENAMED,
  GY_FILE_GROWN,    /* the old bytes are its beginning, and it can be read on from there */
  GY_FILE_REPLACED, /* other bytes under the same name */
  GY_FILE_FATE_COUNT,
} gy_file_fate;

const char *gy_file_fate_name(gy_file_fate fate); /* "new"; never NULL */

typedef struct gy_file_change {
  const char *path;
  gy_file_state state; /* all 0 where there is no such file */
  gy_file_fate fate;
  const gy_import_record *before;          /* NULL: new */
  char content[GY_CONTENT_HASH_CHARS + 1]; /* "" where not all was looked at */
  gy_content_hashing *proof; /* in progress: grown, as far as is known; NULL: nothing is presumed */
} gy_file_change;

typedef struct gy_import_changes {
  gy_file_change *files; /* of now, in the order in which they are read */
  size_t n_files;
  size_t n[GY_FILE_FATE_COUNT];
  size_t n_removed;
  bool touched; /* some kept file's state is another one than stored */
  char **paths;
} gy_import_changes;

/* Lends from `state`. With `presumes`, files may be presumed to have grown. Clear the changes in either case.
 */
GY_MUST_USE gy_status gy_import_changes_find(const char *source, const char *const *patterns,
                                             size_t n_patterns, const gy_import_state *state, bool presumes,
                                             const gy_task *task, gy_import_changes *changes, gy_error *err);
void gy_import_changes_clear(gy_import_changes *changes);

/* Completes all proofs and fills in what the files hold; `proved` is false when a file did not just grow. */
GY_MUST_USE gy_status gy_import_changes_prove(gy_import_changes *changes, bool *proved, gy_error *err);
/* Gives up proofs in progress: nothing that was presumed will be relied on. */
void gy_import_changes_abandon(gy_import_changes *changes);

/* Whether anything but a file's time changed. */
bool gy_import_changes_any(const gy_import_changes *changes, const gy_import_state *state);

/* GY_EIO when a file (only those that are read, if so) is no longer as it was found. */
GY_MUST_USE gy_status gy_import_changes_check(const char *source, const gy_import_changes *changes,
                                              bool only_read, gy_error *err);

#endif
