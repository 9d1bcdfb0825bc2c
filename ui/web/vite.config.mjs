import { defineConfig } from "vite";
import { tokensPlugin } from "./scripts/tokens.mjs";

const server = process.env.RETICLE_URL ?? "http://127.0.0.1:4040";

export default defineConfig({
  // Relative addresses, so that the page works under any sub-path.
  base: "./",
  plugins: [tokensPlugin()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // Nothing is inlined: the page runs under a policy without data: scripts or styles.
    assetsInlineLimit: 0,
  },
  server: {
    fs: { allow: [".."] },
    proxy: { "/api": { target: server, ws: true } },
  },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
  },
});
