/* SPDX-License-Identifier: Apache-2.0
 *
 * How good is a clustering, and how far does it agree with another?
 *
 * Prints:
 *   silhouette 0.92
 *   agreement with the truth: ARI 0.71, AMI 0.73 */
#include <stdio.h>

#include <gyeol/agreement.h>
#include <gyeol/validity.h>

int main(void) {
  const float rows[] = {0, 0, 1, 0, 0, 1, 10, 10, 11, 10, 10, 11};
  const int32_t labels[] = {0, 0, 0, 1, 1, 1}, truth[] = {0, 0, 0, 1, 1, 2};
  gy_clustering clustering = {{rows, 6, 2}, labels, 2};
  gy_labeling a = {.labels = labels, .n_clusters = 2}, b = {.labels = truth, .n_clusters = 3};
  gy_silhouette silhouette;
  gy_agreement agreement;
  gy_error err = {0};
  gy_status status = gy_silhouette_exact(&clustering, NULL, &silhouette, NULL, NULL, &err);
  if (status == GY_OK) printf("silhouette %.2f\n", silhouette.mean);
  if (status == GY_OK) status = gy_agreement_of(&a, &b, 6, &agreement, &err);
  if (status == GY_OK)
    printf("agreement with the truth: ARI %.2f, AMI %.2f\n", agreement.adjusted_rand,
           agreement.adjusted_arithmetic);
  if (status != GY_OK) fprintf(stderr, "%s\n", err.text);
  return gy_status_exit_code(status);
}
