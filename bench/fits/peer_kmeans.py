# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's k-means for bench/fits.mjs; the protocol is in fit.h.

usage: peer_kmeans.py CASE FILE ROWS COLUMNS THREADS
"""
from peer import fit_main, numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans, kmeans_plusplus


def inertia(x, model):
    # The model's own inertia is summed in single precision; compare what the clustering is worth in double.
    total = 0.0
    for first in range(0, len(x), 100_000):
        rows = slice(first, first + 100_000)
        deviations = x[rows] - model.cluster_centers_.astype(np.float64)[model.labels_[rows]]
        total += float(np.einsum("ij,ij->", deviations, deviations))
    return total


def lloyd(k):
    def fit(x):
        return KMeans(k, init=x[:k], n_init=1, max_iter=20, tol=0, algorithm="lloyd").fit(x)

    return fit, inertia


def seed(k):
    def potential(x, rows):
        centers = x[rows].astype(np.float64)
        total = 0.0
        for first in range(0, len(x), 100_000):
            some = x[first:first + 100_000].astype(np.float64)
            total += float(np.min([((some - c) ** 2).sum(axis=1) for c in centers], axis=0).sum())
        return total

    return lambda x: kmeans_plusplus(x, k, random_state=1)[1], potential


def whole(k):
    return lambda x: KMeans(k, n_init=1, random_state=1).fit(x), inertia


def minibatch(k):
    return lambda x: MiniBatchKMeans(k, batch_size=1024, random_state=1).fit(x), inertia


fit_main({"minibatch_k8": minibatch(8), "seed_k8": seed(8), "whole_k50": whole(50), "lloyd_k5": lloyd(5), "lloyd_k8": lloyd(8), "lloyd_k50": lloyd(50)})
