# SPDX-License-Identifier: Apache-2.0
# For bench/peers_check_partitions.py: cost of cluster::pam and labels of dbscan::hdbscan of CSV files.
# usage: Rscript peers_check_partitions.R MIN_POINTS < lines "FILE CLUSTERS"; writes FILE.pam and FILE.hdbscan
suppressMessages(library(cluster))
min_points <- as.integer(commandArgs(trailingOnly = TRUE)[1])
for (line in readLines("stdin")) {
  words <- strsplit(line, " ")[[1]]
  x <- as.matrix(read.csv(words[1]))
  model <- pam(dist(x), as.integer(words[2]), diss = TRUE, pamonce = 6, cluster.only = FALSE)
  write(format(model$objective[["swap"]] * nrow(x), digits = 17), paste0(words[1], ".pam"))
  write(dbscan::hdbscan(x, minPts = min_points)$cluster, paste0(words[1], ".hdbscan"), ncolumns = 1)
}
