// SPDX-License-Identifier: Apache-2.0
// Writes what the fuzz programs begin with: small inputs of each kind, and the words that matter to a parser.
//   node fuzz/seeds.mjs OUT_DIR      makes OUT_DIR/NAME/* and, where words help, OUT_DIR/NAME.dict
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = process.argv[2];

function seeds(name, inputs) {
  mkdirSync(join(out, name), { recursive: true });
  inputs.forEach((input, i) => writeFileSync(join(out, name, `seed-${i}`), input));
}

function words(name, list) {
  const quoted = list.map((word) => `"${[...Buffer.from(word)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}"`);
  writeFileSync(join(out, `${name}.dict`), quoted.join("\n") + "\n");
}

const led = (byte, text) => Buffer.concat([Buffer.from([byte]), Buffer.isBuffer(text) ? text : Buffer.from(text)]);

const times = ["2010-12-01 08:26:00", "2010-12-01T08:26:00.5Z", "2010/12/1", "12/1/2010 8:26", "1 Dec 2010", "Dec 1, 2010 8:26 PM",
  "2011. 12. 9.", "2011년 12월 9일 오후 3시 5분", "2011-12-09(금)", "20101201082600", "1291191960", "2010-12-01 08:26+09:00"];
const numbers = ["1,234.50", "1.234,50", "₩12000", "(3.5)", "-7", "1e3", "17850.0", "KRW 5", "$1.00-", "0042", "NaN", "0.00005"];
seeds("convert", [...times, ...numbers, "예", "false", "\\N", " x "]);
words("convert", ["오전", "오후", "년", "월", "일", "시", "분", "초", "PM", "Dec", "+09:00", "T", "Z", "₩", "(", "NULL", "e+"]);

const csv_cells = 'a,b,c\n1,"two\nlines",3\r\n"q ""x""",,\n\n1,2\n';
seeds("csv", [0, 1, 2, 3, 4, 5].flatMap((dialect) => [0, 1, 16].map((shape) => Buffer.concat([Buffer.from([dialect, shape]), Buffer.from(csv_cells)]))));

const header = ["o", "c", "t", "d", "q", "p.p"];
const rows = times.map((time, i) => [i + 1, `C${i}`, time, i % 2 ? "Cup" : "컵 x", numbers[i], i % 3 ? "yes" : "0"]);
const table = (delimiter) => [header, ...rows].map((row) => row.join(delimiter)).join("\n") + "\n";
const objects = rows.map((row) => JSON.stringify({ o: row[0], c: row[1], t: row[2], d: row[3], q: row[4], p: { p: row[5] } }));
const quoted = 'o,c,t,d,q,p.p\n1,2,2011-12-09,"two\nlines, ""x""",1,y\n2,,2011-12-10,NULL,-1,n\n3,x,,open"quote,"1\n';
seeds("import", [led(0, table(",")), led(1, "title\n" + table("\t")), led(2, table(";")), led(3, table(" ")), led(0, quoted),
  led(16, objects.join("\n")), led(16, `[${objects.join(",\n")}]`), led(16, `{"o":\n1,"t":"2011-12-09","q":[{"x":null}]} {"o":`),
  led(64, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(table(","), "utf16le")])), led(128, gzipSync(table(",")))]);
words("import", [...header.map((name) => `"${name}":`), '"p":{"p":', '","', '""', "\r\n", "},{", "\\u0000", "2011-12-09", "\xff\xfe"]);

const text = "주문,고객\n1,컵\n";
const utf16 = Buffer.from(`\ufeff${text}`, "utf16le");
seeds("bytes", [0, 8, 16, 24, 32].flatMap((packing) => [led(packing, text), led(packing + 2, utf16), led(packing + 3, Buffer.from(utf16).swap16()),
  led(packing + 4, Buffer.from([0xc1, 0xd6, 0xb9, 0xae, 0x2c, 0x31, 0x0a, 0xc1])), led(packing + 5, Buffer.from([0x80, 0xe9, 0x2c, 0x0a]))])
  .concat([led(0, gzipSync(text)), led(0, Buffer.concat([gzipSync(text), gzipSync(text)])), led(0, gzipSync(text).subarray(0, 15))]));

