/* SPDX-License-Identifier: Apache-2.0 */
import { axis, chart, tip, type Option } from "../chart";
import { palette, token } from "../colour";
import { card, section, type Context } from "../context";
import { h } from "../dom";
import { num } from "../format";
import type { MonthRow } from "../model";
import { table } from "../table";

function months_table({ f, t }: Context, rows: MonthRow[]): HTMLElement {
  return table(rows, [
    { label: t.month, text: true, cell: (r) => f.month(r.month) + (r.complete ? "" : ` (${t.incomplete})`), sort: (r) => r.month },
    { label: t.revenue, cell: (r) => f.money(r.revenue), sort: (r) => num(r.revenue) },
    { label: t.orders, cell: (r) => f.count(r.orders), sort: (r) => r.orders },
    { label: t.customers, cell: (r) => f.count(r.customers), sort: (r) => r.customers },
    { label: t.new_customers, cell: (r) => f.count(r.new_customers), sort: (r) => r.new_customers },
  ], { label: t.monthly, empty: t.nothing, compact: true });
}

function revenue({ f, t }: Context, rows: MonthRow[]): Option {
  return {
    grid: { left: 8, right: 8, top: 16, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "none" }, formatter: (p) => {
      const row = rows[(p as { dataIndex: number }[])[0]?.dataIndex ?? 0];
      return row ? tip(f.month(row.month), [[t.revenue, f.money(row.revenue)], ...(row.complete ? [] : [["", t.incomplete] as [string, string]])]) : "";
    } },
    xAxis: { type: "category", data: rows.map((r) => f.month_short(r.month)), ...axis.category() },
    yAxis: { type: "value", ...axis.value(), axisLabel: { ...axis.value().axisLabel, formatter: (v: number) => f.compact(v, true) } },
    series: [{ type: "bar", barMaxWidth: 34, data: rows.map((r) => ({
      value: num(r.revenue) ?? 0,
      itemStyle: { borderRadius: [3, 3, 0, 0], color: token("--series-0"), opacity: r.complete ? 1 : 0.38 },
    })) }],
  };
}

function people({ f, t }: Context, rows: MonthRow[]): Option {
  const lines = [[t.orders, "orders"], [t.customers, "customers"], [t.new_customers, "new_customers"]] as const;
  const colours = palette();
  return {
    grid: { left: 8, right: 12, top: 16, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { lineStyle: { color: token("--axis") } }, formatter: (p) => {
      const row = rows[(p as { dataIndex: number }[])[0]?.dataIndex ?? 0];
      return row ? tip(f.month(row.month), lines.map(([name, key], i) => [name, f.count(row[key]), colours[i]!])) : "";
    } },
    xAxis: { type: "category", data: rows.map((r) => f.month_short(r.month)), ...axis.category() },
    yAxis: { type: "value", ...axis.value(), axisLabel: { ...axis.value().axisLabel, formatter: (v: number) => f.compact(v, false) } },
    series: lines.map(([name, key], i) => ({
      type: "line", name, showSymbol: true, symbol: ["circle", "rect", "triangle"][i]!, symbolSize: 6, lineStyle: { width: 2 },
      data: rows.map((r) => ({ value: r[key], itemStyle: { opacity: r.complete ? 1 : 0.4 } })),
    })),
  };
}

export function monthly(context: Context): HTMLElement | null {
  const rows = context.model.monthly?.rows;
  if (!rows) return null;
  const { t } = context;
  if (rows.length === 0) return section(context, "monthly", t.monthly_lead, ["monthly"], h("p", { class: "empty" }, t.nothing));
  const colours = palette();
  return section(context, "monthly", t.monthly_lead, ["monthly"], h("div", { class: "two" },
    card(t.revenue_by_month, chart({ height: 280, label: t.revenue_by_month, table: months_table(context, rows), table_title: t.data,
      legend: [[t.revenue, colours[0]!]], build: () => revenue(context, rows) })),
    card(t.people_by_month, chart({ height: 280, label: t.people_by_month, table: months_table(context, rows), table_title: t.data,
      legend: [[t.orders, colours[0]!], [t.customers, colours[1]!], [t.new_customers, colours[2]!]], build: () => people(context, rows) }))));
}
