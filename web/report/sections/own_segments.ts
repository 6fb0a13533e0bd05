/* SPDX-License-Identifier: Apache-2.0
 *
 * Segments that the project defines itself: who is in them and since when, how many each two share, and how
 * customers move between those of an exclusive set. */
import { chart, tip, type Option } from "../chart";
import { palette, sequential, token } from "../colour";
import { card, section, type Context } from "../context";
import { h, sentence } from "../dom";
import { MISSING, num } from "../format";
import type { OwnSegment, OwnSegments, SegmentFlow } from "../model";
import { put } from "../strings";
import { table } from "../table";
import { heat, type Tile } from "./heat";

const NONE = "";

function titles({ f }: Context, rows: OwnSegment[]): (name: string) => string {
  const known = new Map(rows.map((row) => [row.name, f.text(row.title)]));
  return (name) => known.get(name) ?? name;
}

function facts({ t }: Context, row: OwnSegment): string {
  return [row.description, row.owner ? put(t.os_owned, { owner: row.owner }) : "", row.purpose ? put(t.os_for, { purpose: t.purposes[row.purpose] ?? row.purpose }) : "",
    row.tags].filter(Boolean).join(" · ");
}

function segment_table(context: Context, rows: OwnSegment[]): HTMLElement {
  const { f, t } = context;
  const most = Math.max(1e-9, ...rows.map((row) => row.share ?? 0));
  const change = (row: OwnSegment) => (row.entered === null || row.left === null ? null : row.entered - row.left);
  return table(rows, [
    { label: t.segment, text: true, sort: (r) => f.text(r.title), cell: (r) => h("span", { class: "own" }, h("b", {}, f.text(r.title)),
      r.error ? h("span", { class: "badge stop" }, t.os_failed) : null, h("span", { class: "under" }, facts(context, r))) },
    { label: t.customers, cell: (r) => f.count(r.customers), sort: (r) => r.customers },
    { label: t.share, cell: (r) => f.share(r.share), sort: (r) => r.share, bar: (r) => (r.share ?? 0) / most },
    { label: t.os_change, sort: change, cell: (r) => (change(r) === null ? MISSING : r.entered === 0 && r.left === 0 ? "·" : h("span", { class: "change" }, `+${f.count(r.entered)} −${f.count(r.left)}`)) },
    { label: t.revenue, cell: (r) => f.money(r.revenue), sort: (r) => num(r.revenue) },
    { label: t.revenue_share, cell: (r) => f.share(r.revenue_share), sort: (r) => r.revenue_share },
    { label: t.os_per_head, cell: (r) => f.money(r.revenue_per_customer), sort: (r) => num(r.revenue_per_customer) },
  ], { label: t.own_segments, empty: t.nothing });
}

function failures({ f, t }: Context, rows: OwnSegment[]): HTMLElement | null {
  const failed = rows.filter((row) => row.error);
  if (failed.length === 0) return null;
  return card(t.os_failures, ...failed.map((row) => h("div", { class: "failure" },
    h("p", {}, row.version > 0 ? sentence(t.os_keeps, { name: f.text(row.title), customers: f.count(row.customers), at: f.instant(row.evaluated_at) }) : sentence(t.os_never, { name: f.text(row.title) })),
    h("pre", { tabindex: 0 }, row.error))));
}

/* ---- overlap ---- */

function overlap_map(context: Context, data: OwnSegments): Option {
  const { f, t } = context;
  const { segments, customers } = data.overlap;
  const [title, ramp] = [titles(context, data.rows), sequential()];
  const names = segments.map(title);
  const tiles = customers.flatMap((line, a): Tile[] => line.map((shared, b) => {
    const size = customers[a]?.[a] ?? 0;
    const share = size > 0 ? shared / size : 0;
    return { row: a, column: b, colour: a === b ? token("--sunken") : ramp(share), label: a === b ? f.compact(shared, false) : f.share(share, 0), title: `${names[a]} · ${names[b]}`,
      lines: [[t.os_shared, f.count(shared)], [put(t.os_of, { name: names[a]! }), f.share(size > 0 ? share : null)]] };
  }));
  return heat({ columns: names, rows: names, tiles, row_width: 128, top: 56, column_width: 62, label_size: 11 });
}

function overlap_card(context: Context, data: OwnSegments): HTMLElement | null {
  const { f, t } = context;
  const n = data.overlap.segments.length;
  if (n < 2) return null;
  const title = titles(context, data.rows);
  return card(t.os_overlap, chart({ height: 64 + n * 34, min_width: 140 + n * 66, label: t.os_overlap, caption: t.os_overlap_note,
    scale: [t.low, t.high, "linear-gradient(90deg,var(--ramp-0),var(--ramp-1),var(--ramp-2),var(--ramp-3))"], build: () => overlap_map(context, data), table_title: t.data,
    table: table(data.overlap.segments, [
      { label: t.segment, text: true, cell: (name) => title(name), sort: (name) => title(name) },
      ...data.overlap.segments.map((other, b) => ({ label: title(other), cell: (name: string) => f.count(data.overlap.customers[data.overlap.segments.indexOf(name)]?.[b] ?? 0) })),
    ], { label: t.os_overlap, empty: t.nothing, compact: true }) }));
}

