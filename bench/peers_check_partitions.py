# SPDX-License-Identifier: Apache-2.0
"""k-medoids, HDBSCAN*, Gaussian mixtures and the silhouette beside R and scikit-learn, on the sets of the
clustering battery that have at most MAX_ROWS rows.

usage: peers_check_partitions.py [BUILD] [DATA] [MAX_ROWS]     default build ../shared/data 1000

k-medoids: cost against R's cluster::pam (pamonce = 6, which swaps as FasterPAM does). HDBSCAN*: agreement with R's
dbscan::hdbscan, which breaks ties in its own way and counts differently where clusters fall apart. Mixtures:
log-likelihood of 10 iterations from the same clusters, full covariances, no regularization. Silhouette of those
clusters. Fails when a silhouette differs by 1e-6, a log-likelihood by 1e-6 of itself, or a cost by 0.1 % on more
than one set in twenty.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.mixture import GaussianMixture

build = sys.argv[1] if len(sys.argv) > 1 else "build"
data = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "../shared/data") / "clustering"
max_rows = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
MIN_POINTS, ITERATIONS = 10, 10
warnings.filterwarnings("ignore")


class FromLabels(GaussianMixture):
    """Begins with given clusters."""

    def _initialize_parameters(self, X, random_state):
        self._initialize(X, np.eye(self.n_components)[self.labels])


def cluster(path, *arguments):
    out = subprocess.run([f"{build}/gyeol", "cluster", *arguments, "-i", path, "--scale", "none", "--json", "--quiet"],
                         check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def answer(x, labels, k):
    with tempfile.NamedTemporaryFile() as values, tempfile.NamedTemporaryFile() as given:
        x.tofile(values.name)
        labels.astype(np.int32).tofile(given.name)
        command = [f"{build}/bench/fits/answer_labelled", values.name, given.name, *map(str, x.shape), str(k), str(ITERATIONS)]
        return map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def check_given(x, k):
    """Differences of the silhouette, and of the log-likelihood relative to itself (NaN: the peer gave up)."""
    labels = KMeans(k, n_init=3, random_state=1).fit(x).labels_
    silhouette, log_likelihood = answer(x, labels, k)
    peer = FromLabels(k, reg_covar=0, max_iter=ITERATIONS, tol=0)
    peer.labels = labels
    wide = x.astype(np.float64)
    try:
        theirs = peer.fit(wide).score(wide) * len(x)
    except ValueError:  # a covariance without an inverse
        theirs = float("nan")
    return abs(silhouette - silhouette_score(wide, labels)), abs(log_likelihood - theirs) / max(abs(theirs), 1)


def check(folder):
    sets = []
    for path in sorted(data.glob("*/*.data.gz")):
        x = np.loadtxt(path, dtype=np.float32, ndmin=2)
        k = int(np.loadtxt(str(path).replace(".data.gz", ".labels0.gz"), dtype=np.int64).max())
        if len(x) > max_rows or k < 2:
            continue
        name = f"{path.parent.name}/{path.name.removesuffix('.data.gz')}"
        file = f"{folder}/{name.replace('/', '_')}.csv"
        np.savetxt(file, x, delimiter=",", fmt="%.9g", header=",".join(f"x{j}" for j in range(x.shape[1])), comments="")
        sets.append((name, file, x, k))
    here = pathlib.Path(__file__).parent
    subprocess.run(["Rscript", "--vanilla", str(here / "peers_check_partitions.R"), str(MIN_POINTS)], check=True, text=True,
                   input="".join(f"{file} {k}\n" for _, file, _, k in sets))
    costs, agreements, silhouettes, likelihoods = [], [], [], []
    for name, file, x, k in sets:
        costs.append(cluster(file, "kmedoids", "-k", str(k))["inertia"] / float(open(f"{file}.pam").read()))
        points = str(MIN_POINTS)
        cluster(file, "hdbscan", "--min-samples", points, "--min-cluster-size", points, "--out", f"{file}.out.csv")
        ours = np.loadtxt(f"{file}.out.csv", delimiter=",", skiprows=1, usecols=1, dtype=int)
        agreements.append(adjusted_rand_score(np.loadtxt(f"{file}.hdbscan", dtype=int), ours))
        silhouette, likelihood = check_given(x, k)
        silhouettes.append(silhouette)
        likelihoods.append(likelihood)
        print(f"{name} k {k}: cost {costs[-1]:.6f} of pam's, HDBSCAN* agreement {agreements[-1]:.4f}, silhouette off by "
              f"{silhouette:.1e}, log-likelihood by {likelihood:.1e}", flush=True)
    return map(np.array, (costs, agreements, silhouettes, likelihoods))


with tempfile.TemporaryDirectory() as folder:
    costs, agreements, silhouettes, likelihoods = check(folder)
judged = likelihoods[~np.isnan(likelihoods)]
above = int((costs > 1.001).sum())
print(f"k-medoids: {above} of {len(costs)} sets cost over 0.1 % more than pam's; mean ratio {costs.mean():.6f}, largest {costs.max():.4f}")
print(f"HDBSCAN*: agreement with R at least 0.999 on {(agreements >= 0.999).sum()} of {len(agreements)} sets; mean {agreements.mean():.4f}, "
      f"least {agreements.min():.4f}")
print(f"silhouette: largest difference {silhouettes.max():.1e}")
print(f"mixture: largest relative difference of a log-likelihood {judged.max():.1e} on {len(judged)} sets; on "
      f"{len(likelihoods) - len(judged)} the peer found no inverse")
sys.exit(int(above * 20 > len(costs) or silhouettes.max() > 1e-6 or judged.max() > 1e-6))
