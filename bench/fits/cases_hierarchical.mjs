// SPDX-License-Identifier: Apache-2.0
// Trees against fastcluster. `flops`: the distances of all pairs once; `bytes`: their matrix written and read once.
const tree = (linkage, n, d, k, target, peer, matrix) => ({
  title: `${linkage} linkage ${n / 1e3} k x ${d}`,
  data: ["groups", n, d, k],
  ours: ["fit_hierarchical", linkage],
  peers: [["peer_hierarchical.py", linkage, peer]],
  target,
  quality: { name: "sum of heights", relative: 1e-9 },
  rounds: 3,
  flops: (3 * n * n * d) / 2,
  bytes: matrix ? 8 * n * n : 0,
});

export default [
  tree("ward", 2e4, 8, 8, 0.15, "fastcluster linkage_vector", false),
  tree("average", 2e4, 8, 8, 0.3, "fastcluster linkage", true),
  {
    title: "ward linkage 1 M x 8 in two stages",
    data: ["separated", 1e6, 8, 8],
    ours: ["fit_hierarchical", "two_stage"],
    limit_s: 60,
    limit_bytes: 2e9,
    quality: { name: "ARI to exact Ward on 20 k rows", report: true },
    rounds: 3,
    bytes: 4 * 1e6 * 8,
  },
];
