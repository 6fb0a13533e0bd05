// SPDX-License-Identifier: Apache-2.0
// Writes what the fuzz programs begin with: small inputs of each kind, and the words that matter to a parser.
//   node fuzz/seeds.mjs OUT_DIR      makes OUT_DIR/NAME/* and, where words help, OUT_DIR/NAME.dict
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync, gzipSync } from "node:zlib";

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

const consents = "customer_id,purpose,channel,granted,time\n1,marketing,email,Y,2024-01-05\n2,마케팅 수신동의,문자,철회,2024-01-05 10:00:00\n" +
  "3,third-party,*,no,\n4,analitics,fax,perhaps,2124-13-41\n";
seeds("consent", [consents, consents.replaceAll("\n", "\r\n"), "이메일수신동의,consent_sms,제3자제공동의,consent_night\n"]);
words("consent", ["marketing", "analytics", "personalisation", "third_party", "email", "kakao", "push", "동의", "수신", "철회", "제3자", "광고", "consent_", "opt_in"]);

seeds("segment_file", ["title: {ko: 우수 고객, en: VIP}\ndescription: d\nowner: o\ntags: [a, b]\npurpose: marketing\nexclusive: x\npriority: 1\nrule: |\n  monetary > 1\n  and orders > 2\n",
  "sets: {all: [a], any: [b, c], none: [d]}\n", "list: a.csv\n", "name: vip\nrule: 'a\n  b'\n", "macros:\n  - {name: loyal, rule: orders >= 3, description: x}\n"]);
words("segment_file", ["title: ", "ko: ", "en: ", "description: ", "owner: ", "tags: ", "purpose: ", "rule: ", "list: ", "sets: ", "all: ", "any: ", "none: ",
  "exclusive: ", "priority: ", "macros:", "name: ", "|\n  ", "|-", ">", "marketing", "\\U0001F381", "&a ", "*a"]);

words("cell", ["8928308280fffff", "81087ffffffffff", "8f0800000000000", "8009fffffffffff", "837eb5fffffffff", "fffff"]);
const square = "[[0,0],[4,0],[4,4],[0,4],[0,0]]", hole = "[[1,1],[1,2],[2,2],[1,1]]";
const feature = (type, coordinates, name) => `{"type":"Feature","properties":{"name":"${name}","code":11},"geometry":{"type":"${type}","coordinates":${coordinates}}}`;
const collection = (...features) => `{"type":"FeatureCollection","features":[${features.join(",")}]}`;
seeds("geojson", [collection(feature("Polygon", `[${square},${hole}]`, "중구"), feature("MultiPolygon", "[[[[4,0],[8,0],[4,4],[4,0]]],[[[-1,-1],[-2,-1],[-2,-2]]]]", "b")),
  collection(feature("Polygon", "[[[0,0],[4,4],[4,0],[0,4],[0,0]]]", "x"), feature("Point", "[1,1]", "p")), feature("Polygon", `[[[0,0],[9,1],[9,2],[0,0.0000001],[0,0]],${hole}]`, "s"),
  collection(feature("Polygon", "[[[0,0],[4,0],[4,4],[2,4],[2,9],[2,4],[0,4],[0,0]]]", "spike"), feature("Polygon", `[${square}]`, "again")), `{"type":"Polygon","coordinates":[${square}]}`]);
words("geojson", ['"type":', '"coordinates":', '"Polygon"', '"MultiPolygon"', '"geometry":', "null", "[[", "]]", "],[", "-180", "1e-9", "90", '"features":[', '"properties":']);
const arcs = ["[[10,0],[10,10]],[[10,10],[0,10],[0,0],[10,0]],[[10,10],[20,10],[20,0],[10,0]]", "[[0,0],[0,5]],[[0,5],[-5,0],[0,-5],[5,0]],[[0,5],[5,0],[0,-5],[-5,0]]"];
const areas = '{"type":"GeometryCollection","geometries":[{"type":"Polygon","arcs":[[0,1]],"id":7},{"type":"MultiPolygon","arcs":[[[-3,-1]]]}]}';
seeds("topojson", [`{"type":"Topology","arcs":[${arcs[0]}],"objects":{"o":${areas}}}`,
  `{"type":"Topology","transform":{"scale":[2,2],"translate":[10,0]},"arcs":[${arcs[1]}],"objects":{"o":${areas}}}`]);
