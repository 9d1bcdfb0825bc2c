/** Keeps the address in step with the page's state, and the state with the browser's back button. */
import { effect } from "@preact/signals";
import { formatUrl, parseUrl, type UrlState } from "../model/url_state.ts";
import type { Store } from "./store.ts";

/** Parameters that are about this browser rather than the picture; carried along untouched. */
const KEPT = ["renderer"];

/** A new view, display or selection is a step one can go back from; the rest replaces. */
function isStep(before: UrlState, after: UrlState): boolean {
  return (
    before.view !== after.view ||
    before.display !== after.display ||
    JSON.stringify(before.selection) !== JSON.stringify(after.selection)
  );
}

export function followAddress(store: Store): void {
  const given = new URLSearchParams(location.search);
  const kept = Object.fromEntries(KEPT.flatMap((k) => (given.has(k) ? [[k, given.get(k)!]] : [])));
  let last = store.chosen.peek();
  effect(() => {
    const state = store.chosen.value;
    const address = formatUrl(state, kept) || location.pathname;
    if (address !== location.search && state !== last) {
      if (isStep(last, state)) history.pushState(null, "", address);
      else history.replaceState(null, "", address);
    }
    last = state;
  });
  window.addEventListener("popstate", () => {
    last = parseUrl(location.search);
    store.chosen.value = last;
  });
}
