# SPDX-License-Identifier: Apache-2.0
# R's dbscan for bench/fits.mjs; the protocol is in fit.h.
#   peer_density.R CASE FILE ROWS COLUMNS THREADS
suppressPackageStartupMessages(library(dbscan))
args <- commandArgs(trailingOnly = TRUE)
rows <- as.integer(args[3])
columns <- as.integer(args[4])
x <- matrix(readBin(args[2], "numeric", rows * columns, size = 4), ncol = columns, byrow = TRUE)
eps <- c(dbscan_uniform_2 = 0.00977, dbscan_uniform_5 = 0.1415, dbscan_groups_2 = 0.1, dbscan_groups_5 = 0.6)
input <- file("stdin", "r")
while (length(readLines(input, 1)) > 0) {
  gc()
  started <- Sys.time()
  if (args[1] == "optics") {
    quality <- sum(is.finite(optics(x, eps = 3, minPts = 10)$reachdist))
  } else {
    quality <- sum(dbscan(x, eps = eps[[args[1]]], minPts = 10)$cluster == 0)
  }
  cat(sprintf("%.6f %.17g\n", as.numeric(Sys.time() - started, units = "secs"), quality))
  flush(stdout())
}
