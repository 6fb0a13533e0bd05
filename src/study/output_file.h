/* SPDX-License-Identifier: Apache-2.0
 *
 * A file that appears under its name only when it is complete.
 *
 * What is written goes to ".<name>.partial" in the same directory; commit makes it durable and renames it.
 * A process that dies leaves only the partial file, which the next one replaces. */
#ifndef GYEOL_STUDY_OUTPUT_FILE_H
#define GYEOL_STUDY_OUTPUT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

enum { GY_OUTPUT_PATH_MAX = 4096 };

typedef struct gy_output_file {
  int descriptor; /* -1: nothing is open */
  uint64_t bytes;
  char path[GY_OUTPUT_PATH_MAX];
  char partial[GY_OUTPUT_PATH_MAX];
} gy_output_file;

/* Only sets the names; for a file that another program writes to `partial`. */
GY_MUST_USE gy_status gy_output_file_name(gy_output_file *file, const char *dir, const char *name,
                                          gy_error *err);
GY_MUST_USE gy_status gy_output_file_open(gy_output_file *file, const char *dir, const char *name,
                                          gy_error *err);
GY_MUST_USE gy_status gy_output_file_write(gy_output_file *file, const void *data, size_t length,
                                           gy_error *err);
/* Makes the contents durable; the file still has its partial name. */
GY_MUST_USE gy_status gy_output_file_finish(gy_output_file *file, gy_error *err);
/* Gives a finished file its name. */
GY_MUST_USE gy_status gy_output_file_publish(gy_output_file *file, gy_error *err);
/* Closes and removes what has not been published. NULL-safe, any number of times. */
void gy_output_file_abandon(gy_output_file *file);

#endif
