/** What stands where nothing is: why, and what to do about it. */
import type { ComponentChildren } from "preact";
import { count } from "../model/format.ts";
import { useLive, usePage } from "./context.ts";
import { CopyButton } from "./copy_button.tsx";

export function EmptyState() {
  const { store } = useLive();
  void store.statusVersion.value;
  const { session } = store;
  const name = (store.view.value?.name ?? "nodes").toLowerCase();
  if (store.error.value && store.graph.nodes.size === 0)
    return <Notice title="This did not load">{store.error.value}</Notice>;
  if (!session.loaded) return store.heard_at.value === 0 ? <Unreachable /> : null;
  if (store.graph.nodes.size > 0) return store.matched.value?.size === 0 ? <NoMatch /> : null;
  const { status } = session;
  if (status && status.probes.live + status.probes.stale === 0) return <NoProbe />;
  const hidden = store.graph.stats.hidden_nodes;
  const { options } = store.chosen.value;
  if (hidden === 0)
    return <Notice title={`No ${name} yet`}>They appear here as soon as a probe reports them.</Notice>;
  return (
    <Notice title={`No connected ${name}`}>
      <p>{count(hidden)} without any connection are hidden.</p>
      <button
        type="button"
        class="button"
        onClick={() => store.choose({ options: { ...options, unconnected: "show" } })}
      >
        Show unconnected
      </button>
    </Notice>
  );
}

function Notice({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="notice" role="status">
      <h2>{title}</h2>
      <div>{children}</div>
    </div>
  );
}

function Unreachable() {
  const { store } = usePage();
  if (store.link.value.state !== "lost") return null;
  return (
    <Notice title="The server does not answer">
      <p>Is reticle-app running at {location.host}? This page keeps trying.</p>
      <button type="button" class="button" onClick={() => store.retry()}>
        Try now
      </button>
    </Notice>
  );
}

function NoProbe() {
  const command = `reticle-probe ${location.host}`;
  return (
    <Notice title="No probe is connected yet">
      <p>On every host that you want on the map, run:</p>
      <p class="command">
        <code>{command}</code>
        <CopyButton text={command} />
      </p>
    </Notice>
  );
}

function NoMatch() {
  const { store } = usePage();
  const { query, display, hideOthers } = store.chosen.value;
  if (display === "graph" && !hideOthers) return null;
  return (
    <Notice title="Nothing matches">
      <p>
        No node of this view matches <code>{query}</code>.
      </p>
      <button type="button" class="button" onClick={() => store.choose({ query: "" })}>
        Clear search
      </button>
    </Notice>
  );
}
