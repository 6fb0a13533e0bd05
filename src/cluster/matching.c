/* SPDX-License-Identifier: Apache-2.0
 *
 * Identity of clusters over time: count who went where, match optimally, name the rest.
 *
 * Only customers that have a cluster on both sides say anything about identity. A match stands when its
 * Jaccard similarity over them reaches the threshold; every other cluster is named by where most of it came
 * from or went to (Spiliopoulou, Ntoutsi, Theodoridis and Schult 2006, "MONIC"). */
#include <gyeol/matching.h>

#include <stdlib.h>

#include "num/assignment.h"

gy_matching_options gy_matching_defaults(void) {
  return (gy_matching_options){.least_jaccard = 0.25, .most_of = 0.5};
}

const char *gy_cluster_change_name(gy_cluster_change change) {
  static const char *const names[] = {"continues", "split", "merged", "born", "died"};
  return (unsigned)change < sizeof names / sizeof *names ? names[change] : "unknown";
}

static gy_status check(int32_t k_before, int32_t k_after, const gy_matching_options *options, gy_error *err) {
  if (k_before < 1 || k_after < 1)
    return gy_fail(err, GY_EUSAGE, "matching: %d clusters before and %d after; both must be 1 or more",
                   k_before, k_after);
  if (!(options->least_jaccard >= 0 && options->least_jaccard <= 1) ||
      !(options->most_of > 0 && options->most_of <= 1))
    return gy_fail(err, GY_EUSAGE, "matching: least_jaccard (%g) and most_of (%g) must be shares, 0..1",
                   options->least_jaccard, options->most_of);
  return GY_OK;
}

static gy_status allocate(gy_matching *m, int32_t k_before, int32_t k_after, gy_error *err) {
  size_t rows = (size_t)k_before + 1, columns = (size_t)k_after + 1, n_cells;
  *m = (gy_matching){.k_before = k_before, .k_after = k_after};
  if (__builtin_mul_overflow(rows, columns, &n_cells))
    return gy_fail(err, GY_ENOMEM, "matching: %d x %d clusters are too many", k_before, k_after);
  m->before = calloc((size_t)k_before, sizeof *m->before);
  m->after = calloc((size_t)k_after, sizeof *m->after);
  m->counts = calloc(n_cells, sizeof *m->counts);
  m->shares = calloc(n_cells, sizeof *m->shares);
  if (m->before == NULL || m->after == NULL || m->counts == NULL || m->shares == NULL)
    return gy_fail(err, GY_ENOMEM, "matching: out of memory for %d x %d clusters", k_before, k_after);
  return GY_OK;
}

static int64_t *cell(const gy_matching *m, int32_t before, int32_t after) {
  return m->counts + (size_t)before * ((size_t)m->k_after + 1) + (size_t)after;
}

static gy_status count(gy_matching *m, const int32_t *before, const int32_t *after, size_t n, gy_error *err) {
  for (size_t i = 0; i < n; i++) {
    if (before[i] < -1 || before[i] >= m->k_before || after[i] < -1 || after[i] >= m->k_after)
      return gy_fail(err, GY_EDATA, "matching: row %zu has labels %d and %d, outside -1..%d and -1..%d",
                     i + 1, before[i], after[i], m->k_before - 1, m->k_after - 1);
    (*cell(m, before[i] < 0 ? m->k_before : before[i], after[i] < 0 ? m->k_after : after[i]))++;
    m->n_both += before[i] >= 0 && after[i] >= 0;
  }
  for (int32_t a = 0; a <= m->k_before; a++) {
    int64_t sum = 0;
    for (int32_t b = 0; b <= m->k_after; b++) sum += *cell(m, a, b);
    double *shares = m->shares + (size_t)a * ((size_t)m->k_after + 1);
    for (int32_t b = 0; b <= m->k_after && sum > 0; b++) shares[b] = (double)*cell(m, a, b) / (double)sum;
  }
  return GY_OK;
}

/* Customers of a cluster that have one on the other side, too. */
static int64_t staying_before(const gy_matching *m, int32_t a) {
  int64_t sum = 0;
  for (int32_t b = 0; b < m->k_after; b++) sum += *cell(m, a, b);
  return sum;
}

static int64_t staying_after(const gy_matching *m, int32_t b) {
  int64_t sum = 0;
  for (int32_t a = 0; a < m->k_before; a++) sum += *cell(m, a, b);
  return sum;
}

static gy_cluster_fate fate_of(gy_cluster_change change, int32_t other, int64_t shared, int64_t size) {
  return (gy_cluster_fate){change, other, shared, size > 0 ? (double)shared / (double)size : 0};
}

