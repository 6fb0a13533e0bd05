# SPDX-License-Identifier: Apache-2.0
"""k-means beside scikit-learn's on every set of the clustering battery: inertia against the best of many starts,
and agreement with the reference labels.

usage: peers_check_kmeans.py [BUILD] [DATA] [STARTS]     default build ../shared/data 10

The peer is KMeans(k, n_init=100); k is the reference's. Inertias are recomputed here in double. Agreement: the
best adjusted Rand index over a set's references, rows of label 0 (noise) left out; means per battery.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

build = sys.argv[1] if len(sys.argv) > 1 else "build"
data = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "../shared/data") / "clustering"
starts = sys.argv[3] if len(sys.argv) > 3 else "10"


def labels_of(x, k):
    with tempfile.NamedTemporaryFile(suffix=".f32") as file:
        x.tofile(file.name)
        command = [f"{build}/bench/fits/answer_kmeans", file.name, *map(str, x.shape), str(k), starts, "0"]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return np.array(out.split()[1:], dtype=np.int64)


def inertia(x, labels):
    x = x.astype(np.float64)
    return sum(((x[labels == c] - x[labels == c].mean(axis=0)) ** 2).sum() for c in np.unique(labels))


def agreement(path, labels):
    best = -1.0
    for reference in sorted(path.parent.glob(path.name.replace(".data.gz", ".labels*.gz"))):
        truth = np.loadtxt(reference, dtype=np.int64)
        known = truth != 0
        best = max(best, adjusted_rand_score(truth[known], labels[known]))
    return best


within = fits = 0
for battery in ("fcps", "graves", "other", "sipu"):
    ours, theirs = [], []
    for path in sorted((data / battery).glob("*.data.gz")):
        x = np.loadtxt(path, ndmin=2).astype(np.float32)
        scores = {}
        for reference in sorted(path.parent.glob(path.name.replace(".data.gz", ".labels*.gz"))):
            truth = np.loadtxt(reference, dtype=np.int64)
            k = int(truth.max())
            if k in scores:
                continue
            peer = KMeans(k, n_init=100, random_state=1).fit(x)
            mine = labels_of(x, k)
            ratio = inertia(x, mine) / inertia(x, peer.labels_)
            scores[k] = agreement(path, mine), agreement(path, peer.labels_)
            fits += 1
            within += ratio <= 1.001
            note = "" if ratio <= 1.001 else "  above"
            print(f"{battery}/{path.name[:-8]} k {k}: inertia {ratio:.6f} of the peer's best{note}", flush=True)
        ours.append(max(score[0] for score in scores.values()))
        theirs.append(max(score[1] for score in scores.values()))
    print(f"{battery}: mean agreement {np.mean(ours):.4f}, peer {np.mean(theirs):.4f}", flush=True)
print(f"inertia within 0.1 % of the best of 100 starts: {within} of {fits}")
