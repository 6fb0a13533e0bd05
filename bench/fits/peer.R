# SPDX-License-Identifier: Apache-2.0
# What the R peers share: data read once, one fit for each line read, "SECONDS QUALITY" answered. A peer begins
#   source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "peer.R"))
# and ends with fit_main(cases). Threads: R's packages here have one.

fit_main <- function(cases) {
  # cases: name = list(prepare = function(x) ..., not timed; fit = function(prepared); quality = function(prepared, model))
  arguments <- commandArgs(trailingOnly = TRUE)
  case <- cases[[arguments[1]]]
  n <- as.numeric(arguments[3])
  d <- as.numeric(arguments[4])
  x <- matrix(readBin(arguments[2], "numeric", n * d, size = 4), n, d, byrow = TRUE)
  prepared <- case$prepare(x)
  input <- file("stdin", "r")
  while (length(readLines(input, 1)) > 0) {
    start <- proc.time()[["elapsed"]]
    model <- case$fit(prepared)
    seconds <- proc.time()[["elapsed"]] - start
    cat(sprintf("%.6f %.17g\n", seconds, case$quality(prepared, model)))
    flush(stdout())
  }
}
