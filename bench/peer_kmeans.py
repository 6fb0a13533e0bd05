# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's Lloyd for bench_kmeans: one timing for each line read.

usage: peer_kmeans.py FILE ROWS COLUMNS K ITERATIONS THREADS
"""
import os
import sys
import time
import warnings

path, n, d, k, iterations, threads = sys.argv[1], *map(int, sys.argv[2:7])
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(threads)

import numpy as np  # noqa: E402  (after the thread count is set)
from sklearn.cluster import KMeans  # noqa: E402

warnings.filterwarnings("ignore")
x = np.fromfile(path, dtype=np.float32).reshape(n, d)
for _ in sys.stdin:
    start = time.perf_counter()
    model = KMeans(k, init=x[:k], n_init=1, max_iter=iterations, tol=0, algorithm="lloyd").fit(x)
    seconds = time.perf_counter() - start
    # The model's own inertia is summed in single precision; compare what the clustering is worth in double.
    deviations = x - model.cluster_centers_.astype(np.float64)[model.labels_]
    print(seconds, repr(float(np.einsum("ij,ij->", deviations, deviations))), flush=True)
