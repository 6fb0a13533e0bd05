# SPDX-License-Identifier: Apache-2.0
"""fastcluster's trees for bench/fits.mjs; the protocol is in fit.h.

usage: peer_hierarchical.py CASE FILE ROWS COLUMNS THREADS
"""
from peer import fit_main
import fastcluster


def heights(x, tree):
    return tree[:, 2].sum()


def vector(method):
    return lambda x: fastcluster.linkage_vector(x, method=method), heights


def matrix(method):
    return lambda x: fastcluster.linkage(x, method=method), heights


fit_main({"ward": vector("ward"), "centroid": vector("centroid"), "average": matrix("average"), "complete": matrix("complete")})
