#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Ratios of gyeol to its peers, measured in one run on this machine. Whole processes, in turn, medians.
#   bench/run.sh [BUILD]        LINES (20000000), CUSTOMERS (1000000), ROUNDS (3), WHOLE_LINES (5000000)
set -eu
cd "$(dirname "$0")/.."
build=$(cd "${1:-build}" && pwd)
lines=${LINES:-20000000} customers=${CUSTOMERS:-1000000} rounds=${ROUNDS:-3} whole=${WHOLE_LINES:-5000000}
work=${BENCH_DIR:-$build/bench-data}
gyeol=$build/gyeol
python=${PYTHON:-/usr/bin/python3}
ninja -C "$build" --quiet bench/duckdb_statement bench/bench_consent
mkdir -p "$work"

# seconds COMMAND...: wall seconds of a whole process
seconds() {
  start=$(date +%s.%N)
  "$@" >"$work/out" 2>"$work/err" || { cat "$work/err" >&2; exit 1; }
  end=$(date +%s.%N)
  echo "$end $start" | awk '{ printf "%.3f\n", $1 - $2 }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
spread() { sort -n | awk '{ v[NR] = $1 } END { printf "%.0f%%", 100 * (v[NR] - v[1]) / v[int((NR + 1) / 2)] }'; }

# pair NAME TARGET A-FUNCTION B-FUNCTION: runs both in turn and prints the ratio of medians
pair() {
  : >"$work/a"; : >"$work/b"
  for _ in $(seq "$rounds"); do "$3" >>"$work/a"; "$4" >>"$work/b"; done
  a=$(median <"$work/a") b=$(median <"$work/b")
  printf '%-44s %8s s %8s s  ratio %s (target %s)  spread %s / %s\n' "$1" "$a" "$b" \
    "$(echo "$a $b" | awk '{ printf "%.2f", $1 / $2 }')" "$2" "$(spread <"$work/a")" "$(spread <"$work/b")"
}

simulate() { # FORMAT LINES DIR
  [ -f "$3/orders.$1" ] || "$gyeol" simulate shop --customers $((customers * $2 / lines)) --lines "$2" --tables orders \
    --format "$1" --out "$3" --quiet
}

fresh_run() { # DATA-FILE [OPTIONS]
  rm -rf "$work/shop"
  "$gyeol" init "$work/shop" "$1" --yes --quiet
  shift
  seconds "$gyeol" run "$work/shop" --quiet "$@"
}

grouped="count(*), count(DISTINCT order_id), sum(quantity * unit_price), max(ordered_at)"
statement() { # FROM
  seconds "$build/bench/duckdb_statement" "CREATE TABLE x AS SELECT customer_id, $grouped FROM $1 GROUP BY 1"
}

csv=$work/csv parquet=$work/parquet small=$work/whole
echo "simulating $lines order lines of $customers customers"
simulate csv "$lines" "$csv"
simulate parquet "$lines" "$parquet"
simulate csv "$whole" "$small"

ours_csv() { fresh_run "$csv/orders.csv" --until rfm; }
theirs_csv() { statement "read_csv('$csv/orders.csv')"; }
ours_parquet() { fresh_run "$parquet/orders.parquet" --until rfm; }
theirs_parquet() { statement "read_parquet('$parquet/orders.parquet')"; }
ours_whole() { fresh_run "$small/orders.csv"; }
theirs_whole() { seconds "$python" bench/peer_pandas.py "$small/orders.csv"; }
unchanged() { seconds "$gyeol" run "$work/shop" --quiet; }

echo "sources against each other"
CUSTOMERS=$customers LINES=$lines ROUNDS=$rounds BENCH_DIR=$work bench/sources.sh "$build" || true

echo "identifiers of people"
ROUNDS=$rounds BENCH_DIR=$work bench/identifiers.sh "$build"

echo "gyeol against its peer"
pair "CSV: import, clean, features, RFM / DuckDB" 0.8 ours_csv theirs_csv
echo "  DuckDB's bare read and its load into a table (one process, s):"
"$build/bench/duckdb_statement" "SELECT count(*), max(customer_id), max(order_id), max(ordered_at), max(product_id), sum(quantity),
  sum(unit_price), sum(discount) FROM read_csv('$csv/orders.csv')" "CREATE TABLE t AS FROM read_csv('$csv/orders.csv')" | sed 's/^/  /'
pair "Parquet: clean, features, RFM / DuckDB" 0.35 ours_parquet theirs_parquet
pair "whole job, $whole lines / pandas + sklearn" 0.125 ours_whole theirs_whole
printf '%-44s %8s s (target 0.3)\n' "a second, unchanged run" "$(unchanged)"
rm -rf "$work/shop"
"$gyeol" init "$work/shop" "$csv/orders.csv" --yes --quiet
"$gyeol" run "$work/shop" --quiet --memory 2GB --json >"$work/json"
printf '%-44s %8s GB (target 2.5)\n' "peak memory with --memory 2GB" \
  "$(sed 's/.*"peak_bytes": *\([0-9]*\).*/\1/' "$work/json" | awk '{ printf "%.2f", $1 / 1e9 }')"
bench/identity.sh "$build"
bench/forget.sh "$build"
bench/linkage.sh "$build"
echo "what holds of 10 million people from 50 million rows of consents"
"$build/bench/bench_consent" "$work/consent.duckdb" "${CONSENT_ROWS:-50000000}" "${CONSENT_PEOPLE:-10000000}" "$rounds"
bench/fits.mjs --build "$build" --markdown docs/benchmarks.md