/* ---- flows ---- */

function moments(flow: SegmentFlow): string[] {
  return [...new Set(flow.links.flatMap((link) => [link.before, link.after]))].sort();
}

function flow_map(context: Context, flow: SegmentFlow, title: (name: string) => string, width: number): Option {
  const { f, t } = context;
  const [at, colours] = [moments(flow), palette()];
  const colour = (name: string) => (name === NONE ? token("--axis") : colours[flow.segments.indexOf(name) % colours.length]!);
  const label = (name: string) => (name === NONE ? t.os_none : title(name));
  const id = (name: string, moment: string) => `${at.indexOf(moment)} ${name}`;
  const nodes = new Map<string, { name: string; moment: string }>();
  for (const link of flow.links) {
    for (const [name, moment] of [[link.from ?? NONE, link.before], [link.to ?? NONE, link.after]] as const) nodes.set(id(name, moment), { name, moment });
  }
  const place = (name: string) => (name === NONE ? flow.segments.length : flow.segments.indexOf(name));
  const ordered = [...nodes].sort(([, a], [, b]) => a.moment.localeCompare(b.moment) || place(a.name) - place(b.name));
  return {
    tooltip: { trigger: "item", formatter: (p) => {
      const { dataType, data } = p as unknown as { dataType: string; data: { name?: string; source?: string; target?: string; value?: number } };
      const [one, other] = dataType === "edge" ? [nodes.get(data.source ?? ""), nodes.get(data.target ?? "")] : [nodes.get(data.name ?? ""), undefined];
      if (!one) return "";
      const total = flow.links.reduce((sum, link) => sum + (id(link.from ?? NONE, link.before) === data.name || (one.moment === at[at.length - 1] && id(link.to ?? NONE, link.after) === data.name) ? link.customers : 0), 0);
      return tip(other ? `${label(one.name)} → ${label(other.name)}` : label(one.name), [[t.customers, f.count(other ? data.value : total)],
        [t.os_when, other ? `${f.instant(one.moment, false)} – ${f.instant(other.moment, false)}` : f.instant(one.moment, false)]]);
    } },
    series: [{
      type: "sankey", left: 4, right: width < 480 ? 84 : 150, top: 28, bottom: 8, nodeWidth: 14, nodeGap: 12, draggable: false, layoutIterations: 0, emphasis: { focus: "adjacency" }, nodeAlign: "left",
      data: ordered.map(([key, node]) => ({ name: key, depth: at.indexOf(node.moment), itemStyle: { color: colour(node.name), borderWidth: 0 },
        label: { show: node.moment === at[at.length - 1] || node.moment === at[0] || width > 640, formatter: label(node.name), color: token("--ink"), fontSize: 12,
          width: width < 480 ? 76 : 140, overflow: "truncate" as const, textBorderWidth: 2, textBorderColor: token("--surface") } })),
      links: flow.links.map((link) => ({ source: id(link.from ?? NONE, link.before), target: id(link.to ?? NONE, link.after), value: link.customers,
        lineStyle: { color: "source" as const, opacity: 0.3, curveness: 0.5 } })),
    }],
  };
}

function flow_card(context: Context, data: OwnSegments, flow: SegmentFlow): HTMLElement {
  const { f, t } = context;
  const [title, at] = [titles(context, data.rows), moments(flow)];
  const heading = put(t.os_flow, { set: flow.set });
  if (flow.links.length === 0) return card(heading, h("p", { class: "empty" }, t.os_no_flow));
  return card(heading, chart({ height: Math.max(220, flow.segments.length * 56 + 80), min_width: 300, label: heading, build: (width) => flow_map(context, flow, title, width), table_title: t.data,
    caption: put(t.os_flow_note, { moments: at.map((one) => f.instant(one, false)).join(" → ") }),
    table: table(flow.links, [
      { label: t.os_when, text: true, cell: (r) => `${f.instant(r.before, false)} – ${f.instant(r.after, false)}`, sort: (r) => r.before },
      { label: t.os_from, text: true, cell: (r) => (r.from === null ? t.os_none : title(r.from)), sort: (r) => r.from },
      { label: t.os_to, text: true, cell: (r) => (r.to === null ? t.os_none : title(r.to)), sort: (r) => r.to },
      { label: t.customers, cell: (r) => f.count(r.customers), sort: (r) => r.customers },
    ], { label: heading, empty: t.nothing, compact: true }) }));
}

export function own_segments(context: Context): HTMLElement | null {
  const data = context.model.own_segments;
  if (!data) return null;
  const { t } = context;
  return section(context, "own_segments", t.os_lead, ["own_segments"],
    failures(context, data.rows),
    card(t.os_table, h("div", { class: "own-table" }, segment_table(context, data.rows))),
    overlap_card(context, data),
    ...data.flows.map((flow) => flow_card(context, data, flow)));
}