words("topojson", ['"arcs":', '"transform":', '"scale":', '"translate":', '"objects":', "-1", "-3", "[[", "]]", '"Polygon"', '"geometries":']);
seeds("region_names", ["서울 중구", "경기 수원시 영통구 매탄동 1", "Gangnam-gu, Seoul, South Korea", "KR-11", "강원특별자치도", "\x01본점", "고성군", "Türkiye"]);
words("region_names", ["서울", "부산", "경기", "중구", "수원시", "영통구", "특별시", "광역시", "gu", "-si", "Korea", ", "]);

const csv_cells = 'a,b,c\n1,"two\nlines",3\r\n"q ""x""",,\n\n1,2\n';
seeds("csv", [0, 1, 2, 3, 4, 5].flatMap((dialect) => [0, 1, 16].map((shape) => Buffer.concat([Buffer.from([dialect, shape]), Buffer.from(csv_cells)]))));
seeds("resume", [0, 1, 2, 3, 4, 8, 16, 24].flatMap((dialect) => [5, 9, 14, 30].map((cut) => Buffer.concat([Buffer.from([dialect, cut, 0]), Buffer.from(csv_cells)]))));

const header = ["o", "c", "t", "d", "q", "p.p"];
const rows = times.map((time, i) => [i + 1, `C${i}`, time, i % 2 ? "Cup" : "컵 x", numbers[i], i % 3 ? "yes" : "0"]);
const table = (delimiter) => [header, ...rows].map((row) => row.join(delimiter)).join("\n") + "\n";
const objects = rows.map((row) => JSON.stringify({ o: row[0], c: row[1], t: row[2], d: row[3], q: row[4], p: { p: row[5] } }));
const quoted = 'o,c,t,d,q,p.p\n1,2,2011-12-09,"two\nlines, ""x""",1,y\n2,,2011-12-10,NULL,-1,n\n3,x,,open"quote,"1\n';
seeds("import", [led(0, table(",")), led(1, "title\n" + table("\t")), led(2, table(";")), led(3, table(" ")), led(0, quoted),
  led(16, objects.join("\n")), led(16, `[${objects.join(",\n")}]`), led(16, `{"o":\n1,"t":"2011-12-09","q":[{"x":null}]} {"o":`),
  led(64, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(table(","), "utf16le")])), led(128, gzipSync(table(",")))]);
words("import", [...header.map((name) => `"${name}":`), '"p":{"p":', '","', '""', "\r\n", "},{", "\\u0000", "2011-12-09", "\xff\xfe"]);

const rules = ["a >= 1.5 and not (b or s like '%x\\_') -- c", "count(o where e = 'p' and x > 2, last 7 days) >= 1", "s matches '^[a-z]{2,3}(x|\\d)$'",
  "exists(o where e in ('a', 'b') then o where x is null within 3 days, this month)", "sum(o.x * 2 where t in previous week, since 2026-01-01)/n>=-(-a)",
  "percentile(a by rfm) between 80 and 90 or ntile(r, 10) = 1 or zscore(m) > 1", "d + 1 months > date(t) and t < 3 days ago or weekday(d) in (monday, 일요일)",
  "in_segment('v') and score('m') >= 0.7 or random_bucket('k', 10) < 3", "last(o.e) = 'x' or distinct(o.e) > 1 or holiday('설날', 2025) = d", "big and rfm != 'Loyal' /* x */ or \"n\" is not null"];
seeds("rule", rules);
words("rule", ["and", "or", "not ", " in ", "between", " like ", " matches ", " is null", "where ", " then ", " without ", " within ", " by ", "last ", "this ", "previous ", "since ",
  "from ", " to ", "days", "months", "ago", "now", "today", "count(", "sum(", "avg(", "min(", "max(", "distinct(", "first(", "exists(", "percentile(", "coalesce(", "least(", "abs(",
  "date(", "hour(", "length(", "o.x", "u.e", "2026-01-01", "T09:30", "1e15", "''", "!=", "<=", "설날"]);

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
const contracts = ["{rule: required, column: t, severity: stop, threshold: 0.5%, name: a}", "{rule: type, column: t, type: integer}", "{rule: range, column: n, min: -1.5, max: 9}",
  "{rule: set, column: r, values: [서울, 'a, b']}", "{rule: pattern, column: r, pattern: '(a+)+[A-Z]{2,3}$'}", "{rule: unique, columns: [order, t]}", "{rule: foreign_key, column: c, references: b.c}",
  "{rule: window, column: time, from: 2010-01-01 10:00, to: as_of}", "{rule: fresh, column: time, days: 3}", "{rule: row_change, percent: 20%}"];
