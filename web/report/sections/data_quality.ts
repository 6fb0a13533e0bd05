/* SPDX-License-Identifier: Apache-2.0
 *
 * What was read, what was rejected and why, and what each cleaning rule met. */
import { card, section, type Context } from "../context";
import { h, styled } from "../dom";
import { MISSING, num } from "../format";
import type { DataQuality, RejectRow } from "../model";
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

export function data_quality(context: Context): HTMLElement | null {
  const data = context.model.data_quality;
  if (!data) return null;
  const { f, t } = context;
  return section(context, "data_quality", t.quality_lead, ["data_quality"],
    card(null, flow(context, data)),
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
