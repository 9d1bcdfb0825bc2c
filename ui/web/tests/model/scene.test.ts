import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitBox, toScreen, toWorld, zoomAt } from "../../src/model/camera.ts";
import { FramePlanner, pickNode } from "../../src/model/frame.ts";
import { Graph } from "../../src/model/graph.ts";
import { NODE_BYTES, readNode } from "../../src/model/instances.ts";
import { Level, levelFor, MOST_EDGES, MOST_GROUP_EDGES } from "../../src/model/lod.ts";
import { PLAIN_LOOK } from "../../src/model/look.ts";
import { Scene } from "../../src/model/scene.ts";
import { nextInDirection } from "../../src/model/walk.ts";
import { delta, edge, node } from "../support/things.ts";

const VIEW = { width: 1000, height: 600, ratio: 1 };

function sceneOf(given: Parameters<typeof delta>[0]) {
  const graph = new Graph();
  const scene = new Scene();
  scene.apply(graph, graph.apply(delta({ reset: true, ...given })));
  return { graph, scene };
}

/** `hosts` groups of `each` nodes, spread far apart; every node calls one of the next group. */
function fleet(hosts: number, each: number) {
  const nodes = Array.from({ length: hosts * each }, (_, i) => {
    const host = Math.floor(i / each);
    return node(i + 1, {
      group: `h${host}`,
      group_label: `host ${host}`,
      x: (host * 3000 + (i % each) * 130) * 16,
      y: 0,
    });
  });
  const total = nodes.length;
  const edges = nodes.map((n, i) => edge(i + 1, n.h, ((i + each) % total) + 1, { sent_bytes_per_second: i }));
  return sceneOf({ nodes: { put: nodes }, edges: { put: edges } });
}