const contracted = `sources:\n  - {name: b, target: customers, files: [b], columns: {c: customer}}\n  - name: a\n    target: order_items\n    files: [a]\n`
  + `    columns: {t: time, c: customer, o: order, n: quantity, r: attribute}\n    contracts:\n${contracts.map((one) => `      - ${one}\n`).join("")}`;
seeds("project_file", [project, contracted, ...blocks, "", "name: x\n", "sources: []\n", "- a\n", "a: &b [*b]\n", "name: \"\\uD55C\\0\"\n", "rfm:\n  segments:\n    - {name: A, name_ko: 가, r: [1, 5], f: [1, 5], m: [1, 5]}\n"]);
words("project_file", ["contracts", "severity", "quarantine", "foreign_key", "row_change", ...new Set([...page.matchAll(/`([a-z_.0-9]+)`/g)].map((match) => match[1]))]);

const shop = "order_id,customer_id,ordered_at,product_id,quantity,unit_price,amount,email,country\n"
  + rows.map((row, i) => [1000 + i, i % 4, `2011-0${1 + i % 9}-10 10:00`, `P${i % 3}`, 1 + i % 2, 2.5, 2.5 * (1 + i % 2), `a${i}@example.com`, "KR"].join(",")).join("\n");
const further = ["event,timestamp,customer_id,session_id,url", "campaign_id,customer_id,sent_at,opened,clicked,converted",
  "product_id,customer_id,rating,review,review_date", "customer_id,nps,question,answer", "customer_id,purpose,channel,granted,timestamp",
  "시도,시군구,위도,경도,인구", "category,year,market_size,growth,competitor,share"];
const exports = further.map((header) => `${header}\n${rows.map((row, i) => header.split(",").map((name, c) => c % 2 ? `2011-12-0${1 + i % 9}` : i).join(",")).join("\n")}\n`);
seeds("sniff", [...exports, shop, shop.replaceAll(",", "\t"), shop.replaceAll(",", ";"), shop.replaceAll(",", "  "), table(","), quoted,
  "주문번호,고객,주문일시,금액\n1,가,2011년 12월 9일,1000원\n2,나,2011년 12월 10일,2000원\n", gzipSync(shop), utf16, "1 2\n3 4\n", "a\rb\rc\r"]);
words("sniff", [...further.flatMap((header) => header.split(",")), "customer_id", "order", "주문", "고객", "date", "price", "\r\n", '","', ";", "\t", "2011-12-09", "C536379"]);

const entry = (path, text) => { const name = Buffer.from(path), head = Buffer.alloc(5), tail = Buffer.alloc(12); head.write("F"); head.writeUInt32LE(name.length, 1); tail.writeUInt32LE(0o600); tail.writeUInt32LE(text.length, 4); return Buffer.concat([head, name, tail, Buffer.from(text)]); };
const ended = (n) => { const end = Buffer.alloc(9); end.write("E"); end.writeUInt32LE(n, 1); return end; };
const plain = (...parts) => Buffer.concat([Buffer.from([1]), ...parts]);
seeds("archive", [plain(ended(0)), plain(entry("a", "x"), entry("b/c", "yz"), ended(2)), plain(entry("../a", "x"), ended(1)), plain(entry("a", "x"), entry("a", "x"), ended(2)),
  Buffer.concat([Buffer.from([0]), Buffer.from("gyeol-archive\n\x01\x01"), Buffer.alloc(80)])]);

seeds("identifier", [" Kim.Min+a@Googlemail.com ", "+82 (0)10-1234-5678", "０１０－１２３４－５６７８", "홍 길동", "서울특별시 강남구, 1", "850101-1234566",
  "4111 1111 1111 1111", "write to a@b.io or 010-1234-5678 (02) 345-6789", "JOSE\u0301@x.es", "null"]);
words("identifier", ["@gmail.com", "@googlemail.com", "+82", "0082", "010", "서울시", "없음", "\u0301", "\u3000", "１", "－", "850101-", "4111"]);

