/* SPDX-License-Identifier: Apache-2.0
 *
 * One column at a time: its values are laid out group after group (a counting sort), so that each
 * group's median is a selection over a contiguous run and its moments are one pass. Sums run in row
 * order within a group, whatever the number of threads, since a column belongs to one thread. */
#include "segment/profile.h"

#include <math.h>
#include <stdlib.h>

#include "num/quantile.h"

typedef struct {
  size_t n;
  double sum;
  double squares; /* of deviations from the column's own pivot */
} moments;

static double on_scale(double value, bool log) { return log ? copysign(log1p(fabs(value)), value) : value; }

/* Cohen's d of one group against everything else, from the two sets of moments. */
static double cohen_d(moments group, moments all) {
  moments rest = {all.n - group.n, all.sum - group.sum, all.squares - group.squares};
  if (group.n < 2 || rest.n < 2) return 0;
  double mean_group = group.sum / (double)group.n, mean_rest = rest.sum / (double)rest.n;
  double within = group.squares - group.sum * mean_group + rest.squares - rest.sum * mean_rest;
  double variance = within / (double)(group.n + rest.n - 2);
  double difference = mean_group - mean_rest;
  /* Deviations are sums of squares less their mean's: what is left of rounding is not spread. */
  if (!(variance > 1e-12 * (difference * difference)))
    return difference == 0 ? 0 : copysign(INFINITY, difference);
  return difference / sqrt(variance);
}

typedef struct {
  double *values; /* n of them, group after group */
  size_t *ends;   /* per group, and one for those in no group */
  moments *groups;
} scratch;

static size_t bucket_of(int32_t label, size_t n_groups) { return label < 0 ? n_groups : (size_t)label; }

/* Lays the column's present values out by group; afterwards ends[g] is one past group g's last. */
static void lay_out(const gy_profile_column *column, size_t n, const int32_t *labels, size_t n_groups,
                    scratch *s) {
  for (size_t g = 0; g <= n_groups; g++) s->ends[g] = 0;
  for (size_t i = 0; i < n; i++)
    if (!isnan(column->values[i])) s->ends[bucket_of(labels[i], n_groups)]++;
  size_t start = 0;
  for (size_t g = 0; g <= n_groups; g++) {
    size_t count = s->ends[g];
    s->ends[g] = start;
    start += count;
  }
  for (size_t i = 0; i < n; i++)
    if (!isnan(column->values[i])) s->values[s->ends[bucket_of(labels[i], n_groups)]++] = column->values[i];
}

static double mean_of(const double *values, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += values[i];
  return n > 0 ? sum / (double)n : NAN;
}

static moments moments_of(const double *values, size_t n, bool log, double pivot) {
  moments m = {.n = n};
  for (size_t i = 0; i < n; i++) {
    double x = on_scale(values[i], log) - pivot;
    m.sum += x;
    m.squares += x * x;
  }
  return m;
}

static double median_of(double *values, size_t n) {
  if (n == 0) return NAN;
  static const double HALF = 0.5;
  double median;
  gy_quantiles(values, n, &HALF, 1, &median);
  return median;
}

static void profile_column(const gy_profile_column *column, size_t n, const int32_t *labels, size_t n_groups,
                           size_t n_columns, scratch *s, gy_profile_cell *cells) {
  lay_out(column, n, labels, n_groups, s);
  size_t total = s->ends[n_groups];
  double pivot = total > 0 ? on_scale(s->values[0], column->log) : 0;
  moments all = {0};
  for (size_t g = 0, start = 0; g <= n_groups; start = s->ends[g++]) {
    s->groups[g] = moments_of(s->values + start, s->ends[g] - start, column->log, pivot);
    all.n += s->groups[g].n;
    all.sum += s->groups[g].sum;
    all.squares += s->groups[g].squares;
  }
  for (size_t g = 0, start = 0; g < n_groups; start = s->ends[g++]) {
    size_t members = s->ends[g] - start;
    cells[g * n_columns] = (gy_profile_cell){.mean = mean_of(s->values + start, members),
                                             .effect = cohen_d(s->groups[g], all),
                                             .median = median_of(s->values + start, members)};
  }
  cells[n_groups * n_columns] =
      (gy_profile_cell){.mean = mean_of(s->values, total), .median = median_of(s->values, total)};
}

gy_status gy_profile_columns(const gy_profile_column *columns, size_t n_columns, size_t n,
                             const int32_t *labels, size_t n_groups, const gy_task *task,
                             gy_profile_cell *cells, gy_error *err) {
  bool short_of_memory = false;
#pragma omp parallel num_threads(gy_task_threads(task)) reduction(|| : short_of_memory)
  {
    scratch s = {.values = malloc((n > 0 ? n : 1) * sizeof(double)),
                 .ends = malloc((n_groups + 1) * sizeof(size_t)),
                 .groups = malloc((n_groups + 1) * sizeof(moments))};
    short_of_memory = s.values == NULL || s.ends == NULL || s.groups == NULL;
#pragma omp for schedule(dynamic)
    for (size_t c = 0; c < n_columns; c++) {
      if (short_of_memory || gy_task_cancelled(task)) continue;
      profile_column(&columns[c], n, labels, n_groups, n_columns, &s, cells + c);
    }
    free(s.values);
    free(s.ends);
    free(s.groups);
  }
  if (short_of_memory) return gy_fail(err, GY_ENOMEM, "no memory to profile %zu customers", n);
  return gy_task_check(task, err);
}

double gy_profile_share_effect(double share, double other_share) {
  return 2 * (asin(sqrt(share)) - asin(sqrt(other_share)));
}
