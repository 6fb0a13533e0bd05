/* SPDX-License-Identifier: Apache-2.0 */
import { axis, chart, tip, type Option } from "../chart";
import { palette, token } from "../colour";
import { card, section, type Context } from "../context";
import { num } from "../format";
import type { CategoryRow, ProductRow } from "../model";
import { table, type Column } from "../table";

function bars({ f, t }: Context, rows: CategoryRow[]): Option {
  return {
    grid: { left: 4, right: 64, top: 4, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "none" }, formatter: (p) => {
      const row = rows[(p as { dataIndex: number }[])[0]?.dataIndex ?? 0];
      return row ? tip(row.category, [[t.revenue, f.money(row.revenue)], [t.revenue_share, f.share(row.revenue_share)], [t.orders, f.count(row.orders)], [t.customers, f.count(row.customers)]]) : "";
    } },
    xAxis: { type: "value", ...axis.value(), axisLabel: { ...axis.value().axisLabel, formatter: (v: number) => f.compact(v, true) } },
    yAxis: { type: "category", inverse: true, data: rows.map((r) => r.category), ...axis.category(),
      axisLabel: { color: token("--ink"), interval: 0, width: 130, overflow: "truncate" } },
    series: [{ type: "bar", barMaxWidth: 18, color: palette()[0]!, itemStyle: { borderRadius: [0, 3, 3, 0] }, data: rows.map((r) => num(r.revenue) ?? 0),
      label: { show: true, position: "right", color: token("--muted"), fontSize: 11.5, formatter: (q) => f.share(rows[q.dataIndex]?.revenue_share) } }],
  };
}

/* The columns that products and categories share. */
function counts<Row extends ProductRow | CategoryRow>({ f, t }: Context, rows: Row[]): Column<Row>[] {
  const top = Math.max(1e-9, ...rows.map((r) => r.revenue_share));
  return [
    { label: t.revenue, cell: (r) => f.money(r.revenue), sort: (r) => num(r.revenue) },
    { label: t.revenue_share, cell: (r) => f.share(r.revenue_share), sort: (r) => r.revenue_share, bar: (r) => r.revenue_share / top },
    { label: t.orders, cell: (r) => f.count(r.orders), sort: (r) => r.orders },
    { label: t.customers, cell: (r) => f.count(r.customers), sort: (r) => r.customers },
  ];
}

export function products(context: Context): HTMLElement | null {
  const { model, t } = context;
  if (!model.products && !model.categories) return null;
  const categories = model.categories?.rows ?? [];
  const rows = model.products?.rows ?? [];
  const categorised = rows.some((r) => r.category !== null);
  const category_table = table(categories, [
    { label: t.category, text: true, cell: (r) => r.category, sort: (r) => r.category }, ...counts(context, categories),
  ], { label: t.best_categories, empty: t.nothing, compact: true });
  return section(context, "products", t.products_lead, ["products", "categories"],
    categories.length > 0 ? card(t.best_categories, chart({ height: 40 + categories.length * 32, label: t.best_categories, table: category_table,
      table_title: t.data, build: () => bars(context, categories) })) : null,
    model.products ? card(t.best_products, table(rows, [
      { label: t.product, text: true, cell: (r) => r.name ?? r.product, sort: (r) => r.name ?? r.product },
      ...(categorised ? [{ label: t.category, text: true, cell: (r: ProductRow) => r.category ?? "–", sort: (r: ProductRow) => r.category }] : []),
      ...counts(context, rows),
    ], { label: t.best_products, empty: t.nothing })) : null);
}
