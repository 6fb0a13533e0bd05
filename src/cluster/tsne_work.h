/* SPDX-License-Identifier: Apache-2.0
 *
 * The steps of t-SNE: neighbourhoods in the data, then positions that have nearly the same. */
#ifndef GYEOL_CLUSTER_TSNE_WORK_H
#define GYEOL_CLUSTER_TSNE_WORK_H

#include <gyeol/embedding.h>

#include "cluster/quadtree.h"
#include "num/kd_tree.h"

/* A sparse square matrix by rows; columns ascend within a row. */
typedef struct gy_affinities {
  size_t n;
  size_t *starts; /* n + 1 */
  uint32_t *columns;
  float *values;
} gy_affinities;

/* Neighbours that a perplexity needs among n rows: three times as many, at most n - 1. */
size_t gy_tsne_neighbours(size_t n, double perplexity);

/* Symmetric affinities p (they sum to 1) of the tree's rows; k >= 1 neighbours each. On success *p gives
 * arrays for gy_affinities_clear. Errors: GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_tsne_affinities(const gy_kd_tree *tree, double perplexity, const gy_task *task,
                                         gy_affinities *p, gy_error *err);
void gy_affinities_clear(gy_affinities *p);

/* Bytes that the search takes at its peak, and those that the affinities keep. */
size_t gy_tsne_affinities_peak(size_t n, size_t k, const gy_task *task);
size_t gy_tsne_affinities_kept(size_t n, size_t k);

/* Descends from `positions` (n pairs), which are replaced. */
GY_MUST_USE gy_status gy_tsne_descend(const gy_tsne_kernel *kernel, const gy_affinities *p,
                                      const gy_embedding_options *options, const gy_task *task,
                                      float *positions, double *kl_divergence, gy_error *err);

/* Scratch of the descent. */
size_t gy_tsne_descend_memory(size_t n, const gy_task *task);

/* With a kernel of one's choice. */
GY_MUST_USE gy_status gy_embedding_fit_with(const gy_tsne_kernel *kernel, gy_matrix x,
                                            const gy_embedding_options *options, const gy_task *task,
                                            float *points, gy_embedding *result, gy_error *err);

#endif
