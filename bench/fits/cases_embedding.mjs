// SPDX-License-Identifier: Apache-2.0
// The picture against scikit-learn's t-SNE, which takes minutes: one round.
export default [
  {
    title: "t-SNE 10 k x 20",
    data: ["groups", 1e4, 20, 10],
    ours: ["fit_embedding", "tsne"],
    peers: [["peer_embedding.py", "tsne", "scikit-learn t-SNE"]],
    target: 0.3,
    rounds: 1,
    quality: { name: "KL divergence", relative: 0.02 },
  },
  {
    title: "t-SNE 50 k x 20",
    data: ["groups", 5e4, 20, 10],
    ours: ["fit_embedding", "tsne"],
    peers: [["peer_embedding.py", "tsne", "scikit-learn t-SNE"]],
    target: 0.3,
    rounds: 1,
    quality: { name: "KL divergence", relative: 0.02 },
  },
];
