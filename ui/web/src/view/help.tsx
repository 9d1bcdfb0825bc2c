/** The sheet behind `?`: keys, shapes, what colours and lines mean, and the search's language. */
import { useEffect, useRef } from "preact/hooks";
import { glyphOf } from "../model/glyph.ts";
import { usePage } from "./context.ts";
import { Glyph, Icon } from "./icons.tsx";
import { KEY_GROUPS } from "./keyboard.ts";

const KINDS = [
  "process",
  "process_name",
  "host",
  "internet",
  "service",
  "lan_host",
  "listener_group",
  "unattributed",
];
const QUERIES: [string, string][] = [
  ["nginx", "in the name, id, host or any attribute"],
  ["nginx host:web-1", "both"],
  ["-sshd", "all but"],
  ["user:postgres", "an attribute"],
  ["cpu > 40%", "a metric; units % k M G Ki Mi s m h"],
];

export function Help() {
  const { store } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const open = store.help.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const close = () => {
    store.help.value = false;
  };
  return (
    <dialog ref={dialog} class="help" aria-label="Help" onClose={close}>
      <header>
        <h2>Keyboard and legend</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="help-columns">
        {KEY_GROUPS.map((g) => (
          <section key={g.label}>
            <h3>{g.label}</h3>
            {g.keys.map((k) => (
              <p key={k.command} class="key-line">
                <span class="keys">
                  {(k.shown ? [k.shown] : k.keys).map((key) => (
                    <kbd key={key}>{key === "Escape" ? "Esc" : key}</kbd>
                  ))}
                </span>
                {k.label}
              </p>
            ))}
          </section>
        ))}
        <section>
          <h3>Shapes</h3>
          {KINDS.map((kind) => (
            <p key={kind} class="key-line">
              <span class="keys">
                <Glyph kind={kind} size={18} />
              </span>
              {glyphOf(kind).name}
            </p>
          ))}
        </section>
        <section>
          <h3>Search</h3>
          {QUERIES.map(([query, means]) => (
            <p key={query} class="key-line">
              <code class="keys">{query}</code>
              {means}
            </p>
          ))}
        </section>
      </div>
    </dialog>
  );
}
