/* SPDX-License-Identifier: Apache-2.0 */
#include "data/xlsx_place.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "data/xlsx_archive.h"

const char *gy_xlsx_path_sheet(const char *path) {
  char file[PATH_MAX];
  if (strchr(path, '#') == NULL || access(path, F_OK) == 0) return NULL;
  for (const char *mark = strchr(path, '#'); mark != NULL; mark = strchr(mark + 1, '#')) {
    int length = snprintf(file, sizeof file, "%.*s", (int)(mark - path), path);
    if (length > 0 && (size_t)length < sizeof file && gy_xlsx_is_archive(file)) return mark + 1;
  }
  return NULL;
}
