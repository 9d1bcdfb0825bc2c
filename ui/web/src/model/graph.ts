/**
 * One subscription's nodes and edges. `apply(delta)` is its only verb: the state after any sequence of
 * deltas is what the server had when it sent the last of them.
 */
import type {
  Delta,
  EdgeHandle,
  EdgePatch,
  LifeState,
  NodeHandle,
  NodePatch,
  StreamEdge,
  StreamNode,
  ViewStats,
} from "./types.ts";

/** What one delta touched, so that those who derive from the graph redo no more than that. */
export interface GraphChange {
  reset: boolean;
  nodes: Set<NodeHandle>;
  removedNodes: Set<NodeHandle>;
  moved: Set<NodeHandle>;
  edges: Set<EdgeHandle>;
  removedEdges: Set<EdgeHandle>;
  /** True when nodes or edges came, went, or changed their state. */
  structure: boolean;
}

const EMPTY: ReadonlySet<EdgeHandle> = new Set();

export class Graph {
  readonly nodes = new Map<NodeHandle, StreamNode>();
  readonly edges = new Map<EdgeHandle, StreamEdge>();
  readonly #nodeById = new Map<string, NodeHandle>();
  readonly #edgeById = new Map<string, EdgeHandle>();
  readonly #out = new Map<NodeHandle, Set<EdgeHandle>>();
  readonly #in = new Map<NodeHandle, Set<EdgeHandle>>();
  stats: ViewStats = { nodes: 0, pseudo_nodes: 0, edges: 0, hidden_nodes: 0 };

  nodeById(id: string): StreamNode | undefined {
    const h = this.#nodeById.get(id);
    return h === undefined ? undefined : this.nodes.get(h);
  }

  edgeById(id: string): StreamEdge | undefined {
    const h = this.#edgeById.get(id);
    return h === undefined ? undefined : this.edges.get(h);
  }

  /** Edges in which this node is the client. */
  outbound(h: NodeHandle): ReadonlySet<EdgeHandle> {
    return this.#out.get(h) ?? EMPTY;
  }

  /** Edges in which this node is the server. */
  inbound(h: NodeHandle): ReadonlySet<EdgeHandle> {
    return this.#in.get(h) ?? EMPTY;
  }

  /** The node itself and everything one edge away. */
  neighbourhood(h: NodeHandle): Set<NodeHandle> {
    const found = new Set<NodeHandle>([h]);
    for (const e of this.outbound(h)) found.add(this.edges.get(e)!.target);
    for (const e of this.inbound(h)) found.add(this.edges.get(e)!.source);
    return found;
  }

  /** Applies one delta in the order the contract names; unknown handles are ignored. */
  apply(delta: Delta): GraphChange {
    const change = emptyChange();
    if (delta.reset) this.#clear(change);
    for (const h of delta.edges?.del ?? []) this.#removeEdge(h, change);
    for (const h of delta.nodes?.del ?? []) this.#removeNode(h, change);
    for (const node of delta.nodes?.put ?? []) this.#putNode(node, change);
    for (const patch of delta.nodes?.patch ?? []) this.#patchNode(patch, change);
    for (const edge of delta.edges?.put ?? []) this.#putEdge(edge, change);
    for (const patch of delta.edges?.patch ?? []) this.#patchEdge(patch, change);
    this.#move(delta.pos ?? [], change);
    if (delta.stats) this.stats = delta.stats;
    return change;
  }

  #clear(change: GraphChange): void {
    change.reset = true;
    change.structure = true;
    for (const m of [this.nodes, this.edges, this.#nodeById, this.#edgeById, this.#out, this.#in]) m.clear();
  }

  #putNode(put: StreamNode, change: GraphChange): void {
    const before = this.nodes.get(put.h);
    if (before) forget(this.#nodeById, before);
    const node = { ...put, metrics: { ...put.metrics }, attributes: { ...put.attributes } };
    this.nodes.set(put.h, node);
    this.#nodeById.set(put.id, put.h);
    change.nodes.add(put.h);
    change.structure = true;
  }

  #patchNode(patch: NodePatch, change: GraphChange): void {
    const node = this.nodes.get(patch.h);
    if (!node) return;
    const { metrics, ...fields } = patch;
    if (changesState(node.state, fields.state)) change.structure = true;
    if (fields.x !== undefined || fields.y !== undefined) change.moved.add(patch.h);
    Object.assign(node, fields);
    for (const [id, value] of Object.entries(metrics ?? {})) {
      if (value === null) delete node.metrics[id];
      else node.metrics[id] = value;
    }
    change.nodes.add(patch.h);
  }

  #removeNode(h: NodeHandle, change: GraphChange): void {
    const node = this.nodes.get(h);
    if (!node) return;
    for (const e of [...this.outbound(h), ...this.inbound(h)]) this.#removeEdge(e, change);
    this.nodes.delete(h);
    forget(this.#nodeById, node);
    this.#out.delete(h);
    this.#in.delete(h);
    change.nodes.delete(h);
    change.removedNodes.add(h);
    change.structure = true;
  }

  #putEdge(put: StreamEdge, change: GraphChange): void {
    if (!this.nodes.has(put.source) || !this.nodes.has(put.target)) return;
    if (this.edges.has(put.h)) this.#unlink(this.edges.get(put.h)!);
    this.edges.set(put.h, { ...put });
    this.#edgeById.set(put.id, put.h);
    link(this.#out, put.source, put.h);
    link(this.#in, put.target, put.h);
    change.edges.add(put.h);
    change.structure = true;
  }

  #patchEdge(patch: EdgePatch, change: GraphChange): void {
    const edge = this.edges.get(patch.h);
    if (!edge) return;
    if (changesState(edge.state, patch.state)) change.structure = true;
    Object.assign(edge, patch);
    change.edges.add(patch.h);
  }

  #removeEdge(h: EdgeHandle, change: GraphChange): void {
    const edge = this.edges.get(h);
    if (!edge) return;
    this.#unlink(edge);
    this.edges.delete(h);
    change.edges.delete(h);
    change.removedEdges.add(h);
    change.structure = true;
  }

  #unlink(edge: StreamEdge): void {
    forget(this.#edgeById, edge);
    this.#out.get(edge.source)?.delete(edge.h);
    this.#in.get(edge.target)?.delete(edge.h);
  }

  #move(pos: number[], change: GraphChange): void {
    for (let i = 0; i + 2 < pos.length; i += 3) {
      const node = this.nodes.get(pos[i]!);
      if (!node) continue;
      node.x = pos[i + 1]!;
      node.y = pos[i + 2]!;
      change.moved.add(node.h);
    }
  }
}

/** A change that touched nothing. */
export function emptyChange(): GraphChange {
  return {
    reset: false,
    nodes: new Set(),
    removedNodes: new Set(),
    moved: new Set(),
    edges: new Set(),
    removedEdges: new Set(),
    structure: false,
  };
}

function changesState(before: LifeState, after: LifeState | undefined): boolean {
  return after !== undefined && after !== before;
}

/** Drops an id, unless another handle has taken it over in the meantime. */
function forget(index: Map<string, number>, thing: { id: string; h: number }): void {
  if (index.get(thing.id) === thing.h) index.delete(thing.id);
}

function link(index: Map<NodeHandle, Set<EdgeHandle>>, node: NodeHandle, edge: EdgeHandle): void {
  const set = index.get(node);
  if (set) set.add(edge);
  else index.set(node, new Set([edge]));
}
