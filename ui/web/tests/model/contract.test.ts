/** Replays the sessions that all viewers and the server share (tests/contract/stream). */
import { expect, test } from "vitest";
import { Session } from "../../src/model/session.ts";
import type { ServerMessage, Subscribe } from "../../src/model/types.ts";

interface Contract {
  about: string;
  client: Subscribe[];
  server: ServerMessage[];
  state: {
    app_epoch: string;
    seq: number;
    nodes: { id: string }[];
    edges: { id: string }[];
    stats: object;
    probes?: object;
    late?: object[];
    refused?: object[];
    error?: string;
  };
}

const contracts = import.meta.glob<Contract>("../../../../tests/contract/stream/*.json", {
  eager: true,
  import: "default",
});

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

function held(session: Session) {
  const { graph } = session;
  const idOf = (h: number) => graph.nodes.get(h)!.id;
  return {
    nodes: [...graph.nodes.values()].map(({ h: _, ...n }) => n).sort(byId),
    edges: [...graph.edges.values()]
      .map(({ h: _, ...e }) => ({ ...e, source: idOf(e.source), target: idOf(e.target) }))
      .sort(byId),
  };
}

test("there are sessions to replay", () => {
  expect(Object.keys(contracts).length).toBeGreaterThan(8);
});

for (const [path, contract] of Object.entries(contracts)) {
  test(`${path.split("/").at(-1)}: ${contract.about}`, () => {
    const session = new Session();
    const { view, options } = contract.client[0]!;
    expect(session.want(view, options)).toEqual(contract.client);
    for (const message of contract.server) session.receive(message);
    const { state } = contract;
    expect(held(session)).toEqual({ nodes: state.nodes, edges: state.edges });
    expect(session.graph.stats).toEqual(state.stats);
    expect(session.seq).toBe(state.seq);
    const [again] = session.opened() as [Subscribe];
    expect(again.resume).toEqual({ app_epoch: state.app_epoch, seq: state.seq });
    if (state.probes) expect(session.status?.probes).toEqual(state.probes);
    if (state.late) expect(session.status?.late).toEqual(state.late);
    if (state.refused) expect(session.status?.refused).toEqual(state.refused);
    expect(session.error?.code).toBe(state.error);
  });
}
