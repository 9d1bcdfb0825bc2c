/** How components reach the store and the map without passing them down every level. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { MapControl } from "./map/map_control.ts";
import type { Store } from "./store.ts";

export interface Page {
  store: Store;
  map: MapControl;
}

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  return useContext(PageContext)!;
}

/**
 * The page, for components that read nodes and edges: those are changed in place, so a component that
 * shows them must follow the graph's version itself.
 */
export function useLive(): Page {
  const page = usePage();
  void page.store.version.value;
  return page;
}
