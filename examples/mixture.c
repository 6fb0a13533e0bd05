/* SPDX-License-Identifier: Apache-2.0
 *
 * A Gaussian mixture gives every customer a probability of belonging.
 *
 * Prints:
 *   a customer at 2.9: cluster of the low spenders with probability 0.69 */
#include <stdio.h>

#include <gyeol/mixture.h>

int main(void) {
  const float spend[] = {0.0f, 0.5f, 1.0f, 1.5f, 2.0f, 4.0f, 4.5f, 5.0f, 5.5f, 6.0f};
  const float fresh[] = {2.9f};
  float probabilities[2];
  int32_t label;
  gy_mixture_options options = gy_mixture_defaults(2);
  gy_mixture model;
  gy_error err = {0};
  if (gy_mixture_fit((gy_matrix){spend, 10, 1}, &options, NULL, &model, NULL, &err) != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  gy_mixture_rows rows = {.labels = &label, .responsibilities = probabilities};
  gy_status status = gy_mixture_predict(&model, (gy_matrix){fresh, 1, 1}, NULL, &rows, &err);
  bool low = model.means[label] < 3;
  if (status == GY_OK)
    printf("a customer at 2.9: cluster of the %s spenders with probability %.2f\n", low ? "low" : "high",
           (double)probabilities[label]);
  gy_mixture_clear(&model);
  return gy_status_exit_code(status);
}
