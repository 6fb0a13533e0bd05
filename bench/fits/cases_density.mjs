// SPDX-License-Identifier: Apache-2.0
// DBSCAN against scikit-learn and R's dbscan: rows uniform in the unit cube, eps such that a row has about 30
// neighbours, min_samples 10. The bound is the data read once; what a fit needs is far more.
const dbscan = (n, d, target) => ({
  title: `DBSCAN ${n / 1000} k x ${d}, about 30 neighbours`,
  data: ["uniform", n, d, 1],
  ours: ["fit_density", `dbscan_uniform_${d}`],
  peers: [
    ["peer_density.py", `dbscan_uniform_${d}`, "scikit-learn, 1 job"],
    ["peer_density.py", `dbscan_uniform_${d}_jobs`, "scikit-learn, 2 jobs"],
    ["peer_density.R", `dbscan_uniform_${d}`, "R dbscan"],
  ],
  target,
  quality: { name: "noise rows", relative: 0 },
  bytes: n * d * 4,
});

const groups = (n, d, target) => ({
  ...dbscan(n, d, target),
  title: `DBSCAN ${n / 1000} k x ${d} in 20 groups`,
  data: ["separated", n, d, 20],
  ours: ["fit_density", `dbscan_groups_${d}`],
  peers: [
    ["peer_density.py", `dbscan_groups_${d}`, "scikit-learn, 1 job"],
    ["peer_density.R", `dbscan_groups_${d}`, "R dbscan"],
  ],
});

export default [
  dbscan(1e5, 2, 0.3),
  dbscan(1e5, 5, 0.35),
  groups(1e5, 2, 0.3),
  groups(1e5, 5, 0.35),
  {
    title: "DBSCAN 10 M x 2",
    data: ["uniform", 1e7, 2, 1],
    ours: ["fit_density", "dbscan_large"],
    rounds: 2,
    limit_s: 30,
    limit_bytes: 2e9,
    quality: { name: "noise rows", report: true },
    bytes: 1e7 * 2 * 4,
  },
  {
    title: "OPTICS 20 k x 2, max_eps infinite",
    data: ["separated", 2e4, 2, 20],
    ours: ["fit_density", "optics"],
    peers: [["peer_density.R", "optics", "R dbscan, eps 3"]],
    target: 1,
    quality: { name: "rows reached", report: true },
  },
];
