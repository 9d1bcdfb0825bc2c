/** The same nodes as a table: only the rows in sight are made, and they hold still under the pointer. */

import { useEffect, useRef, useState } from "preact/hooks";
import { counted } from "../model/format.ts";
import {
  type Column,
  columnsFor,
  nextSort,
  type Row,
  rowsFor,
  sortRows,
  toCsv,
  type Value,
} from "../model/table.ts";
import type { NodeHandle } from "../model/types.ts";
import { useLive, usePage } from "./context.ts";
import { Glyph, Icon } from "./icons.tsx";
import { saveFile } from "./map/map_control.ts";

const ROW = 28;
/** Rows made above and below the ones in sight, so that scrolling shows no gaps. */
const SPARE = 8;

export function TableView() {
  const { store } = usePage();
  const { columns, rows, sort } = useRows();
  const [pointed, setPointed] = useState(false);
  const order = useRef<NodeHandle[]>([]);
  const frozen = pointed ? keepOrder(rows, order.current) : rows;
  order.current = frozen.map((r) => r.h);
  const save = () =>
    saveFile(
      new Blob([toCsv(columns, rows)], { type: "text/csv" }),
      `reticle-${store.chosen.value.view}.csv`,
    );
  return (
    <section class="table-view" aria-label="Table">
      <div class="table-tools">
        <span>{counted(rows.length, "row")}</span>
        {pointed && <span class="muted">order held while you point</span>}
        <button type="button" class="button" onClick={save}>
          <Icon name="download" /> CSV
        </button>
      </div>
      <Grid columns={columns} rows={frozen} sort={sort} onPoint={setPointed} />
    </section>
  );
}

function useRows(): { columns: Column[]; rows: Row[]; sort: string } {
  const { store } = useLive();
  const metrics = store.metrics.value;
  const keep = store.shown.value ?? store.matched.value;
  const columns = columnsFor(metrics);
  const first = metrics[0];
  const sort = store.chosen.value.sort || (first ? `-${first.id}` : "name");
  const rows = rowsFor(store.graph, metrics, (n) => !keep || keep.has(n.h), store.session.time_ms);
  return { columns, rows: sortRows(rows, columns, sort), sort };
}

/** Rows in the order they had; new ones at the end. */
function keepOrder(rows: Row[], order: NodeHandle[]): Row[] {
  const at = new Map(order.map((h, i) => [h, i]));
  const place = (r: Row) => at.get(r.h) ?? order.length;
  return [...rows].sort((a, b) => place(a) - place(b));
}

interface GridProps {
  columns: Column[];
  rows: Row[];
  sort: string;
  onPoint: (pointed: boolean) => void;
}

function Grid({ columns, rows, sort, onPoint }: GridProps) {
  const { store } = usePage();
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(800);
  useEffect(() => {
    const watch = new ResizeObserver(() => setHeight(scroller.current?.clientHeight ?? 800));
    watch.observe(scroller.current!);
    return () => watch.disconnect();
  }, []);
  const from = Math.max(0, Math.floor(top / ROW) - SPARE);
  const to = Math.min(rows.length, Math.ceil((top + height) / ROW) + SPARE);
  const chosen = store.selectedNode()?.h;
  return (
    <div ref={scroller} class="table-scroll" onScroll={(e) => setTop(e.currentTarget.scrollTop)}>
      <table class="nodes" aria-rowcount={rows.length + 1}>
        <Head columns={columns} sort={sort} />
        <tbody onPointerEnter={() => onPoint(true)} onPointerLeave={() => onPoint(false)}>
          <Spacer rows={from} columns={columns.length} />
          {rows.slice(from, to).map((row, i) => (
            <Line key={row.h} row={row} columns={columns} index={from + i} chosen={row.h === chosen} />
          ))}
          <Spacer rows={rows.length - to} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

function Spacer({ rows, columns }: { rows: number; columns: number }) {
  if (rows <= 0) return null;
  return (
    <tr class="spacer">
      <td colSpan={columns} height={rows * ROW} />
    </tr>
  );
}

function Head({ columns, sort }: { columns: Column[]; sort: string }) {
  const { store } = usePage();
  return (
    <thead>
      <tr>
        {columns.map((c) => {
          const by = sort === c.id ? "ascending" : sort === `-${c.id}` ? "descending" : "none";
          return (
            <th key={c.id} class={c.numeric ? "number" : undefined} aria-sort={by} scope="col">
              <button type="button" onClick={() => store.choose({ sort: nextSort(sort, c) })}>
                {c.label}
                <span aria-hidden="true">{by === "ascending" ? " ▴" : by === "descending" ? " ▾" : ""}</span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function Line({
  row,
  columns,
  index,
  chosen,
}: {
  row: Row;
  columns: Column[];
  index: number;
  chosen: boolean;
}) {
  const { store } = usePage();
  const { node } = row;
  const select = () => store.select({ kind: "node", id: node.id });
  return (
    <tr class={`${chosen ? "chosen" : ""} is-${node.state}`} aria-rowindex={index + 2} onClick={select}>
      {columns.map((c, i) => (
        <Cell key={c.id} column={c} value={row.values[i] ?? null}>
          {i === 0 && (
            <button type="button" class="link" title={node.sublabel || node.label}>
              <Glyph kind={node.kind} />
              <span>{node.label}</span>
              {node.sublabel && <small class="muted">{node.sublabel}</small>}
            </button>
          )}
        </Cell>
      ))}
    </tr>
  );
}

function Cell({
  column,
  value,
  children,
}: {
  column: Column;
  value: Value;
  children?: preact.ComponentChildren;
}) {
  if (children) return <td>{children}</td>;
  if (value === null) return <td class={column.numeric ? "number none" : "none"}>–</td>;
  if (typeof value === "string")
    return <td class={column.id === "state" ? `state is-${value}` : undefined}>{value}</td>;
  return (
    <td class="number">
      {column.capacity && (
        <meter
          class="bar"
          aria-hidden="true"
          min={0}
          max={column.capacity}
          value={Math.min(value, column.capacity)}
        />
      )}
      <span class={value === 0 ? "none" : undefined}>{column.format(value)}</span>
    </td>
  );
}
