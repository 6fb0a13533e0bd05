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

// Eight samples of 960 rows; x is read once for their medoids together and once for the winner's labels.
const clara = (n, d, k, target) => ({
  title: `CLARA-style k-medoids ${n / 1e6} M x ${d}, k = ${k}`,
  data: ["groups", n, d, k],
  ours: ["fit_kmedoids", `clara_k${k}`],
  peers: [["peer_kmedoids.R", `clara_k${k}`, "R cluster clara(samples = 20)"]],
  target,
  quality: { name: "cost", at_most_peer: true },
  bytes: 3 * 4 * n * d,
  flops: 3 * 9 * n * d * k,
});

export default [pam(5000, 8, 10, 0.1), pam(5000, 8, 100, 0.1), clara(1e6, 8, 8, 0.1)];
