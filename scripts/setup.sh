#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what building and testing gyeol needs; a quick no-op for what is there.
#   scripts/setup.sh [LIST...]     package lists, default scripts/packages.txt
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || set -- "$here/packages.txt"

missing=""
for package in $(sed 's/#.*//' "$@"); do
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
  apt-get update -qq
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
exec "$here/fetch-duckdb.sh"
