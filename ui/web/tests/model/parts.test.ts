import { expect, test } from "vitest";
import { edgeStyle, severityOf, widthForBytes } from "../../src/model/edge_style.ts";
import { fillOf, Ranks } from "../../src/model/fill.ts";
import { History, joinSamples, Series } from "../../src/model/history.ts";
import { CollisionGrid } from "../../src/model/labels.ts";
import { Lanes } from "../../src/model/lanes.ts";
import { PLAIN_LOOK } from "../../src/model/look.ts";
import { contrast, fillColour, rttColour, THEMES } from "../../src/model/palette.ts";
import { DirtyRange, joinRanges } from "../../src/model/slots.ts";
import { sparkline } from "../../src/model/sparkline.ts";
import type { StreamEdge } from "../../src/model/types.ts";
import { edge, node } from "../support/things.ts";

const SURFACES = ["canvas", "surface-1", "surface-2"] as const;

for (const theme of Object.values(THEMES)) {
  test(`${theme.name}: every text is readable, every shape visible (WCAG 2.2)`, () => {
    for (const surface of SURFACES) {
      for (const text of ["text", "text-2", "muted", "accent", "ok", "warn", "error"] as const) {
        expect(contrast(theme.rgb[text], theme.rgb[surface]), `${text} on ${surface}`).toBeGreaterThanOrEqual(
          4.5,
        );
      }
      for (const [i, c] of theme.categories.entries()) {
        expect(contrast(c, theme.rgb[surface]), `category ${i + 1} on ${surface}`).toBeGreaterThanOrEqual(3);
      }
      expect(contrast(theme.rgb.control, theme.rgb[surface]), `control on ${surface}`).toBeGreaterThanOrEqual(
        3,
      );
    }
    expect(contrast(theme.rgb.edge, theme.rgb.canvas)).toBeGreaterThanOrEqual(3);
    for (const surface of SURFACES)
      expect(contrast(theme.rgb.focus, theme.rgb[surface])).toBeGreaterThanOrEqual(3);
    expect(contrast(theme.rgb["on-accent"], theme.rgb.accent)).toBeGreaterThanOrEqual(4.5);
    for (const status of ["ok", "warn", "error"] as const) {
      expect(contrast(theme.rgb["on-status"], theme.rgb[status])).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(theme.rgb.text, theme.rgb.fill)).toBeGreaterThanOrEqual(4.5);
  });

  test(`${theme.name}: only what has a capacity can alarm`, () => {
    expect(fillColour(0.97, true, theme)).toBe(theme.rgb.error);
    expect(fillColour(0.85, true, theme)).toBe(theme.rgb.warn);
    expect(fillColour(1, false, theme)).toBe(theme.rgb.fill);
    expect(rttColour(null, theme)).toBe(theme.rgb.edge);
    expect(rttColour(50, theme)).toBe(theme.ramp[0]);
    expect(rttColour(5e6, theme)).toBe(theme.ramp[4]);
  });
}

test("edges: width grows with the logarithm of bytes, between 1 and 8 px", () => {
  expect(widthForBytes(0)).toBe(1);
  expect(widthForBytes(1e15)).toBe(8);
  expect(widthForBytes(1e6)).toBeGreaterThan(widthForBytes(1e5));
});

test("edges: a tenth of a percent of failures warns, a percent is an error", () => {
  expect(severityOf(edge(1, 1, 2, { opened: 10_000, failed: 5 }))).toBe(0);
  expect(severityOf(edge(1, 1, 2, { opened: 1000, failed: 5 }))).toBe(1);
  expect(severityOf(edge(1, 1, 2, { opened: 0, failed: 1 }))).toBe(2);
  expect(severityOf(edge(1, 1, 2, { packets: "9007199254740993", retransmits: "900719925474099300" }))).toBe(
    2,
  );
});

test("edges: what is aside fades, whatever its state; what is pointed at stands out", () => {
  const look = { ...PLAIN_LOOK, hoveredNode: 3, bright: new Set([3]) };
  const alpha = (given: Partial<StreamEdge>) =>
    edgeStyle(edge(1, given.source ?? 1, 2, given), look, 1).alpha;
  expect(alpha({ state: "stale" })).toBeLessThanOrEqual(alpha({}));
  expect(alpha({})).toBeLessThan(0.2);
  expect(alpha({ source: 3 })).toBeGreaterThan(0.9);
});

