#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Puts duckdb.h and libduckdb.so into deps/duckdb: linked from the system where it has both, else taken
# from two pinned npm packages whose integrity is checked. No install script of theirs is run.
set -eu
cd "$(dirname "$0")/.."
version=1.4.4
header_integrity='sha512-hEJJ5hyVF0VLj3dmOLpsWrQR0b3d4Ykqtygm6iUXjHJDDnSqg/USKxcb5qvNrOhFYPgktayU6dXCtgPqcmmpog=='
case $(uname -m) in
x86_64) platform=linux-x64 library_integrity='sha512-fjYNc+t4/T7mhzZ57oJoIQaWvbYVvxhidcNNansQFiWnd6/JMLCULd4qnt8XI3Tt2BrZsraH690KSBIS3QPt0w==' ;;
aarch64) platform=linux-arm64 library_integrity='sha512-wq92/EcTiOTRW1RSDOwjeLyMMXWwNVNwU21TQdfu3sgS86+Ih3raaK68leDgY5cWgf72We3J2W7HYz8GwxcMYw==' ;;
*) echo "fetch-duckdb: no library for $(uname -m); put duckdb.h and libduckdb.so into deps/duckdb" >&2; exit 1 ;;
esac
target=deps/duckdb
[ -f $target/duckdb.h ] && [ -f $target/libduckdb.so ] && exit 0

# $1 package@version  $2 expected integrity; prints the tarball's path
take() {
  file=$(cd "$work" && npm pack --silent --ignore-scripts "$1" 2>/dev/null | tail -n 1)
  [ -n "$file" ] || { echo "fetch-duckdb: cannot download $1 from the npm registry" >&2; exit 1; }
  actual="sha512-$(openssl dgst -sha512 -binary "$work/$file" | base64 -w0)"
  [ "$actual" = "$2" ] || { echo "fetch-duckdb: $1 is not what was pinned ($actual)" >&2; exit 1; }
  echo "$work/$file"
}

mkdir -p $target
for prefix in /usr /usr/local; do
  library=$(ls $prefix/lib/libduckdb.so $prefix/lib/*/libduckdb.so 2>/dev/null | head -n 1 || true)
  if [ -f $prefix/include/duckdb.h ] && [ -n "$library" ]; then
    ln -sf $prefix/include/duckdb.h $target/duckdb.h
    ln -sf "$library" $target/libduckdb.so
    exit 0
  fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "fetch-duckdb: taking DuckDB $version from the npm registry"
library=$(take "@duckdb/node-bindings-$platform@$version-r.1" "$library_integrity")
header=$(take "duckdb@$version" "$header_integrity")
tar xzf "$library" -C "$work" package/libduckdb.so
tar xzf "$header" -C "$work" package/src/duckdb/src/include/duckdb.h
mv "$work/package/src/duckdb/src/include/duckdb.h" $target/duckdb.h
mv "$work/package/libduckdb.so" $target/libduckdb.so
