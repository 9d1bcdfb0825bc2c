/** Dark, light, or as the system says; remembered in this browser. */
import { computed, effect, signal } from "@preact/signals";
import { THEMES, type Theme, type ThemeName } from "../model/palette.ts";

export type ThemeChoice = "system" | ThemeName;

const KEY = "reticle.theme";
const ORDER: ThemeChoice[] = ["system", "dark", "light"];

function remembered(): ThemeChoice {
  try {
    return ORDER.find((t) => t === localStorage.getItem(KEY)) ?? "system";
  } catch {
    return "system";
  }
}

const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(systemDark.matches);
systemDark.addEventListener("change", (e) => {
  systemIsDark.value = e.matches;
});

export const themeChoice = signal<ThemeChoice>(remembered());

/** The theme in force. */
export const theme = computed<Theme>(() => {
  const choice = themeChoice.value;
  return THEMES[choice === "system" ? (systemIsDark.value ? "dark" : "light") : choice];
});

effect(() => {
  document.documentElement.dataset["theme"] = theme.value.name;
});

export function nextTheme(): void {
  themeChoice.value = ORDER[(ORDER.indexOf(themeChoice.value) + 1) % ORDER.length]!;
  try {
    localStorage.setItem(KEY, themeChoice.value);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}
