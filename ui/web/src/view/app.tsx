/** The page: bar, map or table, card, panel. */
import { Chips } from "./chips.tsx";
import { type Page, PageContext } from "./context.ts";
import { Panel } from "./details/panel.tsx";
import { EmptyState } from "./empty.tsx";
import { Help } from "./help.tsx";
import { ConnectionBar } from "./live_state.tsx";
import { MapView } from "./map_view.tsx";
import { TableView } from "./table_view.tsx";
import { ToolCard } from "./tool_card.tsx";
import { TopBar } from "./top_bar.tsx";

export function App({ page }: { page: Page }) {
  const { store } = page;
  const { display, selection } = store.chosen.value;
  const old = store.link.value.state !== "open" && store.heard_at.value > 0;
  const classes = ["stage", `stage-${display}`, selection ? "with-panel" : "", old ? "old" : ""];
  return (
    <PageContext.Provider value={page}>
      <TopBar />
      <ConnectionBar />
      <main class={classes.filter(Boolean).join(" ")}>
        {display === "graph" ? <MapView /> : <TableView />}
        {display === "graph" && <ToolCard />}
        <Chips />
        <EmptyState />
        <Panel />
      </main>
      <Help />
    </PageContext.Provider>
  );
}
