/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule that turns evidence into a number of clusters (docs/adr/0003-choosing-k.md). */
#include "cluster/choice_rule.h"

#include "cluster/elbow.h"

static const double WEAK_SILHOUETTE = 0.25;

const char *gy_k_reason_text(gy_k_reason reason) {
  switch (reason) {
    case GY_K_BEST:
      return "the best silhouette among the numbers of clusters that came back from resampled data";
    case GY_K_FINER:
      return "the largest number of clusters that came back from resampled data with a silhouette within one "
             "standard error of the best";
    case GY_K_MOST_STABLE:
      return "no number of clusters came back from resampled data reliably without tiny clusters; the "
             "smallest among "
             "the most stable was taken";
    case GY_K_ONE_ROW:
      return "there is only one row, so there is one cluster";
    case GY_K_ALL_EQUAL:
      return "all rows looked at are equal, so there is one cluster";
  }
  return "unknown reason";
}

static const gy_k_evidence *best_silhouette(const gy_k_choice *c) {
  const gy_k_evidence *best = NULL;
  for (int32_t i = 0; i < c->n_evidence; i++) {
    const gy_k_evidence *e = &c->evidence[i];
    if (e->qualified && (best == NULL || e->silhouette > best->silhouette)) best = e;
  }
  return best;
}

/* The fewest clusters whose stability is within one standard deviation of the highest. Only k without a tiny
 * cluster count, unless every k has one. Without structure stability does not fall with k, hence not simply
 * the highest. */
static const gy_k_evidence *fewest_of_most_stable(const gy_k_choice *c, double min_share) {
  bool any_whole = false;
  for (int32_t i = 0; i < c->n_evidence; i++) any_whole |= c->evidence[i].smallest_share >= min_share;
  const gy_k_evidence *best = NULL;
  for (int32_t i = 0; i < c->n_evidence; i++) {
    const gy_k_evidence *e = &c->evidence[i];
    if (any_whole && e->smallest_share < min_share) continue;
    if (best == NULL || e->stability > best->stability) best = e;
  }
  for (int32_t i = 0; i < c->n_evidence; i++) {
    const gy_k_evidence *e = &c->evidence[i];
    if (any_whole && e->smallest_share < min_share) continue;
    if (e->stability >= best->stability - best->stability_sd) return e;
  }
  return best;
}

/* The rule, on the evidence alone. */
void gy_k_decide(gy_k_choice *c, double min_share) {
  const gy_k_evidence *best = best_silhouette(c), *chosen = best;
  c->reason = GY_K_BEST;
  if (best == NULL) {
    chosen = fewest_of_most_stable(c, min_share);
    c->reason = GY_K_MOST_STABLE;
  } else {
    double enough = best->silhouette - best->silhouette_se;
    for (int32_t i = 0; i < c->n_evidence; i++) {
      const gy_k_evidence *e = &c->evidence[i];
      if (e->qualified && e->k > chosen->k && e->silhouette >= enough) chosen = e;
    }
    if (chosen != best) c->reason = GY_K_FINER;
  }
  c->k = chosen->k;
  c->weak = chosen->silhouette < WEAK_SILHOUETTE;
}

void gy_k_find_elbow(gy_k_choice *c) {
  double x[GY_K_CHOICE_MAX] = {0}, y[GY_K_CHOICE_MAX] = {0};
  size_t n = (size_t)c->n_evidence;
  for (size_t i = 0; i < n; i++) {
    x[i] = (double)c->evidence[i].k;
    y[i] = c->evidence[i].inertia;
  }
  size_t place = gy_elbow(x, y, n);
  c->elbow_k = place < n ? c->evidence[place].k : 0;
}
