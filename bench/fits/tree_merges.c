/* SPDX-License-Identifier: Apache-2.0
 *
 * The merges of a dendrogram, for bench/peers_check_hierarchical.py to compare with scipy's.
 *
 *   tree_merges LINKAGE FILE ROWS COLUMNS       FILE: row-major floats; writes "a b height size" lines */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/hierarchical.h>

int main(int argc, char **argv) {
  gy_linkage linkage = GY_LINKAGE_WARD;
  if (argc != 5) return 2;
  while (linkage < GY_LINKAGE_COUNT && strcmp(gy_linkage_name(linkage), argv[1]) != 0) linkage++;
  size_t n = strtoul(argv[3], NULL, 10), d = strtoul(argv[4], NULL, 10);
  float *x = malloc(n * d * sizeof *x);
  FILE *file = fopen(argv[2], "rb");
  if (x == NULL || file == NULL || fread(x, sizeof *x, n * d, file) != n * d) return 1;
  fclose(file);
  gy_dendrogram tree;
  gy_error err = {0};
  gy_hierarchical_options options = gy_hierarchical_defaults(linkage);
  if (gy_hierarchical_fit((gy_matrix){x, n, d}, &options, NULL, &tree, &err) != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  for (size_t i = 0; i + 1 < n; i++)
    printf("%d %d %.17g %.17g\n", tree.merges[i].a, tree.merges[i].b, tree.merges[i].height,
           tree.merges[i].size);
  gy_dendrogram_clear(&tree);
  free(x);
  return 0;
}
