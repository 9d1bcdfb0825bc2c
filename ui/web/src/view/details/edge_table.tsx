/** The conversations of a node in one direction. */
import { severityOf, throughput } from "../../model/edge_style.ts";
import { byteRate, count, counter, rtt } from "../../model/format.ts";
import type { EdgeHandle, StreamEdge, StreamNode } from "../../model/types.ts";
import { useLive } from "../context.ts";
import { Glyph } from "../icons.tsx";
import { NodeLink } from "./parts.tsx";

/** Rows beyond this many are counted, not listed. */
const MOST_ROWS = 100;

export function EdgeTable({
  title,
  edges,
  inbound,
}: {
  title: string;
  edges: ReadonlySet<EdgeHandle>;
  inbound: boolean;
}) {
  const { store } = useLive();
  const { graph } = store;
  const rows = [...edges]
    .map((h) => graph.edges.get(h)!)
    .sort((a, b) => throughput(b) - throughput(a) || (a.id < b.id ? -1 : 1));
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>
        {title} · {count(rows.length)}
      </h3>
      <table class="edges">
        <thead>
          <tr>
            <th>Name</th>
            <th>Port</th>
            <th>Rate</th>
            <th>RTT</th>
            <th>Failed</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((edge) => (
            <EdgeRow key={edge.h} edge={edge} peer={graph.nodes.get(inbound ? edge.source : edge.target)!} />
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && <p class="note">and {count(rows.length - MOST_ROWS)} more</p>}
    </section>
  );
}

function EdgeRow({ edge, peer }: { edge: StreamEdge; peer: StreamNode }) {
  const { store } = useLive();
  const bad = severityOf(edge) === 2;
  const open = () => store.select({ kind: "edge", id: edge.id });
  const failed = counter(edge.failed);
  return (
    <tr class={`${bad ? "bad" : ""} ${edge.state === "live" ? "" : "gone"}`}>
      <td>
        <NodeLink id={peer.id} label={peer.label}>
          <Glyph kind={peer.kind} />
        </NodeLink>
      </td>
      <td>
        <button type="button" class="link" title="This conversation" onClick={open}>
          :{edge.port}
          {edge.protocol === "udp" && <small> udp</small>}
        </button>
      </td>
      <td>{byteRate(throughput(edge))}</td>
      <td>{rtt(edge.rtt_us)}</td>
      <td class={failed > 0 ? "failed" : undefined}>{count(failed)}</td>
    </tr>
  );
}
