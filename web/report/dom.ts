/* SPDX-License-Identifier: Apache-2.0
 *
 * Elements from function calls. Every text goes in as a text node, so nothing from the data can become
 * markup. */

export type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

const svgSpace = "http://www.w3.org/2000/svg";

function fill(element: Element, attributes: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

export function s<K extends keyof SVGElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(svgSpace, tag);
  fill(element, attributes, children);
  return element;
}

/** Sets custom properties and returns the element. Goes through the style object, not an attribute. */
export function styled<E extends HTMLElement>(element: E, properties: Record<string, string | number>): E {
  for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, String(value));
  return element;
}

/** A template's words with each `{name}` replaced by its value in bold. */
export function sentence(template: string, values: Record<string, string>): HTMLSpanElement {
  const parts = template.split(/\{(\w+)\}/);
  return h("span", {}, ...parts.map((part, i) => (i % 2 === 0 ? part : h("strong", {}, values[part] ?? ""))));
}
