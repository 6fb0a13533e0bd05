/* SPDX-License-Identifier: Apache-2.0
 *
 * Cohorts by month of first purchase: the heat map of retention and the pooled curve. */
import { axis, chart, tip, type Option } from "../chart";
import { palette, sequential, token } from "../colour";
import { card, section, type Context } from "../context";
import { h } from "../dom";
import { num } from "../format";
import type { CohortCell, Cohorts } from "../model";
import { put } from "../strings";
import { table } from "../table";
import { heat, type Tile } from "./heat";

function periods(data: Cohorts): number[] {
  return [...new Set(data.cells.map((cell) => cell.period))].sort((a, b) => a - b);
}

function map(context: Context, data: Cohorts): Option {
  const { f, t } = context;
  const ramp = sequential();
  const all = periods(data).filter((p) => p > 0);
  const row_of = new Map(data.cohorts.map((c, i) => [c.cohort, i]));
  const size = new Map(data.cohorts.map((c) => [c.cohort, c.customers]));
  const later = data.cells.filter((cell) => cell.period > 0);
  const top = Math.max(0.01, ...later.filter((cell) => cell.mature).map((cell) => num(cell.retention) ?? 0));
  const tiles = later.flatMap((cell): Tile[] => {
    const row = row_of.get(cell.cohort);
    if (row === undefined || cell.retention === null) return [];
    return [{ column: all.indexOf(cell.period), row, colour: ramp(cell.retention / top), label: f.number(cell.retention * 100, cell.retention < 0.0995 ? 1 : 0),
      pale: !cell.mature, title: f.month(cell.cohort),
      lines: [[t.later, f.count(cell.period)], [t.retention, f.share(cell.retention)], [t.retained, f.count(cell.customers)],
        [t.size, f.count(size.get(cell.cohort))], ...(cell.mature ? [] : [[t.immature, ""] as [string, string]])] }];
  });
  return heat({ columns: all.map(String), column_name: t.later, label_size: 11, tiles, row_width: 108, top: 50,
    rows: data.cohorts.map((c) => `${f.month_short(c.cohort)} · ${f.count(c.customers)}`) });
}

function pooled({ f, t }: Context, rows: Cohorts["pooled"]): Option {
  return {
    grid: { left: 4, right: 16, top: 16, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { lineStyle: { color: token("--axis") } }, formatter: (p) => {
      const row = rows[(p as { dataIndex: number }[])[0]?.dataIndex ?? 0];
      return row ? tip(put(t.month_n, { n: f.count(row.period) }), [[t.retention, f.share(row.retention)], [t.retained, f.count(row.retained)], [t.at_risk, f.count(row.customers)]]) : "";
    } },
    xAxis: { type: "category", data: rows.map((r) => put(t.month_n, { n: String(r.period) })), ...axis.category() },
    yAxis: { type: "value", min: 0, ...axis.value(), axisLabel: { ...axis.value().axisLabel, formatter: (v: number) => f.share(v, 0) } },
    series: [{ type: "line", lineStyle: { width: 2 }, symbol: "circle", symbolSize: 6, color: palette()[0]!, areaStyle: { opacity: 0.08 },
      data: rows.map((r) => num(r.retention) ?? "-") }],
  };
}

function cells_table({ f, t }: Context, data: Cohorts): HTMLElement {
  const find = (cohort: string, period: number): CohortCell | undefined => data.cells.find((c) => c.cohort === cohort && c.period === period);
  const text = (cell: CohortCell | undefined) => (cell ? `${f.share(cell.retention)} (${f.count(cell.customers)})${cell.mature ? "" : " *"}` : "");
  return table(data.cohorts, [
    { label: t.cohort, text: true, cell: (r) => f.month(r.cohort), sort: (r) => r.cohort },
    { label: t.size, cell: (r) => f.count(r.customers), sort: (r) => r.customers },
    ...periods(data).filter((p) => p > 0).map((p) => ({ label: put(t.month_n, { n: String(p) }), cell: (r: { cohort: string }) => text(find(r.cohort, p)),
      sort: (r: { cohort: string }) => num(find(r.cohort, p)?.retention) })),
  ], { label: t.cohort_map, empty: t.nothing, compact: true });
}

export function cohorts(context: Context): HTMLElement | null {
  const data = context.model.cohorts;
  if (!data) return null;
  const { f, t } = context;
  const later = data.pooled.filter((row) => row.period > 0);
  if (data.cohorts.length === 0 || periods(data).length < 2) {
    return section(context, "cohorts", t.cohorts_lead, ["cohorts"], h("p", { class: "empty" }, t.nothing));
  }
  return section(context, "cohorts", t.cohorts_lead, ["cohorts"],
    card(`${t.cohort_map} (%)`, chart({ height: 56 + data.cohorts.length * 28, min_width: 140 + (periods(data).length - 1) * 40, label: t.cohort_map,
      scale: [t.low, t.high, "linear-gradient(90deg,var(--ramp-0),var(--ramp-1),var(--ramp-2),var(--ramp-3))"],
      legend: [[t.immature, "repeating-linear-gradient(90deg,var(--ramp-2) 0 3px,transparent 3px 6px)"]],
      table: cells_table(context, data), table_title: t.data, build: () => map(context, data) })),
    later.length > 0 ? card(t.pooled, chart({ height: 230, label: t.pooled, caption: t.pooled_note, table_title: t.data, build: () => pooled(context, later),
      table: table(later, [
        { label: t.later, cell: (r) => f.count(r.period), sort: (r) => r.period },
        { label: t.retention, cell: (r) => f.share(r.retention), sort: (r) => num(r.retention) },
        { label: t.retained, cell: (r) => f.count(r.retained), sort: (r) => r.retained },
        { label: t.at_risk, cell: (r) => f.count(r.customers), sort: (r) => r.customers },
      ], { label: t.pooled, empty: t.nothing, compact: true }) })) : null);
}
