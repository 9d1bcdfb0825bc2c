import { expect, test } from "vitest";
import { Graph } from "../../src/model/graph.ts";
import { columnsFor, nextSort, rowsFor, sortRows, toCsv } from "../../src/model/table.ts";
import { tabsOf } from "../../src/model/tabs.ts";
import type { ViewInfo } from "../../src/model/types.ts";
import { delta, edge, node } from "../support/things.ts";

const CPU = { id: "cpu", label: "CPU", format: "percent", capacity: 100 };
const columns = columnsFor([CPU]);

function graph() {
  const g = new Graph();
  const put = [
    node(1, { label: "b", metrics: { cpu: 5 } }),
    node(2, { label: "a" }),
    node(3, { label: "=cmd|x", metrics: { cpu: 9 }, group_label: 'say "hi", host' }),
  ];
  g.apply(
    delta({
      nodes: { put },
      edges: { put: [edge(1, 1, 2, { sent_bytes_per_second: 10, received_bytes_per_second: 3, failed: 2 })] },
    }),
  );
  return g;
}

const rows = () => rowsFor(graph(), [CPU], () => true, 1000);
const order = (sort: string) => sortRows(rows(), columns, sort).map((r) => r.h);

test("table: sorts both ways, and what is unknown comes last either way", () => {
  expect(order("cpu")).toEqual([1, 3, 2]);
  expect(order("-cpu")).toEqual([3, 1, 2]);
  expect(order("name")).toEqual([3, 2, 1]);
});

test("table: a click turns the order round, numbers start with the largest", () => {
  const [name] = columns;
  const cpu = columns.find((c) => c.id === "cpu")!;
  expect(nextSort("", cpu)).toBe("-cpu");
  expect(nextSort("-cpu", cpu)).toBe("cpu");
  expect(nextSort("-cpu", name!)).toBe("name");
});

test("table: traffic is told from each node's own side", () => {
  const at = (id: string) => columns.findIndex((c) => c.id === id);
  const [client, server] = rows();
  expect([client!.values[at("sent")], client!.values[at("received")], client!.values[at("failed")]]).toEqual([
    10, 3, 2,
  ]);
  expect([server!.values[at("sent")], server!.values[at("received")], server!.values[at("failed")]]).toEqual([
    3, 10, 0,
  ]);
});

test("CSV: quotes what needs it and disarms what a spreadsheet would run", () => {
  const csv = toCsv(columns, sortRows(rows(), columns, "name"));
  const lines = csv.split("\r\n");
  expect(lines[0]).toBe("id,name,host,state,cpu,sent,received,clients,servers,failed,age");
  expect(lines[1]).toBe(`n3,'=cmd|x,"say ""hi"", host",live,9,0,0,0,0,0,`);
  expect(lines).toHaveLength(5);
});

function view(id: string, given: Partial<ViewInfo>): ViewInfo {
  const stats = { nodes: 0, pseudo_nodes: 0, edges: 0, hidden_nodes: 0 };
  return {
    id,
    name: id,
    parent: null,
    rank: 1,
    hide_if_empty: true,
    options: [],
    metrics: [],
    stats,
    ...given,
  };
}

test("tabs: by rank, empty ones hidden unless current, sub views under their parent", () => {
  const full = { nodes: 3, pseudo_nodes: 0, edges: 0, hidden_nodes: 0 };
  const views = [
    view("hosts", { rank: 9, hide_if_empty: false }),
    view("pods", { rank: 3 }),
    view("processes", { rank: 1, stats: full }),
    view("by-name", { parent: "processes", rank: 2 }),
  ];
  const ids = (current: string, live = {}) =>
    tabsOf(views, current, live).map((t) => [t.view.id, t.children.map((c) => c.id)]);
  expect(ids("hosts")).toEqual([
    ["processes", []],
    ["hosts", []],
  ]);
  expect(ids("pods", { "by-name": full })).toEqual([
    ["processes", ["by-name"]],
    ["pods", []],
    ["hosts", []],
  ]);
});
