/* SPDX-License-Identifier: Apache-2.0
 *
 * RFM: the map, the eleven named segments, the values behind each score. */
import { axis, chart, tip, type Option } from "../chart";
import { palette, token } from "../colour";
import { card, section, type Context } from "../context";
import { h } from "../dom";
import { MISSING, num } from "../format";
import type { Rfm, RfmSegment, ScoreRange } from "../model";
import { put } from "../strings";
import { table } from "../table";
import { rfm_map } from "./rfm_map";

function shares({ f, t }: Context, rows: RfmSegment[], width: number): Option {
  const colours = palette();
  const series = [[t.customer_share, "customer_share"], [t.revenue_share, "revenue_share"]] as const;
  return {
    grid: { left: 4, right: 48, top: 4, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "none" }, formatter: (p) => {
      const row = rows[(p as { dataIndex: number }[])[0]?.dataIndex ?? 0];
      return row ? tip(f.text(row.name), [[t.customer_share, f.share(row.customer_share), colours[1]!],
        [t.revenue_share, f.share(row.revenue_share), colours[0]!], [t.customers, f.count(row.customers)], [t.revenue, f.money(row.revenue)]]) : "";
    } },
    xAxis: { type: "value", ...axis.value(), axisLabel: { ...axis.value().axisLabel, formatter: (v: number) => f.share(v, 0) } },
    yAxis: { type: "category", inverse: true, data: rows.map((r) => f.text(r.name)), ...axis.category(),
      axisLabel: { color: token("--ink"), fontSize: width < 420 ? 11 : 12, interval: 0 } },
    series: series.map(([name, key], i) => ({
      type: "bar", name, barWidth: 8, barGap: "25%", color: colours[1 - i]!, itemStyle: { borderRadius: [0, 2, 2, 0] },
      label: { show: true, position: "right", fontSize: 10.5, color: token("--muted"), formatter: (q) => f.share(q.value as number) },
      data: rows.map((r) => r[key]),
    })),
  };
}

function segment_table({ f, t }: Context, rows: RfmSegment[]): HTMLElement {
  const most = (key: "customer_share" | "revenue_share") => Math.max(1e-9, ...rows.map((r) => r[key]));
  const [customers, revenue] = [most("customer_share"), most("revenue_share")];
  return table(rows, [
    { label: t.segment, text: true, cell: (r) => f.text(r.name), sort: (r) => f.text(r.name) },
    { label: t.customers, cell: (r) => f.count(r.customers), sort: (r) => r.customers },
    { label: t.customer_share, cell: (r) => f.share(r.customer_share), sort: (r) => r.customer_share, bar: (r) => r.customer_share / customers },
    { label: t.revenue, cell: (r) => f.money(r.revenue), sort: (r) => num(r.revenue) },
    { label: t.revenue_share, cell: (r) => f.share(r.revenue_share), sort: (r) => r.revenue_share, bar: (r) => r.revenue_share / revenue },
    { label: t.median_recency, cell: (r) => f.unit(r.median_recency_days, "days"), sort: (r) => num(r.median_recency_days) },
    { label: t.median_orders, cell: (r) => f.short(r.median_orders), sort: (r) => num(r.median_orders) },
    { label: t.median_spend, cell: (r) => f.money(r.median_monetary), sort: (r) => num(r.median_monetary) },
  ], { label: t.segments, empty: t.nothing });
}

function advice({ f, t }: Context, rows: RfmSegment[]): HTMLElement {
  return h("div", { class: "advice" }, ...rows.map((row) => h("article", { class: row.customers > 0 ? "" : "pale" },
    h("h4", {}, f.text(row.name), h("span", {}, row.customers > 0 ? put(t.people, { n: f.count(row.customers) }) : t.no_members)),
    h("p", { class: "rule" }, row.meaning ? `${f.text(row.meaning)} · ` : "", f.text(row.rule)), h("p", {}, f.text(row.suggestion)))));
}

function ranges({ f, t }: Context, rows: ScoreRange[]): HTMLElement | null {
  const measures = [["recency_days", t.recency], ["orders", t.frequency], ["monetary", t.monetary]] as const;
  if (rows.length === 0) return null;
  const scores = [...new Set(rows.map((row) => row.score))].sort((a, b) => a - b);
  const write = (value: ScoreRange["low"], money: boolean) => (money ? f.compact(value, true) : f.short(value, 0));
  const cell = (measure: string, score: number) => {
    const row = rows.find((r) => r.measure === measure && r.score === score);
    if (!row || row.low === null || row.high === null) return t.no_range;
    const [low, high] = [write(row.low, measure === "monetary"), write(row.high, measure === "monetary")];
    return low === high ? low : put(t.low_high, { low, high });
  };
  return card(t.ranges, table(measures.filter(([m]) => rows.some((r) => r.measure === m)), [
    { label: t.measure, text: true, cell: ([, name]) => name },
    ...scores.map((score) => ({ label: put(t.score, { n: String(score) }), cell: ([m]: readonly [string, string]) => cell(m, score) })),
  ], { label: t.ranges, empty: MISSING, compact: true }));
}

export function rfm(context: Context): HTMLElement | null {
  const data: Rfm | undefined = context.model.rfm;
  if (!data) return null;
  const { t } = context;
  const colours = palette();
  return section(context, "rfm", t.rfm_lead, ["rfm"],
    h("div", { class: "two" },
      card(t.rfm_map, data.cells.length > 0 ? rfm_map(context, data) : h("p", { class: "empty" }, t.nothing)),
      data.segments.length > 0 ? card(t.share_chart, chart({ height: Math.max(160, data.segments.length * 38), label: t.share_chart,
        legend: [[t.customer_share, colours[1]!], [t.revenue_share, colours[0]!]], table_title: t.data,
        build: (width) => shares(context, data.segments, width) })) : null),
    card(t.segments, segment_table(context, data.segments)),
    data.segments.length > 0 ? card(t.what_to_do, advice(context, data.segments)) : null,
    ranges(context, data.score_ranges));
}