seeds("pattern", ["[A-Z]\\d{5}\nA00001\na\n", "^A|\\p{Hangul}+$\n컵\n", "(a|a)*(a+)+[x-z]\n" + "a".repeat(40) + "\n", "(?<n>a)(?=b)\\k<n>\nab",
  "(*LIMIT_MATCH=9)a+\naaa", "(?R)?a\naaa", "[[:alpha:]-\\d]{2,}?\n1a", "\\X+\\b\n가나 다"]);
words("pattern", ["(?:", "(?>", "(?=", "(?<!", "(?R)", "\\p{L}", "\\k<", "{1,9}", "*+", "[^", "(*", "\\Q", "\\E", "|", "$", "^"]);
const repaired = "gyeol_id,gyeol_reason,order,region\n0123456789abcdef,not one of,1,서울\nfedcba9876543210,,2,\"a \"\"b\"\"\nc\"\n";
seeds("repairs", [led(0, repaired), led(1, repaired), led(1, repaired.replaceAll(",", ";")), led(1, repaired.replaceAll(",", "\t")),
  led(1, "gyeol_id,a\n1,x\n1,y\n"), led(1, "a,b\n1,2\n"), led(0, "gyeol_id\n"), led(1, "\ufeff" + repaired), led(0, "gyeol_id,gyeol_record\n1,\"x\n")]);
words("repairs", ["gyeol_id", "gyeol_", '""', "\r\n", ";"]);
seeds("sql", ["-- part a: x\n-- takes\nSELECT {{a}}, {{bb}} FROM \"t\" -- end\n;", "SELECT 'it''s' /* c */;", "{{", "{{}}", "/*", "'", "--"]);
words("sql", ["-- part ", "-- after ", "{{a}}", "{{bb}}", "}}", "/*", "*/", "--", "''", "\"\""]);

// Workbooks: parts of one by their number in fuzz_xlsx.c, and whole archives.
const cells = '<row r="1"><c t="s"><v>0</v></c><c t="inlineStr"><is><t>o</t></is></c></row><row r="2"><c s="1"><v>40886.5</v></c><c><v>7</v></c></row>'
  + '<row r="4" hidden="1"><c r="B4" t="b"><v>1</v></c></row><row r="5"><c t="e"><f>A1</f><v>#N/A</v></c><c t="str"><f>A1</f><v>x_x000A_</v></c></row>';
const sheet = `<worksheet><sheetData>${cells}</sheetData><mergeCells><mergeCell ref="A2:A4"/></mergeCells></worksheet>`;
const link = (id, type, target) => `<Relationship Id="${id}" Type="x/${type}" Target="${target}"/>`;
const parts = [sheet, '<sst><si><t>t</t></si><si><r><t>o</t></r><rPh><t>p</t></rPh></si></sst>',
  '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[h]:mm"/></numFmts><cellXfs><xf/><xf numFmtId="164"/></cellXfs></styleSheet>',
  '<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="a" state="hidden" r:id="1"/><sheet name="b" r:id="4"/></sheets></workbook>',
  `<Relationships>${link(1, "worksheet", "/xl/worksheets/sheet1.xml")}${link(2, "styles", "../xl/styles.xml")}</Relationships>`,
  `<Relationships>${link(1, "officeDocument", "xl/workbook.xml")}</Relationships>`];
const crcOf = (bytes) => ~bytes.reduce((crc, byte) => { crc ^= byte; for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0); return crc; }, -1) >>> 0;
function archive(files, packed) {
  const local = [], directory = [];
  let at = 0;
  for (const [name, text] of files) {
    const plain = Buffer.from(text), body = packed ? deflateRawSync(plain) : plain, common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); common.writeUInt16LE(packed ? 8 : 0, 4); common.writeUInt32LE(crcOf(plain), 10);
    common.writeUInt32LE(body.length, 14); common.writeUInt32LE(plain.length, 18); common.writeUInt16LE(name.length, 22);
    const entry = Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), common, Buffer.alloc(14), Buffer.from(name)]);
    entry.writeUInt32LE(at, 42);
    directory.push(entry);
    local.push(Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), body]));
    at += local.at(-1).length;
  }
  const list = Buffer.concat(directory), end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1"); end.writeUInt16LE(files.length, 8); end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(list.length, 12); end.writeUInt32LE(at, 16);
  return Buffer.concat([...local, list, end]);
}
const book = [["_rels/.rels", parts[5]], ["xl/workbook.xml", parts[3]], ["xl/_rels/workbook.xml.rels", parts[4]], ["xl/worksheets/sheet1.xml", parts[0]],
  ["xl/styles.xml", parts[2]]];
