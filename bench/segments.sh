#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# 100 segments of mixed kinds: a full refresh beside one pass of the engine over the three tables, and a refresh after
# the rows of one customer in a hundred changed beside a full one, in turn; then the overlap of 100 segments over 10
# million customers.
#   bench/segments.sh [CUSTOMERS [LINES [EVENTS [ROUNDS]]]]      default 100000, 20 and 20 a customer, 3
# The whole size: bench/segments.sh 1000000
set -eu
cd "$(dirname "$0")/.."
customers=${1:-100000}
lines=${2:-$((customers * 20))}
events=${3:-$((customers * 20))}
rounds=${4:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gyeol=$PWD/build/gyeol
bench=$PWD/build/bench
ninja -C build --quiet gyeol bench/bench_segments bench/bench_refresh
cd "$work"
mkdir -p data shop/segments
"$bench/bench_refresh" data data "$customers" "$lines" "$events"
cat >shop/gyeol.yaml <<'END'
name: shop
language: en
sources:
  - {name: orders, target: order_items, files: ["../data/orders.csv"], format: csv, columns: {order_id: order, customer_id: customer, ordered_at: time, product_id: product, category: category, quantity: quantity, unit_price: unit_price}}
  - {name: events, target: events, files: ["../data/events.csv"], format: csv, columns: {customer_id: customer, occurred_at: time, event: event}}
  - {name: customers, target: customers, files: ["../data/customers.csv"], format: csv, columns: {customer_id: customer, town: attribute}}
END
i=0
while [ $i -lt 100 ]; do
  case $((i % 10)) in
    0) rule="monetary > $((i * 10000)) and recency_days < 90" ;;
    1) rule="count(orders, last $((i + 7)) days) >= 2" ;;
    2) rule="sum(order_lines.amount, last $((i + 30)) days) > 300000" ;;
    3) rule="count(events where event = 'Product Added', last $((i + 3)) days) >= 1" ;;
    4) rule="distinct(order_lines.category, this year) > 4 and orders > $((i / 20))" ;;
    5) rule="rfm = 'Champions' or percentile(monetary) > $((i - 1))" ;;
    6) rule="exists(events where event = 'Product Viewed', last $((i + 1)) days) and not exists(orders, last 60 days)" ;;
    7) rule="max(order_lines.amount) > $((200000 + i * 500))" ;;
    8) rule="in_segment('s0') and orders > $((i / 10))" ;;
    9) rule="avg(order_lines.quantity) > 1.9 and tenure_days > $((i * 5)) and town = 'town$((i / 10))'" ;;
  esac
  echo "rule: $rule" >"shop/segments/s$i.yaml"
  i=$((i + 1))
done
# Seconds of the step "segments" in a run's or a refresh's JSON.
step() {
  sed -n 's/.*"step": *"segments"[^}]*"seconds": *\([0-9.]*\).*/\1/p; t; s/.*"seconds": *\([0-9.]*\), *"step": *"segments".*/\1/p'
}
full() { "$gyeol" segment refresh shop --full --json --quiet | sed -n 's/.*"seconds": *\([0-9.]*\).*/\1/p'; }
echo "load $(cut -d' ' -f1 /proc/loadavg), $customers customers, $lines order lines, $events events"
first=$("$gyeol" run shop --json --quiet | step)
echo "first: $first s"
round=0
while [ $round -lt "$rounds" ]; do
  pass=$("$bench/bench_refresh" pass shop/.gyeol/store.duckdb 2>/dev/null)
  whole=$(full)
  "$bench/bench_refresh" change data "$customers" 100
  some=$("$gyeol" run shop --json --quiet | step)
  echo "$pass $whole $some" | awk '{printf "pass %.2f s, full %.2f s (%.1f passes), 1 %% changed %.2f s (%.1f %% of full)\n", $1, $2, $2 / $1, $3, 100 * $3 / $2}'
  round=$((round + 1))
done
echo "load $(cut -d' ' -f1 /proc/loadavg)"
"$bench/bench_segments"
