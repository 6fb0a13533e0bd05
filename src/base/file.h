/* SPDX-License-Identifier: Apache-2.0
 *
 * Files and folders with sentences for errors. Whatever is written here is atomic: readers see the old
 * file or the new one, never a half. */
#ifndef GYEOL_BASE_FILE_H
#define GYEOL_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include <gyeol/status.h>

/* Sets `err` from errno: "cannot ACTION PATH: REASON"; a full disk is GY_ENOSPACE, a missing file
 * GY_ENOTFOUND, the rest GY_EIO. Returns the code. */
gy_status gy_fail_errno(gy_error *err, const char *action, const char *path);

/* Reads a whole file into `buffer` (initialised; its maximum is the limit). */
GY_MUST_USE gy_status gy_file_read(const char *path, gy_buffer *buffer, gy_error *err);

/* Replaces `path` by these bytes: written beside it, flushed to disk, renamed. */
GY_MUST_USE gy_status gy_file_replace(const char *path, const void *bytes, size_t length, gy_error *err);

/* The same for what its owner alone may read. */
GY_MUST_USE gy_status gy_file_replace_private(const char *path, const void *bytes, size_t length,
                                              gy_error *err);

/* Makes names that were given or removed in the folder of `path` durable; a file system that cannot flush a
 * folder is no error. */
void gy_file_flush_folder(const char *path);

/* Makes a folder and its parents; no error when it is there. */
GY_MUST_USE gy_status gy_dir_create(const char *path, gy_error *err);

/* Removes a folder and everything in it; no error when it is not there. */
GY_MUST_USE gy_status gy_dir_remove(const char *path, gy_error *err);

bool gy_path_exists(const char *path);
bool gy_path_is_dir(const char *path);

/* Is it reached by an address, like postgresql://host/database#table? */
bool gy_path_is_address(const char *path);

/* Gives "a/b" ("b" when it is absolute, an address, or `a` is empty); NULL when memory is spent. */
char *gy_path_join(const char *a, const char *b);

/* The part of a path after its last slash, of an address after its last slash before any #; lends. */
const char *gy_path_name(const char *path);

#endif
