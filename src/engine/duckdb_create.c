/* SPDX-License-Identifier: Apache-2.0
 *
 * A store that is new. DuckDB writes the three headers of a fresh file one after the other, and refuses a
 * file that has fewer; so a process that is killed in between would leave a project that cannot be opened.
 * The file is therefore made beside its place and linked there when it is whole: readers see none or all of
 * it, and of two processes that do this at once one is first. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/duckdb_store.h"

/* "STORE.new-PROCESS" */
static const char MARK[] = ".new-";

/* Removes what processes left that are no more. */
static void sweep(const char *path) {
  const char *name = gy_path_name(path);
  size_t length = strlen(name);
  char *folder_path = name > path ? strndup(path, (size_t)(name - path)) : strdup(".");
  DIR *folder = folder_path != NULL ? opendir(folder_path) : NULL;
  for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
    if (strncmp(entry->d_name, name, length) != 0 ||
        strncmp(entry->d_name + length, MARK, sizeof MARK - 1) != 0)
      continue;
    long process = strtol(entry->d_name + length + sizeof MARK - 1, NULL, 10);
    if (process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH)
      unlinkat(dirfd(folder), entry->d_name, 0);
  }
  if (folder != NULL) closedir(folder);
  free(folder_path);
}

static gy_status make_beside(const char *path, const char *beside, gy_error *err) {
  duckdb_config config = NULL;
  duckdb_database database = NULL;
  char *why = NULL;
  gy_status status = GY_OK;
  unlink(beside); /* of an earlier process of this number */
  if (duckdb_create_config(&config) != DuckDBSuccess ||
      duckdb_set_config(config, "threads", "1") != DuckDBSuccess)
    status = gy_fail(err, GY_ENOMEM, "no memory to open the store");
  else if (duckdb_open_ext(beside, &database, config, &why) != DuckDBSuccess)
    status = store_fail(path, why, NULL, err);
  duckdb_close(&database);
  duckdb_destroy_config(&config);
  duckdb_free(why);
  return status;
}

gy_status store_create(const char *path, gy_error *err) {
  char *beside = NULL;
  if (gy_path_exists(path)) return GY_OK;
  sweep(path);
  if (asprintf(&beside, "%s%s%ld", path, MARK, (long)getpid()) < 0)
    return gy_fail(err, GY_ENOMEM, "no memory to open the store");
  gy_status status = make_beside(path, beside, err);
  /* Where it cannot be linked, because another one is there or files have one name here, DuckDB sees to it.
   */
  if (status == GY_OK && link(beside, path) == 0) gy_file_flush_folder(path);
  unlink(beside);
  free(beside);
  return status;
}
