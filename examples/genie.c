/* SPDX-License-Identifier: Apache-2.0
 *
 * Two chains of customers: Genie follows each to its end.
 *
 * Prints:
 *   labels 0 0 0 0 1 1 1 1 */
#include <stdio.h>

#include <gyeol/genie.h>

int main(void) {
  const float rows[] = {0, 0, 1, 0.1f, 2, 0, 3, 0.1f, 0, 5, 1, 5.1f, 2, 5, 3, 5.1f};
  int32_t labels[8];
  gy_genie_options options = gy_genie_defaults(2);
  gy_genie model;
  gy_error err = {0};
  if (gy_genie_fit((gy_matrix){rows, 8, 2}, &options, NULL, &model, labels, &err) != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  printf("labels");
  for (int i = 0; i < 8; i++) printf(" %d", labels[i]);
  putchar('\n');
  gy_genie_clear(&model);
  return 0;
}
