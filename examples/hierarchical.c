/* SPDX-License-Identifier: Apache-2.0
 *
 * A tree over five customers, and its cut in two.
 *
 * Prints:
 *   0 + 1 at 1.00
 *   3 + 4 at 1.00
 *   2 + 5 at 2.89
 *   6 + 7 at 15.75
 *   labels 0 0 0 1 1 */
#include <stdio.h>

#include <gyeol/hierarchical.h>

int main(void) {
  const float spend[] = {1, 2, 4, 12, 13};
  int32_t labels[5];
  gy_dendrogram tree;
  gy_error err = {0};
  gy_hierarchical_options options = gy_hierarchical_defaults(GY_LINKAGE_WARD);
  gy_status status = gy_hierarchical_fit((gy_matrix){spend, 5, 1}, &options, NULL, &tree, &err);
  if (status != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    return gy_status_exit_code(status);
  }
  for (int i = 0; i < 4; i++)
    printf("%d + %d at %.2f\n", tree.merges[i].a, tree.merges[i].b, tree.merges[i].height);
  status = gy_dendrogram_cut(&tree, 2, labels, &err);
  if (status == GY_OK)
    printf("labels %d %d %d %d %d\n", labels[0], labels[1], labels[2], labels[3], labels[4]);
  gy_dendrogram_clear(&tree);
  return gy_status_exit_code(status);
}
