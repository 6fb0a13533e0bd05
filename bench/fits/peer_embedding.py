# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's t-SNE (Barnes-Hut, 1,000 iterations) for bench/fits.mjs; the protocol is in fit.h.

usage: peer_embedding.py CASE FILE ROWS COLUMNS THREADS
"""
import sys

from peer import fit_main
from sklearn.manifold import TSNE


def tsne(x):
    return TSNE(init="pca", learning_rate="auto", n_jobs=int(sys.argv[5]), random_state=0).fit(x)


fit_main({"tsne": (tsne, lambda x, model: model.kl_divergence_)})