test("fill: a part of the capacity, or the rank with a tilde", () => {
  const percent = { id: "cpu", label: "CPU", format: "percent", capacity: 100 };
  expect(fillOf(node(1, { metrics: { cpu: 72 } }), percent, null)).toEqual({
    level: 0.72,
    capacity: true,
    text: "72%",
  });
  expect(fillOf(node(1, { metrics: { cpu: 150 }, members: 3 }), percent, null)?.level).toBe(0.5);
  expect(fillOf(node(1), percent, null)).toBeNull();
  const bytes = { id: "mem", label: "Memory", format: "bytes", capacity: null };
  const nodes = [1, 2, 3].map((h) => node(h, { metrics: { mem: h * 100 } }));
  const ranks = new Ranks(nodes, "mem");
  expect(nodes.map((n) => fillOf(n, bytes, ranks)?.text)).toEqual(["~0%", "~50%", "~100%"]);
});

test("history: a bounded ring in order", () => {
  const series = new Series();
  for (let i = 0; i < 200; i++) series.push(i, i * 2);
  expect(series.length).toBe(90);
  expect(series.samples()[0]).toEqual([110, 220]);
  expect(series.samples().at(-1)).toEqual([199, 398]);
  const history = new History();
  history.record("a", "cpu", 1, 5);
  history.record("b", "cpu", 1, 6);
  history.retain((id) => id === "b");
  expect(history.samples("a", "cpu")).toEqual([]);
  expect(history.samples("b", "cpu")).toEqual([[1, 6]]);
  for (let i = 0; i < 30_000; i++) history.record(`x${i}`, "cpu", 1, 1);
  expect(history.full).toBe(true);
  history.retain(() => false);
  expect(history.full).toBe(false);
  expect(
    joinSamples(
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
      [
        [2, 9],
        [4, 4],
      ],
    ),
  ).toEqual([
    [1, 1],
    [2, 9],
    [4, 4],
  ]);
});

test("sparkline: from zero, and nothing from a single sample", () => {
  expect(sparkline([[1, 5]], 100, 30, 1)).toBeNull();
  const chart = sparkline(
    [
      [0, 0],
      [10, 50],
      [20, 100],
    ],
    100,
    30,
    10,
  )!;
  expect(chart.top).toBe(100);
  expect(chart.line).toBe("M0.0 29.0L50.0 15.5L100.0 2.0");
});

test("labels: two never overlap", () => {
  const grid = new CollisionGrid();
  expect(grid.claim({ x0: 0, y0: 0, x1: 100, y1: 14 })).toBe(true);
  expect(grid.claim({ x0: 90, y0: 10, x1: 190, y1: 24 })).toBe(false);
  expect(grid.claim({ x0: 101, y0: 0, x1: 190, y1: 14 })).toBe(true);
  expect(grid.claim({ x0: -50, y0: -50, x1: -40, y1: -40 })).toBe(true);
});

test("lanes: kept while the edge lives, the lowest free one is reused", () => {
  const lanes = new Lanes();
  for (const h of [1, 2, 3]) lanes.add(edge(h, 1, 2));
  lanes.remove(2);
  expect([lanes.of(1), lanes.of(3)]).toEqual([0, 2]);
  lanes.add(edge(4, 1, 2));
  lanes.add(edge(1, 1, 2));
  expect([lanes.of(1), lanes.of(4)]).toEqual([0, 1]);
});

test("ranges: touching ones join, dirty ones grow until taken", () => {
  expect(
    joinRanges([
      [5, 9],
      [0, 5],
      [12, 14],
      [3, 3],
    ]),
  ).toEqual([
    [0, 9],
    [12, 14],
  ]);
  const dirty = new DirtyRange();
  expect(dirty.take()).toBeNull();
  dirty.touch(7);
  dirty.touch(3, 5);
  expect(dirty.take()).toEqual([3, 8]);
  expect(dirty.take()).toBeNull();
});
