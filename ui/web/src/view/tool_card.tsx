/** The card at the left: what fills the glyphs, what edges tell, what colours mean, the view's options. */
import type { ColourBy, EdgesMode } from "../model/look.ts";
import { usePage } from "./context.ts";
import { Segments } from "./segments.tsx";

const EDGES = [
  { value: "bytes", label: "Bytes/s" },
  { value: "rtt", label: "RTT" },
  { value: "errors", label: "Errors" },
];
const COLOURS = [
  { value: "name", label: "Name" },
  { value: "host", label: "Host" },
  { value: "user", label: "User" },
];

export function ToolCard() {
  const { store } = usePage();
  const { edges, colourBy, options } = store.chosen.value;
  const metrics = [
    ...store.metrics.value.map((m) => ({ value: m.id, label: m.label })),
    { value: "", label: "None" },
  ];
  return (
    <section class="tool-card" aria-label="What the map shows">
      <h2>Fill by metric</h2>
      <Segments
        plain
        label="Fill by metric"
        choices={metrics}
        value={store.metric.value?.id ?? ""}
        choose={(metric) => store.choose({ metric })}
      />
      {store.metric.value?.capacity === null && <p class="note">~ is the rank among what is shown</p>}
      <h2>Edges</h2>
      <Segments
        plain
        label="Edges"
        choices={EDGES}
        value={edges}
        choose={(v) => store.choose({ edges: v as EdgesMode })}
      />
      {edges === "rtt" && <Ramp />}
      <h2>Colour by</h2>
      <Segments
        plain
        label="Colour by"
        choices={COLOURS}
        value={colourBy}
        choose={(v) => store.choose({ colourBy: v as ColourBy })}
      />
      {(store.view.value?.options ?? []).map((option) => (
        <div key={option.id}>
          <h2>{option.id.replaceAll("_", " ")}</h2>
          <Segments
            plain
            label={option.id}
            choices={optionChoices(option)}
            value={options[option.id] ?? option.default}
            choose={(v) => store.choose({ options: { ...options, [option.id]: v } })}
          />
        </div>
      ))}
    </section>
  );
}

/** `Show unconnected` under the head `unconnected` is said as `Show`. */
function optionChoices(option: {
  id: string;
  none_label: string | null;
  values: { value: string; label: string }[];
}) {
  const said = new RegExp(`\\s*${option.id.replace(/[^\w]/g, ".")}$`, "i");
  const choices = option.values.map((v) => ({ value: v.value, label: v.label.replace(said, "") || v.label }));
  return option.none_label === null ? choices : [{ value: "", label: option.none_label }, ...choices];
}

function Ramp() {
  return (
    <div class="ramp" role="img" aria-label="Colours from 0.1 milliseconds to 1 second">
      <span class="ramp-bar" aria-hidden="true" />
      <span>0.1 ms</span>
      <span>1 s</span>
    </div>
  );
}