const page = readFileSync(join(root, "docs/project-file.md"), "utf8");
const blocks = [...page.matchAll(/```ya?ml\n(.*?)```/gs)].map((match) => match[1]);
const project = `name: shop
language: en
timezone: Asia/Seoul
currency: KRW
as_of: 2011-12-10
sources:
  - name: orders
    target: order_items
    files: ["orders*.csv", 'more.csv']
    format: csv
    encoding: cp949
    delimiter: ";"
    quote: single
    skip_lines: 2
    header_rows: 2
    sheet: Orders
    decimal: comma
    time_format: dmy
    columns: {InvoiceNo: order, 고객: customer, When: time, Qty: quantity, Price: unit_price, Note: attribute}
cleaning:
  cancelled: {prefix: C, status: [cancelled], action: net}
  returns: exclude
  duplicates: drop
features: {windows_days: [7, 30, 90]}
rfm:
  method: thresholds
  thresholds: {recency_days: [30, 60, 90, 180], orders: [1, 2, 3, 5], monetary: [10, 20, 30, 40.5]}
clusters: {k: 0, k_min: 2, k_max: 8, scaling: log_robust, seed: 7, features: [recency_days, orders]}
report: {top_products: 10, cohort_months: 12}
`;
seeds("project_file", [project, ...blocks, "", "name: x\n", "sources: []\n", "- a\n", "a: &b [*b]\n", "name: \"\\uD55C\\0\"\n", "rfm:\n  segments:\n    - {name: A, name_ko: 가, r: [1, 5], f: [1, 5], m: [1, 5]}\n"]);
words("project_file", [...new Set([...page.matchAll(/`([a-z_.0-9]+)`/g)].map((match) => match[1]))]);

const shop = "order_id,customer_id,ordered_at,product_id,quantity,unit_price,amount,email,country\n"
  + rows.map((row, i) => [1000 + i, i % 4, `2011-0${1 + i % 9}-10 10:00`, `P${i % 3}`, 1 + i % 2, 2.5, 2.5 * (1 + i % 2), `a${i}@example.com`, "KR"].join(",")).join("\n");
seeds("sniff", [shop, shop.replaceAll(",", "\t"), shop.replaceAll(",", ";"), shop.replaceAll(",", "  "), table(","), quoted,
  "주문번호,고객,주문일시,금액\n1,가,2011년 12월 9일,1000원\n2,나,2011년 12월 10일,2000원\n", gzipSync(shop), utf16, "1 2\n3 4\n", "a\rb\rc\r"]);
words("sniff", ["customer_id", "order", "주문", "고객", "date", "price", "\r\n", '","', ";", "\t", "2011-12-09", "C536379"]);

seeds("sql", ["-- part a: x\n-- takes\nSELECT {{a}}, {{bb}} FROM \"t\" -- end\n;", "SELECT 'it''s' /* c */;", "{{", "{{}}", "/*", "'", "--"]);
words("sql", ["-- part ", "-- after ", "{{a}}", "{{bb}}", "}}", "/*", "*/", "--", "''", "\"\""]);

const zones = "/usr/share/zoneinfo";
const names = ["Asia/Seoul", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Etc/UTC", "America/Godthab"];
seeds("zone", names.filter((name) => existsSync(join(zones, name))).map((name) => readFileSync(join(zones, name))));
words("zone", ["TZif2", "TZif3", "\nEST5EDT,M3.2.0,M11.1.0\n", "\n<+03>-3\n", "\nA0B,J60/0,J300/167\n", ",59,", "M10.5.0/-1"]);

// Kernels: options, then the kind, rows and columns of a matrix, then its values.
const noise = (length, seed) => Buffer.from(Array.from({ length }, (_, i) => (Math.imul(i + 1, 2654435761 + seed) >>> 13) & 255));
const sources = readdirSync(join(root, "fuzz")).map((file) => /^fuzz_(.*)\.c$/.exec(file)?.[1]).filter((name) => name && !["engine", "file", "points"].includes(name));
for (const kernel of sources.filter((name) => readFileSync(join(root, "fuzz", `fuzz_${name}.c`), "utf8").includes('"fuzz_points.h"')))
  seeds(kernel, [0, 1, 2, 3].map((kind) => Buffer.concat([Buffer.from([3, 1, 20, 1]), Buffer.from([kind, 60, 3]), noise(800, kind)])));

const unseeded = sources.filter((name) => !existsSync(join(out, name)));
if (unseeded.length > 0) throw new Error(`no seeds for ${unseeded.join(", ")}`);
