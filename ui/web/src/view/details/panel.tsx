/** The panel at the right, for whatever is selected. */
import { usePage } from "../context.ts";
import { EdgePanel } from "./edge_panel.tsx";
import { NodePanel } from "./node_panel.tsx";

export function Panel() {
  const { store } = usePage();
  const { selection } = store.chosen.value;
  if (!selection) return null;
  return (
    <aside class="panel" aria-label="Details">
      {selection.kind === "node" ? (
        <NodePanel key={selection.id} id={selection.id} />
      ) : (
        <EdgePanel key={selection.id} id={selection.id} />
      )}
    </aside>
  );
}
