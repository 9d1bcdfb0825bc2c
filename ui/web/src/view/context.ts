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
