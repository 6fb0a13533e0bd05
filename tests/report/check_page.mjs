// SPDX-License-Identifier: Apache-2.0
// Opens rendered reports in Chromium, from disk and without a network, and looks at what a reader sees.
//   node check_page.mjs RENDER_MODEL WEB_DIR OUT_DIR
// Ends with "N passed, N failed, N skipped"; exit status 77 where there is no Chromium.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [render, web, out] = process.argv.slice(2);
const chromium_path = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const { chromium } = createRequire(join(web, "package.json"))("playwright-core");
const example = JSON.parse(readFileSync(join(web, "report/example.json"), "utf8"));
const sections = ["summary", "monthly", "own_segments", "rfm", "cluster_choice", "clusters", "cohorts", "concentration", "products", "identity", "data_quality", "features"];
const charts = { monthly: 2, own_segments: 2, rfm: 1, cluster_choice: 3, clusters: 2, cohorts: 2, concentration: 1, products: 1, data_quality: 1 };
let browser;

function page_of(name, model) {
  const [from, to] = [join(out, `${name}.json`), join(out, `${name}.html`)];
  writeFileSync(from, JSON.stringify(model));
  execFileSync(render, [from, to]);
  return pathToFileURL(to).href;
}

const address = {};

/* A page whose every request but its own file, and every complaint, is kept in `faults`. */
async function open(url, { hash = "", width = 1280, height = 900, ...options } = {}) {
  const context = await browser.newContext({ offline: true, viewport: { width, height }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => { if (message.type() !== "log") faults.push(`console ${message.type()}: ${message.text()}`); });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => { if (request.url().split("#")[0] !== url) faults.push(`request: ${request.url()}`); });
  await page.goto(url + hash);
  await page.waitForTimeout(150);
  return { page, faults, close: async () => { assert.deepEqual(faults, []); await context.close(); } };
}

const drawn = (page) => page.$$eval("[data-chart]", (hosts) => hosts.map((host) => {
  const box = host.querySelector("svg")?.getBoundingClientRect();
  return { section: host.closest("section").id, width: box?.width ?? 0, height: box?.height ?? 0, marks: host.querySelectorAll("svg path, svg rect").length, label: host.getAttribute("aria-label") };
}));

async function sections_are_drawn() {
  const { page, close } = await open(address.example);
  assert.deepEqual(await page.$$eval("section", (all) => all.map((one) => one.id)), sections);
  const found = await drawn(page);
  for (const [id, n] of Object.entries(charts)) assert.equal(found.filter((chart) => chart.section === id).length, n, `charts of ${id}`);
  for (const chart of found) {
    assert.ok(chart.width > 100 && chart.height > 80 && chart.marks > 3, `an empty chart: ${JSON.stringify(chart)}`);
    assert.ok(chart.label, "a chart without a label");
  }
  assert.equal(await page.$$eval(".rfm-grid .tile", (all) => all.length), 25);
  await close();
}

async function words_are_whole() {
  for (const lang of ["ko", "en"]) {
    const { page, close } = await open(address.example, { hash: `#lang=${lang}` });
    const text = await page.evaluate(() => document.body.innerText + [...document.querySelectorAll("svg text")].map((one) => one.textContent).join(" "));
    assert.doesNotMatch(text, /NaN|undefined|\[object|Infinity|\{\w+\}/, `${lang} has a value that is none`);
    assert.equal(await page.evaluate(() => document.documentElement.lang), lang);
    if (lang === "ko") assert.match(text, /상위 20% 고객이 매출의 \d+\.\d%를 차지합니다/);
    else assert.match(text, /The top 20% of customers bring \d+\.\d% of revenue/);
    assert.match(text, lang === "ko" ? /₩|₩/ : /₩|KRW/);
    await close();
  }
}

async function toggles_work_and_are_remembered() {
  const { page, close } = await open(address.example, { colorScheme: "light" });
  assert.match(await page.textContent("#rfm h2"), /세그먼트/);
  const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.click("[data-lang=en]");
  await page.click("[data-theme-toggle]");
  assert.equal(await page.textContent("#rfm h2"), "RFM segments");
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), light);
  assert.match(page.url(), /lang=en/);
  assert.match(page.url(), /theme=dark/);
  await page.reload();
  await page.waitForTimeout(150);
  assert.equal(await page.textContent("#rfm h2"), "RFM segments");
  assert.equal(await page.getAttribute("html", "data-theme"), "dark");
  const before = await page.textContent(".rfm-grid .tile >> nth=4");
  await page.click(".rfm-map .segmented button >> nth=1");
  assert.notEqual(await page.textContent(".rfm-grid .tile >> nth=4"), before);
  await close();
  const dark = await open(address.example, { colorScheme: "dark" });
  assert.equal(await dark.page.getAttribute("html", "data-theme"), "dark");
  await dark.close();
}

