// SPDX-License-Identifier: Apache-2.0
// k-medoids against R's cluster. `bytes`: the condensed table is read once and the full one written, then read in two
// sweeps at least (one that begins, one that finds nothing).
const pam = (n, d, k, target) => ({
  title: `FasterPAM ${n / 1e3} k x ${d}, k = ${k}, given distances`,
  data: ["groups", n, d, k],
  ours: ["fit_kmedoids", `pam_k${k}`],
  peers: [["peer_kmedoids.R", `pam_k${k}`, "R cluster pam(pamonce = 6)"]],
  target,
  rounds: 3,
  quality: { name: "cost", at_most_peer: true },
  bytes: 2 * n * n + 2 * 4 * n * n + 2 * 4 * n * n,
});

export default [pam(5000, 8, 10, 0.1), pam(5000, 8, 100, 0.1)];
