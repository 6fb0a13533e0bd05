# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's Gaussian mixture for bench/fits.mjs; the protocol is in fit.h.

usage: peer_mixture.py CASE FILE ROWS COLUMNS THREADS
"""
from peer import fit_main, numpy as np
from sklearn.mixture import GaussianMixture


def em_full(x, k=6):
    d = x.shape[1]
    start = {"weights_init": np.full(k, 1 / k), "means_init": x[:k].astype(np.float64),
             "precisions_init": np.stack([np.eye(d)] * k)}
    # What its own initialisation does before the given parameters replace it is made as short as it can be.
    model = GaussianMixture(k, max_iter=20, tol=0, init_params="random_from_data", random_state=0, **start)
    model.labels_ = model.fit_predict(x)
    return model


fit_main({"em_full": (em_full, lambda x, model: model.score(x))})
