// SPDX-License-Identifier: Apache-2.0
// PCA against NumPy (covariance + eigh) and, for wide data, scikit-learn's randomised solver.
export default [
  {
    title: "PCA 1 M x 16, 4 components",
    data: ["groups", 1e6, 16, 8],
    ours: ["fit_pca", "pca_k4"],
    peers: [
      ["peer_pca.py", "cov_k4", "NumPy cov + eigh"],
      ["peer_pca.py", "single_k4", "NumPy x'x in single precision + eigh"],
    ],
    target: 0.15,
    quality: { name: "explained variance", relative: 1e-4 },
    bytes: 1e6 * 16 * 4,
    flops: 1e6 * 16 * 17,
  },
  {
    title: "PCA randomised 5 k x 1,000, 10 components",
    data: ["groups", 5e3, 1000, 8],
    ours: ["fit_pca", "pca_k10"],
    peers: [["peer_pca.py", "randomised_k10", "scikit-learn randomized"]],
    target: 1,
    quality: { name: "explained variance", relative: 1e-3 },
    flops: 2 * 5 * 2 * 5e3 * 1000 * 20,
  },
];
