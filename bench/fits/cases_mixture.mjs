// SPDX-License-Identifier: Apache-2.0
// Gaussian mixtures against scikit-learn. A point and cluster cost d (d + 1) multiply-adds: half of them for the
// density, half for the sums.
const [n, d, k] = [5e5, 8, 6];

export default [
  {
    title: "Gaussian mixture full 0.5 M x 8, k = 6, 20 iterations from given parameters",
    data: ["groups", n, d, k],
    ours: ["fit_mixture", "em_full"],
    peers: [["peer_mixture.py", "em_full", "scikit-learn"]],
    target: 0.02,
    quality: { name: "mean log-likelihood", relative: 1e-6 },
    bytes: 21 * n * d * 4,
    flops: 20 * n * k * 2 * d * (d + 1),
  },
];
