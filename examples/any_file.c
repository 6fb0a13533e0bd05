/* SPDX-License-Identifier: Apache-2.0
 *
 * What `gyeol cluster` does, from a program: any file in, labels and a record out.
 *
 *   any_file customers.csv labels.csv */
#include <stdio.h>

#include <gyeol/cluster.h>
#include <gyeol/project.h>

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s INPUT OUTPUT\n", argv[0]);
    return 2;
  }
  gy_cluster_options options = gy_cluster_defaults("kmeans", argv[1]);
  options.output = argv[2];
  options.scale = "robust";
  char *record = NULL;
  gy_error err = {0};
  gy_status status = gy_cluster_file(&options, NULL, &record, &err);
  if (status == GY_OK) puts(record);
  if (status != GY_OK) fprintf(stderr, "%s\n", err.text);
  gy_text_free(record);
  return gy_status_exit_code(status);
}
