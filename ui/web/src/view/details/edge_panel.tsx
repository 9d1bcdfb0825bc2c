/** Everything about one conversation: both ends, its numbers, and how we know. */
import { useRef } from "preact/hooks";
import { failedPart, retransmittedPart, severityOf } from "../../model/edge_style.ts";
import { byteRate, bytes, count, counter, percent, rate, rtt } from "../../model/format.ts";
import { upToNow } from "../../model/history.ts";
import type { StreamEdge, StreamNode } from "../../model/types.ts";
import { useLive } from "../context.ts";
import { Glyph, Icon } from "../icons.tsx";
import { timeText } from "./facts.ts";
import { Card, Fact, NodeLink, PanelHead, Section } from "./parts.tsx";

interface Known {
  edge: StreamEdge;
  source: StreamNode;
  target: StreamNode;
}

const SEEN_BY = {
  client: "the client's probe",
  server: "the server's probe",
  both: "both ends' probes",
} as const;
const ATTRIBUTION = { exact: "exact", group: "one of a group: which is unknown" } as const;

export function EdgePanel({ id }: { id: string }) {
  const { store } = useLive();
  const last = useRef<Known | null>(null);
  const { graph } = store;
  const edge = graph.edgeById(id);
  if (edge)
    last.current = { edge, source: graph.nodes.get(edge.source)!, target: graph.nodes.get(edge.target)! };
  const known = last.current?.edge.id === id ? last.current : null;
  if (!known) {
    return (
      <PanelHead
        icon={null}
        title="Not on this map"
        chip={null}
        sub="The conversation ended, or this view hides it."
      />
    );
  }
  const { source, target } = known;
  return (
    <>
      <PanelHead
        icon={<Icon name="arrow" />}
        title={`${source.label} → ${target.label}`}
        chip={<EdgeChip edge={known.edge} gone={!edge} />}
        sub={`${known.edge.protocol.toUpperCase()} to port ${known.edge.port}`}
      />
      <div class="panel-body">
        <EdgeCards edge={known.edge} />
        <Ends known={known} />
        <Numbers edge={known.edge} />
        <Trust edge={known.edge} />
      </div>
    </>
  );
}

function EdgeChip({ edge, gone }: { edge: StreamEdge; gone: boolean }) {
  useLive();
  if (gone || edge.state === "ended") return <span class="status muted">ended</span>;
  if (edge.state === "stale") return <span class="status warn">stale</span>;
  const severity = severityOf(edge);
  if (severity === 0) return <span class="status ok">{count(edge.active)} active</span>;
  const part = Math.max(failedPart(edge), retransmittedPart(edge));
  return <span class={severity === 2 ? "status error" : "status warn"}>▲ {percent(part * 100)} errors</span>;
}

function EdgeCards({ edge }: { edge: StreamEdge }) {
  const { store } = useLive();
  const samples = (
    name: "sent_bytes_per_second" | "received_bytes_per_second" | "rtt_us" | "opened_per_second",
  ) => upToNow(store.history.samples(edge.id, name), edge[name] ?? 0, store.session.time_ms);
  return (
    <div class="cards">
      <Card
        label="To the server"
        value={byteRate(edge.sent_bytes_per_second)}
        samples={samples("sent_bytes_per_second")}
        least={1000}
      />
      <Card
        label="To the client"
        value={byteRate(edge.received_bytes_per_second)}
        samples={samples("received_bytes_per_second")}
        least={1000}
      />
      <Card
        label="Round trip"
        value={rtt(edge.rtt_us)}
        samples={edge.rtt_us === null ? [] : samples("rtt_us")}
        least={1}
      />
      <Card
        label="New connections"
        value={rate(edge.opened_per_second)}
        samples={samples("opened_per_second")}
        least={1}
        alarming={failedPart(edge) > 0.01}
      />
    </div>
  );
}

function Ends({ known: { edge, source, target } }: { known: Known }) {
  useLive();
  return (
    <Section title="Ends">
      <dl class="facts">
        <Fact label="Client">
          <NodeLink id={source.id} label={source.label}>
            <Glyph kind={source.kind} />
          </NodeLink>
          {source.group_label && <span class="muted"> on {source.group_label}</span>}
        </Fact>
        <Fact label="Server">
          <NodeLink id={target.id} label={target.label}>
            <Glyph kind={target.kind} />
          </NodeLink>
          {target.group_label && <span class="muted"> on {target.group_label}</span>}
        </Fact>
        <Fact label="Service" value={`${edge.port}/${edge.protocol}`} />
        {edge.dialled.map((d) => (
          <Fact
            key={`${d.address} ${d.port}`}
            label="Dialled"
            value={`${d.name ? `${d.name} (${d.address})` : d.address}:${d.port}`}
          />
        ))}
      </dl>
    </Section>
  );
}

function Numbers({ edge }: { edge: StreamEdge }) {
  useLive();
  const failed = counter(edge.failed);
  return (
    <Section title="Conversations">
      <dl class="facts">
        <Fact label="Active" value={count(edge.active)} />
        <Fact label="Opened" value={count(counter(edge.opened))} />
        <Fact label="Closed" value={count(counter(edge.closed))} />
        <Fact
          label="Failed"
          value={failed === 0 ? "0" : `${count(failed)} (${percent(failedPart(edge) * 100)})`}
        />
        <Fact label="Sent" value={bytes(counter(edge.bytes_sent))} />
        <Fact label="Received" value={bytes(counter(edge.bytes_received))} />
        <Fact label="Packets" value={count(counter(edge.packets))} />
        <Fact
          label="Retransmitted"
          value={`${count(counter(edge.retransmits))} (${percent(retransmittedPart(edge) * 100)})`}
        />
        <Fact label="Least round trip" value={rtt(edge.rtt_min_us)} />
      </dl>
    </Section>
  );
}

function Trust({ edge }: { edge: StreamEdge }) {
  const { store } = useLive();
  const now = store.now_ms();
  return (
    <Section title="How we know">
      <dl class="facts">
        <Fact label="Seen by" value={SEEN_BY[edge.seen_by] ?? edge.seen_by} />
        <Fact label="Evidence" value={edge.evidence.join(", ") || "–"} />
        <Fact label="Attribution" value={ATTRIBUTION[edge.attribution] ?? edge.attribution} />
        <Fact label="First seen" value={timeText(edge.first_seen_ms, now)} />
        <Fact label="Last seen" value={timeText(edge.last_seen_ms, now)} />
      </dl>
    </Section>
  );
}
