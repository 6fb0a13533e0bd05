/* SPDX-License-Identifier: Apache-2.0
 *
 * Which cluster is which after a refit? Clusters of two labelings of (partly) the same customers are matched
 * so that as many customers as possible keep their cluster; what has no match is named: split, merged, born,
 * died.
 *
 * Method: optimal assignment (Kuhn 1955, Munkres 1957) on the table of joint counts; the names of changes
 * follow MONIC (Spiliopoulou et al. 2006) with the thresholds of gy_matching_options.
 *
 * Shapes: `before` and `after` are n labels, 0..k-1, or -1 where a customer was in no cluster on that side
 * (not there yet, left, noise); the same place is the same customer. Labels below -1 or from k on are refused
 * with the row (GY_EDATA). Ties are broken the same way every time. Cost: O(n + k^3) time, O(k^2) memory,
 * where k is the larger number of clusters. */
#ifndef GYEOL_MATCHING_H
#define GYEOL_MATCHING_H

#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gy_cluster_change {
  GY_CLUSTER_CONTINUES, /* matched: the same cluster */
  GY_CLUSTER_SPLIT,     /* of a new cluster: most of it comes from `other`, which continues elsewhere or not;
                           of an old one: unmatched, and several new clusters come from it; `other` is the first
                         */
  GY_CLUSTER_MERGED,    /* of an old cluster: unmatched, and most of it went into `other` */
  GY_CLUSTER_BORN,      /* of a new cluster: from no old cluster in particular */
  GY_CLUSTER_DIED       /* of an old cluster: into no new cluster in particular, or gone */
} gy_cluster_change;

/* "continues", "split", "merged", "born", "died". Never NULL. */
const char *gy_cluster_change_name(gy_cluster_change change);

typedef struct gy_matching_options {
  double least_jaccard; /* a match is one when shared / (in either) is at least this, counting customers that
                           have a cluster on both sides */
  double most_of;       /* what share of a cluster's such customers is "most" of it */
} gy_matching_options;

/* 0.25 and 0.5: a cluster that falls into four equal parts still goes on as one of them. */
gy_matching_options gy_matching_defaults(void);

typedef struct gy_cluster_fate {
  gy_cluster_change change;
  int32_t other;  /* the cluster on the other side that `change` speaks of; -1 for born and died */
  int64_t shared; /* customers shared with it */
  double share;   /* of this cluster's customers that have a cluster on both sides */
} gy_cluster_fate;

typedef struct gy_matching {
  int32_t k_before, k_after;
  gy_cluster_fate *before; /* k_before */
  gy_cluster_fate *after;  /* k_after */
  int64_t *counts; /* (k_before + 1) x (k_after + 1) customers; the last row: in no cluster before, the last
                      column: in none after */
  double *shares;  /* the same as shares of each row; 0 in a row without customers */
  int64_t n_both;  /* customers with a cluster on both sides */
  int64_t n_kept;  /* of those, in the cluster that continues theirs */
} gy_matching;

/* On success *matching gives a result for gy_matching_clear. Errors: GY_EUSAGE (k < 1, a threshold outside
 * 0..1), GY_EDATA (a label outside), GY_ENOMEM. */
GY_MUST_USE gy_status gy_matching_find(const int32_t *before, int32_t k_before, const int32_t *after,
                                       int32_t k_after, size_t n, const gy_matching_options *options,
                                       gy_matching *matching, gy_error *err);

/* Hands ids on: `ids_after` (k_after, the caller's) receives the id of the cluster that each continues, and
 * numbers from *next_id on, in order, for all others; *next_id moves past them. Names belong to ids. */
void gy_matching_hand_on_ids(const gy_matching *matching, const int64_t *ids_before, int64_t *next_id,
                             int64_t *ids_after);

/* Frees what gy_matching_find gave. NULL-safe, and safe on a zeroed matching. */
void gy_matching_clear(gy_matching *matching);

#ifdef __cplusplus
}
#endif
#endif
