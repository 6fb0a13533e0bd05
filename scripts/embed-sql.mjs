#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Writes the .sql files as one C table.
//   embed-sql.mjs OUTPUT SQL_FOLDER FILE...
import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";

const row_bytes = 24;
const [output, folder, ...files] = process.argv.slice(2);
const strict = new TextDecoder("utf-8", { fatal: true });

function text_of(path) {
  const text = readFileSync(path);
  strict.decode(text);
  if (text.includes(0)) throw new Error(`${path}: holds a NUL byte`);
  return Buffer.concat([text, Buffer.from([0])]);
}

function bytes_of(text) {
  const rows = [];
  for (let at = 0; at < text.length; at += row_bytes) rows.push("  " + [...text.subarray(at, at + row_bytes)].map((byte) => `${byte},`).join(" "));
  return rows;
}

const by_name = files.map((path) => ({ path, name: relative(folder, path).replace(/\.sql$/, "") }))
  .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))); // as strcmp, which looks them up
writeFileSync(output, [
  "/* SPDX-License-Identifier: Apache-2.0", " *", " * Written by scripts/embed-sql.mjs. */", '#include "engine/sql_files.h"', "",
  ...by_name.flatMap(({ path }, i) => [`static const unsigned char FILE_${i}[] = {`, ...bytes_of(text_of(path)), "};"]),
  "", "const gy_sql_file GY_SQL_FILES[] = {",
  ...by_name.map(({ name }, i) => `  {"${name}", FILE_${i}},`),
  "};", `const size_t GY_SQL_FILE_COUNT = ${by_name.length};`, ""].join("\n"));
