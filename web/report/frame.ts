/* SPDX-License-Identifier: Apache-2.0
 *
 * The page's frame: the header with what the report is about, and the table of contents. */
import type { Context, SectionId } from "./context";
import { h, s } from "./dom";
import type { Lang } from "./format";

interface Actions {
  language: (lang: Lang) => void;
  brightness: () => void;
  print: () => void;
  go_to: (id: SectionId) => void;
}

/* Lines like the grain of wood: 결. */
function grain(): SVGElement {
  const lines = Array.from({ length: 11 }, (_, i) => {
    const y = 8 + i * 13;
    const bend = 26 * Math.exp(-((i - 5) ** 2) / 9);
    return s("path", { d: `M0 ${y} C 220 ${y - bend * 0.3}, 330 ${y - bend}, 450 ${y - bend * 0.2} S 640 ${y + bend * 0.7}, 800 ${y}` });
  });
  return s("svg", { class: "grain", viewBox: "0 0 800 150", "aria-hidden": "true", preserveAspectRatio: "xMaxYMid slice" }, ...lines);
}

function icon(path: string): SVGElement {
  return s("svg", { viewBox: "0 0 20 20", "aria-hidden": "true", class: "icon" }, s("path", { d: path }));
}

const sun = "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M16 4l-1.4 1.4M5.4 14.6 4 16";
const moon = "M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7Z";
const printer = "M5.5 7.5v-5h9v5M5.5 14h-3V7.5h15V14h-3M5.5 11.5h9v6h-9z";

function tools({ f, t }: Context, theme: "light" | "dark", act: Actions): HTMLElement {
  const language = (["ko", "en"] as const).map((lang) => h("button", { type: "button", lang, "aria-pressed": String(f.lang === lang), "data-lang": lang,
    click: () => act.language(lang) }, lang === "ko" ? "한국어" : "English"));
  const other = theme === "dark" ? t.light : t.dark;
  return h("div", { class: "tools" },
    h("div", { class: "segmented", role: "group", "aria-label": t.language }, ...language),
    h("button", { type: "button", class: "tool", "data-theme-toggle": true, title: other, "aria-label": `${t.theme}: ${other}`, click: act.brightness }, icon(theme === "dark" ? sun : moon)),
    h("button", { type: "button", class: "tool", title: t.print, "aria-label": t.print, click: act.print }, icon(printer)));
}

export function page_header(context: Context, theme: "light" | "dark", act: Actions): HTMLElement {
  const { model, f, t } = context;
  const { meta } = model;
  const facts: [string, string][] = [
    [t.period, `${f.instant(meta.period_start, false)} – ${f.instant(meta.period_end, false)}`], [t.as_of, f.instant(meta.as_of)],
    [t.time_zone, meta.timezone], ...(meta.currency ? [[t.currency, meta.currency] as [string, string]] : [])];
  return h("header", { class: "top" }, grain(), h("div", { class: "bar-row" },
    h("p", { class: "brand" }, h("b", {}, "결"), "gyeol"), tools(context, theme, act)),
    h("div", { class: "title" }, h("p", { class: "kind" }, t.report), h("h1", {}, meta.project),
      h("dl", {}, ...facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))))));
}

export function page_nav({ t }: Context, ids: SectionId[], act: Actions): HTMLElement {
  return h("nav", { "aria-label": t.sections }, ...ids.map((id) => h("a", { href: `#${id}`, "data-id": id, click: (event) => {
    event.preventDefault();
    act.go_to(id);
  } }, t.nav[id])));
}