seeds("xlsx", [...parts.flatMap((part, i) => [led(i, part), led(i + 128, part), led(i + 24, part)]), led(6, archive(book, false)), led(7, archive(book, true)),
  led(6, Buffer.from("d0cf11e0a1b11ae1", "hex"))]);
words("xlsx", ["<row>", "</row>", "<c ", ' t="s"', ' t="str"', ' t="inlineStr"', ' t="e"', ' s="1"', "<v>", "</v>", "<is><t>", "<f>", ' r="B2"', "_x0041_", "_xD83D_",
  "<mergeCell ref=", "</sheetData>", "<!DOCTYPE a [", "<!ENTITY ", "&amp;", "&#65;", "<![CDATA[", "x:", ' TargetMode="External"', "../", "PK\x03\x04", "PK\x01\x02"]);

const zones = "/usr/share/zoneinfo";
const names = ["Asia/Seoul", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Etc/UTC", "America/Godthab"];
seeds("zone", names.filter((name) => existsSync(join(zones, name))).map((name) => readFileSync(join(zones, name))));
words("zone", ["TZif2", "TZif3", "\nEST5EDT,M3.2.0,M11.1.0\n", "\n<+03>-3\n", "\nA0B,J60/0,J300/167\n", ",59,", "M10.5.0/-1"]);

// Files of the vault, by their plain bytes: a manifest of one segment, records of a page, tombstones.
const number = (value, bytes) => { const buffer = Buffer.alloc(bytes); buffer.writeUIntLE(value, 0, Math.min(bytes, 6)); return buffer; };
const record = (kind, fill, original) => Buffer.concat([Buffer.from([kind]), Buffer.alloc(16, fill), number(original.length, 2), Buffer.from(original)]);
const pageOf = (...records) => Buffer.concat([number(4 + Buffer.concat(records).length, 4), ...records]);
const ringKeys = Buffer.concat([Buffer.alloc(64, 5), Buffer.alloc(8), Buffer.alloc(56), number(1, 4), Buffer.alloc(65), number(1, 4), Buffer.alloc(32, 6)]);
const segment = Buffer.concat([number(1, 8), Buffer.alloc(16, 9), number(1, 8), ...Array(11).fill(number(3, 8))]);
seeds("vault", [led(128, ringKeys), led(0, "gyeolrng"), led(129, Buffer.concat([number(1, 8), number(2, 8), Buffer.from([11]), number(1, 4), segment])),
  led(1, "gyeolman"), led(130, Buffer.concat([number(1, 8), number(1, 8), Buffer.from([0]), Buffer.alloc(16, 3)])), led(3, "sealed:AAAA"),
  led(4, Buffer.concat([pageOf(record(0, 1, "a@b.kr"), record(0, 2, ""), record(1, 1, "010")), pageOf(record(1, 2, "011"), record(5, 0, "x"))]))]);
seeds("audit", ["\x01\x00\x01{\"n\":1,\"at\":\"2026-01-31T09:05:00Z\"", "\x09\x01\x20{\"n\":1\n{\"n\":2\n{\"n\":3", "\0\0\0,\"chain\":\"\n\n\0"]);

// Kernels: options, then the kind, rows and columns of a matrix, then its values.
const noise = (length, seed) => Buffer.from(Array.from({ length }, (_, i) => (Math.imul(i + 1, 2654435761 + seed) >>> 13) & 255));
const sources = readdirSync(join(root, "fuzz")).map((file) => /^fuzz_(.*)\.c$/.exec(file)?.[1]).filter((name) => name && !["engine", "file", "points"].includes(name));
for (const kernel of sources.filter((name) => readFileSync(join(root, "fuzz", `fuzz_${name}.c`), "utf8").includes('"fuzz_points.h"')))
  seeds(kernel, [0, 1, 2, 3].map((kind) => Buffer.concat([Buffer.from([3, 1, 20, 1]), Buffer.from([kind, 60, 3]), noise(800, kind)])));

const unseeded = sources.filter((name) => !existsSync(join(out, name)));
if (unseeded.length > 0) throw new Error(`no seeds for ${unseeded.join(", ")}`);
