/* SPDX-License-Identifier: Apache-2.0
 *
 * A picture of rows of many columns: a point in the plane for each, so that rows that are near each other are
 * drawn near each other.
 *
 * Method: t-SNE (van der Maaten and Hinton 2008) with repulsion summed over a quadtree (Barnes-Hut; van der
 * Maaten 2014), started from the first two principal components, with the learning rate of Belkina et al.
 * 2019. Above `max_points` rows a sample is embedded and the others are placed among their neighbours in it.
 *
 * A picture, not a measurement: what lies together in it lies together in the data, but distances between
 * groups, their sizes and their densities mean little. gy_embedding_quality says how much of the
 * neighbourhoods came through. Never cluster the points of the picture.
 *
 * Shapes: x is n x d, row-major floats, n >= 1, d >= 1. Scale columns first (gyeol/scaling.h); more than
 * about 50 columns are better reduced first (gyeol/pca.h). NaN: refused with the row and column, as is any
 * |x| > 1e16. Rows that are equal come out near each other, not equal. Determinism: the same bytes for the
 * same seed on any number of threads. The iteration magnifies the last bits: processors with other vectors
 * give another, equally good, picture. Cost: O(n log n) an iteration, after a search of 3 * perplexity
 * neighbours. gy_embedding_memory says the scratch. */
#ifndef GYEOL_EMBEDDING_H
#define GYEOL_EMBEDDING_H

#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gy_embedding_options {
  double perplexity;    /* neighbours that count, about; at most (n - 1) / 3 is used */
  int32_t iterations;   /* in all */
  int32_t exaggerated;  /* of them, the first, with attraction exaggerated: groups form */
  double exaggeration;  /* by this factor */
  double learning_rate; /* 0: n / (4 * exaggeration), at least 50 */
  double angle;         /* size / distance up to which a cell of points counts as one; 0: exact, n^2 */
  size_t max_points;    /* rows embedded; of more, a sample */
  uint64_t seed;
} gy_embedding_options;

/* Perplexity 30; 1,000 iterations, the first 250 exaggerated by 12; angle 0.5; 100,000 points; seed 0. */
gy_embedding_options gy_embedding_defaults(void);

typedef struct gy_embedding {
  size_t n_embedded;    /* rows embedded; the others were placed by their neighbours */
  double perplexity;    /* used */
  double kl_divergence; /* of the embedded rows' neighbourhoods from the picture's: what is minimised, >= 0 */
  int32_t iterations;
} gy_embedding;

/* Bytes of scratch that a fit will hold beside x and the points; SIZE_MAX when that overflows. When the
 * task's budget allows fewer than max_points, a smaller sample is embedded: at least 1,000 rows, or all. */
size_t gy_embedding_memory(size_t n, size_t d, const gy_embedding_options *options, const gy_task *task);

/* Draws. `points` (n x 2, the caller's) receives the coordinates, centred on 0. Errors: GY_EUSAGE (an option
 * out of range), GY_EDATA (no rows, unusable values), GY_ELIMIT (the task's budget does not allow 1,000
 * rows), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_embedding_fit(gy_matrix x, const gy_embedding_options *options, const gy_task *task,
                                       float *points, gy_embedding *result, gy_error *err);

typedef struct gy_embedding_quality_result {
  double
      trustworthiness; /* 1 - penalty for neighbours in the picture that are far in the data (0.5: chance) */
  double neighbours_kept; /* share of the nearest rows in the data that are also nearest in the picture */
  int32_t n_neighbors;    /* looked at; fewer than asked for where n is small */
  size_t n_used;          /* rows judged */
} gy_embedding_quality_result;

/* Trustworthiness (Venna and Kaski 2001) of `points` (n x 2) as a picture of x, and the share of neighbours
 * kept, for `n_neighbors` (1 .. ) neighbours, judged at `n_sample` rows drawn by `seed` against all rows: all
 * when n <= n_sample. With fewer than four rows both are 1. Any number of columns of the picture is possible.
 * Cost: O(n_sample n (d + n_neighbors)). Errors: GY_EUSAGE, GY_EDATA, GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_embedding_quality(gy_matrix x, gy_matrix points, int32_t n_neighbors,
                                           size_t n_sample, uint64_t seed, const gy_task *task,
                                           gy_embedding_quality_result *result, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