async function tables_sort() {
  const { page, close } = await open(address.example);
  const column = () => page.$$eval("#products .table:not(.compact) tbody td:nth-child(5)", (cells) => cells.map((cell) => Number(cell.textContent.replace(/\D/g, ""))));
  const heading = "#products .table:not(.compact) thead th:nth-child(5) button";
  await page.focus(heading);
  await page.keyboard.press("Enter");
  assert.deepEqual(await column(), (await column()).sort((a, b) => b - a));
  await page.keyboard.press("Enter");
  const up = await column();
  assert.deepEqual(up, [...up].sort((a, b) => a - b));
  assert.equal(await page.getAttribute("#products .table:not(.compact) thead th:nth-child(5)", "aria-sort"), "ascending");
  await close();
}

async function nothing_sticks_out() {
  for (const width of [375, 768, 1280]) {
    for (const hash of ["#lang=ko", "#lang=en&theme=dark"]) {
      const { page, close } = await open(address.example, { width, height: 800, hash });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, `${width} px ${hash} scrolls sideways`);
      await close();
    }
  }
  const { page, close } = await open(address.example, { width: 1280 });
  await page.setViewportSize({ width: 375, height: 800 });
  await page.waitForTimeout(200);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375, "after a change of width");
  await close();
}

/* Hangul set in a font that has it: syllables of different shape, none of them the box of a missing glyph. */
async function hangul_renders() {
  const { page, close } = await open(address.example);
  const prints = await page.evaluate(() => ["결", "군", "집", "챔"].map((letter) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 40;
    const pen = canvas.getContext("2d");
    pen.font = `32px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillText(letter, 2, 34);
    return pen.getImageData(0, 0, 40, 40).data.join();
  }));
  assert.equal(new Set(prints).size, 4, "Hangul syllables look alike: no font has them");
  await close();
}

async function prints_to_paper() {
  const { page, close } = await open(address.example, { hash: "#theme=dark" });
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
  assert.ok(pages > 3 && pages < 30, `${pages} pages`);
  assert.equal(await page.getAttribute("html", "data-theme"), "dark", "the theme comes back after printing");
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.getAttribute("html", "data-theme"), "light");
  for (const chart of await drawn(page)) assert.ok(chart.width > 100 && chart.width <= 700, `a chart is cut on paper: ${JSON.stringify(chart)}`);
  assert.equal(await page.$$eval("details.how:not([open])", (all) => all.length), 0);
  await close();
}

async function absent_sections_are_not_shown() {
  const { page, close } = await open(address.bare);
  assert.deepEqual(await page.$$eval("section", (all) => all.map((one) => one.id)), []);
  assert.match(await page.textContent("main"), /아직 없습니다/);
  await close();
  const some = await open(address.some);
  assert.deepEqual(await some.page.$$eval("section", (all) => all.map((one) => one.id)), ["summary", "concentration"]);
  await some.close();
}

async function empty_sections_say_so() {
  const { page, close } = await open(address.empty);
  const text = await page.textContent("main");
  assert.doesNotMatch(text, /NaN|undefined|null|Infinity/);
  assert.match(text, /해당하는 자료가 없습니다/);
  await close();
}

async function one_customer_is_enough() {
  for (const lang of ["ko", "en"]) {
    const { page, close } = await open(address.single, { hash: `#lang=${lang}` });
    assert.doesNotMatch(await page.evaluate(() => document.body.innerText), /NaN|undefined|\bnull\b|Infinity/);
    await close();
  }
}

async function markup_in_data_stays_text() {
  const { page, close } = await open(address.hostile);
  assert.equal(await page.evaluate(() => window.hit), undefined);
  assert.match(await page.textContent("h1"), /<\/script><script>window\.hit/);
  await page.hover("#products [data-chart] svg");
  await page.waitForTimeout(100);
  assert.equal(await page.evaluate(() => window.hit), undefined);
  await close();
}

async function tooltips_appear() {
  const { page, close } = await open(address.example);
  await page.locator("#monthly [data-chart] >> nth=0").hover({ position: { x: 200, y: 150 } });
  await page.waitForTimeout(150);
  assert.match(await page.textContent("#monthly .tip"), /매출₩/);
  await close();
}

/* A rule is cut at its alternatives, no rule is said in words, and every fate is a sentence. */
async function clusters_have_meaning() {
  const { page, close } = await open(address.example, { hash: "#lang=en" });
  assert.deepEqual(await page.$$eval(".cluster", (all) => all.map((one) => one.querySelectorAll(".alternatives code").length)), [1, 2, 1, 0]);
  const text = await page.textContent("#clusters");
  for (const words of ["87.2% of customers", "customer C00417", "too mixed with others", "goes on: 93% of its customers", "was merged into 2", "4 · New, recent, occasional is new", "not any more",
    "What was done to features before", "predicted from the others · error 0.41 (the mean’s: 0.78), in logs", "capped at quantiles"])
    assert.ok(text.includes(words), words);
  assert.equal(await page.$$eval(".fates li", (all) => all.length), 5);
  await close();
  const first = await open(address.single);
  assert.equal(await first.page.$$eval(".fates", (all) => all.length), 0);
  await first.close();
}

/* Identifiers and free text, in both languages; reports without any show no empty card. */
async function people_in_the_data_are_counted() {
  const said = { ko: [/이메일\s*고객\s*전자우편\s*5,871\s*300\s*61\s*8/, /배송메모\s*주문\s*전화\s*412\s*가림/, /그대로 저장/, /잊은 사람의 행/], en: [/이메일\s*고객\s*e-mail\s*5,871\s*300\s*61\s*8/, /배송메모\s*주문\s*phone\s*412\s*masked/, /stored as they are/, /Rows of the forgotten/] };
  for (const [lang, texts] of Object.entries(said)) {
    const { page, close } = await open(address.example, { hash: `#lang=${lang}` });
    const text = await page.textContent("#data_quality");
    for (const one of texts) assert.match(text, one, `${lang}: ${text}`);
    await close();
  }
  const { page, close } = await open(address.nobody, { hash: "#lang=en" });
  assert.doesNotMatch(await page.textContent("#data_quality"), /Identifiers of people|named in free text|Rows of the forgotten/);
  await close();
}

/* Who is one person, in both languages; a report without keys of people has no such section. */
async function people_are_told() {
  const said = { ko: [/고객 번호가 여럿인 사람\s*312\s*고객 번호 344개/, /합치지 않은 묶음\s*1.*키 58개/, /검토할 쌍\s*24/], en: [/People with several customer ids\s*312\s*344 customer ids/, /Groups not merged\s*1.*58 keys/, /Pairs to review\s*24/] };
  for (const [lang, texts] of Object.entries(said)) {
    const { page, close } = await open(address.example, { hash: `#lang=${lang}` });
    const text = await page.textContent("#identity");
    for (const one of texts) assert.match(text, one, `${lang}: ${text}`);
    await close();
  }
  const { page, close } = await open(address.nobody);
  assert.equal(await page.$("#identity"), null);
  assert.equal(await page.$('nav a[data-id="identity"]'), null);
  await close();
}

/* Sizes and changes, a mistake with what holds in its place, overlap and moves with their numbers, in both languages. */
async function own_segments_are_told() {
  const said = {
    ko: [/주말 구매: 정의에 오류가 있어 마지막으로 올바른 정의의 고객 960명을 그대로 둡니다\(2026년 9월 19일/, /우수 고객\s*새 소식을 먼저 알릴 고객 · 담당 crm@shop.example · 목적 마케팅 · retention, vip/, /\+22 −9/, /이동: journey/, /속하지 않음/],
    en: [/Weekend buyers: the definition has an error; it keeps the 960 customers of its last good one, as of 19 Sept 2026/, /for marketing/, /\+61 −48/, /Moves: journey/, /in none/],
  };
  for (const [lang, texts] of Object.entries(said)) {
    const { page, close } = await open(address.example, { hash: `#lang=${lang}` });
    const text = await page.textContent("#own_segments");
    for (const one of texts) assert.match(text, one, `${lang}: ${text}`);
    assert.match(text, /did you mean 'weekend_share'\?/);
    const names = await page.$$eval("#own_segments [data-chart]:last-of-type svg text", (all) => all.map((one) => one.textContent));
    assert.ok(names.length >= 8, `names in the charts: ${names}`);
    await page.locator("#own_segments [data-chart] >> nth=0").hover({ position: { x: 200, y: 80 } });
    await page.waitForTimeout(150);
    assert.match(await page.textContent("#own_segments .tip"), lang === "ko" ? /함께 속한 고객/ : /Customers of both/);
    await close();
  }
  const bare = await open(address.bare);
  assert.equal(await bare.page.$("#own_segments"), null);
  await bare.close();
}

/* One moment has no moves yet; a single segment has nothing to overlap with. */
async function first_segments_have_no_moves() {
  const { page, close } = await open(address.first, { hash: "#lang=en" });
  const text = await page.textContent("#own_segments");
  assert.match(text, /There is one moment only so far/);
  assert.equal(await page.$$eval("#own_segments [data-chart]", (all) => all.length), 0);
  await close();
}

function first(model) {
  const young = structuredClone(model);
  young.own_segments = { rows: [{ ...model.own_segments.rows[0], share: null, revenue_share: null, revenue_per_customer: null }],
    overlap: { segments: ["at_risk"], customers: [[742]] }, flows: [{ set: "journey", segments: ["at_risk"], links: [] }] };
  return young;
}

function nobody(model) {
  const plain = structuredClone(model);
  delete plain.identity;
  plain.data_quality = { ...plain.data_quality, identifiers: [], free_text: [], by_source: plain.data_quality.by_source.map((row) => ({ ...row, forgotten: 0 })) };
  return plain;
}

function blank(model) {
  const empty = structuredClone(model);
  for (const name of ["monthly", "products", "categories", "features", "methods", "queries"]) empty[name] = { rows: [] };
  empty.rfm = { cells: [], segments: [], score_ranges: [] };
  empty.cluster_choice = { chosen_k: 1, reason: { ko: "고객이 너무 적습니다.", en: "Too few customers." }, candidates: [] };
  empty.clusters = { ...empty.clusters, features: [], clusters: [], values: [], attributes: [], products: [] };
  empty.cohorts = { period: "month", cohorts: [], cells: [], pooled: [] };
  empty.own_segments = { rows: [], overlap: { segments: [], customers: [] }, flows: [] };
  empty.concentration = { gini: null, top: [], curve: [] };
  empty.data_quality = { ...empty.data_quality, sources: [], rejects: [], rules: [] };
  empty.key_figures = { ...empty.key_figures, customers: 0, orders: 0, lines: 0, revenue: "0.0000", average_order_value: null, revenue_per_customer: null, orders_per_customer: null, repeat_rate: null, active_customers: 0 };
  empty.meta = { ...empty.meta, period_start: null, period_end: null, currency: null };
  return empty;
}

/* One customer with one order: one cell, one month, one cohort, no spread anywhere. */
function single(model) {
  const one = structuredClone(model);
  one.monthly.rows = one.monthly.rows.slice(0, 1);
  one.rfm.cells = [{ r: 3, f: 3, customers: 1, revenue: "12.5000", mean_monetary: "12.5000", segment: "loyal" }];
  one.cluster_choice.candidates = one.cluster_choice.candidates.slice(0, 1).map((row) => ({ ...row, silhouette: null, silhouette_se: null, stability: null, stability_sd: null }));
  one.clusters.clusters = one.clusters.clusters.slice(0, 1);
  one.clusters.values = one.clusters.values.map((row) => ({ ...row, z: null, median: null }));
  one.clusters.since_last = null;
  one.clusters.preparation = null;
  one.clusters.clusters = one.clusters.clusters.map((row) => ({ ...row, rule: "true", rule_precision: 1, rule_recall: 1, prototype: null, outliers: 0 }));
  one.clusters.silhouette = one.clusters.stability = null;
  one.cohorts = { period: "month", cohorts: one.cohorts.cohorts.slice(0, 1), cells: one.cohorts.cells.slice(0, 1), pooled: one.cohorts.pooled.slice(0, 1) };
  one.concentration = { gini: 0, top: [{ customer_share: 0.2, revenue_share: 0.2 }], curve: [{ customer_share: 0, revenue_share: 0 }, { customer_share: 1, revenue_share: 1 }] };
  one.meta = { ...one.meta, currency: "XYZ", timezone: "Nowhere/Land" };
  return one;
}

function hostile(model) {
  const text = "</script><script>window.hit=1</script><img src=x onerror=window.hit=1>\u2028\u2029";
  const bad = structuredClone(model);
  bad.meta.project = text;
  for (const row of bad.products.rows) row.name = text;
  for (const row of bad.categories.rows) row.category = text;
  for (const row of bad.rfm.segments) row.name = text;
  for (const row of bad.own_segments.rows) row.title = row.description = row.owner = row.error = text;
  for (const row of bad.clusters.clusters) row.name = row.rule = text;
  return bad;
}

if (!chromium_path) {
  console.log("report page: no Chromium (apt-get install chromium, or set CHROMIUM); nothing was checked");
  console.log("0 passed, 0 failed, 1 skipped");
  process.exit(77);
}
mkdirSync(out, { recursive: true });
const { format, meta, key_figures, concentration } = example;
Object.assign(address, {
  example: page_of("example", example), bare: page_of("bare", { format, meta }), some: page_of("some", { format, meta, key_figures, concentration }),
  empty: page_of("empty", blank(example)), single: page_of("single", single(example)), nobody: page_of("nobody", nobody(example)), hostile: page_of("hostile", hostile(example)), first: page_of("first", first(example)),
});
browser = await chromium.launch({ executablePath: chromium_path, args: ["--no-sandbox"] });
const tests = [sections_are_drawn, own_segments_are_told, first_segments_have_no_moves, words_are_whole, people_in_the_data_are_counted, people_are_told, toggles_work_and_are_remembered, tables_sort, nothing_sticks_out, hangul_renders, prints_to_paper,
  absent_sections_are_not_shown, empty_sections_say_so, one_customer_is_enough, markup_in_data_stays_text, tooltips_appear, clusters_have_meaning];
let failed = 0;
for (const test of tests) {
  try {
    await test();
    console.log(`ok   ${test.name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${test.name}: ${error.message}`);
  }
}
await browser.close();
console.log(`${tests.length - failed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);
