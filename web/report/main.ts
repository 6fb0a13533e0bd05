/* SPDX-License-Identifier: Apache-2.0
 *
 * The report page: reads the model that lies in the page, draws every section that it has, and redraws
 * when language, brightness, width or paper change. Language and brightness stay in the address, so a
 * link or a reload keeps them. */
import { draw_charts, forget_charts } from "./chart";
import type { Context, SectionId } from "./context";
import { h } from "./dom";
import { Format, type Lang } from "./format";
import { page_header, page_nav } from "./frame";
import type { Model } from "./model";
import { cluster_choice } from "./sections/cluster_choice";
import { clusters } from "./sections/clusters";
import { cohorts } from "./sections/cohorts";
import { concentration } from "./sections/concentration";
import { data_quality } from "./sections/data_quality";
import { features } from "./sections/features";
import { identity } from "./sections/identity";
import { monthly } from "./sections/monthly";
import { own_segments } from "./sections/own_segments";
import { products } from "./sections/products";
import { rfm } from "./sections/rfm";
import { summary } from "./sections/summary";
import { strings } from "./strings";

type Theme = "light" | "dark";

const builders = [summary, monthly, own_segments, rfm, cluster_choice, clusters, cohorts, concentration, products, identity, data_quality, features];
const root = document.documentElement;
const system_dark = matchMedia("(prefers-color-scheme: dark)");

function read_model(): Model | null {
  try {
    const model = JSON.parse(document.getElementById("model")?.textContent ?? "") as Model;
    return model.format === "gyeol-report/1" ? model : null;
  } catch {
    return null;
  }
}

const model = read_model();
const address = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
let lang: Lang = pick(address.get("lang"), ["ko", "en"]) ?? pick(model?.meta.language ?? null, ["ko", "en"]) ?? "en";
let chosen: Theme | null = pick(address.get("theme"), ["light", "dark"]);
let printing = false;

function pick<T extends string>(value: string | null, known: readonly T[]): T | null {
  return known.find((one) => one === value) ?? null;
}

function theme(): Theme {
  return printing ? "light" : chosen ?? (system_dark.matches ? "dark" : "light");
}

function remember(name: string, value: string): void {
  address.set(name, value);
  history.replaceState(null, "", `#${address.toString()}`);
}

function go_to(id: SectionId): void {
  remember("at", id);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById(id)?.scrollIntoView({ behavior: still ? "auto" : "smooth" });
}

function actions() {
  return {
    language: (next: Lang) => { lang = next; remember("lang", next); render(); },
    brightness: () => { chosen = theme() === "dark" ? "light" : "dark"; remember("theme", chosen); render(); },
    print: () => window.print(),
    go_to,
  };
}

/* Marks the section in view in the table of contents. */
function follow(sections: HTMLElement[], nav: HTMLElement): void {
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of nav.querySelectorAll("a")) {
        const here = link.dataset["id"] === entry.target.id;
        if (here) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
        if (here && nav.scrollWidth > nav.clientWidth) nav.scrollTo({ left: link.offsetLeft - 24 });
      }
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  for (const one of sections) watch.observe(one);
}

function render(): void {
  const at = scrollY;
  const open = disclosures().map((one) => one.open);
  const t = strings(lang);
  root.lang = lang;
  root.dataset["theme"] = theme();
  forget_charts();
  if (!model) {
    document.body.replaceChildren(h("main", { class: "alone" }, h("p", { class: "empty" }, t.bad_report)));
    return;
  }
  const context: Context = { model, t, f: new Format(lang, model.meta.currency, model.meta.timezone) };
  document.title = `${model.meta.project} · ${t.report}`;
  const sections = builders.map((build) => build(context)).filter((one): one is HTMLElement => one !== null);
  const nav = page_nav(context, sections.map((one) => one.id as SectionId), actions());
  const main = h("main", { id: "contents" }, ...(sections.length > 0 ? sections : [h("p", { class: "empty" }, t.empty_report)]));
  document.body.replaceChildren(h("a", { class: "skip", href: "#contents" }, t.skip), page_header(context, theme(), actions()),
    h("div", { class: "layout" }, nav, main),
    h("footer", {}, h("p", {}, t.footer), h("p", {}, `gyeol ${model.meta.version} · ${t.run} ${model.meta.run} · ${t.made} ${context.f.instant(model.meta.generated_at)}`)));
  disclosures().forEach((one, i) => { one.open = open[i] ?? false; });
  draw_charts();
  follow(sections, nav);
  scrollTo({ top: at, behavior: "instant" });
}

/* Paper is light and narrow, with the notes open; what the reader had open comes back afterwards. */
let was_open: boolean[] = [];

function disclosures(): HTMLDetailsElement[] {
  return [...document.querySelectorAll("details")];
}

function before_print(): void {
  if (printing) return;
  was_open = disclosures().map((one) => one.open);
  printing = true;
  root.classList.add("printing");
  render();
  for (const one of disclosures()) one.open = one.classList.contains("how");
}

function after_print(): void {
  printing = false;
  root.classList.remove("printing");
  render();
  disclosures().forEach((one, i) => { one.open = was_open[i] ?? false; });
}

let width = innerWidth;
let waiting = 0;
addEventListener("resize", () => {
  if (printing || innerWidth === width) return;
  width = innerWidth;
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(draw_charts);
});
addEventListener("beforeprint", before_print);
addEventListener("afterprint", after_print);
system_dark.addEventListener("change", () => { if (!chosen && !printing) render(); });
render();
const start = pick(address.get("at"), [...document.querySelectorAll("section")].map((one) => one.id));
if (start) document.getElementById(start)?.scrollIntoView();
