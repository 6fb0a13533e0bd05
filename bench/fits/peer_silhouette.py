# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's silhouette, one job, for bench/fits.mjs; the protocol is in fit.h.

usage: peer_silhouette.py CASE FILE ROWS COLUMNS THREADS
"""
from peer import fit_main, numpy as np
from sklearn.metrics import silhouette_samples


def stretches(x):
    return np.clip(np.floor(x[:, 0]) + 4, 0, 7).astype(int)


fit_main({"silhouette": (lambda x: silhouette_samples(x, stretches(x), n_jobs=1), lambda x, s: float(s.mean(dtype=float)))})
