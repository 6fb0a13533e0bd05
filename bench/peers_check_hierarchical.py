# SPDX-License-Identifier: Apache-2.0
"""Dendrograms of gyeol beside scipy's, on every set of the clustering batteries: the largest relative
difference of a height by linkage, which sets have equal distances, and the mean ARI of Ward by battery.

usage: peers_check_hierarchical.py BUILD DATA [MAX_ROWS [MAX_ROWS_OF_ARI]]      (ninja -C BUILD bench/fits/tree_merges
first; 6000 6000 leaves out the larger sets, whose cut takes scipy long)
"""
import gzip
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.spatial.distance import pdist
from sklearn.metrics import adjusted_rand_score

BUILD, DATA = Path(sys.argv[1]), Path(sys.argv[2])
MAX_ROWS = int(sys.argv[3]) if len(sys.argv) > 3 else 8000
MAX_ROWS_OF_ARI = int(sys.argv[4]) if len(sys.argv) > 4 else 1 << 30
LINKAGES = ["ward", "average", "complete", "weighted", "centroid", "median"]


def ours(x, name):
    with tempfile.NamedTemporaryFile(suffix=".f32") as file:
        x.tofile(file.name)
        program = BUILD / "bench" / "fits" / "tree_merges"
        text = subprocess.run([program, name, file.name, str(len(x)), str(x.shape[1])], check=True, capture_output=True).stdout
    return np.array(text.split(), dtype=float).reshape(-1, 4)


def has_ties(tree, x):
    """Whether two merges have the same height, or (cheaply missed by that) two pairs of rows the same distance."""
    heights = np.sort(tree[:, 2])
    if np.any(np.diff(heights) <= 1e-12 * heights[1:]):
        return True
    distances = np.sort(pdist(x.astype(float)))
    return bool(np.any(np.diff(distances) == 0))


def best_ari(x, tree, labelings):
    """Rows whose reference label is 0 are noise and left out."""
    def one(reference):
        labels = cut_tree(tree, n_clusters=len(set(reference) - {0})).ravel()
        known = reference > 0
        return adjusted_rand_score(reference[known], labels[known])
    return max(one(reference) for reference in labelings)


worst, tied, aris = {}, {}, {}
for path in sorted(DATA.glob("clustering/*/*.data.gz")):
    battery, name = path.parent.name, path.name.removesuffix(".data.gz")
    x = np.loadtxt(gzip.open(path), ndmin=2).astype(np.float32)
    labelings = [np.loadtxt(gzip.open(p), dtype=int) for p in sorted(path.parent.glob(name + ".labels*.gz"))]
    if len(x) <= MAX_ROWS_OF_ARI:
        aris.setdefault(battery, []).append(best_ari(x, ours(x, "ward"), labelings))
    if len(x) > MAX_ROWS:
        left = "left out" if len(x) > MAX_ROWS_OF_ARI else "Ward's ARI only"
        print(f"{battery}/{name}: {len(x)} rows, {left}")
        continue
    line = []
    for method in LINKAGES:
        a, b = ours(x, method), linkage(x.astype(float), method)
        # Inversions: compare in order of height.
        ours_sorted, theirs_sorted = np.sort(a[:, 2]), np.sort(b[:, 2])
        difference = np.max(np.abs(ours_sorted - theirs_sorted) / np.maximum(theirs_sorted, 1e-300)) if len(x) > 1 else 0
        same_tree = np.array_equal(a[:, [0, 1, 3]], b[:, [0, 1, 3]])
        line.append(f"{method} {difference:.1e}{'' if same_tree else '*'}")
        kind = tied if has_ties(b, x) else worst
        kind.setdefault(method, []).append((difference, f"{battery}/{name}"))
    print(f"{battery}/{name}: " + ", ".join(line), flush=True)
print("without ties, largest relative difference of a height (* above: another tree):")
for method in LINKAGES:
    print(f"  {method}: {max(worst[method])} of {len(worst[method])} sets; with ties {len(tied.get(method, []))} sets, {sum(d > 1e-9 for d, _ in tied.get(method, []))} differ")
for battery, values in aris.items():
    print(f"Ward, mean ARI, {battery} ({len(values)}): {np.mean(values):.4f}")
