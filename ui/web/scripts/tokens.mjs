/** Makes CSS custom properties from ui/tokens.json, which the desktop viewer reads too. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("../../tokens.json", import.meta.url));
const ID = "virtual:tokens.css";

/** The style sheet for parsed tokens: both themes, and what high contrast changes. */
export function tokensCss(tokens) {
  const block = (selector, lines) => `${selector}{${lines.join(";")}}`;
  const theme = (name) => [
    `color-scheme:${name}`,
    ...Object.entries(tokens.themes[name]).map(([k, v]) => `--${k}:${v}`),
    ...tokens.categories[name].map((v, i) => `--category-${i + 1}:${v}`),
    ...tokens.ramp[name].map((v, i) => `--ramp-${i + 1}:${v}`),
  ];
  const sizes = (prefix, values, unit) =>
    Object.entries(values).map(([k, v]) => `--${prefix}-${k}:${v}${unit}`);
  const shared = [
    ...sizes("radius", tokens.radius, "px"),
    ...sizes("motion", tokens.motion, "ms"),
    ...sizes("height", tokens.height, "px"),
    ...sizes("width", tokens.width, "px"),
    `--font-sans:${tokens.font.sans}`,
    `--font-mono:${tokens.font.mono}`,
  ];
  return [
    block(":root", [...shared, ...theme("dark")]),
    block(":root[data-theme=light]", theme("light")),
    `@media (prefers-contrast:more){:root{--line:var(--control);--edge:var(--edge-hi)}}`,
    `@media (prefers-reduced-motion:reduce){:root{--motion-hover:0ms;--motion-panel:0ms;--motion-layout:0ms}}`,
  ].join("\n");
}

/** Serves the tokens as the style sheet `virtual:tokens.css`. */
export function tokensPlugin() {
  return {
    name: "reticle-tokens",
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load(id) {
      if (id !== `\0${ID}`) return undefined;
      this.addWatchFile(FILE);
      return tokensCss(JSON.parse(readFileSync(FILE, "utf8")));
    },
  };
}
