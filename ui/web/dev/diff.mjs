/**
 * The stream's difference of two states, by the contract of docs/api.md. A state is
 * `{nodes: Map<h, node>, edges: Map<h, edge>}` with handles already given.
 */

/** A delta (without its numbers) that turns `a` into `b`; members that would be empty are absent. */
export function diff(a, b) {
  const nodes = changes(a.nodes, b.nodes, patchNode);
  const edges = changes(a.edges, b.edges, patchEdge);
  const pos = [];
  for (const [h, node] of b.nodes) {
    const before = a.nodes.get(h);
    if (before && before.id === node.id && (before.x !== node.x || before.y !== node.y))
      pos.push(h, node.x, node.y);
  }
  return { ...(nodes && { nodes }), ...(edges && { edges }), ...(pos.length > 0 && { pos }) };
}

/** Whether a delta carries anything. */
export function isEmpty(delta) {
  return !delta.nodes && !delta.edges && !delta.pos;
}

function changes(before, after, patchOf) {
  const put = [];
  const patch = [];
  const del = [];
  for (const [h, thing] of after) {
    const was = before.get(h);
    if (!was || was.id !== thing.id || was.source !== thing.source || was.target !== thing.target)
      put.push(thing);
    else {
      const p = patchOf(was, thing);
      if (p) patch.push({ h, ...p });
    }
  }
  for (const h of before.keys()) if (!after.has(h)) del.push(h);
  if (put.length + patch.length + del.length === 0) return null;
  return { ...(put.length && { put }), ...(patch.length && { patch }), ...(del.length && { del }) };
}

function patchNode(was, now) {
  const patch = patchFields(was, now, ["metrics", "x", "y"]);
  const metrics = {};
  for (const [id, value] of Object.entries(now.metrics)) if (was.metrics[id] !== value) metrics[id] = value;
  for (const id of Object.keys(was.metrics)) if (!(id in now.metrics)) metrics[id] = null;
  if (Object.keys(metrics).length > 0) patch.metrics = metrics;
  return Object.keys(patch).length > 0 ? patch : null;
}

function patchEdge(was, now) {
  const patch = patchFields(was, now, []);
  return Object.keys(patch).length > 0 ? patch : null;
}

function patchFields(was, now, except) {
  const patch = {};
  for (const [key, value] of Object.entries(now)) {
    if (except.includes(key)) continue;
    const same =
      was[key] === value || (typeof value === "object" && JSON.stringify(was[key]) === JSON.stringify(value));
    if (!same) patch[key] = value;
  }
  return patch;
}
