/**
 * Builds the page and writes a .gz beside every asset that shrinks, for servers that do not compress.
 *   node scripts/build.mjs [--outDir DIR]
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({ options: { outDir: { type: "string" } } });
const outDir = resolve(values.outDir ?? join(root, "dist"));

await build({
  root,
  configFile: join(root, "vite.config.mjs"),
  logLevel: "warn",
  build: { outDir, emptyOutDir: true },
});

for (const name of readdirSync(outDir, { recursive: true })) {
  if (!/\.(js|css|html|svg)$/.test(name)) continue;
  const path = join(outDir, name);
  const plain = readFileSync(path);
  const packed = gzipSync(plain, { level: 9 });
  if (packed.length < plain.length) writeFileSync(`${path}.gz`, packed);
}
