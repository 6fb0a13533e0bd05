/* SPDX-License-Identifier: Apache-2.0 */
#include "study/run_folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

static const char PARTIAL[] = ".partial";

static char *path_of(const gy_project *project, const char *run, const char *ending) {
  char *path = NULL;
  return asprintf(&path, "%s/runs/%s%s", project->state_dir, run, ending) < 0 ? NULL : path;
}

char *gy_run_folder(const gy_project *project, const char *run) { return path_of(project, run, ""); }

char *gy_run_folder_partial(const gy_project *project, const char *run) {
  return path_of(project, run, PARTIAL);
}

char *gy_run_report(const gy_project *project, const char *run) {
  return path_of(project, run, "/report.html");
}

void gy_run_folders_sweep(const gy_project *project) {
  char *runs = gy_path_join(project->state_dir, "runs");
  DIR *folder = runs != NULL ? opendir(runs) : NULL;
  for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
    size_t length = strlen(entry->d_name), ending = sizeof PARTIAL - 1;
    if (length <= ending || strcmp(entry->d_name + length - ending, PARTIAL) != 0) continue;
    char *path = gy_path_join(runs, entry->d_name);
    if (path != NULL) (void)!gy_dir_remove(path, NULL); /* tried again by the next run */
    free(path);
  }
  if (folder != NULL) closedir(folder);
  free(runs);
}
