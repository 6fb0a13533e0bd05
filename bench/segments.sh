#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# 100 segments of a simulated shop: the first evaluation, a full one, and one after a single definition changed; then
# the overlap of 100 segments over 10 million customers.
#   bench/segments.sh [CUSTOMERS]      default 100000
set -eu
cd "$(dirname "$0")/.."
customers=${1:-100000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gyeol=$PWD/build/gyeol
ninja -C build --quiet gyeol bench/bench_segments
cd "$work"
"$gyeol" simulate shop --customers "$customers" --seed 1 --out data --format parquet --quiet
"$gyeol" init shop data/orders.parquet data/events.parquet data/customers.parquet --yes --quiet
"$gyeol" run shop --quiet
mkdir -p shop/segments
i=0
while [ $i -lt 100 ]; do
  case $((i % 10)) in
    0) rule="monetary > $((i * 1000)) and recency_days < 90" ;;
    1) rule="count(orders, last $((i + 7)) days) >= 2" ;;
    2) rule="sum(order_lines.amount, last $((i + 30)) days) > 100000" ;;
    3) rule="count(events where event = 'Product Added', last $((i + 3)) days) >= 1" ;;
    4) rule="distinct(order_lines.category, this year) > 2 and orders > $((i / 20))" ;;
    5) rule="rfm = 'Champions' or percentile(monetary) > $((i - 1))" ;;
    6) rule="exists(events where event = 'Product Viewed', last $((i + 1)) days) and not exists(orders, last 60 days)" ;;
    7) rule="max(order_lines.amount) > $((i * 500))" ;;
    8) rule="in_segment('s0') and orders > $((i / 10))" ;;
    9) rule="avg(order_lines.quantity) > 1 and tenure_days > $i" ;;
  esac
  echo "rule: $rule" >"shop/segments/s$i.yaml"
  i=$((i + 1))
done
seconds() { # of the command
  start=$(date +%s.%N)
  "$@" >/dev/null
  end=$(date +%s.%N)
  echo "$end $start" | awk '{printf "%.2f s\n", $1 - $2}'
}
echo "load $(cut -d' ' -f1 /proc/loadavg), $customers customers"
printf "first:          "; seconds "$gyeol" segment refresh shop --quiet
for round in 1 2 3; do
  printf "full:           "; seconds "$gyeol" segment refresh shop --full --quiet
  echo "rule: monetary > $round and recency_days < 90" >shop/segments/s10.yaml
  printf "one definition: "; seconds "$gyeol" segment refresh shop --quiet
done
printf "nothing:        "; seconds "$gyeol" segment refresh shop --quiet
"$(dirname "$gyeol")/bench/bench_segments"
