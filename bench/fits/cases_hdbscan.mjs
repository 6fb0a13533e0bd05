// SPDX-License-Identifier: Apache-2.0
// HDBSCAN* against R's dbscan, which keeps all distances: it cannot take part in the second case. `bytes`: the rows are
// read once; what the searches cost depends on the data, so that no tighter bound is stated.
const hdbscan = (n, d) => ({
  title: `HDBSCAN* ${n / 1e3} k x ${d}, min_samples 10`,
  data: ["groups", n, d, 8],
  ours: ["fit_hdbscan", "ten"],
  quality: { name: "clusters", report: true },
  bytes: 4 * n * d,
});

export default [
  { ...hdbscan(1e4, 5), peers: [["peer_hdbscan.R", "ten", "R dbscan hdbscan"]], target: 0.03 },
  { ...hdbscan(2e5, 5), limit_s: 10, limit_bytes: 1e9 },
];
