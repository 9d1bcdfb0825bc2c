"""Puts the actors' accounts together: which process talked to which, known by equal 4-tuples."""

import ipaddress
import json
from collections import defaultdict

from reticle_test.hosts import Switch

from .cases import GLOBAL, HOST, LONG, NETNS

PRIVATE = ipaddress.ip_network("172.31.77.0/24")
OUTSIDE = "outside"
PROBES_CASE = "the probes themselves"


class TruthGap(Exception):
    """The actors' accounts do not fit together, so there is no truth to judge by."""


class _Half:
    """One end's account of a conversation."""

    def __init__(self, process, line):
        self.process = process
        self.opened_ns = line["monotonic_ns"]
        self.closed_ns = None


def address_of(endpoint):
    return ipaddress.ip_address(endpoint.rsplit(":", 1)[0].strip("[]"))


def port_of(endpoint):
    return int(endpoint.rsplit(":", 1)[1])


def realm_of(address, host, netns):
    """Where this address names one thing only."""
    if address.is_loopback:
        return (NETNS, netns)
    if address in PRIVATE:
        return (HOST, host)
    return (GLOBAL,)


class _Accounts:
    """All halves, by side, under the 4-tuple as the client sees it and its realm."""

    def __init__(self):
        self.processes = {}
        self.halves = {"client": defaultdict(list), "server": defaultdict(list)}

    def read(self, role, host, text):
        netns = {}
        for line in map(json.loads, text.splitlines()):
            process = (host, line["pid"])
            if line["event"] == "start":
                netns[process] = line["netns"]
                self.processes[process] = {
                    "host": host, "pid": line["pid"], "name": role.name, "role": line["role"],
                    "worker": line["worker"], "place": role.place}
            elif line["event"] in ("open", "close"):
                self._conversation(process, netns[process], line)
            elif line["event"] == "failed":
                raise TruthGap(f"{host} {role.name}: {line['reason']}")

    def _conversation(self, process, netns, line):
        client, server = ((line["local"], line["peer"]) if line["side"] == "client"
                          else (line["peer"], line["local"]))
        realm = realm_of(address_of(server), process[0], netns)
        known = self.halves[line["side"]][(line["protocol"], realm, client, server)]
        if line["event"] == "open":
            known.append(_Half(process, line))
        else:
            next(half for half in known if half.closed_ns is None).closed_ns = line["monotonic_ns"]


def collect(stage, cases):
    """The truth as the judge reads it (docs/truth.md describes the JSON)."""
    accounts = _Accounts()
    for role, host, child in stage.actors:
        accounts.read(role, host, child.stdout())
    edges = {}
    clients, servers = accounts.halves["client"], accounts.halves["server"]
    for key in clients.keys() | servers.keys():
        if len(clients[key]) != len(servers[key]):
            raise TruthGap(f"{key}: {len(clients[key])} clients, {len(servers[key])} servers")
        for client, server in zip(clients[key], servers[key]):
            _add(edges, key, client, server)
    _add_probes(stage, accounts, edges)
    by_port = {port: case for case in cases for port in case.ports}
    return {
        "hosts": [{"host_id": host.name, "addresses": [host.address_v4, host.address_v6]}
                  for host in stage.hosts],
        "outside": [Switch.address_v4, Switch.address_v6],
        "processes": list(accounts.processes.values()),
        "edges": [_described(edge, by_port) for edge in edges.values()],
        "ports": [{"port": port, "case": case.name, "kind": case.kind, "realm": case.realm}
                  for port, case in by_port.items()]
                 + [{"port": port, "case": PROBES_CASE, "kind": LONG, "realm": GLOBAL}
                    for port in {edge["port"] for edge in edges.values()} - by_port.keys()],
    }


def _add(edges, key, client, server):
    protocol, _, _, server_endpoint = key
    port = port_of(server_endpoint)
    edge = edges.setdefault((client.process, server.process, protocol, port), {
        "client": client.process, "server": server.process, "protocol": protocol, "port": port,
        "opened": 0, "active": 0, "opened_ns": client.opened_ns, "closed_ns": None})
    edge["opened"] += 1
    edge["opened_ns"] = min(edge["opened_ns"], client.opened_ns)
    if client.closed_ns is None:
        edge["active"] += 1
    else:
        edge["closed_ns"] = max(edge["closed_ns"] or 0, client.closed_ns)


def _add_probes(stage, accounts, edges):
    """A probe is a process too, and its session is a connection to an app without a probe."""
    for host_id, probe in stage.probes.items():
        process = (host_id, probe.pid_on_host())
        accounts.processes[process] = {"host": host_id, "pid": process[1], "name": "probe",
                                       "role": "probe", "worker": -1, "place": host_id}
        edges[process] = {"client": process, "server": (OUTSIDE, 0), "protocol": "tcp",
                          "port": stage.app.port, "opened": 1, "active": 1, "opened_ns": None,
                          "closed_ns": None}


def _described(edge, by_port):
    case = by_port.get(edge["port"])
    return {**edge, "case": case.name if case else PROBES_CASE,
            "kind": case.kind if case else LONG}
