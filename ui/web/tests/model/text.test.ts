import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as f from "../../src/model/format.ts";
import { matches, parseNumber, parseQuery } from "../../src/model/search.ts";
import { DEFAULTS, formatUrl, parseUrl, type UrlState } from "../../src/model/url_state.ts";
import { node } from "../support/things.ts";

test("format: numbers as people read them", () => {
  expect([0, 999, 1000, 412_300, 1.84e6, 7.3e9].map(f.bytes)).toEqual([
    "0 B",
    "999 B",
    "1 kB",
    "412 kB",
    "1.8 MB",
    "7.3 GB",
  ]);
  expect([0, 12.5, 412_000].map(f.byteRate)).toEqual(["0", "13 B/s", "412 kB/s"]);
  expect([null, 310, 1234, 48_000, 2.4e6].map(f.rtt)).toEqual(["–", "310 µs", "1.2 ms", "48 ms", "2.4 s"]);
  expect([9214, 123_456, 1.5e6, 0.25].map(f.count)).toEqual(["9,214", "123 k", "1.5 M", "0.25"]);
  expect([5000, 65_000, 7_500_000, 3e8].map(f.duration)).toEqual(["5 s", "1 m 5 s", "2 h 5 m", "3 d 11 h"]);
  expect(f.counter("18446744073709551615")).toBeCloseTo(1.8446744e19, -12);
  expect([72.4, 5].map((v) => f.tiny(v, "percent"))).toEqual(["72%", "5%"]);
  expect(f.tiny(412e6, "bytes")).toBe("412M");
});

test("format: byte values never show a unit twice or a rounding overflow", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e17, noNaN: true }), (v) =>
      /^\d{1,3}(\.\d)? (B|[kMGTP]B)$/.test(f.bytes(v)),
    ),
  );
});

test("middleEllipsis: keeps both ends and the length", () => {
  expect(f.middleEllipsis("checkout-7d9f8-k2xvp-0", 11)).toBe("check…xvp-0");
  expect(f.middleEllipsis("short", 22)).toBe("short");
});

describe("search", () => {
  const nginx = node(1, {
    label: "nginx",
    sublabel: "web-1 (1234)",
    metrics: { process_cpu_usage_percent: 41, process_memory_usage_bytes: 3e6 },
    attributes: { pid: 1234, user: "www-data", addresses: ["10.0.0.1"] },
  });
  const found = (query: string) => matches(nginx, parseQuery(query));

  test.each([
    ["", true],
    ["NGI", true],
    ["nginx web", true],
    ["nginx postgres", false],
    ["-postgres", true],
    ["-nginx", false],
    ["10.0.0.1", true],
    ["host:web-1", true],
    ["host:db", false],
    ["user:www", true],
    ["user=www", false],
    ["user!=root", true],
    ["pid:1234", true],
    ["pid: 123", false],
    ["cpu > 40%", true],
    ["cpu>41", false],
    ["-cpu>50", true],
    ["mem >= 3MB", true],
    ["memory<2MiB", false],
    ["unknown>1", false],
    ['"web-1 (1234)"', true],
    ["state:live kind:process", true],
  ])("%s", (query, expected) => expect(found(query)).toBe(expected));

  test("numbers carry units", () => {
    expect(["40%", "2MiB", "2M", "5m", "1h", "x"].map(parseNumber)).toEqual([
      40,
      2_097_152,
      2e6,
      300,
      3600,
      null,
    ]);
  });

  test("any text is a query", () => {
    fc.assert(fc.property(fc.string(), (q) => typeof matches(nginx, parseQuery(q)) === "boolean"));
  });
});

describe("address", () => {
  const text = fc.string({ minLength: 1, maxLength: 12 });
  const arbitrary: fc.Arbitrary<UrlState> = fc.record({
    view: text,
    display: fc.constantFrom("graph" as const, "table" as const),
    query: fc.string(),
    metric: fc.option(fc.string()),
    edges: fc.constantFrom("bytes" as const, "rtt" as const, "errors" as const),
    colourBy: fc.constantFrom("name" as const, "host" as const, "user" as const),
    selection: fc.option(
      fc.oneof(
        fc.record({ kind: fc.constant("node" as const), id: text }),
        fc.record({ kind: fc.constant("edge" as const), id: text }),
      ),
    ),
    focus: fc.boolean(),
    hideOthers: fc.boolean(),
    options: fc.dictionary(
      fc.string({ minLength: 1 }).filter((s) => s !== "__proto__"),
      fc.string(),
    ),
    camera: fc.option(fc.record({ x: fc.integer(), y: fc.integer(), scale: fc.constantFrom(0.25, 1, 2.5) })),
    sort: fc.string(),
  });

  test("parse(format(state)) == state", () => {
    fc.assert(
      fc.property(arbitrary, (state) => {
        const kept = { ...state, focus: state.focus && state.selection !== null };
        expect(parseUrl(formatUrl(kept))).toEqual({ ...kept, options: { ...kept.options } });
      }),
    );
  });

  test("the usual state is an empty address, and nonsense is the usual state", () => {
    expect(formatUrl(DEFAULTS)).toBe("");
    expect(parseUrl("?show=%E0%A4%A&edges=x&at=1,2&focus=1")).toEqual(DEFAULTS);
  });
});
