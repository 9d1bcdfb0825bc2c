/** The tokens as numbers, and the colours that mean something: categories, metric fill, the RTT ramp. */
import tokens from "../../../tokens.json" with { type: "json" };

export type ThemeName = "dark" | "light";
export type Token = keyof typeof tokens.themes.dark;
export type Rgb = readonly [number, number, number];

export interface Theme {
  name: ThemeName;
  /** The token as CSS text. */
  css: Record<Token, string>;
  /** The token as bytes. */
  rgb: Record<Token, Rgb>;
  categories: Rgb[];
  ramp: Rgb[];
}

function makeTheme(name: ThemeName): Theme {
  const css = tokens.themes[name];
  const rgb = Object.fromEntries(Object.entries(css).map(([k, v]) => [k, parseHex(v)])) as Record<Token, Rgb>;
  return {
    name,
    css,
    rgb,
    categories: tokens.categories[name].map(parseHex),
    ramp: tokens.ramp[name].map(parseHex),
  };
}

/** The bytes of `#RRGGBB`; an alpha behind it is ignored. */
export function parseHex(hex: string): Rgb {
  const n = Number.parseInt(hex.slice(1, 7), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

export const THEMES: Record<ThemeName, Theme> = { dark: makeTheme("dark"), light: makeTheme("light") };

export const FONT_SANS = tokens.font.sans;

/** A stable small hash of a text (FNV-1a), so that the same name has the same hue everywhere. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}

/** The category colour of a text; the empty text is neutral. */
export function categoryOf(text: string, theme: Theme): Rgb {
  if (text === "") return theme.rgb.muted;
  return theme.categories[hashText(text) % theme.categories.length]!;
}

/** The fill's colour: what nears its capacity warns. A level without a capacity never does. */
export function fillColour(level: number, hasCapacity: boolean, theme: Theme): Rgb {
  if (hasCapacity && level > 0.95) return theme.rgb.error;
  if (hasCapacity && level > 0.8) return theme.rgb.warn;
  return theme.rgb.fill;
}

/** The ramp's colour for a round trip: logarithmic from 0.1 ms to 1 s. */
export function rttColour(us: number | null, theme: Theme): Rgb {
  if (us === null) return theme.rgb.edge;
  const t = Math.log10(Math.max(us, 1) / 100) / 4;
  const steps = theme.ramp.length;
  return theme.ramp[Math.min(steps - 1, Math.max(0, Math.floor(t * steps)))]!;
}

/** WCAG relative luminance. */
export function luminance([r, g, b]: Rgb): number {
  const lin = (v: number) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * lin(r) + 0.7152 * lin(g) + 0.0722 * lin(b);
}

/** WCAG contrast ratio, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}
