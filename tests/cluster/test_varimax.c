/* SPDX-License-Identifier: Apache-2.0
 *
 * Varimax against R's `varimax`, and against its laws: a rotation that keeps communalities and does not lower
 * the criterion. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/pca.h>

#include "cluster/points.h"

/* The criterion, after Kaiser's normalisation. */
static double criterion(const double *loadings, size_t d, size_t k) {
  double total = 0;
  for (size_t p = 0; p < k; p++) {
    double squares = 0, fourths = 0;
    for (size_t j = 0; j < d; j++) {
      double communality = 0;
      for (size_t q = 0; q < k; q++) communality += loadings[j * k + q] * loadings[j * k + q];
      double s = communality > 0 ? loadings[j * k + p] * loadings[j * k + p] / communality : 0;
      squares += s;
      fourths += s * s;
    }
    total += fourths / (double)d - squares * squares / (double)(d * d);
  }
  return total;
}

Test(varimax, is_a_rotation_that_does_not_lower_the_criterion) {
  static const size_t shapes[][2] = {{1, 1}, {1, 3}, {2, 2}, {6, 3}, {20, 5}, {40, 8}, {3, 6}};
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    size_t d = shapes[s][0], k = shapes[s][1];
    gy_matrix x = make_groups(d, k, 2, 2, s);
    double *before = malloc(d * k * sizeof *before), *after = malloc(d * k * sizeof *after);
    double *rotation = malloc(k * k * sizeof *rotation), *communalities = malloc(d * sizeof *communalities);
    for (size_t i = 0; i < d * k; i++) before[i] = after[i] = (double)x.values[i];
    gy_varimax_result result;
    cr_assert_eq(gy_varimax(after, d, k, true, rotation, communalities, &result, NULL), GY_OK);
    cr_expect(result.converged, "%zu x %zu: %d sweeps", d, k, result.iterations);
    cr_expect(criterion(after, d, k) >= criterion(before, d, k) - 1e-12, "%zu x %zu", d, k);
    for (size_t j = 0; j < d; j++) {
      double communality = 0;
      for (size_t p = 0; p < k; p++) {
        double product = 0;
        for (size_t q = 0; q < k; q++) product += before[j * k + q] * rotation[q * k + p];
        cr_expect_float_eq(product, after[j * k + p], 1e-12);
        communality += after[j * k + p] * after[j * k + p];
      }
      cr_expect_float_eq(communality, communalities[j], 1e-11);
    }
    for (size_t p = 0; p < k; p++)
      for (size_t q = 0; q < k; q++) {
        double dot = 0;
        for (size_t l = 0; l < k; l++) dot += rotation[l * k + p] * rotation[l * k + q];
        cr_expect_float_eq(dot, p == q, 1e-12);
      }
    free(before);
    free(after);
    free(rotation);
    free(communalities);
    free((void *)x.values);
  }
}

Test(varimax, finds_the_simple_structure_that_was_turned_away) {
  /* Three factors with four columns each, mixed by a rotation of all three planes. */
  double simple[12 * 3] = {0}, mixed[12 * 3];
  for (size_t j = 0; j < 12; j++)
    simple[j * 3 + j / 4] = 0.9 - 0.01 * (double)(j / 4) - 0.02 * (double)(j % 4);
  memcpy(mixed, simple, sizeof mixed);
  for (size_t p = 0; p < 3; p++)
    for (size_t q = p + 1; q < 3; q++)
      for (size_t j = 0; j < 12; j++) {
        double a = mixed[j * 3 + p], b = mixed[j * 3 + q];
        mixed[j * 3 + p] = 0.8 * a - 0.6 * b;
        mixed[j * 3 + q] = 0.6 * a + 0.8 * b;
      }
  gy_varimax_result result;
  cr_assert_eq(gy_varimax(mixed, 12, 3, true, NULL, NULL, &result, NULL), GY_OK);
  for (size_t i = 0; i < 12 * 3; i++) cr_expect_float_eq(mixed[i], simple[i], 1e-12, "%zu: %g", i, mixed[i]);
}

/* varimax(x, normalize = TRUE, eps = 1e-15) of R 4.2.2, factors put in gyeol's order and signs. */
Test(varimax, agrees_with_r) {
  double loadings[] = {-0.626, 0.487,  -0.621, 0.184, 0.738, -2.215, -0.836, 0.576, 1.125,
                       1.595,  -0.305, -0.045, 0.33,  1.512, -0.016, -0.82,  0.39,  0.944};
  static const double expected[] = {
      0.026366107309517,  0.981240394626182,  0.226181600355110,  1.695184758081006, 1.433056098545690,
      0.746608233540754,  -1.493420207220723, 0.092083184514066,  0.239820290623121, 1.014935258666048,
      -1.234715346778607, 0.290619051587926,  -0.128426571969534, 0.200982516102155, 1.529186922463503,
      -1.300599198910048, 0.137740943176845,  0.071450376956975};
  gy_varimax_result result;
  cr_assert_eq(gy_varimax(loadings, 6, 3, true, NULL, NULL, &result, NULL), GY_OK);
  for (size_t i = 0; i < 18; i++)
    cr_expect_float_eq(loadings[i], expected[i], 1e-7, "%zu: %.12f, R has %.12f", i, loadings[i],
                       expected[i]);
}

Test(varimax, refuses_in_a_sentence) {
  gy_error err = {0};
  gy_varimax_result result;
  double loadings[] = {1, NAN};
  cr_expect_eq(gy_varimax(loadings, 1, 2, true, NULL, NULL, &result, &err), GY_EDATA);
  cr_expect(strstr(err.text, "factor 2") != NULL, "%s", err.text);
  cr_expect_eq(gy_varimax(loadings, 0, 2, true, NULL, NULL, &result, &err), GY_EDATA);
}