describe("Scene", () => {
  test("a metric's change rewrites that node's bytes and no other", () => {
    const { graph, scene } = fleet(3, 10);
    scene.dirty.take();
    scene.setLook({ ...PLAIN_LOOK, metric: { id: "cpu", label: "CPU", format: "percent", capacity: 100 } });
    scene.dirty.take();
    scene.apply(graph, graph.apply(delta({ nodes: { patch: [{ h: 12, metrics: { cpu: 50 } }] } })));
    const { slot } = scene.marks.get(12)!;
    expect(scene.dirty.take()).toEqual([slot, slot + 1]);
    expect(readNode(scene.instances, slot).fill).toBeCloseTo(0.5, 2);
  });

  test("nodes come and go without moving the others' slots", () => {
    const { graph, scene } = fleet(2, 8);
    const before = scene.marks.get(3)!.slot;
    scene.apply(
      graph,
      graph.apply(
        delta({ nodes: { del: [1], put: [node(50, { group: "h0" }), node(51, { group: "h0" })] } }),
      ),
    );
    expect(scene.marks.get(3)!.slot).toBe(before);
    expect(scene.marks.has(1)).toBe(false);
    expect(scene.groups.get("h0")!.members.size).toBe(9);
  });

  test("every node has a slot of its own in its group's block, whatever happens", () => {
    const step = fc.record({
      put: fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.constantFrom("", "a", "b", "c")), {
        maxLength: 12,
      }),
      del: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 8 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const { graph, scene } = sceneOf({});
        for (const { put, del } of steps) {
          const nodes = [...new Map(put.map(([h, group]) => [h, node(h, { group })])).values()];
          scene.apply(graph, graph.apply(delta({ nodes: { put: nodes, del } })));
          const slots = new Set<number>();
          for (const [h, mark] of scene.marks) {
            const block = scene.slots.block(graph.nodes.get(h)!.group)!;
            expect(mark.slot).toBeGreaterThanOrEqual(block.start);
            expect(mark.slot).toBeLessThan(block.start + block.capacity);
            expect(scene.instances.floats[(mark.slot * NODE_BYTES) / 4 + 2]).toBeGreaterThan(0);
            slots.add(mark.slot);
          }
          expect(slots.size).toBe(graph.nodes.size);
          const drawn = [...Array(scene.slots.size).keys()].filter(
            (s) => readNode(scene.instances, s).radius > 0,
          );
          expect(drawn.length).toBe(graph.nodes.size);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("a group's box holds its members; a host alone in its own group has no frame", () => {
    const { scene } = sceneOf({
      nodes: { put: [node(1, { x: 0 }), node(2, { x: 1600 }), node(3, { id: "h2", group: "h2" })] },
    });
    const { box, framed } = scene.groups.get("h1")!;
    expect(framed).toBe(true);
    expect(box.x0).toBeLessThan(0);
    expect(box.x1).toBeGreaterThan(100);
    expect(scene.groups.get("h2")!.framed).toBe(false);
  });

  test("edges between the same two nodes lie beside one another, a node's own edge is a loop", () => {
    const { graph, scene } = sceneOf({
      nodes: { put: [node(1), node(2, { x: 1600 })] },
      edges: { put: [edge(1, 1, 2), edge(2, 1, 2, { port: 81 }), edge(3, 2, 1), edge(4, 1, 1)] },
    });
    const bend = (h: number) => scene.curve(graph.edges.get(h)!)[3];
    expect(bend(1)).not.toBe(bend(2));
    expect(Math.sign(bend(1))).toBe(-Math.sign(bend(3)));
    const loop = scene.curve(graph.edges.get(4)!);
    expect([loop[0], loop[1]]).not.toEqual([loop[4], loop[5]]);
  });

  test("what is hidden has no size, what does not match is faint", () => {
    const { scene } = fleet(1, 3);
    scene.setLook({ ...PLAIN_LOOK, shown: new Set([1, 2]), matched: new Set([1]) });
    const radius = (h: number) => readNode(scene.instances, scene.marks.get(h)!.slot).radius;
    expect(radius(3)).toBe(0);
    expect(radius(2)).toBeGreaterThan(0);
    expect(scene.marks.get(2)!.alpha).toBeLessThan(0.2);
    expect(scene.marks.get(1)!.alpha).toBe(1);
  });

  test("a failing conversation marks its client, not its server", () => {
    const { scene } = sceneOf({
      nodes: { put: [node(1), node(2)] },
      edges: { put: [edge(1, 1, 2, { opened: 90, failed: 10 })] },
    });
    expect([scene.marks.get(1)!.severity, scene.marks.get(2)!.severity]).toEqual([2, 0]);
  });
});

describe("Frame", () => {
  test("what is out of sight costs no range, neighbours share one", () => {
    const { scene } = fleet(6, 5);
    const planner = new FramePlanner(scene);
    expect(planner.plan({ x: 7500, y: 0, scale: 0.05 }, VIEW).ranges).toHaveLength(1);
    const near = planner.plan({ x: 3200, y: 0, scale: 1 }, VIEW);
    expect(near.groups.map((g) => g.id)).toEqual(["h1"]);
    expect(near.nodes).toBe(5);
  });

  test("panning within the same groups packs no edges anew; a delta does", () => {
    const { graph, scene } = fleet(6, 5);
    const planner = new FramePlanner(scene);
    const { version } = planner.plan({ x: 3200, y: 0, scale: 1 }, VIEW).edges;
    expect(planner.plan({ x: 3210, y: 5, scale: 1 }, VIEW).edges.version).toBe(version);
    scene.apply(graph, graph.apply(delta({ edges: { patch: [{ h: 1, active: 3 }] } })));
    expect(planner.plan({ x: 3210, y: 5, scale: 1 }, VIEW).edges.version).toBe(version + 1);
  });

  test("edges are bounded, the strongest stay, and what is left out is said", () => {
    const { scene } = fleet(50, 100);
    const planner = new FramePlanner(scene);
    const { edges } = planner.plan({ x: 75_000, y: 0, scale: 0.5 }, { ...VIEW, width: 80_000 });
    expect(edges.count).toBe(MOST_EDGES);
    expect(edges.shown).toEqual({ shown: MOST_EDGES, all: 5000, merged: false });
    expect(edges.handles).toContain(5000);
    expect(edges.handles).not.toContain(1);
  });

  test("the overview draws no members of framed groups and at most so many lines", () => {
    const { scene } = fleet(50, 100);
    const frame = new FramePlanner(scene).plan({ x: 75_000, y: 0, scale: 0.01 }, VIEW);
    expect(frame.level).toBe(Level.overview);
    expect(frame.ranges).toEqual([]);
    expect(frame.edges.count).toBeLessThanOrEqual(MOST_GROUP_EDGES);
    expect(frame.edges.shown.merged).toBe(true);
  });

  test("a point picks the node under it and nothing beside it", () => {
    const { scene } = fleet(2, 5);
    const frame = new FramePlanner(scene).plan({ x: 200, y: 0, scale: 1 }, VIEW);
    expect(pickNode(scene, frame, 132, 3, 4)?.h).toBe(2);
    expect(pickNode(scene, frame, 195, 3, 4)).toBeNull();
  });

  test("an edge is picked along its curve", () => {
    const { graph, scene } = sceneOf({
      nodes: { put: [node(1), node(2, { x: 6400 })] },
      edges: { put: [edge(7, 1, 2)] },
    });
    const { edges } = new FramePlanner(scene).plan({ x: 200, y: 0, scale: 1 }, VIEW);
    const [, , , cy] = scene.curve(graph.edges.get(7)!);
    expect(edges.pick(200, cy / 2, 6)).toBe(7);
    expect(edges.pick(200, cy / 2 + 30, 6)).toBeNull();
  });
});

test("levels: few nodes keep their glyphs, many become dots and discs", () => {
  expect(levelFor(1, 5000)).toBe(Level.glyphs);
  expect(levelFor(1.5, 10)).toBe(Level.detail);
  expect(levelFor(0.3, 5000)).toBe(Level.dots);
  expect(levelFor(0.3, 100)).toBe(Level.glyphs);
  expect(levelFor(0.1, 5000)).toBe(Level.overview);
});

test("camera: zooming keeps the point under the pointer, screen and map are inverse", () => {
  const number = fc.double({ min: -1e4, max: 1e4, noNaN: true });
  const camera = fc.record({ x: number, y: number, scale: fc.double({ min: 0.05, max: 3, noNaN: true }) });
  fc.assert(
    fc.property(camera, number, number, fc.double({ min: 0.5, max: 2, noNaN: true }), (c, x, y, factor) => {
      const at = { x, y };
      const p = toWorld(at, c, VIEW);
      const back = toScreen(p, zoomAt(c, VIEW, at, factor), VIEW);
      expect(Math.hypot(back.x - x, back.y - y)).toBeLessThan(1e-6);
    }),
  );
});

test("camera: a fitted box lies between the insets", () => {
  const insets = { top: 10, right: 300, bottom: 40, left: 200 };
  const box = { x0: -500, y0: 100, x1: 3000, y1: 900 };
  const camera = fitBox(box, VIEW, insets);
  const a = toScreen({ x: box.x0, y: box.y0 }, camera, VIEW);
  const b = toScreen({ x: box.x1, y: box.y1 }, camera, VIEW);
  expect(a.x).toBeGreaterThanOrEqual(insets.left - 1e-6);
  expect(b.x).toBeLessThanOrEqual(VIEW.width - insets.right + 1e-6);
  expect(a.y).toBeGreaterThanOrEqual(insets.top - 1e-6);
  expect(b.y).toBeLessThanOrEqual(VIEW.height - insets.bottom + 1e-6);
});

test("walk: the next node is the near one ahead", () => {
  const { scene } = sceneOf({
    nodes: { put: [node(1), node(2, { x: 1600 }), node(3, { x: 3200 }), node(4, { x: 800, y: 3200 })] },
  });
  const from = scene.marks.get(1)!;
  expect(nextInDirection(from, scene.marks.values(), "ArrowRight")?.h).toBe(2);
  expect(nextInDirection(from, scene.marks.values(), "ArrowDown")?.h).toBe(4);
  expect(nextInDirection(from, scene.marks.values(), "ArrowLeft")).toBeNull();
});
