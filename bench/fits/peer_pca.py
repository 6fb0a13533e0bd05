# SPDX-License-Identifier: Apache-2.0
"""NumPy's and scikit-learn's PCA for bench/fits.mjs; the protocol is in fit.h.

usage: peer_pca.py CASE FILE ROWS COLUMNS THREADS
"""
from peer import fit_main, numpy as np


def explained(k):
    def value(x, variances):
        return float(np.sort(variances)[::-1][:k].sum())

    return value


# numpy.cov widens to double, as gyeol does.
def with_cov(x):
    return np.linalg.eigh(np.cov(x, rowvar=False))[0]


# All in single precision: less exact, and faster.
def in_single(x):
    centred = x - x.mean(axis=0)
    return np.linalg.eigh((centred.T @ centred) / (len(x) - 1))[0]


def randomised(x):
    from sklearn.decomposition import PCA

    return PCA(10, svd_solver="randomized", random_state=0).fit(x).explained_variance_


fit_main({"cov_k4": (with_cov, explained(4)), "single_k4": (in_single, explained(4)),
          "randomised_k10": (randomised, explained(10))})
