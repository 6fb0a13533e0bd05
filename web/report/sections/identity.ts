/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is one person: what was put together, what was not, and what waits for somebody to decide. */
import { card, section, type Context } from "../context";
import { put } from "../strings";
import { table } from "../table";

type Figure = "people" | "merged" | "guests" | "apart" | "stopped" | "shared" | "review" | "by_hand";

const figures: Figure[] = ["people", "merged", "guests", "apart", "stopped", "shared", "review", "by_hand"];

export function identity(context: Context): HTMLElement | null {
  const { model, f, t } = context;
  const found = model.identity;
  if (!found) return null;
  const rows = figures.map((name) => ({ name, n: found[name] }));
  return section(context, "identity", t.identity_lead, ["identity"],
    card(t.identity_figures, table(rows, [
      { label: t.figure, text: true, cell: (r) => t[`p_${r.name}`] },
      { label: t.number, cell: (r) => f.count(r.n) },
      { label: t.meaning, text: true, cell: (r) => put(t[`p_${r.name}_note`], { keys: f.count(found.keys), aliases: f.count(found.aliases), too_large: f.count(found.too_large) }) },
    ], { label: t.identity_figures, empty: t.nothing })));
}
