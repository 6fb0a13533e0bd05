/* SPDX-License-Identifier: Apache-2.0
 *
 * A place in the plane for each row, for a scatter plot of what was clustered. */
#ifndef GYEOL_STUDY_CLUSTER_PICTURE_H
#define GYEOL_STUDY_CLUSTER_PICTURE_H

#include <jansson.h>

#include <gyeol/matrix.h>
#include <gyeol/task.h>

/* `how`: "pca" (the first two components; a second of 0 where there is one column) or "tsne". Gives x and y,
 * n each, to free(), and what the picture is worth: {method, trustworthiness, neighbours_kept, and the shares
 * of variance or kl_divergence}. GY_EUSAGE for another word. */
GY_MUST_USE gy_status gy_cluster_picture(gy_matrix x, const char *how, uint64_t seed, const gy_task *task,
                                         float *coordinates[2], json_t **worth, gy_error *err);

#endif
