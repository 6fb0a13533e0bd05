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
];
