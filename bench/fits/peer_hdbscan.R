# SPDX-License-Identifier: Apache-2.0
# r-cran-dbscan's hdbscan for bench/fits.mjs; the protocol is in fit.h.
# usage: Rscript peer_hdbscan.R CASE FILE ROWS COLUMNS THREADS
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "peer.R"))
suppressMessages(library(dbscan))

fit_main(list(ten = list(
  prepare = identity,
  fit = function(x) hdbscan(x, minPts = 10),
  quality = function(x, model) max(model$cluster)
)))
