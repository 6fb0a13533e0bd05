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
    case GY_K_ELBOW:
      return "the bend in the curve of inertia, stable and clear enough; the best silhouette would only "
             "split the "
             "rows in two";
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

/* The largest k whose silhouette is within one standard error of the best. */
static const gy_k_evidence *finest_as_good(const gy_k_choice *c, const gy_k_evidence *best) {
  double enough = best->silhouette - best->silhouette_se;
  const gy_k_evidence *finest = best;
  for (int32_t i = 0; i < c->n_evidence; i++) {
    const gy_k_evidence *e = &c->evidence[i];
    if (e->qualified && e->k > finest->k && e->silhouette >= enough) finest = e;
  }
  return finest;
}

/* The elbow's evidence when it may stand in for the coarsest split; NULL otherwise. */
static const gy_k_evidence *worthy_elbow(const gy_k_choice *c, const gy_k_evidence *chosen) {
  if (chosen != &c->evidence[0]) return NULL;
  for (int32_t i = 1; i < c->n_evidence; i++) {
    const gy_k_evidence *e = &c->evidence[i];
    if (e->k == c->elbow_k) return e->qualified && e->silhouette >= WEAK_SILHOUETTE ? e : NULL;
  }
  return NULL;
}

void gy_k_decide(gy_k_choice *c, double min_share) {
  const gy_k_evidence *best = best_silhouette(c), *chosen;
  if (best == NULL) {
    chosen = fewest_of_most_stable(c, min_share);
    c->reason = GY_K_MOST_STABLE;
  } else {
    chosen = finest_as_good(c, best);
    const gy_k_evidence *elbow = worthy_elbow(c, chosen);
    c->reason = elbow != NULL ? GY_K_ELBOW : chosen != best ? GY_K_FINER : GY_K_BEST;
    if (elbow != NULL) chosen = elbow;
  }
  c->k = chosen->k;
  c->weak = chosen->silhouette < WEAK_SILHOUETTE;
}

void gy_k_find_elbow(gy_k_choice *c) {
  double x[GY_K_CHOICE_MAX + 1] = {1}, y[GY_K_CHOICE_MAX + 1] = {c->inertia_of_one};
  size_t n = (size_t)c->n_evidence;
  for (size_t i = 0; i < n; i++) {
    x[i + 1] = (double)c->evidence[i].k;
    y[i + 1] = c->evidence[i].inertia;
  }
  size_t place = gy_elbow(x, y, n + 1);
  c->elbow_k = place >= 1 && place <= n ? c->evidence[place - 1].k : 0;
}
