/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers, money, dates and units as people of a language read them. Whatever is missing or not a
 * number becomes an en dash; exact decimal strings keep their digits on the way to Intl. */
import type { Text, Unit } from "./model";

export type Lang = "ko" | "en";
type Amount = number | string | null | undefined;

export const MISSING = "–";

export function num(value: Amount): number | null {
  if (value === null || value === undefined || value === "") return null;
  const n = Number(value);
  return Number.isFinite(n) ? n : null;
}

/* Korean counter, English singular and plural. */
const words: Partial<Record<Unit, [string, string, string]>> = {
  days: ["일", "day", "days"], orders: ["건", "order", "orders"], lines: ["줄", "line", "lines"], units: ["개", "unit", "units"],
  products: ["종", "product", "products"], categories: ["개 분류", "category", "categories"],
};

export class Format {
  private readonly locale: string;

  constructor(readonly lang: Lang, private readonly currency: string | null, private readonly timeZone: string) {
    this.locale = lang === "ko" ? "ko-KR" : "en-GB";
  }

  text(value: Text | null | undefined): string {
    if (value === null || value === undefined || value === "") return MISSING;
    return typeof value === "string" ? value : value[this.lang];
  }

  private with(value: Amount, options: Intl.NumberFormatOptions): string {
    if (num(value) === null) return MISSING;
    const exact = typeof value === "string" ? value : Number(value);
    return new Intl.NumberFormat(this.locale, options).format(exact as number);
  }

  count(value: Amount): string {
    return this.with(value, { maximumFractionDigits: 0 });
  }

  number(value: Amount, digits = 2): string {
    return this.with(value, { maximumFractionDigits: digits, minimumFractionDigits: digits });
  }

  /** At most `digits` decimals: medians such as 1 or 2.5. */
  short(value: Amount, digits = 1): string {
    return this.with(value, { maximumFractionDigits: digits });
  }

  share(value: Amount, digits = 1): string {
    return this.with(value, { style: "percent", maximumFractionDigits: digits, minimumFractionDigits: digits });
  }

  private money_options(): Intl.NumberFormatOptions {
    if (!this.currency) return { maximumFractionDigits: 2 };
    return { style: "currency", currency: this.currency, currencyDisplay: "narrowSymbol" };
  }

  money(value: Amount): string {
    try {
      return this.with(value, this.money_options());
    } catch {
      return `${this.with(value, { maximumFractionDigits: 2 })} ${this.currency ?? ""}`.trim();
    }
  }

  /** 28.5억 or £8.91m: for large figures and axes. Below 10,000 there is nothing to shorten. */
  compact(value: Amount, money: boolean, digits = 3): string {
    const size = Math.abs(num(value) ?? 0);
    const options: Intl.NumberFormatOptions =
      size >= 10_000 ? { notation: "compact", maximumSignificantDigits: digits, useGrouping: true }
      : size >= 10 || size === 0 ? { maximumFractionDigits: 0 }
      : money ? {} : { maximumFractionDigits: 2 };
    try {
      return this.with(value, money && this.currency ? { ...this.money_options(), ...options } : options);
    } catch {
      return this.with(value, options);
    }
  }

  instant(value: string | null, time = true): string {
    const date = new Date(value ?? "");
    if (Number.isNaN(date.getTime())) return MISSING;
    const options: Intl.DateTimeFormatOptions = { year: "numeric", month: "short", day: "numeric" };
    if (time) Object.assign(options, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    try {
      return new Intl.DateTimeFormat(this.locale, { ...options, timeZone: this.timeZone }).format(date);
    } catch {
      return new Intl.DateTimeFormat(this.locale, { ...options, timeZone: "UTC" }).format(date);
    }
  }

  /** "2026-10" as 2026년 10월 or Oct 2026. */
  month(value: string): string {
    const match = /^(\d{4})-(\d{2})/.exec(value);
    if (!match) return value;
    const date = new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, 1));
    const month = this.lang === "ko" ? "long" : "short";
    return new Intl.DateTimeFormat(this.locale, { year: "numeric", month, timeZone: "UTC" }).format(date);
  }

  /** Axis form of a month: 26.10 or Oct 26. */
  month_short(value: string): string {
    const match = /^\d{2}(\d{2})-(\d{2})/.exec(value);
    if (!match) return value;
    if (this.lang === "ko") return `${match[1]}.${match[2]}`;
    const date = new Date(Date.UTC(2000 + Number(match[1]), Number(match[2]) - 1, 1));
    const month = new Intl.DateTimeFormat(this.locale, { month: "short", timeZone: "UTC" }).format(date);
    return `${month.slice(0, 3)} ${match[1]}`;
  }

  bytes(value: Amount): string {
    const n = num(value);
    if (n === null) return MISSING;
    const power = Math.min(4, Math.floor(Math.log10(Math.max(1, n)) / 3));
    return `${this.short(n / 1000 ** power, power === 0 ? 0 : 1)} ${["B", "kB", "MB", "GB", "TB"][power]}`;
  }

  unit(value: Amount, unit: Unit): string {
    const n = num(value);
    if (n === null) return MISSING;
    if (unit === "money") return this.money(value);
    if (unit === "share") return this.share(value);
    const word = words[unit];
    if (!word) return this.short(n, 2);
    const [ko, one, many] = word;
    return this.lang === "ko" ? `${this.short(n)}${ko}` : `${this.short(n)} ${n === 1 ? one : many}`;
  }

  /** For cramped places such as a heat map's cell: no unit word, money compact. */
  cell(value: Amount, unit: Unit): string {
    if (unit === "money") return this.compact(value, true);
    if (unit === "share") return this.share(value, 0);
    return this.short(value, Math.abs(num(value) ?? 0) >= 100 ? 0 : 1);
  }
}
