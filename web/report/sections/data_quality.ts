/* SPDX-License-Identifier: Apache-2.0
 *
 * What was read, what was rejected and why, and what each cleaning rule met. */
import { axis, chart, tip, type Option } from "../chart";
import { palette, token } from "../colour";
import { card, section, type Context } from "../context";
import { h, styled } from "../dom";
import { MISSING, num } from "../format";
import type { ContractRow, DataQuality, IdentifierKind, QualityRun, RejectRow, SourceCounts } from "../model";
import { put } from "../strings";
import { table } from "../table";

function flow({ f, t }: Context, data: DataQuality): HTMLElement {
  const steps = [[t.rows_read, data.rows_read], [t.rows_accepted, data.rows_accepted], [t.rows_rejected, data.rows_rejected], [t.lines_kept, data.lines_kept]] as const;
  const top = Math.max(1, data.rows_read);
  return h("dl", { class: "flow" }, ...steps.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, f.count(value)),
    styled(h("span", { class: "meter", "aria-hidden": "true" }, h("i")), { "--length": `${Math.min(100, (value / top) * 100)}%` }))));
}

function examples({ t, f }: Context, row: RejectRow): HTMLElement {
  return h("ul", { class: "examples" }, ...row.examples.map((one) => h("li", {},
    h("span", {}, put(t.at_line, { file: one.file, line: f.count(one.line) }), one.column === null ? "" : ` · ${put(t.column, { name: one.column })}`),
    one.value === null ? null : h("code", {}, one.value))));
}

function by_source({ t, f }: Context, data: DataQuality): HTMLElement | null {
  if (!data.by_source) return null;
  return card(t.by_source, table(data.by_source, [
    { label: t.source, text: true, cell: (r) => r.source, sort: (r) => r.source },
    { label: t.read, cell: (r) => f.count(r.read), sort: (r) => r.read },
    { label: t.accepted, cell: (r) => f.count(r.accepted), sort: (r) => r.accepted },
    { label: t.rejected, cell: (r) => f.count(r.rejected), sort: (r) => r.rejected },
    { label: t.repaired, cell: (r) => f.count(r.repaired), sort: (r) => r.repaired },
    ...(data.by_source.some((r) => (r.forgotten ?? 0) > 0) ? [{ label: t.forgotten, cell: (r: SourceCounts) => f.count(r.forgotten ?? 0), sort: (r: SourceCounts) => r.forgotten ?? 0 }] : []),
  ], { label: t.by_source, empty: t.nothing }));
}

const gravity = { pass: 0, warn: 1, quarantine: 2, stop: 3 };

function contract_table({ t, f }: Context, rows: ContractRow[], compact: boolean): HTMLElement {
  return table(rows, [
    { label: t.contract, text: true, cell: (r) => r.name, sort: (r) => r.name },
    { label: t.rule, text: true, cell: (r) => t[`k_${r.rule}`], sort: (r) => t[`k_${r.rule}`] },
    { label: t.source, text: true, cell: (r) => r.source, sort: (r) => r.source },
    { label: t.looked_at, cell: (r) => f.count(r.rows), sort: (r) => r.rows },
    { label: t.failed, cell: (r) => f.count(r.failed), sort: (r) => r.failed },
    { label: t.share, cell: (r) => (r.share === null ? MISSING : f.share(r.share, 2)), sort: (r) => r.share },
    { label: t.threshold, text: true, cell: (r) => r.threshold ?? MISSING, sort: (r) => r.threshold },
    { label: t.verdict, text: true, cell: (r) => h("span", { class: `badge ${r.verdict}` }, t[`v_${r.verdict}`]), sort: (r) => gravity[r.verdict] },
  ], { label: t.contracts, empty: t.all_kept, compact });
}

/* Broken contracts are in view, kept ones behind a line that counts them. */
function contracts(context: Context, rows: ContractRow[]): HTMLElement {
  const { t, f } = context;
  if (rows.length === 0) return card(t.contracts, h("p", { class: "empty" }, t.no_contracts));
  const broken = rows.filter((r) => r.verdict !== "pass").sort((a, b) => gravity[b.verdict] - gravity[a.verdict]);
  const kept = rows.filter((r) => r.verdict === "pass");
  return card(t.contracts, h("p", { class: "note" }, t.contracts_note), contract_table(context, broken, false),
    kept.length === 0 ? null : h("details", { class: "data" }, h("summary", {}, put(t.kept_contracts, { n: f.count(kept.length) })), contract_table(context, kept, true)));
}

