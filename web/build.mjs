// SPDX-License-Identifier: Apache-2.0
// Builds the report page: bundles TypeScript and style with esbuild into one HTML file that still lacks
// its title and model, and writes a C file that places that HTML in the binary.
//   node build.mjs OUT_DIR       makes OUT_DIR/report_page.html and OUT_DIR/report_page.c
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? ".");

function install() {
  const lock = readFileSync(join(here, "package-lock.json"));
  const digest = createHash("sha256").update(lock).digest("hex");
  const stamp = join(here, "node_modules", ".installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  try {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: here, stdio: ["ignore", "inherit", "inherit"] });
  } catch {
    console.error("web: npm ci failed; the report page needs the npm packages named in web/package-lock.json");
    process.exit(1);
  }
  writeFileSync(stamp, digest);
}

async function bundle(entry) {
  const { build } = await import("esbuild");
  const result = await build({ entryPoints: [join(here, entry)], bundle: true, minify: true, write: false, format: "iife", target: ["chrome100", "firefox100", "safari15"],
    charset: "utf8", legalComments: "none", logLevel: "warning", define: { "process.env.NODE_ENV": '"production"' } });
  return result.outputFiles[0].text.trim();
}

install();
const script = (await bundle("report/main.ts")).replaceAll("</script", "<\\/script");
const style = (await bundle("report/style.css")).replaceAll("</style", "<\\/style");
/* The licences of what is bundled ask for these words; a comment may not hold two hyphens in a row. */
const notices = ["echarts/NOTICE", "zrender/LICENSE"].map((file) => `${file}\n${readFileSync(join(here, "node_modules", file), "utf8").trim()}`)
  .join("\n\n").replaceAll("--", "- -");
const parts = { script, style, notices, script_hash: `'sha256-${createHash("sha256").update(script).digest("base64")}'` };
const page = readFileSync(join(here, "report/page.html"), "utf8").replace(/\{\{(\w+)\}\}/g, (whole, name) => parts[name] ?? whole);
const html = join(out, "report_page.html");
writeFileSync(html, page);

const digest = createHash("sha256").update(page).digest("hex");
writeFileSync(join(out, "report_page.c"), `/* The report page, sha256 ${digest}. Written by web/build.mjs. */
__asm__(".section .rodata\\n"
        ".global gy_report_page\\n"
        ".global gy_report_page_end\\n"
        ".type gy_report_page, @object\\n"
        ".balign 16\\n"
        "gy_report_page:\\n"
        ".incbin ${JSON.stringify(html).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}\\n"
        "gy_report_page_end:\\n"
        ".byte 0\\n"
        ".size gy_report_page, . - gy_report_page\\n"
        ".previous\\n");
typedef int gy_report_page_is_data;
`);
