/* SPDX-License-Identifier: Apache-2.0
 *
 * Receipts of forgetting: STATE/receipts/TIME-N.json. They say what was removed where, never who: people
 * stand in them by references, digests that only the project's key makes. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "study/forgetting.h"

enum { RECEIPT_MAX = 64 << 20, NUMBERS_MAX = 10000 };

char *gy_receipt_path(const gy_project *project, const char *name) {
  char *path = NULL;
  return asprintf(&path, "%s/receipts/%s.json", project->state_dir, name) < 0 ? NULL : path;
}

gy_status gy_receipt_name(const gy_project *project, int64_t now_us, char name[40], gy_error *err) {
  time_t seconds = (time_t)(now_us / 1000000);
  struct tm parts;
  gmtime_r(&seconds, &parts);
  size_t used = strftime(name, 40, "%Y%m%dT%H%M%SZ", &parts);
  for (int n = 1; n < NUMBERS_MAX; n++) {
    snprintf(name + used, 40 - used, "-%d", n);
    char *path = gy_receipt_path(project, name);
    if (path == NULL) return gy_fail(err, GY_ENOMEM, "no memory for a receipt");
    bool taken = gy_path_exists(path);
    free(path);
    if (!taken) return GY_OK;
  }
  return gy_fail(err, GY_ELIMIT, "%s has too many receipts of this second; try again", project->state_dir);
}

static bool has_one_of(const json_t *receipt, const json_t *references) {
  const json_t *own = json_object_get(receipt, "references");
  size_t i, k;
  json_t *a, *b;
  json_array_foreach(references, i, a) {
    json_array_foreach(own, k, b) {
      if (json_equal(a, b)) return true;
    }
  }
  return false;
}

static gy_status look_into(const char *folder, const char *file, const json_t *references, char name[40],
                           gy_error *err) {
  size_t length = strlen(file);
  if (length < 6 || length - 5 >= 40 || strcmp(file + length - 5, ".json") != 0) return GY_OK;
  char *path = gy_path_join(folder, file);
  gy_buffer text;
  gy_buffer_init(&text, RECEIPT_MAX);
  gy_status status =
      path != NULL ? gy_file_read(path, &text, err) : gy_fail(err, GY_ENOMEM, "no memory for a receipt");
  json_t *receipt = status == GY_OK && text.data != NULL ? json_loads(text.data, 0, NULL) : NULL;
  bool is_newer = strncmp(file, name, length - 5) > 0;
  if (is_newer && has_one_of(receipt, references)) snprintf(name, 40, "%.*s", (int)(length - 5), file);
  json_decref(receipt);
  gy_buffer_clear(&text);
  free(path);
  return status;
}

gy_status gy_receipt_find(const gy_project *project, const json_t *references, char name[40], gy_error *err) {
  name[0] = '\0';
  char *folder = gy_path_join(project->state_dir, "receipts");
  DIR *list = folder != NULL ? opendir(folder) : NULL;
  gy_status status = folder != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for a receipt");
  for (struct dirent *entry; list != NULL && status == GY_OK && (entry = readdir(list)) != NULL;)
    status = look_into(folder, entry->d_name, references, name, err);
  if (list != NULL) closedir(list);
  free(folder);
  return status;
}
