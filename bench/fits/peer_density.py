# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's DBSCAN for bench/fits.mjs; the protocol is in fit.h.

usage: peer_density.py CASE FILE ROWS COLUMNS THREADS
"""
from peer import fit_main
from sklearn.cluster import DBSCAN


def dbscan(eps, jobs):
    def fit(x):
        return DBSCAN(eps=eps, min_samples=10, n_jobs=jobs).fit(x)

    return fit, lambda x, model: (model.labels_ < 0).sum()


EPS = {"uniform_2": 0.00977, "uniform_5": 0.1415, "groups_2": 0.1, "groups_5": 0.6}
fit_main({f"dbscan_{name}{suffix}": dbscan(eps, jobs) for name, eps in EPS.items() for suffix, jobs in (("", 1), ("_jobs", 2))})