static void name_matches(gy_matching *m, const size_t *after_of_before, const gy_matching_options *options) {
  for (int32_t a = 0; a < m->k_before; a++) m->before[a] = fate_of(GY_CLUSTER_DIED, -1, 0, 0);
  for (int32_t b = 0; b < m->k_after; b++) m->after[b] = fate_of(GY_CLUSTER_BORN, -1, 0, 0);
  for (int32_t a = 0; a < m->k_before; a++) {
    if (after_of_before[a] >= (size_t)m->k_after) continue;
    int32_t b = (int32_t)after_of_before[a];
    int64_t shared = *cell(m, a, b), size_a = staying_before(m, a), size_b = staying_after(m, b);
    if (shared == 0 || (double)shared < options->least_jaccard * (double)(size_a + size_b - shared)) continue;
    m->before[a] = fate_of(GY_CLUSTER_CONTINUES, b, shared, size_a);
    m->after[b] = fate_of(GY_CLUSTER_CONTINUES, a, shared, size_b);
    m->n_kept += shared;
  }
}

/* New clusters without a match: split off, or born. */
static void name_new(gy_matching *m, double most_of) {
  for (int32_t b = 0; b < m->k_after; b++) {
    if (m->after[b].change == GY_CLUSTER_CONTINUES) continue;
    int64_t size = staying_after(m, b);
    int32_t parent = 0;
    for (int32_t a = 1; a < m->k_before; a++)
      if (*cell(m, a, b) > *cell(m, parent, b)) parent = a;
    int64_t shared = *cell(m, parent, b);
    if (shared > 0 && (double)shared >= most_of * (double)size)
      m->after[b] = fate_of(GY_CLUSTER_SPLIT, parent, shared, size);
  }
}

/* Old clusters without a match: merged into another, fallen into several, or gone. */
static void name_old(gy_matching *m, double most_of) {
  for (int32_t a = 0; a < m->k_before; a++) {
    if (m->before[a].change == GY_CLUSTER_CONTINUES) continue;
    int64_t size = staying_before(m, a), n_children = 0;
    int32_t heir = 0, first_child = -1;
    for (int32_t b = 0; b < m->k_after; b++) {
      if (*cell(m, a, b) > *cell(m, a, heir)) heir = b;
      if (m->after[b].change != GY_CLUSTER_SPLIT || m->after[b].other != a) continue;
      if (n_children++ == 0) first_child = b;
    }
    int64_t shared = *cell(m, a, heir);
    if (n_children >= 2) {
      m->before[a] = fate_of(GY_CLUSTER_SPLIT, first_child, *cell(m, a, first_child), size);
    } else if (shared > 0 && (double)shared >= most_of * (double)size) {
      m->before[a] = fate_of(GY_CLUSTER_MERGED, heir, shared, size);
    }
  }
}

static gy_status match(gy_matching *m, const gy_matching_options *options, gy_error *err) {
  size_t k_before = (size_t)m->k_before, k_after = (size_t)m->k_after;
  double *benefit = malloc(k_before * k_after * sizeof *benefit);
  size_t *after_of_before = malloc(k_before * sizeof *after_of_before);
  gy_status status = GY_OK;
  if (benefit == NULL || after_of_before == NULL) {
    status = gy_fail(err, GY_ENOMEM, "matching: out of memory for %zu x %zu clusters", k_before, k_after);
    goto done;
  }
  for (size_t i = 0; i < k_before * k_after; i++)
    benefit[i] = (double)*cell(m, (int32_t)(i / k_after), (int32_t)(i % k_after));
  status = gy_assign_most(benefit, k_before, k_after, after_of_before, err);
  if (status != GY_OK) goto done;
  name_matches(m, after_of_before, options);
  name_new(m, options->most_of);
  name_old(m, options->most_of);
done:
  free(benefit);
  free(after_of_before);
  return status;
}

gy_status gy_matching_find(const int32_t *before, int32_t k_before, const int32_t *after, int32_t k_after,
                           size_t n, const gy_matching_options *options, gy_matching *matching,
                           gy_error *err) {
  gy_matching found = {0};
  gy_status status = check(k_before, k_after, options, err);
  if (status == GY_OK) status = allocate(&found, k_before, k_after, err);
  if (status == GY_OK) status = count(&found, before, after, n, err);
  if (status == GY_OK) status = match(&found, options, err);
  if (status != GY_OK) {
    gy_matching_clear(&found);
    return status;
  }
  *matching = found;
  return GY_OK;
}

void gy_matching_hand_on_ids(const gy_matching *matching, const int64_t *ids_before, int64_t *next_id,
                             int64_t *ids_after) {
  for (int32_t b = 0; b < matching->k_after; b++) {
    const gy_cluster_fate *fate = &matching->after[b];
    ids_after[b] = fate->change == GY_CLUSTER_CONTINUES ? ids_before[fate->other] : (*next_id)++;
  }
}

void gy_matching_clear(gy_matching *matching) {
  if (matching == NULL) return;
  free(matching->before);
  free(matching->after);
  free(matching->counts);
  free(matching->shares);
  *matching = (gy_matching){0};
}
