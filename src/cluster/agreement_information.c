/* SPDX-License-Identifier: Apache-2.0
 *
 * Mutual information of two clusterings, and what chance alone would give.
 *
 * With the sizes a_i and b_j fixed, the count n_ij of a cell is hypergeometric, so that the expected mutual
 * information is a sum over cells and counts (Vinh, Epps and Bailey 2010),
 *
 *     E = sum_ij sum_n  n/N log(N n / (a_i b_j))  P(n | a_i, b_j, N).
 *
 * The probabilities of one cell follow each other by a ratio of small whole numbers. Begin at the likeliest
 * count, go up and down until nothing is left: about sqrt(N) terms, and no factorial but one. */
#include <math.h>

#include "cluster/joint_counts.h"

/* Terms below this share of the likeliest one are left. */
#define NEGLIGIBLE 1e-30

static double log_factorial(double x) {
  int sign;
  return lgamma_r(x + 1, &sign);
}

static double log_probability(double n, double a, double b, double total) {
  return log_factorial(a) + log_factorial(b) + log_factorial(total - a) + log_factorial(total - b) -
         log_factorial(total) - log_factorial(n) - log_factorial(a - n) - log_factorial(b - n) -
         log_factorial(total - a - b + n);
}

static double term(double n, double a, double b, double total) {
  return n > 0 ? n / total * log(total * n / (a * b)) : 0;
}

static double expected_of_cell(double a, double b, double total) {
  double least = fmax(0, a + b - total), most = fmin(a, b);
  double mode = fmin(fmax(floor((a + 1) * (b + 1) / (total + 2)), least), most);
  double likeliest = exp(log_probability(mode, a, b, total));
  double sum = likeliest * term(mode, a, b, total), p = likeliest;
  for (double n = mode; n < most && p > NEGLIGIBLE * likeliest; n++) {
    p *= (a - n) * (b - n) / ((n + 1) * (total - a - b + n + 1));
    sum += p * term(n + 1, a, b, total);
  }
  p = likeliest;
  for (double n = mode; n > least && p > NEGLIGIBLE * likeliest; n--) {
    p *= n * (total - a - b + n) / ((a - n + 1) * (b - n + 1));
    sum += p * term(n - 1, a, b, total);
  }
  return sum;
}

static double expected_information(const gy_joint_counts *counts) {
  double sum = 0;
  for (size_t i = 0; i < counts->k_a; i++)
    for (size_t j = 0; j < counts->k_b; j++)
      if (counts->rows[i] > 0 && counts->columns[j] > 0)
        sum += expected_of_cell((double)counts->rows[i], (double)counts->columns[j], (double)counts->n);
  return sum;
}

static double entropy(const int64_t *sizes, size_t k, double total) {
  double sum = 0;
  for (size_t i = 0; i < k; i++) {
    double share = (double)sizes[i] / total;
    if (sizes[i] > 0) sum -= share * log(share);
  }
  return sum;
}

static double mutual_information(const gy_joint_counts *counts) {
  double sum = 0, total = (double)counts->n;
  for (size_t i = 0; i < counts->k_a; i++) {
    for (size_t j = 0; j < counts->k_b; j++) {
      double n = (double)counts->cells[i * counts->k_b + j];
      sum += n > 0 ? term(n, (double)counts->rows[i], (double)counts->columns[j], total) : 0;
    }
  }
  return fmax(sum, 0);
}

/* Each cluster of one is a cluster of the other. */
static bool is_equal(const gy_joint_counts *counts) {
  for (size_t i = 0; i < counts->k_a; i++) {
    for (size_t j = 0; j < counts->k_b; j++) {
      int64_t n = counts->cells[i * counts->k_b + j];
      if (n > 0 && (n != counts->rows[i] || n != counts->columns[j])) return false;
    }
  }
  return true;
}

static double share_of(double part, double whole) { return whole > 0 ? part / whole : 1; }

/* Random clusterings may already have all the information that there is. */
static double adjusted(double information, double expected, double most) {
  double room = most - expected;
  return fabs(room) > 1e-15 * fmax(most, 1) ? (information - expected) / room : 0;
}

void gy_agreement_information(const gy_joint_counts *counts, gy_agreement *r) {
  double total = (double)counts->n;
  r->mutual_information = mutual_information(counts);
  r->entropy_a = entropy(counts->rows, counts->k_a, total);
  r->entropy_b = entropy(counts->columns, counts->k_b, total);
  r->expected_information = expected_information(counts);
  double mean = (r->entropy_a + r->entropy_b) / 2, larger = fmax(r->entropy_a, r->entropy_b);
  if (is_equal(counts)) {
    r->normalised_arithmetic = r->normalised_max = r->adjusted_arithmetic = r->adjusted_max = 1;
    r->homogeneity = r->completeness = r->v_measure = 1;
    return;
  }
  r->normalised_arithmetic = r->mutual_information / mean;
  r->normalised_max = r->mutual_information / larger;
  r->adjusted_arithmetic = adjusted(r->mutual_information, r->expected_information, mean);
  r->adjusted_max = adjusted(r->mutual_information, r->expected_information, larger);
  r->homogeneity = share_of(r->mutual_information, r->entropy_b);
  r->completeness = share_of(r->mutual_information, r->entropy_a);
  double sum = r->homogeneity + r->completeness;
  r->v_measure = sum > 0 ? 2 * r->homogeneity * r->completeness / sum : 0;
}
