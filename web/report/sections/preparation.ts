/* SPDX-License-Identifier: Apache-2.0
 *
 * What was done to the features before they were clustered: how many values were filled and with what, what
 * a prediction's error is, and how many values lay beyond their bounds. */
import { card, type Context } from "../context";
import type { Clusters, PreparedColumn } from "../model";
import { put } from "../strings";
import { table } from "../table";

function fill_of({ f, t }: Context, row: PreparedColumn): string {
  if (row.n_missing === 0) return "–";
  if (row.predicted) return `${t.p_predict} · ${put(t.p_error, { error: f.number(row.error ?? null, 2), baseline: f.number(row.baseline ?? null, 2) })}${row.error_of === "log" ? t.p_in_logs : ""}`;
  return `${t[`p_${row.missing === "predict" ? "median" : row.missing}`]} · ${f.number(row.fill, 2)}`;
}

function bounds_of({ f, t }: Context, row: PreparedColumn): string {
  const name = t[`p_${row.outliers.split(":")[0]!.replace("-", "_") as "none" | "winsorise" | "log" | "robust_z" | "flag"}`];
  return row.low === null || row.high === null ? name : `${name} · ${f.number(row.low, 1)} – ${f.number(row.high, 1)}`;
}

export function preparation(context: Context, data: Clusters): HTMLElement | null {
  const { f, t } = context;
  if (!data.preparation) return null;
  const beyond = (row: PreparedColumn) => row.n_low + row.n_high;
  const name_of = (row: PreparedColumn) => {
    const feature = data.features.find((x) => x.feature === row.column);
    return feature ? f.text(feature.name) : row.column;
  };
  return card(t.p_title, table(data.preparation.columns, [
    { label: t.feature, text: true, cell: name_of, sort: name_of },
    { label: t.p_missing, cell: (r) => f.count(r.n_missing), sort: (r) => r.n_missing },
    { label: t.p_filled, text: true, cell: (r) => fill_of(context, r) },
    { label: t.p_outliers, text: true, cell: (r) => bounds_of(context, r) },
    { label: t.p_beyond, cell: (r) => f.count(beyond(r)), sort: beyond },
  ], { label: t.p_title, empty: t.nothing, compact: true }));
}
