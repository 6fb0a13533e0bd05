# SPDX-License-Identifier: Apache-2.0
# R's cluster package for bench/fits.mjs; the protocol is in fit.h.
# usage: Rscript peer_kmedoids.R CASE FILE ROWS COLUMNS THREADS
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "peer.R"))
suppressMessages(library(cluster))

# cluster.only leaves out the silhouette and the copy of the distances, which gyeol does not make either.
pam_case <- function(k) {
  list(
    prepare = dist,
    fit = function(distances) pam(distances, k, pamonce = 6, cluster.only = TRUE),
    quality = function(distances, labels) {
      full <- as.matrix(distances)
      sum(sapply(split(seq_along(labels), labels), function(own) min(rowSums(full[own, own, drop = FALSE]))))
    }
  )
}

clara_case <- function(k) {
  list(
    prepare = identity,
    fit = function(x) clara(x, k, samples = 20, medoids.x = FALSE, keep.data = FALSE),
    quality = function(x, model) model$objective * nrow(x)
  )
}

fit_main(list(pam_k10 = pam_case(10), pam_k100 = pam_case(100), clara_k8 = clara_case(8)))
