/** Everything about one node: its numbers now and lately, who it is, whom it talks to. */
import { useEffect, useRef, useState } from "preact/hooks";
import { getNode } from "../../api/rest.ts";
import { severityOf } from "../../model/edge_style.ts";
import { byFormat, byteRate, count, duration } from "../../model/format.ts";
import { glyphOf } from "../../model/glyph.ts";
import { joinSamples, upToNow } from "../../model/history.ts";
import { trafficOf } from "../../model/traffic.ts";
import type { DetailMetric, NodeDetails, StreamNode } from "../../model/types.ts";
import { useLive, usePage } from "../context.ts";
import { Glyph } from "../icons.tsx";
import type { Store } from "../store.ts";
import { EdgeTable } from "./edge_table.tsx";
import { factsOf } from "./facts.ts";
import { Card, Fact, PanelHead, Section } from "./parts.tsx";

/** Cards beyond these many metrics become lines. */
const CARDS = 2;
/** A rate below this fills no chart: a few bytes are not a mountain. */
const QUIET_BYTES = 1000;

export function NodePanel({ id }: { id: string }) {
  const { store } = useLive();
  const details = useDetails(id);
  const last = useRef<StreamNode | null>(null);
  const now = store.graph.nodeById(id);
  if (now) last.current = now;
  const node = now ?? (last.current?.id === id ? last.current : null);
  if (!node) return <Gone />;
  return (
    <>
      <PanelHead
        icon={<Glyph kind={node.kind} size={18} />}
        title={node.label}
        chip={<StateChip node={node} gone={!now} />}
        sub={subtitle(node, store)}
      />
      <div class="panel-body">
        <Cards node={node} details={details} />
        <Identity node={node} details={details} />
        <EdgeTable title="Outbound" edges={store.graph.outbound(node.h)} inbound={false} />
        <EdgeTable title="Inbound" edges={store.graph.inbound(node.h)} inbound={true} />
        <Children details={details} />
      </div>
    </>
  );
}

/** What REST knows beyond the stream; asked anew for each node, dropped when the panel moves on. */
function useDetails(id: string): NodeDetails | null {
  const { store } = usePage();
  const view = store.chosen.value.view;
  const [details, setDetails] = useState<NodeDetails | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    setDetails(null);
    // The stream alone fills the panel, so a failure here only costs the older samples and wording.
    getNode(view, id, abort.signal).then(setDetails, () => setDetails(null));
    return () => abort.abort();
  }, [view, id]);
  return details;
}

function Gone() {
  const { store } = usePage();
  if (!store.session.loaded) return null;
  return (
    <>
      <PanelHead icon={null} title="Not on this map" chip={null} sub="It ended, or this view hides it." />
      <div class="panel-body" />
    </>
  );
}

function subtitle(node: StreamNode, store: Store): string {
  const up = node.since_ms > 0 ? `up ${duration(store.now_ms() - node.since_ms)}` : "";
  const host = node.sublabel.includes(node.group_label) ? "" : node.group_label;
  return [glyphOf(node.kind).name, host, node.sublabel, up].filter(Boolean).join(" · ");
}

function StateChip({ node, gone }: { node: StreamNode; gone: boolean }) {
  const { store } = useLive();
  if (gone || node.state === "ended") return <span class="status muted">ended</span>;
  if (node.state === "stale") return <span class="status warn">stale</span>;
  const bad = [...store.graph.outbound(node.h)].filter(
    (h) => severityOf(store.graph.edges.get(h)!) === 2,
  ).length;
  if (bad === 0) return <span class="status ok">live</span>;
  return <span class="status error">▲ {count(bad)} failing</span>;
}

