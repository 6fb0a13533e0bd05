/* SPDX-License-Identifier: Apache-2.0
 *
 * The appendix: the feature catalogue, and notes that belong to no section. */
import { card, section, type Context } from "../context";
import { h } from "../dom";
import { put } from "../strings";
import { table } from "../table";

export function features(context: Context): HTMLElement | null {
  const rows = context.model.features?.rows;
  if (!rows) return null;
  const { f, t } = context;
  return section(context, "features", t.features_lead, ["features", "methods", null], card(null, table(rows, [
    { label: t.feature, text: true, cell: (r) => h("span", {}, f.text(r.name), h("code", { class: "under" }, r.feature)), sort: (r) => f.text(r.name) },
    { label: t.meaning, text: true, cell: (r) => f.text(r.meaning) },
    { label: t.unit, text: true, cell: (r) => t.units[r.unit] ?? r.unit, sort: (r) => r.unit },
    { label: t.formula, text: true, cell: (r) => h("span", {}, h("code", {}, r.formula),
      r.null_when && r.null_when !== "never" ? h("span", { class: "under" }, put(t.missing_when, { n: r.null_when })) : null) },
  ], { label: t.features, empty: t.nothing })));
}
