#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What pseudonyms cost: the simulator's customers imported with e-mail and phone as identifiers, and the same
# file with both as plain texts; then the same of a file that has nothing but ids, e-mails and phones. Whole
# processes in turn; processor seconds beside wall seconds, for a busy machine stretches the latter. Behind
# them what hashing, sealing and writing so many values costs at the least.
#   bench/identifiers.sh [BUILD]        CUSTOMERS (1000000), ROUNDS (5), THREADS (one a processor)
set -eu
cd "$(dirname "$0")/.."
build=$(cd "${1:-build}" && pwd)
customers=${CUSTOMERS:-1000000} rounds=${ROUNDS:-5}
work=${BENCH_DIR:-$build/bench-data}/identifiers
gyeol=$build/gyeol
data=$work/shop-$customers
ninja -C "$build" --quiet bench/bench_vault
mkdir -p "$work"
[ -f "$data/customers.csv" ] || "$gyeol" simulate shop --customers "$customers" --tables customers --out "$data" --quiet
[ -f "$data/few/orders.csv" ] || "$gyeol" simulate shop --customers 100 --tables orders --out "$data/few" --quiet # a project needs some
mkdir -p "$data/bare"
[ -f "$data/bare/customers.csv" ] || cut -d , -f 1,10,11 "$data/customers.csv" >"$data/bare/customers.csv"
head -1 "$data/bare/customers.csv" | grep -qx 'customer_id,email,phone'

project() { # pseudonyms|texts FILE
  rm -rf "$work/$1"
  "$gyeol" init "$work/$1" "$data/few/orders.csv" "$2" --yes --quiet
  [ "$1" = pseudonyms ] ||
    sed -i 's/email: email/email: attribute/; s/phone: phone/phone: attribute/; s/free_text: mask/free_text: keep/' "$work/$1/gyeol.yaml"
}

run() { # pseudonyms|texts FILE: appends "wall processor" seconds
  project "$1" "$2"
  /bin/bash -c 'TIMEFORMAT="%R %U %S"; time "$@"' time "$gyeol" run "$work/$1" ${THREADS:+--threads "$THREADS"} --quiet --until import \
    2>"$work/time" || { cat "$work/time" >&2; exit 1; }
  tail -1 "$work/time" | awk '{ print $1, $2 + $3 }' >>"$work/$1.times"
}

best() { cut -d ' ' -f "$2" "$work/$1.times" | sort -n | head -1; }
median() { cut -d ' ' -f "$2" "$work/$1.times" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

compare() { # NAME FILE TARGET
  rm -f "$work/pseudonyms.times" "$work/texts.times"
  for _ in $(seq "$rounds"); do run texts "$2"; run pseudonyms "$2"; done
  for of in "1 wall" "2 processor"; do
    for choose in best median; do
      echo "$("$choose" pseudonyms "${of% *}") $("$choose" texts "${of% *}")" |
        awk -v name="$1: pseudonyms / texts, $choose ${of#* }" -v target="$3" \
          '{ printf "%-60s %8.3f s %8.3f s  ratio %.2f%s\n", name, $1, $2, $1 / $2, target }'
    done
  done
  bytes=$(du -cb "$work"/pseudonyms/.gyeol/vault/*.seg | tail -1 | cut -f 1)
  echo "  originals in the vault: $bytes bytes; load $(cut -d ' ' -f 1 /proc/loadavg)"
}

compare "customers" "$data/customers.csv" " (target 1.25)"
compare "id, e-mail, phone" "$data/bare/customers.csv" ""
echo "  at the least, of e-mails and phones of $customers people:"
"$build/bench/bench_vault" "$(echo "$customers" | awk '{ print 2 * $1 / 1e6 }')" | sed -n 's/^at the least, /  /p'
