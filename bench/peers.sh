#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# gyeol's answers beside those of R and scikit-learn, on every set of the clustering battery; prints what each
# comparison comes to. A line a set is kept in BUILD/peers/NAME.log.
#   bench/peers.sh [BUILD] [NAME...]      NAME as in bench/peers_check_NAME.py; default all. DATA: ../shared/data
set -u
cd "$(dirname "$0")/.."
build=${1:-build}
[ $# -eq 0 ] || shift
data=${GYEOL_DATA:-../shared/data}
python=${PYTHON:-/usr/bin/python3}
all=$(ls bench/peers_check_*.py | sed 's,.*peers_check_,,; s,\.py,,')
[ -d "$data/clustering" ] || { echo "peers: no $data/clustering; set GYEOL_DATA"; exit 1; }
ninja -C "$build" --quiet bench/fits/tree_merges bench/fits/answer_density bench/fits/answer_kmeans bench/fits/answer_labelled || exit 1
mkdir -p "$build/peers"
failed=""
for name in ${*:-$all}; do
  log=$build/peers/$name.log
  begun=$(date +%s)
  "$python" "bench/peers_check_$name.py" "$build" "$data" >"$log" 2>&1 || failed="$failed $name"
  echo "== $name ($(($(date +%s) - begun)) s; $log)"
  grep -vE '^(fcps|graves|other|sipu)/' "$log"
done
[ -z "$failed" ] || { echo "peers: failures in$failed"; exit 1; }