function missing({ t, f }: Context, data: DataQuality): HTMLElement | null {
  if (!data.missing || data.missing.length === 0) return null;
  const rows = data.missing.filter((r) => r.rows > 0).sort((a, b) => b.share - a.share);
  return card(t.missing, h("p", { class: "note" }, t.missing_note), table(rows, [
    { label: t.column_name, text: true, cell: (r) => r.column, sort: (r) => r.column },
    { label: t.source, text: true, cell: (r) => r.source, sort: (r) => r.source },
    { label: t.empty_cells, cell: (r) => f.count(r.rows), sort: (r) => r.rows },
    { label: t.share, cell: (r) => f.share(r.share), sort: (r) => r.share, bar: (r) => r.share },
  ], { label: t.missing, empty: t.none_missing, compact: true }));
}

function identifiers({ t, f }: Context, data: DataQuality): HTMLElement | null {
  if (!data.identifiers || data.identifiers.length === 0) return null;
  return card(t.identifiers, h("p", { class: "note" }, t.identifiers_note), table(data.identifiers, [
    { label: t.column_name, text: true, cell: (r) => r.column, sort: (r) => r.column },
    { label: t.source, text: true, cell: (r) => r.source, sort: (r) => r.source },
    { label: t.kind, text: true, cell: (r) => t[`i_${r.kind}`], sort: (r) => t[`i_${r.kind}`] },
    { label: t.pseudonyms, cell: (r) => f.count(r.pseudonyms), sort: (r) => r.pseudonyms },
    { label: t.empty_cells, cell: (r) => f.count(r.empty), sort: (r) => r.empty },
    { label: t.junk, cell: (r) => f.count(r.junk), sort: (r) => r.junk },
    { label: t.invalid, cell: (r) => f.count(r.invalid), sort: (r) => r.invalid },
  ], { label: t.identifiers, empty: t.nothing, compact: true }));
}

function free_text({ t, f }: Context, data: DataQuality): HTMLElement | null {
  if (!data.free_text || data.free_text.length === 0) return null;
  const rows = data.free_text.flatMap((r) => Object.entries(r.cells).map(([kind, cells]) => ({ ...r, kind: kind as IdentifierKind, n: cells ?? 0 })));
  return card(t.free_text, h("p", { class: "note" }, t.free_text_note), table(rows, [
    { label: t.column_name, text: true, cell: (r) => r.column, sort: (r) => r.column },
    { label: t.source, text: true, cell: (r) => r.source, sort: (r) => r.source },
    { label: t.kind, text: true, cell: (r) => t[`i_${r.kind}`], sort: (r) => t[`i_${r.kind}`] },
    { label: t.found_cells, cell: (r) => f.count(r.n), sort: (r) => r.n },
    { label: t.action, text: true, cell: (r) => h("span", { class: `badge ${r.masked ? "pass" : "warn"}` }, r.masked ? t.masked : t.unmasked), sort: (r) => Number(r.masked) },
  ], { label: t.free_text, empty: t.nothing, compact: true }));
}

function rejected_share(row: QualityRun): number {
  return row.read > 0 ? row.rejected / row.read : 0;
}

function history_chart({ t, f }: Context, rows: QualityRun[]): Option {
  const colours = palette();
  const digits = Math.max(...rows.map(rejected_share)) < 0.01 ? 2 : 1; // of the axis: a few rows of a thousand differ
  return {
    grid: { left: 8, right: 12, top: 24, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { lineStyle: { color: token("--axis") } }, formatter: (p) => {
      const row = rows[(p as { dataIndex: number }[])[0]?.dataIndex ?? 0];
      return row ? tip(f.instant(row.started_at), [[t.rejected_share, f.share(rejected_share(row), 2), colours[0]!], [t.failing, f.count(row.failing), colours[1]!]]) : "";
    } },
    xAxis: { type: "category", data: rows.map((r) => f.instant(r.started_at)), ...axis.category() },
    yAxis: [{ type: "value", ...axis.value(), axisLabel: { ...axis.value().axisLabel, formatter: (v: number) => f.share(v, digits) } },
      { type: "value", minInterval: 1, ...axis.value(), splitLine: { show: false } }],
    series: [
      { type: "bar", barMaxWidth: 26, data: rows.map((r) => ({ value: rejected_share(r), itemStyle: { borderRadius: [3, 3, 0, 0], color: colours[0]! } })) },
      { type: "line", yAxisIndex: 1, symbol: "circle", symbolSize: 7, lineStyle: { width: 2, color: colours[1]! }, itemStyle: { color: colours[1]! }, data: rows.map((r) => r.failing) },
    ],
  };
}

