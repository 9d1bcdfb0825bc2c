import fc from "fast-check";
import { expect, test } from "vitest";
import { diff } from "../../dev/diff.mjs";
import { Graph } from "../../src/model/graph.ts";
import type { Delta, StreamEdge, StreamNode } from "../../src/model/types.ts";
import { delta, edge, node } from "../support/things.ts";

interface State {
  nodes: Map<number, StreamNode>;
  edges: Map<number, StreamEdge>;
}

const metrics = fc.dictionary(fc.constantFrom("cpu", "memory", "files"), fc.integer({ min: 0, max: 9 }));
const someNode = fc.record({
  h: fc.integer({ min: 1, max: 8 }),
  id: fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"),
  state: fc.constantFrom("live" as const, "stale" as const, "ended" as const),
  x: fc.integer({ min: 0, max: 3 }),
  metrics,
  attributes: fc.dictionary(fc.constantFrom("pid", "user"), fc.integer({ min: 0, max: 3 })),
});
const someEdge = fc.record({
  h: fc.integer({ min: 1, max: 8 }),
  source: fc.integer({ min: 1, max: 8 }),
  target: fc.integer({ min: 1, max: 8 }),
  active: fc.integer({ min: 0, max: 3 }),
  rtt_us: fc.option(fc.integer({ min: 1, max: 3 })),
});

/** States as a server may hold them: one id a handle, edges only between nodes that are there. */
const state: fc.Arbitrary<State> = fc
  .tuple(
    fc.uniqueArray(someNode, { selector: (n) => n.h, maxLength: 8 }),
    fc.uniqueArray(someEdge, { selector: (e) => e.h, maxLength: 8 }),
  )
  .map(([nodes, edges]) => {
    const byId = new Map(nodes.map((n) => [n.id, node(n.h, n)]));
    const kept = new Map([...byId.values()].map((n) => [n.h as number, n]));
    const joined = edges.filter((e) => kept.has(e.source) && kept.has(e.target));
    return { nodes: kept, edges: new Map(joined.map((e) => [e.h, edge(e.h, e.source, e.target, e)])) };
  });

const nothing: State = { nodes: new Map(), edges: new Map() };

function applied(graph: Graph, from: State, to: State): State {
  graph.apply(delta(diff(from, to) as Partial<Delta>));
  return { nodes: graph.nodes, edges: graph.edges };
}

test("Graph: apply(diff(a, b), a) == b", () => {
  fc.assert(
    fc.property(state, state, (a, b) => {
      const graph = new Graph();
      expect(sorted(applied(graph, nothing, a))).toEqual(sorted(a));
      expect(sorted(applied(graph, a, b))).toEqual(sorted(b));
    }),
    { numRuns: 500 },
  );
});

test("Graph: neighbours and ids follow every delta", () => {
  fc.assert(
    fc.property(fc.array(state, { minLength: 2, maxLength: 5 }), (states) => {
      const graph = new Graph();
      let before = nothing;
      for (const next of states) {
        applied(graph, before, next);
        before = next;
      }
      for (const n of graph.nodes.values()) {
        expect(graph.nodeById(n.id)).toBe(n);
        const out = [...graph.edges.values()].filter((e) => e.source === n.h).map((e) => e.h);
        expect([...graph.outbound(n.h)].sort()).toEqual(out.sort());
        const into = [...graph.edges.values()].filter((e) => e.target === n.h).map((e) => e.h);
        expect([...graph.inbound(n.h)].sort()).toEqual(into.sort());
      }
    }),
  );
});

test("Graph: patches and positions of unknown handles change nothing", () => {
  const graph = new Graph();
  const change = graph.apply(
    delta({
      nodes: { patch: [{ h: 9, label: "x" }], del: [9] },
      edges: { patch: [{ h: 9, active: 2 }] },
      pos: [9, 1, 1],
    }),
  );
  expect(graph.nodes.size + graph.edges.size).toBe(0);
  expect(change.structure).toBe(false);
});

test("Graph: a node that goes takes its edges with it", () => {
  const graph = new Graph();
  graph.apply(delta({ nodes: { put: [node(1), node(2)] }, edges: { put: [edge(1, 1, 2)] } }));
  const change = graph.apply(delta({ nodes: { del: [2] } }));
  expect(graph.edges.size).toBe(0);
  expect([...change.removedEdges]).toEqual([1]);
  expect(graph.outbound(1).size).toBe(0);
});

test("Graph: metrics alone are no change of structure", () => {
  const graph = new Graph();
  graph.apply(delta({ nodes: { put: [node(1)] } }));
  expect(graph.apply(delta({ nodes: { patch: [{ h: 1, metrics: { cpu: 1 } }] } })).structure).toBe(false);
  expect(graph.apply(delta({ nodes: { patch: [{ h: 1, state: "stale" }] } })).structure).toBe(true);
});

function sorted(s: State): [StreamNode[], StreamEdge[]] {
  const by = (a: { h: number }, b: { h: number }) => a.h - b.h;
  return [[...s.nodes.values()].sort(by), [...s.edges.values()].sort(by)];
}
