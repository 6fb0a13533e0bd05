/* SPDX-License-Identifier: Apache-2.0
 *
 * Points for the tests of clustering. */
#ifndef GYEOL_TESTS_POINTS_H
#define GYEOL_TESTS_POINTS_H

#include <stdint.h>

#include <gyeol/matrix.h>

/* n x d points around k random middles, `apart` standard deviations from each other on average; free(values).
 * Row i belongs to middle i % k. */
gy_matrix make_groups(size_t n, size_t d, int k, double apart, uint64_t seed);

/* Columns of a CSV file of the test data (first line: names), scaled to mean 0 and variance 1 if wanted;
 * skips the test where the file is absent; free(values). */
gy_matrix read_columns(const char *file, const int *columns, size_t n_columns, int standardise);

#endif
