// SPDX-License-Identifier: Apache-2.0
// The exact silhouette against scikit-learn's. Three operations a feature and pair, and a root a pair.
const silhouette = (n, d, target) => ({
  title: `silhouette exact ${n / 1e3} k x ${d}`,
  data: ["groups", n, d, 8],
  ours: ["fit_silhouette", "silhouette"],
  peers: [["peer_silhouette.py", "silhouette", "scikit-learn silhouette_samples, 1 job"]],
  target,
  rounds: 3,
  quality: { name: "mean", relative: 1e-4 },
  bytes: 4 * n * d,
  flops: n * n * (3 * d + 1),
});

export default [silhouette(2e4, 8, 0.02)];
