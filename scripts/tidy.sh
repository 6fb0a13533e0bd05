#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clang-tidy's bug checks over src/, every processor at work.
#   scripts/tidy.sh BUILD            those of .clang-tidy, paths followed a short way; fails when there is a fault
#   scripts/tidy.sh BUILD --all      all of the analyzer's and every path, false alarms among them; to read, never fails
set -u
cd "$(dirname "$0")/.."
checks="" mode=shallow # ten times as fast as deep, which follows calls
[ "${2:-}" != --all ] || mode=deep checks='--checks=clang-analyzer-*,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# GCC's header of OpenMP alone, which names deallocators in __malloc__ as Clang 14 does not know.
ln -s "$(gcc -print-file-name=include/omp.h)" "$work/omp.h"
# A file that is compiled for several instruction sets is read once, for the last of them.
node -e 'const [from, to] = process.argv.slice(1), fs = require("fs");
  const last = new Map(JSON.parse(fs.readFileSync(from)).map((one) => [one.file, one]));
  fs.writeFileSync(to, JSON.stringify([...last.values()]));' "$1/compile_commands.json" "$work/compile_commands.json" || exit 1
# shellcheck disable=SC2086
git ls-files 'src/*.c' | xargs -P "$(nproc)" -n 4 clang-tidy-14 --quiet -p "$work" $checks \
  --extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=mode=$mode \
  --extra-arg="-idirafter$work" --extra-arg='-D__malloc__(...)=__malloc__' 2>/dev/null >"$work/log"
grep -E '(warning|error):' "$work/log" | sed "s,.*/src/,src/," | sort -u | tee "$work/faults"
n=$(wc -l <"$work/faults")
echo "tidy: $n faults"
[ "$n" -eq 0 ] || [ -n "$checks" ]
