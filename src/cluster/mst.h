/* SPDX-License-Identifier: Apache-2.0
 *
 * The minimum spanning tree of the complete graph over the rows of a matrix. Single linkage, Genie and
 * HDBSCAN* are three readings of it.
 *
 * Weights are Euclidean distances, or, with min_samples > 1, mutual reachability distances (Campello, Moulavi
 * and Sander 2013):
 *
 *      core(a)       distance from a to its min_samples-th nearest row, a itself counted as the first
 *      weight(a, b)  max(core(a), core(b), |a - b|)
 *
 * With min_samples = 1 every core distance is 0. Edges are put in a total order: weight, then plain distance,
 * then the lower row number, then the other. Under it the tree is unique, so that each way of finding it
 * gives the same bytes, on any number of threads and any instruction set.
 *
 * Rows that are equal are joined to the first of them beforehand, which that order prescribes anyway; the
 * search then sees distinct rows only, and a million copies of one row cost no more than a hash table.
 *
 *   Prim, brute force   O(n^2 d) time; one vector of points at a time; above some fifteen columns, and for
 * few rows Boruvka, kd-tree    O(n log n) searches in few columns; see mst_boruvka.c */
#ifndef GYEOL_CLUSTER_MST_H
#define GYEOL_CLUSTER_MST_H

#include <gyeol/matrix.h>
#include <gyeol/task.h>

#include "cluster/prim_kernel.h"

typedef struct gy_mst_edge {
  double weight;
  double distance; /* Euclidean */
  uint32_t a, b;   /* rows, a < b */
} gy_mst_edge;

typedef enum gy_mst_method { GY_MST_AUTO, GY_MST_PRIM, GY_MST_BORUVKA } gy_mst_method;

typedef struct gy_mst_options {
  size_t min_samples; /* 1: Euclidean weights; at most n */
  gy_mst_method method;
  const gy_prim_kernel *kernel; /* NULL: the fastest */
} gy_mst_options;

/* Bytes of scratch that a build may take beside its outputs; SIZE_MAX when that overflows. */
size_t gy_mst_memory(size_t n, size_t d, const gy_mst_options *options, const gy_task *task);

/* The n - 1 edges in their order into `edges`, and, unless `core` is NULL, the core distances (n) into it. n
 * >= 1, d >= 1; the caller has checked values (within GY_KD_VALUE_LIMIT), min_samples and memory. Errors:
 * GY_ELIMIT (2^31 rows or more), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_mst_build(gy_matrix x, const gy_mst_options *options, const gy_task *task,
                                   gy_mst_edge *edges, double *core, gy_error *err);

/* The checks that all methods built on the tree share: rows, columns, values, min_samples; sentences begin
 * with `method`. */
GY_MUST_USE gy_status gy_mst_check(gy_matrix x, size_t min_samples, const char *method, const gy_task *task,
                                   gy_error *err);

#endif
