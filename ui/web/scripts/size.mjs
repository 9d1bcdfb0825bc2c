/**
 * Fails when the JavaScript of the first screen is larger than its limit (gzipped).
 *   node scripts/size.mjs [DIR]
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LIMIT = 80 * 1024;
const dir = resolve(process.argv[2] ?? fileURLToPath(new URL("../dist", import.meta.url)));
const html = readFileSync(join(dir, "index.html"), "utf8");

/** Scripts the page asks for itself, and what those import before anything shows. */
function scripts() {
  const found = new Set([...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map((m) => m[1]));
  for (const name of found) {
    const text = readFileSync(join(dir, name), "utf8");
    for (const m of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) found.add(`assets/${m[1]}`);
  }
  return [...found];
}

const sizes = scripts().map((name) => [name, gzipSync(readFileSync(join(dir, name)), { level: 9 }).length]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [name, size] of sizes) console.log(`${(size / 1024).toFixed(1)} KiB  ${name}`);
console.log(
  `${(total / 1024).toFixed(1)} KiB of ${LIMIT / 1024} KiB JavaScript on the first screen (gzipped)`,
);
if (sizes.length === 0 || total > LIMIT) {
  console.error(
    sizes.length === 0 ? `no scripts found in ${dir}` : "too much: split what the first screen does not need",
  );
  process.exit(1);
}
