# SPDX-License-Identifier: Apache-2.0
"""DBSCAN's labels and OPTICS' orders beside scikit-learn's, on every set of the clustering battery.

usage: peers_check_density.py [BUILD] [DATA]     default build ../shared/data

DBSCAN: labels number for number (the border rule set to "lowest cluster"), core rows, at several eps, also ones
that are exactly the distance of two rows. OPTICS: order, reachabilities, core distances, predecessors, and labels
by xi. scikit-learn 1.2 looks predecessors up in the wrong order when it corrects valleys: mended here first.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from sklearn.cluster import DBSCAN, OPTICS, _optics
from sklearn.neighbors import NearestNeighbors

build = sys.argv[1] if len(sys.argv) > 1 else "build"
data = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "../shared/data") / "clustering"
OPTICS_ROWS_MOST = 5000


def correct_predecessor(reachability, predecessor, ordering, s, e):
    while s < e:
        if reachability[s] > reachability[e] or predecessor[e] in ordering[s:e]:
            return s, e
        e -= 1
    return None, None


_optics._correct_predecessor = correct_predecessor


def answer(method, x, *options):
    with tempfile.NamedTemporaryFile(suffix=".f32") as file:
        x.tofile(file.name)
        command = [f"{build}/bench/fits/answer_density", method, file.name, *map(str, x.shape), *map(repr, options)]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return np.array([line.split() for line in out.splitlines()], dtype=np.float64)


def check_dbscan(name, x, rng):
    """Number of runs, and what differed."""
    faults = []
    runs = 0
    distances = NearestNeighbors(n_neighbors=10).fit(x.astype(np.float64)).kneighbors()[0][:, -1]
    a, b = x[rng.integers(len(x))].astype(np.float64), x[rng.integers(len(x))].astype(np.float64)
    exact = float(np.sqrt(((a - b) ** 2).sum()))
    scales = [float(np.quantile(distances, q)) for q in (0.05, 0.5, 0.9, 0.99)]
    for eps in scales + [2 * scales[2]] + ([exact] if 0 < exact < 4 * scales[3] else []):
        for min_samples in (2, 5, 20):
            if eps <= 0:
                continue
            runs += 1
            theirs = DBSCAN(eps=eps, min_samples=min_samples).fit(x.astype(np.float64))
            core = np.zeros(len(x), bool)
            core[theirs.core_sample_indices_] = True
            ours = answer("dbscan", x, eps, min_samples)
            n_labels, n_core = (ours[:, 0] != theirs.labels_).sum(), (ours[:, 1] != core).sum()
            if n_labels or n_core:
                faults.append(f"eps {eps!r}, min_samples {min_samples}: {n_labels} labels, {n_core} core rows differ")
    return runs, faults


def check_optics(name, x):
    faults = []
    n_ties = len(x) - len(np.unique(x, axis=0))
    for min_samples in (5, 20):
        theirs = OPTICS(min_samples=min_samples, xi=0.05).fit(x.astype(np.float64))
        ours = answer("optics", x, float("inf"), min_samples, 0.05)
        rows = ours[:, 0].astype(int)
        reach, core, labels = (np.empty(len(x)) for _ in range(3))
        predecessor = np.empty(len(x), int)
        reach[rows], core[rows], predecessor[rows], labels[rows] = ours[:, 1], ours[:, 2], ours[:, 3], ours[:, 4]
        same_core = np.allclose(core, theirs.core_distances_, rtol=1e-12, atol=0)
        n_order = (rows != theirs.ordering_).sum()
        with np.errstate(invalid="ignore"):
            n_reach = (~np.isclose(reach, theirs.reachability_, rtol=1e-12, atol=0)).sum()
        n_pred, n_labels = (predecessor != theirs.predecessor_).sum(), (labels != theirs.labels_).sum()
        if n_order or n_reach or n_pred or n_labels or not same_core:
            sorted_same = np.allclose(np.sort(reach)[:-1], np.sort(theirs.reachability_)[:-1], rtol=1e-12)
            faults.append(f"min_samples {min_samples}: order {n_order}, reachability {n_reach}, predecessor {n_pred}, "
                          f"labels {n_labels} differ; core distances {'same' if same_core else 'differ'}; "
                          f"the same reachabilities as a set: {sorted_same}; {n_ties} duplicate rows")
    return faults


def main():
    rng = np.random.default_rng(1)
    totals = [0, 0, 0, 0]
    for path in sorted(data.glob("*/*.data.gz")):
        name = f"{path.parent.name}/{path.name.removesuffix('.data.gz')}"
        x = np.loadtxt(path, dtype=np.float32, ndmin=2)
        runs, faults = check_dbscan(name, x, rng)
        totals[0] += runs
        totals[1] += len(faults)
        if len(x) <= OPTICS_ROWS_MOST:
            optics = check_optics(name, x)
            totals[2] += 2
            totals[3] += len(optics)
            faults += optics
        for fault in faults:
            print(f"{name}: {fault}", flush=True)
    print(f"DBSCAN: {totals[0]} runs, {totals[1]} differ; OPTICS: {totals[2]} runs, {totals[3]} differ")


main()