function history(context: Context, data: DataQuality): HTMLElement | null {
  const { t, f } = context;
  const rows = data.history;
  if (!rows || rows.length < 2) return null; // one run has no history
  const colours = palette();
  return card(t.history, h("p", { class: "note" }, t.history_note), chart({
    height: 220, label: t.history, table_title: t.data, legend: [[t.rejected_share, colours[0]!], [t.failing, colours[1]!]],
    build: () => history_chart(context, rows),
    table: table(rows, [
      { label: t.when, text: true, cell: (r) => f.instant(r.started_at), sort: (r) => r.started_at },
      { label: t.read, cell: (r) => f.count(r.read), sort: (r) => r.read },
      { label: t.rejected, cell: (r) => f.count(r.rejected), sort: (r) => r.rejected },
      { label: t.repaired, cell: (r) => f.count(r.repaired), sort: (r) => r.repaired },
      { label: t.failing, cell: (r) => f.count(r.failing), sort: (r) => r.failing },
    ], { label: t.history, empty: t.nothing, compact: true }) }));
}

export function data_quality(context: Context): HTMLElement | null {
  const data = context.model.data_quality;
  if (!data) return null;
  const { f, t } = context;
  return section(context, "data_quality", t.quality_lead, ["data_quality"],
    card(null, flow(context, data)),
    by_source(context, data),
    data.contracts ? contracts(context, data.contracts) : null,
    history(context, data),
    missing(context, data),
    identifiers(context, data),
    free_text(context, data),
    card(t.sources, table(data.sources, [
      { label: t.file, text: true, cell: (r) => r.file, sort: (r) => r.file },
      { label: t.source, text: true, cell: (r) => r.source, sort: (r) => r.source },
      { label: t.table, text: true, cell: (r) => r.target ?? MISSING, sort: (r) => r.target ?? "" },
      { label: t.format, text: true, cell: (r) => r.format, sort: (r) => r.format },
      { label: t.encoding, text: true, cell: (r) => r.encoding ?? MISSING, sort: (r) => r.encoding },
      { label: t.bytes, cell: (r) => f.bytes(r.bytes), sort: (r) => r.bytes },
      { label: t.read, cell: (r) => f.count(r.rows_read), sort: (r) => r.rows_read },
      { label: t.accepted, cell: (r) => f.count(r.rows_accepted), sort: (r) => r.rows_accepted },
      { label: t.rejected, cell: (r) => f.count(r.rows_rejected), sort: (r) => r.rows_rejected },
    ], { label: t.sources, empty: t.nothing })),
    card(t.rules, h("p", { class: "note" }, t.rules_note), table(data.rules, [
      { label: t.rule, text: true, cell: (r) => f.text(r.name), sort: (r) => f.text(r.name) },
      { label: t.rows, cell: (r) => f.count(r.rows), sort: (r) => r.rows },
      { label: t.amount, cell: (r) => f.money(r.amount), sort: (r) => num(r.amount) },
      { label: t.action, text: true, cell: (r) => h("span", { class: `badge ${r.action}` }, t[r.action] ?? r.action), sort: (r) => r.action },
    ], { label: t.rules, empty: t.nothing })),
    data.duplicates === undefined || data.duplicates.length === 0 ? null : card(t.duplicates, table(data.duplicates, [
      { label: t.source, text: true, cell: (r) => r.source, sort: (r) => r.source },
      { label: t.exact, cell: (r) => f.count(r.exact), sort: (r) => r.exact },
      { label: t.same_key, cell: (r) => f.count(r.key), sort: (r) => r.key },
      { label: t.other_source, cell: (r) => f.count(r.other_source), sort: (r) => r.other_source },
    ], { label: t.duplicates, empty: t.nothing })),
    card(t.rejects, table(data.rejects, [
      { label: t.reason, text: true, cell: (r) => f.text(r.reason), sort: (r) => f.text(r.reason) },
      { label: t.source, text: true, cell: (r) => r.source, sort: (r) => r.source },
      { label: t.rows, cell: (r) => f.count(r.rows), sort: (r) => r.rows },
      { label: t.examples, text: true, cell: (r) => examples(context, r) },
    ], { label: t.rejects, empty: t.no_rejects })));
}
