"""Truths and maps from text, for the judge's own tests.

One edge a line: `alpha.1 -> beta.2 tcp 7001`. An end is `host.pid`, `outside` (a host without a
probe), `group@host` (a listener group), `lan:ADDRESS` or `internet`.
"""

OUTSIDE_ADDRESS = "10.199.0.1"
PORTS = {7001: ("global", "long"), 7020: ("netns", "long"), 7030: ("host", "long"),
         7201: ("global", "short"), 7105: ("global", "udp_unconnected")}


def _lines(text):
    for line in text.strip().splitlines():
        client, _, server, protocol, port = line.split()
        yield client, server, protocol, int(port)


def truth(text, places=None):
    """`places` says where a process lives if not on its host itself: {"alpha.3": "a.box"}."""
    edges, processes = [], {}

    def end(word):
        if word == "outside":
            return ("outside", 4711)
        host, pid = word.split(".")
        processes[word] = {"host": host, "pid": int(pid), "name": f"role-{pid}", "worker": -1,
                           "place": (places or {}).get(word, host)}
        return (host, int(pid))

    for client, server, protocol, port in _lines(text):
        edges.append({"client": end(client), "server": end(server), "protocol": protocol,
                      "port": port, "opened": 1, "active": 1, "opened_ns": 1_000_000_000,
                      "closed_ns": None, "case": f"case {port}", "kind": PORTS[port][1]})
    return {"hosts": [], "outside": [OUTSIDE_ADDRESS], "processes": list(processes.values()),
            "edges": edges,
            "ports": [{"port": port, "case": f"case {port}", "kind": kind, "realm": realm}
                      for port, (realm, kind) in PORTS.items()]}


def node(word, cmdline="", state="live"):
    if word.startswith("group@"):
        return _node(word, "listener_group", word.split("@")[1], word, {}, state)
    if word == "outside":
        return _node(f"lan:{OUTSIDE_ADDRESS}", "lan_host", "", OUTSIDE_ADDRESS, {}, state)
    if word.startswith("lan:"):
        return _node(word, "lan_host", "", word[4:], {}, state)
    if word == "internet":
        return _node(word, "internet", "", "The Internet", {}, state)
    host, pid = word.split(".")
    return _node(f"{host};boot;{pid};1", "process", host, "role",
                 {"pid": int(pid), "cmdline": cmdline}, state)


def _node(node_id, kind, group, label, attributes, state):
    return {"id": node_id, "kind": kind, "group": group, "label": label, "state": state,
            "attributes": attributes}


def drawn(text, extra=()):
    """A map with these edges, their ends, and the `extra` nodes."""
    nodes, edges = {}, []
    for client, server, protocol, port in _lines(text):
        ends = []
        for word in (client, server):
            made = node(word)
            nodes[made["id"]] = made
            ends.append(made["id"])
        edges.append({"source": ends[0], "target": ends[1], "protocol": protocol, "port": port,
                      "state": "live", "attribution": "exact", "opened": 1, "active": 1})
    return {"nodes": [*nodes.values(), *extra], "edges": edges}


def pids(text):
    """Both readings of the real processes: `alpha: 1 2 3` a line."""
    reading = {}
    for line in text.strip().splitlines():
        host, _, numbers = line.partition(":")
        reading[host.strip()] = [int(number) for number in numbers.split()]
    return {"before": reading, "after": reading}