function Cards({ node, details }: { node: StreamNode; details: NodeDetails | null }) {
  const { store } = useLive();
  const samples = (name: string, value: number, older: [number, number][] = []) =>
    upToNow(joinSamples(older, store.history.samples(node.id, name)), value, store.session.time_ms);
  const cards = store.metrics.value.filter((m) => m.id in node.metrics).slice(0, CARDS);
  const traffic = trafficOf(store.graph, node.h);
  const remembered = (metric: string) =>
    details?.metrics?.find((m: DetailMetric) => m.id === metric)?.samples ?? [];
  return (
    <div class="cards">
      {cards.map((m) => (
        <Card
          key={m.id}
          label={m.label}
          value={byFormat(node.metrics[m.id]!, m.format)}
          samples={samples(m.id, node.metrics[m.id]!, remembered(m.id))}
          least={m.format === "percent" ? 10 : 1}
          alarming={m.capacity !== null && node.metrics[m.id]! > m.capacity * 0.95}
        />
      ))}
      <Card
        label="Sent"
        value={byteRate(traffic.sent_bytes_per_second)}
        samples={samples("sent", traffic.sent_bytes_per_second)}
        least={QUIET_BYTES}
      />
      <Card
        label="Received"
        value={byteRate(traffic.received_bytes_per_second)}
        samples={samples("received", traffic.received_bytes_per_second)}
        least={QUIET_BYTES}
      />
    </div>
  );
}

function Identity({ node, details }: { node: StreamNode; details: NodeDetails | null }) {
  const { store } = useLive();
  const facts = factsOf(node, details?.attributes ?? null, store.now_ms());
  const shown = new Set(store.metrics.value.slice(0, CARDS).map((m) => m.id));
  const more = Object.keys(node.metrics).filter((id) => !shown.has(id));
  const wording = (id: string) =>
    details?.metrics?.find((m) => m.id === id) ?? store.metrics.value.find((m) => m.id === id);
  return (
    <Section title="Identity">
      <dl class="facts">
        {facts.map((f) => (
          <Fact key={f.id} label={f.label} value={f.value} />
        ))}
        {more.map((id) => (
          <Fact
            key={id}
            label={wording(id)?.label ?? metricWords(id)}
            value={byFormat(node.metrics[id]!, wording(id)?.format ?? formatByName(id))}
          />
        ))}
        {node.parents.map((p) => (
          <Fact key={`${p.view} ${p.id}`} label={viewWord(store, p.view)}>
            <button
              type="button"
              class="link"
              onClick={() =>
                store.choose({
                  view: p.view,
                  selection: { kind: "node", id: p.id },
                  focus: false,
                  options: {},
                  camera: null,
                  metric: null,
                })
              }
            >
              <span>{p.label}</span>
            </button>
          </Fact>
        ))}
        <Fact label="ID" value={node.id} />
      </dl>
    </Section>
  );
}

function metricWords(id: string): string {
  const words = id.replace(/_(percent|bytes|count|seconds)$/, "").replaceAll("_", " ");
  return words[0]!.toUpperCase() + words.slice(1);
}

/** Keys carry their unit, so a metric this view does not describe can still be read. */
function formatByName(id: string): string {
  if (id.endsWith("_percent")) return "percent";
  if (id.endsWith("_bytes")) return "bytes";
  return id.endsWith("_seconds") ? "seconds" : "count";
}

function viewWord(store: Store, view: string): string {
  const name = store.views.value.find((v) => v.id === view)?.name ?? view;
  return name.replace(/s$/, "");
}

function Children({ details }: { details: NodeDetails | null }) {
  if (!details?.children?.length) return null;
  return (
    <Section title={`Holds · ${count(details.children.length)}`}>
      <ul class="children">
        {details.children.slice(0, 50).map((c) => (
          <li key={c.id}>
            <Glyph kind={c.kind} />
            <span class="grow">{c.label}</span>
            <span class="muted">{c.sublabel}</span>
          </li>
        ))}
      </ul>
      {details.children.length > 50 && <p class="note">and {count(details.children.length - 50)} more</p>}
    </Section>
  );
}
