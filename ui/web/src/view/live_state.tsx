/** How live the picture is: connected or not, and which probes are late or were refused. */
import { useEffect, useState } from "preact/hooks";
import { clockTime, counted, duration } from "../model/format.ts";
import type { Status } from "../model/types.ts";
import { usePage } from "./context.ts";

export function LiveState() {
  const { store } = usePage();
  void store.statusVersion.value;
  const { state } = store.link.value;
  const { status, hello } = store.session;
  const live = state === "open";
  const probes = status ? status.probes.live + status.probes.stale : 0;
  const words = live
    ? `Live · ${counted(probes, "probe")}`
    : state === "lost"
      ? "Disconnected"
      : "Connecting";
  return (
    <div class="live-state" title={hello ? `${hello.host_name} · Reticle ${hello.version}` : undefined}>
      {live && status && <LateProbes status={status} />}
      <span class={`live-dot ${live ? "ok" : "off"}`} aria-hidden="true" />
      <span role="status">{words}</span>
    </div>
  );
}

function LateProbes({ status }: { status: Status }) {
  const late = status.late ?? [];
  const refused = status.refused ?? [];
  const total = status.probes.live + status.probes.stale;
  if (late.length === 0 && refused.length === 0) return null;
  const parts = [
    late.length > 0 ? `${late.length} of ${total} probes late` : "",
    refused.length > 0 ? `${refused.length} refused` : "",
  ];
  return (
    <details class="late">
      <summary class="chip warn">{parts.filter(Boolean).join(" · ")}</summary>
      <div class="popover">
        <h3>Late probes</h3>
        <ul>
          {late.map((p) => (
            <li key={p.host_id}>
              <span class="grow">{p.host_name}</span>
              <span class="muted">silent for {duration(p.silent_ms)}</span>
            </li>
          ))}
          {refused.map((p) => (
            <li key={`refused ${p.host_id}`}>
              <span class="grow">{p.host_id}</span>
              <span class="muted">{p.reason}</span>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}

/** The bar that says, for as long as it is so, that what is seen is old. */
export function ConnectionBar() {
  const { store } = usePage();
  const { state, retry_at } = store.link.value;
  const [now, setNow] = useState(Date.now());
  const heard = store.heard_at.peek();
  const lost = state !== "open" && heard > 0;
  useEffect(() => {
    if (!lost) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [lost]);
  if (!lost) return null;
  const wait = Math.max(0, Math.ceil((retry_at - now) / 1000));
  return (
    <div class="connection-bar" role="alert">
      <span>
        Reconnecting… last data {clockTime(heard)} ({duration(now - heard)} old)
      </span>
      {state === "lost" && (
        <button type="button" onClick={() => store.retry()}>
          Try now{wait > 1 ? ` (${wait} s)` : ""}
        </button>
      )}
    </div>
  );
}
