/** The line under the map: how much there is, what is left out and why, and how to bring it back. */
import { count, counted } from "../model/format.ts";
import { useLive } from "./context.ts";

export function Chips() {
  const { store, map } = useLive();
  const { graph } = store;
  const { display, focus, hideOthers, query, options } = store.chosen.value;
  const shown = store.shown.value;
  const hidden = graph.stats.hidden_nodes;
  const leftOut = display === "graph" ? map.leftOut.value : "";
  const unconnected = store.view.value?.options.find((o) => o.id === "unconnected");
  const showAll = () => store.choose({ options: { ...options, unconnected: "show" } });
  return (
    <div class="chips">
      <span class="chip quiet">
        {counted(graph.nodes.size, "node")} · {counted(graph.edges.size, "edge")}
      </span>
      {hidden > 0 && (
        <span class="chip">
          {count(hidden)} hidden
          {unconnected && (
            <button type="button" onClick={showAll}>
              Show
            </button>
          )}
        </span>
      )}
      {store.error.value && graph.nodes.size > 0 && <span class="chip warn">{store.error.value}</span>}
      {leftOut && <span class="chip warn">{leftOut}</span>}
      {shown && (
        <span class="chip accent">
          {focus ? "Isolated" : "Only matches"}: {count(shown.size)} of {count(graph.nodes.size)}
          <button
            type="button"
            onClick={() => store.choose(focus ? { focus: false } : { hideOthers: false })}
          >
            Show all
          </button>
        </span>
      )}
      {hideOthers && !shown && query === "" && <span class="chip">Others are hidden once you search</span>}
    </div>
  );
}
