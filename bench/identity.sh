#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who is one person: components beside scipy's (where python3-scipy is there), their memory, and the step of a shop.
#   bench/identity.sh [BUILD]        ROUNDS (3), PEOPLE (1000000)
set -eu
cd "$(dirname "$0")/.."
build=$(cd "${1:-build}" && pwd)
rounds=${ROUNDS:-3} work=${BENCH_DIR:-$build/bench-data}/identity python=${PYTHON:-/usr/bin/python3}
ninja -C "$build" --quiet bench/bench_identity
mkdir -p "$work"
echo "components, 20 M links over 10 M nodes (target: at most 0.15 x scipy with building its matrix)"
for _ in $(seq "$rounds"); do
  "$build/bench/bench_identity" components 10000000 20000000 "$work"
  if "$python" -c 'import scipy.sparse' 2>/dev/null; then "$python" bench/peer_components.py "$work" 10000000; else echo "scipy: not there"; fi
done
echo "components, 50 M links over 20 M nodes (target: 2 GB)"
"$build/bench/bench_identity" components 20000000 50000000
echo "identity of a shop"
rm -f "$work/store.duckdb"
"$build/bench/bench_identity" shop "${PEOPLE:-1000000}" "$work/store.duckdb"
rm -rf "$work"
