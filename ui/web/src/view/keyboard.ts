/** Keys to commands by ui/keys.json, the same table as the desktop viewer's. */
import keys from "../../../keys.json" with { type: "json" };
import { tabsOf } from "../model/tabs.ts";
import type { Direction } from "../model/walk.ts";
import type { Page } from "./context.ts";

export const KEY_GROUPS: {
  label: string;
  keys: { keys: string[]; shown?: string; command: string; label: string }[];
}[] = keys.groups;

const COMMANDS = new Map(
  KEY_GROUPS.flatMap((g) => g.keys.flatMap((k) => k.keys.map((key) => [key, k.command]))),
);

/** Listens for as long as the page lives; keys typed into fields are left alone, but for Escape. */
export function listenToKeys(page: Page): void {
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
    const command = COMMANDS.get(e.key);
    if (!command || (isTyping(e.target) && command !== "escape")) return;
    if (command === "walk" && isOnControl(e.target)) return;
    if (page.store.help.value && command !== "escape" && command !== "help") return;
    if (run(command, e.key, page)) e.preventDefault();
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/** Arrow keys belong to what has the focus, unless that is the map or nothing. */
function isOnControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target !== document.body && !target.matches(".map-canvas");
}

/** At once, so that what is typed next is already the query and no command. */
function focusSearch(): boolean {
  const box = document.querySelector<HTMLInputElement>(".search input");
  box?.focus();
  box?.select();
  return box !== null;
}

/** Runs a command; true when it did something. */
export function run(command: string, key: string, page: Page): boolean {
  const { store, map } = page;
  switch (command) {
    case "search":
      return focusSearch();
    case "escape":
      return takeAway(page);
    case "help":
      store.help.value = !store.help.value;
      return true;
    case "graph":
    case "table":
      store.show(command);
      return true;
    case "view": {
      const tab = tabsOf(store.views.value, store.chosen.value.view, store.session.status?.views)[
        Number(key) - 1
      ];
      if (tab) store.chooseView(tab.view.id);
      return tab !== undefined;
    }
    case "previous_metric":
      store.stepMetric(-1);
      return true;
    case "next_metric":
      store.stepMetric(1);
      return true;
    case "no_metric":
      store.choose({ metric: "" });
      return true;
    case "focus":
      if (store.chosen.value.selection) store.choose({ focus: !store.chosen.value.focus });
      return true;
    case "hide_others":
      store.choose({ hideOthers: !store.chosen.value.hideOthers });
      return true;
    default:
      return runOnMap(command, key, map);
  }
}

function runOnMap(command: string, key: string, map: Page["map"]): boolean {
  switch (command) {
    case "zoom_in":
      map.pilot?.zoom(1.4);
      return true;
    case "zoom_out":
      map.pilot?.zoom(1 / 1.4);
      return true;
    case "zoom_actual":
      map.actualSize();
      return true;
    case "fit":
      map.fit();
      return true;
    case "fit_selection":
      map.fitSelection();
      return true;
    case "walk":
      map.walk(key as Direction);
      return true;
    default:
      return false;
  }
}

/** Takes away one thing at a time, the top-most first. */
function takeAway({ store }: Page): boolean {
  const { selection, query, focus, hideOthers } = store.chosen.value;
  if (store.help.value) store.help.value = false;
  else if (isTyping(document.activeElement)) {
    if (query !== "") store.choose({ query: "" });
    else (document.activeElement as HTMLElement).blur();
  } else if (focus) store.choose({ focus: false });
  else if (selection) store.select(null);
  else if (hideOthers) store.choose({ hideOthers: false });
  else if (query !== "") store.choose({ query: "" });
  else return false;
  return true;
}
