/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions over all customers: values are sorted once within their groups; those that are not known take
 * no part. Ties share their place. With r values less (for rank: greater) and n values in the group:
 *
 *   percentile  100 r / (n - 1), and 0 where n = 1      rank   r + 1, the greatest value first
 *   ntile       floor(r k / n) + 1                      zscore (x - mean) / sd, of ten-thousandths, dividing
 * by n */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rule/rule_evaluate.h"

typedef struct member {
  double value;
  size_t customer;
} member;

typedef struct ranking {
  const rule_population *population;
  rule_figures group;
  size_t group_bytes;
} ranking;

static int group_order(const ranking *r, size_t a, size_t b) {
  if (r->population->group == NULL) return 0;
  if (r->group.valid[a] != r->group.valid[b]) return r->group.valid[a] < r->group.valid[b] ? -1 : 1;
  const char *x = (const char *)r->group.data + a * r->group_bytes,
             *y = (const char *)r->group.data + b * r->group_bytes;
  switch (r->population->group->type) {
    case GY_RULE_TEXT:
      return rule_text_order(*(const gy_rule_text *)x, *(const gy_rule_text *)y);
    case GY_RULE_NUMBER:
      return (*(const double *)x > *(const double *)y) - (*(const double *)x < *(const double *)y);
    case GY_RULE_BOOL:
      return (*(const uint8_t *)x > *(const uint8_t *)y) - (*(const uint8_t *)x < *(const uint8_t *)y);
    default:
      return (*(const int64_t *)x > *(const int64_t *)y) - (*(const int64_t *)x < *(const int64_t *)y);
  }
}

static int by_group_and_value(const void *x, const void *y, void *user) {
  const member *a = x, *b = y;
  int order = group_order(user, a->customer, b->customer);
  return order != 0 ? order : (a->value > b->value) - (a->value < b->value);
}

static void put(rule_figures *to, size_t customer, double value) {
  ((double *)to->data)[customer] = value;
  to->valid[customer] = 1;
}

static void place(const rule_population *p, const member *members, size_t n, rule_figures *to) {
  for (size_t from = 0, end; from < n; from = end) {
    end = from + 1;
    while (end < n && members[end].value == members[from].value) end++;
    double less = (double)from, size = (double)n, at;
    switch (p->kind) {
      case RULE_PERCENTILE:
        at = n == 1 ? 0 : less * 100.0 / (size - 1);
        break;
      case RULE_RANK:
        at = (double)(n - end) + 1;
        break;
      default:
        at = floor(less * (double)p->tiles / size) + 1;
    }
    for (size_t i = from; i < end; i++) put(to, members[i].customer, at);
  }
}

static bool unit_of(double value, int64_t *unit) {
  if (fabs(value) > 1e11) return false;
  *unit = (int64_t)floor(value * 10000.0 + 0.5);
  return true;
}

/* Whole numbers until the end, so that the order of rows does not matter. */
static void standardise(const member *members, size_t n, rule_figures *to) {
  rule_wide sum = 0, squares = 0;
  int64_t unit, rest = 0;
  double count = 0;
  for (size_t i = 0; i < n; i++) {
    if (!unit_of(members[i].value, &unit)) continue;
    sum += unit;
    count++;
  }
  if (count == 0 || sum < -INT64_MAX || sum > INT64_MAX) return;
  int64_t middle = (int64_t)floor((double)(int64_t)sum / count);
  for (size_t i = 0; i < n; i++) {
    if (!unit_of(members[i].value, &unit)) continue;
    squares += (rule_wide)(unit - middle) * (unit - middle);
    rest += unit - middle;
  }
  static const int64_t SPLIT = INT64_C(1000000000000000000);
  double q = (double)(int64_t)(squares / SPLIT) * 1e18 + (double)(int64_t)(squares % SPLIT),
         off = (double)rest / count;
  double variance = q / count - off * off;
  for (size_t i = 0; i < n && variance > 0; i++)
    if (unit_of(members[i].value, &unit))
      put(to, members[i].customer, ((double)(unit - middle) - off) / sqrt(variance));
}

gy_status rule_rank(const gy_rule_set *set, const rule_population *population, size_t n_customers,
                    const rule_figures *values, const rule_figures *groups, rule_figures *ranks,
                    gy_error *err) {
  ranking r = {population, *groups,
               population->group != NULL ? rule_value_bytes(population->group->type) : 0};
  size_t n = 0;
  member *members = malloc((n_customers + 1) * sizeof *members);
  if (members == NULL) return rule_no_memory(set, err);
  for (size_t i = 0; i < n_customers; i++)
    if (values->valid[i]) members[n++] = (member){((const double *)values->data)[i], i};
  qsort_r(members, n, sizeof *members, by_group_and_value, &r);
  for (size_t from = 0, end; from < n; from = end) {
    end = from + 1;
    while (end < n && group_order(&r, members[from].customer, members[end].customer) == 0) end++;
    if (population->kind == RULE_ZSCORE)
      standardise(members + from, end - from, ranks);
    else
      place(population, members + from, end - from, ranks);
  }
  free(members);
  return GY_OK;
}
