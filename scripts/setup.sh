#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what building and testing gyeol needs; a quick no-op for what is there.
#   scripts/setup.sh [--build] [LIST...]     package lists, default scripts/packages.txt
# --build leaves out what a list names after its line "# test and lint".
set -eu
here=$(cd "$(dirname "$0")" && pwd)
part='s/#.*//'
if [ "${1:-}" = --build ]; then
  shift
  part='/^# test and lint/,$d; s/#.*//'
fi
[ $# -gt 0 ] || set -- "$here/packages.txt"

missing=""
for package in $(sed "$part" "$@"); do
  case $package in
  nodejs) command -v node >/dev/null && continue ;;
  npm) command -v npm >/dev/null && continue ;;
  esac
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  if [ "$(id -u)" -ne 0 ]; then
    echo "setup: missing Debian packages; install them as root:" >&2
    echo "  apt-get install$missing" >&2
    exit 1
  fi
  echo "setup: installing$missing"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  # shellcheck disable=SC2086
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >"$log" 2>&1 || {
    cat "$log" >&2
    exit 1
  }
fi
"$here/fetch-duckdb.sh"
