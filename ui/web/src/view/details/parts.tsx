/** What the panels of nodes and edges are made of. */
import type { ComponentChildren } from "preact";
import { sparkline } from "../../model/sparkline.ts";
import { usePage } from "../context.ts";
import { Icon } from "../icons.tsx";

const WIDTH = 150;
const HEIGHT = 34;

export interface CardData {
  label: string;
  value: string;
  samples: [number, number][];
  /** The smallest top of the chart's scale: a capacity, or what still counts as nothing. */
  least: number;
  alarming?: boolean;
}

/** A number with its recent past. */
export function Card({ label, value, samples, least, alarming = false }: CardData) {
  const chart = sparkline(samples, WIDTH, HEIGHT, least);
  return (
    <div class={alarming ? "card alarming" : "card"}>
      <div class="card-label">{label}</div>
      <div class="card-value">{value}</div>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${label} over the last minutes`}
      >
        {chart && <path class="spark-area" d={chart.area} />}
        {chart && <path class="spark-line" d={chart.line} />}
      </svg>
    </div>
  );
}

export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** A line of a name and a value; texts are copied by a click. */
export function Fact({
  label,
  value,
  children,
}: {
  label: string;
  value?: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children ?? <Copyable text={value ?? ""} />}</dd>
    </div>
  );
}

function Copyable({ text }: { text: string }) {
  return (
    <button
      type="button"
      class="copyable"
      title={`${text}\n(click to copy)`}
      onClick={() => void navigator.clipboard?.writeText(text)}
    >
      {text}
    </button>
  );
}

/** The head of a panel, and the button that closes it. */
export function PanelHead({
  icon,
  title,
  chip,
  sub,
}: {
  icon: ComponentChildren;
  title: string;
  chip: ComponentChildren;
  sub: string;
}) {
  const { store } = usePage();
  const { focus } = store.chosen.value;
  return (
    <header class="panel-head">
      <div class="panel-title">
        {icon}
        <h2 title={title}>{title}</h2>
        {chip}
        <button
          type="button"
          class="icon-button"
          aria-pressed={focus}
          aria-label="Isolate"
          title="Isolate (f)"
          onClick={() => store.choose({ focus: !focus })}
        >
          <Icon name="focus" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Close details"
          title="Close (Esc)"
          onClick={() => store.select(null)}
        >
          <Icon name="close" />
        </button>
      </div>
      <p class="panel-sub">{sub}</p>
    </header>
  );
}

/** A link to another node of this view. */
export function NodeLink({
  id,
  label,
  children,
}: {
  id: string;
  label: string;
  children?: ComponentChildren;
}) {
  const { store } = usePage();
  return (
    <button type="button" class="link" title={label} onClick={() => store.select({ kind: "node", id })}>
      {children}
      <span>{label}</span>
    </button>
  );
}
