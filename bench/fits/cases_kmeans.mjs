// SPDX-License-Identifier: Apache-2.0
// k-means against scikit-learn. `bytes` and `flops` are what a fit must at least move and compute.
const lloyd = (n, d, k, target) => ({
  title: `k-means ${n / 1e6} M x ${d}, k = ${k}, 20 iterations from given centres`,
  data: ["groups", n, d, k],
  ours: ["fit_kmeans", `lloyd_k${k}`],
  peers: [["peer_kmeans.py", `lloyd_k${k}`, "scikit-learn Lloyd"]],
  target,
  quality: { name: "inertia", relative: 1e-5 },
  bytes: 21 * n * d * 4,
  flops: 21 * 2 * n * d * k,
});

export default [
  lloyd(1e6, 16, 8, 0.15),
  lloyd(1e6, 8, 5, 0.12),
  lloyd(2e5, 64, 50, 0.25),
  lloyd(1e7, 8, 8, 0.15),
  {
    title: "k-means++ seeding 1 M x 16, k = 8",
    data: ["groups", 1e6, 16, 8],
    ours: ["fit_kmeans", "seed_k8"],
    peers: [["peer_kmeans.py", "seed_k8", "scikit-learn kmeans_plusplus"]],
    target: 0.25,
    quality: { name: "inertia", report: true },
    bytes: 8 * 1e6 * 17 * 4,
  },
  {
    title: "k-means 0.2 M x 64, k = 50, default fit with one start",
    data: ["groups", 2e5, 64, 50],
    ours: ["fit_kmeans", "whole_k50"],
    peers: [["peer_kmeans.py", "whole_k50", "scikit-learn KMeans(n_init=1)"]],
    target: 0.15,
    quality: { name: "inertia", report: true },
  },
  {
    title: "mini-batch k-means 10 M x 8, k = 8",
    data: ["groups", 1e7, 8, 8],
    ours: ["fit_kmeans", "minibatch_k8"],
    peers: [["peer_kmeans.py", "minibatch_k8", "scikit-learn MiniBatchKMeans, batch 1,024"]],
    target: 0.1,
    quality: { name: "inertia", at_most_peer: true },
    bytes: 5 * 1e7 * 8 * 4,
  },
];
