/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <gyeol/rfm.h>

#include "feature/order_statistics.h"

enum { N_CUTS = GY_RFM_SCORES - 1 };

gy_rfm_options gy_rfm_defaults(void) { return (gy_rfm_options){.weight_r = 1, .weight_f = 1, .weight_m = 1}; }

static gy_status check_thresholds(const gy_rfm_thresholds *thresholds, const char *measure, gy_error *err) {
  for (int k = 1; thresholds->given && k < N_CUTS; k++) {
    if (thresholds->limit[k] <= thresholds->limit[k - 1]) {
      return gy_fail(err, GY_ECONFIG, "the RFM limits of %s do not ascend: %lld is followed by %lld", measure,
                     (long long)thresholds->limit[k - 1], (long long)thresholds->limit[k]);
    }
  }
  return GY_OK;
}

static gy_status check_options(const gy_rfm_options *options, gy_error *err) {
  gy_status status = check_thresholds(&options->recency_days, "recency", err);
  if (status == GY_OK) status = check_thresholds(&options->orders, "frequency", err);
  if (status == GY_OK) status = check_thresholds(&options->monetary, "monetary", err);
  if (status != GY_OK) return status;
  double r = options->weight_r, f = options->weight_f, m = options->weight_m;
  if (!(r >= 0 && f >= 0 && m >= 0 && r + f + m > 0)) {
    return gy_fail(err, GY_ECONFIG, "RFM weights must not be negative nor all zero: %g, %g, %g", r, f, m);
  }
  return GY_OK;
}

/* The values at ascending positions ceil(k n / 5), from 1. */
static gy_status quintile_cuts(const int64_t *values, size_t n, int64_t cuts[N_CUTS], gy_error *err) {
  size_t ranks[N_CUTS];
  for (size_t k = 0; k < N_CUTS; k++) {
    ranks[k] = ((k + 1) * n + GY_RFM_SCORES - 1) / GY_RFM_SCORES - 1;
    cuts[k] = 0;
  }
  return n == 0 ? GY_OK : gy_select_ranks(values, n, ranks, N_CUTS, cuts, err);
}

static gy_status recency_cuts(const gy_rfm_input *input, const gy_rfm_thresholds *given, int64_t *scratch,
                              int64_t cuts[N_CUTS], gy_error *err) {
  for (int k = 0; k < N_CUTS; k++) cuts[k] = given->limit[N_CUTS - 1 - k] + 1;
  if (given->given) return GY_OK;
  for (size_t i = 0; i < input->n; i++) scratch[i] = -(int64_t)input->recency_days[i];
  gy_status status = quintile_cuts(scratch, input->n, cuts, err);
  for (int k = 0; k < N_CUTS; k++) cuts[k] = -cuts[k];
  return status;
}

gy_status gy_rfm_cuts_find(const gy_rfm_input *input, const gy_rfm_options *options, gy_rfm_cuts *cuts,
                           gy_error *err) {
  gy_status status = check_options(options, err);
  if (status != GY_OK) return status;
  gy_rfm_cuts found;
  int64_t *scratch = malloc((input->n + 1) * sizeof *scratch);
  if (scratch == NULL) return gy_fail(err, GY_ENOMEM, "no memory to score %zu customers", input->n);
  status = recency_cuts(input, &options->recency_days, scratch, found.recency_below, err);
  for (int k = 0; k < N_CUTS; k++) {
    found.orders_above[k] = options->orders.limit[k] - 1;
    found.monetary_above[k] = options->monetary.limit[k] - 1;
  }
  if (status == GY_OK && !options->orders.given) {
    for (size_t i = 0; i < input->n; i++) scratch[i] = input->orders[i];
    status = quintile_cuts(scratch, input->n, found.orders_above, err);
  }
  if (status == GY_OK && !options->monetary.given) {
    status = quintile_cuts(input->monetary, input->n, found.monetary_above, err);
  }
  free(scratch);
  if (status == GY_OK) *cuts = found;
  return status;
}

static inline int count_above(const int64_t cuts[N_CUTS], int64_t value) {
  return 1 + (value > cuts[0]) + (value > cuts[1]) + (value > cuts[2]) + (value > cuts[3]);
}

static inline int count_below(const int64_t cuts[N_CUTS], int64_t value) {
  return 1 + (value < cuts[0]) + (value < cuts[1]) + (value < cuts[2]) + (value < cuts[3]);
}

int gy_rfm_recency_score(const gy_rfm_cuts *cuts, int64_t recency_days) {
  return count_below(cuts->recency_below, recency_days);
}

int gy_rfm_frequency_score(const gy_rfm_cuts *cuts, int64_t orders) {
  return count_above(cuts->orders_above, orders);
}

int gy_rfm_monetary_score(const gy_rfm_cuts *cuts, int64_t monetary) {
  return count_above(cuts->monetary_above, monetary);
}

double gy_rfm_total(const gy_rfm_options *options, int r, int f, int m) {
  double sum = options->weight_r * r + options->weight_f * f + options->weight_m * m;
  return sum / (options->weight_r + options->weight_f + options->weight_m);
}

void gy_rfm_score(const gy_rfm_input *input, const gy_rfm_cuts *cuts, const gy_rfm_options *options,
                  const gy_rfm_map *map, const gy_rfm_output *output) {
  for (size_t i = 0; i < input->n; i++) {
    int r = gy_rfm_recency_score(cuts, input->recency_days[i]);
    int f = gy_rfm_frequency_score(cuts, input->orders[i]);
    int m = gy_rfm_monetary_score(cuts, input->monetary[i]);
    if (output->recency_score != NULL) output->recency_score[i] = (uint8_t)r;
    if (output->frequency_score != NULL) output->frequency_score[i] = (uint8_t)f;
    if (output->monetary_score != NULL) output->monetary_score[i] = (uint8_t)m;
    if (output->total != NULL) output->total[i] = (float)gy_rfm_total(options, r, f, m);
    if (output->segment != NULL) output->segment[i] = map->cell[gy_rfm_cell(r, f, m)];
  }
}
