/* SPDX-License-Identifier: Apache-2.0
 *
 * From the condensed tree to a flat clustering.
 *
 * Excess of mass (Campello et al. 2013, section 5): of all ways to choose nodes none of which lies in
 * another, the one with the largest total stability. From the leaves up: a node is kept if it is at least as
 * stable as the best choice below it together; else that choice stands. Leaves: all nodes without children.
 *
 * An epsilon (Malzer and Baum 2020) moves every chosen node that appeared below that distance up to the first
 * ancestor that appeared above it. */
#include <stdlib.h>

#include "cluster/condensed_tree.h"

static void choose_by_mass(gy_hdbscan_node *nodes, int32_t n, bool single, double *below) {
  for (int32_t c = n - 1; c >= (single ? 0 : 1); c--) {
    nodes[c].chosen = !(below[c] > nodes[c].stability);
    if (c > 0) below[nodes[c].parent] += nodes[c].chosen ? nodes[c].stability : below[c];
  }
}

/* `below` counts children. */
static void choose_leaves(gy_hdbscan_node *nodes, int32_t n, bool single, double *below) {
  for (int32_t c = n - 1; c >= (single ? 0 : 1); c--) {
    nodes[c].chosen = below[c] == 0;
    if (c > 0) below[nodes[c].parent]++;
  }
}

static double distance_of(const gy_hdbscan_node *node) { return 1 / node->birth; }

/* Moves choices up to where they appear at `epsilon` or farther; the root only if it may be a cluster. */
static void widen(gy_hdbscan_node *nodes, int32_t n, bool single, double epsilon) {
  for (int32_t c = n - 1; c > 0; c--) {
    int32_t parent = nodes[c].parent;
    if (!nodes[c].chosen || distance_of(&nodes[c]) >= epsilon) continue;
    if (parent == 0 && !single) continue;
    nodes[c].chosen = false;
    nodes[parent].chosen = true;
  }
}

/* Of choices that lie in each other the uppermost stands; it gets the next label, and all below it the same.
 */
static int32_t hand_down(gy_hdbscan_node *nodes, int32_t n) {
  int32_t k = 0;
  for (int32_t c = 0; c < n; c++) {
    int32_t inherited = c > 0 ? nodes[nodes[c].parent].label : -1;
    if (inherited >= 0) nodes[c].chosen = false;
    nodes[c].label = nodes[c].chosen ? k++ : inherited;
  }
  return k;
}

/* All rows as one cluster, when none of them stays in it down to the epsilon, is none. */
static bool holds_nobody(const gy_hdbscan *model) {
  if (!model->nodes[0].chosen) return false;
  for (size_t i = 0; i < model->n_rows; i++)
    if (model->row_lambdas[i] >= model->single_lambda) return false;
  return true;
}

gy_status gy_condensed_choose(gy_hdbscan *model, const gy_hdbscan_options *options, gy_error *err) {
  gy_hdbscan_node *nodes = model->nodes;
  int32_t n = model->n_nodes;
  bool single = options->allow_single_cluster && nodes[0].size >= options->min_cluster_size;
  double *below = calloc((size_t)n, sizeof *below);
  if (below == NULL) return gy_fail(err, GY_ENOMEM, "hdbscan: out of memory for %d nodes", n);
  if (options->selection == GY_HDBSCAN_LEAF)
    choose_leaves(nodes, n, single, below);
  else
    choose_by_mass(nodes, n, single, below);
  free(below);
  (void)hand_down(nodes, n);
  if (options->cluster_selection_epsilon > 0) widen(nodes, n, single, options->cluster_selection_epsilon);
  model->n_clusters = hand_down(nodes, n);
  model->single_lambda =
      options->cluster_selection_epsilon > 0 ? 1 / options->cluster_selection_epsilon : nodes[0].death;
  if (holds_nobody(model)) {
    nodes[0].chosen = false;
    model->n_clusters = hand_down(nodes, n);
  }
  return GY_OK;
}

void gy_condensed_deaths(const gy_hdbscan *model, double *deaths) {
  for (int32_t c = 0; c < model->n_nodes; c++)
    if (model->nodes[c].chosen) deaths[model->nodes[c].label] = model->nodes[c].death;
}

int32_t gy_condensed_label(const gy_hdbscan *model, const double *deaths, int32_t node, double lambda,
                           float *probability) {
  int32_t label = model->nodes[node].label;
  *probability = 0;
  if (label < 0 || (model->nodes[0].chosen && lambda < model->single_lambda)) return -1;
  double death = deaths[label];
  *probability = lambda >= death ? 1 : (float)(lambda / death);
  return label;
}
